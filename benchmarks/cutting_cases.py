"""Streets that a benchmark cuts: of a source, of copies of it that nobody tuned to, of parts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from reso_geo import load_network, load_settings, read_boundary
from reso_geo.coverage import travel_graph
from reso_geo.network import components, select
from reso_geo.partition import held_segments, sainte_lague
from reso_geo.travel import travel_times
from reso_geo.workload import street_load

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from reso_geo import StreetNetwork
    from reso_geo.coverage import TravelGraph
    from reso_geo.workload import StreetLoad

__all__ = [
    "HEIDELBERG", "SHARED", "UNTOUCHED", "VARIANTS", "Case", "beats_of", "case_of", "crop",
    "is_half", "read_variants",
]  # fmt: skip

SHARED = (Path(__file__).resolve().parents[2] / "shared/data").resolve()
HEIDELBERG = SHARED / "networks/heidelberg.osm.pbf"

UNTOUCHED = "untouched"
_TURNED = {"turned37": 37.0, "turned90": 90.0}
_HALVES = {"west": (0, 1), "east": (0, -1), "south": (1, 1), "north": (1, -1)}
"""Axis along which the middles of the streets are looked at, and the sign of those kept."""
VARIANTS = (UNTOUCHED, *_TURNED, "mirrored", *_HALVES)


class Case(NamedTuple):
    """Streets to cut, and the segments of each area that is cut on its own."""

    name: str
    network: StreetNetwork
    walk: TravelGraph
    load: StreetLoad
    areas: list[NDArray[np.int64]]

    @property
    def area_of(self) -> NDArray[np.int64]:
        """Return the number of the area of each segment, shape (m,), -1 outside."""
        number = np.full(len(self.network), -1, dtype=np.int64)
        for place, area in enumerate(self.areas):
            number[area] = place
        return number

    def seats(self, beats: int) -> list[int]:
        """Share beats among the areas by street load."""
        load_s = self.load.total_s
        return sainte_lague([float(load_s[area].sum()) for area in self.areas], beats)


def case_of(name: str, network: StreetNetwork, *, cross: bool) -> Case:
    """Leave the largest piece of each city (of all, where beats may cross) in the boundary."""
    settings = load_settings()
    times = travel_times(network, settings)
    load_s = street_load(network, times, settings, "foot").total_s
    city = np.where(held_segments(network), 0 if cross else network.city, -1)
    cities = np.unique(city[network.required & (city >= 0)]).tolist()
    areas = [_largest(network, np.flatnonzero(city == c), load_s) for c in cities]
    inside = np.zeros(len(network), dtype=bool)
    inside[np.concatenate(areas)] = True
    kept = replace(
        network,
        city=np.where(inside, network.city, -1),
        required=network.required & inside,
    )
    load = street_load(kept, times, settings, "foot")
    return Case(name, kept, travel_graph(kept, times, "foot"), load, areas)


def _largest(
    network: StreetNetwork, segments: NDArray[np.int64], load_s: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Return the connected piece with the most street load."""
    label = components(len(network.node_id), network.u[segments], network.v[segments])
    region = label[network.u[segments]]
    most: NDArray[np.bool_] = region == np.argmax(np.bincount(region, weights=load_s[segments]))
    return segments[most]


def crop(network: StreetNetwork, count: int) -> StreetNetwork:
    """Return the held segments around the middle of the streets, about so many, and no others."""
    held = np.flatnonzero(held_segments(network))
    middle = (network.node_xy[network.u] + network.node_xy[network.v])[held] / 2.0
    far = ((middle - np.median(middle, axis=0)) ** 2).sum(axis=1)
    near = np.zeros(len(network), dtype=bool)
    near[held[np.argsort(far, kind="stable")[:count]]] = True
    alone = replace(network, twin_of=np.full(len(network), -1))
    return select(alone, near)


def varied(network: StreetNetwork, variant: str) -> StreetNetwork:
    """Return a copy of a network, turned, mirrored, or the half of it on one side.

    Turned by 37 or 90 degrees to the left about the middle (the median) of the streets, or mirrored
    east to west, drawing and barriers move and nothing else changes: lengths, names and what is
    crossed stay, so that METIS cuts the same beats; a search that begins in directions of its own
    begins elsewhere. A half keeps the streets whose middle is west, east, south or north of the
    median.
    """
    if variant == UNTOUCHED:
        return network
    held = np.flatnonzero(held_segments(network))
    middles = (network.node_xy[network.u] + network.node_xy[network.v]) / 2.0
    centre = np.median(middles[held], axis=0)
    if variant in _HALVES:
        axis, sign = _HALVES[variant]
        return select(network, sign * (middles - centre)[:, axis] <= 0.0)
    angle = np.radians(_TURNED.get(variant, 0.0))
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    if variant == "mirrored":
        turn = np.diag([-1.0, 1.0])

    def moved(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        there: NDArray[np.float64] = (xy - centre) @ turn + centre
        return there

    barriers = network.barriers
    lines = shapely.transform(np.array(barriers.geometry, dtype=object), moved)
    return replace(
        network,
        node_xy=moved(network.node_xy),
        geometry=shapely.transform(network.geometry, moved),
        barriers=replace(barriers, geometry=tuple(lines)),
    )


def is_half(variant: str) -> bool:
    """Return whether a variant is other streets, not a copy."""
    return variant in _HALVES


def read_variants(
    sources: Sequence[Path], boundary: str | None, variants: Sequence[str]
) -> Iterator[tuple[Path, str, str, StreetNetwork]]:
    """Read every source once; yield it, each variant, what that is called and its streets."""
    for path in sources:
        inside = read_boundary(boundary, path) if boundary else None
        name, network = path.name.partition(".")[0], load_network(path, inside)
        for variant in variants:
            label = name if variant == UNTOUCHED else f"{name}_{variant}"
            yield path, variant, label, varied(network, variant)


def beats_of(variant: str, beats: int) -> int:
    """Return how many beats a variant is cut into: a half into half as many, at least two."""
    return max(round(beats / 2), 2) if is_half(variant) else beats
