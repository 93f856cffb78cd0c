"""Polygons of beats: borders behind the lots of a street, half way, or straight; exact tiles."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from cutting import grid, streets
from hypothesis import given
from hypothesis import strategies as st

from reso_geo.network import Barriers
from reso_geo.partition import Partition
from reso_geo.tiling import share_inside, tile
from reso_geo.tiling.tidy import tidy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reso_geo import StreetNetwork

# A main street along y = 0 from x = 0 to 500 with side streets every 100 m; beat 0 holds it and
# what lies south of it, beat 1 the side streets to the north and the street that joins them there.
ALONG_M = [100.0 * place for place in range(6)]


def drawn(pairs: Sequence[tuple[int, int]], xy: Sequence[tuple[float, float]]) -> StreetNetwork:
    spots = np.array(xy)
    network = streets(pairs, spots)
    return replace(
        network,
        geometry=np.array([shapely.LineString(spots[list(pair)]) for pair in pairs], dtype=object),
        highway=np.full(len(pairs), "residential", dtype=object),
    )


def held(beat_of: Sequence[int]) -> Partition:
    count = max(beat_of) + 1
    return Partition(
        beat_of=np.array(beat_of, dtype=np.int64),
        beat_id=tuple(f"X-{beat + 1}" for beat in range(count)),
        city=np.zeros(count, dtype=np.int64),
        posts=np.ones(count, dtype=np.int64),
        base=np.zeros(count, dtype=np.int64),
        annexed={},
    )


def ladder(north_m: float) -> tuple[StreetNetwork, Partition]:
    """Return the main street, side streets to both sides, and a street that joins each side's."""
    levels = (-120.0, 0.0, north_m)
    xy = [(x, y) for y in levels for x in ALONG_M]
    count = len(ALONG_M)
    row = [(i, i + 1) for i in range(count - 1)]
    pairs = [(a + count * level, b + count * level) for level in range(3) for a, b in row]
    pairs += [
        (i + count * level, i + count * (level + 1)) for level in range(2) for i in range(count)
    ]
    north = [max(pair) >= 2 * count for pair in pairs]
    return drawn(pairs, xy), held([int(each) for each in north])


def town_of(network: StreetNetwork, margin_m: float = 40.0) -> shapely.MultiPolygon:
    return shapely.MultiPolygon(
        [
            shapely.box(*shapely.MultiPoint(network.node_xy).bounds).buffer(
                margin_m, join_style="mitre"
            )
        ]
    )


def border(polygons: Sequence[shapely.MultiPolygon], west: float, east: float) -> shapely.Geometry:
    """Return what two beats share between two meridians."""
    shared = shapely.intersection(shapely.boundary(polygons[0]), shapely.boundary(polygons[1]))
    return shapely.intersection(shared, shapely.box(west, -1e4, east, 1e4))


def exact(polygons: Sequence[shapely.Geometry], outline: shapely.Geometry) -> None:
    whole = shapely.union_all(np.array(polygons, dtype=object))
    assert shapely.symmetric_difference(whole, outline).area <= 1.0
    for one, other in combinations(polygons, 2):
        assert shapely.intersection(one, other).area <= 1.0
    assert shapely.coverage_is_valid(np.array(polygons, dtype=object))


@pytest.mark.parametrize(("north_m", "depth_m"), [(120.0, 30.0), (60.0, 30.0), (40.0, 20.0)])
def test_a_border_runs_behind_the_lots_of_a_street_at_most_half_way(
    north_m: float, depth_m: float
) -> None:
    network, partition = ladder(north_m)
    outline = town_of(network)
    polygons = tile(network, partition, (outline,))
    exact(polygons, outline)
    y = shapely.get_coordinates(border(polygons, 50.0, 450.0))[:, 1]
    assert y == pytest.approx(np.full(len(y), depth_m), abs=1.0)
    assert shapely.length(border(polygons, 50.0, 450.0)) == pytest.approx(400.0, abs=1.0)


def test_what_lies_within_the_lots_of_a_neighbour_counts_as_inside() -> None:
    network, partition = ladder(120.0)
    polygons = tile(network, partition, (town_of(network),))
    none = np.zeros(len(network), dtype=bool)
    # Of 6 * 120 + 500 m, 30 m of each of four side streets lie behind the border; at the ends of
    # the main street, where that turns a corner, streets meet head-on.
    inside = shapely.length(shapely.intersection(network.geometry, polygons[1]))
    assert inside[partition.beat_of == 1].sum() == pytest.approx(1220.0 - 120.0, abs=6.0)
    assert share_inside(network, partition, polygons, none) == pytest.approx([1.0, 1.0])


def test_lots_are_less_deep_where_a_beat_would_lose_its_streets() -> None:
    # Side streets of 70 m that nothing joins: 30 m is more than 15 % of their beat.
    count = len(ALONG_M)
    xy = [(x, 0.0) for x in ALONG_M] + [(x, 70.0) for x in ALONG_M]
    pairs = [(i, i + 1) for i in range(count - 1)] + [(i, i + count) for i in range(count)]
    network, partition = drawn(pairs, xy), held([0] * (count - 1) + [1] * count)
    polygons = tile(network, partition, (town_of(network),))
    inside = shapely.length(shapely.intersection(network.geometry, polygons[1]))
    assert inside[partition.beat_of == 1].sum() >= 0.85 * 70.0 * count


