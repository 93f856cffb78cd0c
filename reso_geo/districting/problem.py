"""DistrictingProblem: streets, how they are travelled, what they ask, and where patrols start.

Its streets and junctions stand in the order of their ids, sorted once at entry, so that the same
streets are cut alike in whatever order they were given.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Self

from reso_geo.districting.canonical_order import Order, order_of
from reso_geo.districting.starts import base_of, least_load, starts_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from reso_geo.coverage import TravelGraph
    from reso_geo.demand import Bases
    from reso_geo.districting.starts import Starts
    from reso_geo.network import StreetNetwork
    from reso_geo.workload import StreetLoad

__all__ = ["DistrictingProblem"]


@dataclass(frozen=True, eq=False)
class DistrictingProblem:
    """What is cut among beats; made with `of`.

    Attributes
    ----------
    network
        The streets, in canonical order.
    graph, walk
        The travel graphs of the plan's mode and on foot.
    load
        Street loads in that mode.
    order
        Where each segment and junction of the network as it was given stands.
    starts
        Places that were given for patrols to start from; None for the middle of each beat's load.
    """

    network: StreetNetwork
    graph: TravelGraph
    walk: TravelGraph
    load: StreetLoad
    order: Order
    starts: Starts | None = None

    @classmethod
    def of(
        cls,
        network: StreetNetwork,
        graph: TravelGraph,
        load: StreetLoad,
        *,
        walk: TravelGraph | None = None,
        bases: Bases | None = None,
    ) -> Self:
        """Sort streets and all that goes with them.

        Parameters
        ----------
        network
            Segments placed in cities.
        graph
            The travel graph of the plan's mode.
        load
            Street loads in that mode.
        walk
            The travel graph on foot, for the bases; None where `graph` is that.
        bases
            Places where patrols start; None to start each beat in the middle of its load.

        Returns
        -------
        DistrictingProblem
            In canonical order.

        Examples
        --------
        >>> from reso_geo import load_network, load_settings
        >>> from reso_geo.coverage import travel_graph
        >>> from reso_geo.travel import travel_times
        >>> from reso_geo.workload import street_load
        >>> from reso_geo.atomic_files import data_file
        >>> settings = load_settings()
        >>> network = load_network(data_file("sample/sample.osm.pbf"))
        >>> times = travel_times(network, settings)
        >>> graph = travel_graph(network, times, "foot")
        >>> load = street_load(network, times, settings, "foot")
        >>> problem = DistrictingProblem.of(network, graph, load)
        >>> len(problem.network) == len(network)
        True
        """
        order = order_of(network)
        one = order.graph(graph)
        on_foot = one if walk is None else order.graph(walk)
        found = cls(order.network(network), one, on_foot, order.load(load), order)
        if bases is None:
            return found
        starts = starts_of(found.network, on_foot, found.kept_s, bases)
        return replace(found, starts=starts)

    @cached_property
    def kept_s(self) -> NDArray[np.float64]:
        """Street load without counts, shape (m,): a base beside an only caller would tell of it."""
        return self.load.without_counts().total_s

    @cached_property
    def least_s(self) -> float:
        """What each required segment counts for beside its load, so that beats of none are even."""
        return least_load(self.load.total_s)

    def base_at(self, required: NDArray[np.int64]) -> int:
        """Return the junction to measure a beat from while it has no id yet.

        Parameters
        ----------
        required
            int64, shape (k,): required segments of the beat, at least one.

        Returns
        -------
        int
            That of the nearest place that was given, or of the middle without one.
        """
        if self.starts is not None:
            return self.starts.base_at(required)
        return base_of(self.network, self.load.total_s, required)
