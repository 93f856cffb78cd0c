"""Every assumption has its range, unit and source; a user's file changes only what it says."""

from __future__ import annotations

import json
import math
from dataclasses import fields, replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reso_geo import load_settings
from reso_geo.errors import SettingsError
from reso_geo.i18n import Phrase
from reso_geo.settings import LEVELS, SURFACES, PatrolSettings, Range, SeasonDates, parse_settings

if TYPE_CHECKING:
    from pathlib import Path


def ranges(settings: PatrolSettings) -> dict[str, Range]:
    plain = {f.name: getattr(settings, f.name) for f in fields(settings)}
    named = {name: value for name, value in plain.items() if isinstance(value, Range)}
    for table in ("cadence", "winter_foot_surface", "winter_bike_surface"):
        named |= {f"{table}.{name}": value for name, value in getattr(settings, table).items()}
    return named


def own(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


def refusal(path: Path) -> str:
    """Return the one line that reading must fail with."""
    with pytest.raises(SettingsError) as caught:
        load_settings(path)
    message = str(caught.value)
    assert path.name in message
    assert len(message.splitlines()) == 1
    assert caught.value.message.say("fr") != message
    return message


def test_every_default_has_a_range_a_unit_and_a_source(defaults: PatrolSettings) -> None:
    found = ranges(defaults)
    assert len(found) >= 16
    for value in found.values():
        assert 0 < value.low <= value.central <= value.high
        assert value.unit.strip()
        assert len(value.source) > 10


def test_default_without_a_published_figure_is_an_assumption(defaults: PatrolSettings) -> None:
    unsourced = {name for name, value in ranges(defaults).items() if "no published" in value.source}
    assert unsourced
    assert unsourced <= set(defaults.assumptions())
    assert "foot_patrol_kmh" not in defaults.assumptions()
    assert {"cadence.pedestrian", "contact_min"} <= set(defaults.assumptions())


def test_available_time_is_shifts_times_hours_times_share(defaults: PatrolSettings) -> None:
    assert defaults.available_s("central") == pytest.approx(4.5 * 8 * 0.45 * 3600)
    assert defaults.available_s("low") < defaults.available_s("high")


def test_class_without_a_cadence_has_the_one_of_other(defaults: PatrolSettings) -> None:
    assert defaults.cadence_of("bridleway") is defaults.cadence["other"]
    assert defaults.cadence_of("pedestrian").central == 3.0


def test_single_figure_stands_for_low_central_and_high(
    tmp_path: Path, defaults: PatrolSettings
) -> None:
    pace = load_settings(own(tmp_path, "foot_patrol_kmh = 3")).foot_patrol_kmh
    assert [pace.at(level) for level in LEVELS] == [3, 3, 3]
    assert (pace.unit, pace.source) == (defaults.foot_patrol_kmh.unit, "mine.toml")


def test_table_with_some_figures_keeps_the_others(tmp_path: Path, defaults: PatrolSettings) -> None:
    text = '[foot_patrol_kmh]\nlow = 3.0\nsource = "our own count"\n'
    changed = load_settings(own(tmp_path, text))
    pace = changed.foot_patrol_kmh
    assert (pace.low, pace.central, pace.high, pace.source) == (3.0, 4.0, 4.5, "our own count")
    assert replace(changed, foot_patrol_kmh=defaults.foot_patrol_kmh) == defaults


def test_class_gets_a_cadence_of_its_own(tmp_path: Path, defaults: PatrolSettings) -> None:
    text = "[cadence]\nprimary = 4\n[cadence.residential]\nlow = 1.5\ncentral = 2\nhigh = 2.5\n"
    settings = load_settings(own(tmp_path, text))
    assert settings.cadence_of("primary").central == 4
    assert settings.cadence_of("residential").high == 2.5
    assert settings.cadence_of("residential").unit == "passes per week"
    assert settings.cadence_of("tertiary") == defaults.cadence["other"]


def test_street_rules_can_be_changed_one_by_one(tmp_path: Path, defaults: PatrolSettings) -> None:
    text = '[streets]\nrequired = ["residential", "steps"]\ntwin_distance_m = 12\n'
    rules = load_settings(own(tmp_path, text)).streets
    assert rules.required == ("residential", "steps")
    assert rules.twin_distance_m == 12
    assert rules.sidewalk_share == defaults.streets.sidewalk_share


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("foot_patrol_kph = 4", "foot_patrol_kmh"),
        ("[foot_patrol_kmh]\ncentrall = 4", "foot_patrol_kmh.central"),
        ("[streets]\nrequire = []", "streets.required"),
        ("[street]\nrequired = []", "streets"),
        ("[cadence.primary]\nmean = 4", "cadence.primary"),
        ("[winter_foot_surface]\ngravel = 0.9", "winter_foot_surface.ground"),
        ("winter_foot_factors = 0.9", "winter_foot_factor"),
        ('[bike_season]\nstart = "04-01"', "bike_season"),
        ("xyzzy = 1", ""),
    ],
)
def test_unknown_key_is_refused_with_the_nearest_one(tmp_path: Path, text: str, near: str) -> None:
    message = refusal(own(tmp_path, text))
    assert "unknown" in message
    assert near in message.partition("unknown")[2].partition(".")[2]


