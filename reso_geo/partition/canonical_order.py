"""Order: the same cut whatever the order in which streets are given."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from reso_geo.coverage import TravelGraph
    from reso_geo.network import StreetNetwork
    from reso_geo.partition.locks import LockedBeats
    from reso_geo.partition.partition import Partition
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
            parts[end] = _places(self.node)[parts[end]]
        twin = parts["twin_of"]
        parts["twin_of"] = np.where(twin >= 0, _places(self.segment)[twin], -1)
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
            u=_places(self.node)[graph.u[self.segment]],
            v=_places(self.node)[graph.v[self.segment]],
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

    def locked(self, locked: LockedBeats) -> LockedBeats:
        """Return locked beats in sorted places.

        Parameters
        ----------
        locked
            In the places of the network.

        Returns
        -------
        LockedBeats
            In sorted places.
        """
        place = _places(self.segment)
        return replace(
            locked,
            segments=tuple(np.sort(place[own]) for own in locked.segments),
            joined=tuple(np.sort(place[own]) for own in locked.joined),
        )

    def base_at(
        self, base_at: Callable[[NDArray[np.int64]], int]
    ) -> Callable[[NDArray[np.int64]], int]:
        """Let a rule for bases be asked in sorted places.

        Parameters
        ----------
        base_at
            Gives a junction of the network by some of its segments.

        Returns
        -------
        callable
            Gives a sorted junction by sorted segments.
        """
        place = _places(self.node)
        return lambda required: int(place[base_at(np.sort(self.segment[required]))])

    def partition(self, partition: Partition) -> Partition:
        """Sort a partition.

        Parameters
        ----------
        partition
            Of the network.

        Returns
        -------
        Partition
            The same, sorted.
        """
        place = _places(self.segment)
        return replace(
            partition,
            beat_of=partition.beat_of[self.segment],
            base=_places(self.node)[partition.base],
            joined={beat: np.sort(place[own]) for beat, own in partition.joined.items()},
        )

    def back(self, partition: Partition) -> Partition:
        """Return a partition of the sorted network as one of the network as it was.

        Parameters
        ----------
        partition
            In sorted places.

        Returns
        -------
        Partition
            In the places of the network.
        """
        return replace(
            partition,
            beat_of=partition.beat_of[_places(self.segment)],
            base=self.node[partition.base],
            joined={beat: np.sort(self.segment[own]) for beat, own in partition.joined.items()},
        )


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
