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

from reso_geo.coverage import cover, travel_graph
from reso_geo.errors import SettingsError
from reso_geo.settings import SURFACES, Range, SeasonDates, load_settings
from reso_geo.travel import MODES, SEASONS, TravelTimes, slopes, travel_notes, travel_times

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reso_geo import StreetNetwork
    from reso_geo.settings import PatrolSettings

HUNDRED = bare([Street(0, 1)])


def all_year(settings: PatrolSettings) -> PatrolSettings:
    """Return settings where people ride all winter."""
    dates = ("01-01", "12-31")
    season = SeasonDates(dates, dates, dates, "month-day", "here")
    return replace(settings, bike_season=season)


def test_hundred_metres_take_what_the_paces_say(defaults: PatrolSettings) -> None:
    times = travel_times(HUNDRED, defaults)
    assert times.foot_patrol_s.tolist() == [90.0]  # 4.0 km/h
    assert times.foot_s.tolist() == [75.0]  # 4.8 km/h
    assert times.bike_patrol_forward_s.tolist() == [36.0]  # 10 km/h
    assert times.bike_forward_s.tolist() == [24.0]  # 15 km/h
    assert times.bike_backward_s.tolist() == [24.0]


def test_winter_slows_every_pace_by_its_factor(defaults: PatrolSettings) -> None:
    winter = travel_times(HUNDRED, all_year(defaults), "winter")
    assert winter.season == "winter"
    assert winter.foot_patrol_s[0] == pytest.approx(90.0 / 0.89, abs=0.0006)
    assert winter.foot_s[0] == pytest.approx(75.0 / 0.89, abs=0.0006)
    assert winter.bike_forward_s[0] == pytest.approx(24.0 / 0.75, abs=0.0006)
    assert winter.bike_patrol_forward_s[0] == pytest.approx(36.0 / 0.75, abs=0.0006)


def test_pushed_bicycle_goes_at_foot_pace(defaults: PatrolSettings) -> None:
    network = bare([Street(0, 1, forward=RIDE, backward=PUSH)])
    times = travel_times(network, all_year(defaults), "winter")
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
ARRAYS = tuple(f.name for f in fields(TravelTimes) if f.name.endswith("_s") and f.name != "tick_s")


def with_paces(paces_kmh: Sequence[float], times: float = 1.0) -> PatrolSettings:
    """Return settings with one figure for each pace, multiplied."""
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
    """Up to twelve streets between six junctions: loops, parallels, one-ways, slopes, surfaces."""
    end = st.integers(0, 5)
    streets = draw_from(
        st.lists(
            st.builds(
                Street, end, end, st.floats(0.0001, 9000.0), st.booleans(),
                forward=st.just(RIDE), backward=st.sampled_from([RIDE, PUSH, NO_WAY]),
                surface=st.sampled_from(SURFACES), cleared=st.booleans(),
            ),
            min_size=1,
            max_size=12,
        )
    )  # fmt: skip
    metres = st.one_of(st.just(math.nan), st.floats(-100.0, 500.0))
    return bare(streets, 6, draw_from(st.lists(metres, min_size=6, max_size=6)))


@settings(max_examples=60, deadline=None)
@given(
    towns(),
    st.tuples(*[st.floats(1.0, 10.0)] * 2, *[st.floats(1.0, 19.0)] * 2),
    st.sampled_from(SEASONS),
)
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
            one, two = getattr(before.steps, column), getattr(after.steps, column)
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


# Winter.


def test_winter_pace_on_foot_goes_by_the_surface(defaults: PatrolSettings) -> None:
    network = bare([Street(i, i + 1, surface=name) for i, name in enumerate(SURFACES)])
    summer, winter = (travel_times(network, defaults, season) for season in SEASONS)
    assert len(set(summer.foot_s.tolist())) == 1
    slower = dict(zip(SURFACES, (winter.foot_s / summer.foot_s).tolist(), strict=True))
    assert slower["paved"] == pytest.approx(1 / 0.89, abs=1e-5)
    assert slower["unknown"] == slower["paved"]
    assert slower["compacted"] == pytest.approx(1 / 0.89 / 0.95, abs=1e-5)
    assert slower["slippery"] == pytest.approx(1 / 0.89 / 0.93, abs=1e-5)
    assert slower["ground"] == pytest.approx(1 / 0.89 / 0.80, abs=1e-5)


def test_without_a_cleared_network_the_bike_is_pushed_everywhere_in_winter(
    defaults: PatrolSettings,
) -> None:
    network = bare(
        [Street(0, 1), Street(1, 2, foot=False, required=False), Street(2, 3, backward=NO_WAY)]
    )
    times = travel_times(network, defaults, "winter")
    assert not times.ridden.any()
    assert times.bike_forward_s[0] == times.foot_s[0]
    assert np.isinf(times.bike_forward_s[1])  # where nobody walks, nobody pushes
    assert np.isinf(times.bike_backward_s[2])
    (note,) = travel_notes(network, defaults, "winter")
    assert "1\u00a0April to 31\u00a0October" in str(note)
    assert "--cleared" in str(note)
    assert travel_notes(network, defaults, "summer") == ()


