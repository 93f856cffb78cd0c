"""What several test files need."""

from __future__ import annotations

import os
import pickle
import shutil
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from commands import REAL_PLANS
from hypothesis import settings
from places import SHARED

from reso_geo import (
    CutRequest,
    Plan,
    PlanRequest,
    StreetNetwork,
    load_network,
    load_settings,
    make_plan,
    read_anchors,
    read_boundary,
    save_plan,
)
from reso_geo.atomic_files import data_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from selenium.webdriver import Chrome

    from reso_geo.settings import PatrolSettings

# Pages carry the day on which they are drawn: no test depends on which it is.
os.environ["SOURCE_DATE_EPOCH"] = "1790000000"
# A slow machine is no failure.
settings.register_profile("house", deadline=None)
settings.load_profile("house")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of the test data beside the checkout; the test is skipped where it is absent."""
    folder = SHARED / "data"
    if not folder.is_dir():
        pytest.skip("needs the test data in ../shared/data, beside the checkout")
    return folder


@pytest.fixture(scope="session")
def shared_cases() -> Path:
    """Folder of the cases beside the checkout; the test is skipped where it is absent."""
    folder = SHARED / "cases"
    if not folder.is_dir():
        pytest.skip("needs the cases in ../shared/cases, beside the checkout")
    return folder


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Return what makes a folder once for all processes of this run of the tests.

    It is made again in every run, so that it can hide no change. Whoever comes second waits.
    """
    root = tmp_path_factory.getbasetemp()
    shared = root.parent if "PYTEST_XDIST_WORKER" in os.environ else root

    def made(name: str, make: Callable[[Path], object]) -> Path:
        done, lock = shared / name, shared / f"{name}.lock"
        try:
            lock.mkdir()
        except FileExistsError:
            while not done.exists():
                assert not (lock / "failed").exists(), f"{name} could not be made"
                time.sleep(0.1)
            return done
        part = lock / "part"
        part.mkdir()
        try:
            make(part)
        except BaseException:
            (lock / "failed").touch()
            raise
        return part.rename(done)

    return made


@pytest.fixture(scope="session")
def defaults() -> PatrolSettings:
    """Return the settings that come with reso_geo."""
    return load_settings()


@pytest.fixture(scope="session")
def sample_network() -> StreetNetwork:
    """Return the built-in sample, in its five cities."""
    boundary = read_boundary(str(data_file("sample/boundaries.geojson")))
    return load_network(data_file("sample/sample.osm.pbf"), boundary)


@pytest.fixture(scope="session")
def sample_plan(
    sample_network: StreetNetwork, defaults: PatrolSettings, made_once: Callable[..., Path]
) -> Plan:
    """Return the demo's plan: the sample with its anchors, 17 posts on foot in summer."""

    def make(folder: Path) -> None:
        plan = make_plan(
            sample_network,
            settings=defaults,
            request=PlanRequest(CutRequest(officers=17)),
            boundary=read_boundary(str(data_file("sample/boundaries.geojson"))),
            anchors=read_anchors(data_file("sample/anchors.geojson")),
        )
        (folder / "plan.pickle").write_bytes(pickle.dumps(plan))

    whole = (made_once("sample_plan", make) / "plan.pickle").read_bytes()
    plan: Plan = pickle.loads(whole)  # noqa: S301 - this run wrote it
    return plan


@pytest.fixture(scope="session")
def demo(made_once: Callable[..., Path]) -> Path:
    """Return the folder of the demo, run as a user does; beside it lies its answer in JSON."""
    return made_once("demo", lambda folder: answered(folder, "demo")) / "out"


@pytest.fixture(scope="session")
def real_plan(shared_data: Path, made_once: Callable[..., Path]) -> Callable[[str], Path]:
    """Return what plans a file of `REAL_PLANS`: a folder; beside it lies the answer in JSON."""

    def planned(name: str) -> Path:
        words = ("plan", shared_data / "networks" / name, *REAL_PLANS[name])
        return made_once(name, lambda folder: answered(folder, *words)) / "out"

    return planned


def answered(folder: Path, *words: str | Path) -> None:
    """Run a command as a user does: what it writes goes into `out`, its answer beside it."""
    asked = [sys.executable, "-m", "reso_geo", *words, "--out", folder / "out", "--json"]
    done = subprocess.run(asked, capture_output=True, check=True)
    (folder / "answer.json").write_bytes(done.stdout)


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    """Return a browser of one test file's own."""
    from browsing import browser  # noqa: PLC0415 - the quick part of the tests has no browser

    with browser(tmp_path_factory.mktemp("chromium")) as window:
        yield window


@pytest.fixture(scope="module")
def saved(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of the plan that a file of tests is about."""
    path = tmp_path_factory.mktemp("town") / "plan.gpkg"
    save_plan(plan, path)
    return path


@pytest.fixture
def copy(saved: Path, tmp_path: Path) -> Path:
    """Return a copy of that file, to be changed."""
    path = tmp_path / "plan.gpkg"
    shutil.copy(saved, path)
    return path
