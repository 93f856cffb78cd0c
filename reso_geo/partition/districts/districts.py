"""district_beats: beats grouped under supervisors, in one region each and of equal load."""

from __future__ import annotations

from itertools import chain, combinations
from typing import TYPE_CHECKING

import numpy as np
import scipy
from scipy.sparse.csgraph import dijkstra

from reso_geo.districting.params import DistrictParams
from reso_geo.districting.region import meetings
from reso_geo.errors import InfeasibleError, UsageError
from reso_geo.i18n import Phrase
from reso_geo.network import components
from reso_geo.partition.districts.recombination import Units, regroup

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.network import StreetNetwork
    from reso_geo.partition.partition import Partition

__all__ = ["check_districts", "district_beats", "neighbouring_beats"]


def check_districts(count: int, beats: int) -> None:
    """Refuse a number of districts that no plan can have.

    Parameters
    ----------
    count
        Number of districts, one a supervisor.
    beats
        Number of beats.

    Raises
    ------
    UsageError
        When there is to be less than one district.
    InfeasibleError
        When there are to be more than beats.
    """
    if count < 1:
        raise UsageError(Phrase("partition.no_supervisors", {"supervisors": count}))
    if count > beats:
        values = {"supervisors": count, "beats": beats}
        raise InfeasibleError(Phrase("partition.more_supervisors_than_beats", values))


def district_beats(
    network: StreetNetwork,
    partition: Partition,
    load_s: NDArray[np.float64],
    count: int,
    seed: int,
    params: DistrictParams = DistrictParams(),
) -> NDArray[np.int64]:
    """Group beats into districts of equal load, each in one region.

    Two beats are neighbours where their streets share a junction; what that leaves apart is tied
    together where the walk between two beats is shortest (see `neighbouring_beats`). Of balances
    between which nobody sees a difference, that with cities whole and short lines between districts
    is chosen. The order of the segments makes no difference.

    Parameters
    ----------
    network
        The streets.
    partition
        Beats over them.
    load_s
        float64, shape (k,): load of each beat in seconds per week, deadhead included.
    count
        Number of districts.
    seed
        Of the search.
    params
        How much is tried, and what counts.

    Returns
    -------
    ndarray of int64, shape (k,)
        District of each beat, numbered from zero, from west to east.

    Raises
    ------
    UsageError
        When there is to be less than one district.
    InfeasibleError
        When there are to be more than beats.
    """
    beats = len(partition.beat_id)
    check_districts(count, beats)
    order = np.array(sorted(range(beats), key=lambda beat: partition.beat_id[beat]))
    rank = np.argsort(order)
    pairs = sorted(
        (*sorted((int(rank[one]), int(rank[two]))), weight)
        for (one, two), weight in neighbouring_beats(network, partition).items()
    )
    units = Units(
        load_s=load_s[order].astype(np.float64),
        city=partition.city[order],
        one=np.array([one for one, _, _ in pairs], dtype=np.int64),
        two=np.array([two for _, two, _ in pairs], dtype=np.int64),
        border=np.array([weight for _, _, weight in pairs], dtype=np.float64),
    )
    group = regroup(units, count, seed, params)
    east = _east(network, partition)[order]
    middle = [(round(float(east[group == g].mean()), 3), g) for g in range(count)]
    number = np.empty(count, dtype=np.int64)
    for place, (_, g) in enumerate(sorted(middle, key=lambda m: (m[0], _first(group, m[1])))):
        number[g] = place
    return number[group][rank]


def _first(group: NDArray[np.int64], which: int) -> int:
    return int(np.argmax(group == which))


def _east(network: StreetNetwork, partition: Partition) -> NDArray[np.float64]:
    """Return how far east the middle of each beat's streets lies."""
    held = np.flatnonzero(partition.beat_of >= 0)
    beat, count = partition.beat_of[held], len(partition.beat_id)
    east = network.node_xy[network.u[held], 0] + network.node_xy[network.v[held], 0]
    weight = network.length_m[held]
    total = np.maximum(np.bincount(beat, weights=weight, minlength=count), 1e-9)
    middle: NDArray[np.float64] = np.bincount(beat, weights=east * weight, minlength=count) / total
    return middle / 2.0


