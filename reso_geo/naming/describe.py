"""Where a beat lies, in words: what runs along each side of it, and what is in its middle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy
import shapely

from reso_geo.i18n import say
from reso_geo.naming.junk import is_junk
from reso_geo.naming.streets import in_french, telling_streets

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from reso_geo.network import StreetNetwork
    from reso_geo.partition import Partition

__all__ = ["Bound", "Surroundings", "describe_beats"]

_SIDES = (("north", "east", "south", "west"), ("northeast", "southeast", "southwest", "northwest"))
_STEP_M = 20.0
_CHORD_M = 100.0
"""Outlines run between two streets, in and out at every junction: their way is that of a chord."""
_REACH_M, _ON_LINE_M = 80.0, 5.0
_ALONG_M = 15.0
_PARALLEL = 0.75
_LEAST, _LEAST_LINE = 1.0 / 3.0, 0.6
"""Share of a side that a street, or the city line, must run along to stand for it."""
_LINE_COUNTS = 0.7
"""A street along the city line says more than the line itself."""
_ASLANT = 1.1
"""How much more the sides turned by half a quarter must tell to be taken."""
_SMALL = 0.05
_HEART = 2


@dataclass(frozen=True)
class Bound:
    """What a beat ends at.

    Attributes
    ----------
    kind
        ``street`` or ``city_line``.
    name
        Of the street, as on the map; empty for what has none.
    """

    kind: str
    name: str = ""

    def say(self, lang: str) -> str:
        """Return it as it stands in a sentence.

        Parameters
        ----------
        lang
            ``fr`` or ``en``.

        Returns
        -------
        str
            ``le boulevard Churchill``, ``the city line``.
        """
        if self.kind == "street":
            return in_french(self.name) if lang == "fr" else self.name
        return say(lang, f"naming.{self.kind}")


@dataclass(frozen=True)
class Surroundings:
    """Where a beat lies.

    Attributes
    ----------
    sides
        What bounds it, and on which sides, clockwise from the north; a side that nothing explains
        is left out.
    heart
        Its most telling streets, without those along its sides.
    whole
        True for the only beat of its city.
    """

    sides: tuple[tuple[Bound, tuple[str, ...]], ...]
    heart: tuple[str, ...]
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
        >>> sides = ((Bound("street", "rue Hill"), ("north",)), (Bound("city_line"), ("east",)))
        >>> Surroundings(sides, ()).say("en")
        'Bounded by rue Hill to the north, by the city line to the east.'
        """
        told = []
        for bound, sides in self.sides:
            where = _row(lang, [say(lang, f"naming.{side}") for side in sides])
            told.append(say(lang, "naming.side", {"where": where, "what": bound.say(lang)}))
        sentences = [say(lang, "naming.whole_city")] if self.whole else []
        if told:
            sentences.append(say(lang, "naming.bounded", {"sides": ", ".join(told)}))
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
) -> tuple[Surroundings, ...]:
    """Find what runs along the sides of each beat.

    The outline of a beat is walked in steps of 20 m; each step counts for the streets within 80 m
    that run along it, the nearer the more, or for the city line. Of each side (as seen from the
    middle of the beat) the one that explains most of it is told, if that is at least 40 % of it.
    Sides are north, east, south and west, or north-east and so on where that tells clearly more.

    Parameters
    ----------
    network
        The streets.
    partition
        Beats over them.
    polygons
        Of each beat, in the network's CRS, in metres.
    cities
        Outlines that are real city lines, in the network's CRS; none where the boundary is only
        the extent of the streets.

    Returns
    -------
    tuple of Surroundings
        One a beat.
    """
    walls = _walls(network, cities)
    hearts = telling_streets(network, partition)
    found = []
    for city, polygon, heart in zip(partition.city.tolist(), polygons, hearts, strict=True):
        whole = len(cities) > 0 and city >= 0 and (partition.city == city).sum() == 1
        sides = () if whole else _sides(_outline(polygon), walls)
        along = {bound.name for bound, _ in sides}
        rest = [street for street in heart if street not in along]
        found.append(Surroundings(sides, tuple(rest[:_HEART]), whole=bool(whole)))
    return tuple(found)


@dataclass(frozen=True)
class _Walls:
    """All that can bound a beat, as lines; several may belong to one bound."""

    bounds: tuple[Bound, ...]
    line: NDArray[np.object_]
    of: NDArray[np.int64]
    reach_m: NDArray[np.float64]
    counts: NDArray[np.float64]
    tree: shapely.STRtree


def _walls(network: StreetNetwork, cities: Sequence[shapely.MultiPolygon]) -> _Walls:
    names = sorted(name for name in set(network.name.tolist()) if name and not is_junk(name))
    named = np.flatnonzero(np.isin(network.name, names))
    place = {name: number for number, name in enumerate(names)}
    rings = shapely.get_parts(shapely.boundary(np.array(cities, dtype=object)))
    bounds = [*(Bound("street", name) for name in names), Bound("city_line")]
    streets = network.geometry[named]
    line = np.concatenate((streets, rings))
    of = [place[name] for name in network.name[named].tolist()] + [len(names)] * len(rings)
    return _Walls(
        bounds=tuple(bounds),
        line=line,
        of=np.array(of, dtype=np.int64),
        reach_m=np.repeat((_REACH_M, _ON_LINE_M), (len(streets), len(rings))),
        counts=np.repeat((1.0, _LINE_COUNTS), (len(streets), len(rings))),
        tree=shapely.STRtree(line),
    )