@pytest.mark.parametrize(
    "value",
    ["0", "-1", "nan", "inf", "-inf", "true", '"4"', "[4]", "{low = 5, central = 4, high = 4.5}",
     "{low = nan}", "{high = inf}", "{central = true}", '{central = "4"}', "{low = 4.4}",
     "1979-05-27"],
)  # fmt: skip
def test_value_that_is_no_ordered_positive_number_is_refused(tmp_path: Path, value: str) -> None:
    assert "foot_patrol_kmh" in refusal(own(tmp_path, f"foot_patrol_kmh = {value}"))


@pytest.mark.parametrize(
    ("text", "en", "fr"),
    [
        (
            "[cadence.steps]\ncentral = 1",
            'mine.toml: "cadence.steps" has no value for low, high. Give',
            "mine.toml : « cadence.steps » n'a pas de valeur pour low, high. Donnez",
        ),
        (
            "[streets]\nsidewalk_share = 7",
            'mine.toml: "streets.sidewalk_share" is 7; it must be a number from 0 to 1.',
            "mine.toml : « streets.sidewalk_share » vaut 7 ; il faut un nombre de 0 à 1.",
        ),
        (
            "[set_aside]\nmost_share = 2",
            'mine.toml: "set_aside.most_share" is 2; it must be a number from 0 to 1.',
            "mine.toml : « set_aside.most_share » vaut 2 ; il faut un nombre de 0 à 1.",
        ),
        (
            "foot_patrol_kmh = {low = '3,8'}",
            "mine.toml: \"foot_patrol_kmh.low\" is '3,8'; it must be a number.",
            "mine.toml : « foot_patrol_kmh.low » vaut '3,8' ; il faut un nombre.",
        ),
        (
            "foot_patrol_kmh = -3",
            'mine.toml: impossible value for "foot_patrol_kmh": low, central and high are -3,',
            "mine.toml : valeur impossible pour « foot_patrol_kmh » : low, central et high valent",
        ),
    ],
)
def test_a_refusal_names_the_file_and_the_key_in_one_language(
    tmp_path: Path, text: str, en: str, fr: str
) -> None:
    with pytest.raises(SettingsError) as told:
        load_settings(own(tmp_path, text))
    message = told.value.message
    assert isinstance(message, Phrase)
    assert message.say("en").startswith(en)
    assert message.say("fr").startswith(fr)


@pytest.mark.parametrize(
    "text",
    [
        "cadence = 3",
        "streets = 3",
        "[cadence]\nprimary = nan",
        "[cadence]\nprimary = true",
        '[cadence]\nprimary = "often"',
        "[cadence.primary]\ncentral = 2",
    ],
)
def test_cadence_that_is_no_table_of_positive_numbers_is_refused(tmp_path: Path, text: str) -> None:
    assert refusal(own(tmp_path, text))


@pytest.mark.parametrize(
    "text",
    [
        'required = "residential"',
        "required = [1, 2]",
        "required_if_named = true",
        "twin_distance_m = nan",
        "twin_distance_m = inf",
        "twin_distance_m = -1",
        "twin_distance_m = true",
        'twin_distance_m = "30"',
        "twin_share = [0.6]",
    ],
)
def test_street_rule_of_the_wrong_kind_is_refused(tmp_path: Path, text: str) -> None:
    assert text.split(maxsplit=1)[0] in refusal(own(tmp_path, f"[streets]\n{text}"))


