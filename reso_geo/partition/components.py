"""What is cut apart from what: a city, its connected regions, and the small ones that join."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy
from scipy.sparse.csgraph import dijkstra

from reso_geo.districting.borders.costs import Streets, meeting_costs
from reso_geo.districting.params import CutParams, RegionParams
from reso_geo.districting.region import Region
from reso_geo.network import MOTORWAY, RAILWAY, RIVER, WIDE, components
from reso_geo.partition.apportion.methods import sainte_lague
from reso_geo.partition.neighbourhoods import WHOLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from numpy.typing import NDArray

    from reso_geo.districting.problem import DistrictingProblem
    from reso_geo.network import StreetNetwork

__all__ = ["CutArea", "attached_to", "city_segments", "cut_area", "region_of"]


@dataclass(frozen=True)
class CutArea:
    """A city (or all of them, where beats may cross lines), ready to be cut.

    Attributes
    ----------
    regions
        Connected regions that get beats of their own.
    beats
        Beats of each region.
    annexed
        Segments that foot cannot reach inside the city, grouped by connected part.
    attachment
        The held segment, in one of the regions, whose beat each part of `annexed` joins.
    """

    regions: tuple[Region, ...]
    beats: tuple[int, ...]
    annexed: tuple[NDArray[np.int64], ...]
    attachment: tuple[int, ...]


def city_segments(
    network: StreetNetwork, held: NDArray[np.bool_], *, cross: bool
) -> list[tuple[int, NDArray[np.int64]]]:
    """Return the cities that have streets to share among beats, with those streets.

    Parameters
    ----------
    network
        The streets.
    held
        bool, shape (m,): segments that are shared.
    cross
        True where beats may cross city lines.

    Returns
    -------
    list of (int, ndarray of int64)
        Index of each city, ascending, and its segments; -1 for all of them together.
    """
    if cross:
        every = np.flatnonzero(held)
        return [(-1, every)] if network.required[every].any() else []
    return [
        (city, own)
        for city in range(len(network.cities))
        if network.required[own := np.flatnonzero(held & (network.city == city))].any()
    ]


def cut_area(
    problem: DistrictingProblem,
    held: NDArray[np.int64],
    beats: int,
    measured: Callable[[NDArray[np.int64]], float],
    params: CutParams = CutParams(),
    tied: NDArray[np.int64] | None = None,
    *,
    firm: bool = False,
) -> CutArea:
    """Find the regions of a city, share its beats among them, and tie the small ones on.

    A region that foot cannot reach inside the city and that is smaller than one beat joins the
    city's nearest beat over the whole foot network (as the crow flies where there is no path).

    Parameters
    ----------
    problem
        Streets, and what they ask.
    held
        int64: the city's segments that must be in a beat.
    beats
        How many beats the city gets, at least one.
    measured
        Gives the load of some segments, deadhead included; asked only where regions share beats.
    params
        What is large enough for beats of its own.
    tied
        int64, shape (m,): the segment whose beat has each segment that joined one before, -1 for
        one that joined none; where such a part joins, it joins that beat again. None for none.
    firm
        True where what joined before joins again, however large it is.

    Returns
    -------
    CutArea
        With the small parts attached.
    """
    network, load_s = problem.network, problem.load.total_s
    label = components(len(network.node_id), network.u[held], network.v[held])[network.u[held]]
    parts = [held[label == number] for number in np.unique(label)]
    part_load = np.array([load_s[part].sum() for part in parts])
    order = sorted(range(len(parts)), key=lambda p: (-part_load[p], parts[p][0]))
    whole = part_load.sum() / beats
    room = [int(network.required[part].sum()) for part in parts]
    known = [-1 if tied is None else int(tied[part[0]]) for part in parts]
    able = [p for p in order if not firm or known[p] < 0] or order
    large = [p for p in able if part_load[p] >= params.regions.nearly_one * whole][:beats] or able[
        :1
    ]
    rest = [p for p in order if p not in large]
    while sum(room[p] for p in large) < beats and rest:
        large.append(rest.pop(0))
    small = [p for p in order if p not in large]
    nearest = _attachments(network, [parts[p] for p in large], [parts[p] for p in small])
    home = np.concatenate([parts[p] for p in large])
    attachment = tuple(
        known[p] if known[p] in home else attachment
        for p, attachment in zip(small, nearest, strict=True)
    )
    attached = attached_to((parts[p] for p in small), attachment)
    regions = tuple(region_of(network, load_s, parts[p], attached, params, whole) for p in large)
    shares = sainte_lague(
        [measured(parts[p]) for p in large] if len(large) > 1 else [1.0],
        beats,
        [int(region.required.sum()) for region in regions],
    )
    return CutArea(regions, tuple(shares), tuple(parts[p] for p in small), attachment)


def crossing_m(network: StreetNetwork, params: RegionParams) -> NDArray[np.float64]:
    """Return what crossing a barrier counts for on each segment, in metres of walking.

    Parameters
    ----------
    network
        The streets.
    params
        What each kind counts for.

    Returns
    -------
    ndarray of float64, shape (m,)
        Zero for a segment that crosses nothing; each kind of barrier counts once.
    """
    barred = [(network.crossed & flag) != 0 for flag in (MOTORWAY, RAILWAY, RIVER)]
    wide = (network.crossed & WIDE) != 0
    extra: NDArray[np.float64] = params.barrier_m * np.sum(barred, axis=0)
    extra += params.wide_m * wide
    return extra


def attached_to(
    parts: Iterable[NDArray[np.int64]], attachments: Iterable[int]
) -> dict[int, NDArray[np.int64]]:
    """Group parts that joined a beat by the segment that they stay with.

    Parameters
    ----------
    parts
        int64 each: segments of the network.
    attachments
        The segment that each part stays with.

    Returns
    -------
    dict of int to ndarray of int64
        By that segment; ascending.
    """
    attached: dict[int, NDArray[np.int64]] = {}
    for part, attachment in zip(parts, attachments, strict=True):
        attached[attachment] = np.union1d(attached.get(attachment, part[:0]), part)
    return attached


def region_of(
    network: StreetNetwork,
    load_s: NDArray[np.float64],
    segment: NDArray[np.int64],
    attached: Mapping[int, NDArray[np.int64]] | None = None,
    params: CutParams = CutParams(),
    beat_s: float = np.inf,
) -> Region:
    """Return some segments of a network as a region.

    Parameters
    ----------
    network
        The streets.
    load_s
        float64, shape (m,): what each segment of the network asks.
    segment
        int64, shape (s,): the segments, ascending.
    attached
        int64 by segment of the network: what goes with it, see `attached_to`; that of segments
        which are not in the region is left out. None for nothing.
    params
        What crossing a barrier counts for.
    beat_s
        Street load of a beat, which a neighbourhood must fit in to stay whole.

    Returns
    -------
    Region
        With junctions numbered again.
    """
    own_load_s, places = load_s[segment], {}
    for attachment, more in (attached or {}).items():
        place = int(np.searchsorted(segment, attachment))
        if place < len(segment) and segment[place] == attachment:
            own_load_s[place] += load_s[more].sum()
            places[place] = more
    node, ends = np.unique(
        np.concatenate((network.u[segment], network.v[segment])), return_inverse=True
    )
    u, v = ends[: len(segment)], ends[len(segment) :]
    stretch = _stretches(network.name[segment], u, v)
    barred = (network.crossed[segment] & (MOTORWAY | RAILWAY | RIVER)) != 0
    quarter = _neighbourhoods(network, segment)
    quarter_s = np.append(np.bincount(quarter + 1, own_load_s)[1:], np.inf)
    streets = Streets(
        u,
        v,
        network.node_xy[node],
        network.geometry[segment],
        network.highway[segment],
        stretch,
        barred,
        quarter,
        fits=(quarter >= 0) & (WHOLE * quarter_s[quarter] <= beat_s),
    )
    return Region(
        segment=segment,
        u=u,
        v=v,
        node=node,
        xy=network.node_xy[node],
        cost_m=network.length_m[segment]
        + crossing_m(network, params.regions)[segment]
        + params.regions.outline_m / 2.0 * _ends_on_outline(quarter, u, v),
        load_s=own_load_s,
        required=network.required[segment],
        barred=barred,
        shut=barred,
        meeting=meeting_costs(streets, params.borders),
        attached=places,
    )


def _neighbourhoods(network: StreetNetwork, segment: NDArray[np.int64]) -> NDArray[np.int64]:
    """Assign some segments the number of their neighbourhood, -1 for none."""
    if network.neighbourhood is None:
        return np.full(len(segment), -1, dtype=np.int64)
    names, place = np.unique(network.neighbourhood[segment].astype(str), return_inverse=True)
    return place - int(names[0] == "")


def _ends_on_outline(
    place: NDArray[np.int64], u: NDArray[np.int64], v: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Count the ends of each segment of a neighbourhood where others are not of it."""
    if not (place >= 0).any():
        return np.zeros(len(place), dtype=np.int64)
    ends, label = np.concatenate((u, v)), np.tile(place, 2)
    least, most = np.full(ends.max() + 1, len(place)), np.full(ends.max() + 1, -1)
    np.minimum.at(least, ends, label)
    np.maximum.at(most, ends, label)
    mixed = least < most
    return (place >= 0) * (mixed[u].astype(np.int64) + mixed[v])


