"""Promises of the cutter that hold whatever the streets, the loads and the chance of a seed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from cutting import (
    beat_of_segment,
    beats_are_sound,
    cut,
    grid,
    on_foot,
    shuffled,
    streets,
    two_cities,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from reso_geo import CutRequest
from reso_geo.districting import DistrictingProblem, base_of
from reso_geo.partition import cut_beats, lock_beats
from reso_geo.workload import measure_load

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo import StreetNetwork

WEEKLY = ("cadence", "walk_s", "contact_s", "stop_s", "counted_s")


@dataclass(frozen=True)
class Town:
    """A grid with crooked streets, some of them not required, and visits of any length."""

    network: StreetNetwork
    stop_s: NDArray[np.float64]
    seed: int


@st.composite
def towns(draw: st.DrawFn, cities: int = 1) -> Town:
    seed = draw(st.integers(0, 9999))
    chance = np.random.default_rng(seed)
    # Too large for the slow search through small places, which has tests of its own.
    rows, columns = draw(st.sampled_from([(7, 7), (6, 9)]))
    columns *= cities
    plan = two_cities(rows, columns, 100.0 * (columns // 2)) if cities == 2 else grid(rows, columns)
    pairs = list(zip(plan.u.tolist(), plan.v.tolist(), strict=True))
    required = (chance.random(len(pairs)) < draw(st.sampled_from([0.5, 1.0]))).tolist()
    required[0] = required[-1] = True
    xy = plan.node_xy + chance.uniform(-30.0, 30.0, plan.node_xy.shape)
    network = streets(pairs, xy, plan.city.tolist(), required)
    stop_s = np.where(network.required, chance.exponential(100.0, len(pairs)), 0.0)
    return Town(network, stop_s, seed % 5)


def beats_of(town: Town, wanted: int) -> int:
    """Return no more beats than a city of the town has streets to cover."""
    network = town.network
    cities = len(network.cities)
    room = np.bincount(network.city[network.required], minlength=cities)
    return max(cities, min(wanted, cities * int(room.min())))


@settings(max_examples=12)
@given(town=towns(cities=2), wanted=st.integers(2, 9))
def test_every_street_is_in_one_connected_beat_inside_its_city(town: Town, wanted: int) -> None:
    officers = beats_of(town, wanted)
    partition = cut(town.network, CutRequest(officers, seed=town.seed), stop_s=town.stop_s)
    beats_are_sound(town.network, partition)
    assert partition.posts.sum() == officers
    for beat in range(officers):
        inside = set(town.network.city[partition.beat_of == beat].tolist())
        assert inside == {int(partition.city[beat])}


@settings(max_examples=6)
@given(town=towns(), wanted=st.integers(1, 9))
def test_street_load_is_conserved_and_bases_lie_on_streets_to_cover(
    town: Town, wanted: int
) -> None:
    network, _, load = on_foot(town.network, town.stop_s)
    officers = beats_of(town, wanted)
    partition = cut(network, CutRequest(officers), stop_s=town.stop_s)
    by_beat = np.bincount(partition.beat_of, load.total_s, officers)
    assert by_beat.sum() == pytest.approx(load.total_s.sum())
    for beat in range(officers):
        own = partition.segments_of(beat)
        own = own[network.required[own]]
        assert partition.base[beat] in {*network.u[own].tolist(), *network.v[own].tolist()}


@settings(max_examples=8)
@given(
    town=towns(cities=2), wanted=st.integers(3, 8), new=st.integers(-1, 2), place=st.integers(0, 7)
)
def test_a_locked_beat_keeps_its_streets_its_posts_and_its_id(
    town: Town, wanted: int, new: int, place: int
) -> None:
    network = town.network
    officers = beats_of(town, wanted)
    first = cut(network, CutRequest(officers, seed=town.seed), stop_s=town.stop_s)
    name = first.beat_id[place % officers]
    own = first.segments_of(first.beat_id.index(name))
    rest = network.required.copy()
    rest[own] = False
    # Each city with streets left over keeps a beat, and no more beats than it has such streets.
    room = np.bincount(network.city[rest], minlength=2)
    if not room.any():
        return
    left = room[room > 0]
    many = min(max(officers - 1 + new, len(left)), len(left) * int(left.min()))
    request = CutRequest(1 + many, seed=town.seed)
    second = cut(network, request, locked=lock_beats(first, [name]), stop_s=town.stop_s)
    assert second.beat_id.count(name) == 1
    again = second.beat_id.index(name)
    assert np.array_equal(second.segments_of(again), own)
    assert second.city[again] == first.city[first.beat_id.index(name)]
    assert second.posts[again] == 1
    assert len(second.beat_id) == 1 + many
    beats_are_sound(network, second)


@settings(max_examples=5)
@given(town=towns(cities=2), west=st.integers(1, 4), east=st.integers(1, 4))
def test_seats_are_kept(town: Town, west: int, east: int) -> None:
    room = np.bincount(town.network.city[town.network.required], minlength=2)
    seats = {"A": min(west, int(room[0])), "B": min(east, int(room[1]))}
    request = CutRequest(sum(seats.values()), seats=seats)
    partition = cut(town.network, request, stop_s=town.stop_s)
    assert np.bincount(partition.city, minlength=2).tolist() == list(seats.values())


@settings(max_examples=6)
@given(town=towns(cities=2), wanted=st.integers(2, 7))
def test_the_same_seed_gives_the_same_beats_in_any_order_of_rows_and_junctions(
    town: Town, wanted: int
) -> None:
    given_parts = on_foot(town.network, town.stop_s)
    request = CutRequest(beats_of(town, wanted), seed=town.seed)
    problem = DistrictingProblem.of(*given_parts)
    first, again = (cut_beats(problem, request).partition for _ in range(2))
    assert np.array_equal(first.beat_of, again.beat_of)
    assert first.beat_id == again.beat_id
    parts = shuffled(*given_parts, np.random.default_rng(town.seed))
    other = cut_beats(DistrictingProblem.of(*parts), request).partition
    assert beat_of_segment(parts[0], other) == beat_of_segment(town.network, first)
    node = town.network.node_id[first.base]
    assert parts[0].node_id[other.base].tolist() == node.tolist()


@settings(max_examples=6)
@given(town=towns(cities=2), wanted=st.integers(2, 7), times=st.sampled_from([0.25, 8.0, 3.7]))
def test_loads_that_are_all_as_many_times_as_large_give_the_same_beats(
    town: Town, wanted: int, times: float
) -> None:
    network, graph, load = on_foot(town.network, town.stop_s)
    request = CutRequest(beats_of(town, wanted), seed=town.seed)
    # Deadhead is walked at each pass: it grows with the passes, not with the talk on the way too.
    scaled = replace(load, **{name: times * getattr(load, name) for name in WEEKLY})
    first, second = (
        cut_beats(DistrictingProblem.of(network, graph, each), request).partition
        for each in (load, scaled)
    )
    assert beat_of_segment(network, first) == beat_of_segment(network, second)


@pytest.mark.parametrize("posts", [{"A-03": 2}, {"A-01": 3, "A-04": 2}])
def test_beats_with_more_posts_get_so_much_more_load(posts: dict[str, int]) -> None:
    network, graph, load = on_foot(grid(12, 12))
    request = CutRequest(6 + sum(posts.values()) - len(posts), posts=posts)
    partition = cut_beats(DistrictingProblem.of(network, graph, load), request).partition
    beats_are_sound(network, partition)
    held = dict(zip(partition.beat_id, partition.posts.tolist(), strict=True))
    assert held == {f"A-{n:02d}": posts.get(f"A-{n:02d}", 1) for n in range(1, 7)}
    asked = []
    for beat in range(6):
        own = partition.segments_of(beat)
        base = base_of(network, load.total_s, own)
        asked.append(measure_load(graph, load, own, base).load_s)
    per_post = np.array(asked) / partition.posts
    assert np.abs(per_post / (sum(asked) / partition.posts.sum()) - 1.0).max() <= request.tolerance
