"""Reach: what can be got to from the base within some minutes, with the share of the load."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse.csgraph import dijkstra
from shapely.ops import substring

from reso_geo.records import Record

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.assess.evaluation import Case
    from reso_geo.assess.sector import Sector
    from reso_geo.coverage import TravelGraph
    from reso_geo.network import StreetNetwork

__all__ = ["Reach", "reach_of", "reach_shape"]

_BESIDE_M = 30.0
_BETWEEN_M = 70.0
"""A gap of twice both together is closed."""
_ROUND = 8


@dataclass(frozen=True, eq=False)
class Reach(Record):
    """What can be got to from the base within some minutes of transit.

    Attributes
    ----------
    mode, season
        As in `reso_geo.travel`; central paces.
    minutes
        From the base, one way.
    load_share
        Share of the sector's street load within them.
    street_km
        Length of the sector's required segments within them.
    ahead, behind
        float64, shape (m,): share of each segment that is reached from u and from v.
    """

    mode: str
    season: str
    minutes: float
    load_share: float
    street_km: float
    ahead: NDArray[np.float64]
    behind: NDArray[np.float64]

    @property
    def share(self) -> NDArray[np.float64]:
        """Share of each segment that is reached, shape (m,)."""
        return np.minimum(self.ahead + self.behind, 1.0)


def reach_of(
    case: Case, minutes: tuple[float, ...], sector: Sector, graph: TravelGraph
) -> tuple[Reach, ...]:
    """Find what can be got to within some minutes.

    Parameters
    ----------
    case
        A sector in one mode and season.
    minutes
        Above zero.
    sector, graph
        The same sector, and the graph of its mode and season, with all streets around it.

    Returns
    -------
    tuple of Reach
        One for each, in their order. A part of a segment is reached where the rest takes too long.
    """
    network, required = sector.network, sector.required
    away = dijkstra(graph.matrix, indices=sector.base)
    load_s = case.needs.load.total_s[case.sector.required]
    found = []
    for each in minutes:
        left = np.where(np.isfinite(away), each * 60.0 / graph.tick_s - away, 0.0)
        ahead, behind = (
            np.clip(np.maximum(left[end], 0.0) / cost, 0.0, 1.0)
            for end, cost in ((graph.u, graph.forward), (graph.v, graph.backward))
        )
        share = np.minimum(ahead + behind, 1.0)[required]
        km = float((share * network.length_m[required]).sum() / 1000.0)
        load_share = float((share * load_s).sum() / load_s.sum())
        found.append(Reach(case.mode, case.season, each, load_share, km, ahead, behind))
    return tuple(found)


def reach_shape(network: StreetNetwork, reach: Reach) -> shapely.MultiPolygon:
    """Draw what is reached: the ground within 30 m of it, and blocks of 200 m or less between.

    Parameters
    ----------
    network
        Of the sector that was assessed.
    reach
        Of one of its judgements.

    Returns
    -------
    MultiPolygon
        In the network's CRS; empty where nothing is reached.
    """
    lines = network.geometry
    whole = reach.ahead + reach.behind >= 1.0
    pieces = list(lines[whole])
    for at in np.flatnonzero(~whole & (reach.share > 0.0)).tolist():
        ahead, behind = float(reach.ahead[at]), float(reach.behind[at])
        if ahead > 0.0:
            pieces.append(substring(lines[at], 0.0, ahead, normalized=True))
        if behind > 0.0:
            pieces.append(substring(lines[at], 1.0 - behind, 1.0, normalized=True))
    wide = shapely.buffer(np.array(pieces), _BESIDE_M + _BETWEEN_M, quad_segs=_ROUND)
    ground = shapely.buffer(shapely.union_all(wide), -_BETWEEN_M, quad_segs=_ROUND)
    parts = [part for part in shapely.get_parts(ground).tolist() if part.geom_type == "Polygon"]
    return shapely.MultiPolygon(parts)
