"""A name that is nearly right is understood or asked about, wherever it is typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from plans import town

from reso_geo.assess import PostsRequest
from reso_geo.boundaries import read_boundary
from reso_geo.choices import check_choice, meant, named, nearest
from reso_geo.cli import main
from reso_geo.errors import BoundaryError, SettingsError, UsageError
from reso_geo.partition import seats_by_city
from reso_geo.plan import one_beat
from reso_geo.plan_file import save_plan
from reso_geo.settings import load_settings

if TYPE_CHECKING:
    from pathlib import Path

    from reso_geo.plan import Plan

CITIES = ("Saint-Lambert", "Brossard", "Saint-Bruno-de-Montarville")
NAMES = {"VDE-01": "Marché", "VDE-02": "Gare", "VDE-03": "Gare"}


def run(*words: object) -> int:
    with pytest.raises(SystemExit) as stop:
        main([str(word) for word in words])
    return int(stop.value.code or 0)


@pytest.fixture(scope="module")
def plan() -> Plan:
    return town(load_settings())


@pytest.fixture(scope="module")
def path(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("town") / "plan.gpkg"
    save_plan(plan, path)
    return path


@given(st.sampled_from(CITIES), st.sampled_from([str.upper, str.lower, str.title]))
def test_a_known_name_is_found_in_any_case(name: str, change: object) -> None:
    assert callable(change)
    assert named(change(name), CITIES) == name
    assert named(change(name).replace("-", " "), CITIES) == name
    assert nearest(name[:-1], CITIES)[0] == name


def test_what_is_like_nothing_gets_no_question() -> None:
    assert meant("xyz", CITIES) == ""
    assert named("", CITIES) is None
    assert nearest("a", ["Saint-Lambert"]) == []


def test_the_question_is_asked_in_both_languages() -> None:
    question = meant("St-Lambrt", CITIES)
    assert not isinstance(question, str)
    assert question.say("en").startswith(" Did you mean “Saint-Lambert”")
    assert question.say("fr").startswith(" Vouliez-vous dire « Saint-Lambert »")
    assert question.say("fr").endswith(" ?")


def test_beats_are_known_by_id_and_by_name_but_not_by_a_name_of_two() -> None:
    ids, names = list(NAMES), list(NAMES.values())
    known = [one_beat(ids, names, word) for word in ("vde-02", "MARCHE", "vde 03", "X")]
    assert [[ids[at] for at in f] for f in known] == [["VDE-02"], ["VDE-01"], ["VDE-03"], []]
    assert len(one_beat(ids, names, "gare")) > 1


def test_a_word_of_an_option_gets_the_nearest_one() -> None:
    with pytest.raises(UsageError, match=r"Did you mean “winter”\?"):
        check_choice("wintr", ("summer", "winter"))


def test_posts_of_cities_are_put_under_the_names_of_the_boundary() -> None:
    seats = {"st-lambert": 2, "BROSSARD": 1, "St Bruno de Montarville": 3}
    assert seats_by_city(seats, CITIES) == dict(zip(CITIES, (2, 1, 3), strict=True))
    with pytest.raises(UsageError, match="two lines of posts"):
        seats_by_city({"St-Lambert": 1, "Saint-Lambert": 2}, CITIES[:1])
    with pytest.raises(
        UsageError,
        match=r"Unknown city: Brosard\. Missing city: Brossard\..*Did you mean “Brossard”\?",
    ):
        seats_by_city({"Brosard": 1, "Saint-Lambert": 2}, CITIES[:2])
    assert PostsRequest(seats={"brossard": 1}).seats == {"brossard": 1}


def test_a_boundary_gets_the_nearest_built_in_name() -> None:
    with pytest.raises(BoundaryError, match="Did you mean “Brossard”"):
        read_boundary("Brosard")


def commands(beat: str) -> list[tuple[object, ...]]:
    """Write the commands that name a beat, without plan and output."""
    return [
        ("assess", "--beat", beat),
        ("cover", "--absent", beat),
        ("route", "--beat", beat, "--out", "tour.gpx"),
        ("rebalance", "--officers", 5, "--lock", beat, "--out", "new"),
        ("rebalance", "--officers", 3, "--retire", beat, "--out", "new"),
        ("rebalance", "--officers", 5, "--split", beat, "--out", "new"),
        ("plan", "--officers", 4, "--lock", beat, "--out", "new"),
    ]


@pytest.mark.parametrize("number", range(7))
def test_beats_are_understood_in_any_case_and_by_name(
    number: int, plan: Plan, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    beat = plan.beats[0]
    texts = {beat.beat_id.lower(), beat.beat_id.replace("-", " "), beat.name.upper()}
    assert len({each.name for each in plan.beats}) == len(plan.beats)
    for text in texts:
        command, *words = commands(text)[number]
        assert run(command, path, *words, "--quiet") == 0


@pytest.mark.parametrize("number", range(7))
def test_an_unknown_beat_gets_the_nearest_one(
    number: int,
    plan: Plan,
    path: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    beat_id = plan.beats[0].beat_id
    for lang, question in (("fr", "Vouliez-vous dire « "), ("en", "Did you mean “")):
        command, *words = commands(f"{beat_id}x")[number]
        assert run(command, path, *words, "--lang", lang) == 2
        assert f"{question}{beat_id}" in " ".join(capsys.readouterr().err.split())
    assert list(tmp_path.iterdir()) == []


def test_a_base_and_a_roster_name_beats_in_any_case_and_without_zeros(
    plan: Plan, path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    beat = plan.beats[0]
    short = beat.beat_id.lower().replace("-0", " ")
    assert short != beat.beat_id.lower()
    roster = tmp_path / "r.csv"
    roster.write_text(f"poste,secteur\nP07,{short}\n", encoding="utf-8")
    words = ("--absent", "p07", "--roster", roster, "--lang", "en")
    assert run("cover", path, *words) == 0
    assert f"Absence: {beat.beat_id}" in capsys.readouterr().out
    lon, lat = np.round(plan.anchors.lon.mean(), 6), np.round(plan.anchors.lat.mean(), 6)
    assert np.isfinite([lon, lat]).all()
    bases = tmp_path / "b.csv"
    bases.write_text(f"nom,secteur,lon,lat\nKiosque,{short},{lon},{lat}\n")
    assert run("plan", path, "--officers", 4, "--bases", bases, "--out", tmp_path / "n") == 0


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("[cadence.residental]\ncentral = 2\n", "cadence.residential"),
        ('[streets]\nrequired = ["primry"]\n', "primary"),
        ('[streets]\nrequired_if_named = ["foot way"]\n', "footway"),
        ("[cadense]\nother = 2\n", "cadence"),
        ("[foot_patrol_kmh]\ncentre = 4\n", "foot_patrol_kmh.central"),
    ],
)
def test_settings_get_the_nearest_key_or_class(text: str, near: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(SettingsError, match=f"Did you mean “{near}”"):
        load_settings(path)


@pytest.mark.parametrize("name", ["residential", "primary_link", "via_ferrata", "other"])
def test_any_class_of_openstreetmap_may_have_a_cadence(name: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(f"[cadence]\n{name} = 1.0\n")
    assert load_settings(path).cadence[name].central == 1.0


def test_a_settings_file_that_is_no_toml_is_told_by_line_and_in_one_language(
    tmp_path: Path,
) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("[cadence]\nother = = 2\n")
    with pytest.raises(SettingsError) as caught:
        load_settings(path)
    assert "(ligne 2, colonne 9)" in caught.value.message.say("fr")
    assert "Invalid" not in caught.value.message.say("fr")
