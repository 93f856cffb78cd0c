"""Published instances: read from any editor's file, proven where they can be, never beaten."""

from __future__ import annotations

import contextlib
import csv
import importlib.util
import io
import json
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from places import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SCRIPT = ROOT / "benchmarks" / "arc_routing.py"
_SPEC = importlib.util.spec_from_file_location("arc_routing", SCRIPT)
arc_routing = importlib.util.module_from_spec(_SPEC)
sys.modules["arc_routing"] = arc_routing
_SPEC.loader.exec_module(arc_routing)

TRIANGLE = """\
NOMBRE : Three
COMENTARIO : 1 componentes
VERTICES : 3
RISTAS_REQ : 2
RISTAS_NOREQ : 1
LISTA_ARISTAS_REQ :
( 1, 2)   coste   10   20
( 2, 3)   coste   10   20
LISTA_ARISTAS_NOREQ :
( 1, 3)   coste   90    5
"""


@dataclass(frozen=True)
class Done:
    """What a run left behind."""

    returncode: int
    stdout: str
    stderr: str


def run(*arguments: object) -> Done:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = arc_routing.main([str(word) for word in arguments])
    return Done(code, out.getvalue(), err.getvalue())


def answers(*arguments: object) -> list[dict[str, object]]:
    done = run(*arguments)
    assert (done.returncode, done.stderr) == (0, "")
    return [json.loads(line) for line in done.stdout.splitlines()]


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "instance.DAT"
    path.write_text(text, encoding=encoding)
    return path


def test_line_says_tour_bound_and_time(tmp_path: Path) -> None:
    (line,) = answers(written(tmp_path, TRIANGLE))
    assert list(line) == ["instance", "tour", "bound", "exact", "seconds"]
    # From 1 to 2 to 3, and straight back.
    assert list(line.values())[:4] == ["Three", 25, 25, True]


def test_script_runs_from_a_terminal(tmp_path: Path) -> None:
    bad = written(tmp_path, "nothing")
    done = subprocess.run(
        [sys.executable, SCRIPT, "--fast", bad], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"{bad}: no required edge: LISTA_ARISTAS_REQ is missing or empty\n"


@pytest.mark.parametrize(
    "change",
    [
        str.lower,
        lambda text: text.replace("\n", "\r\n") + "\x1a\x00\x00",
        lambda text: text.replace("RISTAS_", "ARISTAS_").replace("LISTA_AARISTAS", "LISTA_ARISTAS"),
        lambda text: text.replace(" ", "  ").replace("(  1,  2)", "(1 ,2 )"),
        lambda text: "\ufeff" + text.replace("componentes", "connexité à vérifier"),
        lambda text: "\n".join(
            row for row in text.splitlines() if not row.startswith(("COM", "VERT", "RIS"))
        ),
    ],
    ids=["lower case", "old editor", "whole words", "spaces", "byte order mark", "no counts"],
)
def test_file_may_be_written_in_several_ways(tmp_path: Path, change: Callable[[str], str]) -> None:
    (line,) = answers(written(tmp_path, change(TRIANGLE)))
    assert line["instance"].lower() == "three"
    assert line["tour"] == line["bound"] == 25


@pytest.mark.parametrize("encoding", ["latin-1", "cp437", "utf-16"])
def test_comment_may_be_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    text = TRIANGLE.replace("componentes", "años")
    (line,) = answers(written(tmp_path, text, encoding))
    assert line["tour"] == 25


def test_file_without_a_name_or_other_edges_is_called_by_its_own(tmp_path: Path) -> None:
    (line,) = answers(written(tmp_path, "LISTA_ARISTAS_REQ :\n(7,9) coste 2.5 1.25\n"))
    assert list(line.values())[:4] == ["instance", 3.75, 3.75, True]


def test_required_edges_that_nothing_joins_have_no_tour(tmp_path: Path) -> None:
    (line,) = answers(written(tmp_path, "LISTA_ARISTAS_REQ :\n(1,2) coste 5\n(3,4) coste 5\n"))
    assert (line["tour"], line["exact"]) == (None, False)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no required edge"),
        ("LISTA_ARISTAS_NOREQ :\n(1,2) coste 5 5\n", "no required edge"),
        ("(1,2) coste 5 5\n", "line 1: an edge before"),
        (TRIANGLE.replace("RISTAS_REQ : 2", "RISTAS_REQ : 3"), "3 required edges announced, 2"),
        (TRIANGLE.replace("VERTICES : 3", "VERTICES : 2"), "junction 3"),
        (TRIANGLE.replace("VERTICES : 3", "VERTICES : many"), "line 3: VERTICES"),
        (TRIANGLE.replace("90", "-90"), "line 10: a cost is negative"),
        (TRIANGLE.replace("90", "nan"), "line 10: an edge reads"),
        (TRIANGLE.replace("90", "inf"), "line 10: an edge reads"),
        (TRIANGLE.replace("90", "1e400"), "line 10: a cost is too large"),
        (TRIANGLE.replace("90    5", ""), "line 10: an edge reads"),
        (TRIANGLE.replace("90    5", "9 5 7"), "line 10: an edge reads"),
        (TRIANGLE + "%%%\n", "line 11: neither"),
    ],
)
def test_bad_file_gets_one_line_and_the_next_file_is_solved(
    tmp_path: Path, text: str, reason: str
) -> None:
    good = tmp_path / "good.DAT"
    good.write_text(TRIANGLE, encoding="utf-8")
    bad = written(tmp_path, text)
    done = run(bad, tmp_path / "absent.DAT", good)
    assert done.returncode == 2
    first, second = done.stderr.splitlines()
    assert first.startswith(f"{bad}: ")
    assert reason in first
    assert second.startswith(f"{tmp_path / 'absent.DAT'}: ")
    assert json.loads(done.stdout)["tour"] == 25


def optima(folder: Path) -> dict[str, int]:
    with (folder / "optimal.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["instance"].removesuffix(".DAT"): int(row["optimal_cost"])
            for row in csv.DictReader(file)
        }


def test_final_depth_proves_the_published_optimum(shared_data: Path) -> None:
    folder = shared_data / "arc_routing"
    best = optima(folder)
    names = ["A5101", "A5107", "A7101", "A7107", "A7212"]
    found = answers(*(folder / f"{name}.DAT" for name in names))
    assert [line["instance"] for line in found] == names
    for line in found:
        assert (line["exact"], line["tour"], line["bound"]) == (True, *[best[line["instance"]]] * 2)


def test_fast_depth_stays_near_the_published_optimum(shared_data: Path) -> None:
    folder = shared_data / "arc_routing"
    best = optima(folder)
    found = answers("--fast", *sorted(folder.glob("*.DAT")))
    over = {line["instance"]: line["tour"] / best[line["instance"]] - 1.0
            for line in found if line["instance"] in best}  # fmt: skip
    assert len(over) == len(best)
    assert all(line["bound"] <= best.get(line["instance"], line["tour"]) for line in found)
    assert min(over.values()) >= 0.0
    assert sum(over.values()) / len(over) < 0.01
    assert max(over.values()) < 0.05
