"""Where the planner wants new beats: at given spots, or in a beat that is to be split."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pyproj import Transformer
from scipy.sparse.csgraph import dijkstra

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reso_geo.districting.region import Region
    from reso_geo.network import StreetNetwork
    from reso_geo.rebalance.request import OldBeats, RebalanceRequest

__all__ = ["given_spots", "nearest_junctions"]


def given_spots(
    network: StreetNetwork, region: Region, old: OldBeats, request: RebalanceRequest
) -> list[int]:
    """Return the junctions of a region where new beats must begin.

    Parameters
    ----------
    network
        The streets.
    region
        Those that are connected.
    old
        The beats that there are.
    request
        Names beats to split, and spots.

    Returns
    -------
    list of int
        Junctions of the region: of each beat to split one far from its middle, and of each spot
        the nearest one, where no other street of the network is nearer.
    """
    found = []
    for name in request.split:
        own = np.flatnonzero(old.beat_of[region.segment] == old.beat_id.index(name))
        if 2 * len(own) > (old.beat_of == old.beat_id.index(name)).sum():
            walk = dijkstra(region.matrix, indices=region.middle_junction(own, region.load_s))
            away = np.minimum(walk[region.u[own]], walk[region.v[own]])
            far = own[away >= np.median(away)]
            found.append(region.middle_junction(far, region.load_s))
    near = [node for node in nearest_junctions(network, request.near) if node in region.node]
    found += [int(np.searchsorted(region.node, node)) for node in near]
    return found


def nearest_junctions(network: StreetNetwork, near: Sequence[tuple[float, float]]) -> list[int]:
    """Return the junction of the network that is nearest to each spot, as the crow flies.

    Parameters
    ----------
    network
        The streets.
    near
        Longitude and latitude of each spot.

    Returns
    -------
    list of int
        Junctions.
    """
    move = Transformer.from_crs("EPSG:4326", network.crs, always_xy=True)
    spots = [np.array(move.transform(*each)) for each in near]
    return [int(np.argmin(((network.node_xy - spot) ** 2).sum(axis=1))) for spot in spots]
