"""Every sentence exists in French and English, and code asks for none that does not."""

from __future__ import annotations

import ast
import errno
import re
import string
import tomllib
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import reso_geo
from reso_geo.atomic_files import data_file
from reso_geo.i18n import LANGUAGES, Phrase, decimal, duration, listed, say

FILES = sorted(data_file("words").glob("*.toml"))
KEYS = [key for path in FILES for key in tomllib.loads(path.read_text(encoding="utf-8"))]
TEXTS = {
    key: texts
    for path in FILES
    for key, texts in tomllib.loads(path.read_text(encoding="utf-8")).items()
}
CODE = sorted(Path(reso_geo.__file__).parent.rglob("*.py"))
KEY_AT = {"Phrase": 0, "say": 1, "line": 0}
"""Which argument of a call is a key of the catalogue."""


def places(text: str) -> set[str]:
    """Name the {places} of a text."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def calls(path: Path) -> list[tuple[ast.expr, list[ast.expr]]]:
    """Return the key and what follows it, of every call that names a sentence."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        at = KEY_AT.get(name, len(node.args))
        if at < len(node.args):
            found.append((node.args[at], node.args[at + 1 :]))
        found += [(k.value, []) for k in node.keywords if k.arg == "help"]
    return found


def literals(key: ast.expr) -> list[tuple[str, bool]]:
    """Return the keys that an expression can be: (text, is it only the beginning)."""
    if isinstance(key, ast.Constant) and isinstance(key.value, str):
        return [(key.value, False)]
    if isinstance(key, ast.IfExp):
        return literals(key.body) + literals(key.orelse)
    if isinstance(key, ast.JoinedStr) and isinstance(key.values[0], ast.Constant):
        return [(str(key.values[0].value), True)]
    return []


def test_each_sentence_exists_in_both_languages_with_the_same_places() -> None:
    assert len(KEYS) > 1000
    assert [key for key in KEYS if set(TEXTS[key]) != set(LANGUAGES)] == []
    assert [key for key in KEYS if not all(text.strip() for text in TEXTS[key].values())] == []
    assert [key for key in KEYS if places(TEXTS[key]["fr"]) != places(TEXTS[key]["en"])] == []


def test_what_is_counted_is_told_in_the_singular_where_it_is_one() -> None:
    bare = re.compile(r"\{count\} \w+[sx]\b")
    several = {"stills.table_next"}  # of more beats than a picture has room for
    written = {"change.people"}  # its number comes as a text
    found = {key for key in KEYS if any(map(bare.search, TEXTS[key].values()))}
    assert found == several | written
    one = {"places": 1, "more": 1}
    assert say("fr", "rebalance.too_many_places", one).startswith("1 place de nouveaux secteurs")
    assert "pour 1 nouveau secteur :" in say("fr", "rebalance.too_many_places", one)
    assert say("en", "demand.far_anchor", {"count": 1, "names": "A"}).startswith("1 anchor more")


def test_no_key_occurs_twice() -> None:
    assert [key for key, count in Counter(KEYS).items() if count > 1] == []


def test_every_sentence_that_code_names_exists() -> None:
    named = [
        (path.name, text, begins)
        for path in CODE
        for key, _ in calls(path)
        for text, begins in literals(key)
    ]
    assert len(named) > 100
    unknown = [
        (file, text)
        for file, text, begins in named
        if not (any(key.startswith(text) for key in KEYS) if begins else text in TEXTS)
    ]
    assert unknown == []


def test_code_gives_a_value_for_every_place_of_the_sentence() -> None:
    checked = 0
    for path in CODE:
        for key, (*_, given_values) in ((k, [None, *rest]) for k, rest in calls(path)):
            if not isinstance(given_values, ast.Dict) or None in given_values.keys:
                continue
            names = {k.value for k in given_values.keys if isinstance(k, ast.Constant)}
            for text, begins in literals(key):
                if not begins:
                    checked += 1
                    assert places(TEXTS[text]["en"]) <= names, f"{path.name}: {text}"
    assert checked > 30


def test_sentence_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(KeyError):
        say("en", "no.such.sentence")
    with pytest.raises(KeyError):
        say("de", "column.street_km")


