"""rebalance: from old beats, valid or not, to balanced ones that keep as much as they can."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.districting.evaluator import Evaluator
from reso_geo.partition import sorted_by
from reso_geo.rebalance.beat_counts import check_names
from reso_geo.rebalance.rebalance_cities import Rebalancing

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.districting.problem import DistrictingProblem
    from reso_geo.partition import Partition
    from reso_geo.rebalance.request import OldBeats, RebalanceRequest
    from reso_geo.rebalance.result import Rebalanced

__all__ = ["rebalance"]


def rebalance(
    problem: DistrictingProblem,
    old: OldBeats,
    request: RebalanceRequest,
    worth_s: NDArray[np.float64] | None = None,
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
    problem
        Streets, how they are travelled and what they ask.
    old
        The beats that there are, of the network as it was given, valid or not.
    request
        Posts, locks, who leaves, time, and the figures that the search goes by.
    worth_s
        float64, shape (m,): what it counts for that a segment keeps its beat, in seconds of load;
        None for its street load.

    Returns
    -------
    Rebalanced
        Of the network as it was given: every held segment in exactly one beat, every beat
        connected, each with its base.

    Raises
    ------
    InfeasibleError
        When no such beats exist; names the ids, and the nearest that can be asked for.
    UsageError
        When the request names beats that there are not.

    Examples
    --------
    >>> from reso_geo import CutRequest, load_network, load_settings
    >>> from reso_geo.districting import DistrictingProblem
    >>> from reso_geo.coverage import travel_graph
    >>> from reso_geo.partition import cut_beats
    >>> from reso_geo.travel import travel_times
    >>> from reso_geo.workload import street_load
    >>> from reso_geo.atomic_files import data_file
    >>> from reso_geo.rebalance import OldBeats, RebalanceRequest
    >>> settings = load_settings()
    >>> network = load_network(data_file("sample/sample.osm.pbf"))
    >>> times = travel_times(network, settings)
    >>> graph = travel_graph(network, times, "foot")
    >>> load = street_load(network, times, settings, "foot")
    >>> problem = DistrictingProblem.of(network, graph, load)
    >>> was = cut_beats(problem, CutRequest(officers=3)).partition
    >>> unlocked = np.zeros(3, dtype=bool)
    >>> old = OldBeats(was.beat_of, was.beat_id, was.city, was.posts, unlocked)
    >>> rebalance(problem, old, RebalanceRequest(officers=4)).new
    ('SAM-04',)
    """
    check_names(old, request)
    rules = request.rules()
    order, evaluator = problem.order, Evaluator(problem)
    worth_s = problem.load.total_s if worth_s is None else worth_s[order.segment]
    now = old.sorted_by(order)
    found = Rebalancing(problem, evaluator, now, request, worth_s, rules).made()
    again = replace(request, retire=(), stay=(), split=(), near=())
    for _ in range(request.params.most_again):
        if not found.ended:
            break
        then = _old_again(now, found.partition, request)
        more = Rebalancing(problem, evaluator, then, again, worth_s, rules).made()
        if np.array_equal(more.partition.beat_of, found.partition.beat_of):
            break
        found = replace(more, left=found.left, new=found.new)
    return replace(found, partition=sorted_by(found.partition, order.back()))


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
        annexed=made.annexed,
    )