def _stretches(
    name: NDArray[np.object_], u: NDArray[np.int64], v: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Assign each segment the number of its connected stretch of one name, -1 without a name."""
    stretch = np.full(len(name), -1, dtype=np.int64)
    named = np.flatnonzero(name.astype(bool))
    names, number = np.unique(name[named].astype(str), return_inverse=True)
    ends = np.concatenate((u[named], v[named])) * len(names) + np.tile(number, 2)
    spot, place = np.unique(ends, return_inverse=True)
    label = components(len(spot), place[: len(named)], place[len(named) :])
    stretch[named] = label[place[: len(named)]]
    return stretch


def _attachments(
    network: StreetNetwork,
    large: list[NDArray[np.int64]],
    small: list[NDArray[np.int64]],
) -> tuple[int, ...]:
    """Assign each small part the segment of a large one that is nearest on foot."""
    if not small:
        return ()
    home = np.concatenate(large)
    ends = np.concatenate((network.u[home], network.v[home]))
    at_node = dict(
        zip(ends[::-1].tolist(), np.concatenate((home, home))[::-1].tolist(), strict=True)
    )
    sources = np.unique(ends)
    away, _, nearest = dijkstra(
        network.foot_matrix,
        indices=sources,
        min_only=True,
        return_predecessors=True,
    )
    tree = scipy.spatial.cKDTree(network.node_xy[sources])
    attachments = []
    for part in small:
        own = np.unique(np.concatenate((network.u[part], network.v[part])))
        closest = own[np.argmin(away[own])]
        if np.isfinite(away[closest]):
            attachments.append(at_node[int(nearest[closest])])
        else:
            distance, place = tree.query(network.node_xy[own])
            attachments.append(at_node[int(sources[place[np.argmin(distance)]])])
    return tuple(attachments)
