"""Streets in their cities: each in one, outside or dropped."""

from __future__ import annotations

import itertools
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from drawing import HOME, Drawing, degrees, draw, load, segment

from reso_geo import StreetNetwork, load_network
from reso_geo.boundaries import Boundary
from reso_geo.errors import BoundaryError
from reso_geo.network import drop_unreachable

if TYPE_CHECKING:
    from pathlib import Path


def box(west_m: float, south_m: float, east_m: float, north_m: float) -> shapely.MultiPolygon:
    """Return a rectangle of a drawing, in degrees."""
    corners = [(west_m, south_m), (east_m, south_m), (east_m, north_m), (west_m, north_m)]
    return shapely.MultiPolygon([shapely.Polygon([degrees(*corner) for corner in corners])])


def cities(**shapes: shapely.MultiPolygon) -> Boundary:
    return Boundary(tuple(shapes), tuple(shapes.values()), "precise", "drawing")


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