def test_what_a_reader_says_in_english_is_quoted_in_french() -> None:
    values = {"path": "a.json", "why": ValueError("Expecting value")}
    french = say("fr", "osm.not_overpass", values)
    assert "(message d'origine : « Expecting value »)" in french
    assert "(Expecting value)" in say("en", "osm.not_overpass", values)


def test_a_refusal_of_the_system_is_told_in_the_reader_s_language() -> None:
    error = PermissionError(errno.EACCES, "Permission denied", "folder/.hidden")
    phrase = Phrase("osm.unreadable", {"path": "a.pbf", "why": error})
    assert "(permission refusée)" in phrase.say("fr")
    assert "(permission denied)" in phrase.say("en")
    unknown = Phrase("osm.unreadable", {"path": "a.pbf", "why": OSError("no more")})
    assert "(no more)" in unknown.say("fr")


def test_number_has_the_marks_of_its_language() -> None:
    assert decimal("en", 1234567.89) == "1,234,567.9"
    assert decimal("fr", 1234567.89) == "1\u00a0234\u00a0567,9"
    assert decimal("fr", -0.25, 2) == "-0,25"
    assert decimal("en", 12.0, 0) == "12"


@given(st.floats(-1e12, 1e12), st.integers(0, 4))
def test_number_reads_back_the_same_in_both_languages(value: float, digits: int) -> None:
    french = decimal("fr", value, digits).replace("\u00a0", "").replace(",", ".")
    assert float(french) == float(decimal("en", value, digits).replace(",", ""))
    assert float(french) == pytest.approx(value, abs=10**-digits)


@pytest.mark.parametrize(
    ("seconds", "french", "english"),
    [
        (0, "0 h 00", "0 h 00 min"),
        (18_420, "5 h 07", "5 h 07 min"),
        (3_599.9, "1 h 00", "1 h 00 min"),
        (360_000, "100 h 00", "100 h 00 min"),
    ],
)
def test_duration_is_in_hours_and_minutes(seconds: float, french: str, english: str) -> None:
    assert duration("fr", seconds).replace("\u00a0", " ") == french
    assert duration("en", seconds).replace("\u00a0", " ") == english
    assert " " not in duration("fr", seconds) + duration("en", seconds)


def test_sentence_inside_a_sentence_is_in_the_same_language() -> None:
    key = next(k for k in KEYS if places(TEXTS[k]["en"]) == {"text"})
    inner = Phrase("column.street_km")
    for lang in LANGUAGES:
        whole = TEXTS[key][lang].replace("{text}", TEXTS["column.street_km"][lang])
        assert Phrase(key, {"text": inner}).say(lang) == whole


def test_fraction_inside_a_sentence_is_written_for_the_language() -> None:
    key = next(k for k in KEYS if places(TEXTS[k]["en"]) == {"text"})
    assert "1\u00a0234,5" in say("fr", key, {"text": 1234.5})
    assert "1,234.5" in say("en", key, {"text": 1234.5})


def test_braces_in_a_value_stay_as_they_are() -> None:
    key = next(k for k in KEYS if places(TEXTS[k]["en"]) == {"text"})
    assert "{0.__class__}" in say("en", key, {"text": "{0.__class__}"})


def test_long_list_says_how_many_there_are() -> None:
    assert listed("abc") == "a, b, c"
    assert listed([]) == ""
    assert listed(range(9), most=2) == "0, 1, … (9)"


@pytest.mark.parametrize(
    ("count", "fr", "en"),
    [
        (0, "0 secteur ne passe pas", "0 beats fail"),
        (1, "1 secteur ne passe pas", "1 beat fails"),
        (2, "2 secteurs ne passent pas", "2 beats fail"),
        (np.int64(1), "1 secteur ne passe pas", "1 beat fails"),
    ],
)
def test_words_go_with_their_number(count: int, fr: str, en: str) -> None:
    values = {"city": "A", "posts": 1.6, "failed": count, "over": 1.0, "mean": 1.0}
    phrase = Phrase("posts.measured", values)
    assert fr in phrase.say("fr")
    assert en in phrase.say("en")
    assert "1,6 poste," in phrase.say("fr")
    assert "1.6 posts," in phrase.say("en")
