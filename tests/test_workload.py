"""Street load is additive and conserved; the deadhead of nested passes comes on top."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from drawing import NO_WAY, PUSH, RIDE, Street, bare
from hypothesis import given
from hypothesis import strategies as st

from reso_geo.coverage import cover, travel_graph
from reso_geo.settings import Range
from reso_geo.travel import travel_times
from reso_geo.workload import measure_load, street_load

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo import StreetNetwork
    from reso_geo.settings import PatrolSettings
    from reso_geo.workload import BeatLoad, StreetLoad


def load_of(
    network: StreetNetwork,
    settings: PatrolSettings,
    mode: str = "foot",
    stop_s: NDArray[np.float64] | None = None,
) -> StreetLoad:
    return street_load(network, travel_times(network, settings), settings, mode, stop_s)


def beat_of(
    network: StreetNetwork, settings: PatrolSettings, segments: list[int], base: int = 0
) -> BeatLoad:
    graph = travel_graph(network, travel_times(network, settings), "foot")
    return measure_load(graph, load_of(network, settings), np.array(segments), base)


def test_street_load_is_cadence_times_patrol_plus_contacts_plus_stops(
    defaults: PatrolSettings,
) -> None:
    network = bare(
        [
            Street(0, 1, 100.0),
            Street(1, 2, 100.0, highway="pedestrian"),
            Street(2, 3, 100.0, highway="footway"),
            Street(3, 0, 100.0, required=False),
        ]
    )
    load = load_of(network, defaults, stop_s=np.array([0.0, 600.0, 0.0, 0.0]))
    assert load.cadence.tolist() == [1.0, 3.0, 0.5, 0.0]
    assert load.walk_s.tolist() == [90.0, 270.0, 45.0, 0.0]
    # 5 contacts of 3 minutes in an hour on the street: 15 minutes of talk for 45 of walking.
    assert load.talk_factor == pytest.approx(60.0 / 45.0)
    assert load.contact_s.tolist() == pytest.approx([30.0, 90.0, 15.0, 0.0])
    assert load.stop_s.tolist() == [0.0, 600.0, 0.0, 0.0]
    assert load.total_s.tolist() == pytest.approx([120.0, 960.0, 60.0, 0.0])


def test_load_by_bike_is_in_the_faster_direction_and_on_foot_where_closed(
    defaults: PatrolSettings,
) -> None:
    network = bare(
        [
            Street(0, 1),
            Street(1, 2, forward=PUSH, backward=RIDE),
            Street(2, 3, forward=PUSH, backward=PUSH),
            Street(3, 4, forward=NO_WAY, backward=NO_WAY),
        ]
    )
    assert load_of(network, defaults, "bike").walk_s.tolist() == [36.0, 36.0, 90.0, 90.0]


def test_loads_are_those_of_central_values_whatever_their_ranges(defaults: PatrolSettings) -> None:
    network = bare([Street(0, 1), Street(1, 2)])
    central = {
        name: replace(value, low=value.central, high=value.central)
        for name, value in (
            ("foot_patrol_kmh", defaults.foot_patrol_kmh),
            ("contacts_per_patrol_h", defaults.contacts_per_patrol_h),
            ("contact_min", defaults.contact_min),
        )
    }
    without: PatrolSettings = replace(defaults, **central)  # type: ignore[arg-type]
    assert load_of(network, without) == load_of(network, defaults)
    once_to_thrice = Range(1.0, 2.0, 3.0, "passes per week", "here")
    settings = replace(defaults, cadence={"other": once_to_thrice})
    assert load_of(network, settings).cadence.tolist() == [2.0, 2.0]


@given(st.lists(st.integers(0, 4), min_size=12, max_size=12), st.randoms())
def test_street_load_of_all_beats_is_that_of_all_streets(
    defaults: PatrolSettings, beat: list[int], random: object
) -> None:
    kinds = ["residential", "pedestrian", "footway"]
    streets = [
        Street(i, i + 1, 50.0 + 10 * i, required=i % 5 != 4, highway=random.choice(kinds))
        for i in range(12)
    ]
    network = bare(streets)
    load = load_of(network, defaults, stop_s=np.where(network.required, 60.0, 0.0))
    graph = travel_graph(network, travel_times(network, defaults), "foot")
    held = np.where(network.required, beat, -1)
    beats = [np.flatnonzero(held == b) for b in range(5)]
    shares = [
        measure_load(graph, load, segments, int(network.u[segments[0]])).street_s
        for segments in beats
        if len(segments)
    ]
    assert sum(shares) == pytest.approx(load.total_s.sum(), rel=1e-12)


def test_beat_with_one_cadence_pays_the_deadhead_of_each_pass(defaults: PatrolSettings) -> None:
    twice = replace(defaults, cadence={"other": Range(2.0, 2.0, 2.0, "", "here")})
    beat = beat_of(bare([Street(0, 1)]), twice, [0])
    assert len(beat.tours) == 1
    assert beat.street_s == pytest.approx(2 * 90.0 * 4 / 3)
    assert beat.deadhead_s == pytest.approx(2 * 75.0)  # the way back, twice a week
    # People are met on the way back too: 45 of 60 minutes on the street are walked.
    assert beat.load_s == pytest.approx(2 * (90.0 + 75.0) * 4 / 3)


def test_nested_passes_by_hand(defaults: PatrolSettings) -> None:
    # A shop street 0-1 (100 m, three passes a week) and a residential one 1-2 (200 m, one pass).
    # Every week: two passes of the shop street alone, one of both; on foot each way back is dead.
    network = bare([Street(0, 1, 100.0, highway="pedestrian"), Street(1, 2, 200.0)])
    beat = beat_of(network, defaults, [0, 1])
    assert [cadence for cadence, _ in beat.tours] == [3.0, 1.0]
    assert [tour.deadhead_s for _, tour in beat.tours] == [75.0, 225.0]
    assert beat.deadhead_s == pytest.approx((3 - 1) * 75.0 + 1 * 225.0)
    assert beat.street_s == pytest.approx((3 * 90.0 + 1 * 180.0) * 4 / 3)
    assert beat.load_s == pytest.approx((450.0 + 375.0) * 4 / 3)
    assert beat.once.pass_s == pytest.approx(90.0 + 180.0 + 225.0)


def test_order_of_the_segments_changes_no_load(defaults: PatrolSettings) -> None:
    network = bare(
        [Street(0, 1, 100.0, highway="pedestrian"), Street(1, 2, 200.0), Street(2, 0, 50.0)]
    )
    one, other = (beat_of(network, defaults, order) for order in ([0, 1, 2], [2, 0, 1]))
    assert one.load_s == pytest.approx(other.load_s, abs=1e-9)


def test_deadhead_of_every_level_is_that_of_its_own_tour(
    sample_network: StreetNetwork, defaults: PatrolSettings
) -> None:
    network = sample_network
    graph = travel_graph(network, travel_times(network, defaults), "foot")
    load = load_of(network, defaults)
    shops = np.flatnonzero(network.required & (network.highway == "pedestrian"))
    assert len(shops)
    near = np.isin(network.u, network.u[shops]) | np.isin(network.v, network.u[shops])
    segments = np.flatnonzero(network.required & near)
    base = int(network.u[shops[0]])
    beat = measure_load(graph, load, segments, base)
    levels = [cadence for cadence, _ in beat.tours]
    assert levels == sorted(set(load.cadence[segments].tolist()), reverse=True)
    by_hand = sum(
        (c - after) * cover(graph, segments[load.cadence[segments] >= c], base).deadhead_s
        for c, after in zip(levels, [*levels[1:], 0.0], strict=True)
    )
    assert beat.deadhead_s == pytest.approx(by_hand)
