"""Neighbourhoods stay whole where balance allows, and are told of where they do not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from cutting import cut, grid, on_foot, region_on

from reso_geo import CutRequest
from reso_geo.partition import held_neighbourhoods
from reso_geo.partition.components import region_of
from reso_geo.plan.balance import neighbourhoods_phrase

if TYPE_CHECKING:
    from reso_geo import StreetNetwork
    from reso_geo.partition import Partition
    from reso_geo.partition.neighbourhoods import HeldNeighbourhood


def with_places(
    network: StreetNetwork, **boxes: tuple[float, float, float, float]
) -> StreetNetwork:
    """Name the streets of which both ends lie in a box (west, south, east, north), in metres."""
    names = np.full(len(network), "", dtype=object)
    for name, (west, south, east, north) in boxes.items():
        x, y = network.node_xy.T
        inside = (x >= west) & (x <= east) & (y >= south) & (y <= north)
        names[inside[network.u] & inside[network.v]] = name
    return replace(network, neighbourhood=names)


def held(network: StreetNetwork, partition: Partition) -> dict[str, HeldNeighbourhood]:
    load = on_foot(network)[2].total_s
    return {each.name: each for each in held_neighbourhoods(network, partition, load)}


@pytest.mark.parametrize("seed", [0, 1])
def test_a_neighbourhood_that_fits_in_a_beat_stays_whole(seed: int) -> None:
    # 9 by 9 junctions, 144 streets, three beats of 48; 40 streets in the middle of the west.
    plain, request = grid(9, 9), CutRequest(3, seed=seed, tolerance=0.1)
    asked = replace(request, params=request.params.keeping_together())
    known = with_places(plain, West=(0.0, -600.0, 400.0, -200.0))
    without = held(known, cut(plain, request))["West"]
    kept = held(known, cut(known, asked))["West"]
    assert without.fits
    assert not without.whole
    assert kept.whole


def test_one_heavier_than_a_beat_is_shared_and_said() -> None:
    known = with_places(grid(9, 9), Large=(0.0, -600.0, 800.0, 0.0))
    partition = cut(known, CutRequest(4))
    (large,) = held(known, partition).values()
    assert not large.fits
    assert not large.whole
    assert sum(large.share.values()) == pytest.approx(1.0)
    (phrase,) = neighbourhoods_phrase(known, partition, on_foot(known)[2].total_s)
    main, share = next(iter(large.share.items()))
    assert f"Large ({main} {100 * share:.0f} %" in phrase.say("en")
    assert phrase.say("fr").startswith("1 quartier connu, dont 0 reste")


def test_all_whole_is_said_too_and_nothing_where_none_is_known() -> None:
    known = with_places(
        grid(4, 9), West=(0.0, -300.0, 300.0, 0.0), East=(500.0, -300.0, 800.0, 0.0)
    )
    load_s, partition = on_foot(known)[2].total_s, cut(known, CutRequest(2))
    (phrase,) = neighbourhoods_phrase(known, partition, load_s)
    assert phrase.say("en").startswith("2 known neighbourhoods stay whole")
    assert neighbourhoods_phrase(grid(4, 9), partition, load_s) == ()


def test_one_with_little_of_a_beat_is_not_told_of() -> None:
    known = with_places(grid(9, 9), Lane=(0.0, 0.0, 100.0, 0.0))
    assert held(known, cut(known, CutRequest(2))) == {}


def test_no_known_neighbourhood_costs_what_streets_alone_cost() -> None:
    plain = grid(5, 5)
    nowhere = replace(plain, neighbourhood=np.full(len(plain), "", dtype=object))
    bare, empty = region_on(plain), region_on(nowhere)
    np.testing.assert_array_equal(bare.meeting.cost, empty.meeting.cost)
    np.testing.assert_array_equal(bare.cost_m, empty.cost_m)


def test_parting_costs_more_inside_and_less_on_the_outline_which_is_a_way_round() -> None:
    """The Port is the west of 5 by 5 junctions: 22 streets, a minute each."""
    plain = grid(5, 5)
    known = with_places(plain, Port=(0.0, -400.0, 200.0, 0.0))
    load_s, every = np.full(len(plain), 60.0), np.arange(len(plain))
    bare, fits = region_on(plain).meeting, region_of(known, load_s, every, beat_s=60.0 * 40)
    heavy = region_of(known, load_s, every, beat_s=60.0 * 10)
    port = known.neighbourhood == "Port"
    inside = port[bare.first] & port[bare.second]
    assert (fits.meeting.cost[inside] > bare.cost[inside]).all()
    outline = port[bare.first] != port[bare.second]
    np.testing.assert_allclose(fits.meeting.cost[outline], bare.cost[outline] / 2.0)
    elsewhere = ~inside & ~outline
    np.testing.assert_array_equal(fits.meeting.cost[elsewhere], bare.cost[elsewhere])
    np.testing.assert_array_equal(heavy.meeting.cost[inside], bare.cost[inside])
    np.testing.assert_array_equal(heavy.meeting.cost[~inside], fits.meeting.cost[~inside])
    # Junctions 2, 7, 12, 17 and 22 are on its outline, which is crossed from there to the east.
    longer_m = fits.cost_m - region_on(plain).cost_m
    on_outline = (plain.u % 5 == 2).astype(int) + (plain.v % 5 == 2)
    np.testing.assert_allclose(longer_m, 100.0 * port * on_outline)
