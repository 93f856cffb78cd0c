"""About twenty names at the top of the package; the rest stands where it belongs."""

from __future__ import annotations

import importlib
import pkgutil
import re
from importlib.metadata import version
from pathlib import Path
from typing import get_args

import pytest

import reso_geo
from reso_geo import io
from reso_geo.i18n import AUDIENCES, LANGUAGES, Audience, Language
from reso_geo.travel import MODES, SEASONS, Mode, Season


def test_the_top_holds_what_most_work_needs_and_no_more() -> None:
    assert 20 <= len(reso_geo.__all__) <= 25
    assert reso_geo.__version__ == version("reso_geo")
    said = reso_geo.__doc__ or ""
    for name in ("io", "plan", "maps", "assess", "growth"):
        assert f"`reso_geo.{name}`" in said
        assert importlib.import_module(f"reso_geo.{name}").__doc__


def test_names_are_loaded_when_they_are_asked_for_and_stand_for_one_thing() -> None:
    from_the_module = importlib.import_module("reso_geo.assess").assess
    assert reso_geo.assess is from_the_module
    assert {*reso_geo.__all__} <= {*dir(reso_geo)}
    assert all(getattr(reso_geo, name) is not None for name in reso_geo.__all__)
    assert reso_geo.coverage.cover.__module__ == "reso_geo.coverage.cover"
    with pytest.raises(AttributeError, match="nothing"):
        _ = reso_geo.nothing


@pytest.mark.parametrize(
    "name",
    [
        "plan.Beat", "plan.District", "plan.Absence", "plan.cover_absence", "demand.Anchors",
        "assess.Assessment", "assess.Sector", "assess.PostsNeeded", "boundaries.Boundary",
        "growth.grow", "growth.frontier", "growth.RebalancedPlan", "coverage.cover",
        "coverage.travel_graph", "districting.DistrictingProblem", "osm.download_network",
        "plan_check.PlanCheck", "rebalance.OldBeats", "partition.cut_beats",
        "settings.PatrolSettings", "maps.PlanMap", "maps.overview_png", "routes.plan_route",
        "report.save_sheet", "travel.travel_times", "workload.street_load",
    ],
)  # fmt: skip
def test_what_left_the_top_is_found_in_its_module(name: str) -> None:
    module, _, thing = name.partition(".")
    assert hasattr(importlib.import_module(f"reso_geo.{module}"), thing)


def found(name: str) -> bool:
    """Return whether a dotted name leads to something."""
    try:
        pkgutil.resolve_name(name)
    except (ImportError, AttributeError):
        return False
    return True


def test_names_in_docstrings_are_found_where_they_say() -> None:
    package = Path(reso_geo.__file__).parent
    texts = [path.read_text(encoding="utf-8") for path in sorted(package.rglob("*.py"))]
    said = {name for text in texts for name in re.findall(r"`(reso_geo(?:\.\w+){1,2})`", text)}
    assert len(said) > 50
    assert [name for name in sorted(said) if not found(name)] == []


def test_readers_and_writers_are_found_in_one_place() -> None:
    assert list(io.__all__) == sorted(io.__all__)
    assert all(callable(getattr(io, name)) for name in io.__all__)


def test_words_to_choose_from_are_types_of_their_own() -> None:
    pairs = ((Mode, MODES), (Season, SEASONS), (Language, LANGUAGES), (Audience, AUDIENCES))
    assert [get_args(kind) for kind, _ in pairs] == [words for _, words in pairs]
