"""Names and descriptions of beats: what a resident would say."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from drawing import Street, bare, degrees, draw, load
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Transformer

from reso_geo import CutRequest, PlanRequest, make_plan
from reso_geo.choices import folded
from reso_geo.naming import bare_name, describe_beats, in_french, name_beats
from reso_geo.partition import Partition
from reso_geo.tiling import tile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reso_geo import StreetNetwork
    from reso_geo.settings import PatrolSettings

    Town = tuple[StreetNetwork, Partition, tuple[shapely.MultiPolygon]]


def held(beat_of: Sequence[int], city: Sequence[int] = ()) -> Partition:
    """Return beats that hold the given segments."""
    count = max(beat_of) + 1
    return Partition(
        beat_of=np.array(beat_of, dtype=np.int64),
        beat_id=tuple(f"X-{beat + 1:02d}" for beat in range(count)),
        city=np.array(city or [0] * count, dtype=np.int64),
        posts=np.ones(count, dtype=np.int64),
        base=np.zeros(count, dtype=np.int64),
        joined={},
    )


def named(streets: Sequence[tuple[str, float, int]]) -> tuple[StreetNetwork, Partition]:
    """Return segments in a row: the name of each, its metres, and its beat."""
    network = bare([Street(k, k + 1, metres) for k, (_, metres, _) in enumerate(streets)])
    names = np.array([name for name, _, _ in streets], dtype=object)
    return replace(network, name=names), held([beat for _, _, beat in streets])


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("rue Saint-Georges", "Saint-Georges"),
        ("Boulevard Churchill", "Churchill"),
        ("Boulevard Henri-Bourassa Est", "Henri-Bourassa"),
        ("chemin du Coteau-Rouge", "Coteau-Rouge"),
        ("rue de l'Église", "Église"),
        ("Rue de l\u2019Hôtel-de-Ville", "Hôtel-de-Ville"),
        ("Rue De Lorimier", "De Lorimier"),
        ("place d'Armes", "Armes"),
        ("rue des érables", "Érables"),
        ("Hauptstraße", "Hauptstraße"),
        ("Queensland Drive", "Queensland Drive"),
        ("Avenue A", "Avenue A"),
        ("Rue 12", "Rue 12"),
        ("35e Rue", "35e Rue"),
        ("Boulevard Est", "Boulevard Est"),
        ("Rue", "Rue"),
        ("Ruelle Verte", "Ruelle Verte"),
        ("croissant Monaco", "croissant Monaco"),
    ],
)
def test_kind_of_a_french_street_is_left_out_where_enough_stays(name: str, short: str) -> None:
    assert bare_name(name) == short


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Rue Saint-Georges", "la rue Saint-Georges"),
        ("boulevard Churchill", "le boulevard Churchill"),
        ("Avenue de Rome", "l'avenue de Rome"),
        ("Montée Saint-Hubert", "la montée Saint-Hubert"),
        ("5e Avenue", "la 5e Avenue"),
        ("Am Bahnhof", "Am Bahnhof"),
        ("Park Avenue", "Park Avenue"),
        ("Rue", "Rue"),
    ],
)
def test_french_street_has_its_article_in_a_sentence(name: str, said: str) -> None:
    assert in_french(name) == said


def test_a_beat_is_named_after_the_streets_that_are_its_own() -> None:
    # The boulevard is the longest street of the city and of every beat, and tells of none.
    streets = [("boulevard Long", 500.0, beat) for beat in range(10)]
    streets += [(f"rue {letter}urs", 300.0, beat) for beat, letter in enumerate("ABCDEFGHIJ")]
    streets += [(f"avenue {letter}ois", 200.0, beat) for beat, letter in enumerate("ABCDEFGHIJ")]
    names = name_beats(*named(streets))
    assert names[:2] == ("Aurs / Aois", "Burs / Bois")
    assert "Long" not in " ".join(names)


def test_a_main_street_is_better_known_than_a_longer_side_street() -> None:
    network, partition = named([("rue Petite", 120.0, 0), ("rue Grande", 100.0, 0)])
    main = replace(network, highway=np.array(["residential", "secondary"], dtype=object))
    assert name_beats(network, partition) == ("Petite / Grande",)
    assert name_beats(main, partition) == ("Grande / Petite",)


def test_two_parts_of_a_name_are_not_one_street_in_two_spellings() -> None:
    streets = [("rue Léger", 300.0), ("Boulevard LEGER Est", 200.0), ("rue Pie", 50.0)]
    assert name_beats(*named([(*street, 0) for street in streets])) == ("Léger / Pie",)


def test_beats_with_the_same_best_streets_get_different_names() -> None:
    streets = [(name, 100.0, beat) for beat in range(3) for name in ("rue Prime", "rue Seconde")]
    streets += [("rue Tierce", 10.0, 1)]
    assert name_beats(*named(streets)) == (
        "Prime / Seconde",
        "Prime / Tierce",
        "Prime / Seconde (X-03)",
    )


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["rue Cèdre", "RUE CEDRE", "avenue cedre", "rue Pin", "", "\u202ex"]),
            st.floats(1.0, 500.0),
            st.integers(0, 5),
        ),
        min_size=6,
        max_size=20,
    )
)
def test_no_two_names_differ_in_capitals_or_accents_only(
    streets: list[tuple[str, float, int]],
) -> None:
    streets += [("", 1.0, beat) for beat in range(6)]
    names = name_beats(*named(streets))
    assert all(names)
    forms = [frozenset(folded(part) or part for part in name.split(" / ")) for name in names]
    assert len(set(forms)) == len(names)


def test_a_beat_that_is_still_there_keeps_its_name() -> None:
    network, partition = named(
        [("rue Aulne", 300.0, 0), ("rue Bois", 200.0, 0), ("rue Clos", 300.0, 1)]
    )
    earlier = {"X-01": "Vieux-Port", "X-09": "Clos"}
    assert name_beats(network, partition, earlier) == ("Vieux-Port", "Clos")
    # What an incumbent is called, no new beat can be.
    assert name_beats(network, partition, {"X-01": "CLOS"}) == ("CLOS", "Clos (X-02)")


def test_a_small_change_of_a_beat_changes_no_name() -> None:
    streets = [("rue Aulne", 900.0, 0), ("rue Bois", 700.0, 0), ("rue Clos", 90.0, 0)]
    streets += [("rue Dune", 900.0, 1), ("rue Étang", 700.0, 1)]
    before = name_beats(*named(streets))
    streets[2] = ("rue Clos", 90.0, 1)
    assert name_beats(*named(streets)) == before == ("Aulne / Bois", "Dune / Étang")


def test_a_long_name_ends_after_a_whole_word_and_an_endless_one_is_no_name() -> None:
    words = "chemin de la Très Longue Histoire Que Personne Ne Lit Jamais Entière"
    endless = "x" * 200
    (name,) = name_beats(*named([(endless, 900.0, 0), (words, 500.0, 0), ("rue Bref", 90.0, 0)]))
    assert name == "Très Longue Histoire Que Personne Ne Lit\u00a0… / Bref"
    assert name_beats(*named([(endless, 900.0, 0)])) == ("X-01",)


# ---- descriptions --------------------------------------------------------------------------------

#  0--1--2--3--4   Streets a to e run east, from the north; avenues v to z run north, from the
#  |  |  |  |  |   west. Beat 0 has the blocks inside b, d, w and y.
EAST = ("rue A", "rue B", "rue C", "rue D", "rue E")
NORTH = ("avenue V", "boulevard W", "avenue X", "chemin Y", "avenue Z")
BLOCK_M = 75.0


def turned(x: float, y: float, turn: float) -> tuple[float, float]:
    """Turn a spot clockwise around the first junction."""
    return x * math.cos(turn) + y * math.sin(turn), y * math.cos(turn) - x * math.sin(turn)


def town(turn: float = 0.0, margin_m: float = 25.0) -> Town:
    """Return five streets by five avenues, a beat in the middle, one around it, and the city."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXY"
    tags = {
        letters[5 * row : 5 * row + 5]: {"highway": "residential", "name": name}
        for row, name in enumerate(EAST)
    }
    tags |= {
        letters[column::5]: {"highway": "residential", "name": name}
        for column, name in enumerate(NORTH)
    }
    rows = ["-".join(letters[5 * row : 5 * row + 5]) for row in range(5)]
    drawing = draw("\n".join(rows).replace("-", "--"), tags, step_m=(BLOCK_M / 3.0, BLOCK_M))
    spots = {name: turned(x, y, turn) for name, (x, y) in drawing.spots.items()}
    network = load(replace(drawing, spots=spots))
    inner = {"G", "H", "I", "L", "M", "N", "Q", "R", "S"}
    ends = zip(network.node_id[network.u], network.node_id[network.v], strict=True)
    partition = held([0 if {chr(a), chr(b)} <= inner else 1 for a, b in ends])
    move = Transformer.from_crs("EPSG:4326", network.crs, always_xy=True)
    box = shapely.box(-margin_m, -4 * BLOCK_M - 25.0, 4 * BLOCK_M + 25.0, 25.0)
    corners = [turned(x, y, turn) for x, y in shapely.get_coordinates(box)]
    outline = shapely.Polygon([move.transform(*degrees(x, y)) for x, y in corners])
    return network, partition, (shapely.MultiPolygon([outline]),)


