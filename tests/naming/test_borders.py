"""Borders in words: what a resident would say a beat ends at."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from cutting import held
from drawing import Street, bare, draw, load
from hypothesis import given, settings
from hypothesis import strategies as st

from reso_geo import CutRequest, PlanRequest, make_plan
from reso_geo.naming import BeatSurroundings, Bound, describe_beats
from reso_geo.network import Barriers, Basemap
from reso_geo.osm import LandArea

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reso_geo import StreetNetwork
    from reso_geo.partition import Partition
    from reso_geo.settings import PatrolSettings

#  Streets a to e run east, 150 m apart from the north; avenues v to z run north, from the west.
#  Beat 0 holds the four blocks inside b, d, w and y, and ends 30 m beyond these streets.
EAST = ("rue A", "rue B", "rue C", "rue D", "rue E")
NORTH = ("avenue V", "boulevard W", "avenue X", "chemin Y", "avenue Z")
BLOCK_M, DEPTH_M = 150.0, 30.0
FIRST, LAST = BLOCK_M - DEPTH_M, 3 * BLOCK_M + DEPTH_M
INNER = shapely.box(FIRST, -LAST, LAST, -FIRST)


def streets(
    drawn: Sequence[tuple[str, shapely.LineString]], highway: str = "residential"
) -> StreetNetwork:
    """Return streets by name, as they are drawn in metres."""
    network = bare([Street(k, k + 1, line.length) for k, (_, line) in enumerate(drawn)])
    return replace(
        network,
        name=np.array([name for name, _ in drawn], dtype=object),
        highway=np.full(len(drawn), highway, dtype=object),
        geometry=np.array([line for _, line in drawn], dtype=object),
    )


def line(*ends: tuple[float, float]) -> shapely.LineString:
    return shapely.LineString(ends)


def town(turn_deg: float = 0.0) -> tuple[StreetNetwork, Partition]:
    """Return five streets by five avenues, turned clockwise, a beat in the middle, one around."""
    drawn, inner = [], []
    for row, (street, avenue) in enumerate(zip(EAST, NORTH, strict=True)):
        for column in range(4):
            start, end, at = column * BLOCK_M, (column + 1) * BLOCK_M, row * BLOCK_M
            drawn += [(street, line((start, -at), (end, -at)))]
            drawn += [(avenue, line((at, -start), (at, -end)))]
            inner += [1 <= row <= 3 and 1 <= column <= 2] * 2
    turned = [(name, turned_by(each, turn_deg)) for name, each in drawn]
    return streets(turned), held([0 if each else 1 for each in inner])


def turned_by(shape: shapely.Geometry, turn_deg: float) -> shapely.Geometry:
    return shapely.affinity.rotate(shape, -turn_deg, origin=(0.0, 0.0))


def around(
    town: tuple[StreetNetwork, Partition], margin_m: float = 25.0, turn_deg: float = 0.0
) -> tuple[BeatSurroundings, ...]:
    """Describe both beats of a city that ends 25 m beyond its streets, more in the west."""
    box = shapely.box(-margin_m, -4 * BLOCK_M - 25.0, 4 * BLOCK_M + 25.0, 25.0)
    city, inner = (multi(turned_by(each, turn_deg)) for each in (box, INNER))
    return describe_beats(*town, (inner, multi(shapely.difference(city, inner))), (city,))


def multi(shape: shapely.Geometry) -> shapely.MultiPolygon:
    return shapely.MultiPolygon(list(shapely.get_parts(shape)))


def beside(
    network: StreetNetwork, polygon: shapely.Geometry, extent: Sequence[shapely.MultiPolygon] = ()
) -> BeatSurroundings:
    """Describe the only beat of no city that is known."""
    beats = held([0] * len(network))
    (found,) = describe_beats(network, beats, (multi(polygon),), (), extent)
    return found


def test_a_beat_is_described_by_the_street_along_each_side() -> None:
    inside, _ = around(town())
    assert inside.say("fr") == (
        "Bordé par la rue B au nord, le chemin Y à l'est, la rue D au sud, le boulevard W à"
        " l'ouest. À l'intérieur\u00a0: avenue X, rue C."
    )
    assert inside.say("en") == (
        "Bounded by rue B to the north, chemin Y to the east, rue D to the south, boulevard W to"
        " the west. Inside: avenue X, rue C."
    )
    assert inside.named == pytest.approx(1.0)


def test_a_beat_on_a_grid_aslant_has_sides_aslant() -> None:
    inside, _ = around(town(45.0), turn_deg=45.0)
    # Turned clockwise by an eighth, the northern street lies to the north-east.
    assert inside.say("en").startswith(
        "Bounded by rue B to the north-east, chemin Y to the south-east, rue D to the south-west,"
        " boulevard W to the north-west."
    )


def test_a_side_has_several_names_clockwise_and_the_city_limit_where_no_street_is() -> None:
    # The western line is 600 m away: nearly half of the north and the south is the limit alone.
    _, outer = around(town(), margin_m=600.0)
    assert outer.say("fr").startswith(
        "Bordé par la limite de la ville et la rue A au nord, l'avenue Z à l'est, la rue E et la"
        " limite de la ville au sud, la limite de la ville à l'ouest."
    )
    assert outer.say("en").startswith(
        "Bounded by the city limit and rue A to the north, avenue Z to the east, rue E and the"
        " city limit to the south, the city limit to the west."
    )
    assert outer.named == pytest.approx(1.0)


def test_a_street_along_the_city_limit_says_more_than_the_limit() -> None:
    _, outer = around(town())
    assert outer.say("en").startswith(
        "Bounded by rue A to the north, avenue Z to the east, rue E to the south, avenue V to"
        " the west."
    )


def test_what_bounds_several_sides_alone_is_said_once_for_them() -> None:
    road = [("rue A", line((0, 0), (450, 0))), ("rue A", line((450, 0), (900, 0)))]
    city = multi(shapely.box(0, -900, 900, 30))
    halves = [multi(shapely.box(x, -900, x + 450, 30)) for x in (0, 450)]
    west, east = describe_beats(streets(road), held([0, 1]), halves, (city,))
    assert (
        west.say("en")
        == "Bounded by rue A to the north, the city limit to the south and to the west."
    )
    assert east.say("fr") == "Bordé par la rue A au nord, la limite de la ville à l'est et au sud."
    # The line between them, 930 m of 2,760, has no name.
    assert west.named == east.named == pytest.approx(1830.0 / 2760.0)


def test_a_side_along_which_nothing_has_a_name_is_left_out_and_lacks_in_the_share() -> None:
    network, beats = town()
    network = replace(network, name=np.where(network.name == "rue B", "", network.name))
    inside, _ = around((network, beats))
    # Three sides of four, 360 m each; the next street to the north is 120 m away.
    assert inside.named == pytest.approx(0.75)
    assert inside.say("en").startswith("Bounded by chemin Y to the east, rue D to the south,")
    assert "north" not in inside.say("en")


def test_a_street_without_a_name_goes_by_its_number() -> None:
    network, beats = town()
    unnamed = network.name == "rue B"
    network = replace(
        network,
        name=np.where(unnamed, "", network.name),
        ref=np.where(unnamed, "132", network.ref),
    )
    inside, _ = around((network, beats))
    assert inside.say("fr").startswith("Bordé par la route 132 au nord, le chemin Y à l'est,")
    assert inside.say("en").startswith("Bounded by route 132 to the north, chemin Y to the east,")
    assert inside.named == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("turn_deg", "share"),
    [(0.0, 0.5), (24.0, 0.5), (26.0, 0.0), (-24.0, 0.5), (-26.0, 0.0), (90.0, 0.5)],
)
def test_an_outline_runs_along_a_street_from_which_it_is_turned_by_25_degrees_at_most(
    turn_deg: float, share: float
) -> None:
    # A square of 30 m on the street: two of its sides run along it, or none.
    square = shapely.affinity.rotate(shapely.box(985, -5, 1015, 25), turn_deg)
    found = beside(streets([("rue Longue", line((0, 0), (2000, 0)))]), square)
    assert found.named == pytest.approx(share)


@pytest.mark.parametrize(
    ("kind", "away_m", "share"),
    [("street", 39.0, 0.25), ("street", 55.0, 0.0), ("railway", 55.0, 0.25), ("river", 75.0, 0.0)],
)
def test_a_barrier_bounds_from_farther_away_than_a_street(
    kind: str, away_m: float, share: float
) -> None:
    drawn = line((-100, 300 + away_m), (400, 300 + away_m))
    far = line((-5000, -5000), (-4000, -5000))
    network = streets([("rue Haute", drawn if kind == "street" else far)])
    if kind != "street":
        network = replace(network, barriers=Barriers((kind,), ("",), (drawn,)))
    found = beside(network, shapely.box(0, 0, 300, 300))
    assert found.named == pytest.approx(share)
    told = Bound("street", "rue Haute") if kind == "street" else Bound(kind)
    assert found.sides == ((((told,), ("north",)),) if share else ())


def test_at_most_eight_names_are_told_those_that_cover_most() -> None:
    # Along the north, with gaps of 90 m: eight streets of 150 m, and two of 60 m at the fourth
    # and the last place. The outline runs 32 m from them, so that steps (of 15 m) up to 36 m
    # before and behind each run along it: 210 m for a long one, 120 m for a short one.
    drawn, x = [], 0.0
    for number in range(10):
        length_m = 60.0 if number in (3, 9) else 150.0
        drawn.append((f"rue {number}", line((x, 32.0), (x + length_m, 32.0))))
        x += length_m + 90.0
    strip = shapely.box(-45.0, -300.0, x - 90.0 + 45.0, 0.0)
    found = beside(streets(drawn), strip)
    (((*told,), sides),) = found.sides
    assert sides == ("north",)
    assert [bound.name for bound in told] == [f"rue {n}" for n in (0, 1, 2, 4, 5, 6, 7, 8)]
    assert found.named == pytest.approx(8 * 210.0 / strip.length)


def test_a_name_that_adds_little_to_enough_is_not_told() -> None:
    long, short = line((0, 30), (970, 30)), line((985, 30), (1000, 30))
    found = beside(
        streets([("rue Longue", long), ("rue Brève", short)]), shapely.box(0, -500, 1000, 0)
    )
    assert found.say("en").startswith("Bounded by rue Longue to the north.")


def test_a_name_is_said_on_a_further_side_where_it_is_long_there() -> None:
    # The drive runs along the north and turns down the east, over 100 m or all of it.
    box = shapely.box(0, 0, 400, 400)
    for down_m, said in ((40.0, "to the north."), (400.0, "to the north and to the east.")):
        drive = line((0, 430), (430, 430), (430, 430 - 30 - down_m))
        found = beside(streets([("rue Coudée", drive)]), box)
        assert found.say("en") == f"Bounded by rue Coudée {said}"


def test_the_edge_of_the_streets_is_no_border_and_lacks_in_no_share() -> None:
    network = streets([("rue A", line((0, 30), (400, 30)))])
    box = shapely.box(0, -400, 400, 0)
    # Of 1,600 m, the 400 m in the north are named; the east and the south end the extent.
    extent = multi(shapely.box(-900, -400, 400, 900))
    assert beside(network, box).named == pytest.approx(0.25)
    assert beside(network, box, (extent,)).named == pytest.approx(0.5)
    assert "limit" not in beside(network, box, (extent,)).say("en")


def test_waters_parks_and_motorways_bound_a_beat_under_their_names() -> None:
    box = shapely.box(0, 0, 400, 400)
    names = ("Neckar", "", "A 5", "")
    drawn = (
        line((-50, 450), (450, 450)), line((450, 450), (600, 450)),
        line((450, 450), (450, -50)), line((450, -50), (450, -90)),
    )  # fmt: skip
    barriers = Barriers(("river", "river", "motorway", "motorway"), names, drawn)
    land = (
        LandArea("park", "Stadtgarten", multi(shapely.box(0, -300, 400, -10))),
        LandArea("water", "", multi(shapely.box(-300, 0, -10, 400))),
    )
    far = streets([("", line((-5000, -5000), (-4000, -5000)))])
    found = beside(replace(far, barriers=barriers, basemap=Basemap(land)), box)
    assert found.say("fr") == (
        "Bordé par la rivière Neckar au nord, l'autoroute A 5 à l'est, le parc Stadtgarten au sud,"
        " l'eau à l'ouest."
    )
    assert found.say("en") == (
        "Bounded by the river Neckar to the north, motorway A 5 to the east, the park Stadtgarten"
        " to the south, the water to the west."
    )
    assert found.named == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("bound", "french", "english"),
    [
        (
            Bound("street", "Boulevard Taschereau"),
            "le boulevard Taschereau",
            "Boulevard Taschereau",
        ),
        (Bound("street", "Autoroute 30"), "l'autoroute 30", "Autoroute 30"),
        (Bound("street", "L 600a"), "la route L 600a", "route L 600a"),
        (Bound("motorway", "30"), "l'autoroute 30", "motorway 30"),
        (Bound("motorway"), "l'autoroute", "the motorway"),
        (Bound("railway"), "la voie ferrée", "the railway"),
        (Bound("river"), "la rivière", "the river"),
        (Bound("river", "Fleuve Saint-Laurent"), "le fleuve Saint-Laurent", "Fleuve Saint-Laurent"),
        (Bound("park", "Parc Maisonneuve"), "le parc Maisonneuve", "Parc Maisonneuve"),
        (Bound("city_line"), "la limite de la ville", "the city limit"),
    ],
)
def test_what_a_beat_ends_at_is_said_in_both_languages(
    bound: Bound, french: str, english: str
) -> None:
    assert (bound.say("fr"), bound.say("en")) == (french, english)


def test_a_railway_with_a_number_and_a_remark_for_a_name_have_none() -> None:
    rail, road = line((-50, 440), (450, 440)), line((-50, -30), (450, -30))
    network = replace(
        streets([("fixme", road)]), barriers=Barriers(("railway",), ("4000;4002",), (rail,))
    )
    found = beside(network, shapely.box(0, 0, 400, 400))
    assert found.say("fr") == "Bordé par la voie ferrée au nord."


def test_the_only_beat_of_a_city_is_the_whole_city() -> None:
    network, _ = town()
    city = multi(shapely.box(-25, -625, 625, 25))
    (all_of_it,) = describe_beats(network, held([0] * len(network)), (city,), (city,))
    assert all_of_it.say("en").startswith("The whole city. Inside: ")
    assert all_of_it.named == 1.0


def test_a_beat_about_which_nothing_is_known_is_not_described() -> None:
    network, partition = town()
    unnamed = replace(network, name=np.full(len(network), "", dtype=object))
    nothing = [shapely.MultiPolygon()] * 2
    found = describe_beats(unnamed, partition, nothing)
    assert [(where.say("fr"), where.named) for where in found] == [("", None)] * 2


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.sampled_from(["rue K", "Rue L", "fixme", "", "12", "M"]), min_size=40, max_size=40),
    st.randoms(use_true_random=False),
    st.sampled_from([0.0, 17.0, 45.0, 200.0]),
)
def test_words_depend_on_no_order_of_streets_and_name_at_most_eight(
    names: list[str], mixed: object, turn_deg: float
) -> None:
    network, partition = town(turn_deg)
    network = replace(network, name=np.array(names, dtype=object))
    found = around((network, partition), turn_deg=turn_deg)
    order = np.arange(len(network))
    mixed.shuffle(order)  # type: ignore[attr-defined]
    shuffled = replace(
        network,
        name=network.name[order],
        geometry=network.geometry[order],
        length_m=network.length_m[order],
    )
    again = around(
        (shuffled, replace(partition, beat_of=partition.beat_of[order])), turn_deg=turn_deg
    )
    for one, other in zip(found, again, strict=True):
        assert one.sides == other.sides
        assert one.named == other.named
        told = {bound for bounds, _ in one.sides for bound in bounds}
        assert len(told) <= 8
        assert 0.0 <= (one.named or 0.0) <= 1.0 + 1e-12
        assert {bound.name for bound in told} <= {"rue K", "Rue L", "12", "M", ""}


def test_a_plan_on_the_extent_of_its_streets_speaks_of_no_city_limit(
    defaults: PatrolSettings,
) -> None:
    grid = "A---B---C---D\n|   |   |   |\nE---F---G---H"
    network = load(draw(grid, {"ABCD": {"highway": "residential", "name": "rue A"}}))
    plan = make_plan(network, settings=defaults, request=PlanRequest(CutRequest(2), supervisors=1))
    assert not any("limit" in beat.description_en for beat in plan.beats)
    assert all(beat.border_named is not None for beat in plan.beats)
    assert [beat.district for beat in plan.beats] == ["D1", "D1"]
    (district,) = plan.districts
    assert district.beats == plan.partition.beat_id
    assert district.load_s == pytest.approx(sum(beat.load_s for beat in plan.beats))
