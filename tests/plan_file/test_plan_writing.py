"""What a check starts from, and plan files that are in somebody's hands."""

from __future__ import annotations

import resource
import shutil
import sqlite3
import subprocess
import sys
import textwrap
import threading
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from plans import sql, town

from reso_geo import Plan, check_plan, load_plan, save_plan
from reso_geo.errors import PlanError, UsageError
from reso_geo.plan_check import save_check

if TYPE_CHECKING:
    from pathlib import Path

    from reso_geo.settings import PatrolSettings


@pytest.fixture(scope="module")
def plan(defaults: PatrolSettings) -> Plan:
    return town(defaults)


def test_a_plan_whose_figures_were_edited_does_not_open_as_if_they_held(copy: Path) -> None:
    sql(copy, "UPDATE beats SET foot_verdict = 'no' WHERE fid = 1")
    with pytest.raises(PlanError, match=r"edited by hand \(figures\).*reso-geo check"):
        load_plan(copy)


def test_a_copy_without_the_adopted_plan_can_be_read_but_not_compared(copy: Path) -> None:
    sql(copy, "DROP TABLE adopted")
    assert check_plan(copy).valid
    sql(copy, "UPDATE segments SET beat_id = NULL WHERE fid = 1")
    with pytest.raises(PlanError, match="copy of the adopted plan is gone"):
        check_plan(copy)


def test_an_unknown_truth_is_refused(saved: Path) -> None:
    with pytest.raises(UsageError, match="segments, polygons"):
        check_plan(saved, trust="me")


def test_a_check_is_never_written_over_its_own_plan(copy: Path) -> None:
    before = copy.read_bytes()
    with pytest.raises(PlanError, match="overwrite"):
        save_check(check_plan(copy), copy)
    assert copy.read_bytes() == before


def test_a_locked_file_is_neither_read_nor_replaced(plan: Plan, copy: Path) -> None:
    before = copy.read_bytes()
    with closing(sqlite3.connect(copy)) as other:
        other.execute("BEGIN EXCLUSIVE")
        for held in (lambda: check_plan(copy), lambda: save_plan(plan, copy)):
            with pytest.raises(PlanError, match="another program holds"):
                held()
    assert copy.read_bytes() == before
    assert check_plan(copy).valid


def test_a_file_with_changes_still_in_qgis_is_not_replaced(plan: Plan, copy: Path) -> None:
    with closing(sqlite3.connect(copy)) as other:
        other.execute("PRAGMA journal_mode = WAL")
        other.execute("UPDATE plan_info SET value = 'x' WHERE key = 'version'")
        other.commit()
        with pytest.raises(PlanError, match="-wal"):
            save_plan(plan, copy)
    assert {edit.kind for edit in check_plan(copy).edited.edits} == {"layers_put_back"}
    save_plan(plan, copy)
    assert check_plan(copy).valid


def test_two_writers_at_once_leave_one_whole_plan(plan: Plan, tmp_path: Path) -> None:
    path = tmp_path / "plan.gpkg"
    failed: list[PlanError] = []

    def write() -> None:
        try:
            save_plan(plan, path)
        except PlanError as error:
            failed.append(error)

    writers = [threading.Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert len(failed) < len(writers)
    assert load_plan(path).beats == plan.beats
    assert [p.name for p in tmp_path.iterdir()] == ["plan.gpkg"]


def test_a_full_disk_leaves_the_old_plan_whole(copy: Path) -> None:
    if not hasattr(resource, "RLIMIT_FSIZE"):
        pytest.skip("needs a limit on the size of files")
    out = copy.with_name("new.gpkg")
    shutil.copy(copy, out)
    before = out.read_bytes()
    code = textwrap.dedent("""
        import resource, signal, sys
        from reso_geo.cli import main
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))
        main(["check", sys.argv[1], "--out", sys.argv[2], "--lang", "en"])
    """)
    words = [sys.executable, "-c", code, str(copy), str(out)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "cannot be written" in done.stderr
    assert "Traceback" not in done.stderr
    assert out.read_bytes() == before
    assert sorted(p.name for p in copy.parent.iterdir()) == ["new.gpkg", "plan.gpkg"]
