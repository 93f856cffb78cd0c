"""Seconds per segment: a length over a pace, rounded to whole milliseconds."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from drawing import NO_WAY, PUSH, RIDE, Street, bare
from hypothesis import given
from hypothesis import strategies as st

from reso_geo import travel_times
from reso_geo.settings import LEVELS, Range, load_settings

if TYPE_CHECKING:
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


@given(st.lists(st.floats(1e-6, 1e5), min_size=1, max_size=20), st.floats(0.5, 20.0))
def test_every_time_is_a_whole_positive_number_of_milliseconds(
    lengths: list[float], pace_kmh: float
) -> None:
    settings = replace(
        load_settings(), foot_transit_kmh=Range(pace_kmh, pace_kmh, pace_kmh, "km/h", "here")
    )
    network = bare([Street(i, i + 1, metres) for i, metres in enumerate(lengths)])
    seconds = travel_times(network, settings).foot_s
    assert (seconds > 0).all()
    np.testing.assert_allclose(seconds * 1000, np.round(seconds * 1000), rtol=1e-12)
    expected = np.maximum(np.array(lengths) * 3.6 / pace_kmh, 0.001)
    np.testing.assert_allclose(seconds, expected, atol=0.00051)


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
