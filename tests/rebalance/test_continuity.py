"""The bound of continuity: no plan keeps more, by whatever method, in whatever cities and posts."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from cutting import grid, two_cities
from hypothesis import given, settings
from hypothesis import strategies as st
from towns import Town, old_of

from reso_geo import RebalanceRequest
from reso_geo.partition import Partition
from reso_geo.rebalance import (
    CityLoads,
    OldBeats,
    city_loads,
    continuity_bound,
    continuity_of,
    rebalance,
)

PLACE = Town(two_cities(5, 7, 250.0))


def one_city(held: list[float], posts: list[int], now: list[float], officers: int) -> CityLoads:
    """Describe a city by the loads of its old beats and the loads per post that it has now."""
    loads = np.array(held)
    return CityLoads(
        loads, np.array(posts), float(loads.sum()), officers, least_s=min(now), most_s=max(now)
    )


@pytest.mark.parametrize("seed", range(30))
def test_the_bound_is_what_the_best_shares_of_tiny_cases_keep(seed: int) -> None:
    draw = np.random.default_rng(seed)
    held = draw.integers(1, 9, size=int(draw.integers(2, 5))).astype(float)
    officers, tolerance = int(draw.integers(1, 7)), float(draw.choice([0.0, 0.1, 0.4]))
    fair = held.sum() / officers
    top, low = (1.0 + tolerance) * fair, (1.0 - tolerance) * fair
    best = 0.0
    for who in combinations(range(len(held)), min(len(held), officers)):
        new = officers - len(who)
        kept = min(sum(min(held[b], top) for b in who), held.sum() - new * low)
        best = max(best, kept / held.sum())
    city = one_city(held.tolist(), [1] * len(held), [fair], officers)
    assert continuity_bound([city], tolerance) == pytest.approx(best)


def test_the_bound_counts_every_post_of_a_beat() -> None:
    held, posts = [20.0, 10.0, 10.0], [2, 1, 1]
    assert continuity_bound([one_city(held, posts, [10.0], 4)], 0.05) == pytest.approx(1.0)
    three = one_city(held, posts, [40.0 / 3.0], 3)
    assert continuity_bound([three], 0.0) == pytest.approx(30.0 / 40.0)


def test_beats_beyond_the_tolerance_widen_the_bound_of_their_own_city() -> None:
    """By hand: 60 of 100 in a beat that stays 60; growing by a post of 20, where 33 were fair."""
    uneven = one_city([60.0, 40.0], [1, 1], [60.0, 20.0, 20.0], 3)
    assert continuity_bound([uneven], 0.05) == pytest.approx((100.0 - 20.0) / 100.0)
    even = one_city([50.0, 50.0], [1, 1], [100.0 / 3.0], 3)
    assert continuity_bound([even], 0.05) == pytest.approx(1.0 - 0.95 / 3.0)
    assert continuity_bound([uneven, even], 0.05) == pytest.approx((1.8 - 0.95 / 3.0) / 2.0)


@st.composite
def changes(draw: st.DrawFn) -> tuple[OldBeats, Partition]:
    """Draw beats before and after over two cities, none of them made by any method."""
    network = PLACE.network
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    before, after = ([draw(st.integers(1, 4)) for _ in network.cities] for _ in range(2))
    stays = draw(st.floats(0.0, 1.0))
    old_of, new_of = (np.full(len(network), -1, dtype=np.int64) for _ in range(2))
    old_id, new_id, old_city, new_city = [], [], [], []
    for city, (olds, news) in enumerate(zip(before, after, strict=True)):
        own = np.flatnonzero(network.city == city)
        one = rng.integers(0, olds, len(own))
        two = np.where(rng.random(len(own)) < stays, one % news, rng.integers(0, news, len(own)))
        one[rng.random(len(own)) < draw(st.sampled_from([0.0, 0.1]))] = -len(old_id) - 1
        two[rng.permutation(len(own))[:news]] = np.arange(news)
        old_of[own], new_of[own] = one + len(old_id), two + len(new_id)
        old_id += [f"{city}-{number}" for number in range(olds)]
        new_id += [f"{city}-{number}" for number in range(news)]
        old_city += [city] * olds
        new_city += [city] * news
    posts = {name: draw(st.integers(1, 3)) for name in (*old_id, *new_id)}
    crossing = draw(st.booleans()) and draw(st.booleans())
    old = OldBeats(
        old_of,
        tuple(old_id),
        np.array(old_city),
        np.array([posts[name] for name in old_id]),
        np.zeros(len(old_id), dtype=bool),
    )
    made = Partition(
        new_of,
        tuple(new_id),
        np.full(len(new_id), -1) if crossing else np.array(new_city),
        np.array([posts[name] for name in new_id]),
        np.full(len(new_id), -1),
        {},
    )
    return old, made


@settings(max_examples=150, deadline=None, derandomize=True)
@given(change=changes(), tolerance=st.floats(0.001, 0.5))
def test_no_beats_whatever_keep_more_than_the_bound(
    change: tuple[OldBeats, Partition], tolerance: float
) -> None:
    old, made = change
    found = continuity_of(PLACE.network, PLACE.load.total_s, old, made, tolerance)
    assert 0.0 <= found.load_share <= found.reachable <= found.bound <= 1.0


@settings(max_examples=60, deadline=None, derandomize=True)
@given(change=changes(), tolerance=st.floats(0.001, 0.5))
def test_the_bound_is_below_one_where_a_city_grows_by_a_post_with_a_load(
    change: tuple[OldBeats, Partition], tolerance: float
) -> None:
    """So that the property above could fail: the bound is no mere one."""
    old, made = change
    for city in city_loads(PLACE.network, PLACE.load.total_s, old, made).values():
        if city.posts_now > city.posts.sum() and city.least_s > 0.0:
            assert continuity_bound([city], tolerance) < 1.0


@settings(max_examples=8, deadline=None, derandomize=True)
@given(
    before=st.integers(2, 6),
    after=st.integers(2, 7),
    tolerance=st.sampled_from([0.02, 0.05, 0.2]),
    line=st.sampled_from([250.0, 350.0, 550.0]),
)
def test_what_a_rebalance_reaches_is_within_the_bound(
    before: int, after: int, tolerance: float, line: float
) -> None:
    place = Town(two_cities(8, 9, line))
    old = old_of(place.cut(before))
    request = RebalanceRequest(after, tolerance=tolerance)
    made = rebalance(place.problem, old, request).partition
    found = continuity_of(place.network, place.load.total_s, old, made, tolerance)
    assert found.load_share <= found.reachable <= found.bound


def test_an_untouched_plan_keeps_all_and_the_bound_says_so_even_where_posts_are_whole() -> None:
    place = Town(grid(6, 6))
    old = old_of(place.cut(3))
    made = place.rebalanced(old, 3).partition
    found = continuity_of(place.network, place.load.total_s, old, made, 0.001)
    assert (found.load_share, found.reachable, found.bound) == (1.0, 1.0, 1.0)
