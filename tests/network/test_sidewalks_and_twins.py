"""Each street once: sidewalks drawn beside a street, and the second of two carriageways."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from drawing import Drawing, load, segment
from hypothesis import given
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reso_geo import StreetNetwork
    from reso_geo.settings import PatrolSettings

Spots = dict[str, tuple[float, float]]
MAIN = {"highway": "residential", "name": "Main Street"}
SIDE = {"highway": "residential", "name": "Side Street"}
WALK = {"highway": "footway"}
NAMED_WALK = {"highway": "footway", "name": "Promenade"}
AVENUE = {"highway": "primary", "name": "Avenue", "oneway": "yes"}
LINK = {"highway": "primary_link"}
STREET: Spots = {"A": (0, 0), "B": (200, 0)}


def beside_main(walk: Mapping[str, str], **spots: tuple[float, float]) -> str:
    """Return why a path through some spots is not required, with Main Street from A to B at 0."""
    names = list(spots)
    ways = [("AB", MAIN), ("".join(spots), walk), ("A" + names[0], SIDE)]
    network = load(Drawing(STREET | spots, ways))
    return str(network.why[segment(network, names[0] + names[-1])])


def test_tagged_sidewalk_is_not_required_wherever_it_lies() -> None:
    tagged = NAMED_WALK | {"footway": "sidewalk"}
    assert beside_main(tagged, C=(0, 500), D=(200, 500)) == "sidewalk"


def test_footway_eight_metres_beside_a_street_is_a_sidewalk() -> None:
    assert beside_main(WALK, C=(0, 8), D=(200, 8)) == "sidewalk"
    assert beside_main(NAMED_WALK, C=(0, -8), D=(200, -8)) == "sidewalk"
    assert beside_main(NAMED_WALK, D=(200, 8), C=(0, 8)) == "sidewalk"


def test_footway_twenty_metres_away_is_none() -> None:
    assert beside_main(WALK, C=(0, 20), D=(200, 20)) == "unnamed_path"
    assert beside_main(NAMED_WALK, C=(0, 20), D=(200, 20)) == ""


@pytest.mark.parametrize(("away_m", "why"), [(14.5, "sidewalk"), (15.5, "")])
def test_sidewalk_reaches_as_far_as_the_settings_say(away_m: float, why: str) -> None:
    assert beside_main(NAMED_WALK, C=(0, away_m), D=(200, away_m)) == why


@pytest.mark.parametrize(("degrees", "why"), [(15.0, "sidewalk"), (25.0, ""), (90.0, "")])
def test_footway_across_a_street_is_no_sidewalk(degrees: float, why: str) -> None:
    turn = math.radians(degrees)
    x, y = 14 * math.cos(turn), 14 * math.sin(turn)
    assert beside_main(NAMED_WALK, C=(100 - x, -y), D=(100 + x, y)) == why


@pytest.mark.parametrize(("along_m", "why"), [(140.0, ""), (170.0, "sidewalk")])
def test_footway_that_leaves_the_street_counts_by_the_share_beside_it(
    along_m: float, why: str
) -> None:
    spots = {"C": (0.0, 8.0), "D": (along_m, 8.0), "E": (along_m, 8.0 + 200.0 - along_m)}
    assert beside_main(NAMED_WALK, **spots) == why


def test_footway_along_two_different_streets_half_and_half_is_no_sidewalk() -> None:
    spots: Spots = {"A": (0, 0), "B": (100, 0), "C": (200, 0), "D": (0, 8), "E": (200, 8)}
    rest = [("DE", NAMED_WALK), ("AD", LINK)]
    two = load(Drawing(spots, [("AB", MAIN), ("BC", SIDE), *rest]))
    assert two.why[segment(two, "DE")] == ""
    one = load(Drawing(spots, [("AB", MAIN), ("BC", MAIN | {"ref": "1"}), *rest]))
    assert len(one) == 4
    assert one.why[segment(one, "DE")] == "sidewalk"


def test_footway_beside_another_footway_is_no_sidewalk() -> None:
    spots: Spots = {
        "A": (0, 0),
        "B": (200, 0),
        "C": (0, 8),
        "D": (200, 8),
        "E": (0, 99),
        "F": (9, 99),
    }
    for other in (WALK, NAMED_WALK, {"highway": "path", "name": "Trail"}):
        network = load(Drawing(spots, [("AB", other), ("CD", NAMED_WALK), ("EF", MAIN)]))
        assert network.required[segment(network, "CD")]


def test_footway_beside_a_street_that_is_not_required_is_no_sidewalk() -> None:
    spots: Spots = {"A": (0, 0), "B": (200, 0), "C": (0, 8), "D": (200, 8)}
    network = load(Drawing(spots, [("AB", {"highway": "service"}), ("CD", NAMED_WALK)]))
    assert network.required[segment(network, "CD")]


def test_path_or_cycleway_beside_a_street_is_no_sidewalk_unless_tagged() -> None:
    for highway in ("path", "cycleway"):
        named = {"highway": highway, "name": "Trail"}
        assert beside_main(named, C=(0, 8), D=(200, 8)) == ""


def test_sidewalk_is_still_walked(defaults: PatrolSettings) -> None:
    spots = STREET | {"C": (0, 8), "D": (200, 8)}
    network = load(Drawing(spots, [("AB", MAIN), ("CD", WALK), ("AC", SIDE)]))
    walk = segment(network, "CD")
    assert network.foot[walk]
    assert not network.required[walk]
    assert network.twin_of[walk] == -1
    (dropped,) = network.dropped
    assert (dropped.highway, dropped.why, dropped.travelled) == ("footway", "sidewalk", True)
    strict = replace(defaults, streets=replace(defaults.streets, sidewalk_distance_m=5.0))
    assert load(Drawing(spots, [("AB", MAIN), ("CD", NAMED_WALK)]), settings=strict).required.all()


def test_edge_of_a_square_drawn_over_a_street_is_not_required_again() -> None:
    spots: Spots = {"A": (0, 0), "B": (50, 0), "C": (50, 40), "D": (0, 40), "E": (-90, 0)}
    square = {"highway": "pedestrian", "area": "yes", "name": "Market Square"}
    for ways in ([("ABCDA", square), ("EAB", MAIN)], [("EAB", MAIN), ("ABCDA", square)]):
        network = load(Drawing(spots, ways))
        # The street from A to B is the shorter part of the outline, and stands for it.
        assert network.required_km == pytest.approx(0.14, rel=1e-3)
        assert network.length_m.sum() == pytest.approx(270, rel=1e-3)
        assert network.highway[~network.required].tolist() == ["pedestrian"]


def test_street_stands_for_a_path_drawn_over_it_whichever_came_first() -> None:
    trail = {"highway": "path", "name": "Trail"}
    for ways in ([("AB", trail), ("AB", MAIN)], [("AB", MAIN), ("BA", trail)]):
        network = load(Drawing(STREET, ways))
        assert network.highway[network.required].tolist() == ["residential"]
        assert [(d.highway, d.why) for d in network.dropped] == [("path", "drawn_twice")]


def pair(
    *,
    apart_m: float = 15.0,
    first: Mapping[str, str] = AVENUE,
    second: Mapping[str, str] = AVENUE,
    west_m: float = 0.0,
    east_m: float = 200.0,
    second_way: str = "DC",
) -> StreetNetwork:
    """Return two carriageways: A to B, 200 m eastward, and `second_way` beside it."""
    spots: Spots = STREET | {"C": (west_m, apart_m), "D": (east_m, apart_m)}
    return load(Drawing(spots, [("AB", first), (second_way, second), ("AC", LINK)]))


def twins(network: StreetNetwork) -> dict[str, str]:
    """Give, by their ends, which segment stands for which."""

    def name(s: int) -> str:
        ends = (network.node_id[network.u[s]], network.node_id[network.v[s]])
        return "".join(sorted(map(chr, ends)))

    return {name(s): name(network.twin_of[s]) for s in np.flatnonzero(network.twin_of >= 0)}


def test_shorter_of_two_carriageways_is_not_required() -> None:
    network = pair(west_m=20.0)
    assert twins(network) == {"CD": "AB"}
    assert network.required[segment(network, "AB")]
    shorter = segment(network, "CD")
    assert (network.required[shorter], network.why[shorter]) == (False, "twin")
    assert network.foot[shorter]
    assert twins(pair(west_m=-20.0)) == {"AB": "CD"}


def test_of_two_equal_carriageways_the_one_with_the_lower_id_is_required() -> None:
    north: Spots = {"A": (0, 0), "B": (0, 200), "C": (15, 0), "D": (15, 200)}
    ways = [("AB", AVENUE), ("DC", AVENUE)]
    assert twins(load(Drawing(north, ways, way_ids=(5, 6)))) == {"CD": "AB"}
    assert twins(load(Drawing(north, ways, way_ids=(6, 5)))) == {"AB": "CD"}


def test_of_two_equal_carriageways_the_lower_number_is_required_not_the_lower_text() -> None:
    north: Spots = {"A": (0, 0), "B": (0, 200), "C": (15, 0), "D": (15, 200)}
    ways = [("AB", AVENUE), ("DC", AVENUE)]
    assert twins(load(Drawing(north, ways, way_ids=(9, 10)))) == {"CD": "AB"}


def test_carriageways_with_different_names_are_no_twins() -> None:
    assert twins(pair(second=AVENUE | {"name": "Boulevard"})) == {}
    assert twins(pair(second={k: v for k, v in AVENUE.items() if k != "name"})) == {}


def test_carriageways_with_the_same_number_or_without_name_and_number_are_twins() -> None:
    bare = {"highway": "primary", "oneway": "yes"}
    assert twins(pair(first=bare, second=bare)) == {"CD": "AB"}
    numbered = bare | {"ref": "112"}
    assert twins(pair(first=numbered, second=numbered)) == {"CD": "AB"}
    assert twins(pair(first=numbered | {"name": "East"}, second=numbered | {"name": "West"})) == {
        "CD": "AB"
    }
    assert twins(pair(first=numbered, second=bare | {"ref": "116"})) == {}
    assert twins(pair(first=numbered, second=bare)) == {}


@pytest.mark.parametrize(("apart_m", "found"), [(29.0, True), (31.0, False), (40.0, False)])
def test_twins_are_at_most_thirty_metres_apart(
    *,
    apart_m: float,
    found: bool,
) -> None:
    assert bool(twins(pair(apart_m=apart_m))) is found


def test_carriageways_in_the_same_direction_are_no_twins() -> None:
    assert twins(pair(second_way="CD")) == {}


def test_carriageway_drawn_against_its_direction_is_a_twin_by_its_direction() -> None:
    against = AVENUE | {"oneway": "-1"}
    assert twins(pair(second=against, second_way="CD")) == {"CD": "AB"}
    assert twins(pair(second=against, second_way="DC")) == {}


def test_two_way_street_is_no_twin() -> None:
    two_way = {"highway": "primary", "name": "Avenue"}
    assert twins(pair(second=two_way)) == {}


@pytest.mark.parametrize(("west_m", "found"), [(130.0, False), (70.0, True)])
def test_twins_run_beside_each_other_for_sixty_percent_of_the_shorter_one(
    *,
    west_m: float,
    found: bool,
) -> None:
    assert bool(twins(pair(west_m=west_m, east_m=west_m + 190.0))) is found


def test_carriageways_at_an_angle_are_no_twins() -> None:
    spots: Spots = {"A": (0, 0), "B": (60, 0), "C": (0, 0.5), "D": (55, 24)}
    network = load(Drawing(spots, [("AB", AVENUE), ("DC", AVENUE)]))
    assert twins(network) == {}


def test_twin_carriageways_with_a_link_between_them_are_still_twins() -> None:
    spots: Spots = STREET | {"C": (0, 15), "D": (195, 15), "M": (100, 0), "N": (97, 15)}
    network = load(Drawing(spots, [("AMB", AVENUE), ("DNC", AVENUE), ("MN", LINK)]))
    assert twins(network) == {"CN": "AM", "DN": "BM"}
    assert network.required_km == pytest.approx(0.2, rel=1e-3)


def test_one_long_carriageway_stands_for_every_short_piece_of_the_other() -> None:
    spots: Spots = STREET | {"C": (0, 15), "D": (200, 15), "N": (120, 15), "P": (120, 90)}
    network = load(Drawing(spots, [("AB", AVENUE), ("DNC", AVENUE), ("NP", SIDE)]))
    assert twins(network) == {"CN": "AB", "DN": "AB"}


def test_chain_of_carriageways_leaves_no_twin_without_a_required_one() -> None:
    # 200 m eastward at 0, 180 m westward at 20 m, 160 m eastward at 40 m: the middle one is a twin
    # of the first; the last one is 40 m from the first and must not lean on the middle one.
    spots: Spots = STREET | {"C": (10, 20), "D": (190, 20), "E": (20, 40), "F": (180, 40)}
    network = load(Drawing(spots, [("AB", AVENUE), ("DC", AVENUE), ("EF", AVENUE)]))
    assert twins(network) == {"CD": "AB"}
    assert network.required[segment(network, "EF")]


def test_staggered_pieces_are_required_where_no_single_piece_stands_beside_them() -> None:
    # North: cut at 300 of 600 m; south: at 150 and 450 m. The middle of the south has half of its
    # length beside either northern piece: less than the share of the settings.
    spots: Spots = {
        "A": (0, 0), "M": (300, 0), "B": (600, 0), "X": (300, -90),
        "C": (0, 15), "N": (150, 15), "P": (450, 15), "D": (600, 15),
        "Y": (150, 90), "Z": (450, 90),
    }  # fmt: skip
    ways = [("AMB", AVENUE), ("DPNC", AVENUE), ("MX", SIDE), ("NY", SIDE), ("PZ", SIDE)]
    network = load(Drawing(spots, ways))
    assert twins(network) == {"CN": "AM", "DP": "BM"}
    assert network.required[segment(network, "NP")]


def test_twin_is_reported_with_its_length() -> None:
    network = pair(west_m=20.0)
    dropped = network.dropped[-1]
    assert (dropped.highway, dropped.why, dropped.travelled) == ("primary", "twin", True)
    assert dropped.km == pytest.approx(0.18, rel=1e-3)


def check_twins(network: StreetNetwork) -> None:
    """Check that every twin's stand-in is required, opposed, of the same street, and longer."""
    for s in np.flatnonzero(network.twin_of >= 0):
        t = network.twin_of[s]
        assert network.required[t] or network.why[t] in ("outside", "unreachable")
        assert network.twin_of[t] == -1
        assert not network.required[s]
        assert network.oneway[s] != 0 != network.oneway[t]
        assert network.length_m[t] >= network.length_m[s] - 0.001
        same_name = network.name[s] == network.name[t] != ""
        assert same_name or network.ref[s] == network.ref[t]