def test_in_winter_the_bike_is_ridden_on_the_cleared_network_only(defaults: PatrolSettings) -> None:
    network = bare([Street(0, 1, 300.0, cleared=True), Street(1, 2, 900.0)])
    times = travel_times(network, defaults, "winter")
    assert times.ridden.tolist() == [True, False]
    assert times.bike_forward_s[0] == pytest.approx(300 / (15 / 3.6) / 0.75, abs=1e-3)
    assert times.bike_forward_s[1] == times.foot_s[1]
    (note,) = travel_notes(network, defaults, "winter")
    assert "0.3 km, 25.0 %" in str(note)


def test_where_people_ride_all_winter_nothing_has_to_be_cleared(defaults: PatrolSettings) -> None:
    times = travel_times(HUNDRED, all_year(defaults), "winter")
    assert times.ridden.all()
    assert travel_notes(HUNDRED, all_year(defaults), "winter") == ()


# Slopes.


def sloped(percent: float, metres: float = 1000.0, **how: int) -> StreetNetwork:
    """Return one street that climbs from its first end to its second."""
    return bare([Street(0, 1, metres, **how)], ele_m=[20.0, 20.0 + metres * percent / 100.0])


@pytest.mark.parametrize(
    ("percent", "longer"),
    # Tobler by hand: the mean of exp(3.5 |S + 0.05|) up and down over exp(3.5 x 0.05).
    [(0.0, 1.0), (2.0, 1.002451), (5.0, 1.015352), (10.0, 1.209534), (-10.0, 1.209534),
     (15.0, 1.440853), (40.0, 1.440853)],
)  # fmt: skip
def test_walking_a_slope_there_and_back_takes_what_tobler_says(
    percent: float, longer: float, defaults: PatrolSettings
) -> None:
    times = travel_times(sloped(percent), defaults)
    assert times.foot_s[0] == pytest.approx(750.0 * longer, abs=2e-3)
    assert times.foot_patrol_s[0] == pytest.approx(900.0 * longer, abs=2e-3)


@pytest.mark.parametrize(
    ("percent", "up_share", "down_share"),
    # Parkin and Rotheram by hand: 1 - 0.0666 G up, 1 + 0.0396 G down.
    [(0.0, 1.0, 1.0), (1.0, 0.9334, 1.0396), (3.0, 0.8002, 1.1188), (8.0, 0.4672, 1.3168)],
)
def test_riding_a_slope_takes_what_parkin_and_rotheram_say(
    percent: float, up_share: float, down_share: float, defaults: PatrolSettings
) -> None:
    times = travel_times(sloped(percent), defaults)
    assert times.bike_forward_s[0] == pytest.approx(240.0 / up_share, abs=1e-3)
    assert times.bike_backward_s[0] == pytest.approx(240.0 / down_share, abs=1e-3)
    mirror = travel_times(sloped(-percent), defaults)
    assert mirror.bike_forward_s.tolist() == times.bike_backward_s.tolist()
    assert mirror.bike_backward_s.tolist() == times.bike_forward_s.tolist()


def test_where_riding_up_is_slower_than_walking_the_bike_is_pushed(
    defaults: PatrolSettings,
) -> None:
    times = travel_times(sloped(14.0), defaults)
    assert times.bike_forward_s.tolist() == times.foot_s.tolist()
    assert times.bike_backward_s[0] == pytest.approx(240.0 / (1 + 0.0396 * 14), abs=1e-3)


def test_slope_counts_only_where_both_ends_have_an_elevation(defaults: PatrolSettings) -> None:
    streets = [Street(0, 1), Street(1, 2, 300.0), Street(2, 3), Street(0, 0)]
    network = bare(streets, ele_m=[0.0, 10.0, math.nan, 5.0])
    np.testing.assert_allclose(slopes(network), [0.1, np.nan, np.nan, 0.0])
    flat, hilly = (travel_times(n, defaults) for n in (bare(streets), network))
    for name in ARRAYS:
        before, after = getattr(flat, name), getattr(hilly, name)
        assert before[0] != after[0]
        np.testing.assert_array_equal(before[1:], after[1:])
    (note,) = travel_notes(network, defaults, "summer")
    assert "33.3 %" in str(note)
    assert travel_notes(bare(streets), defaults, "summer") == ()


def test_turning_a_street_round_changes_only_which_way_is_which(defaults: PatrolSettings) -> None:
    one = travel_times(bare([Street(0, 1, 80.0)], ele_m=[1.0, 6.0]), defaults)
    two = travel_times(bare([Street(0, 1, 80.0)], ele_m=[6.0, 1.0]), defaults)
    assert one.foot_s.tolist() == two.foot_s.tolist()
    assert one.bike_patrol_forward_s.tolist() == two.bike_patrol_backward_s.tolist()


# What is refused.


@pytest.mark.parametrize("pace_kmh", [1e-308, 1e-300, 1e-12])
def test_pace_so_small_that_a_street_takes_for_ever_is_refused(pace_kmh: float) -> None:
    with pytest.raises(SettingsError, match="for ever"):
        travel_times(HUNDRED, with_paces([4.8, 4.8, pace_kmh, pace_kmh]))


@pytest.mark.parametrize("seconds", [0.0, -1.0, math.nan, -math.inf])
def test_time_that_is_no_positive_number_is_refused(
    seconds: float, defaults: PatrolSettings
) -> None:
    times = travel_times(bare([Street(0, 1), Street(1, 2)]), defaults)
    with pytest.raises(ValueError, match=r"foot_s\[1\] is .* above 0"):
        replace(times, foot_s=np.array([1.0, seconds]))
