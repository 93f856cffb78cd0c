"""What keeps its post when posts are added or leave: rebalanced, or cut again. One table.

    python benchmarks/rebalancing.py [SOURCE...] [--boundary B] [--cross-cities]
        [--steps 17-18 18-30 30-40 40-17 17-16] [--methods rebalance cut_beats metis] [--seed 0]
        [--tolerance 0.05] [--cap 300] [--out FILE.csv]

Without a source it takes Heidelberg from the test data beside the checkout. Each step starts from
the same beats, which `cut_beats` made, and goes to another number over the same streets, those of
`benchmarks/cutting.py`. Who cuts again gets the best relabelling: the one-to-one assignment of new
beats to old ones that keeps the most street load. Continuity, loads, walks and broken beats are
measured outside the cutters: loads from the bases that a method gives, where it gives none from
exact 1-medians; walks from those for all. The bound is that of `continuity_bound`. Compare times
within one table only.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from cutting import ours, theirs
from cutting_cases import HEIDELBERG, Case, case_of
from cutting_measures import (
    NO_BASE,
    balance,
    base_of_beats,
    beat_loads,
    broken,
    mean_walk_m,
)
from cutting_peers import Timed, in_time, missing, stopwatch
from scipy.optimize import linear_sum_assignment
from tables import cells, write

from reso_geo import CutRequest, RebalanceRequest, load_network, read_boundary
from reso_geo.districting import DistrictingProblem
from reso_geo.errors import ResoGeoError
from reso_geo.partition import Partition, cut_beats
from reso_geo.rebalance import OldBeats, city_loads, continuity_bound, rebalance

if TYPE_CHECKING:
    from numpy.typing import NDArray

REBALANCE, AGAIN, METIS = "rebalance", "cut_beats", "metis"
STEPS = ("17-18", "18-30", "30-40", "40-17", "17-16")


class Wish(NamedTuple):
    """What every method is asked for."""

    beats: int
    seed: int
    tolerance: float
    cap_s: float
    cross: bool


@dataclass(frozen=True)
class Row:
    """One line of the table; what was not measured is empty."""

    network: str
    step: str
    method: str
    kept: float | None = None
    bound: float | None = None
    fast_max: float | None = None
    fast_min: float | None = None
    walk_m: float | None = None
    walk_before_m: float | None = None
    broken: int | None = None
    cpu_s: float | None = None
    wall_s: float | None = None
    note: str = ""


def first_beats(case: Case, beats: int, wish: Wish) -> OldBeats:
    """Cut the beats that a step starts from."""
    request = CutRequest(beats, cross_cities=wish.cross, time_limit_s=wish.cap_s, seed=wish.seed)
    made = cut_beats(DistrictingProblem.of(case.network, case.walk, case.load), request).partition
    unlocked = np.zeros(beats, dtype=bool)
    return OldBeats(
        made.beat_of, made.beat_id, made.city, made.posts, unlocked, cross_cities=wish.cross
    )


def rebalanced(case: Case, old: OldBeats, wish: Wish) -> Timed:
    """Rebalance; who stays has its old number, who is new one behind all old ones."""
    request = RebalanceRequest(wish.beats, wish.tolerance, time_limit_s=wish.cap_s, seed=wish.seed)
    stop = stopwatch()
    found = rebalance(DistrictingProblem.of(case.network, case.walk, case.load), old, request)
    made = found.partition
    number = {name: place for place, name in enumerate([*old.beat_id, *found.new])}
    label = np.array([number[name] for name in made.beat_id] + [-1], dtype=np.int64)
    return stop(label[made.beat_of])._replace(base=_numbered(made.base, label[:-1]))


def relabelled(done: Timed, old: OldBeats, load_s: NDArray[np.float64]) -> Timed:
    """Assign new beats the numbers of old ones so that as much load as can be keeps its number."""
    beat_of = done.beat
    olds, news = len(old.beat_id), int(beat_of.max()) + 1
    both = np.zeros((news, olds))
    held = (beat_of >= 0) & (old.beat_of >= 0)
    np.add.at(both, (beat_of[held], old.beat_of[held]), load_s[held])
    rows, columns = linear_sum_assignment(both, maximize=True)
    label = np.append(olds + np.arange(news), -1)
    label[rows] = columns
    return done._replace(beat=label[beat_of], base=_numbered(done.base, label[:-1]))


def _numbered(base: NDArray[np.int64] | None, label: NDArray[np.int64]) -> NDArray[np.int64] | None:
    """Return bases by the labels of their beats."""
    if base is None:
        return None
    numbered = np.full(int(label.max()) + 1, NO_BASE, dtype=np.int64)
    numbered[label] = base
    return numbered


def as_partition(
    case: Case, old: OldBeats, beat_of: NDArray[np.int64], names: list[int]
) -> Partition:
    """Return the beats as a partition with old ids; where one crosses a line all may."""
    first = [int(np.argmax(beat_of == beat)) for beat in range(len(names))]
    city = case.network.city[first]
    held = beat_of >= 0
    crossing = (case.network.city[held] != city[beat_of[held]]).any()
    ids = [old.beat_id[name] if name < len(old.beat_id) else f"new {name}" for name in names]
    one = np.ones(len(names), dtype=np.int64)
    return Partition(beat_of, tuple(ids), -one if crossing else city, one, -one, {})


def measured(case: Case, old: OldBeats, done: Timed, row: Row, tolerance: float) -> Row:
    """Measure a plan: loads from the bases that it came with, walks from exact 1-medians."""
    network, load_s, label = case.network, case.load.total_s, done.beat
    names, place = np.unique(label[label >= 0], return_inverse=True)
    beat_of = np.full(len(label), -1, dtype=np.int64)
    beat_of[label >= 0] = place
    base = base_of_beats(network, case.walk, load_s, beat_of, len(names))
    given = base if done.base is None else done.base[names]
    fast = balance(beat_loads(network, case.walk, case.load, beat_of, given, "fast"))
    same = (label == old.beat_of) & (label >= 0)
    made = as_partition(case, old, beat_of, names.tolist())
    loads = city_loads(network, load_s, old, made)
    return replace(
        row,
        bound=continuity_bound(list(loads.values()), tolerance, float(load_s.sum())),
        kept=float(load_s[same].sum() / load_s.sum()),
        fast_max=fast.most,
        fast_min=fast.least,
        walk_m=mean_walk_m(network, load_s, beat_of, base),
        broken=broken(network, beat_of, len(names)),
    )


class Bench:
    """Goes step by step; collects the lines of the table."""

    def __init__(self, case: Case, wish: Wish) -> None:
        self._case, self._wish = case, wish
        self._first: dict[int, OldBeats] = {}
        self.rows: list[Row] = []

    def step(self, name: str, methods: list[str]) -> None:
        """Go one step by every method."""
        case, load_s = self._case, self._case.load.total_s
        before, after = (int(number) for number in name.split("-"))
        if before not in self._first:
            self._first[before] = first_beats(case, before, self._wish)
        old, wish = self._first[before], self._wish._replace(beats=after)
        base = base_of_beats(case.network, case.walk, load_s, old.beat_of, before)
        row = Row(
            case.name,
            name,
            "",
            walk_before_m=mean_walk_m(case.network, load_s, old.beat_of, base),
        )
        for method in methods:
            self.rows.append(self._row(old, wish, replace(row, method=method)))
            print(" | ".join(cells(self.rows[-1])), file=sys.stderr, flush=True)

    def _row(self, old: OldBeats, wish: Wish, row: Row) -> Row:
        # A copy of the graph has no answers kept from before.
        case = self._case._replace(walk=replace(self._case.walk))
        if row.method == REBALANCE:
            done = in_time(rebalanced, (case, old, wish), 2 * wish.cap_s)
        elif row.method == AGAIN:
            request = (case, wish.beats, wish.seed, wish.cap_s, wish.cross)
            done = in_time(ours, request, 2 * wish.cap_s)
        else:
            cut = (METIS, case, wish.beats, wish.seed, wish.tolerance)
            done = in_time(theirs, cut, wish.cap_s)
        if isinstance(done, str):
            return replace(row, note=done)
        row = replace(row, cpu_s=done.cpu_s, wall_s=done.wall_s)
        if row.method != REBALANCE:
            done = relabelled(done, old, case.load.total_s)
        return measured(self._case, old, done, row, wish.tolerance)


def read_arguments(words: list[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("source", nargs="*", type=Path)
    parser.add_argument("--boundary", help="file, built-in name or osm:... of the source")
    parser.add_argument("--cross-cities", action="store_true", help="beats may cross city lines")
    parser.add_argument("--steps", nargs="+", default=list(STEPS), help="BEFORE-AFTER")
    known = [REBALANCE, AGAIN, METIS]
    parser.add_argument("--methods", nargs="+", choices=known, default=known)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--tolerance", type=float, default=0.05)
    parser.add_argument("--cap", type=float, default=300.0, help="most seconds by the clock")
    parser.add_argument("--out", type=Path, help="also write the table as CSV")
    arguments = parser.parse_args(words)
    if not arguments.source and HEIDELBERG.is_file():
        arguments.source = [HEIDELBERG]
    if not arguments.source:
        parser.error("no test data beside the checkout: name a source")
    absent = missing(arguments.methods)
    if absent:
        parser.error(f"not installed: {', '.join(absent)} (CONTRIBUTING.md says how)")
    return arguments


def main(words: list[str] | None = None) -> int:
    """Print the table; give the exit code."""
    arguments = read_arguments(words)
    wish = Wish(0, arguments.seed, arguments.tolerance, arguments.cap, arguments.cross_cities)
    rows: list[Row] = []
    try:
        for path in arguments.source:
            boundary = read_boundary(arguments.boundary, path) if arguments.boundary else None
            network = load_network(path, boundary)
            name = path.name.partition(".")[0]
            bench = Bench(case_of(name, network, cross=arguments.cross_cities), wish)
            for step in arguments.steps:
                bench.step(step, arguments.methods)
            rows += bench.rows
    except ResoGeoError as error:
        print(error, file=sys.stderr)
        return 2
    write(rows, arguments.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
