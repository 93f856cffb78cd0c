"""DeadheadWeights: what each link counts for when deadhead is chosen, and what follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reso_geo.coverage.connectors import Connectors
from reso_geo.coverage.t_join import TJoins

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from reso_geo.coverage.simple_edges import Links

__all__ = ["DeadheadWeights"]


class DeadheadWeights:
    """What each link counts for when deadhead is chosen; asked again and again.

    Parameters
    ----------
    node_count
        Number of junctions, n.
    links
        Neighbouring junctions.
    component
        int64, shape (n,): component of each junction.
    cost
        float64, shape (e,): whole ticks of each link.
    """

    def __init__(
        self,
        node_count: int,
        links: Links,
        component: NDArray[np.int64],
        cost: NDArray[np.float64],
    ) -> None:
        self.cost = cost
        self.t_joins = TJoins(node_count, links.a, links.b, cost)
        self.connectors = Connectors(node_count, links, cost, component)