def test_cadences_that_change_order_between_levels_are_refused(tmp_path: Path) -> None:
    text = "[cadence.primary]\nlow = 0.5\ncentral = 2.0\nhigh = 2.0\n"
    with pytest.raises(SettingsError, match="low"):
        load_settings(own(tmp_path, text))


def test_equal_cadences_must_be_equal_at_all_levels(tmp_path: Path) -> None:
    text = "[cadence.primary]\nlow = 1.0\ncentral = 1.0\nhigh = 2.0\n"
    with pytest.raises(SettingsError, match="high"):
        load_settings(own(tmp_path, text))


def test_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    assert "Check the path" in refusal(tmp_path / "absent.toml")
    assert "Check the path" in refusal(tmp_path)


@pytest.mark.parametrize("content", [b"a = ", b"\xff\xfe\x00", b"{}", b"a = 1\na = 2"])
def test_file_that_is_no_toml_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(content)
    assert "TOML" in refusal(path)


def test_mark_that_windows_puts_before_a_text_is_ignored(tmp_path: Path) -> None:
    settings = load_settings(own(tmp_path, "\ufefffoot_patrol_kmh = 3"))
    assert settings.foot_patrol_kmh.central == 3


def test_empty_file_changes_nothing(tmp_path: Path, defaults: PatrolSettings) -> None:
    assert load_settings(own(tmp_path, "")) == defaults


def test_settings_come_back_from_their_json(tmp_path: Path, defaults: PatrolSettings) -> None:
    text = '[cadence]\nprimary = 2.0\n[streets]\nrequired = ["residential"]\n'
    for settings in (defaults, load_settings(own(tmp_path, text))):
        line = settings.to_json()
        assert len(line.splitlines()) == 1
        assert parse_settings(line) == settings
        assert parse_settings(line).to_json() == line


@given(st.floats(0.1, 10), st.floats(0, 5), st.floats(0, 5))
def test_any_ordered_figures_come_back_from_their_json(low: float, up: float, more: float) -> None:
    changed = replace(
        load_settings(), foot_patrol_kmh=Range(low, low + up, low + up + more, "km/h", "here")
    )
    assert parse_settings(changed.to_json()) == changed


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", "3", "{", '{"foot_patrol_kmh": 4}'])
def test_json_that_is_no_settings_is_refused(text: str) -> None:
    with pytest.raises(SettingsError):
        parse_settings(text)


@pytest.mark.parametrize(
    "part", ["cadence", "streets", "shift_h", "bike_season", "winter_foot_surface"]
)
@pytest.mark.parametrize("value", [None, 3, [], {}, "x", {"a": 1}])
def test_json_with_a_damaged_part_is_refused(
    defaults: PatrolSettings, part: str, value: object
) -> None:
    text = json.dumps(json.loads(defaults.to_json()) | {part: value})
    with pytest.raises(SettingsError):
        parse_settings(text)


@pytest.mark.parametrize("figures", [(0, 1, 2), (2, 1, 3), (1, 3, 2), (1, math.nan, 2)])
def test_range_out_of_order_cannot_be_made(figures: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="low <= central <= high"):
        Range(*figures, "km/h", "here")


def test_settings_cannot_be_changed_in_place(defaults: PatrolSettings) -> None:
    with pytest.raises(TypeError):
        defaults.cadence["primary"] = defaults.cadence["other"]  # type: ignore[index]


# Winter, seasons, paces.


def test_winter_leaves_less_on_every_surface_than_on_a_paved_one(defaults: PatrolSettings) -> None:
    for mode in ("foot", "bike"):
        paved = defaults.winter_left(mode, "paved")
        for surface in SURFACES:
            assert 0 < defaults.winter_left(mode, surface) <= paved < 1


def test_own_winter_factor_counts_on_every_surface(tmp_path: Path) -> None:
    settings = load_settings(
        own(tmp_path, "winter_foot_factor = 0.5\n[winter_foot_surface]\nground = 0.5\n")
    )
    assert settings.winter_left("foot", "paved") == 0.5
    assert settings.winter_left("foot", "ground") == 0.25
    assert settings.winter_left("foot", "compacted") == pytest.approx(0.475)


@pytest.mark.parametrize(
    "text", ["[winter_bike_surface]\nground = 1.1", "[winter_bike_surface]\nground = nan",
             "winter_bike_surface = 0.9", "steepest_slope = 2"]
)  # fmt: skip
def test_share_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsError):
        load_settings(own(tmp_path, text))


