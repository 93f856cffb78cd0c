"""One sector: verdicts with their figures, and fixes that hold when they are run again."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from drawing import NO_WAY, Street, bare, draw, load
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from reso_geo import assess, load_network, load_settings, read_boundary, sector_in
from reso_geo.assess import (
    VERDICTS,
    AssessRequest,
    Sector,
    case_of,
    fewest_posts,
    only,
    reach_shape,
)
from reso_geo.assess.least_posts import streets_fit
from reso_geo.assess.remedies import with_cadence
from reso_geo.atomic_files import data_file
from reso_geo.i18n import LANGUAGES
from reso_geo.report import judged_by, sections, sector_summary, verdict_row
from reso_geo.settings import Range

if TYPE_CHECKING:
    from reso_geo import StreetNetwork
    from reso_geo.assess import Assessment
    from reso_geo.settings import PatrolSettings

PACES = ("foot_patrol_kmh", "foot_transit_kmh", "bike_patrol_kmh", "bike_transit_kmh")


def known(value: float) -> Range:
    return Range(value, value, value, "", "")


def sector_of(network: StreetNetwork, settings: PatrolSettings) -> Sector:
    return sector_in(network, settings, "Town")


@pytest.fixture(scope="module")
def park(defaults: PatrolSettings) -> Sector:
    """Return the sector that plays Old Greenfield Park."""
    area = read_boundary(str(data_file("sample/sector.geojson")))
    network = load_network(data_file("sample/sample.osm.pbf"), area, defaults)
    return sector_in(network, defaults, area.names[0])


@pytest.fixture(scope="module")
def judged(park: Sector, defaults: PatrolSettings) -> Assessment:
    return assess(park, defaults)


def test_old_greenfield_park_is_hard_on_foot_in_winter_and_fine_by_bike_in_summer(
    judged: Assessment,
) -> None:
    on_foot = judged.judgements["foot", "winter"].case.verdict
    by_bike = judged.judgements["bike", "summer"].case.verdict
    assert on_foot.verdict in {"no", "borderline"}
    assert "too_long" in on_foot.reasons
    assert by_bike.verdict == "yes"
    assert by_bike.reserve is not None
    assert on_foot.margin is not None
    assert by_bike.reserve >= 0.0 > on_foot.margin


def test_cutting_the_park_as_proposed_makes_each_part_feasible_for_one_post(
    judged: Assessment, defaults: PatrolSettings
) -> None:
    network = judged.sector.network
    fixes = {(fix.mode, fix.season): fix for fix in judged.fixes if fix.kind == "posts"}
    assert set(fixes) == {("foot", "summer"), ("foot", "winter")}
    for (mode, season), fix in fixes.items():
        parts = [set(part.segment_ids) for part in fix.parts]
        assert len(parts) == fix.figures["posts"]
        assert sum(map(len, parts)) == len(set.union(*parts)) == len(judged.sector.required)
        for part, ids in zip(fix.parts, parts, strict=True):
            held = np.isin(network.segment_id.astype(str), list(ids))
            own = sector_of(only(network, held, "part"), defaults)
            asked = AssessRequest((mode,), (season,), (), fixes=False)
            found = assess(own, defaults, asked).judgements[mode, season].case.verdict
            assert found.verdict == part.verdict == "yes"
            assert found.margin == pytest.approx(part.margin, abs=0.02)


def test_no_cut_can_do_with_fewer_posts_than_the_proven_bound(judged: Assessment) -> None:
    for judgement in judged.judgements.values():
        case, bound = judgement.case, fewest_posts(judgement.case)
        fits = partial(streets_fit, case.needs, case.sector.required, chance=0.80)
        assert fits(posts=bound)
        assert bound == 1 or not fits(posts=bound - 1)


def test_a_cadence_that_is_said_to_fit_does_when_everything_is_run_with_it(
    judged: Assessment, park: Sector, defaults: PatrolSettings
) -> None:
    fixes = [fix for fix in judged.fixes if fix.kind == "cadence"]
    assert len(fixes) == 2
    for fix in fixes:
        share = float(str(fix.figures["cadence_share"]))
        asked = AssessRequest((fix.mode,), (fix.season,), fixes=False)
        for factor, fits in ((share, True), (share + 0.02, False)):
            found = assess(park, with_cadence(defaults, factor), asked)
            verdict = found.judgements[fix.mode, fix.season].case.verdict
            assert (verdict.verdict == "yes") == fits
        assert fix.figures["weeks"] == pytest.approx(1.0 / share)


def test_the_cadence_that_fits_is_the_most_that_has_the_chance_asked_for(
    judged: Assessment, park: Sector, defaults: PatrolSettings
) -> None:
    toured = {
        case: each.case.verdict.cadence_share
        for case, each in judged.judgements.items()
        if each.case.verdict.toured
    }
    assert len(toured) == 3
    assert any(share > 1.0 for share in toured.values() if share)
    for (mode, season), share in toured.items():
        asked = AssessRequest((mode,), (season,), fixes=False)
        for factor, fits in ((share, True), (share + 0.02, False)):
            verdict = assess(park, with_cadence(defaults, factor), asked).judgements[mode, season]
            assert (verdict.case.verdict.chance >= 0.80) == fits


def test_the_cadence_that_fits_is_told_in_days_by_street_class(judged: Assessment) -> None:
    answer: Any = sector_summary(judged)
    for each in (answer["foot"]["summer"], answer["foot"]["winter"], answer["bike"]["summer"]):
        assert (each["cadence_share"] >= 1.0) is (each["verdict"] == "yes")
        # An ordinary street is asked for once a week, a path every other.
        days = each["cadence_days"]
        assert days["residential"] == pytest.approx(7.0 / each["cadence_share"])
        assert days["footway"] == pytest.approx(14.0 / each["cadence_share"])
    nowhere = answer["bike"]["winter"]
    assert (nowhere["cadence_share"], nowhere["cadence_days"]) == (None, None)
    said = [phrase.say("en") for phrase in judged_by(judged)]
    assert "8 computations in 10: a pass of an ordinary street every" in said[1]


def test_a_street_class_that_is_said_to_be_too_much_is(defaults: PatrolSettings) -> None:
    drawing = draw(
        """
        A---B---C---D
        |   |   |   |
        E---F---G---H
        """,
        {"AB": {"highway": "tertiary"}, "CD": {"highway": "tertiary"}},
        step_m=(1760.0, 1760.0),
    )
    network = load(drawing)
    settings = replace(defaults, contact_min=known(0.01))
    found = assess(sector_of(network, settings), settings, AssessRequest(("foot",), ("summer",)))
    (fix,) = [fix for fix in found.fixes if fix.kind == "drop_class"]
    assert fix.figures["highway"] == "tertiary"
    left = network.highway != "tertiary"
    without = replace(network, required=network.required & left)
    asked = AssessRequest(("foot",), ("summer",), fixes=False)
    again = assess(sector_of(without, settings), settings, asked)
    assert again.judgements["foot", "summer"].case.verdict.verdict == "yes"
    assert found.judgements["foot", "summer"].case.verdict.verdict != "yes"


@pytest.mark.parametrize(
    ("tags", "dropped"),
    [
        ({"AB": "tertiary", "BC": "tertiary", "CD": "primary"}, "primary, tertiary"),
        ({"AB": "tertiary", "CD": "primary", "EF": "secondary"}, "primary, secondary, tertiary"),
    ],
)
def test_classes_are_left_out_together_where_none_is_enough(
    defaults: PatrolSettings, tags: dict[str, str], dropped: str
) -> None:
    drawing = draw(
        """
        A---B---C---D
        |   |   |   |
        E---F---G---H
        """,
        {way: {"highway": value} for way, value in tags.items()},
        step_m=(1360.0, 1360.0),
    )
    network = load(drawing)
    kept = network.required & ~np.isin(network.highway.astype(str), dropped.split(", "))
    without = replace(network, required=kept)
    settings = replace(defaults, contact_min=known(0.01), shifts_per_week=known(4.5))
    asked = AssessRequest(("foot",), ("summer",))
    needed = assess(sector_of(without, settings), settings, asked)
    # As much time as the streets that are to be left ask for, and hardly more.
    over = needed.judgements["foot", "summer"].case.verdict.over
    tight = replace(settings, shifts_per_week=known(1.01 * 4.5 * over))
    found = assess(sector_of(network, tight), tight, asked)
    assert found.judgements["foot", "summer"].case.verdict.verdict != "yes"
    (fix,) = [fix for fix in found.fixes if fix.kind == "drop_class"]
    assert fix.figures["highway"] == dropped
    again = assess(sector_of(without, tight), tight, asked)
    verdict = again.judgements["foot", "summer"].case.verdict
    assert verdict.verdict == "yes"
    assert fix.figures["worst_margin"] == pytest.approx(verdict.margin, abs=0.02)


def test_a_feasible_mode_and_season_is_offered_where_another_is_not(judged: Assessment) -> None:
    offered = {(fix.mode, fix.season) for fix in judged.fixes if fix.kind == "mode"}
    feasible = {
        key for key, each in judged.judgements.items() if each.case.verdict.verdict == "yes"
    }
    assert offered == feasible == {("bike", "summer")}


def test_the_two_ways_to_say_pace_disagree_only_when_their_ranges_do_not_meet(
    park: Sector, defaults: PatrolSettings
) -> None:
    asked = AssessRequest(("foot",), ("summer",), fixes=False)
    for km, agree in ((12.9, True), (4.0, False)):
        settings = replace(defaults, foot_observed_km=known(km))
        paces = assess(park, settings, asked).judgements["foot", "summer"].paces
        assert paces is not None
        shift_km = km / 10.0 * 8.0
        assert paces.observed_shifts == pytest.approx([paces.pass_km / shift_km] * 3)
        assert paces.agree is agree


def test_a_base_far_from_the_streets_is_a_reason_with_its_minutes(defaults: PatrolSettings) -> None:
    # A town of three streets, 4 km of path away from where its patrols start.
    path = Street(0, 1, 4000.0, required=False, highway="path")
    network = bare([path, Street(1, 2), Street(2, 3), Street(3, 1)])
    sector = replace(sector_of(network, defaults), base=0)
    case = case_of(sector, defaults, "foot", "summer")
    (reason,) = [reason for reason in case.verdict.why if reason.code == "far_reach"]
    kmh = defaults.foot_transit_kmh.central
    assert 4.0 / kmh * 60.0 <= reason.figures["minutes"] <= 4.1 / kmh * 60.0
    at_home = case_of(replace(sector, base=1), defaults, "foot", "summer")
    assert "far_reach" not in at_home.verdict.reasons


def test_reach_ends_in_the_middle_of_a_street_where_the_time_does(
    defaults: PatrolSettings,
) -> None:
    # One street of 1,200 m from the base: at 4.8 km/h, 15 minutes.
    network = load(draw("A--B", step_m=400.0))
    ends = {"A": 0, "B": 1}
    settings = replace(defaults, foot_transit_kmh=known(4.8))
    sector = replace(sector_of(network, settings), base=ends["A"])
    asked = AssessRequest(("foot",), ("summer",), (5.0, 15.1), fixes=False)
    judgement = assess(sector, settings, asked).judgements["foot", "summer"]
    part, whole = judgement.reach
    assert part.load_share == pytest.approx(1.0 / 3.0, rel=1e-3)
    assert part.street_km == pytest.approx(0.4, rel=2e-3)
    assert whole.load_share == 1.0
    # 400 m, 30 m to either side, and a disc of 30 m about both ends together.
    area = 400.0 * 60.0 + np.pi * 30.0**2
    assert reach_shape(network, part).area == pytest.approx(area, rel=0.01)


def test_the_winter_tour_is_never_longer_than_what_its_bound_leaves_open(
    judged: Assessment,
) -> None:
    for judgement in judged.judgements.values():
        once = judgement.case.beat.once
        assert once.lower_bound_s <= once.pass_s + 1e-6
        assert once.gap < 0.05


def test_a_sector_that_no_bike_can_tour_is_said_to_be_one_without_a_figure_that_is_none(
    defaults: PatrolSettings,
) -> None:
    # A bike may ride into the street 1-2, not back.
    network = bare([Street(0, 1), Street(1, 2, backward=NO_WAY)])
    found = assess(sector_of(network, defaults), defaults)
    by_bike = found.judgements["bike", "summer"]
    assert by_bike.case.verdict.verdict == "no"
    assert by_bike.case.verdict.reasons == ("disconnected",)
    assert by_bike.paces is None
    for lang in LANGUAGES:
        answer = json.loads(json.dumps(sector_summary(found, lang), allow_nan=False))
        assert answer["bike"]["summer"]["pass_s"] is None
        assert answer["bike"]["summer"]["every_weeks"] is None
        for _, phrases in sections(found):
            assert all(phrase.say(lang) for phrase in phrases)
        for cell in verdict_row(by_bike):
            assert cell.say(lang)
    assert {(fix.kind, fix.mode) for fix in found.fixes} == {("mode", "foot")}


def test_a_way_for_bikes_alone_is_no_part_of_a_sector(defaults: PatrolSettings) -> None:
    network = bare([Street(0, 1), Street(1, 2), Street(2, 0, foot=False, highway="cycleway")])
    sector = sector_of(network, defaults)
    assert sector.required.tolist() == [0, 1]
    assert not case_of(sector, defaults, "foot", "summer").verdict.reasons


def test_a_tour_timed_anew_is_a_tour_of_the_other_season(
    judged: Assessment, park: Sector, defaults: PatrolSettings
) -> None:
    for mode in ("foot", "bike"):
        again = judged.judgements[mode, "winter"].case
        alone = case_of(park, defaults, mode, "winter")
        assert again.beat.once.lower_bound_s <= alone.beat.once.pass_s + 1e-6
        assert alone.beat.once.lower_bound_s <= again.beat.once.pass_s + 1e-6
        assert again.verdict.verdict == alone.verdict.verdict
        assert again.verdict.margin == pytest.approx(alone.verdict.margin, abs=0.01)


NETWORK = bare(
    [
        *(Street(u, u + 1, 400.0) for u in range(5)),
        Street(0, 3, 900.0, highway="pedestrian"),
        Street(1, 4, 700.0, highway="footway"),
        Street(2, 5, 800.0, required=False, highway="path"),
    ]
)


@profile(max_examples=40)
@given(
    st.sampled_from(["foot", "bike"]),
    st.floats(0.2, 12.0),
    st.floats(1.0, 3.0),
    st.floats(0.0, 0.3),
)
def test_more_pace_never_worsens_and_more_cadence_never_betters_a_verdict(
    mode: str, cadence: float, more: float, spread: float
) -> None:
    settings = with_cadence(load_settings(), cadence)
    usual = replace(
        settings,
        **{
            name: Range(
                getattr(settings, name).central * (1.0 - spread),
                getattr(settings, name).central,
                getattr(settings, name).central * (1.0 + spread),
                "",
                "",
            )
            for name in PACES
        },
    )
    faster = replace(
        usual,
        **{
            name: replace(
                pace, low=pace.low * more, central=pace.central * more, high=pace.high * more
            )
            for name, pace in ((name, getattr(usual, name)) for name in PACES)
        },
    )
    sector = sector_of(NETWORK, usual)

    def at(given: PatrolSettings) -> tuple[int, float]:
        verdict = case_of(sector, given, mode, "summer").verdict
        return VERDICTS.index(verdict.verdict), -verdict.margin

    rank, short = at(usual)
    for better, worse in (
        (at(faster), (rank, short)),
        ((rank, short), at(with_cadence(usual, more))),
    ):
        assert better[0] <= worse[0]
        assert better[1] <= worse[1] + 1e-9
