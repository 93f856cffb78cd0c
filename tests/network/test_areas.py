"""Squares: walked around and across, covered once, however they are drawn."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from drawing import FIRST_RELATION, PUSH, RIDE, Drawing, load
from hypothesis import given, settings
from hypothesis import strategies as st

from reso_geo import StreetNetwork, load_network

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from reso_geo.settings import PatrolSettings

HOME = {"highway": "residential", "name": "Home Street"}
SIDE = {"highway": "residential", "name": "Side Street"}
WALK = {"highway": "footway"}
SQUARE = {"highway": "pedestrian", "area": "yes", "name": "Market Square"}
OF_RELATION = {"type": "multipolygon", "highway": "pedestrian", "name": "Market Square"}

# A square of 100 m with corners ABCD from the south-west against the clock; sides' middles EFGH.
CORNERS = {"A": (0.0, 0.0), "B": (100.0, 0.0), "C": (100.0, 100.0), "D": (0.0, 100.0)}
MIDDLES = {"E": (50.0, 0.0), "F": (100.0, 50.0), "G": (50.0, 100.0), "H": (0.0, 50.0)}
AROUND = {"e": (50.0, -80.0), "f": (180.0, 50.0), "g": (50.0, 180.0), "h": (-80.0, 50.0)}
SPOTS = {**CORNERS, **MIDDLES, **AROUND}
OUTLINE = "AEBFCGDHA"
ENDINGS = (".json", ".osm", ".osm.pbf")


def kept(network: StreetNetwork, why: str) -> float:
    """Return the metres with a reason."""
    return float(network.length_m[network.of_area & (network.why == why)].sum())


def covered(network: StreetNetwork) -> float:
    """Return the metres of the square that are to cover."""
    return float(network.length_m[network.required & network.of_area].sum())


def across(network: StreetNetwork) -> list[str]:
    """Return the ends of the lines across, as letters."""
    lines = [s for s in network.segment_id.tolist() if s.startswith("area/")]
    return sorted("".join(chr(int(n)) for n in s.partition(":")[2].split("-")) for s in lines)


def test_two_junctions_half_of_the_outline_between_them_is_covered() -> None:
    network = load(Drawing(SPOTS, [(OUTLINE, SQUARE), ("hH", HOME), ("eE", SIDE)]))
    # From H to E by A there are 100 m, by D, C and B 300 m.
    assert covered(network) == pytest.approx(100, rel=1e-3)
    assert kept(network, "area_outline") == pytest.approx(300, rel=1e-3)
    assert across(network) == ["EH"]
    line = segment_named(network, "area/1:69-72")
    assert network.length_m[line] == pytest.approx(np.hypot(50, 50), rel=1e-3)
    assert (network.why[line], network.highway[line]) == ("area_across", "pedestrian")
    assert network.foot[line]
    assert len(set(network.foot_component)) == 1


def segment_named(network: StreetNetwork, segment_id: str) -> int:
    """Return the place of a segment."""
    (found,) = np.flatnonzero(network.segment_id == segment_id)
    return int(found)


def test_two_parts_of_one_length_the_one_with_the_lower_id_is_covered() -> None:
    network = load(Drawing(SPOTS, [(OUTLINE, SQUARE), ("hH", HOME), ("fF", SIDE)]))
    # By A, E and B, as by C, G and D, there are 200 m: A has the lowest id.
    needed = network.required & network.of_area
    assert network.length_m[needed].tolist() == pytest.approx([200], rel=1e-3)
    assert np.isclose(network.geometry[needed][0].bounds[1], network.node_xy[:, 1].min(), atol=1)


def test_one_junction_the_way_to_the_point_opposite_is_covered() -> None:
    network = load(Drawing(SPOTS, [(OUTLINE, SQUARE), ("hH", HOME)]))
    assert covered(network) == pytest.approx(200, rel=1e-3)
    assert chr(network.node_id[network.v[network.of_area & network.required]][0]) in "FH"
    assert across(network) == []
    assert len(set(network.foot_component)) == 1


def test_three_junctions_the_two_farthest_apart_count_and_all_are_joined_across() -> None:
    ways = [(OUTLINE, SQUARE), ("hH", HOME), ("eE", SIDE), ("fF", SIDE)]
    network = load(Drawing(SPOTS, ways))
    assert covered(network) == pytest.approx(200, rel=1e-3)
    assert across(network) == ["EF", "EH", "FH"]


def test_more_than_twelve_junctions_meet_at_a_point_within() -> None:
    names = "abcdefghijklm"
    angle = np.linspace(0, 2 * np.pi, len(names), endpoint=False)
    ring = {n.upper(): (50 * np.cos(a), 50 * np.sin(a)) for n, a in zip(names, angle, strict=True)}
    out = {n: (90 * np.cos(a), 90 * np.sin(a)) for n, a in zip(names, angle, strict=True)}
    ways = [(f"{names.upper()}A", SQUARE), *((n + n.upper(), HOME | {"name": n}) for n in names)]
    network = load(Drawing(ring | out, ways))
    lines = np.flatnonzero(network.why == "area_across")
    assert len(lines) == 13
    (inner,) = {network.node_id[network.v[line]] for line in lines}
    assert inner > 1 << 49
    assert network.segment_id[lines[0]] == f"area/1:65-{inner}"
    twelve = load(Drawing(ring | out, ways[:-1]))
    # Of 66 pairs, the 11 of neighbours on the outline are joined by it.
    assert (twelve.why == "area_across").sum() == 55


def test_nothing_of_a_square_is_covered_where_a_street_runs_through_it() -> None:
    network = load(Drawing(SPOTS, [(OUTLINE, SQUARE), ("hHFf", HOME)]))
    assert covered(network) == 0.0
    assert network.required_km == pytest.approx(0.26, rel=1e-3)
    assert kept(network, "area_line") == pytest.approx(400, rel=1e-3)
    assert across(network) == []


def test_a_side_street_does_not_stand_for_a_long_square_that_it_crosses() -> None:
    spots = {"A": (0, 0), "B": (300, 0), "C": (300, 20), "D": (0, 20)}
    spots |= {"E": (0, 10), "F": (300, 10), "e": (-50, 10), "f": (350, 10)}
    spots |= {"M": (150, 0), "N": (150, 20), "m": (150, -50), "n": (150, 70)}
    ways = [("AMBFCNDEA", SQUARE), ("eE", HOME), ("Ff", SIDE), ("mMNn", SIDE)]
    network = load(Drawing(spots, ways))
    assert covered(network) == pytest.approx(320, rel=1e-3)


def test_outline_along_a_street_is_the_street() -> None:
    network = load(Drawing(SPOTS, [(OUTLINE, SQUARE), ("hHDGg", HOME)]))
    # The street from H by D to G is a quarter of the outline, and the shorter part.
    assert covered(network) == 0.0
    assert network.required_km == pytest.approx(0.26, rel=1e-3)
    assert kept(network, "area_outline") == pytest.approx(300, rel=1e-3)


def test_closed_way_that_is_no_area_is_a_street() -> None:
    street = {"highway": "pedestrian", "name": "Ring"}
    network = load(Drawing(SPOTS, [(OUTLINE, street), ("hH", HOME)]))
    assert network.required_km == pytest.approx(0.48, rel=1e-3)
    assert not network.of_area.any()


def test_settings_without_areas_take_their_outlines_for_streets(defaults: PatrolSettings) -> None:
    lines = replace(defaults, streets=replace(defaults.streets, areas=()))
    drawing = Drawing(SPOTS, [(OUTLINE, SQUARE), ("hH", HOME)])
    assert load(drawing, settings=lines).required_km == pytest.approx(0.48, rel=1e-3)


@pytest.mark.parametrize(
    ("tags", "why"),
    [
        ({"highway": "service", "amenity": "parking"}, "parking"),
        ({"highway": "service"}, "service"),
        ({"highway": "footway"}, "unnamed_path"),
        ({"highway": "pedestrian", "indoor": "yes"}, "indoor"),
        ({"highway": "residential", "name": "End"}, "turning_area"),
        ({"highway": "living_street"}, "turning_area"),
    ],
)
def test_parking_turning_and_indoor_areas_are_walked_and_not_covered(
    tags: Mapping[str, str], why: str
) -> None:
    network = load(Drawing(SPOTS, [(OUTLINE, tags | {"area": "yes"}), ("hH", HOME), ("Ff", WALK)]))
    assert covered(network) == 0.0
    assert kept(network, why) == pytest.approx(400, rel=1e-3)
    assert len(set(network.foot_component)) == 1
    assert across(network) == ["FH"]


def test_a_carriageway_drawn_as_an_area_between_two_streets_is_covered() -> None:
    tags = {"highway": "residential", "area": "yes"}
    network = load(Drawing(SPOTS, [(OUTLINE, tags), ("hH", HOME), ("Ff", SIDE)]))
    assert covered(network) == pytest.approx(200, rel=1e-3)


def test_closed_area_is_left_out_and_counted() -> None:
    network = load(Drawing(SPOTS, [(OUTLINE, SQUARE | {"access": "private"}), ("hH", HOME)]))
    assert not network.of_area.any()
    assert [(d.why, round(d.km, 2)) for d in network.dropped] == [("private", 0.4)]


def test_bicycles_cross_a_square_as_its_tags_say() -> None:
    for tags, use in (({"bicycle": "yes", "oneway": "yes"}, RIDE), ({}, PUSH)):
        network = load(Drawing(SPOTS, [(OUTLINE, SQUARE | tags), ("hH", HOME), ("eE", SIDE)]))
        own = network.of_area
        assert (network.bike_forward[own] == use).all()
        assert (network.bike_backward[own] == use).all()
        assert (network.oneway[own] == 0).all()


def test_sidewalk_rule_leaves_squares_alone() -> None:
    spots = SPOTS | {"P": (-150, -8), "Q": (250, -8)}
    named = {"highway": "footway", "area": "yes", "name": "Quay"}
    ways = [(OUTLINE, named), ("PeQ", HOME), ("eE", SIDE), ("eA", WALK)]
    network = load(Drawing(spots | {"e": (50, -8)}, ways))
    # Its edge from A to E runs 8 m beside the street: the part from A to E is still to cover.
    assert covered(network) == pytest.approx(50, rel=1e-3)


def test_street_that_ends_within_a_square_is_joined_to_the_others() -> None:
    spots = SPOTS | {"M": (60.0, 50.0)}
    ways = [(OUTLINE, SQUARE), ("hH", HOME), ("fM", WALK)]
    network = load(Drawing(spots, ways))
    assert across(network) == ["HM"]
    assert len(set(network.foot_component)) == 1
    tunnel = load(Drawing(spots, [*ways[:2], ("fM", WALK | {"tunnel": "yes"})]))
    assert across(tunnel) == []


def test_line_that_would_leave_the_square_is_not_drawn() -> None:
    # An L: from F on its foot to G on its head, the straight line runs outside.
    spots = {"A": (0, 0), "B": (100, 0), "F": (100, 10), "C": (100, 20), "M": (20, 20)}
    spots |= {"G": (20, 90), "D": (20, 100), "E": (0, 100), "f": (150, 10), "g": (60, 90)}
    network = load(Drawing(spots, [("ABFCMGDEA", SQUARE), ("fF", HOME), ("gG", SIDE)]))
    assert across(network) == []
    assert len(set(network.foot_component)) == 1
    assert covered(network) == pytest.approx(160, rel=1e-3)


def relation_of(
    ending: str, *rings: str, ways: list, spots: dict, roles: str = ""
) -> StreetNetwork:
    """Load streets around a square whose rings are ways without tags, members of a relation."""
    first = len(ways) + 1
    members = [
        (first + place, {"i": "inner", "o": "outer", "-": ""}[role])
        for place, role in enumerate(roles or "o" * len(rings))
    ]
    drawing = Drawing(
        spots, [*ways, *((ring, {}) for ring in rings)], relations=[(members, OF_RELATION)]
    )
    return load(drawing, ending=ending)


@pytest.mark.parametrize("ending", ENDINGS)
def test_square_drawn_as_a_relation_is_that_of_a_closed_way(ending: str) -> None:
    streets = [("hH", HOME), ("eE", SIDE)]
    way = load(Drawing(SPOTS, [*streets, (OUTLINE, SQUARE)]), ending=ending)
    for rings, roles in (
        ((OUTLINE,), "o"),
        (("AEBFC", "AHDGC"), "oo"),
        (("AEB", "FCGDHA", "BF"), "--o"),
    ):
        found = relation_of(ending, *rings, ways=streets, spots=SPOTS, roles=roles)
        assert found.required_km == pytest.approx(way.required_km, rel=1e-9)
        assert ends_and_duty(found) == ends_and_duty(way)
        assert f"area/{FIRST_RELATION}:69-72" in found.segment_id


def ends_and_duty(network: StreetNetwork) -> list[tuple]:
    """Return all that a segment is but for its id and direction."""
    u, v = network.node_id[network.u], network.node_id[network.v]
    columns = (np.minimum(u, v), np.maximum(u, v), network.highway, network.name, network.required,
               network.why, network.foot, np.round(network.length_m, 6))  # fmt: skip
    return sorted(zip(*(column.tolist() for column in columns), strict=True))


@pytest.mark.parametrize("ending", ENDINGS)
def test_relation_with_a_hole_is_walked_around_it_and_joins_what_ends_there(ending: str) -> None:
    spots = SPOTS | {"P": (40, 40), "Q": (60, 40), "R": (60, 60), "S": (40, 60), "M": (50, 50)}
    streets = [("hH", HOME), ("eE", SIDE), ("MQ", WALK)]
    found = relation_of(ending, OUTLINE, "PQRSP", ways=streets, spots=spots, roles="oi")
    assert covered(found) == pytest.approx(100, rel=1e-3)
    assert kept(found, "area_outline") == pytest.approx(300, rel=1e-3)
    assert len(set(found.foot_component)) == 1
    # From H to Q, a third of the straight line would lie in the hole.
    assert across(found) == ["EH", "EQ"]


@pytest.mark.parametrize("ending", ENDINGS)
def test_relation_of_two_squares_joins_and_covers_each(ending: str) -> None:
    far = {
        "a": (180, 0),
        "b": (280, 0),
        "c": (280, 100),
        "d": (180, 100),
        "p": (330, 50),
        "q": (280, 50),
    }
    spots = SPOTS | far | {"f": (180, 50)}
    streets = [("hH", HOME), ("Ff", SIDE), ("qp", HOME | {"name": "Last Street"})]
    found = relation_of(ending, OUTLINE, "abqcdfa", ways=streets, spots=spots)
    assert len(set(found.foot_component)) == 1
    assert covered(found) == pytest.approx(400, rel=1e-3)
    assert across(found) == ["FH", "fq"]


def test_adjoining_squares_are_joined_and_their_common_edge_counts_once() -> None:
    spots = SPOTS | {"P": (200, 0), "Q": (200, 100)}
    other = {**SQUARE, "name": "Other Square"}
    network = load(Drawing(spots, [(OUTLINE, SQUARE), ("BPQCFB", other), ("hH", HOME)]))
    assert len(set(network.foot_component)) == 1
    around = network.of_area & (network.why != "area_across")
    assert network.length_m[around].sum() == pytest.approx(700, rel=1e-3)


@settings(max_examples=30)
@given(
    st.lists(st.floats(20, 90), min_size=5, max_size=9),
    st.sets(st.integers(0, 8), max_size=9),
    st.sampled_from(("way", "relation")),
    st.integers(0, 359),
)
def test_a_square_of_any_shape_joins_what_meets_it_and_asks_for_half_its_outline_at_most(
    radii: list[float], met: set[int], drawn: str, turn: int
) -> None:
    angle = np.radians(turn) + np.linspace(0, 2 * np.pi, len(radii), endpoint=False)
    corner = {
        chr(65 + k): (r * np.cos(a), r * np.sin(a))
        for k, (r, a) in enumerate(zip(radii, angle, strict=True))
    }
    met = {k for k in met if k < len(radii)}
    out = {chr(97 + k): (150 * np.cos(angle[k]), 150 * np.sin(angle[k])) for k in met}
    grid = {"Y": (300.0, 0.0), "Z": (400.0, 0.0)}
    streets = [
        ("YZ", HOME),
        *((chr(97 + k) + chr(65 + k), SIDE | {"name": str(k)}) for k in sorted(met)),
    ]
    outline = "".join(corner) + "A"
    spots = {**corner, **out, **grid}
    without = load(Drawing(spots, streets))
    if drawn == "relation":
        network = relation_of(".json", outline, ways=streets, spots=spots)
    else:
        network = load(Drawing(spots, [*streets, (outline, SQUARE)]))
    around = network.length_m[network.of_area & (network.why != "area_across")].sum()
    assert covered(network) <= around / 2 + 0.1
    assert (covered(network) > 0) == bool(met)
    assert not met or len(set(network.foot_component)) == 2
    assert set(without.segment_id) <= set(network.segment_id)
    assert len(set(network.foot_component)) <= len(set(without.foot_component)) + (not met)


@pytest.mark.parametrize(
    ("case", "km", "whys"),
    [
        ("a", 5.207, {"area_line"}),
        ("b", 5.227, {"area_outline"}),
        ("c", 4.906, {"service"}),
        ("d", 5.006, {"turning_area"}),
    ],
)
def test_street_drawn_as_a_line_and_as_an_area_counts_once(
    shared_cases: Path, case: str, km: float, whys: set[str]
) -> None:
    network = load_network(shared_cases / "35_street_as_area_and_line" / f"{case}.osm")
    assert network.required_km == pytest.approx(km, abs=0.001)
    assert {dropped.why for dropped in network.dropped} == whys


def test_square_of_a_relation_joins_its_streets_as_that_of_a_way(shared_cases: Path) -> None:
    both = [
        load_network(shared_cases / "08_plaza_multipolygon" / f"{name}.osm")
        for name in ("way", "relation")
    ]
    assert ends_and_duty(both[0]) == ends_and_duty(both[1])
    for network in both:
        assert len(set(network.foot_component)) == 1
        assert network.required_km == pytest.approx(0.701, abs=0.001)