def test_season_of_a_date_is_that_of_the_bike(defaults: PatrolSettings) -> None:
    assert defaults.season_on(date(2025, 4, 1)) == "summer"
    assert defaults.season_on(date(2025, 10, 31)) == "summer"
    assert defaults.season_on(date(2025, 3, 31)) == "winter"
    assert defaults.season_on(date(2024, 2, 29)) == "winter"
    assert not defaults.bike_season.assumption


def test_season_of_the_south_runs_over_the_new_year(tmp_path: Path) -> None:
    settings = load_settings(own(tmp_path, 'bike_season = ["10-01", "03-31"]'))
    assert settings.season_on(date(2025, 12, 31)) == "summer"
    assert settings.season_on(date(2025, 1, 1)) == "summer"
    assert settings.season_on(date(2025, 7, 1)) == "winter"
    assert settings.bike_season.source == "mine.toml"
    assert parse_settings(settings.to_json()) == settings


def test_table_with_some_dates_keeps_the_others(tmp_path: Path, defaults: PatrolSettings) -> None:
    text = '[bike_season]\nhigh = ["03-15", "11-30"]\nassumption = true\n'
    season = load_settings(own(tmp_path, text)).bike_season
    assert season.high == ("03-15", "11-30")
    assert season.central == defaults.bike_season.central
    assert season.assumption


@pytest.mark.parametrize(
    "text",
    [
        'bike_season = ["04-31", "10-31"]', 'bike_season = ["04-01"]', "bike_season = [4, 10]",
        'bike_season = ["2025-04-01", "2025-10-31"]', 'bike_season = "summer"', "bike_season = 4",
        'bike_season = ["4-1", "10-31"]', '[bike_season]\nlow = ["01-01", "12-31"]',
        '[bike_season]\ncentral = "04-01"',
    ],
)  # fmt: skip
def test_season_that_is_no_pair_of_dates_is_refused(tmp_path: Path, text: str) -> None:
    assert "bike_season" in refusal(own(tmp_path, text))


@given(st.dates(date(2023, 1, 1), date(2026, 12, 31)), st.dates(), st.dates())
def test_season_and_its_complement_share_the_year(day: date, one: date, two: date) -> None:
    first, last = f"{one:%m-%d}", f"{two:%m-%d}"
    holds = SeasonDates(*[(first, last)] * 3, "", "").holds(day)
    assert holds == ((first <= f"{day:%m-%d}") + (f"{day:%m-%d}" <= last) + (last < first) == 2)


def test_unlikely_pace_is_used_and_said(tmp_path: Path, defaults: PatrolSettings) -> None:
    assert defaults.doubts() == ()
    settings = load_settings(own(tmp_path, "foot_transit_kmh = 16\nbike_patrol_kmh = 4\n"))
    walk, ride = (str(note) for note in settings.doubts())
    assert "foot_transit_kmh" in walk
    assert "16" in walk
    assert "bike_patrol_kmh" in ride


def test_doubled_and_halved_paces_are_never_refused(defaults: PatrolSettings) -> None:
    for times in (2.0, 0.5, 0.25, 0.125):
        paces = {
            name: Range(times * pace.low, times * pace.central, times * pace.high, "km/h", "here")
            for name, pace in ranges(defaults).items()
            if name.endswith("_kmh")
        }
        assert len(paces) == 4
        replace(defaults, **paces)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("foot_patrol_kmh = 40", "foot_patrol_kmh"), ("bike_patrol_kmh = 40", "bike_patrol_kmh"),
        ("[cadence]\nresidential = 1e308", "cadence.residential"),
        ("contact_min = 1e300", "contact_min"), ("shift_h = 30", "shift_h"),
        ("[cadence]\nresidential = {low = 1.0, central = 1.0, high = 200.0}", "cadence"),
    ],
)  # fmt: skip
def test_a_figure_that_no_patrol_has_is_refused(tmp_path: Path, text: str, key: str) -> None:
    with pytest.raises(SettingsError, match=key) as caught:
        load_settings(own(tmp_path, text))
    message = str(caught.value)
    assert len(message.splitlines()) == 1
    assert len(message) < 200
