"""Observed shifts narrow ranges, and say nothing of any post."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from reso_geo import load_settings
from reso_geo.cli import main
from reso_geo.demand import calibrated, read_shifts
from reso_geo.errors import TableError

if TYPE_CHECKING:
    from pathlib import Path


def observed(count: int = 60, posts: int = 6, mode: str = "foot") -> pd.DataFrame:
    rng = np.random.default_rng(5)
    return pd.DataFrame(
        {
            "date": [f"2026-05-{1 + n % 28:02d}" for n in range(count)],
            "post": [f"SECRET-{n % posts}" for n in range(count)],
            "mode": mode,
            "hours": rng.uniform(3.0, 4.0, count).round(2),
            "km": rng.uniform(7.0, 10.0, count).round(1),
            "contacts": rng.integers(6, 14, count),
        }
    )


def test_each_figure_is_between_what_was_known_and_what_was_observed() -> None:
    table, usual = observed(), load_settings()
    found = calibrated(usual, read_shifts(table))
    per_h = np.percentile(table["contacts"] / table["hours"], [10, 50, 90])
    value = found.contacts_per_patrol_h
    # 60 shifts against the weight of 20.
    by_hand = [(60 * q + 20 * d) / 80 for q, d in zip(per_h, (3.3, 5.0, 7.3), strict=True)]
    assert [value.low, value.central, value.high] == pytest.approx(by_hand, abs=1e-4)
    pace = np.percentile(table["km"] / (table["hours"] - table["contacts"] * 3 / 60), [10, 50, 90])
    by_hand = [(60 * q + 20 * d) / 80 for q, d in zip(pace, (3.6, 4.0, 4.5), strict=True)]
    assert found.foot_patrol_kmh.central == pytest.approx(by_hand[1], abs=1e-4)
    assert (value.shifts, found.foot_patrol_kmh.shifts, found.patrol_share.shifts) == (60, 60, 60)
    # Nobody rode: what is known of the bike stays as it is.
    assert found.bike_patrol_kmh == usual.bike_patrol_kmh


@pytest.mark.parametrize(("count", "posts"), [(29, 6), (60, 4)])
def test_too_few_shifts_or_posts_are_refused(count: int, posts: int) -> None:
    with pytest.raises(TableError, match="30 shifts of 5 posts"):
        calibrated(load_settings(), read_shifts(observed(count, posts)))


def test_a_mode_that_too_few_went_by_keeps_its_pace() -> None:
    table = pd.concat([observed(), observed(29, 6, "vélo")])
    found = calibrated(load_settings(), read_shifts(table))
    assert found.bike_patrol_kmh.shifts == 0
    assert found.contacts_per_patrol_h.shifts == 89


def test_what_is_written_is_read_back_and_names_no_post(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table, out = tmp_path / "shifts.csv", tmp_path / "mine.toml"
    observed().to_csv(table, index=False)
    with pytest.raises(SystemExit) as stop:
        main(["calibrate", str(table), "--out", str(out), "--json"])
    assert not stop.value.code
    told = capsys.readouterr().out
    answer = json.loads(told)
    assert set(answer["measured"]) == {"foot_patrol_kmh", "patrol_share", "contacts_per_patrol_h"}
    again = load_settings(out)
    found = calibrated(load_settings(), read_shifts(observed()))
    assert again.contacts_per_patrol_h == found.contacts_per_patrol_h
    assert again.foot_patrol_kmh == found.foot_patrol_kmh
    assert "SECRET" not in told + out.read_text(encoding="utf-8")


def test_a_row_of_another_mode_is_told_with_its_line() -> None:
    table = observed()
    table.loc[3, "mode"] = "horse"
    with pytest.raises(TableError, match="horse"):
        read_shifts(table)
