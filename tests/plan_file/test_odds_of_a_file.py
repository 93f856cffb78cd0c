"""The odds of a plan follow from its file: other draws of another kind agree."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pyogrio
import pytest

from reso_geo import load_plan, save_plan
from reso_geo.settings import SURFACES

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from reso_geo import Plan

DRAWS = 200_000
NEAR = 0.02


@pytest.fixture(scope="module")
def layers(sample_plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> dict[str, pd.DataFrame]:
    path = tmp_path_factory.mktemp("odds") / "plan.gpkg"
    save_plan(sample_plan, path)
    names = ("segments", "beats", "tours", "plan_info")
    return {name: pyogrio.read_dataframe(path, layer=name, read_geometry=False) for name in names}


class Drawn:
    """Plain pseudo-random draws of the settings that a plan records."""

    def __init__(self, given: dict[str, Any]) -> None:
        self.given, self.rng = given, np.random.default_rng(99)
        self.paces = {mode: self.rng.random(DRAWS) for mode in ("foot", "bike")}

    def of(self, value: dict[str, Any], share: np.ndarray | None = None) -> np.ndarray:
        """Return draws of one range; with the shares of another where both are one draw."""
        low, central, high = (value[level] for level in ("low", "central", "high"))
        if low == high:
            return np.full(DRAWS, central)
        if share is None:
            return self.rng.triangular(low, central, high, DRAWS)
        up = low + np.sqrt(share * (high - low) * (central - low))
        down = high - np.sqrt((1 - share) * (high - low) * (high - central))
        return np.where(share < (central - low) / (high - low), up, down)

    def slower(self, mode: str, kind: str) -> np.ndarray:
        """Return how much longer a mode takes than at its central pace."""
        value = self.given[f"{mode}_{kind}_kmh"]
        return value["central"] / self.of(value, self.paces[mode])


def chances(layers: dict[str, pd.DataFrame], mode: str, season: str) -> dict[str, np.ndarray]:
    """Return by beat in which draws its posts have time enough."""
    info = layers["plan_info"].set_index("key")["value"]
    drawn = Drawn(json.loads(info["settings"]))
    given, segments = drawn.given, layers["segments"]
    talk = 60.0 / (60.0 - drawn.of(given["contacts_per_patrol_h"]) * drawn.of(given["contact_min"]))
    of_post = drawn.of(given["shifts_per_week"]) * drawn.of(given["shift_h"]) * 3600.0
    of_post = of_post * drawn.of(given["patrol_share"])
    winter = {way: drawn.of(given[f"winter_{way}_factor"]) for way in ("foot", "bike")}
    surface = {
        (way, s): drawn.of(given[f"winter_{way}_surface"][s])
        for way in ("foot", "bike")
        for s in SURFACES
        if s != "paved"
    }
    factor = 1.0 / (1.0 - 15.0 / 60.0)
    walked = segments["cadence"] * segments["foot_patrol_s"]
    stops = (segments["street_load_s"] - factor * walked).where(segments["required"], 0.0)
    # By bike in summer what may be ridden is; in winter, out of its season, the bike is pushed.
    rides = (segments["bike_forward"] == "ride") | (segments["bike_backward"] == "ride")
    ridden = rides if (mode, season) == ("bike", "summer") else rides & False

    def seconds(kind: str, rows: pd.DataFrame, on_bike: pd.Series) -> np.ndarray:
        """Return the seconds along some rows, each as often as it stands there, in each draw."""
        total = np.zeros(DRAWS)
        for way, own in (("foot", rows[~on_bike]), ("bike", rows[on_bike])):
            slower = drawn.slower(way, kind)
            kmh = given[f"{way}_{kind}_kmh"]["central"]
            base = own["length_m"] * own["times"] / (kmh / 3.6)
            if season == "summer":
                total += float(base.sum()) * slower
                continue
            for name, some in base.groupby(own["surface"]):
                left = winter[way] * surface.get((way, name), 1.0)
                total += float(some.sum()) * slower / left
        return total

    found = {}
    tours = layers["tours"]
    for beat in layers["beats"].itertuples():
        own = segments[(segments["beat_id"] == beat.beat_id) & segments["required"]]
        patrol_s = seconds("patrol", own.assign(times=own["cadence"]), ridden.loc[own.index])
        mine = tours[
            (tours["beat_id"] == beat.beat_id)
            & (tours["mode"] == mode)
            & (tours["season"] == season)
        ].sort_values("cadence", ascending=False)
        deadhead_s = np.zeros(DRAWS)
        transit_s = seconds("transit", own.assign(times=1.0), ridden.loc[own.index])
        usual = transit_at_central(own, given, ridden.loc[own.index], season)
        for row, less in zip(mine.itertuples(), [*mine["cadence"][1:], 0.0], strict=True):
            # As long as its own streets take; which ways it goes over is not looked at here.
            deadhead_s += (row.cadence - less) * row.deadhead_s * transit_s / usual
        needed = talk * (patrol_s + deadhead_s) + float(stops[own.index].sum())
        found[beat.beat_id] = needed <= beat.posts * of_post
    return found


def transit_at_central(
    own: pd.DataFrame, given: dict[str, Any], ridden: pd.Series, season: str
) -> float:
    total = 0.0
    for row, on_bike in zip(own.itertuples(), ridden, strict=True):
        way = "bike" if on_bike else "foot"
        left = 1.0
        if season == "winter":
            left = given[f"winter_{way}_factor"]["central"]
            if row.surface != "paved":
                left *= given[f"winter_{way}_surface"][row.surface]["central"]
        total += row.length_m / (given[f"{way}_transit_kmh"]["central"] / 3.6) / left
    return total


@pytest.mark.parametrize(
    ("mode", "season"), [("foot", "summer"), ("foot", "winter"), ("bike", "summer")]
)
def test_chances_are_those_of_two_hundred_thousand_other_draws(
    layers: dict[str, pd.DataFrame], mode: str, season: str
) -> None:
    own = season == dict(layers["plan_info"][["key", "value"]].to_numpy())["season"]
    column = f"{mode}_chance" if own else f"{mode}_{season}_chance"
    told = layers["beats"].set_index("beat_id")[column]
    found = chances(layers, mode, season)
    assert {beat: enough.mean() for beat, enough in found.items()} == pytest.approx(
        told.to_dict(), abs=NEAR
    )


def test_beats_with_time_enough_are_counted_over_the_draws_that_all_share(
    layers: dict[str, pd.DataFrame], sample_plan: Plan
) -> None:
    found = np.sum(list(chances(layers, "foot", "summer").values()), axis=0)
    told = sample_plan.enough_in("foot", "summer")
    low, central, high = np.percentile(found, [10, 50, 90])
    assert abs(told.low - low) <= 1
    assert abs(told.central - central) <= 1
    assert abs(told.high - high) <= 1
    assert told.all_chance == pytest.approx((found == len(sample_plan.beats)).mean(), abs=NEAR)
    # A sum of chances would know nothing of how often all have.
    product = np.prod([beat.foot.chance for beat in sample_plan.beats])
    assert told.all_chance > 2.0 * product


def test_a_plan_of_today_reads_as_it_was_judged(sample_plan: Plan, tmp_path: Path) -> None:
    path = tmp_path / "plan.gpkg"
    save_plan(sample_plan, path)
    again = load_plan(path)
    assert again.enough == sample_plan.enough
    assert again.beats == sample_plan.beats
