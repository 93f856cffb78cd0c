"""Grids of streets with all that a rebalance asks for, and the beats that it starts from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reso_geo import CutRequest, RebalanceRequest, load_settings
from reso_geo.coverage import travel_graph
from reso_geo.districting import DistrictingProblem
from reso_geo.partition import broken_beats, cut_beats, held_segments
from reso_geo.rebalance import OldBeats, continuity_of, rebalance
from reso_geo.travel import travel_times
from reso_geo.workload import measure_load, street_load

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from reso_geo import StreetNetwork
    from reso_geo.coverage import TravelGraph
    from reso_geo.partition import Partition
    from reso_geo.rebalance import Rebalanced
    from reso_geo.workload import StreetLoad

SETTINGS = load_settings()


class Town:
    """A grid of streets with all that a rebalance asks for."""

    def __init__(self, network: StreetNetwork) -> None:
        times = travel_times(network, SETTINGS)
        self.network: StreetNetwork = network
        self.graph: TravelGraph = travel_graph(network, times, "foot")
        self.load: StreetLoad = street_load(network, times, SETTINGS, "foot")
        self.problem = DistrictingProblem.of(network, self.graph, self.load)

    def cut(self, officers: int, *, cross: bool = False) -> Partition:
        """Cut it again."""
        request = CutRequest(officers=officers, cross_cities=cross)
        return cut_beats(self.problem, request).partition

    def rebalanced(self, old: OldBeats, officers: int, **wishes: Sequence[str]) -> Rebalanced:
        """Rebalance it."""
        request = RebalanceRequest(officers, **{k: tuple(v) for k, v in wishes.items()})
        return rebalance(self.problem, old, request)

    def kept(self, old: OldBeats, made: Partition) -> float:
        """Return the share of load that keeps its beat."""
        return continuity_of(self.network, self.load.total_s, old, made, 0.05).load_share

    def off(self, made: Partition) -> float:
        """Return how far the worst beat is from the mean load per post."""
        loads = [
            measure_load(
                self.graph,
                self.load,
                np.flatnonzero((made.beat_of == beat) & self.network.required),
                int(made.base[beat]),
            ).load_s
            / made.posts[beat]
            for beat in range(len(made.beat_id))
        ]
        return float(np.abs(np.array(loads) / np.mean(loads) - 1.0).max())


def old_of(
    was: Partition, beat_of: NDArray[np.int64] | None = None, locked: Sequence[str] = ()
) -> OldBeats:
    lock = np.isin(np.array(was.beat_id, dtype=object), list(locked))
    moved = was.beat_of.copy() if beat_of is None else beat_of
    return OldBeats(moved, was.beat_id, was.city, was.posts, lock)


def valid(network: StreetNetwork, made: Partition) -> None:
    held = held_segments(network)
    assert ((made.beat_of >= 0) == held).all()
    assert broken_beats(network, made) == []
    for beat in range(len(made.beat_id)):
        assert network.required[made.segments_of(beat)].any()
