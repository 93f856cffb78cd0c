"""Which lines are barriers, and how many lanes make a street wide."""

from __future__ import annotations

import pytest
from drawing import draw, load

from reso_geo.osm.barrier_tags import line_kind

STREET = {"highway": "residential", "name": "Main"}

# Which lines are barriers


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("railway", "railway=rail"),
        ("railway", "railway=light_rail bridge=yes"),
        ("railway", "railway=subway tunnel=no"),
        ("railway", "railway=narrow_gauge usage=branch"),
        ("river", "waterway=river"),
        ("river", "waterway=canal"),
        ("motorway", "highway=motorway"),
        ("motorway", "highway=motorway_link"),
        ("motorway", "highway=trunk foot=no"),
        ("motorway", "highway=trunk"),
        ("motorway", "highway=primary motorroad=yes"),
        ("", "railway=rail tunnel=yes"),
        ("", "railway=rail service=yard"),
        ("", "railway=rail service=siding"),
        ("", "railway=tram"),
        ("", "railway=abandoned"),
        ("", "railway=disused disused:railway=rail"),
        ("", "railway=platform"),
        ("", "waterway=stream"),
        ("", "waterway=river tunnel=culvert"),
        ("", "waterway=riverbank"),
        ("", "highway=motorway tunnel=yes"),
        ("", "highway=primary"),
        ("", "highway=residential railway=rail"),
        ("", "highway=construction construction=motorway"),
        ("", "building=yes"),
    ],
)
def test_what_cuts_a_place_is_told_by_its_tags(kind: str, text: str) -> None:
    assert line_kind(dict(pair.split("=") for pair in text.split())) == kind


def test_trunk_road_with_a_sidewalk_is_a_street_and_no_barrier() -> None:
    text = """
    A--B--C
       |
       D
    """
    trunk = {"highway": "trunk", "sidewalk": "both"}
    assert len(load(draw(text, {"ABC": trunk})).barriers) == 0
    assert load(draw(text, {"ABC": {"highway": "trunk"}})).barriers.kind == ("motorway",)


@pytest.mark.parametrize("text", ["", "six", "3;4", "-6", "6.5"])
def test_lanes_that_cannot_be_read_are_not_known(text: str) -> None:
    network = load(draw("A--B", {"AB": {**STREET, "lanes": text}}))
    assert network.lanes.tolist() == [0]
