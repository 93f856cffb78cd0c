"""What tags mean: who may use a way, in which direction, and whether patrol must pass it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from drawing import NO_WAY, PUSH, RIDE
from hypothesis import given
from hypothesis import strategies as st

from reso_geo.osm import WAY_TAGS, elevation_of, surface_of, understand
from reso_geo.settings import SURFACES

if TYPE_CHECKING:
    from reso_geo.settings import PatrolSettings


def tags_of(text: str) -> dict[str, str]:
    """Read ``residential oneway=yes``: the highway, then other tags (``~`` stands for a space)."""
    highway, *others = text.split()
    pairs = (other.split("=") for other in others)
    return {"highway": highway} | {key: value.replace("~", " ") for key, value in pairs}


@pytest.mark.parametrize(
    ("text", "walkable"),
    [
        ("residential", True),
        ("service", True),
        ("track", True),
        ("steps", True),
        ("cycleway", True),
        ("bridleway", True),
        ("motorway", False),
        ("motorway_link", False),
        ("trunk", False),
        ("trunk_link", False),
        ("trunk sidewalk=no", False),
        ("trunk sidewalk=both", True),
        ("trunk sidewalk:left=yes", True),
        ("trunk sidewalk=separate", True),
        ("trunk foot=yes", True),
        ("trunk foot=designated motorroad=yes", True),
        ("motorway foot=yes", True),
        ("primary motorroad=yes", False),
        ("construction", False),
        ("construction foot=yes", False),
        ("proposed", False),
        ("raceway", False),
        ("bus_guideway", False),
        ("residential access=no", False),
        ("residential access=private", False),
        ("residential access=destination", True),
        ("service access=psv", False),
        ("service access=psv foot=yes", True),
        ("service access=delivery", False),
        ("track access=agricultural;forestry", False),
        ("track access=agricultural;~forestry", False),
        ("track access=agricultural;destination", True),
        ("residential access=private foot=yes", True),
        ("residential access=no foot=permissive", True),
        ("residential foot=no", False),
        ("residential foot=private", False),
        ("residential access=yes foot=no", False),
        ("residential vehicle=no", True),
        ("residential motor_vehicle=private", True),
        ("tertiary foot=use_sidepath", True),
        ("tertiary foot=no sidewalk=separate", True),
        ("tertiary foot=no sidewalk:right=separate", True),
        ("tertiary foot=no sidewalk=both", False),
        ("cycleway foot=no", False),
        ("busway", False),
        ("busway foot=yes", True),
    ],
)
def test_walking_is_legal_where_the_tags_say_so(
    *,
    text: str,
    walkable: bool,
    defaults: PatrolSettings,
) -> None:
    assert understand(tags_of(text), defaults.streets).foot is walkable


@pytest.mark.parametrize(
    ("text", "forward", "backward"),
    [
        ("residential", RIDE, RIDE),
        ("cycleway", RIDE, RIDE),
        ("path", RIDE, RIDE),
        ("footway", PUSH, PUSH),
        ("footway bicycle=yes", RIDE, RIDE),
        ("pedestrian", PUSH, PUSH),
        ("pedestrian bicycle=designated", RIDE, RIDE),
        ("residential bicycle=no", PUSH, PUSH),
        ("residential bicycle=dismount", PUSH, PUSH),
        ("residential bicycle=private", PUSH, PUSH),
        ("residential bicycle=shared", RIDE, RIDE),
        ("footway bicycle=shared", PUSH, PUSH),
        ("residential bicycle=shared vehicle=no", PUSH, PUSH),
        ("residential bicycle=use_sidepath", RIDE, RIDE),
        ("residential vehicle=no", PUSH, PUSH),
        ("residential vehicle=no bicycle=yes", RIDE, RIDE),
        ("residential vehicle=private access=yes", PUSH, PUSH),
        ("track vehicle=agricultural;forestry", PUSH, PUSH),
        ("track vehicle=agricultural;destination", RIDE, RIDE),
        ("service access=bus bicycle=yes", RIDE, RIDE),
        ("residential access=no", NO_WAY, NO_WAY),
        ("residential access=no bicycle=yes", RIDE, RIDE),
        ("residential access=no foot=yes", PUSH, PUSH),
        ("residential access=no vehicle=yes foot=no", RIDE, RIDE),
        ("cycleway foot=no", RIDE, RIDE),
        ("cycleway foot=no oneway=yes", RIDE, NO_WAY),
        ("trunk", NO_WAY, NO_WAY),
        ("trunk sidewalk=both", PUSH, PUSH),
        ("trunk bicycle=yes", RIDE, RIDE),
        ("motorway bicycle=yes", NO_WAY, NO_WAY),
        ("motorway foot=yes", PUSH, PUSH),
        ("construction bicycle=yes", NO_WAY, NO_WAY),
        ("primary motorroad=yes", NO_WAY, NO_WAY),
        ("steps", NO_WAY, NO_WAY),
        ("steps bicycle=yes", NO_WAY, NO_WAY),
        ("steps ramp=yes", PUSH, PUSH),
        ("steps ramp:bicycle=yes", PUSH, PUSH),
        ("steps ramp:wheelchair=yes", NO_WAY, NO_WAY),
    ],
)
def test_bicycle_is_ridden_pushed_or_left_behind_by_class_and_access(
    text: str, forward: int, backward: int, defaults: PatrolSettings
) -> None:
    said = understand(tags_of(text), defaults.streets)
    assert (said.bike_forward, said.bike_backward) == (forward, backward)


@pytest.mark.parametrize(
    ("text", "forward", "backward", "oneway"),
    [
        ("residential oneway=yes", RIDE, PUSH, 1),
        ("residential oneway=true", RIDE, PUSH, 1),
        ("residential oneway=1", RIDE, PUSH, 1),
        ("residential oneway=-1", PUSH, RIDE, -1),
        ("residential oneway=reverse", PUSH, RIDE, -1),
        ("residential oneway=no", RIDE, RIDE, 0),
        ("residential oneway=reversible", RIDE, RIDE, 0),
        ("residential junction=roundabout", RIDE, PUSH, 1),
        ("residential junction=circular", RIDE, PUSH, 1),
        ("residential junction=roundabout oneway=no", RIDE, RIDE, 0),
        ("residential junction=roundabout oneway=-1", PUSH, RIDE, -1),
        ("residential oneway=yes oneway:bicycle=no", RIDE, RIDE, 1),
        ("residential oneway=yes oneway:bicycle=yes", RIDE, PUSH, 1),
        ("residential oneway:bicycle=yes", RIDE, PUSH, 0),
        ("residential oneway=yes oneway:bicycle=-1", PUSH, RIDE, 1),
        ("residential oneway=yes cycleway=opposite", RIDE, RIDE, 1),
        ("residential oneway=yes cycleway=opposite_lane", RIDE, RIDE, 1),
        ("residential oneway=yes cycleway:left=opposite_track", RIDE, RIDE, 1),
        ("residential oneway=yes cycleway:left=lane cycleway:left:oneway=-1", RIDE, RIDE, 1),
        ("residential oneway=yes cycleway:both=lane cycleway:both:oneway=no", RIDE, RIDE, 1),
        ("residential oneway=yes cycleway:right=lane", RIDE, PUSH, 1),
        ("residential oneway=-1 cycleway=opposite", RIDE, RIDE, -1),
        ("residential oneway=yes bicycle:backward=yes", RIDE, RIDE, 1),
        ("primary bicycle:forward=no", PUSH, RIDE, 0),
        ("unclassified vehicle:backward=agricultural", RIDE, PUSH, 0),
        ("unclassified access:backward=no", RIDE, PUSH, 0),
        ("residential bicycle=yes vehicle:backward=no", RIDE, RIDE, 0),
        ("residential bicycle=no bicycle:forward=yes", PUSH, PUSH, 0),
        ("residential oneway=yes foot=no", RIDE, NO_WAY, 1),
        ("residential oneway=yes bicycle=no", PUSH, PUSH, 1),
    ],
)
def test_bicycle_keeps_to_the_direction_of_a_one_way_or_is_pushed(
    text: str, forward: int, backward: int, oneway: int, defaults: PatrolSettings
) -> None:
    said = understand(tags_of(text), defaults.streets)
    assert (said.bike_forward, said.bike_backward, said.oneway) == (forward, backward, oneway)


@pytest.mark.parametrize(
    "text",
    [
        "residential",
        "living_street",
        "pedestrian",
        "unclassified",
        "tertiary",
        "secondary",
        "primary",
        "footway name=Promenade",
        "path name=Trail",
        "cycleway name=Route~verte",
        "residential foot=use_sidepath",
        "tertiary foot=no sidewalk=separate",
        "residential access=destination",
        "residential access=private foot=yes",
    ],
)
def test_patrol_must_pass_streets_and_named_paths(text: str, defaults: PatrolSettings) -> None:
    said = understand(tags_of(text), defaults.streets)
    assert (said.required, said.why) == (True, "")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("footway", "unnamed_path"),
        ("path", "unnamed_path"),
        ("cycleway", "unnamed_path"),
        ("footway name=", "unnamed_path"),
        ("footway footway=sidewalk", "sidewalk"),
        ("footway footway=sidewalk name=Main", "sidewalk"),
        ("footway footway=crossing", "sidewalk"),
        ("path path=sidewalk", "sidewalk"),
        ("cycleway cycleway=crossing name=Main", "sidewalk"),
        ("footway cycleway=sidewalk name=Main", "sidewalk"),
        ("track name=Main", "track"),
        ("steps name=Main", "steps"),
        ("service name=Main", "service"),
        ("service service=parking_aisle", "parking_aisle"),
        ("service service=driveway", "driveway"),
        ("residential service=driveway", "driveway"),
        ("service service=alley", "service"),
        ("service aeroway=taxiway", "airport"),
        ("residential aeroway=yes", "airport"),
        ("trunk foot=yes", "trunk"),
        ("primary_link", "link"),
        ("bridleway", "other_class"),
        ("platform name=Quai", "other_class"),
        ("cycleway foot=no name=Route~verte", "no_foot"),
        ("residential foot=no", "no_foot"),
        ("motorway", "motorway"),
        ("trunk", "motorway"),
        ("primary motorroad=yes", "motorway"),
        ("construction construction=residential", "construction"),
        ("residential access=private", "private"),
        ("residential foot=private vehicle=no", "private"),
        ("residential access=no", "no_access"),
        ("raceway", "not_a_street"),
    ],
)
def test_what_patrol_does_not_pass_has_a_reason(
    text: str, why: str, defaults: PatrolSettings
) -> None:
    said = understand(tags_of(text), defaults.streets)
    assert (said.required, said.why) == (False, why)


def test_classes_to_cover_can_be_configured(defaults: PatrolSettings) -> None:
    rules = replace(defaults.streets, required=("steps", "track"), required_if_named=("service",))
    assert understand(tags_of("steps"), rules).required
    assert understand(tags_of("track"), rules).required
    assert understand(tags_of("service name=Lane"), rules).required
    assert not understand(tags_of("service"), rules).required
    assert not understand(tags_of("residential"), rules).required
    assert not understand(tags_of("footway name=Promenade"), rules).required
    assert not understand(tags_of("track foot=no"), rules).required


WORDS = st.sampled_from(
    ["yes", "no", "private", "designated", "separate", "both", "-1", "opposite", "sidewalk",
     "driveway", "use_sidepath", "destination", "roundabout", "", "Ünïcode ☃", "a;b"]
)  # fmt: skip
KEYS = st.sampled_from(
    ["access", "foot", "bicycle", "vehicle", "oneway", "oneway:bicycle", "cycleway",
     "cycleway:left", "sidewalk", "sidewalk:both", "junction", "service", "area", "motorroad",
     "name", "footway", "aeroway", "ramp", "bicycle:forward", "vehicle:backward",
     "access:forward"]
)  # fmt: skip
CLASSES = st.sampled_from(
    ["residential", "footway", "steps", "trunk", "motorway", "construction", "track", "cycleway",
     "pedestrian", "service", "", "☃"]
)  # fmt: skip


@given(CLASSES, st.dictionaries(KEYS, WORDS))
def test_any_tags_give_rules_that_hold_together(
    defaults: PatrolSettings, highway: str, others: dict[str, str]
) -> None:
    said = understand({**others, "highway": highway}, defaults.streets)
    assert said.required == (said.why == "")
    assert said.foot or not said.required
    assert said.foot or PUSH not in (said.bike_forward, said.bike_backward)
    assert said.oneway in (-1, 0, 1)
    assert {said.bike_forward, said.bike_backward} <= {NO_WAY, RIDE, PUSH}


class Asked(dict[str, str]):
    """Tags that remember which of them were asked for."""

    def __init__(self, tags: dict[str, str]) -> None:
        super().__init__(tags)
        self.keys_asked: set[str] = set()

    def __getitem__(self, key: str) -> str:
        """Return the tag's value."""
        self.keys_asked.add(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        """Return whether the tag is there."""
        self.keys_asked.add(str(key))
        return super().__contains__(key)

    def get(self, key: str, default: str | None = None) -> str | None:
        """Return the tag's value, or another where it has none."""
        self.keys_asked.add(key)
        return super().get(key, default)


@given(CLASSES, st.dictionaries(KEYS, WORDS))
def test_no_tag_decides_that_is_not_among_those_to_keep(
    defaults: PatrolSettings, highway: str, others: dict[str, str]
) -> None:
    tags = Asked({**others, "highway": highway})
    understand(tags, defaults.streets)
    surface_of(tags)
    assert {"highway", "surface"} <= tags.keys_asked <= set(WAY_TAGS)


@pytest.mark.parametrize("text", ["pedestrian area=yes", "footway area=yes name=Place"])
def test_a_square_is_passed_along_its_edge(text: str, defaults: PatrolSettings) -> None:
    assert understand(tags_of(text), defaults.streets).required


@pytest.mark.parametrize(
    ("value", "group"),
    [
        ("asphalt", "paved"), ("concrete:lanes", "paved"), ("Paving_Stones:30", "paved"),
        ("fine_gravel", "compacted"), ("gravel", "compacted"), ("unpaved", "ground"),
        ("grass", "ground"), ("cobblestone", "slippery"), ("metal_grid", "slippery"),
        ("asphalt;gravel", "paved"), (" wood ", "slippery"), ("", "unknown"), ("lava", "unknown"),
    ],
)  # fmt: skip
def test_surface_has_one_of_five_groups(value: str, group: str) -> None:
    assert surface_of({"highway": "path", "surface": value}) == group


def test_surface_that_no_tag_tells_is_unknown() -> None:
    assert surface_of({"highway": "residential"}) == "unknown"


@given(st.text(max_size=12))
def test_any_text_of_a_surface_has_a_group(value: str) -> None:
    assert surface_of({"surface": value}) in SURFACES


@pytest.mark.parametrize(
    ("text", "metres"),
    [
        ("12", 12.0), ("12.5", 12.5), ("12,5", 12.5), ("12 m", 12.0), ("12m", 12.0),
        ("-3.25", -3.25), ("+7", 7.0), (" 101 ", 101.0), ("12,3456", 12.3456), ("0", 0.0),
    ],
)  # fmt: skip
def test_elevation_is_read_as_people_write_it(text: str, metres: float) -> None:
    assert elevation_of(text) == metres


@pytest.mark.parametrize(
    "text",
    ["", "high", "nan", "inf", "-inf", "1e3", "40 ft", "12;13", "1,234", "1.234,5", "9999", "-500",
     "12'", "١٢", "12 m m", "0x10", "99999"],
)  # fmt: skip
def test_what_is_no_height_of_the_ground_is_no_elevation(text: str) -> None:
    assert elevation_of(text) is None


@given(st.text(max_size=12))
def test_any_text_is_a_finite_elevation_or_none(text: str) -> None:
    metres = elevation_of(text)
    assert metres is None or -450 <= metres <= 9000
