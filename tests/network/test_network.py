"""Each street once: cut where streets meet, joined where nothing changes, measured on the Earth."""

from __future__ import annotations

import itertools
import json
import string
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from drawing import PUSH, RIDE, Drawing, Street, bare, degrees, draw, ends_of, load, segment
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod, Transformer

from reso_geo import StreetNetwork, load_network
from reso_geo.boundaries import Boundary
from reso_geo.errors import BoundaryError, NetworkError
from reso_geo.network import components, drop_unreachable, local_crs

if TYPE_CHECKING:
    from pathlib import Path

HOME = {"highway": "residential", "name": "Home Street"}
ONE_WAY = HOME | {"oneway": "yes"}
GEOD = Geod(ellps="WGS84")


def kilometres(drawing: Drawing) -> float:
    """Measure all ways of a drawing, point by point, as the Earth is."""
    return sum(
        GEOD.inv(*degrees(*drawing.spots[a]), *degrees(*drawing.spots[b]))[2]
        for names, _ in drawing.ways
        for a, b in itertools.pairwise(names)
    )


def projected(spot: tuple[float, float], crs: str) -> tuple[float, float]:
    """Return where a spot of a drawing lies in a network."""
    x, y = Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform(*degrees(*spot))
    return round(x, 2), round(y, 2)


def box(west_m: float, south_m: float, east_m: float, north_m: float) -> shapely.MultiPolygon:
    """Return a rectangle of a drawing, in degrees."""
    corners = [(west_m, south_m), (east_m, south_m), (east_m, north_m), (west_m, north_m)]
    return shapely.MultiPolygon([shapely.Polygon([degrees(*corner) for corner in corners])])


def cities(**shapes: shapely.MultiPolygon) -> Boundary:
    return Boundary(tuple(shapes), tuple(shapes.values()), "precise", "drawing")


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


