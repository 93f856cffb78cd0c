"""Where a beat lies, in words: what runs along each side of it, and what is in its middle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.i18n import say
from reso_geo.naming.bounds import Bound, lines_of
from reso_geo.naming.outline import Along, along, steps_of
from reso_geo.naming.streets import distinctive_streets

if TYPE_CHECKING:
    from collections.abc import Sequence

    import shapely
    from numpy.typing import NDArray

    from reso_geo.naming.outline import Steps
    from reso_geo.network import StreetNetwork
    from reso_geo.partition import Partition

__all__ = ["NAMED_ENOUGH", "BeatSurroundings", "describe_beats"]

_SIDES = (("north", "east", "south", "west"), ("northeast", "southeast", "southwest", "northwest"))
_MOST_NAMES = 8
NAMED_ENOUGH = 0.8
"""Share of an outline of which names should tell."""
_LEAST = 0.02
"""Share of an outline that one more name must add where enough of it is told that has names."""
_LONG = 0.25
"""Share of a further side that a name must run along to be told there again."""
_ASLANT = 1.1
"""How much more the sides turned by half a quarter must tell to be taken."""
_HEART = 2


@dataclass(frozen=True)
class BeatSurroundings:
    """Where a beat lies.

    Attributes
    ----------
    sides
        Clockwise from the north: what bounds it, clockwise as well, and on which sides; a side of
        which nothing can be said is left out.
    heart
        Its most distinctive streets, without those along its sides.
    named
        Share of its outline that runs along what is named; None where it has no outline that ends
        at anything.
    whole
        True for the only beat of its city.
    """

    sides: tuple[tuple[tuple[Bound, ...], tuple[str, ...]], ...]
    heart: tuple[str, ...]
    named: float | None = None
    whole: bool = False

    def say(self, lang: str) -> str:
        """Describe the beat in a sentence or two.

        Parameters
        ----------
        lang
            ``fr`` or ``en``.

        Returns
        -------
        str
            Empty where nothing can be said.

        Examples
        --------
        >>> hill, limit = Bound("street", "rue Hill"), Bound("city_line")
        >>> BeatSurroundings((((hill,), ("north",)), ((limit,), ("east", "south"))), ()).say("en")
        'Bounded by rue Hill to the north, the city limit to the east and to the south.'
        """
        phrases = []
        for bounds, sides in self.sides:
            where = _row(lang, [say(lang, f"naming.{side}") for side in sides])
            what = _row(lang, [bound.say(lang) for bound in bounds])
            phrases.append(say(lang, "naming.side", {"where": where, "what": what}))
        sentences = [say(lang, "naming.whole_city")] if self.whole else []
        if phrases:
            sentences.append(say(lang, "naming.bounded", {"sides": ", ".join(phrases)}))
        if self.heart:
            sentences.append(say(lang, "naming.heart", {"streets": ", ".join(self.heart)}))
        return " ".join(sentences)


def _row(lang: str, texts: list[str]) -> str:
    """Join texts as a sentence does: commas, and a word before the last."""
    if len(texts) == 1:
        return texts[0]
    return say(lang, "naming.row", {"first": ", ".join(texts[:-1]), "last": texts[-1]})


def describe_beats(
    network: StreetNetwork,
    partition: Partition,
    polygons: Sequence[shapely.MultiPolygon],
    cities: Sequence[shapely.MultiPolygon] = (),
    extent: Sequence[shapely.MultiPolygon] = (),
) -> tuple[BeatSurroundings, ...]:
    """Find what runs along the sides of each beat.

    The outline of a beat is walked in steps of 15 m. A step runs along a street within 40 m, or a
    motorway, railway or river within 60 m, from which it is turned at most 25 degrees, or lies on
    the city limit. At most eight names are told, one after the other that which adds most. Sides
    are north, east, south and west, or north-east and so on where that tells clearly more.

    Parameters
    ----------
    network
        The streets, with the barriers and the land around them.
    partition
        Beats over them.
    polygons
        Of each beat, in the network's CRS, in metres.
    cities
        Outlines that are real city limits, in the network's CRS.
    extent
        Outlines that are only the extent of the streets: what of a beat ends there and runs along
        nothing is no border, and counts for nothing.

    Returns
    -------
    tuple of BeatSurroundings
        One a beat.
    """
    lines = lines_of(network, cities, extent)
    steps = steps_of(polygons)
    found = along(steps, lines)
    beats = np.arange(len(polygons) + 1)
    first = np.searchsorted(steps.beat, beats)
    cut = np.searchsorted(found.step, first)
    hearts = distinctive_streets(network, partition)
    surroundings = []
    for beat, (city, heart) in enumerate(zip(partition.city.tolist(), hearts, strict=True)):
        if len(cities) > 0 and city >= 0 and (partition.city == city).sum() == 1:
            surroundings.append(BeatSurroundings((), heart[:_HEART], 1.0, whole=True))
            continue
        own = slice(cut[beat], cut[beat + 1])
        around = Along(found.step[own] - first[beat], found.bound[own], found.counts[own])
        sides, named = _sides(steps.part(slice(first[beat], first[beat + 1])), around, lines.bounds)
        said = {bound.name for bounds, _ in sides for bound in bounds}
        rest = [street for street in heart if street not in said]
        surroundings.append(BeatSurroundings(sides, tuple(rest[:_HEART]), named))
    return tuple(surroundings)


def _sides(
    steps: Steps, around: Along, bounds: tuple[Bound, ...]
) -> tuple[tuple[tuple[tuple[Bound, ...], tuple[str, ...]], ...], float | None]:
    """Choose what bounds each side of a beat, and measure the share of its outline it names."""
    known = np.array([bound.kind != "extent" for bound in bounds], dtype=bool)[around.bound]
    edge = np.zeros(len(steps.length_m), dtype=bool)
    edge[around.step[~known]] = True
    around = Along(around.step[known], around.bound[known], around.counts[known])
    edge[around.step] = False
    whole_m = float(steps.length_m[~edge].sum())
    if whole_m <= 0.0:
        return (), None
    limit = np.array([bound.kind == "city_line" for bound in bounds], dtype=bool)[around.bound]
    own = _chosen_bounds(steps, around, limit, _LEAST * whole_m)
    named = own >= 0
    if not named.any():
        return (), 0.0
    straight_m, aslant_m = (steps.facing_m(turn)[named].sum() for turn in (0.0, np.pi / 4.0))
    tilted = bool(aslant_m > _ASLANT * straight_m)
    by_side = _by_side(steps, own, np.pi / 4.0 if tilted else 0.0)
    together: dict[tuple[int, ...], list[str]] = {}
    for side, chosen in enumerate(by_side):
        if chosen:
            together.setdefault(chosen, []).append(_SIDES[int(tilted)][side])
    sides = tuple(
        (tuple(bounds[bound] for bound in chosen), tuple(names))
        for chosen, names in together.items()
    )
    return sides, min(float(steps.length_m[named].sum()) / whole_m, 1.0)


def _chosen_bounds(
    steps: Steps, around: Along, improvable: NDArray[np.bool_], least_m: float
) -> NDArray[np.int64]:
    """Choose names, each by what it adds; return the one that tells most of each step, or -1.

    Where one that can be improved tells of a step, another that tells more adds the difference,
    once enough of the outline is told.
    """
    _, place = np.unique(around.bound, return_inverse=True)
    length_m = steps.length_m[around.step]
    known = np.zeros(len(steps.length_m), dtype=bool)
    known[around.step] = True
    few_m = (1.0 - NAMED_ENOUGH) * float(steps.length_m[known].sum())
    counts = np.zeros(len(known))
    own = np.full(len(known), -1, dtype=np.int64)
    chosen = np.zeros(len(place), dtype=bool)
    while len(place) and len(np.unique(own[own >= 0])) < _MOST_NAMES:
        enough = float(steps.length_m[known & (own < 0)].sum()) <= few_m
        more = np.maximum(around.counts - counts[around.step], 0.0)
        more *= enough | (own[around.step] < 0)
        added_m = np.bincount(place, weights=length_m * more)
        best = place == added_m.argmax()
        if added_m.max() <= 0.0 or (enough and added_m.max() < least_m):
            break
        closed = np.where(improvable[best], around.counts[best], 1.0)
        counts[around.step[best]] = np.maximum(counts[around.step[best]], closed)
        chosen |= best
        kept = np.flatnonzero(chosen)
        kept = kept[np.argsort(around.counts[kept], kind="stable")]
        own[around.step[kept]] = around.bound[kept]
    return own


def _by_side(steps: Steps, own: NDArray[np.int64], turn: float) -> list[tuple[int, ...]]:
    """Assign names to the four sides, clockwise on each: where it is longest, and where long."""
    side = steps.side(turn)
    present, place = np.unique(own, return_inverse=True)
    key = place * 4 + side
    size = 4 * len(present)
    metres = np.bincount(key, weights=steps.length_m, minlength=size).reshape(-1, 4)
    clockwise = turn + (side + 1) * (np.pi / 2.0)
    onwards = (steps.spot * np.column_stack((np.sin(clockwise), np.cos(clockwise)))).sum(axis=1)
    far = np.bincount(key, weights=steps.length_m * onwards, minlength=size).reshape(-1, 4)
    place_m = far / np.maximum(metres, 1e-9)
    longest = metres == metres.max(axis=1, keepdims=True)
    longest &= np.cumsum(longest, axis=1) == 1
    said = (longest | (metres >= _LONG * np.maximum(metres.sum(axis=0), 1e-9))) & (present >= 0)[
        :, None
    ]
    return [
        tuple(
            int(present[row])
            for row in sorted(
                np.flatnonzero(said[:, at]).tolist(), key=lambda row: place_m[row, at]
            )
        )
        for at in range(4)
    ]
