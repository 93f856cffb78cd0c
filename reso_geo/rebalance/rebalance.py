"""rebalance: from old beats, valid or not, to balanced ones that keep as much as they can."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.rebalance.beat_counts import check_names
from reso_geo.rebalance.rebalance_cities import Rebalancing

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.coverage import TravelGraph
    from reso_geo.network import StreetNetwork
    from reso_geo.partition import Partition
    from reso_geo.rebalance.request import OldBeats, RebalanceRequest
    from reso_geo.rebalance.result import Rebalanced
    from reso_geo.workload import StreetLoad

__all__ = ["rebalance"]

_MOST_AGAIN = 4
"""How often beats just made are looked at again."""


def rebalance(
    network: StreetNetwork,
    graph: TravelGraph,
    load: StreetLoad,
    old: OldBeats,
    request: RebalanceRequest,
    worth_s: NDArray[np.float64] | None = None,
    walk: TravelGraph | None = None,
) -> Rebalanced:
    """Make balanced beats out of older ones, with as little as possible changing hands.

    Beats that stay keep their ids. Where as many stay as are wanted and all are within the
    tolerance of their mean, nothing moves. Elsewhere new ones grow where they relieve others by the
    cheapest flow between neighbours; those that leave are shared out; then loads flow along the
    cheapest chains until every load per post, measured with its deadhead, is within the tolerance.
    Each beat gets its base, and those that are off from there trade again. Where posts stayed as
    they were, what moved goes back unless it brought the beats nearer to their targets by enough
    (see `reso_geo.rebalance.unchanged`). All this is done again with what came out of it until
    nothing more moves, so that a rebalanced plan stays as it is.

    Parameters
    ----------
    network
        Segments placed in cities.
    graph
        The travel graph of the plan's mode.
    load
        Street loads in that mode.
    old
        The beats that there are, valid or not.
    request
        Posts, locks, who leaves.
    worth_s
        float64, shape (m,): what it counts for that a segment keeps its beat, in seconds of load;
        None for its street load.
    walk
        The travel graph on foot, for the bases; None where `graph` is that.

    Returns
    -------
    Rebalanced
        Every held segment in exactly one beat, every beat connected, each with its base.

    Raises
    ------
    InfeasibleError
        When no such beats exist; names the ids, and the nearest that can be asked for.
    UsageError
        When the request names beats that there are not.

    Examples
    --------
    >>> from reso_geo import CutRequest, load_network, load_settings
    >>> from reso_geo import cut_beats, street_load, travel_graph, travel_times
    >>> from reso_geo.atomic_files import data_file
    >>> from reso_geo.rebalance import OldBeats, RebalanceRequest
    >>> settings = load_settings()
    >>> network = load_network(data_file("sample/sample.osm.pbf"))
    >>> times = travel_times(network, settings)
    >>> graph = travel_graph(network, times, "foot")
    >>> load = street_load(network, times, settings, "foot")
    >>> was = cut_beats(network, graph, load, CutRequest(officers=3))
    >>> unlocked = np.zeros(3, dtype=bool)
    >>> old = OldBeats(was.beat_of, was.beat_id, was.city, was.posts, unlocked)
    >>> rebalance(network, graph, load, old, RebalanceRequest(officers=4)).new
    ('SAM-04',)
    """
    check_names(old, request)
    graphs = graph, (graph if walk is None else walk)
    deadline = time.monotonic() + request.time_limit_s
    one = Rebalancing(network, graphs, load, old, request, worth_s, deadline)
    found = one.made()
    again = replace(request, retire=(), stay=(), split=(), near=())
    for _ in range(_MOST_AGAIN):
        if not found.ended:
            break
        now = _old_again(old, found.partition, request)
        more = Rebalancing(network, graphs, load, now, again, worth_s, deadline).made()
        if np.array_equal(more.partition.beat_of, found.partition.beat_of):
            break
        found = replace(found, partition=more.partition, ended=more.ended)
    return found


def _old_again(old: OldBeats, made: Partition, request: RebalanceRequest) -> OldBeats:
    """Return beats just made as a further rebalance finds them."""
    locked = {name for name, lock in zip(old.beat_id, old.locked, strict=True) if lock}
    return replace(
        old,
        beat_of=made.beat_of,
        beat_id=made.beat_id,
        city=made.city,
        posts=made.posts,
        locked=np.isin(np.array(made.beat_id, dtype=object), [*locked, *request.lock]),
        used=(*old.used, *old.beat_id),
        base=made.base,
        base_name=made.base_name,
        joined=made.joined,
    )