def test_streets_that_meet_head_on_are_parted_half_way() -> None:
    network = drawn([(0, 1), (1, 2)], [(0.0, 0.0), (200.0, 0.0), (400.0, 0.0)])
    outline = town_of(network, 100.0)
    polygons = tile(network, held([0, 1]), (outline,))
    exact(polygons, outline)
    x = shapely.get_coordinates(border(polygons, -100.0, 500.0))[:, 0]
    assert x == pytest.approx(np.full(len(x), 200.0), abs=0.5)


def test_streets_back_to_back_are_parted_half_way_by_a_straight_line() -> None:
    network = drawn([(0, 1), (2, 3)], [(0.0, 0.0), (400.0, 0.0), (0.0, 90.0), (400.0, 90.0)])
    outline = town_of(network)
    polygons = tile(network, held([0, 1]), (outline,))
    exact(polygons, outline)
    assert shapely.get_coordinates(border(polygons, 0.0, 400.0))[:, 1] == pytest.approx(45.0)
    # Four corners each: the line has no vertex of its own.
    assert [shapely.get_num_coordinates(each) for each in polygons] == [5, 5]


def test_across_wide_land_without_streets_a_border_runs_beside_a_street() -> None:
    network = drawn([(0, 1), (2, 3)], [(0.0, 0.0), (400.0, 0.0), (0.0, 200.0), (400.0, 200.0)])
    outline = town_of(network, 20.0)
    polygons = tile(network, held([0, 1]), (outline,))
    exact(polygons, outline)
    # Half way it would be 100 m from both; at the depth of a lot it can be said.
    beside = shapely.distance(border(polygons, 30.0, 370.0), network.geometry)
    assert beside.min() == pytest.approx(30.0, abs=1.0)
    assert shapely.length(border(polygons, 30.0, 370.0)) == pytest.approx(340.0, abs=1.0)


def test_a_main_street_carries_the_border_towards_a_lesser_one() -> None:
    network = drawn([(0, 1), (2, 3)], [(0.0, 0.0), (400.0, 0.0), (0.0, 90.0), (400.0, 90.0)])
    mixed = replace(network, highway=np.array(["secondary", "residential"], dtype=object))
    polygons = tile(mixed, held([0, 1]), (town_of(network),))
    y = shapely.get_coordinates(border(polygons, 50.0, 350.0))[:, 1]
    assert y == pytest.approx(np.full(len(y), 30.0), abs=1.0)


def test_a_border_follows_a_railway_between_two_beats() -> None:
    network = drawn([(0, 1), (2, 3)], [(0.0, 0.0), (400.0, 0.0), (0.0, 120.0), (400.0, 120.0)])
    track = shapely.LineString([(-40.0, 85.0), (440.0, 85.0)])
    railed = replace(network, barriers=Barriers(("railway",), ("",), (track,)))
    outline = town_of(network)
    polygons = tile(railed, held([0, 1]), (outline,))
    exact(polygons, outline)
    y = shapely.get_coordinates(border(polygons, 30.0, 370.0))[:, 1]
    assert y == pytest.approx(np.full(len(y), 85.0), abs=1.0)


def test_the_only_beat_of_a_city_is_its_outline() -> None:
    network = grid(3, 3)
    outline = town_of(network)
    (polygon,) = tile(network, held([0] * len(network)), (outline,))
    assert polygon.equals(outline)


def test_a_shape_whose_buffer_crosses_itself_is_tidied() -> None:
    outer = [
        (375132.07, 5081509.8),
        (375188.92, 5081532.01),
        (375185.38, 5081537.7),
        (375313.68, 5081554.66),
        (375313.71, 5081324.55),
        (374674.33, 5081500.82),
        (375160.59, 5081867.17),
    ]
    hole = [(375163.29, 5081457.97), (375176.16, 5081496.49), (375219.63, 5081480.38)]
    shape = shapely.Polygon(outer, [hole])
    around = shapely.box(374600.0, 5081300.0, 375400.0, 5081900.0)
    shapes = np.array([shape, around - shape], dtype=object)
    streets_of = np.array(
        [
            shapely.LineString([(374900.0, 5081500.0), (375000.0, 5081500.0)]),
            shapely.LineString([(375250.0, 5081700.0), (375350.0, 5081700.0)]),
        ],
        dtype=object,
    )
    exact(tidy(shapes, streets_of, np.arange(2), np.zeros(2, dtype=bool)), around)


@given(st.lists(st.integers(0, 2), min_size=24, max_size=24))
def test_tiles_are_exact_whoever_holds_which_street(beats: list[int]) -> None:
    rows = columns = 4
    xy = [(100.0 * c, -100.0 * r) for r in range(rows) for c in range(columns)]
    pairs = [(i, i + 1) for i in range(rows * columns) if (i + 1) % columns]
    pairs += [(i, i + columns) for i in range((rows - 1) * columns)]
    numbers = np.unique(beats, return_inverse=True)[1].tolist()
    network, partition = drawn(pairs, xy), held(numbers)
    outline = town_of(network)
    polygons = tile(network, partition, (outline,))
    exact(polygons, outline)
    assert [p.wkb for p in polygons] == [p.wkb for p in tile(network, partition, (outline,))]
    for beat, polygon in enumerate(polygons):
        own = network.geometry[partition.beat_of == beat]
        lost = [part for part in polygon.geoms if not shapely.intersects(part, own).any()]
        assert lost == []
