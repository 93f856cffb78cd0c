"""What borders along known streets cost in balance and walk, as they count for more: one table.

    python benchmarks/border_weights.py [SOURCE...] [--weights 0 0.25 0.5 1 2 4] [--walk 0.95]
        [--picture FILE.png] [--beats 12] [--seeds 0 1 2] [all else as `cutting.py`]

A weight multiplies all that borders count for: in the divisions of neighbours, where walk and
balance are divided by it instead, and in the trades that even beats. Zero is a thousandth in the
divisions. Each line is a mean over the seeds: how far the most and the least loaded beat are off
the mean, the walk and the loose junctions beside METIS's, the share of junctions on main streets or
barriers, how much that is above METIS with known streets, and processor time. Below the table
stands what a walk of 0.95 (`--walk`) of METIS's costs in borders, between the two lines around it,
or on the line nearest to it.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from cutting import OURS, Bench, checked, parser_of
from cutting_bars import METIS, WEIGHTED, beside_metis, ratio
from cutting_cases import beats_of, case_of, read_variants
from matplotlib.figure import Figure
from tables import write

from reso_geo.errors import ResoGeoError
from reso_geo.partition import CutParams

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from cutting import Row

LEAST = 1e-3
"""What stands for a weight of zero where walk and balance are divided by it."""


@dataclass(frozen=True)
class Weighed:
    """One line: means over the seeds of what one weight of borders leads to."""

    network: str
    beats: int
    weight: float
    seeds: int
    fast_max: float
    fast_min: float
    walk: float
    junctions: float
    loose: float
    known: float
    known_more: float
    cpu_s: float


def weighed(weight: float) -> CutParams:
    """Return the usual figures with borders that count so many times as much."""
    usual, part = CutParams(), max(weight, LEAST)
    borders, balance = usual.borders, usual.balance
    return replace(
        usual,
        borders=replace(
            borders,
            walk=borders.walk / part,
            off=borders.off / part,
            strict_off=borders.strict_off / part,
        ),
        balance=replace(
            balance,
            border=balance.border * weight,
            border_first=balance.border_first * weight,
        ),
    )


def sweep(arguments: argparse.Namespace) -> list[list[Weighed]]:
    """Cut every case with every weight; one list of lines for each case."""
    found = []
    for _, variant, name, network in read_variants(
        arguments.source, arguments.boundary, arguments.variants
    ):
        case = case_of(name, network, cross=arguments.cross_cities)
        for beats in arguments.beats:
            benches = [Bench(arguments, weighed(weight)) for weight in arguments.weights]
            peers = Bench(arguments)
            for seed in arguments.seeds:
                peers.compare(case, beats_of(variant, beats), seed, [METIS, WEIGHTED])
                for bench in benches:
                    bench.compare(case, beats_of(variant, beats), seed, [OURS])
            cuts = [bench.rows for bench in benches]
            found.append(_lines(peers.rows, arguments.weights, cuts))
    return found


def _lines(
    peers: list[Row], weights: Sequence[float], cuts: Sequence[Sequence[Row]]
) -> list[Weighed]:
    """Put the means of each weight beside those of the peers."""
    metis = [row for row in peers if row.method == METIS]
    best = _mean([row for row in peers if row.method == WEIGHTED], "known")
    lines = []
    for weight, own in zip(weights, cuts, strict=True):
        beside = [row for row in beside_metis([*metis, *own]) if row.method == OURS]
        known = _mean(own, "known")
        lines.append(
            Weighed(
                own[0].network,
                own[0].beats,
                weight,
                len(own),
                _mean(own, "fast_max"),
                _mean(own, "fast_min"),
                _mean(beside, "walk_ratio"),
                _mean(own, "junctions"),
                ratio(_mean(own, "loose"), _mean(metis, "loose")),
                known,
                known - best,
                _mean(own, "cpu_s"),
            )
        )
    return lines


def _mean(rows: Sequence[Row], name: str) -> float:
    """Return the mean of one figure; what gave up is NaN."""
    return float(np.mean([np.nan if getattr(r, name) is None else getattr(r, name) for r in rows]))


def at_walk(lines: Sequence[Weighed], walk: float) -> str:
    """Return in a sentence what a walk over METIS's costs in borders."""
    ordered = sorted(lines, key=lambda line: line.weight)
    for one, two in pairwise(ordered):
        if min(one.walk, two.walk) <= walk <= max(one.walk, two.walk) and one.walk != two.walk:
            part = (walk - one.walk) / (two.walk - one.walk)
            weight, loose, known = (
                (1.0 - part) * getattr(one, name) + part * getattr(two, name)
                for name in ("weight", "loose", "known")
            )
            how = f"between weights {one.weight:g} and {two.weight:g}, at about {weight:.2f}"
            break
    else:
        line = min(ordered, key=lambda line: abs(line.walk - walk))
        loose, known = line.loose, line.known
        how = f"no weight leads there; nearest {line.walk:.3f}, at weight {line.weight:g}"
    return (
        f"{ordered[0].network}, {ordered[0].beats} beats, walk {walk:g} of METIS's: {how}; "
        f"loose {loose:.2f} of METIS's, known {known:.2f}"
    )


def draw(cases: Sequence[Sequence[Weighed]], path: Path) -> None:
    """Draw loose junctions and shares over the walk, a line for each case, a dot a weight."""
    figure = Figure(figsize=(12.0, 5.0), layout="constrained")
    for axes, name, title in zip(
        figure.subplots(1, 2),
        ("loose", "known"),
        ("Loose junctions, METIS = 1", "Share on main streets or barriers"),
        strict=True,
    ):
        for lines in cases:
            walk, height = [line.walk for line in lines], [getattr(line, name) for line in lines]
            axes.plot(walk, height, marker="o", label=f"{lines[0].network}, {lines[0].beats}")
            for line, x, y in zip(lines, walk, height, strict=True):
                axes.annotate(f"{line.weight:g}", (x, y), (3, 3), textcoords="offset points")
        axes.set(xlabel="Walk, METIS = 1", title=title)
        axes.legend()
    figure.savefig(path, dpi=110)


def main(words: list[str] | None = None) -> int:
    """Print the table; return the exit code."""
    parser = parser_of(__doc__)
    parser.add_argument("--weights", nargs="+", type=float, default=[0, 0.25, 0.5, 1, 2, 4])
    parser.add_argument("--walk", type=float, default=0.95, help="over METIS's, to be read off")
    parser.add_argument("--picture", type=Path, help="the table as a picture")
    parser.set_defaults(beats=[12], seeds=[0, 1, 2], methods=[METIS, WEIGHTED, OURS])
    arguments = checked(parser, words)
    try:
        cases = sweep(arguments)
    except ResoGeoError as error:
        print(error, file=sys.stderr)
        return 2
    write([line for lines in cases for line in lines], arguments.out)
    for lines in cases:
        print(at_walk(lines, arguments.walk))
    if arguments.picture is not None:
        draw(cases, arguments.picture)
    return 0


if __name__ == "__main__":
    sys.exit(main())