@dataclass(frozen=True)
class _Outline:
    """Steps along a beat's outline: where, which way, and where from the middle of the beat."""

    spot: NDArray[np.float64]
    way: NDArray[np.float64]

    def side(self, turn: float) -> NDArray[np.int64]:
        """Return the side of each step: 0 for north turned clockwise by `turn`, then onwards."""
        turned = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        east, north = (self.spot @ turned.T).T
        east, north = _centred(east), _centred(north)
        upright = np.abs(north) >= np.abs(east)
        side: NDArray[np.int64] = np.where(
            upright, np.where(north >= 0.0, 0, 2), np.where(east >= 0.0, 1, 3)
        )
        return side

    def along(self, turn: float) -> NDArray[np.float64]:
        """Return how nearly each step runs across the direction of its side: 1 for at right angles.

        A street at the north that runs north-east is rather at the north-west.
        """
        towards = turn + self.side(turn) * (np.pi / 2.0)
        across = np.column_stack((np.cos(towards), -np.sin(towards)))
        along: NDArray[np.float64] = np.abs((self.way * across).sum(axis=1))
        return along


def _centred(along: NDArray[np.float64]) -> NDArray[np.float64]:
    """Scale places to -1 ... 1 between the ends."""
    low, high = along.min(), along.max()
    scaled: NDArray[np.float64] = (2.0 * along - low - high) / max(high - low, 1e-9)
    return scaled


def _outline(polygon: shapely.MultiPolygon) -> _Outline:
    parts = [part for part in polygon.geoms if part.area > 0.0]
    largest = max((part.area for part in parts), default=0.0)
    spots, ways = [np.empty((0, 2))], [np.empty((0, 2))]
    for part in parts:
        if part.area < _SMALL * largest:
            continue
        ring = part.exterior
        count = max(round(ring.length / _STEP_M), 4)
        at_m = (np.arange(count) + 0.5) * (ring.length / count)
        chord_m = min(_CHORD_M, ring.length / 8.0)
        spot, before, after = (
            shapely.get_coordinates(
                shapely.line_interpolate_point(ring, (at_m + off) % ring.length)
            )
            for off in (0.0, -chord_m, chord_m)
        )
        way = after - before
        spots.append(spot)
        ways.append(way / np.maximum(np.hypot(*way.T), 1e-9)[:, None])
    return _Outline(np.concatenate(spots), np.concatenate(ways))


def _sides(outline: _Outline, walls: _Walls) -> tuple[tuple[Bound, tuple[str, ...]], ...]:
    """Choose what bounds each side, with the sides that one bounds together."""
    if not len(outline.spot):
        return ()
    step, bound, told = _told(outline, walls)
    line = len(walls.bounds) - 1
    straight, aslant = (
        _choose(outline.side(turn), step, bound, told * outline.along(turn)[step], line)
        for turn in (0.0, np.pi / 4.0)
    )
    tilted = sum(aslant.values()) > _ASLANT * sum(straight.values())
    together: dict[int, list[str]] = {}
    for side, wall in sorted(aslant if tilted else straight):
        together.setdefault(wall, []).append(_SIDES[int(tilted)][side])
    return tuple((walls.bounds[wall], tuple(sides)) for wall, sides in together.items())


def _told(
    outline: _Outline, walls: _Walls
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """List what each step runs along, once each: the step, the bound, how much it counts."""
    spots = np.asarray(shapely.points(outline.spot))
    step, line = walls.tree.query(spots, predicate="dwithin", distance=_REACH_M)
    lines = walls.line[line]
    at_m = shapely.line_locate_point(lines, spots[step])
    away_m = shapely.distance(lines, spots[step])
    long_m = shapely.length(lines)
    before, after = (
        shapely.line_interpolate_point(lines, np.clip(at_m + off, 0.0, long_m))
        for off in (-_ALONG_M, _ALONG_M)
    )
    way = shapely.get_coordinates(after) - shapely.get_coordinates(before)
    length = np.maximum(np.hypot(*way.T), 1e-9)
    parallel = np.abs((way * outline.way[step]).sum(axis=1)) >= _PARALLEL * length
    near = (parallel | (walls.of[line] == len(walls.bounds) - 1)) & (away_m <= walls.reach_m[line])
    counts = walls.counts[line] * (1.0 - 0.5 * (away_m / walls.reach_m[line]) ** 2)
    key = step * len(walls.bounds) + walls.of[line]
    order = np.flatnonzero(near)
    order = order[np.lexsort((-counts[order], key[order]))]
    order = order[np.diff(key[order], prepend=-1) != 0]
    return step[order], walls.of[line[order]], counts[order]


def _choose(
    side: NDArray[np.int64],
    step: NDArray[np.int64],
    bound: NDArray[np.int64],
    told: NDArray[np.float64],
    line: int,
) -> dict[tuple[int, int], float]:
    """Assign each side its longest bound, no street to two sides: (side, bound) and how much."""
    present, place = np.unique(bound, return_inverse=True)
    at = side[step] * len(present) + place
    size = 4 * len(present)
    weight = np.bincount(at, weights=told, minlength=size).reshape(4, -1)
    steps = np.bincount(at, minlength=size).reshape(4, -1)
    least = np.where(present == line, _LEAST_LINE, _LEAST)
    enough = steps >= least * np.maximum(np.bincount(side, minlength=4), 1)[:, None]
    weight = np.where(enough, weight, 0.0)
    # The city line may stand for three sides; a beat that it is all around has the city to itself.
    again = np.flatnonzero(present == line).repeat(2)
    columns = np.concatenate((np.arange(len(present)), again))
    rows, chosen = scipy.optimize.linear_sum_assignment(weight[:, columns], maximize=True)
    pairs = zip(rows.tolist(), columns[chosen].tolist(), strict=True)
    return {
        (row, int(present[column])): float(weight[row, column])
        for row, column in pairs
        if weight[row, column] > 0.0
    }