@st.composite
def drawings(draw_from: st.DrawFn) -> Drawing:
    """Random walks over a few spots: ways that touch, cross themselves, and meet."""
    count = draw_from(st.integers(2, 9))
    names = string.ascii_uppercase[:count]
    spots = {
        name: (float(37 * (i % 3) + i), float(53 * (i // 3) - 2 * i))
        for i, name in enumerate(names)
    }
    edges = draw_from(
        st.lists(
            st.sampled_from(list(itertools.combinations(names, 2))),
            min_size=1, max_size=12, unique=True,
        )
    )  # fmt: skip
    kinds = st.sampled_from([HOME, ONE_WAY, HOME | {"name": "B"}, {"highway": "footway"}])
    ways: list[tuple[str, dict[str, str]]] = []
    for a, b in edges:
        step = draw_from(st.sampled_from([a + b, b + a]))
        if ways and ways[-1][0][-1] == step[0] and draw_from(st.booleans()):
            ways[-1] = (ways[-1][0] + step[1], ways[-1][1])
        else:
            ways.append((step, draw_from(kinds)))
    spots |= {"y": (0.0, 900.0), "z": (90.0, 900.0)}
    ways.append(("yz", {"highway": "residential", "name": "Far Street"}))
    ids = draw_from(st.permutations(range(1, len(ways) + 1)))
    return Drawing(spots, ways, tuple(ids))


@given(drawings())
def test_every_metre_of_every_way_is_in_just_one_segment(drawing: Drawing) -> None:
    network = load(drawing)
    assert network.length_m.sum() == pytest.approx(kilometres(drawing), abs=1e-6)
    steps = Counter(
        frozenset(map(tuple, np.round(step, 2)))
        for line in network.geometry
        for step in itertools.pairwise(line.coords)
    )
    assert max(steps.values()) == 1
    assert steps.total() == sum(len(names) - 1 for names, _ in drawing.ways)
    assert len(set(network.segment_id)) == len(network)


@given(drawings())
def test_every_segment_keeps_the_legal_directions_of_its_ways(drawing: Drawing) -> None:
    network = load(drawing)
    legal = {}
    for names, tags in drawing.ways:
        against = PUSH if tags.get("oneway") == "yes" or tags["highway"] == "footway" else RIDE
        along = PUSH if tags["highway"] == "footway" else RIDE
        for a, b in itertools.pairwise(names):
            legal[a, b], legal[b, a] = along, against
    at = {projected(spot, network.crs): name for name, spot in drawing.spots.items()}
    for s, line in enumerate(network.geometry):
        names = [at[tuple(np.round(xy, 2))] for xy in line.coords]
        for a, b in itertools.pairwise(names):
            assert legal[a, b] == network.bike_forward[s]
            assert legal[b, a] == network.bike_backward[s]


@given(drawings())
def test_no_needless_junction_is_left(drawing: Drawing) -> None:
    network = load(drawing)
    ends = np.bincount(np.concatenate((network.u, network.v)), minlength=len(network.node_id))
    for node in np.flatnonzero(ends == 2):
        touching = np.flatnonzero((network.u == node) | (network.v == node))
        if len(touching) == 1:
            continue
        a, b = touching
        alike = network.highway[a] == network.highway[b] and network.name[a] == network.name[b]
        head_on = (network.v[a] == node) == (network.v[b] == node)
        two_way = network.oneway[a] == network.oneway[b] == 0
        same_way = network.oneway[a] == network.oneway[b] and not head_on
        assert not (alike and (two_way or same_way))


@given(drawings(), st.randoms())
def test_order_of_ways_in_a_file_changes_no_id(
    tmp_path_factory: pytest.TempPathFactory, drawing: Drawing, random: object
) -> None:
    answer = drawing.overpass()
    random.shuffle(answer["elements"])
    path = tmp_path_factory.mktemp("shuffled") / "drawing.json"
    path.write_text(json.dumps(answer))
    one, other = load(drawing), load_network(path)
    assert one.segment_id.tolist() == other.segment_id.tolist()
    np.testing.assert_array_equal(one.length_m, other.length_m)


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


# Cities. A drawing of 10 columns of 100 m; the line between West and East stands at 500 m.

WEST, EAST = (-500, -500, 500, 500), (500, -500, 1700, 500)


def test_segment_belongs_to_the_city_with_its_longest_share() -> None:
    town = draw("A------B---C--D", step_m=100.0)
    network = load(town, cities(West=box(*WEST), East=box(*EAST)))
    names = [network.cities[network.city[segment(network, ends)]] for ends in ("AB", "BC", "CD")]
    assert names == ["West", "East", "East"]
    assert network.length_m.sum() == pytest.approx(1400, rel=1e-3)


def test_segment_shared_equally_belongs_to_the_lowest_city_name() -> None:
    town = draw("A---------B---------C", {"ABC": HOME}, step_m=50.0)
    halves = {"Zeta": box(-500, -500, 500, 500), "Alpha": box(500, -500, 1700, 500)}
    network = load(town, cities(**halves))
    assert [network.cities[c] for c in network.city] == ["Alpha"]
    swapped = load(town, cities(Zeta=halves["Alpha"], Alpha=halves["Zeta"]))
    assert [swapped.cities[c] for c in swapped.city] == ["Alpha"]


def test_segment_is_outside_when_less_than_half_of_it_is_in_the_cities_together() -> None:
    town = draw("A----B-----C-----D", step_m=100.0)
    boundary = cities(West=box(-500, -500, 300, 500), East=box(300, -500, 800, 500))
    network = load(town, boundary)
    state = {
        ends: (network.city[segment(network, ends)], network.why[segment(network, ends)])
        for ends in ("AB", "BC", "CD")
    }
    assert state == {"AB": (0, ""), "BC": (1, ""), "CD": (-1, "outside")}
    assert not network.required[segment(network, "CD")]
    assert network.foot[segment(network, "CD")]


def test_segment_split_between_two_cities_and_the_outside_is_inside() -> None:
    town = draw("A---------B", step_m=100.0)
    boundary = cities(West=box(-500, -500, 300, 500), East=box(300, -500, 590, 500))
    network = load(town, boundary)
    assert network.cities[network.city[0]] == "West"
    assert network.required[0]


def test_boundary_elsewhere_is_refused_with_both_places() -> None:
    far = cities(Far=box(500_000, 0, 501_000, 1000))
    with pytest.raises(BoundaryError, match=r"49\.40, 8\.70") as caught:
        load(draw("A--B"), far)
    assert "drawing.json" in str(caught.value)


def test_without_a_boundary_the_hull_of_the_streets_and_fifty_metres_is_the_city() -> None:
    network = load(draw("A--B--C"))
    assert network.cities == ("drawing",)
    assert (network.city == 0).all()


ISLANDS = Drawing(
    {"A": (0, 0), "B": (4000, 0), "C": (0, 100), "D": (30, 100), "E": (0, 200), "F": (900, 200),
     "G": (0, 300), "H": (20, 300)},
    [("AB", HOME), ("CD", HOME), ("EF", HOME), ("GH", {"highway": "footway"})],
)  # fmt: skip


def test_small_piece_that_foot_cannot_reach_is_dropped_and_reported() -> None:
    network = load(ISLANDS)
    whys = {ends: network.why[segment(network, ends)] for ends in ("AB", "CD", "EF", "GH")}
    assert whys == {"AB": "", "CD": "unreachable", "EF": "", "GH": "unreachable"}
    assert network.city[segment(network, "CD")] == -1
    lost = {(d.highway, d.why): d.km for d in network.dropped}
    assert lost["residential", "unreachable"] == pytest.approx(0.03, rel=1e-3)
    assert lost["footway", "unreachable"] == pytest.approx(0.02, rel=1e-3)


def test_largest_piece_is_never_dropped() -> None:
    network = load(ISLANDS)
    kept = drop_unreachable(network, 1.0)
    assert kept.required.tolist() == [ends == "AB" for ends in ("AB", "CD", "EF", "GH")]


def test_small_piece_that_foot_can_reach_from_outside_is_kept() -> None:
    town = Drawing(
        {"A": (0, 0), "B": (4000, 0), "C": (4000, 1000), "D": (0, 1000), "E": (30, 1000)},
        [("AB", HOME), ("BCD", HOME | {"name": "Way around"}), ("DE", HOME)],
    )
    boundary = cities(Town=box(-100, -100, 4100, 50), Island=box(-100, 950, 100, 1050))
    network = load(town, boundary)
    assert network.required[segment(network, "DE")]


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


def test_streets_outside_the_cities_are_in_no_tally() -> None:
    town = draw("A----B-----C-----D", {"CD": {"highway": "motorway"}}, step_m=100.0)
    network = load(town, cities(West=box(-500, -500, 550, 500)))
    assert network.dropped == ()
    assert network.required_km == pytest.approx(0.5, rel=1e-3)


def test_sample_adds_up(sample_network: StreetNetwork) -> None:
    network = sample_network
    inside = (network.city >= 0) | (network.why == "unreachable")
    travelled = sum(d.km for d in network.dropped if d.travelled)
    total_km = network.length_m[inside].sum() / 1000
    assert network.required_km + travelled == pytest.approx(total_km)
    assert (network.why[network.required] == "").all()
    assert (network.why[~network.required] != "").all()
    assert network.foot[network.required].all()
    assert (network.city[network.required] >= 0).all()


def test_real_extract_has_no_stretch_that_is_required_twice(shared_data: Path) -> None:
    network = load_network(shared_data / "networks" / "liechtenstein.osm.pbf")
    drawn = shapely.length(network.geometry)
    np.testing.assert_allclose(drawn, network.length_m, rtol=2e-3)
    steps = Counter(
        frozenset(step)
        for line in network.geometry[network.required]
        for step in itertools.pairwise(line.coords)
    )
    assert max(steps.values()) == 1


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
