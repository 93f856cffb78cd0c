"""Districts: beats under one supervisor each, in one region, of equal load."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import pytest
from drawing import Street, bare
from hypothesis import given, settings
from hypothesis import strategies as st

from reso_geo.errors import InfeasibleError, UsageError
from reso_geo.partition import Partition, district_beats, neighbouring_beats

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from reso_geo import StreetNetwork

ROW = tuple((beat, beat + 1) for beat in range(7))


def beats(
    pairs: Sequence[tuple[int, int]],
    xy: Sequence[tuple[float, float]],
    city: Sequence[int] | None = None,
    links: Sequence[tuple[int, int, float]] = (),
) -> tuple[StreetNetwork, Partition]:
    """Return beats around junctions, neighbours by pairs, and walks outside all beats."""
    middle = [((xy[a][0] + xy[b][0]) / 2, (xy[a][1] + xy[b][1]) / 2) for a, b in pairs]
    spots = [*xy, *middle, *((x, y + 1.0) for x, y in xy)]
    streets = [(beat, len(xy) + len(pairs) + beat, beat) for beat in range(len(xy))]
    for place, (one, two) in enumerate(pairs, start=len(xy)):
        streets += [(one, place, one), (two, place, two)]
    drawn = [Street(u, v) for u, v, _ in streets]
    drawn += [Street(one, two, metres, required=False) for one, two, metres in links]
    holds = np.array([beat for _, _, beat in streets] + [-1] * len(links))
    network = replace(bare(drawn, len(spots)), node_xy=np.array(spots, dtype=float))
    partition = Partition(
        beat_of=holds,
        beat_id=tuple(f"B-{beat:02d}" for beat in range(len(xy))),
        city=np.array(city or [0] * len(xy), dtype=np.int64),
        posts=np.ones(len(xy), dtype=np.int64),
        base=np.arange(len(xy)),
        annexed={},
    )
    return network, partition


def in_a_row(count: int) -> list[tuple[float, float]]:
    return [(100.0 * beat, 0.0) for beat in range(count)]


def whole(pairs: Sequence[tuple[int, int]], district: NDArray[np.int64]) -> bool:
    """Check with networkx that each district is in one region."""
    graph = nx.Graph(pairs)
    graph.add_nodes_from(range(len(district)))
    return all(
        nx.is_connected(graph.subgraph(np.flatnonzero(district == number)))
        for number in set(district.tolist())
    )


def worst(load_s: NDArray[np.float64], district: NDArray[np.int64], count: int) -> float:
    load = np.bincount(district, weights=load_s, minlength=count)
    return float(np.abs(load / load.mean() - 1.0).max())


@st.composite
def grounds(draw: st.DrawFn, most: int) -> tuple[list[tuple[int, int]], NDArray[np.float64]]:
    """Return pairs of neighbours that join all beats, and loads."""
    count = draw(st.integers(2, most))
    pairs = {(draw(st.integers(0, beat - 1)), beat) for beat in range(1, count)}
    more = st.tuples(st.integers(0, count - 1), st.integers(0, count - 1))
    pairs |= {(a, b) for a, b in draw(st.lists(more, max_size=count)) if a < b}
    loads = draw(st.lists(st.floats(10.0, 30.0), min_size=count, max_size=count))
    return sorted(pairs), np.array(loads)


@settings(max_examples=8)
@given(grounds(most=14), st.integers(1, 4), st.integers(0, 9))
def test_every_beat_is_in_a_district_and_every_district_in_one_piece(
    ground: tuple[list[tuple[int, int]], NDArray[np.float64]], count: int, seed: int
) -> None:
    pairs, load_s = ground
    count = min(count, len(load_s))
    network, partition = beats(pairs, in_a_row(len(load_s)))
    district = district_beats(network, partition, load_s, count, seed)
    assert sorted(set(district.tolist())) == list(range(count))
    assert whole(pairs, district)
    turned = np.random.default_rng(seed).permutation(len(network))
    shuffled = replace(
        network,
        **{
            name: getattr(network, name)[turned].copy()
            for name in ("segment_id", "u", "v", "length_m", "foot", "required", "geometry")
        },
    )
    moved = replace(partition, beat_of=partition.beat_of[turned].copy())
    assert district_beats(shuffled, moved, load_s, count, seed).tolist() == district.tolist()


@settings(max_examples=10)
@given(grounds(most=7), st.integers(2, 3))
def test_balance_is_within_two_per_cent_of_the_best_there_is(
    ground: tuple[list[tuple[int, int]], NDArray[np.float64]], count: int
) -> None:
    pairs, load_s = ground
    count = min(count, len(load_s))
    network, partition = beats(pairs, in_a_row(len(load_s)))
    found = district_beats(network, partition, load_s, count, 0)
    every = (np.array(of) for of in product(range(count), repeat=len(load_s)))
    best = min(
        worst(load_s, of, count)
        for of in every
        if len(set(of.tolist())) == count and whole(pairs, of)
    )
    assert worst(load_s, found, count) <= best + 0.02 + 1e-9


def test_a_grid_is_cut_in_compact_equal_parts() -> None:
    # 6 x 6 equal beats in four districts: squares of nine have the shortest lines.
    place = {(row, column): 6 * row + column for row in range(6) for column in range(6)}
    pairs = [
        (place[spot], place[other])
        for spot in place
        for other in ((spot[0] + 1, spot[1]), (spot[0], spot[1] + 1))
        if other in place
    ]
    xy = [(100.0 * column, -100.0 * row) for row, column in place]
    network, partition = beats(pairs, xy)
    district = district_beats(network, partition, np.ones(36), 4, 0)
    assert np.bincount(district).tolist() == [9, 9, 9, 9]
    assert sum(district[a] != district[b] for a, b in pairs) <= 14


def test_districts_are_numbered_from_west_to_east() -> None:
    xy = [(-100.0 * beat, 5.0) for beat in range(8)]
    network, partition = beats(ROW, xy)
    district = district_beats(network, partition, np.ones(8), 4, 3)
    assert district.tolist() == [3, 3, 2, 2, 1, 1, 0, 0]


@pytest.mark.parametrize("city", [[0, 0, 1, 1], [0, 1, 0, 1]])
def test_cities_stay_whole_where_the_loads_allow(city: list[int]) -> None:
    # 0--1
    # |  |   two rows or two columns balance alike
    # 2--3
    pairs = [(0, 1), (2, 3), (0, 2), (1, 3)]
    xy = [(0.0, 100.0), (100.0, 100.0), (0.0, 0.0), (100.0, 0.0)]
    network, partition = beats(pairs, xy, city)
    for seed in range(2):
        district = district_beats(network, partition, np.ones(4), 2, seed)
        assert len(set(zip(city, district.tolist(), strict=True))) == 2


def test_a_city_is_split_where_equal_loads_ask_for_it() -> None:
    network, partition = beats(ROW[:3], in_a_row(4), [0, 0, 0, 1])
    assert district_beats(network, partition, np.ones(4), 2, 0).tolist() == [0, 0, 1, 1]


def test_beats_that_share_no_street_are_neighbours_by_the_shortest_walk() -> None:
    # 0--1   2--3: the walk from 0 to 3 is shorter than the one from 1 to 2.
    pairs = [(0, 1), (2, 3)]
    network, partition = beats(pairs, in_a_row(4), links=[(1, 2, 900.0), (0, 3, 500.0)])
    assert set(neighbouring_beats(network, partition)) == {(0, 1), (2, 3), (0, 3)}


def test_beats_without_any_way_between_them_are_neighbours_where_they_are_nearest() -> None:
    network, partition = beats([(0, 1), (2, 3)], in_a_row(4))
    found = neighbouring_beats(network, partition)
    assert set(found) == {(0, 1), (2, 3), (1, 2)}
    assert whole([*found], district_beats(network, partition, np.ones(4), 2, 0))


def test_streets_that_no_beat_reaches_do_not_matter() -> None:
    network, partition = beats([(0, 1), (2, 3)], in_a_row(4))
    alone = len(network.node_id)
    streets = [Street(int(u), int(v)) for u, v in zip(network.u, network.v, strict=True)]
    drawn = bare([*streets, Street(alone, alone + 1, required=False)], alone + 2)
    spots = np.vstack((network.node_xy, [(9000.0, 9000.0), (9100.0, 9000.0)]))
    found = neighbouring_beats(
        replace(drawn, node_xy=spots),
        replace(partition, beat_of=np.append(partition.beat_of, -1)),
    )
    assert found == neighbouring_beats(network, partition)


def test_a_junction_shared_by_more_streets_counts_once() -> None:
    network, partition = beats([(0, 1)], in_a_row(2), links=[(0, 2, 100.0)])
    more = replace(partition, beat_of=np.array([0, 1, 0, 1, 0]))
    assert neighbouring_beats(network, more) == {(0, 1): 1.0}


def test_there_may_be_as_many_districts_as_beats_and_no_more() -> None:
    network, partition = beats(ROW[:2], in_a_row(3))
    load_s = np.zeros(3)
    assert district_beats(network, partition, load_s, 3, 0).tolist() == [0, 1, 2]
    assert district_beats(network, partition, load_s, 1, 0).tolist() == [0, 0, 0]
    with pytest.raises(InfeasibleError, match="4 supervisors for 3 beats"):
        district_beats(network, partition, load_s, 4, 0)
    for count in (0, -2):
        with pytest.raises(UsageError, match=f"not {count}"):
            district_beats(network, partition, load_s, count, 0)
