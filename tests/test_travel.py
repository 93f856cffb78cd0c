"""Seconds per segment: a length over a pace, in whole ticks."""

from __future__ import annotations

import itertools
import math
from dataclasses import fields, replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from drawing import NO_WAY, PUSH, RIDE, Street, bare
from hypothesis import given, settings
from hypothesis import strategies as st

from reso_geo import TravelTimes, cover, travel_graph, travel_times
from reso_geo.settings import LEVELS, Range, load_settings
from reso_geo.travel import MODES, SEASONS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reso_geo import PatrolSettings, StreetNetwork

HUNDRED = bare([Street(0, 1)])


def test_hundred_metres_take_what_the_paces_say(defaults: PatrolSettings) -> None:
    times = travel_times(HUNDRED, defaults)
    assert times.foot_patrol_s.tolist() == [90.0]  # 4.0 km/h
    assert times.foot_s.tolist() == [75.0]  # 4.8 km/h
    assert times.bike_patrol_forward_s.tolist() == [36.0]  # 10 km/h
    assert times.bike_forward_s.tolist() == [24.0]  # 15 km/h
    assert times.bike_backward_s.tolist() == [24.0]


def test_low_is_slow_and_high_is_fast(defaults: PatrolSettings) -> None:
    low, central, high = (travel_times(HUNDRED, defaults, level=level) for level in LEVELS)
    assert low.foot_patrol_s.tolist() == [100.0]  # 3.6 km/h
    assert high.foot_patrol_s.tolist() == [80.0]  # 4.5 km/h
    assert low.bike_forward_s > central.bike_forward_s > high.bike_forward_s


def test_winter_slows_every_pace_by_its_factor(defaults: PatrolSettings) -> None:
    winter = travel_times(HUNDRED, defaults, "winter")
    assert winter.season == "winter"
    assert winter.foot_patrol_s[0] == pytest.approx(90.0 / 0.89, abs=0.0006)
    assert winter.foot_s[0] == pytest.approx(75.0 / 0.89, abs=0.0006)
    assert winter.bike_forward_s[0] == pytest.approx(24.0 / 0.75, abs=0.0006)
    assert winter.bike_patrol_forward_s[0] == pytest.approx(36.0 / 0.75, abs=0.0006)


def test_pushed_bicycle_goes_at_foot_pace(defaults: PatrolSettings) -> None:
    network = bare([Street(0, 1, forward=RIDE, backward=PUSH)])
    times = travel_times(network, defaults, "winter")
    assert times.bike_backward_s.tolist() == times.foot_s.tolist()
    assert times.bike_patrol_backward_s.tolist() == times.foot_patrol_s.tolist()
    assert times.bike_forward_s < times.bike_backward_s


def test_closed_way_takes_for_ever(defaults: PatrolSettings) -> None:
    network = bare([Street(0, 1, foot=False, required=False, forward=RIDE, backward=NO_WAY)])
    times = travel_times(network, defaults)
    assert np.isinf(times.foot_s).all()
    assert np.isinf(times.foot_patrol_s).all()
    assert np.isinf(times.bike_backward_s).all()
    assert np.isinf(times.bike_patrol_backward_s).all()
    assert np.isfinite(times.bike_forward_s).all()


def test_mode_gives_its_two_directions(defaults: PatrolSettings) -> None:
    network = bare([Street(0, 1, forward=RIDE, backward=PUSH)])
    times = travel_times(network, defaults)
    assert [s.tolist() for s in times.transit_s("foot")] == [[75.0], [75.0]]
    assert [s.tolist() for s in times.patrol_s("foot")] == [[90.0], [90.0]]
    assert [s.tolist() for s in times.transit_s("bike")] == [[24.0], [75.0]]
    assert [s.tolist() for s in times.patrol_s("bike")] == [[36.0], [90.0]]


PACES = ("foot_patrol_kmh", "foot_transit_kmh", "bike_patrol_kmh", "bike_transit_kmh")
ARRAYS = tuple(f.name for f in fields(TravelTimes) if f.name not in ("season", "tick_s"))


def with_paces(paces_kmh: Sequence[float], times: float = 1.0) -> PatrolSettings:
    """Give settings with one figure for each pace, multiplied."""
    figures = (pace * times for pace in paces_kmh)
    ranges = {
        name: Range(figure, figure, figure, "km/h", "here")
        for name, figure in zip(PACES, figures, strict=True)
    }
    return replace(load_settings(), **ranges)


@given(st.lists(st.floats(1e-6, 1e5), min_size=1, max_size=20), st.floats(0.5, 20.0))
def test_every_time_is_a_whole_positive_number_of_ticks(
    lengths: list[float], pace_kmh: float
) -> None:
    network = bare([Street(i, i + 1, metres) for i, metres in enumerate(lengths)])
    times = travel_times(network, with_paces([pace_kmh] * 4))
    tick_s = times.tick_s
    assert math.frexp(tick_s)[0] == 0.5
    assert 1024 <= 3.6 / pace_kmh / tick_s < 2048
    assert (times.foot_s / tick_s >= 1.0).all()
    np.testing.assert_array_equal(times.foot_s % tick_s, 0.0)
    expected = np.maximum(np.array(lengths) * 3.6 / pace_kmh, tick_s)
    np.testing.assert_allclose(times.foot_s, expected, rtol=1e-12, atol=0.5001 * tick_s)


@st.composite
def towns(draw_from: st.DrawFn) -> StreetNetwork:
    """Up to twelve streets between up to six junctions, with loops, parallels and one-ways."""
    end = st.integers(0, 5)
    streets = draw_from(
        st.lists(
            st.builds(
                Street, end, end, st.floats(0.0001, 9000.0), st.booleans(),
                forward=st.just(RIDE), backward=st.sampled_from([RIDE, PUSH, NO_WAY]),
            ),
            min_size=1,
            max_size=12,
        )
    )  # fmt: skip
    return bare(streets, 6)


@settings(max_examples=60, deadline=None)
@given(towns(), st.tuples(*[st.floats(1.0, 30.0)] * 4), st.sampled_from(SEASONS))
def test_doubling_every_pace_halves_every_time_exactly_and_keeps_the_tours(
    network: StreetNetwork, paces_kmh: tuple[float, ...], season: str
) -> None:
    slow = travel_times(network, with_paces(paces_kmh), season)
    fast = travel_times(network, with_paces(paces_kmh, 2.0), season)
    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(slow, name), 2.0 * getattr(fast, name))
    required = np.flatnonzero(network.required)
    for mode, depth in itertools.product(MODES, ("fast", "final")):
        before, after = (
            cover(travel_graph(network, times, mode), required, 0, depth) for times in (slow, fast)
        )
        assert (before.pass_s, before.patrol_s, before.lower_bound_s) == (
            2.0 * after.pass_s, 2.0 * after.patrol_s, 2.0 * after.lower_bound_s
        )  # fmt: skip
        assert before.exact == after.exact
        for column in ("segment", "forward", "patrol"):
            one, two = getattr(before.passage, column), getattr(after.passage, column)
            np.testing.assert_array_equal(one, two)


def test_times_of_the_sample_are_finite_just_where_the_way_is_open(
    sample_network: StreetNetwork, defaults: PatrolSettings
) -> None:
    times = travel_times(sample_network, defaults)
    np.testing.assert_array_equal(np.isfinite(times.foot_s), sample_network.foot)
    np.testing.assert_array_equal(
        np.isfinite(times.bike_forward_s), sample_network.bike_forward != NO_WAY
    )
    with pytest.raises(ValueError, match="read-only"):
        times.foot_s[0] = 1.0
