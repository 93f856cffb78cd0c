"""Whether a cut holds the bars of borders and walk, beside METIS and METIS with known streets.

The bars: loose junctions at most `LOOSE` of METIS's; the share of junctions on main streets or
barriers at least that of METIS with known streets less `SHARE`; the walk at most `WALK` of METIS's
on the test data and copies of it, `WALK_ELSEWHERE` on other networks and halves, and never above
that of METIS with known streets. METIS counts with its mean over the seeds.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from cutting_cases import SHARED, is_half

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from cutting import Row

__all__ = ["METIS", "WEIGHTED", "Bars", "beside_metis", "hold", "most_walk", "ratio"]

LOOSE, SHARE, WALK, WALK_ELSEWHERE = 0.9, 0.05, 0.98, 1.02
METIS, WEIGHTED = "metis", "metis_weighted"


class Means(NamedTuple):
    """Means over some cuts of the same streets."""

    loose: float
    known: float
    walk_m: float


@dataclass(frozen=True)
class Bars:
    """One line: our means beside those of both peers, what the means miss, and each seed."""

    network: str
    beats: int
    seeds: int
    loose: float
    """Loose junctions over METIS's."""
    known_more: float
    """Share on main streets or barriers less that of METIS with known streets."""
    walk: float
    """Walk over METIS's."""
    most_walk: float
    walk_weighted: float
    """Walk over that of METIS with known streets."""
    missed: str
    missed_by_seeds: str


def most_walk(source: Path, variant: str) -> float:
    """Return the bar of the walk over METIS's."""
    ours = source.resolve().is_relative_to(SHARED) and not is_half(variant)
    return WALK if ours else WALK_ELSEWHERE


def hold(rows: Sequence[Row], ours: str, walks: Mapping[str, float]) -> list[Bars]:
    """Judge the cuts of `ours` wherever both peers cut the same streets; `walks` by network."""
    bars = []
    for key in dict.fromkeys((row.network, row.beats) for row in rows):
        cuts = [row for row in rows if (row.network, row.beats) == key]
        metis, weighted, own = (_means(cuts, name) for name in (METIS, WEIGHTED, ours))
        if not (metis and weighted and own):
            continue
        peers, most = (_mean(metis), _mean(weighted)), walks[key[0]]
        mean = _mean(own)
        misses = Counter(name for one in own for name in _missed(one, *peers, most))
        bars.append(
            Bars(
                *key,
                len(own),
                ratio(mean.loose, peers[0].loose),
                mean.known - peers[1].known,
                mean.walk_m / peers[0].walk_m,
                most,
                mean.walk_m / peers[1].walk_m,
                ", ".join(_missed(mean, *peers, most)) or "none",
                ", ".join(f"{name} {count}" for name, count in misses.items()) or "none",
            )
        )
    return bars


def _missed(own: Means, metis: Means, weighted: Means, most: float) -> list[str]:
    holds = {
        "loose": own.loose <= LOOSE * metis.loose,
        "share": own.known >= weighted.known - SHARE,
        "walk": own.walk_m <= most * metis.walk_m,
        "walk weighted": own.walk_m <= weighted.walk_m,
    }
    return [name for name, held in holds.items() if not held]


def _means(rows: Sequence[Row], method: str) -> list[Means]:
    """Return what is judged of each cut of a method; a cut that failed has nothing."""
    return [
        Means(float(row.loose), row.known, row.walk_m)
        for row in rows
        if row.method == method
        and row.loose is not None
        and row.known is not None
        and row.walk_m is not None
    ]


def _mean(cuts: Sequence[Means]) -> Means:
    return Means(*np.mean(cuts, axis=0).tolist())


def ratio(own: float, other: float) -> float:
    """Return the one over the other; one where both are zero."""
    return own / other if other else 1.0 if own == other else float("inf")


def beside_metis(rows: Sequence[Row]) -> list[Row]:
    """Put every walk beside the mean of METIS's, over its seeds, on the same streets."""
    walks: dict[tuple[str, int], list[float]] = {}
    for row in rows:
        if row.method == METIS and row.walk_m is not None:
            walks.setdefault((row.network, row.beats), []).append(row.walk_m)
    return [
        replace(row, walk_ratio=row.walk_m / float(np.mean(walks[row.network, row.beats])))
        if row.walk_m is not None and (row.network, row.beats) in walks
        else row
        for row in rows
    ]
