"""What each city has of the posts, beside what it has of streets, residents, calls and load."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from reso_geo.report import plan_summary
from reso_geo.report.tables.equity import equity_of
from reso_geo.report.tables.plan_tables import plan_tables

if TYPE_CHECKING:
    from reso_geo import Plan

SHEET = "office.sheet.equity"


def with_people(plan: Plan, fewest: int) -> Plan:
    """Return the plan with `fewest` residents and calls in its first beat, 100 more in the next."""
    beats = tuple(
        replace(beat, residents=fewest + 100 * k, counts=fewest + 10 * k, counts_load_s=0.0)
        for k, beat in enumerate(plan.beats)
    )
    return replace(plan, beats=beats)


def test_shares_of_cities_are_those_of_their_beats_and_sum_to_one(sample_plan: Plan) -> None:
    plan = with_people(sample_plan, 40)
    rows = equity_of(plan)
    assert [row.city for row in rows] == list(dict.fromkeys(beat.city for beat in plan.beats))
    for row in rows:
        own = [beat for beat in plan.beats if beat.city == row.city]
        assert row.posts == sum(beat.posts for beat in own)
        assert row.street_km == pytest.approx(sum(beat.street_km for beat in own))
        people = [beat.residents or 0 for beat in own]
        whole = sum(beat.residents or 0 for beat in plan.beats)
        assert (row.residents, row.residents_share) == (sum(people), sum(people) / whole)
        assert row.residents_per_post == sum(people) / row.posts
    for name in ("posts_share", "km_share", "residents_share", "counts_share", "load_share"):
        assert sum(getattr(row, name) for row in rows) == pytest.approx(1.0)
    assert plan_summary(plan, "", "fr")["equity"][1]["posts"] == rows[1].posts  # type: ignore[index]


def test_the_public_is_told_no_share_that_would_give_a_small_number_away(
    sample_plan: Plan,
) -> None:
    few, many = (equity_of(with_people(sample_plan, fewest), "public") for fewest in (9, 10))
    assert few[0].residents is None
    assert {row.residents_share for row in few} == {None}
    assert {row.counts_share for row in few} == {None}
    assert None not in {row.residents_share for row in many}
    tables = plan_tables(with_people(sample_plan, 10), "fr", "public")
    heads = {table.key: [column.head for column in table.columns] for table in tables}
    assert "office.column.of_posts" in heads[SHEET]
    assert "office.column.of_load" not in heads[SHEET]


def test_streets_that_wait_count_for_their_city(sample_plan: Plan) -> None:
    beat = sample_plan.partition.beat_of.copy()
    beat[sample_plan.partition.segments_of(0)[:40]] = -1
    partition = replace(sample_plan.partition, beat_of=beat)
    plan = replace(
        sample_plan, partition=partition, request=replace(sample_plan.request, coverage="partial")
    )
    first, *others = equity_of(plan)
    assert first.waiting_km == pytest.approx(plan.waiting_km)
    assert first.waiting_km > 0.0
    assert [row.waiting_km for row in others] == [0.0] * len(others)


def test_beats_across_city_lines_and_a_single_city_have_no_such_table(sample_plan: Plan) -> None:
    one = tuple(replace(beat, city="") for beat in sample_plan.beats)
    assert equity_of(replace(sample_plan, beats=one)) == ()