def neighbouring_beats(
    network: StreetNetwork, partition: Partition
) -> dict[tuple[int, int], float]:
    """Find which beats are neighbours on foot, so that any beat can be reached from any other.

    Parameters
    ----------
    network
        The streets.
    partition
        Beats over them.

    Returns
    -------
    dict of (int, int) to float
        Each pair of beat indices once, the lower first, with the number of junctions they share.
        Where these leave beats apart, the pair with the shortest walk over the whole foot network
        joins them, and where no path leads, the pair nearest to each other; such a pair counts 1.
    """
    found: dict[tuple[int, int], float] = {}
    held = np.flatnonzero(partition.beat_of >= 0)
    shared = meetings(network.u[held], network.v[held], partition.beat_of[held])
    for one, two in chain.from_iterable(combinations(beats, 2) for beats in shared.values()):
        found[one, two] = found.get((one, two), 0.0) + 1.0
    count = len(partition.beat_id)
    for links in (_walks, _gaps):
        label = _label(count, found)
        if label.max() == 0:
            break
        for _, one, two in sorted(links(network, partition, label)):
            if label[one] != label[two]:
                found[min(one, two), max(one, two)] = 1.0
                label[label == label[two]] = label[one]
    return found


def _label(count: int, pairs: dict[tuple[int, int], float]) -> NDArray[np.int64]:
    ends = np.array(list(pairs), dtype=np.int64).reshape(-1, 2)
    return components(count, ends[:, 0], ends[:, 1])


def _held_ends(
    network: StreetNetwork, partition: Partition
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the junctions of held segments with their beats, each pair once, in order."""
    held = np.flatnonzero(partition.beat_of >= 0)
    ends = np.concatenate((network.u[held], network.v[held]))
    pairs = np.unique(np.column_stack((ends, np.tile(partition.beat_of[held], 2))), axis=0)
    return pairs[:, 0], pairs[:, 1]


def _walks(
    network: StreetNetwork, partition: Partition, label: NDArray[np.int64]
) -> list[tuple[float, int, int]]:
    """List walks between parts: metres, and the beats at both ends.

    Every junction belongs to the beat nearest to it on foot; walks cross where two such meet.
    """
    node, beat = _held_ends(network, partition)
    at = np.full(len(network.node_id), -1, dtype=np.int64)
    at[node[::-1]] = beat[::-1]
    matrix = scipy.sparse.triu(network.foot_matrix, format="coo")
    u, v, metres = matrix.row, matrix.col, matrix.data
    away, _, source = dijkstra(
        network.foot_matrix, indices=np.unique(node), min_only=True, return_predecessors=True
    )
    nearest = np.where(source >= 0, at[np.maximum(source, 0)], -1)
    meet = (nearest[u] >= 0) & (nearest[v] >= 0)
    meet[meet] = label[nearest[u[meet]]] != label[nearest[v[meet]]]
    walk = np.round(away[u[meet]] + metres[meet] + away[v[meet]], 3)
    return list(
        zip(walk.tolist(), nearest[u[meet]].tolist(), nearest[v[meet]].tolist(), strict=True)
    )


def _gaps(
    network: StreetNetwork, partition: Partition, label: NDArray[np.int64]
) -> list[tuple[float, int, int]]:
    """List gaps between parts that no path joins: metres as the crow flies, and the beats there."""
    node, beat = _held_ends(network, partition)
    spots = [network.node_xy[node[label[beat] == part]] for part in np.unique(label).tolist()]
    beats = [beat[label[beat] == part] for part in np.unique(label).tolist()]
    trees = [scipy.spatial.cKDTree(part) for part in spots]
    gaps = []
    for one, two in combinations(range(len(trees)), 2):
        away, place = trees[two].query(spots[one])
        nearest = int(np.argmin(away))
        ends = int(beats[one][nearest]), int(beats[two][place[nearest]])
        gaps.append((round(float(away[nearest]), 3), *ends))
    return gaps
