"""Order: the same cut whatever the order in which streets are given."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.coverage import TravelGraph
    from reso_geo.network import StreetNetwork
    from reso_geo.workload import StreetLoad

__all__ = ["Order", "order_of"]


@dataclass(frozen=True)
class Order:
    """Segments and junctions sorted by their ids.

    Attributes
    ----------
    segment, node
        int64, shapes (m,) and (n,): which one stands at each place.
    """

    segment: NDArray[np.int64]
    node: NDArray[np.int64]

    @cached_property
    def _segment_places(self) -> NDArray[np.int64]:
        return _places(self.segment)

    @cached_property
    def _node_places(self) -> NDArray[np.int64]:
        return _places(self.node)

    def network(self, network: StreetNetwork) -> StreetNetwork:
        """Sort a network.

        Parameters
        ----------
        network
            With rows in any order.

        Returns
        -------
        StreetNetwork
            The same, sorted.
        """
        parts: dict[str, Any] = {}
        for f in fields(network):
            value = getattr(network, f.name)
            if isinstance(value, np.ndarray):
                parts[f.name] = value[self.node if f.name.startswith("node_") else self.segment]
        for end in ("u", "v"):
            parts[end] = self._node_places[parts[end]]
        twin = parts["twin_of"]
        parts["twin_of"] = np.where(twin >= 0, self._segment_places[twin], -1)
        return replace(network, **parts)

    def graph(self, graph: TravelGraph) -> TravelGraph:
        """Sort a travel graph.

        Parameters
        ----------
        graph
            Of the network.

        Returns
        -------
        TravelGraph
            The same, sorted.
        """
        return replace(
            graph,
            u=self._node_places[graph.u[self.segment]],
            v=self._node_places[graph.v[self.segment]],
            forward=graph.forward[self.segment],
            backward=graph.backward[self.segment],
            patrol_forward=graph.patrol_forward[self.segment],
            patrol_backward=graph.patrol_backward[self.segment],
        )

    def load(self, load: StreetLoad) -> StreetLoad:
        """Sort street loads.

        Parameters
        ----------
        load
            Of the network.

        Returns
        -------
        StreetLoad
            The same, sorted.
        """
        return load.sorted_by(self.segment)

    def places(self, segments: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the sorted places of some segments.

        Parameters
        ----------
        segments
            int64: indices into the network.

        Returns
        -------
        ndarray of int64
            Ascending.
        """
        return np.sort(self._segment_places[segments])

    def junctions(self, nodes: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the sorted place of each junction.

        Parameters
        ----------
        nodes
            int64: indices into the network's junctions, -1 for none.

        Returns
        -------
        ndarray of int64
            In the order of `nodes`.
        """
        return np.where(nodes >= 0, self._node_places[nodes], -1)

    def back(self) -> Order:
        """Return the order that undoes this one.

        Returns
        -------
        Order
            Which place of the sorted network each segment and junction stands at.
        """
        return Order(self._segment_places, self._node_places)


def order_of(network: StreetNetwork) -> Order:
    """Sort segments and junctions by their ids.

    Parameters
    ----------
    network
        The streets.

    Returns
    -------
    Order
        Of its segments and junctions.
    """
    return Order(
        np.argsort(network.segment_id.astype(str), kind="stable"),
        np.argsort(network.node_id, kind="stable"),
    )


def _places(order: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the place of each one in an order."""
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    return place
