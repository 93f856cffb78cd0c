"""Words that come from files are said in the reader's language; remarks of mappers are no names."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from grids import grid_plan

from reso_geo import load_settings
from reso_geo.i18n import month_day, say, worded
from reso_geo.naming import name_beats
from reso_geo.naming.junk import is_junk
from reso_geo.plan.assumptions import source_text
from reso_geo.settings import PatrolSettings, Range


def test_every_source_of_the_settings_is_in_both_languages(defaults: PatrolSettings) -> None:
    for key, value in defaults.values().items():
        assert say("en", f"source.{key}") == value.source
        assert source_text(defaults, key, "fr") == say("fr", f"source.{key}") != value.source


def test_a_source_of_ones_own_is_shown_as_it_was_written() -> None:
    own = load_settings()
    own = replace(own, shift_h=Range(7.0, 7.0, 7.0, "h", "Convention 2026"))
    assert source_text(own, "shift_h", "fr") == "Convention 2026"


@pytest.mark.parametrize(
    ("text", "fr", "en"),
    [
        ("04-01", "1er\u00a0avril", "1\u00a0April"),
        ("10-31", "31\u00a0octobre", "31\u00a0October"),
        ("08-15", "15\u00a0août", "15\u00a0August"),
    ],
)
def test_days_are_written_as_people_say_them(text: str, fr: str, en: str) -> None:
    assert (month_day("fr", text), month_day("en", text)) == (fr, en)
    said = say("fr", "season.dates", {"first": "04-01", "last": "10-31"})
    assert said == "du 1er\u00a0avril au 31\u00a0octobre"


def test_a_word_that_the_catalogue_does_not_know_stays() -> None:
    assert worded("fr", "street", "cycleway") == "pistes cyclables"
    assert worded("fr", "kind", "Chez Nous {x}") == "Chez Nous {x}"


@pytest.mark.parametrize("name", ["Destroyed!!", "fixme", "FIX ME later", "Sans nom", "??", "- -"])
def test_a_remark_is_no_name(name: str) -> None:
    assert is_junk(name)


@pytest.mark.parametrize("name", ["Rue du Test", "Chemin Privé-Lacroix", "5", "Ile Perdue", "東京"])
def test_a_name_with_a_word_of_remarks_stays_one(name: str) -> None:
    assert not is_junk(name)


def test_no_beat_is_named_after_a_remark(
    tmp_path_factory: pytest.TempPathFactory, defaults: PatrolSettings
) -> None:
    plan = grid_plan(tmp_path_factory.mktemp("grid"), defaults)
    names = plan.network.name.copy()
    names[np.isin(names, ["rue 1", "rue 2", "avenue 3"])] = "Destroyed!!"
    names = name_beats(replace(plan.network, name=names), plan.partition)
    assert not any("Destroyed" in name for name in names)