LANES = st.lists(
    st.tuples(
        st.integers(0, 8), st.integers(1, 8), st.integers(0, 6), st.booleans(),
        st.sampled_from(["Avenue", "Avenue", "Other", ""]),
    ),
    min_size=2, max_size=9, unique_by=lambda lane: (lane[0], lane[2]),
)  # fmt: skip


@given(LANES)
def test_every_twin_has_a_required_one_that_stands_for_it(
    lanes: list[tuple[int, int, int, bool, str]],
) -> None:
    spots: Spots = {}
    ways = []
    for i, (west, reach, row, eastward, name) in enumerate(lanes):
        a, b = chr(65 + 2 * i), chr(66 + 2 * i)
        north_m = 12.0 * row + 0.5 * i  # no two lanes over the same places
        spots |= {a: (40.0 * west, north_m), b: (40.0 * (west + reach), north_m)}
        tags = {"highway": "primary", "oneway": "yes"} | ({"name": name} if name else {})
        ways.append((a + b if eastward else b + a, tags))
    network = load(Drawing(spots, ways))
    check_twins(network)
    assert len(network) == len(ways)


def test_every_twin_of_the_sample_has_a_required_one_that_stands_for_it(
    sample_network: StreetNetwork,
) -> None:
    assert (sample_network.twin_of >= 0).sum() > 0
    check_twins(sample_network)
