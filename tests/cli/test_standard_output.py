"""Standard output carries the answer of a command, and nothing that a library prints."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

NOISY = """
import ctypes
import reso_geo.cli.commands.built_in as app
from reso_geo.cli import main

def noisy():
    print("printed by Python")
    ctypes.CDLL(None).puts(b"printed by C")
    return places()

places, app.builtin_places = app.builtin_places, noisy
main(["boundaries", *{words!r}])
"""
SOLVER = """
import numpy as np
from reso_geo.coverage.lp_model import Programme

one = np.ones(1)
assert Programme(one, one, 2 * one).solve().bound == 1.0
"""


def _python(code: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-c", code]
    return subprocess.run(words, capture_output=True, text=True, check=True)


@pytest.mark.skipif(sys.platform == "win32", reason="needs the C library by its usual name")
def test_what_libraries_print_goes_to_standard_error() -> None:
    done = _python(NOISY.format(words=["--json"]))
    assert json.loads(done.stdout)["boundaries"]
    assert "printed by Python" in done.stderr
    assert "printed by C" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="needs the C library by its usual name")
def test_a_table_for_people_is_free_of_it_too() -> None:
    done = _python(NOISY.format(words=["--lang", "en"]))
    assert "Longueuil" in done.stdout
    assert "printed by" not in done.stdout


def test_the_help_of_a_command_is_an_answer() -> None:
    done = _python("from reso_geo.cli import main; main(['plan', '--help', '--lang', 'en'])")
    assert "--officers" in done.stdout
    assert not done.stderr


def test_a_solver_says_nothing_of_itself() -> None:
    done = _python(SOLVER)
    assert (done.stdout, done.stderr) == ("", "")


def test_a_whole_plan_and_a_verdict_are_each_one_document(demo: Path) -> None:
    made = json.loads((demo.parent / "answer.json").read_bytes())
    assert len(made["beats"]) == 17
    words = [sys.executable, "-m", "reso_geo", "assess", demo / "plan.gpkg", "--beat", "GRE-01"]
    done = subprocess.run([*words, "--no-fixes", "--json"], capture_output=True, check=True)
    assert {"foot", "bike"} <= set(json.loads(done.stdout))
