"""Settings given in memory lie over those of a file, and are checked like them."""

from __future__ import annotations

import inspect
from dataclasses import fields, replace
from typing import TYPE_CHECKING

import pytest

from reso_geo import load_settings
from reso_geo.errors import SettingsError
from reso_geo.settings import PatrolSettings

if TYPE_CHECKING:
    from pathlib import Path


def test_a_setting_in_memory_is_one_figure_or_three() -> None:
    own = load_settings(foot_patrol_kmh=3.8, contacts_per_patrol_h=(2, 4, 6))
    usual = load_settings()
    pace, talks = own.foot_patrol_kmh, own.contacts_per_patrol_h
    assert (pace.low, pace.central, pace.high) == (3.8, 3.8, 3.8)
    assert (talks.low, talks.central, talks.high) == (2, 4, 6)
    assert pace.unit == usual.foot_patrol_kmh.unit
    assert replace(own, foot_patrol_kmh=usual.foot_patrol_kmh, contacts_per_patrol_h=(
        usual.contacts_per_patrol_h)) == usual  # fmt: skip


def test_every_setting_is_a_keyword_of_its_own() -> None:
    keywords = inspect.signature(load_settings).parameters
    assert list(keywords) == ["path", *(f.name for f in fields(PatrolSettings))]
    assert all(
        keyword.kind is inspect.Parameter.KEYWORD_ONLY
        for name, keyword in keywords.items()
        if name != "path"
    )
    usual = load_settings()
    for field in fields(PatrolSettings):
        value = getattr(usual, field.name)
        assert getattr(load_settings(**{field.name: value}), field.name) == value  # type: ignore[arg-type]


def test_settings_in_memory_lie_over_those_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text("foot_patrol_kmh = 3.0\nshift_h = 6.0\n", encoding="utf-8")
    own = load_settings(str(path), shift_h=7, cadence={"residential": 2})
    assert own.foot_patrol_kmh.central == 3.0
    assert own.shift_h.central == 7
    assert own.cadence["residential"].central == 2
    assert own.cadence["other"] == load_settings().cadence["other"]
    path.write_text("foot_patrol_kmh = -3.0\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"own\.toml"):
        load_settings(path, shift_h=7)


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ({"foot_patrol_kmh": 40}, "no patrol is beyond 0 to 20"),
        ({"foot_patrol_kmh": "3"}, "foot_patrol_kmh=4.0"),
        ({"foot_patrol_kmh": (3, 2)}, "foot_patrol_kmh=4.0"),
        ({"foot_patrol_kmh": (3, 2, 1)}, "0 < low"),
        ({"foot_patrol_kmh": True}, "must be a number"),
        ({"foot_patrol_kmh": float("nan")}, "nan"),
        ({"cadence": {"residental": 2}}, "Did you mean “cadence.residential”"),
        ({"cadence": 3}, "cadence"),
        ({"bike_season": ("x", "10-31")}, "month-day"),
        ({"streets": {"requird": 1}}, "streets.required"),
        ({"set_aside": 3}, "set_aside"),
    ],
)
def test_a_wrong_setting_in_memory_is_refused_with_the_sentence_of_a_file(
    own: dict[str, object], said: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(**own)  # type: ignore[arg-type]
    assert said in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1