def said(
    network: StreetNetwork, partition: Partition, city: tuple[shapely.MultiPolygon], lang: str
) -> tuple[str, ...]:
    polygons = tile(network, partition, city)
    return tuple(where.say(lang) for where in describe_beats(network, partition, polygons, city))


def test_a_beat_is_described_by_the_street_along_each_side() -> None:
    inside, _ = said(*town(), "fr")
    assert inside == (
        "Bordé par la rue B au nord, le chemin Y à l'est, la rue D au sud, le boulevard W à l'ouest."
        " À l'intérieur\u00a0: rue C, avenue X."
    )
    inside, _ = said(*town(), "en")
    assert inside == (
        "Bounded by rue B to the north, chemin Y to the east, rue D to the south, boulevard W to the"
        " west. Inside: rue C, avenue X."
    )


def test_a_beat_on_a_grid_aslant_has_sides_aslant() -> None:
    inside, _ = said(*town(math.pi / 4.0), "en")
    # Turned clockwise by an eighth, the northern street lies to the north-east.
    assert inside.startswith(
        "Bounded by rue B to the north-east, chemin Y to the south-east, rue D to the south-west,"
        " boulevard W to the north-west."
    )


def test_a_side_without_a_street_is_the_city_line_or_is_left_out() -> None:
    network, partition, city = town(margin_m=600.0)
    _, around = said(network, partition, city, "fr")
    assert "à l'ouest par la limite de la ville" in around
    assert "à l'est par l'avenue Z" in around
    polygons = tile(network, partition, city)
    _, unlined = describe_beats(network, partition, polygons)
    assert "city line" not in unlined.say("en")
    assert "west" not in unlined.say("en")


def test_the_only_beat_of_a_city_is_the_whole_city() -> None:
    network, _, city = town()
    one = held([0] * len(network))
    (all_of_it,) = said(network, one, city, "en")
    assert all_of_it.startswith("The whole city. Inside: ")


def test_a_beat_about_which_nothing_is_known_is_not_described() -> None:
    network, partition, _ = town()
    unnamed = replace(network, name=np.full(len(network), "", dtype=object))
    nothing = [shapely.MultiPolygon()] * 2
    assert [w.say("fr") for w in describe_beats(unnamed, partition, nothing)] == ["", ""]


def test_a_plan_on_the_extent_of_its_streets_speaks_of_no_city_line(
    defaults: PatrolSettings,
) -> None:
    network, _, _ = town()
    plan = make_plan(network, settings=defaults, request=PlanRequest(CutRequest(2), supervisors=1))
    assert all(beat.description("fr") and beat.description("en") for beat in plan.beats)
    assert not any("city" in beat.description_en for beat in plan.beats)
    assert [beat.district for beat in plan.beats] == ["D1", "D1"]
    (district,) = plan.districts
    assert district.beats == plan.partition.beat_id
    assert district.load_s == pytest.approx(sum(beat.load_s for beat in plan.beats))
