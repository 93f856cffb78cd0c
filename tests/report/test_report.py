"""CSV for a spreadsheet, JSON for a program."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from reso_geo import Plan, plan_report
from reso_geo.errors import OutputError, UsageError
from reso_geo.plan import balance_phrase
from reso_geo.report import plan_summary

if TYPE_CHECKING:
    from pathlib import Path

FIGURES = {
    "pass_s", "deadhead_s", "lower_bound_s", "exact", "gap", "verdict", "margin", "every_weeks",
    "reserve", "set_aside", "reasons", "chance", "low_s", "high_s", "to_measure",
    "cadence_share",
}  # fmt: skip


def test_french_csv_opens_in_a_french_spreadsheet(sample_plan: Plan, tmp_path: Path) -> None:
    plan_report(sample_plan, tmp_path / "b.csv", "fr")
    raw = (tmp_path / "b.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(raw.decode("utf-8-sig").splitlines(), delimiter=";"))
    assert len(rows) == len(sample_plan.beats)
    assert rows[0]["Secteur"] == sample_plan.beats[0].beat_id
    km = rows[0]["Rues (km)"]
    assert "," in km
    assert float(km.replace(",", ".")) == pytest.approx(sample_plan.beats[0].street_km, abs=0.005)


def test_english_csv_has_points_and_commas(sample_plan: Plan, tmp_path: Path) -> None:
    plan_report(sample_plan, tmp_path / "b.csv", "en")
    text = (tmp_path / "b.csv").read_text(encoding="utf-8-sig")
    row = next(csv.DictReader(text.splitlines()))
    hours = sample_plan.beats[0].load_s / 3600.0
    assert float(row["Load (h/week)"]) == pytest.approx(hours, abs=0.005)


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1450", "-2", "@x", "\tx", "\nx"])
def test_text_that_looks_like_a_formula_stays_text(
    sample_plan: Plan, tmp_path: Path, name: str
) -> None:
    beats = (replace(sample_plan.beats[0], name=name), *sample_plan.beats[1:])
    plan_report(replace(sample_plan, beats=beats), tmp_path / "b.csv", "fr")
    with (tmp_path / "b.csv").open(encoding="utf-8-sig", newline="") as stream:
        assert next(csv.DictReader(stream, delimiter=";"))["Nom"] == f"'{name}"


def test_the_public_table_has_no_loads_and_masks_small_counts(
    sample_plan: Plan, tmp_path: Path
) -> None:
    beats = (replace(sample_plan.beats[0], residents=7), *sample_plan.beats[1:])
    plan = replace(sample_plan, beats=beats)
    for audience, seen in (("public", "<10"), ("internal", "7")):
        plan_report(plan, tmp_path / "b.csv", "en", audience)
        text = (tmp_path / "b.csv").read_text(encoding="utf-8-sig")
        row = next(csv.DictReader(text.splitlines()))
        assert row["Residents"] == seen
        assert ("Load (h/week)" in row) == (audience == "internal")
        assert row["Audience"]
        named = row.get("Assumptions without a published source", "")
        assert ("Minutes per contact" in named) == (audience == "internal")
    with pytest.raises(UsageError, match="everybody"):
        plan_report(plan, tmp_path / "b.csv", "en", "everybody")


def test_a_plan_on_generalised_outlines_says_so_in_every_row(
    sample_plan: Plan, tmp_path: Path
) -> None:
    plan = replace(sample_plan, boundary=replace(sample_plan.boundary, kind="generalised"))
    plan_report(plan, tmp_path / "b.csv", "fr")
    with (tmp_path / "b.csv").open(encoding="utf-8-sig", newline="") as stream:
        assert all(
            "PROVISOIRE" in row["État du plan"] for row in csv.DictReader(stream, delimiter=";")
        )


def test_another_ending_and_an_unwritable_place_are_refused(
    sample_plan: Plan, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=r"\.csv"):
        plan_report(sample_plan, tmp_path / "b.xls")
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match=r"b\.csv"):
        plan_report(sample_plan, tmp_path / "file" / "b.csv")


def test_json_has_every_key_of_the_contract_and_no_infinite_number(sample_plan: Plan) -> None:
    answer = json.loads(json.dumps(plan_summary(sample_plan, "plan.gpkg"), allow_nan=False))
    assert {"plan", "officers", "mode", "season", "beats", "balance", "dropped", "warnings"} <= set(
        answer
    )
    for beat in answer["beats"]:
        assert {
            "beat_id", "name", "city", "district", "posts", "street_km", "residents", "load_s",
            "description", "border_named",
        } <= set(beat)  # fmt: skip
        assert set(beat["foot"]) == set(beat["bike"]) == FIGURES
    assert set(answer["balance"]) == {"max_over_mean", "min_over_mean", "within_cities", "why"}
    assert {"class", "km", "why"} <= set(answer["dropped"][0])
    assert set(answer["beats"][0]["description"]) == {"fr", "en"}
    assert answer["districts"] == []


def test_a_planner_reads_which_border_has_no_name_and_the_public_does_not(
    sample_plan: Plan, tmp_path: Path
) -> None:
    first, second, third, *others = sample_plan.beats
    beats = (
        replace(first, border_named=0.632),
        replace(second, border_named=0.8),
        replace(third, border_named=None),
        *others,
    )
    told = [beat.description_en for beat in beats[:3]]
    rows = {}
    for audience in ("internal", "public"):
        plan_report(replace(sample_plan, beats=beats), tmp_path / "b.csv", "en", audience)
        text = (tmp_path / "b.csv").read_text(encoding="utf-8-sig")
        rows[audience] = list(csv.DictReader(text.splitlines()))[:3]
    assert [row["Border named (%)"] for row in rows["internal"]] == ["63.20", "80.00", ""]
    missing = " Border without a name: 37 %."
    assert [row["Where it is"] for row in rows["internal"]] == [told[0] + missing, *told[1:]]
    assert [row["Where it is"] for row in rows["public"]] == told
    assert "Border named (%)" not in rows["public"][0]


def test_districts_are_told_with_their_load_but_not_in_public(
    sample_plan: Plan, tmp_path: Path
) -> None:
    beats = tuple(
        replace(beat, district="D10" if k else "D2") for k, beat in enumerate(sample_plan.beats)
    )
    plan = replace(sample_plan, beats=beats)
    first, second = plan_summary(plan, "plan.gpkg")["districts"]  # type: ignore[misc]
    assert (first["district"], second["district"]) == ("D2", "D10")
    assert list(first["beats"]) == [beats[0].beat_id]
    assert second["posts"] == 16
    assert second["load_s"] == pytest.approx(sum(beat.load_s for beat in beats[1:]))
    rows = {}
    for audience in ("internal", "public"):
        plan_report(plan, tmp_path / "b.csv", "en", audience)
        text = (tmp_path / "b.csv").read_text(encoding="utf-8-sig")
        rows[audience] = next(csv.DictReader(text.splitlines()))
    assert rows["public"]["District"] == rows["internal"]["District"] == "D2"
    assert rows["public"]["Where it is"].startswith("Bounded by ")
    hours = float(rows["internal"]["Load of the district (h/week)"])
    assert hours == pytest.approx(beats[0].load_s / 3600.0, abs=0.005)
    assert "Load of the district (h/week)" not in rows["public"]


def test_kilometres_of_the_beats_sum_to_what_is_required(sample_plan: Plan) -> None:
    answer = plan_summary(sample_plan, "plan.gpkg")
    assert sum(beat.street_km for beat in sample_plan.beats) == pytest.approx(answer["required_km"])


def test_balance_is_told_within_cities_and_over_the_whole_plan(sample_plan: Plan) -> None:
    told = plan_summary(sample_plan, "plan.gpkg")["balance"]
    loads = {beat.beat_id: beat.load_s / beat.posts for beat in sample_plan.beats}
    shares = []
    for city in {beat.city for beat in sample_plan.beats}:
        own = [loads[beat.beat_id] for beat in sample_plan.beats if beat.city == city]
        shares += [load * len(own) / sum(own) for load in own]
    within = told["within_cities"]  # type: ignore[index]
    assert (within["max_over_mean"], within["min_over_mean"]) == pytest.approx(
        (max(shares), min(shares))
    )
    mean = sum(loads.values()) / len(loads)
    assert told["max_over_mean"] == pytest.approx(max(loads.values()) / mean)  # type: ignore[index]
    words = balance_phrase(sample_plan).say("en")
    assert "of its city" in words
    assert "of the whole plan" in words
