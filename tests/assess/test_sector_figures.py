"""Every figure of the verdict of a beat follows from the plan file."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pytest

from reso_geo import assess, save_plan
from reso_geo.assess import AssessRequest
from reso_geo.settings import LEVELS

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from reso_geo import Plan

OTHER_END = dict(zip(LEVELS, reversed(LEVELS), strict=True))


@pytest.fixture(scope="module")
def saved(sample_plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("saved") / "plan.gpkg"
    save_plan(sample_plan, path)
    return path


def recomputed(path: Path, beat_id: str, mode: str) -> dict[str, Any]:
    """Work a verdict out from the layers of a plan file and the settings that it records."""
    info = gpd.read_file(path, layer="plan_info").set_index("key")["value"]
    given = json.loads(info["settings"])
    segments = gpd.read_file(path, layer="segments")
    own = segments[(segments["beat_id"] == beat_id) & segments["required"]]
    beat = gpd.read_file(path, layer="beats").set_index("beat_id").loc[beat_id]
    factor = {
        level: 60.0 / (60.0 - given["contacts_per_patrol_h"][level] * given["contact_min"][level])
        for level in LEVELS
    }
    walked_s = own["cadence"] * own["foot_patrol_s"]
    stop_s = float((own["street_load_s"] - walked_s * factor["central"]).sum())
    available = {
        level: beat["posts"]
        * given["shifts_per_week"][level]
        * given["shift_h"][level]
        * given["patrol_share"][level]
        * 3600.0
        for level in LEVELS
    }
    central_s = (1.0 - beat[f"{mode}_margin"]) * available["central"]
    ridden = (own["bike_forward"] == "ride") | (own["bike_backward"] == "ride")
    goes = ["bike" if mode == "bike" and rides else "foot" for rides in ridden]

    def seconds(kind: str, level: str) -> pd.Series:
        kmh = [given[f"{how}_{kind}_kmh"][level] for how in goes]
        return own["length_m"] / (np.array(kmh) / 3.6)

    weekly_s = {at: float((seconds("patrol", at) * own["cadence"]).sum()) for at in LEVELS}
    once_s = {at: float(seconds("patrol", at).sum()) for at in LEVELS}
    transit_s = {at: float(seconds("transit", at).sum()) for at in LEVELS}
    deadhead_s = (central_s - stop_s) / factor["central"] - weekly_s["central"]
    patrol_s = beat[f"{mode}_pass_s"] - beat[f"{mode}_deadhead_s"]
    needed, passes = {}, {}
    for level, pace in OTHER_END.items():
        slower = transit_s[pace] / transit_s["central"]
        needed[level] = (weekly_s[pace] + deadhead_s * slower) * factor[level] + stop_s
        walk_s = patrol_s * once_s[pace] / once_s["central"]
        passes[level] = (walk_s + beat[f"{mode}_deadhead_s"] * slower) * factor[level]
    fits = needed["high"] <= available["low"]
    fails = needed["low"] > available["high"]
    moving_s = (needed["central"] - stop_s) / factor["central"]
    return {
        "needed": needed,
        "available": available,
        "verdict": "yes" if fits else "no" if fails else "borderline",
        "margin": 1.0 - needed["central"] / available["central"],
        "weeks": [passes[level] / (available[OTHER_END[level]] - stop_s) for level in LEVELS],
        "shifts": [
            passes[level] / 3600.0 / given["shift_h"][pace] / given["patrol_share"][pace]
            for level, pace in OTHER_END.items()
        ],
        "even_at": (1.0 - moving_s / (available["central"] - stop_s))
        * 60.0
        / given["contact_min"]["central"],
        "street_km": float(own["length_m"].sum()) / 1000.0,
        "pass_s": beat[f"{mode}_pass_s"],
        "bound_s": beat[f"{mode}_bound_s"],
        "detours": deadhead_s / (deadhead_s + weekly_s["central"]),
        "posts": needed["central"] / (available["central"] / beat["posts"]),
        "posts_high": needed["high"] / (available["low"] / beat["posts"]),
    }


@pytest.mark.parametrize("mode", ["foot", "bike"])
def test_every_figure_of_a_beats_verdict_follows_from_the_plan_file(
    sample_plan: Plan, saved: Path, mode: str
) -> None:
    for beat in itertools.islice(sample_plan.beats, 0, None, 5):
        sector = sample_plan.beat(beat.beat_id)
        asked = AssessRequest((mode,), ("summer",), fixes=False)
        judgement = assess(sector, sample_plan.settings, asked).judgements[mode, "summer"]
        case, verdict = judgement.case, judgement.case.verdict
        by_hand = recomputed(saved, beat.beat_id, mode)
        # The plan's own tours; passes through a part of the streets are measured faster here.
        near = 0.003
        assert sector.street_km == pytest.approx(by_hand["street_km"])
        assert case.beat.once.pass_s == by_hand["pass_s"]
        assert case.beat.once.lower_bound_s == by_hand["bound_s"]
        assert verdict.needed_s == pytest.approx(list(by_hand["needed"].values()), rel=near)
        assert verdict.available_s == pytest.approx(list(by_hand["available"].values()))
        assert verdict.verdict == by_hand["verdict"]
        assert verdict.margin == pytest.approx(by_hand["margin"], abs=near)
        assert verdict.weeks == pytest.approx(by_hand["weeks"], rel=near)
        assert judgement.paces is not None
        assert judgement.contacts is not None
        assert judgement.paces.component_shifts == pytest.approx(by_hand["shifts"], rel=near)
        assert judgement.contacts.even_at == pytest.approx(by_hand["even_at"], rel=5 * near)
        for reason in verdict.why:
            if reason.code == "detours":
                assert reason.figures["share"] == pytest.approx(by_hand["detours"], abs=near)
            elif reason.code == "too_long":
                for figure in ("posts", "posts_high"):
                    assert reason.figures[figure] == pytest.approx(by_hand[figure], rel=near)
                assert reason.figures["shifts"] == pytest.approx(by_hand["shifts"][1], rel=near)


def test_the_calls_of_a_beat_count_in_its_verdict_and_an_outline_in_its_notes(
    sample_plan: Plan,
) -> None:
    first, *others = sample_plan.beats
    called = replace(
        sample_plan,
        boundary=replace(sample_plan.boundary, kind="generalised"),
        counts_weeks=4.0,
        beats=(replace(first, counts=60, counts_load_s=9_000.0), *others),
    )
    asked = AssessRequest(("foot",), ("summer",), fixes=False)
    needed = []
    for plan in (sample_plan, called):
        found = assess(plan.beat(first.beat_id), plan.settings, asked)
        needed.append(found.judgements["foot", "summer"].case.verdict.needed_s[1])
    assert needed[1] - needed[0] == pytest.approx(9_000.0)
    keys = {note.key for note in found.warnings}
    assert {"cli.provisional", "assess.counts_spread"} <= keys
