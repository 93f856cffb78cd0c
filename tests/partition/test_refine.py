"""Beats are evened from where they start, and start where they did."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from cutting import beat_of_segment, beats_are_sound, beside, cut, grid, on_foot, path, shuffled
from hypothesis import given, settings
from hypothesis import strategies as st

from reso_geo import CutRequest, StreetNetwork
from reso_geo.coverage import TravelGraph
from reso_geo.districting import DistrictingProblem
from reso_geo.districting.evaluator import Evaluator
from reso_geo.partition import CutResult, Partition, refine_beats, sorted_by
from reso_geo.workload import StreetLoad, measure_load

Parts = tuple[StreetNetwork, TravelGraph, StreetLoad]

#  Streets of the top row are patrolled six times a week, all others once: who starts at the bottom
#  walks up to them each time.
#
#  0===1===2===3=== ... ===11
#  |   |   |   |           |
#  12--13--14--15-- ... ---23
ROWS, COLUMNS = 9, 12


def often_on_top(network: StreetNetwork) -> Parts:
    """Return a town whose first row of streets is patrolled six times as often."""
    network, graph, load = on_foot(network)
    top = (network.node_xy[network.u, 1] == 0.0) & (network.node_xy[network.v, 1] == 0.0)
    often = np.where(top, 6.0, 1.0)
    return network, graph, StreetLoad(often, *(often * each for each in _parts(load)))


def _parts(load: StreetLoad) -> tuple[np.ndarray, ...]:
    return tuple(
        each / np.maximum(load.cadence, 1e-9)
        for each in (load.walk_s, load.contact_s, load.stop_s, load.counted_s)
    )


def off(parts: Parts, partition: Partition) -> np.ndarray:
    """Measure how far each beat is off the mean per post, from its own base."""
    network, graph, load = parts
    loads_s = []
    for beat, base in enumerate(partition.base.tolist()):
        own = partition.segments_of(beat)
        loads_s.append(measure_load(graph, load, own[network.required[own]], base, "fast").load_s)
    per_post = np.array(loads_s) / partition.posts
    return per_post / per_post.mean() - 1.0


def farthest(network: StreetNetwork, partition: Partition, beat: int) -> int:
    """Name the junction of a beat that is farthest down from the first row."""
    own = partition.segments_of(beat)
    ends = np.unique(np.concatenate((network.u[own], network.v[own])))
    return int(ends[np.argmin(network.node_xy[ends, 1])])


def from_below(parts: Parts, request: CutRequest) -> Partition:
    """Cut, and let the first beat start as far from the top as it can."""
    network = parts[0]
    made = cut(network, request)
    base = made.base.copy()
    base[0] = farthest(network, made, 0)
    return replace(made, base=base)


def searched_from(
    parts: Parts, made: Partition, request: CutRequest, kept: tuple[str, ...] = ()
) -> CutResult:
    """Settle the beats of a network, and return what was found out too."""
    problem = DistrictingProblem.of(*parts)
    there = sorted_by(made, problem.order)
    found = refine_beats(problem, Evaluator(problem), there, request.rules(), kept)
    return replace(found, partition=sorted_by(found.partition, problem.order.back()))


def refined_from(
    parts: Parts, made: Partition, request: CutRequest, kept: tuple[str, ...] = ()
) -> Partition:
    """Settle the beats of a network."""
    return searched_from(parts, made, request, kept).partition


def test_beats_that_a_base_puts_off_are_evened_from_there_and_keep_it() -> None:
    parts = often_on_top(grid(ROWS, COLUMNS))
    request = CutRequest(3)
    made = from_below(parts, request)
    refined = refined_from(parts, made, request)
    assert np.abs(off(parts, made)).max() > 0.10
    assert np.abs(off(parts, refined)).max() <= 0.05
    beats_are_sound(parts[0], refined)
    assert refined.base.tolist() == made.base.tolist()
    assert refined.beat_id == made.beat_id
    network = parts[0]
    for beat, base in enumerate(refined.base.tolist()):
        own = refined.segments_of(beat)
        assert (
            base
            in np.concatenate((network.u[own], network.v[own]))[np.tile(network.required[own], 2)]
        )


def test_even_beats_stay_as_they_are() -> None:
    parts = on_foot(grid(10, 10))
    made = cut(parts[0], CutRequest(4))
    assert np.abs(off(parts, made)).max() <= 0.025
    refined = refined_from(parts, made, CutRequest(4))
    assert np.array_equal(refined.beat_of, made.beat_of)


def test_beats_that_are_kept_stay_and_the_others_are_even_among_themselves() -> None:
    parts = often_on_top(grid(ROWS, COLUMNS))
    request = CutRequest(4)
    made = from_below(parts, request)
    locked = made.beat_id[3]
    refined = refined_from(parts, made, request, (locked,))
    assert np.array_equal(refined.segments_of(3), made.segments_of(3))
    rest = 1.0 + off(parts, refined)[:3]
    before = 1.0 + off(parts, made)[:3]
    assert np.ptp(rest / rest.mean()) < np.ptp(before / before.mean())


def test_a_beat_of_two_posts_stays_twice_as_large() -> None:
    parts = often_on_top(grid(ROWS, COLUMNS))
    network = parts[0]
    first = cut(network, CutRequest(3)).beat_id[0]
    request = CutRequest(4, posts={first: 2})
    made = from_below(parts, request)
    refined = refined_from(parts, made, request)
    assert refined.posts.tolist() == made.posts.tolist()
    assert np.abs(off(parts, refined)).max() < np.abs(off(parts, made)).max()


def test_a_piece_that_joined_a_beat_stays_with_it_while_others_trade() -> None:
    parts = on_foot(beside(grid(6, 8), path(3), 1500.0))
    request = CutRequest(3)
    made = cut(parts[0], request)
    assert made.annexed
    base = made.base.copy()
    base[0] = farthest(parts[0], made, 0)
    refined = refined_from(parts, replace(made, base=base), request)
    beats_are_sound(parts[0], refined)
    held = np.sort(np.concatenate(list(refined.annexed.values())))
    assert np.array_equal(held, np.sort(np.concatenate(list(made.annexed.values()))))


def test_a_place_that_was_searched_through_stays_as_it_is() -> None:
    parts = on_foot(path(5))
    made = cut(parts[0], CutRequest(3))
    refined = refined_from(parts, made, CutRequest(3))
    assert np.abs(off(parts, made)).max() > 0.05
    assert np.array_equal(refined.beat_of, made.beat_of)


@given(st.integers(0, 2**16))
@settings(max_examples=15)
def test_rows_in_any_order_settle_alike(seed: int) -> None:
    parts = often_on_top(grid(5, 7))
    request = CutRequest(3)
    made = from_below(parts, request)
    other = shuffled(*parts, np.random.default_rng(seed))
    network, mixed = parts[0], other[0]
    row = {s: n for n, s in enumerate(network.segment_id.tolist())}
    node = {j: n for n, j in enumerate(mixed.node_id.tolist())}
    again = replace(
        made,
        beat_of=made.beat_of[[row[s] for s in mixed.segment_id.tolist()]],
        base=np.array([node[j] for j in network.node_id[made.base].tolist()]),
    )
    one = refined_from(parts, made, request)
    two = refined_from(other, again, request)
    assert beat_of_segment(network, one) == beat_of_segment(mixed, two)


def test_out_of_time_is_said_and_nothing_changes() -> None:
    parts = often_on_top(grid(ROWS, COLUMNS))
    made = from_below(parts, CutRequest(3))
    found = searched_from(parts, made, CutRequest(3, time_limit_s=1e-9))
    assert np.array_equal(found.partition.beat_of, made.beat_of)
    assert found.status == "out_of_time"
    (stopped,) = (one for one in found.diagnostics if one.kind != "blocked")
    assert (stopped.kind, stopped.seconds) == ("cut_stopped", 1e-9)
