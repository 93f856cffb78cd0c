"""Beats cut by METIS, GerryChain, spopt and reso_geo, side by side: one table.

    python benchmarks/cutting.py [SOURCE...] [--boundary B] [--cross-cities] [--beats 17 60 100]
        [--variants untouched turned37 turned90 mirrored north south east west] [--seeds 0 1 2]
        [--methods metis metis_weighted gerrychain spopt reso_geo] [--epsilon 0.05] [--cap 300]
        [--final] [--out FILE.csv] [--save FOLDER]
    python benchmarks/cutting.py [SOURCE] --scaling [--beats 60] [--fixed]

Without a source it takes Heidelberg from the test data beside the checkout. All methods cut the
same streets under the same load into as many beats: the held segments of the largest connected
piece on foot inside the boundary (of each city, where there are several: the beats are shared among
them by street load, Sainte-Lague, and every method cuts each city on its own). Loads, walks, broken
beats and the share of beats that a barrier cuts are measured outside the cutters, from the exact
1-median of each beat; reso_geo keeps the bases from which it evened its beats. A walk stands beside
the mean of METIS's walks over the seeds. GerryChain is asked for the balance of street load
that reso_geo reached, unless `--epsilon` says another. Compare times within one table only.

Junctions where beats meet, those of them that are loose and the share of the others (`known`) are
those of `cutting_measures.meetings`; `borders.py` prints the same of a plan. `metis_weighted` is
METIS with borders along streets that people know for cheap. A second table says whether the bars of
borders and walk hold (see `cutting_bars`). `--variants` cuts copies of each source as well, turned
by 37 or 90 degrees or mirrored, and halves of it into half as many beats (see
`cutting_cases.varied`): a search that is tuned to one network shows there.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from cutting_bars import beside_metis, hold, most_walk
from cutting_cases import (
    HEIDELBERG,
    UNTOUCHED,
    VARIANTS,
    Case,
    beats_of,
    case_of,
    crop,
    read_variants,
)
from cutting_measures import (
    NO_BASE,
    balance,
    barrier_cut_beats,
    base_of_beats,
    beat_loads,
    broken,
    mean_walk_m,
    meetings,
    street_loads,
)
from cutting_peers import PEERS, Timed, dual_graph, in_time, missing, stopwatch
from tables import cells, write

from reso_geo import CutRequest
from reso_geo.districting import DistrictingProblem
from reso_geo.errors import ResoGeoError
from reso_geo.network import MOTORWAY, RAILWAY, RIVER
from reso_geo.partition import CutParams, cut_beats, held_segments

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo import StreetNetwork

OURS = "reso_geo"
EPSILON = 0.05
"""What GerryChain is asked for without reso_geo, or where stricter is out of its reach."""
TENTH = 0.1


@dataclass(frozen=True)
class Row:
    """One line of the table; what was not measured is empty."""

    network: str
    segments: int
    beats: int
    seed: int
    method: str
    cpu_s: float | None = None
    wall_s: float | None = None
    street_max: float | None = None
    street_min: float | None = None
    fast_max: float | None = None
    fast_min: float | None = None
    final_max: float | None = None
    final_min: float | None = None
    walk_m: float | None = None
    walk_ratio: float | None = None
    junctions: int | None = None
    loose: int | None = None
    known: float | None = None
    broken: int | None = None
    barrier_cut: float | None = None
    note: str = ""


def ours(
    case: Case,
    beats: int,
    seed: int,
    cap_s: float,
    cross: bool,  # noqa: FBT001
    params: CutParams | None = None,
) -> Timed:
    """Cut with reso_geo, as `make_plan` does."""
    cities = [case.network.cities[case.network.city[area[0]]] for area in case.areas]
    several = len(cities) > 1
    request = CutRequest(
        beats,
        seats=dict(zip(cities, case.seats(beats), strict=True)) if several else None,
        cross_cities=cross,
        time_limit_s=cap_s,
        seed=seed,
        params=params or CutParams(),
    )
    stop = stopwatch()
    cut = cut_beats(DistrictingProblem.of(case.network, case.walk, case.load), request).partition
    return stop(cut.beat_of)._replace(base=cut.base)


def theirs(method: str, case: Case, beats: int, seed: int, epsilon: float) -> Timed:
    """Cut every area with a peer."""
    beat_of = np.full(len(case.network), -1, dtype=np.int64)
    cpu_s, wall_s, first = 0.0, 0.0, 0
    for area, seats in zip(case.areas, case.seats(beats), strict=True):
        label = np.zeros(len(area), dtype=np.int64)
        if seats > 1:
            dual = dual_graph(case.network, case.load.total_s, area)
            one = PEERS[method](dual, seats, seed, epsilon)
            label, cpu_s, wall_s = one.beat, cpu_s + one.cpu_s, wall_s + one.wall_s
        beat_of[area] = first + label
        first += seats
    return Timed(beat_of, cpu_s, wall_s)


class Bench:
    """Cuts and measures; collects the lines of the table."""

    def __init__(self, arguments: argparse.Namespace, params: CutParams | None = None) -> None:
        self._cap_s: float = arguments.cap
        self._epsilon: float | None = arguments.epsilon
        self._cross: bool = arguments.cross_cities
        self._final: bool = arguments.final
        self._save: Path | None = arguments.save
        self._params = params
        self.rows: list[Row] = []
        self.most_walk: dict[str, float] = {}

    def compare(self, case: Case, beats: int, seed: int, methods: list[str]) -> None:
        """Cut one case by every method; reso_geo first, whose balance is asked of GerryChain."""
        epsilon = self._epsilon or EPSILON
        fresh = case._replace(walk=replace(case.walk))  # a cut starts with no answers kept
        for method in sorted(methods, key=lambda name: name != OURS):
            row, done = self._cut(fresh, beats, seed, method, epsilon)
            if done is not None:
                row = self._measured(case, done, row)
                self._keep(case, done.beat, row)
                if method == OURS and not self._epsilon:
                    epsilon = widest(case, done.beat)
            self.rows.append(row)
            print(" | ".join(cells(row)), file=sys.stderr, flush=True)

    def _cut(
        self, case: Case, beats: int, seed: int, method: str, epsilon: float
    ) -> tuple[Row, Timed | None]:
        segments = sum(map(len, case.areas))
        row = Row(case.name, segments, beats, seed, method)
        if method == OURS:
            limit_s = self._cap_s
            given = case, beats, seed, limit_s, self._cross, self._params
            done = in_time(ours, given, 2 * limit_s)
            return self._timed(row, done, "")
        done = in_time(theirs, (method, case, beats, seed, epsilon), self._cap_s)
        if method != "gerrychain":
            return self._timed(row, done, "")
        note = f"epsilon {epsilon:.3f}"
        if isinstance(done, str) and epsilon < EPSILON:
            note = f"epsilon {EPSILON}; at {epsilon:.3f} {done}"
            done = in_time(theirs, (method, case, beats, seed, EPSILON), self._cap_s)
        return self._timed(row, done, note)

    @staticmethod
    def _timed(row: Row, done: Timed | str, note: str) -> tuple[Row, Timed | None]:
        if isinstance(done, str):
            return replace(row, note=f"{done}; {note}" if note else done), None
        return replace(row, cpu_s=done.cpu_s, wall_s=done.wall_s, note=note), done

    def _measured(self, case: Case, done: Timed, row: Row) -> Row:
        network, load_s, beat_of = case.network, case.load.total_s, done.beat
        base = done.base
        if base is None:
            base = base_of_beats(network, case.walk, load_s, beat_of, row.beats)
        street = balance(street_loads(beat_of, load_s, row.beats))
        fast = balance(beat_loads(network, case.walk, case.load, beat_of, base, "fast"))
        met = meetings(network, beat_of, case.area_of)
        row = replace(
            row,
            street_max=street.most,
            street_min=street.least,
            fast_max=fast.most,
            fast_min=fast.least,
            walk_m=mean_walk_m(network, load_s, beat_of, base),
            junctions=met.junctions,
            loose=met.loose,
            known=met.share,
            broken=broken(network, beat_of, row.beats),
        )
        if self._final:
            final = balance(beat_loads(network, case.walk, case.load, beat_of, base, "final"))
            row = replace(row, final_max=final.most, final_min=final.least)
        crosses = crossing(network)
        if crosses is not None:
            cut = barrier_cut_beats(network, load_s, beat_of, crosses)
            row = replace(row, barrier_cut=len(cut) / row.beats)
        bare = int((base == NO_BASE).sum())
        notes = [row.note, f"{bare} beats without streets to cover" if bare else ""]
        return replace(row, note="; ".join(filter(None, notes)))

    def _keep(self, case: Case, beat_of: NDArray[np.int64], row: Row) -> None:
        if self._save is None:
            return
        self._save.mkdir(parents=True, exist_ok=True)
        held = beat_of >= 0
        np.savez_compressed(
            self._save / f"{row.method}_{row.network}_{row.beats}_{row.seed}.npz",
            segment_id=case.network.segment_id[held].astype(str),
            beat=beat_of[held],
        )


def widest(case: Case, beat_of: NDArray[np.int64]) -> float:
    """Return the largest deviation of a beat's street load from its area's mean, as a share."""
    load_s = case.load.total_s
    off = [0.0]
    for area in case.areas:
        beat, place = np.unique(beat_of[area], return_inverse=True)
        loads = balance(street_loads(place, load_s[area], len(beat)))
        off += [loads.most - 1.0, 1.0 - loads.least]
    return max(off)


def crossing(network: StreetNetwork) -> NDArray[np.bool_] | None:
    """Find which segments cross a motorway, a railway or a river, shape (m,); None without any."""
    barred = (network.crossed & (MOTORWAY | RAILWAY | RIVER)) != 0
    return barred if barred.any() else None


def scaling(bench: Bench, name: str, whole: StreetNetwork, arguments: argparse.Namespace) -> None:
    """Cut a tenth of the streets and all of them; print how the times grow."""
    count = int(held_segments(whole).sum())
    small = case_of(f"{name}_tenth", crop(whole, round(TENTH * count)), cross=True)
    large = case_of(f"{name}_whole", crop(whole, count), cross=True)
    for beats in arguments.beats:
        fewer = beats if arguments.fixed else max(round(TENTH * beats), 2)
        for seed in arguments.seeds:
            bench.compare(small, fewer, seed, arguments.methods)
            bench.compare(large, beats, seed, arguments.methods)
            _ratios(bench.rows[-2 * len(arguments.methods) :])


def _ratios(rows: list[Row]) -> None:
    half = len(rows) // 2
    for small, large in zip(rows[:half], rows[half:], strict=True):
        if small.cpu_s and large.cpu_s and small.wall_s and large.wall_s:
            print(
                f"{large.method}: {large.segments / small.segments:.1f} times the segments, "
                f"{small.beats} and {large.beats} beats, seed {large.seed}: "
                f"{large.wall_s / small.wall_s:.1f} times the time by the clock, "
                f"{large.cpu_s / small.cpu_s:.1f} times the processor time"
            )


def parser_of(text: str | None) -> argparse.ArgumentParser:
    """Return what every benchmark of cuts is asked for."""
    parser = argparse.ArgumentParser(description=(text or "").partition("\n")[0])
    parser.add_argument("source", nargs="*", type=Path)
    parser.add_argument("--boundary", help="file, built-in name or osm:... of the source")
    parser.add_argument("--cross-cities", action="store_true", help="cut all cities as one")
    parser.add_argument("--beats", nargs="+", type=int, default=[17, 60, 100])
    parser.add_argument("--variants", nargs="+", choices=VARIANTS, default=[UNTOUCHED])
    parser.add_argument("--seeds", nargs="+", type=int, default=[0])
    parser.add_argument("--methods", nargs="+", choices=[*PEERS, OURS], default=[*PEERS, OURS])
    parser.add_argument("--final", action="store_true", help="measure at the final depth too")
    parser.add_argument("--cap", type=float, default=300.0, help="most seconds by the clock")
    parser.add_argument("--out", type=Path, help="the table as CSV")
    parser.add_argument("--save", type=Path, help="folder for the cuts, as .npz")
    parser.add_argument(
        "--epsilon", type=float, help="what GerryChain is asked for; else what reso_geo reached"
    )
    return parser


def read_arguments(words: list[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = parser_of(__doc__)
    parser.add_argument("--scaling", action="store_true", help="a tenth of the streets, and all")
    parser.add_argument("--fixed", action="store_true", help="as many beats in the tenth")
    return checked(parser, words)


def checked(parser: argparse.ArgumentParser, words: list[str] | None) -> argparse.Namespace:
    """Read the words; end where a source or a peer is not there."""
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
    bench = Bench(arguments)
    try:
        run(bench, arguments)
    except ResoGeoError as error:
        print(error, file=sys.stderr)
        return 2
    write(beside_metis(bench.rows), arguments.out)
    bars = hold(bench.rows, OURS, bench.most_walk)
    if bars:
        write(bars, None)
    return 0


def run(bench: Bench, arguments: argparse.Namespace) -> None:
    """Cut every source as often as asked."""
    wanted = arguments.source, arguments.boundary, arguments.variants
    for path, variant, name, network in read_variants(*wanted):
        if arguments.scaling:
            scaling(bench, name, network, arguments)
            continue
        case = case_of(name, network, cross=arguments.cross_cities)
        bench.most_walk[name] = most_walk(path, variant)
        for beats in arguments.beats:
            for seed in arguments.seeds:
                bench.compare(case, beats_of(variant, beats), seed, arguments.methods)


if __name__ == "__main__":
    sys.exit(main())
