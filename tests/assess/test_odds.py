"""The chance of having time enough: by hand, monotone, the same for every question."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from drawing import Street, bare
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import qmc, triang

from reso_geo import assess, load_settings, sector_in
from reso_geo.assess import AssessRequest, judge
from reso_geo.assess.odds import DRAWS, chance_phrase, draws_of
from reso_geo.assess.odds.draws import _points
from reso_geo.assess.remedies import with_cadence
from reso_geo.assess.time_budget import needs_of
from reso_geo.coverage import travel_graph
from reso_geo.settings import PatrolSettings, Range
from reso_geo.travel import travel_times
from reso_geo.workload import measure_load

if TYPE_CHECKING:
    from reso_geo.assess import Verdict

FREE = [Street(0, 1, 8000.0), Street(1, 2, 500.0, highway="footway"), Street(2, 0, 3000.0)]
"""A loop with a path that is passed half as often."""
SEEDS = range(50)
Figures = tuple[float, float, float]


def steady(**ranges: Figures) -> PatrolSettings:
    """Return settings of which only some have a range."""
    usual = load_settings()
    values: dict[str, Any] = {}
    for key, value in usual.values().items():
        table, _, part = key.partition(".")
        if isinstance(value, Range) and part:
            values.setdefault(table, {})[part] = value.central
        elif isinstance(value, Range):
            values[key] = value.central
    return load_settings(**values | ranges)


def judged(
    streets: list[Street],
    now: PatrolSettings,
    posts: int = 1,
    *,
    mode: str = "foot",
    season: str = "summer",
    stop_s: float = 0.0,
) -> Verdict:
    """Return the verdict on all streets from the first junction, with visits along the first."""
    network = bare(streets)
    stops = np.zeros(len(network))
    stops[0] = stop_s
    graph = travel_graph(network, travel_times(network, now, season), mode)
    needs = needs_of(network, now, mode, season, stops)
    beat = measure_load(graph, needs.load, np.arange(len(network)), 0)
    return judge(needs, beat, posts, matters=True)


def cadences(streets: Figures, paths: Figures) -> dict[str, Any]:
    """Return cadences of which both streets and paths have a range."""
    return {"other": streets, **dict.fromkeys(("footway", "path", "cycleway"), paths)}


def tri(low: float, central: float, high: float) -> Any:  # noqa: ANN401 - scipy's frozen kind
    return triang((central - low) / (high - low), low, high - low)


# By hand.


@pytest.mark.parametrize("share", [0.42, 0.45, 0.47, 0.49])
def test_the_chance_of_one_range_is_that_of_its_triangle(share: float) -> None:
    # There and back at 4 km/h on patrol and 4.8 in transit, 45 minutes of each hour: the street
    # is as long as fills this share of 4.5 shifts of 8 h.
    hours_per_km = (1 / 4.0 + 1 / 4.8) * 4 / 3
    length_m = 1000.0 * share * 4.5 * 8.0 / hours_per_km
    found = judged([Street(0, 1, length_m)], steady(patrol_share=(0.40, 0.45, 0.50)))
    assert found.chance == pytest.approx(tri(0.40, 0.45, 0.50).sf(share), abs=0.01)


@pytest.mark.parametrize("km", [22.0, 24.5, 27.0])
def test_the_chance_of_two_ranges_is_their_integral(km: float) -> None:
    # 2 km f / p hours of 36 s: time enough where p s is 2 km f / 36 or more.
    pace, share = (3.6, 4.0, 4.5), (0.40, 0.45, 0.50)
    given = steady(foot_patrol_kmh=pace, foot_transit_kmh=pace, patrol_share=share)
    found = judged([Street(0, 1, 1000.0 * km)], given)
    asked = 2.0 * km * (4 / 3) / 36.0
    by_hand, _ = quad(lambda s: tri(*share).pdf(s) * tri(*pace).sf(asked / s), 0.40, 0.50)
    assert 0.05 < by_hand < 0.999
    assert found.chance == pytest.approx(by_hand, abs=0.01)


def test_the_points_are_the_scrambled_sobol_points_of_scipy() -> None:
    points = qmc.Sobol(64, rng=20_260).random(DRAWS)
    np.testing.assert_array_equal(_points(), points)


def test_both_paces_of_a_mode_are_one_draw_and_all_else_are_others() -> None:
    draws = draws_of(load_settings())
    low, high = draws["foot_patrol_kmh"], draws["foot_transit_kmh"]
    assert (np.argsort(low, kind="stable") == np.argsort(high, kind="stable")).all()
    others = [key for key, each in draws.values.items() if len(each) > 1]
    others = [key for key in others if key not in ("foot_transit_kmh", "bike_transit_kmh")]
    apart = np.corrcoef([draws[key] for key in others]) - np.eye(len(others))
    assert np.abs(apart).max() < 0.05
    assert {len(each) for each in draws.values.values()} == {1, DRAWS}


def test_draws_stay_within_their_range_and_have_its_mean() -> None:
    given = load_settings()
    draws = draws_of(given)
    for key, value in given.values().items():
        if isinstance(value, Range) and "observed" not in key:
            drawn = draws[key]
            assert value.low <= drawn.min() <= drawn.max() <= value.high
            mean = (value.low + value.central + value.high) / 3.0
            assert drawn.mean() == pytest.approx(mean, rel=0.002)


def test_the_draws_of_one_assumption_do_not_depend_on_the_ranges_of_others() -> None:
    usual, fixed = draws_of(load_settings()), draws_of(load_settings(shift_h=(7, 8, 9)))
    more = draws_of(load_settings(cadence={"service": 1.0}))
    assert (usual["contact_min"] == fixed["contact_min"]).all()
    assert (usual["contact_min"] == more["contact_min"]).all()
    assert len(usual["cadence.other"]) == len(fixed["bike_climb_loss"]) == 1


def test_one_of_several_ranges_held_at_its_ends_is_what_matters() -> None:
    given = steady(patrol_share=(0.40, 0.45, 0.50), shifts_per_week=(4.0, 4.5, 5.0))
    length_m = 1000.0 * 0.45 * 36.0 / ((1 / 4.0 + 1 / 4.8) * 4 / 3)
    found = judged([Street(0, 1, length_m)], given)
    by_key = {each.setting: each for each in found.matters}
    assert set(by_key) == {"patrol_share", "shifts_per_week"}
    # With 4 shifts of 4.5 the share has to be 0.50625, more than it ever is; with 5, 0.405.
    assert by_key["shifts_per_week"].chance_low == 0.0
    high = by_key["shifts_per_week"].chance_high
    assert high == pytest.approx(tri(0.40, 0.45, 0.50).sf(0.405), abs=0.01)
    assert found.to_measure == found.matters[0].setting == "shifts_per_week"


def test_the_reserve_is_zero_or_more_exactly_where_the_chance_is_eight_in_ten() -> None:
    for length_m in np.linspace(16_000.0, 32_000.0, 60).tolist():
        found = judged([Street(0, 1, length_m)], load_settings())
        assert found.reserve is not None
        assert (found.reserve >= 0.0) == (found.chance >= 0.80) == (found.verdict == "yes")
        assert (found.chance <= 0.20) == (found.verdict == "no")


def test_a_cadence_without_a_range_is_never_drawn_and_one_with_is() -> None:
    length_m = 20_000.0
    same = judged([Street(0, 1, length_m)], load_settings())
    wide = judged([Street(0, 1, length_m)], load_settings(cadence={"other": (0.5, 1.0, 1.5)}))
    assert "cadence.other" not in {each.setting for each in same.matters}
    assert wide.matters[0].setting == "cadence.other"
    assert wide.matters[0].chance_low > wide.matters[0].chance_high


def test_without_a_legal_tour_the_chance_is_zero_and_nothing_is_told_of_time() -> None:
    found = judged([Street(0, 1), Street(2, 3)], load_settings())
    assert (found.verdict, found.chance, found.reserve, found.margin) == ("no", 0.0, None, None)
    assert found.matters == ()
    assert found.to_measure is None


# Monotone, and enclosed by the worst and the best case.


def chances(now: PatrolSettings, seed: int) -> tuple[float, ...]:
    rng = np.random.default_rng(seed)
    streets = [replace(each, length_m=each.length_m * rng.uniform(0.5, 3.0)) for each in FREE]
    stop_s = rng.uniform(0.0, 9000.0)
    return tuple(
        judged(streets, now, posts, season=season, mode=mode, stop_s=stop_s).chance
        for posts in (1, 2)
        for mode, season in (("foot", "summer"), ("foot", "winter"), ("bike", "summer"))
    )


def times(value: Range, factor: float) -> Range:
    return replace(
        value, low=value.low * factor, central=value.central * factor, high=value.high * factor
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_more_pace_hours_and_posts_never_lower_a_chance_and_more_cadence_never_raises_it(
    seed: int,
) -> None:
    rng = np.random.default_rng(1000 + seed)
    base = load_settings(cadence=cadences((0.8, 1.0, 1.3), (0.4, 0.5, 0.9)))
    factor = float(rng.uniform(1.01, 1.3))
    usual = chances(base, seed)
    for keys in (
        ("foot_patrol_kmh", "foot_transit_kmh", "bike_patrol_kmh", "bike_transit_kmh"),
        ("foot_patrol_kmh",),
        ("shift_h",),
        ("shifts_per_week",),
        ("patrol_share",),
    ):
        faster: dict[str, Any] = {key: times(getattr(base, key), factor) for key in keys}
        found = chances(replace(base, **faster), seed)
        assert all(now >= then for now, then in zip(found, usual, strict=True))
    often = chances(with_cadence(base, factor), seed)
    assert all(now <= then for now, then in zip(often, usual, strict=True))
    assert all(two >= one for one, two in zip(usual[:3], usual[3:], strict=True))


def at_ends(given: PatrolSettings, pick: dict[str, str]) -> PatrolSettings:
    """Return settings with every range held at the end that asks for most, or for least."""
    values: dict[str, Any] = {}
    for key, value in given.values().items():
        if isinstance(value, Range) and "." not in key:
            asks = key in ("contacts_per_patrol_h", "contact_min", "count_min")
            figure = value.at(pick["asks" if asks else "gives"])
            values[key] = replace(value, low=figure, central=figure, high=figure)
    return replace(given, **values)


@pytest.mark.parametrize("mode", ["foot", "bike"])
def test_the_worst_and_the_best_case_enclose_all_draws(mode: str) -> None:
    given = load_settings()
    found = judged(FREE, given, mode=mode)
    worst, best = (
        judged(FREE, at_ends(given, pick), mode=mode)
        for pick in ({"asks": "high", "gives": "low"}, {"asks": "low", "gives": "high"})
    )
    assert worst.margin is not None
    assert best.margin is not None
    assert worst.margin <= found.odds.margins.min() <= found.odds.margins.max() <= best.margin
    assert {worst.chance, best.chance} <= {0.0, 1.0}


# No word contradicts another.

TIME = {"too_long", "detours", "anchors_exceed_time", "counts_exceed_time", "winter_pace"}


def random_settings(rng: np.random.Generator) -> PatrolSettings:
    def wide(low: float, high: float) -> Figures:
        figures = sorted(rng.uniform(low, high, 3).tolist())
        return figures[0], figures[1], figures[2]

    return load_settings(
        foot_patrol_kmh=wide(2.5, 6.0),
        foot_transit_kmh=wide(3.0, 7.0),
        winter_foot_factor=wide(0.5, 1.0),
        shifts_per_week=wide(2.0, 6.0),
        patrol_share=wide(0.2, 0.9),
        contacts_per_patrol_h=wide(0.5, 9.0),
        contact_min=wide(0.5, 5.0),
        cadence=cadences(wide(0.3, 2.0), wide(0.1, 0.29)),
    )


def test_nowhere_does_a_reason_a_reserve_or_a_word_contradict_the_verdict() -> None:
    rng = np.random.default_rng(7)
    seen: dict[str, int] = {}
    for _ in range(500):
        # Four beats that nothing joins share the settings, which take longer than a verdict.
        streets = [
            replace(each, u=each.u + first, v=each.v + first, length_m=rng.uniform(500.0, 12_000.0))
            for first in range(0, 12, 3)
            for each in FREE
        ]
        network, now = bare(streets), random_settings(rng)
        season = "winter" if rng.random() < 0.4 else "summer"
        stops = np.zeros(12)
        stops[::3] = rng.choice([0.0, 1.0], 4) * rng.uniform(0.0, 60_000.0, 4)
        graph = travel_graph(network, travel_times(network, now, season), "foot")
        needs = needs_of(network, now, "foot", season, stops)
        for first in range(0, 12, 3):
            beat = measure_load(graph, needs.load, np.arange(first, first + 3), first)
            found = judge(needs, beat, int(rng.integers(1, 3)), matters=True)
            seen[found.verdict] = seen.get(found.verdict, 0) + 1
            consistent(found)
    assert min(seen.values()) > 100
    assert set(seen) == {"yes", "borderline", "no"}


def consistent(found: Verdict) -> None:
    assert found.reserve is not None
    assert (found.verdict == "yes") == (found.chance >= 0.80) == (found.reserve >= 0.0)
    assert (found.verdict == "no") == (found.chance <= 0.20)
    reasons = TIME & set(found.reasons)
    assert bool(reasons) == (found.verdict != "yes")
    for reason in found.why:
        if reason.code == "too_long":
            assert float(reason.figures["posts_sure"]) > float(reason.figures["held"])
        if reason.code == "winter_pace":
            assert float(reason.figures["more_share"]) > 0.0
    low, _, high = found.needed_s
    assert low <= high
    assert found.to_measure is None or found.matters[0].move >= 0.60
    told = chance_phrase(found.chance, found.verdict)
    tenths = {"odds.none": 0, "odds.less": 0, "odds.more": 9, "odds.all": 10}.get(
        told.key, told.values.get("tenths")
    )
    assert isinstance(tenths, int)
    assert (tenths >= 8) == (found.verdict == "yes")
    assert (tenths <= 2) == (found.verdict == "no")
    for each in found.matters:
        assert min(each.chance_low, each.chance_high) - 0.02 <= found.chance
        assert found.chance <= max(each.chance_low, each.chance_high) + 0.02


@given(chance=st.floats(0.0, 1.0))
def test_computations_in_ten_never_say_what_another_verdict_says(chance: float) -> None:
    verdict = "yes" if chance >= 0.8 else "no" if chance <= 0.2 else "borderline"
    told = chance_phrase(chance, verdict)
    if told.key == "odds.tenths":
        tenths = told.values["tenths"]
        assert abs(tenths / 10.0 - chance) < 0.1
        assert {"yes": tenths >= 8, "no": tenths <= 2, "borderline": 2 < tenths < 8}[verdict]
    else:
        assert chance < 0.05 or chance > 0.95


# The remedies reach what is asked.


@examples(max_examples=20, deadline=None)
@given(km=st.floats(24.0, 40.0))
def test_each_remedy_brings_the_chance_that_is_asked(km: float) -> None:
    streets = [Street(n, n + 1, 500.0 * km / 10) for n in range(20)]
    streets += [Street(20, 0, 100.0, required=False)]
    found = assess(
        sector_in(bare(streets), load_settings(), "Town"),
        None,
        AssessRequest(("foot",), ("summer",)),
    )
    case = found.judgements["foot", "summer"].case
    assert bool(found.fixes) == (case.verdict.verdict != "yes")
    for fix in found.fixes:
        assert float(fix.figures["worst_chance"]) >= 0.80  # type: ignore[arg-type]
        assert all(part.chance >= 0.80 for part in fix.parts)
