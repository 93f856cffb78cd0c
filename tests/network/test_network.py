"""Each street once: cut where streets meet, joined where nothing changes, measured on the Earth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from drawing import (
    GEOD,
    HOME,
    PUSH,
    RIDE,
    Drawing,
    Street,
    bare,
    degrees,
    draw,
    ends_of,
    kilometres,
    load,
    segment,
)

from reso_geo.errors import NetworkError
from reso_geo.network import components, local_crs

if TYPE_CHECKING:
    from reso_geo import StreetNetwork


ONE_WAY = HOME | {"oneway": "yes"}


def test_way_is_cut_where_another_street_meets_it() -> None:
    network = load(
        draw(
            """
            A---B---C
                |
                D
            """,
            {"ABC": HOME},
        )
    )
    assert ends_of(network) == ["AB", "BC", "BD"]
    assert network.length_m[segment(network, "AB")] == pytest.approx(40, rel=1e-3)
    assert network.length_m[segment(network, "BD")] == pytest.approx(20, rel=1e-3)


def test_streets_that_cross_without_a_common_point_do_not_meet() -> None:
    bridge = Drawing(
        {"A": (0, 0), "B": (100, 0), "C": (50, 50), "D": (50, -50)},
        [("AB", HOME), ("CD", HOME | {"bridge": "yes"})],
    )
    network = load(bridge)
    assert ends_of(network) == ["AB", "CD"]
    assert len(set(network.foot_component)) == 2


def test_ways_are_joined_where_only_their_number_changes() -> None:
    network = load(draw("A--B--C--D", {"AB": HOME, "CB": HOME, "CD": HOME}))
    assert ends_of(network) == ["AD"]
    assert network.segment_id.tolist() == ["1:65-68"]
    assert network.length_m[0] == pytest.approx(90, rel=1e-3)
    assert network.node_id.tolist() == [65, 68]


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Other Street"},
        {"highway": "tertiary"},
        {"ref": "112"},
        {"oneway": "yes"},
        {"bicycle": "no"},
        {"foot": "no"},
        {"service": "driveway"},
    ],
)
def test_junction_stays_where_name_class_or_use_changes(change: dict[str, str]) -> None:
    network = load(draw("A--B--C", {"AB": HOME, "BC": HOME | change}))
    assert ends_of(network) == ["AB", "BC"]


def test_closed_way_makes_no_junction() -> None:
    network = load(
        draw(
            """
            A--B--C
               |
               D
            """,
            {"ABC": HOME, "BD": {"highway": "service", "access": "private"}},
        )
    )
    assert ends_of(network) == ["AC"]


def test_one_way_pieces_are_joined_in_their_direction() -> None:
    network = load(draw("A--B--C--D", {"BC": ONE_WAY, "AB": ONE_WAY, "CD": ONE_WAY}))
    assert network.segment_id.tolist() == ["1:65-68"]
    assert (network.bike_forward[0], network.bike_backward[0]) == (RIDE, PUSH)
    assert network.oneway.tolist() == [1]


def test_one_ways_that_run_against_each_other_are_not_joined() -> None:
    for pair in ({"AB": ONE_WAY, "CB": ONE_WAY}, {"BA": ONE_WAY, "BC": ONE_WAY}):
        network = load(draw("A--B--C", pair))
        assert ends_of(network) == ["AB", "BC"]
        for way, s in zip(pair, map(segment, [network] * 2, pair), strict=True):
            assert [chr(network.node_id[n[s]]) for n in (network.u, network.v)] == list(way)


def test_segment_runs_in_the_direction_of_its_lowest_way() -> None:
    town = draw("A--B--C--D", {"CB": HOME, "AB": HOME, "DC": HOME})
    network = load(town)
    assert network.segment_id.tolist() == ["1:68-65"]
    line = network.geometry[0]
    assert line.coords[0] == pytest.approx(network.node_xy[network.u[0]])
    assert line.coords[-1] == pytest.approx(network.node_xy[network.v[0]])


def test_ring_street_is_one_loop() -> None:
    network = load(
        draw(
            """
            A---B
            |   |
            D---C
            """,
            {"ABCDA": HOME},
        )
    )
    assert network.u.tolist() == network.v.tolist() == [0]
    assert network.length_m.sum() == pytest.approx(120, rel=1e-3)


def test_ring_of_several_ways_is_one_loop() -> None:
    network = load(
        draw(
            """
            A---B
            |   |
            D---C
            """,
            {"ABC": HOME, "ADC": HOME},
        )
    )
    assert len(network) == 1
    assert network.u.tolist() == network.v.tolist()
    assert network.length_m.sum() == pytest.approx(120, rel=1e-3)


def test_street_that_returns_to_itself_is_a_stem_and_a_loop() -> None:
    network = load(
        draw(
            """
            A--B---C
               |   |
               E---D
            """,
            {"ABCDEB": HOME},
        )
    )
    assert ends_of(network) == ["AB", "BB"]
    assert network.length_m[segment(network, "BB")] == pytest.approx(120, rel=1e-3)


def test_way_that_crosses_itself_is_cut_there() -> None:
    eight = Drawing(
        {"A": (0, 0), "B": (50, 50), "C": (100, 50), "D": (100, 0), "E": (50, 0), "F": (0, 50)},
        [("ABCDBF", HOME), ("EA", HOME | {"name": "Stub"})],
    )
    assert ends_of(load(eight)) == ["AB", "AE", "BB", "BF"]


def test_streets_between_the_same_junctions_stay_apart() -> None:
    network = load(
        draw(
            """
               X---Y
              /     \\
            A-------B--C
            |       |
            D-------E
            """,
            {"AXYB": HOME, "AB": HOME, "ADEB": HOME},
        )
    )
    assert ends_of(network) == ["AB", "AB", "AB", "BC"]
    assert len(set(network.segment_id)) == 4


def test_two_segments_of_one_way_between_the_same_junctions_have_two_ids() -> None:
    network = load(
        draw(
            """
            A---B--E
            |   |
            D---C
            F
            """,
            {"ABCDA": HOME | {"name": "Ring"}, "BE": HOME, "DF": HOME},
        )
    )
    assert len(set(network.segment_id)) == len(network) == 4


def test_street_drawn_twice_counts_once() -> None:
    town = draw("A--B--C--D")
    spots = town.spots
    twice = Drawing(spots, [("ABCD", HOME), ("ABCD", HOME)], way_ids=(9, 4))
    network = load(twice)
    assert network.segment_id.tolist() == ["4:65-68"]
    assert network.required_km == pytest.approx(0.09, rel=1e-3)
    back = load(Drawing(spots, [("ABCD", HOME), ("DCBA", HOME)]))
    assert back.required_km == pytest.approx(0.09, rel=1e-3)


def test_way_that_turns_back_over_itself_counts_once() -> None:
    network = load(Drawing(draw("A--B--C").spots, [("ABCBA", HOME)]))
    assert ends_of(network) == ["AC"]
    assert network.required_km == pytest.approx(0.06, rel=1e-3)
    spur = load(
        draw(
            """
            A--B--D
               |
               C
            """,
            {"ABCBD": HOME},
        )
    )
    assert ends_of(spur) == ["AB", "BC", "BD"]
    assert spur.required_km == pytest.approx(0.08, rel=1e-3)


def test_both_directions_of_a_street_drawn_as_two_one_ways_are_required_once() -> None:
    network = load(Drawing(draw("A--B--C").spots, [("ABC", ONE_WAY), ("CBA", ONE_WAY)]))
    assert network.required_km == pytest.approx(0.06, rel=1e-3)


def test_point_named_twice_in_a_row_changes_nothing() -> None:
    spots = draw("A--B--C").spots
    network = load(Drawing(spots, [("AABBCC", HOME)]))
    assert ends_of(network) == ["AC"]
    assert network.length_m[0] == pytest.approx(60, rel=1e-3)


def test_length_is_that_on_the_earth_not_on_the_map() -> None:
    network = load(draw("A-----B", {"AB": HOME}, step_m=1000.0))
    (a, b) = (degrees(0, 0), degrees(6000.0, 0))
    assert network.length_m[0] == pytest.approx(GEOD.inv(*a, *b)[2], abs=1e-6)
    assert abs(network.geometry[0].length - network.length_m[0]) > 0.5


def test_tangled_sample_has_unique_ids_and_ends_where_its_lines_end(
    sample_network: StreetNetwork,
) -> None:
    network = sample_network
    assert len(set(network.segment_id)) == len(network) > 1000
    starts = shapely.get_coordinates(shapely.get_point(network.geometry, 0))
    stops = shapely.get_coordinates(shapely.get_point(network.geometry, -1))
    np.testing.assert_allclose(starts, network.node_xy[network.u])
    np.testing.assert_allclose(stops, network.node_xy[network.v])
    drawn = shapely.length(network.geometry)
    np.testing.assert_allclose(drawn, network.length_m, rtol=2e-3)


def test_records_are_read_only(sample_network: StreetNetwork) -> None:
    with pytest.raises(ValueError, match="read-only"):
        sample_network.length_m[0] = 1.0
    with pytest.raises(ValueError, match="read-only"):
        sample_network.required[:] = False


def test_foot_component_joins_what_can_be_walked_and_nothing_else() -> None:
    network = load(
        draw(
            """
            A--B--C--D
            E--F
            """,
            {"BC": {"highway": "cycleway", "foot": "no"}},
            step_m=100.0,
        )
    )
    label = network.foot_component
    assert label[segment(network, "BC")] == -1
    assert network.bike_forward[segment(network, "BC")] == RIDE
    assert len({int(label[segment(network, ends)]) for ends in ("AB", "CD", "EF")}) == 3


def test_components_of_a_graph() -> None:
    u, v = np.array([0, 4, 2]), np.array([4, 3, 2])
    label = components(6, u, v)
    assert label[0] == label[3] == label[4]
    assert len(set(label.tolist())) == 4


def test_segment_with_an_impossible_length_cannot_be_made() -> None:
    for length_m in (0.0, -1.0, np.nan, np.inf):
        with pytest.raises(NetworkError, match="0:0-1"):
            bare([Street(0, 1, length_m)])


def test_segment_to_a_junction_that_is_not_there_cannot_be_made() -> None:
    with pytest.raises(NetworkError, match="junction"):
        bare([Street(0, 5)], nodes=2)


@pytest.mark.parametrize(
    ("lon", "lat", "crs"),
    [
        (-73.5, 45.5, "EPSG:32188"),
        (-70.0, 46.8, "EPSG:32619"),
        (8.7, 49.4, "EPSG:32632"),
        (180.0, 10.0, "EPSG:32660"),
        (-180.0, -10.0, "EPSG:32701"),
        (0.0, 0.0, "EPSG:32631"),
    ],
)
def test_place_is_drawn_in_metres_of_its_zone(lon: float, lat: float, crs: str) -> None:
    assert local_crs(lon, lat) == crs


def test_what_is_required_and_what_is_dropped_add_up_to_all_streets_inside() -> None:
    town = draw(
        """
        A---B---C---D---E
        |   |   |   |   |
        F---G---H---I---J
        """,
        {
            "AB": {"highway": "motorway"},
            "BC": {"highway": "footway"},
            "CD": {"highway": "service", "service": "driveway"},
            "DE": {"highway": "residential", "access": "private"},
            "FG": {"highway": "cycleway", "foot": "no"},
            "GH": {"highway": "construction"},
        },
        step_m=50.0,
    )
    network = load(town)
    travelled = sum(d.km for d in network.dropped if d.travelled)
    closed = sum(d.km for d in network.dropped if not d.travelled)
    assert network.required_km + travelled == pytest.approx(network.length_m.sum() / 1000)
    assert network.required_km + travelled + closed == pytest.approx(kilometres(town) / 1000)
    reasons = {(d.highway, d.why): d.travelled for d in network.dropped}
    assert reasons == {
        ("motorway", "motorway"): False,
        ("footway", "unnamed_path"): True,
        ("service", "driveway"): True,
        ("residential", "private"): False,
        ("cycleway", "no_foot"): True,
        ("construction", "construction"): False,
    }


# What must not reach a graph library.


@pytest.mark.parametrize("metres", [0.0, -1.0, np.nan, np.inf, -np.inf])
def test_length_that_is_no_positive_number_is_refused_with_its_segment(metres: float) -> None:
    with pytest.raises(NetworkError, match=r"1:1-2"):
        bare([Street(0, 1), Street(1, 2, metres), Street(2, 3)])


def test_infinite_elevation_is_refused_with_its_junction() -> None:
    with pytest.raises(NetworkError, match="junctions 1"):
        bare([Street(0, 1)], ele_m=[0.0, np.inf])


def test_segment_of_several_ways_has_the_surface_of_its_longest_part() -> None:
    street = {"highway": "residential", "name": "Rue"}
    drawing = draw(
        "A--B------C",
        {"AB": street | {"surface": "gravel"}, "BC": street | {"surface": "asphalt"}},
    )
    network = load(drawing)
    assert len(network) == 1
    assert network.surface.tolist() == ["paved"]
