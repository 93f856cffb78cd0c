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

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from reso_geo import Plan


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
    central = {key: each.get("central") for key, each in given.items()}
    factor = 60.0 / (60.0 - central["contacts_per_patrol_h"] * central["contact_min"])
    walked_s = own["cadence"] * own["foot_patrol_s"]
    stop_s = float((own["street_load_s"] - walked_s * factor).sum())
    hours = central["shifts_per_week"] * central["shift_h"] * central["patrol_share"]
    available = beat["posts"] * hours * 3600.0
    central_s = (1.0 - beat[f"{mode}_margin"]) * available
    ridden = (own["bike_forward"] == "ride") | (own["bike_backward"] == "ride")
    goes = ["bike" if mode == "bike" and rides else "foot" for rides in ridden]

    def seconds(kind: str) -> pd.Series:
        kmh = [central[f"{how}_{kind}_kmh"] for how in goes]
        return own["length_m"] / (np.array(kmh) / 3.6)

    weekly_s = float((seconds("patrol") * own["cadence"]).sum())
    deadhead_s = (central_s - stop_s) / factor - weekly_s
    pass_s = factor * beat[f"{mode}_pass_s"]
    of_shift = 3600.0 * given["shift_h"]["central"] * given["patrol_share"]["central"]
    return {
        "needed": central_s,
        "available": available,
        "margin": 1.0 - central_s / available,
        "weeks": pass_s / (available - stop_s),
        "shifts": pass_s / of_shift,
        "street_km": float(own["length_m"].sum()) / 1000.0,
        "pass_s": beat[f"{mode}_pass_s"],
        "bound_s": beat[f"{mode}_bound_s"],
        "detours": deadhead_s / (deadhead_s + weekly_s),
        "posts": central_s / (available / beat["posts"]),
        **{name: beat[f"{mode}_{name}"] for name in ("chance", "reserve", "low_s", "high_s")},
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
        low_s, central_s, high_s = verdict.needed_s
        assert central_s == pytest.approx(by_hand["needed"], rel=near)
        assert low_s == pytest.approx(by_hand["low_s"], rel=near)
        assert high_s == pytest.approx(by_hand["high_s"], rel=near)
        assert verdict.available_s[1] == pytest.approx(by_hand["available"])
        # The chance moves by about four times what the margin does.
        assert verdict.chance == pytest.approx(by_hand["chance"], abs=4 * near)
        assert verdict.reserve == pytest.approx(by_hand["reserve"], abs=near)
        assert verdict.margin == pytest.approx(by_hand["margin"], abs=near)
        assert verdict.every_weeks == pytest.approx(by_hand["weeks"], rel=near)
        assert judgement.paces is not None
        low, usual, high = judgement.paces.component_shifts
        assert low < usual == pytest.approx(by_hand["shifts"], rel=near)
        assert usual < high
        for reason in verdict.why:
            if reason.code == "detours":
                assert reason.figures["share"] == pytest.approx(by_hand["detours"], abs=near)
            elif reason.code == "too_long":
                assert reason.figures["posts"] == pytest.approx(by_hand["posts"], rel=near)
                assert float(reason.figures["posts_sure"]) > float(reason.figures["held"])
                assert reason.figures["shifts"] == pytest.approx(by_hand["shifts"], rel=near)


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
