"""Whole plans, from the file to the page: this state and an older one in turn, against the bars.

The older state is installed beside, from this repository's own history, in a temporary folder that
is removed. Each plan is made by ``python -m reso_geo plan``, start of Python included; wall times
are medians of alternating runs. Then each state makes the plan once more in Python, for its stages.

    python benchmarks/whole_plan.py [CASE...] [--runs 3] [--against 47ac007] [--networks DIR]

Cases: heidelberg17, heidelberg60, heidelberg300, liechtenstein17, montreal8 (all of them without
any). Networks are those of the test data beside the checkout. The exit code is 1 when a bar is
missed.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NETWORKS = ROOT.parent / "shared/data/networks"
BEFORE = "47ac007"


@dataclass(frozen=True)
class Case:
    """A plan to make, and the most of the older time that it may take."""

    network: str
    officers: int
    most: float
    more: tuple[str, ...] = ()


CASES = {
    "heidelberg17": Case("heidelberg.osm.pbf", 17, 0.45),
    "heidelberg60": Case("heidelberg.osm.pbf", 60, 0.40),
    "heidelberg300": Case("heidelberg.osm.pbf", 300, 0.40),
    "liechtenstein17": Case("liechtenstein.osm.pbf", 17, 0.45, ("--boundary", "osm:admin_level=8")),
    "montreal8": Case("montreal_nord_walk.graphml", 8, 0.60),
}

STAGES = """
import json, sys, time
from pathlib import Path
from reso_geo import CutRequest, PlanRequest, load_network, load_settings, make_plan, plan_map
from reso_geo import plan_report, read_boundary, save_map, save_plan
source, officers, boundary, out = sys.argv[1], int(sys.argv[2]), sys.argv[3], Path(sys.argv[4])
took, now = {}, ["", 0.0]
def begin(stage, *_):
    took[now[0]] = took.get(now[0], 0.0) + time.monotonic() - now[1]
    now[:] = [stage.rpartition(".")[2], time.monotonic()]
now[1] = time.monotonic()
begin("read")
area = read_boundary(boundary, source) if boundary else None
network = load_network(source, area) if area else load_network(source)
asked = PlanRequest(CutRequest(officers=officers))
plan = make_plan(
    network, settings=load_settings(), request=asked, boundary=area, progress=begin
)
begin("page")
save_map(plan_map(plan), out / "map.html")
begin("files")
save_plan(plan, out / "plan.gpkg")
plan_report(plan, out / "beats.csv")
begin("")
print(json.dumps({name: seconds for name, seconds in took.items() if name}))
"""


@dataclass(frozen=True)
class State:
    """A version of the package: where Python finds it."""

    name: str
    path: Path

    def run(self, *words: str | Path) -> str:
        """Run Python with this version, and return what it writes."""
        there = {**os.environ, "PYTHONPATH": str(self.path)}
        asked = [sys.executable, "-P", *map(str, words)]
        return subprocess.run(  # noqa: S603 - our own words
            asked, env=there, check=True, stdout=subprocess.PIPE, text=True
        ).stdout


def installed(revision: str, folder: Path) -> State:
    """Install a revision of this repository into a folder, without what it depends on."""
    words = ["-m", "pip", "install", "--quiet", "--no-deps", "--target", str(folder)]
    words.append(f"git+file://{ROOT}@{revision}")
    subprocess.run([sys.executable, *words], check=True)  # noqa: S603 - our own words
    return State(revision, folder)


def timed(state: State, case: Case, source: Path, out: Path) -> tuple[float, float, list[float]]:
    """Make a plan from the shell: wall seconds, peak GiB, and the gap of each tour."""
    words = ["-m", "reso_geo", "plan", source, "--officers", str(case.officers), *case.more]
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as kept:
        there = {**os.environ, "PYTHONPATH": str(state.path)}
        # Without -P the folder that one stands in would come before the state that is asked for.
        asked = [sys.executable, "-P", *map(str, words), "--out", str(out), "--json"]
        answer = Path(kept) / "answer.json"
        with answer.open("w") as stream:
            pid = os.posix_spawn(
                asked[0], asked, there, file_actions=[(os.POSIX_SPAWN_DUP2, stream.fileno(), 1)]
            )
            _, status, used = os.wait4(pid, 0)
        seconds = time.monotonic() - start
        if status:
            message = f"{state.name}: {' '.join(asked)} ended with {status}"
            raise RuntimeError(message)
        beats = json.loads(answer.read_text(encoding="utf-8"))["beats"]
    figures = [beat[mode] for beat in beats for mode in ("foot", "bike")]
    gaps = [1.0 - each["lower_bound_s"] / each["pass_s"] for each in figures if each["pass_s"]]
    return seconds, used.ru_maxrss / 2**20, gaps


def compared(name: str, states: tuple[State, State], networks: Path, runs: int) -> bool:
    """Print what a case takes in both states; return whether its bar holds."""
    case = CASES[name]
    source = networks / case.network
    walls: dict[str, list[float]] = {state.name: [] for state in states}
    peak, gaps = {}, {}
    with tempfile.TemporaryDirectory() as folder:
        for turn in range(runs):
            for state in states[:: 1 if turn % 2 else -1]:
                out = Path(folder) / f"{state.name}-{turn}"
                wall, peak[state.name], gaps[state.name] = timed(state, case, source, out)
                walls[state.name].append(wall)
        print(f"\n{name}\n{'':>10}{'wall s':>9}{'GiB':>7}{'median gap':>12}{'worst':>9}  stages, s")
        for state in states:
            out = Path(folder) / f"{state.name}-stages"
            out.mkdir()
            boundary = case.more[1] if case.more else ""
            told = json.loads(state.run("-c", STAGES, source, str(case.officers), boundary, out))
            stages = ", ".join(f"{stage} {seconds:.1f}" for stage, seconds in told.items())
            wall, own = statistics.median(walls[state.name]), gaps[state.name]
            print(
                f"{state.name:>10}{wall:>9.1f}{peak[state.name]:>7.2f}"
                f"{statistics.median(own):>12.3%}{max(own):>9.2%}  {stages}"
            )
    now, before = (statistics.median(walls[state.name]) for state in states)
    held = now <= case.most * before
    print(f"  {'held  ' if held else 'MISSED'}  {now / before:.2f} of it (at most {case.most:.2f})")
    return held


def main() -> int:
    """Print a table for each case; give the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("case", nargs="*", metavar="CASE", help=", ".join(CASES))
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--against", default=BEFORE, help="a revision of this repository")
    parser.add_argument("--networks", type=Path, default=NETWORKS)
    asked = parser.parse_args()
    if unknown := [name for name in asked.case if name not in CASES]:
        parser.error(f"no such case: {', '.join(unknown)}")
    with tempfile.TemporaryDirectory() as folder:
        states = State("now", ROOT), installed(asked.against, Path(folder))
        held = [compared(name, states, asked.networks, asked.runs) for name in asked.case or CASES]
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
