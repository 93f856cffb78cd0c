"""Names and descriptions of beats: what a resident would say."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from cutting import held
from drawing import Street, bare
from hypothesis import given, settings
from hypothesis import strategies as st

from reso_geo.choices import folded
from reso_geo.naming import bare_name, in_french, name_beats

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reso_geo import StreetNetwork
    from reso_geo.partition import Partition


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
        ("Rivière Saint-Jacques", "la rivière Saint-Jacques"),
        ("Étang aux Hérons", "l'étang aux Hérons"),
        ("Jardins de Métivier", "les jardins de Métivier"),
        ("Canal Street", "Canal Street"),
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
