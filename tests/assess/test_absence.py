"""Who covers an absence: every street goes to one neighbour, in one piece, and the plan stays."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import docx
import geopandas as gpd
import numpy as np
import openpyxl
import pytest
from drawing import Street, bare, draw, load
from scipy.sparse.csgraph import dijkstra

from reso_geo import CutRequest, PlanRequest, make_plan, save_plan
from reso_geo.assess import judge, needs_of
from reso_geo.atomic_files import sha256_of
from reso_geo.cli import main
from reso_geo.coverage import travel_graph
from reso_geo.demand import read_roster
from reso_geo.errors import InfeasibleError, TableError, UsageError
from reso_geo.i18n import LANGUAGES
from reso_geo.network import components
from reso_geo.plan import cover_absence
from reso_geo.plan.absence_assignment import Handover, hand_over
from reso_geo.report import save_absence
from reso_geo.workload import measure_load

if TYPE_CHECKING:
    from pathlib import Path

    from reso_geo import Plan
    from reso_geo.plan import Absence
    from reso_geo.settings import PatrolSettings

GRID = """
A---B---C---D---E---F
|   |   |   |   |   |
G---H---I---J---K---L
|   |   |   |   |   |
M---N---O---P---Q---R
|   |   |   |   |   |
S---T---U---V---W---X
"""


def run(*words: str | Path) -> int:
    """Run the command in this process; give its exit code."""
    with pytest.raises(SystemExit) as stop:
        main(["cover", *(str(word) for word in words)])
    return int(stop.value.code or 0)


@pytest.fixture(scope="module")
def plan(defaults: PatrolSettings) -> Plan:
    network = load(draw(GRID, step_m=(200.0, 400.0)))
    return make_plan(network, settings=defaults, request=PlanRequest(CutRequest(5)))


@pytest.fixture(scope="module")
def saved(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("plan") / "plan.gpkg"
    save_plan(plan, path)
    return path


@pytest.fixture(scope="module")
def away(plan: Plan) -> Absence:
    return cover_absence(plan, [plan.beats[2].beat_id])


def pieces(plan: Plan, segments: np.ndarray) -> int:
    network = plan.network
    label = components(len(network.node_id), network.u[segments], network.v[segments])
    return len(set(label[network.u[segments]].tolist()))


def chain() -> Handover:
    """Return four streets 1-2-3-4-5 between a taker at each end of the chain 0 ... 6."""
    return Handover(
        streets=np.array([1, 2, 3, 4]),
        weight_s=np.full(4, 10.0),
        own=(np.array([0]), np.array([5])),
        needed_s=np.array([60.0, 80.0]),
        available_s=np.array([100.0, 100.0]),
        walk_s=np.array([[1.0, 2.0, 3.0, 4.0], [4.0, 3.0, 2.0, 1.0]]),
    )


CHAIN = [Street(at, at + 1) for at in range(6)]


# -- sharing ------------------------------------------------------------------------------------


def test_who_has_more_time_to_spare_takes_more_and_both_end_level() -> None:
    given = chain()
    assert hand_over(bare(CHAIN), given).tolist() == [0, 0, 0, 1]
    load_s = given.needed_s + 10.0 * np.bincount([0, 0, 0, 1])
    assert load_s.tolist() == [90.0, 90.0]


def test_street_is_only_taken_by_who_can_walk_there_and_else_by_nobody() -> None:
    given = chain()
    given.walk_s[0] = np.inf
    assert hand_over(bare(CHAIN), given).tolist() == [1, 1, 1, 1]
    given.walk_s[1, :2] = np.inf
    assert hand_over(bare(CHAIN), given).tolist() == [-1, -1, 1, 1]


def test_street_that_meets_no_taker_goes_to_the_shortest_walk_and_is_built_on_from_there() -> None:
    streets = [*CHAIN[:2], *(Street(at, at + 1) for at in (7, 8)), CHAIN[5]]
    given = Handover(
        streets=np.array([2, 3]),
        weight_s=np.full(2, 10.0),
        own=(np.array([0]), np.array([4])),
        needed_s=np.array([0.0, 50.0]),
        available_s=np.array([100.0, 100.0]),
        walk_s=np.array([[9.0, 8.0], [5.0, 6.0]]),
    )
    assert hand_over(bare(streets, nodes=10), given).tolist() == [1, 1]


def test_every_street_goes_to_one_other_beat_and_takers_stay_in_one_piece(
    plan: Plan, away: Absence
) -> None:
    absent = plan.partition.segments_of(2)
    assert away.segments.tolist() == absent[plan.network.required[absent]].tolist()
    assert set(away.taken_by.tolist()) <= {0, 1, 3, 4}
    for at in set(away.taken_by.tolist()):
        taken = away.segments[away.taken_by == at]
        assert pieces(plan, np.concatenate((plan.partition.segments_of(at), taken))) == 1
    km = plan.network.length_m[away.segments].sum() / 1000.0
    assert sum(taker.km for taker in away.takers) == pytest.approx(km)


def test_takers_verdict_can_be_worked_out_again_from_their_streets(
    plan: Plan, away: Absence
) -> None:
    needs = needs_of(plan.network, plan.settings, "foot", "summer", plan.load.stop_s)
    graph = travel_graph(plan.network, plan.times, "foot")
    for taker in away.takers:
        at = plan.partition.beat_id.index(taker.beat.beat_id)
        both = np.union1d(plan.partition.segments_of(at), away.segments[away.taken_by == at])
        base = int(plan.partition.base[at])
        again = judge(needs, measure_load(graph, needs.load, both, base, "final"), 1)
        assert taker.during.needed_s == pytest.approx(again.needed_s, rel=0.02)
        assert taker.during.verdict == again.verdict
        assert taker.during.needed_s[1] > taker.beat.load_s
        assert taker.every_weeks == taker.beat.foot.every_weeks
        assert (taker.during.every_weeks or 0.0) > (taker.every_weeks or 0.0)


def test_two_absent_posts_take_nothing_from_each_other(plan: Plan) -> None:
    ids = [plan.beats[0].beat_id, plan.beats[1].beat_id]
    found = cover_absence(plan, ids)
    assert set(found.taken_by.tolist()) <= {2, 3, 4}
    assert len(found.segments) == int((plan.partition.beat_of <= 1).sum())


def test_lack_of_time_and_another_season_are_said(plan: Plan, away: Absence) -> None:
    names = [plan.beats[at].beat_id for at in range(4)]
    lone = cover_absence(plan, names, date(2025, 1, 6), date(2025, 1, 20))
    assert lone.takers[0].during.margin < away.takers[0].during.margin
    texts = [str(phrase) for phrase in lone.warnings]
    assert any("other season" in text for text in texts)
    short = any("lack time" in text for text in texts)
    assert short is any(taker.during.margin < 0.0 for taker in lone.takers)


def test_nobody_left_or_nobody_who_can_get_there_is_infeasible(
    plan: Plan, defaults: PatrolSettings
) -> None:
    with pytest.raises(InfeasibleError, match="Nobody is left"):
        cover_absence(plan, [beat.beat_id for beat in plan.beats])
    islands = load(draw("A---B---C\n\n\nD---E---F", step_m=100.0))
    apart = make_plan(islands, settings=defaults, request=PlanRequest(CutRequest(2)))
    with pytest.raises(InfeasibleError, match="no way leads"):
        cover_absence(apart, [apart.beats[0].beat_id])


def test_unknown_beat_and_days_the_wrong_way_round_are_refused(plan: Plan) -> None:
    with pytest.raises(UsageError, match=plan.beats[4].beat_id):
        cover_absence(plan, ["XX-99"])
    with pytest.raises(UsageError, match="ends"):
        cover_absence(plan, [plan.beats[0].beat_id], date(2025, 7, 2), date(2025, 7, 1))


# -- the roster ---------------------------------------------------------------------------------


def test_roster_names_the_post_of_the_days_and_bad_days_are_named_by_row(tmp_path: Path) -> None:
    path = tmp_path / "roster.csv"
    path.write_text("poste;secteur;du;au\nP1;A-01;2025-01-01;2025-06-30\nP2;A-02;;\n", "utf-8")
    first, second = read_roster(path)
    assert first.during(date(2025, 6, 30), None)
    assert not first.during(date(2025, 7, 1), date(2025, 7, 9))
    assert second.during(None, None)
    path.write_text("post,beat_id,from,to\nP1,A-01,01/02/2025,\n", "utf-8")
    with pytest.raises(TableError, match="YYYY-MM-DD"):
        read_roster(path)
    path.write_text("post,beat_id,from,to\nP1,A-01,2025-02-01,2025-01-01\n", "utf-8")
    with pytest.raises(TableError, match="before the beginning"):
        read_roster(path)


def test_post_of_the_roster_is_found_and_never_enters_the_plan(
    plan: Plan, saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    beat, roster, before = plan.beats[1].beat_id, tmp_path / "roster.csv", sha256_of(saved)
    roster.write_text(f"post,beat_id,from,to\nP77,{beat},2025-01-01,2025-12-31\n", "utf-8")
    words = (saved, "--absent", "P77", "--roster", roster, "--lang", "en")
    assert run(*words, "--from", "2025-05-01", "--json") == 0
    assert json.loads(capsys.readouterr().out)["absent"] == [beat]
    assert run(*words, "--from", "2026-05-01") == 2
    assert "P77" in capsys.readouterr().err
    assert sha256_of(saved) == before


# -- the command --------------------------------------------------------------------------------


def test_json_says_who_takes_each_street_and_what_it_costs(
    plan: Plan, saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--absent", plan.beats[2].beat_id, "--from", "2025-07-01", "--to", "2025-07-14")
    assert run(saved, *words, "--json") == 0
    output = capsys.readouterr()
    answer: dict[str, Any] = json.loads(output.out)
    assert not output.err
    assert (answer["from"], answer["to"]) == ("2025-07-01", "2025-07-14")
    assert set(answer["streets"][0]) == {"segment_id", "name", "beat_id"}
    ids = [street["segment_id"] for street in answer["streets"]]
    assert len(ids) == len(set(ids)) > 0
    takers = {beat["beat_id"] for beat in answer["beats"]}
    assert {street["beat_id"] for street in answer["streets"]} == takers
    for beat in answer["beats"]:
        assert beat["every_weeks_during"] > beat["every_weeks"]
        assert beat["verdict_during"] in {"yes", "borderline", "no"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_files_have_a_line_for_each_street(
    plan: Plan, saved: Path, lang: str, tmp_path: Path
) -> None:
    table, lines = tmp_path / "who.csv", tmp_path / "who.geojson"
    for path in (table, lines):
        words = ("--absent", plan.beats[0].beat_id, "--out", path, "--lang", lang, "--quiet")
        assert run(saved, *words) == 0
    with table.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream, delimiter=";" if lang == "fr" else ","))
    shown = gpd.read_file(lines)
    count = int((plan.partition.beat_of == 0).sum())
    assert len(rows) - 1 == len(shown) == count
    assert shown.crs.to_epsg() == 4326
    assert [row[0] for row in rows[1:]] == shown["beat_id"].tolist()


def test_each_officer_has_a_sheet_of_streets_with_their_times(
    away: Absence, tmp_path: Path
) -> None:
    for name in ("who.xlsx", "who.docx"):
        save_absence(away, tmp_path / name, "en")
    book = openpyxl.load_workbook(tmp_path / "who.xlsx")
    plan, network = away.plan, away.plan.network
    takers = [taker for taker in away.takers if taker.km > 0.0]
    assert book.sheetnames == [taker.beat.beat_id for taker in takers]
    assert len(docx.Document(tmp_path / "who.docx").tables) == len(takers)
    for taker in takers:
        rows = list(book[taker.beat.beat_id].iter_rows(values_only=True))
        own = away.segments[away.taken_by == plan.partition.beat_id.index(taker.beat.beat_id)]
        streets = [row for row in rows[2:] if row[2] is not None]
        assert len(streets) == len({name or "-" for name in network.name[own]})
        assert sum(row[2] for row in streets) == pytest.approx(taker.km)
        minutes = plan.times.foot_patrol_s[own].sum() / 60.0
        assert sum(row[3] for row in streets) == pytest.approx(minutes)
        assert [row[2] for row in streets] == sorted((row[2] for row in streets), reverse=True)
        assert {row[1] for row in streets} <= set(away.absent)
        assert not any("segment" in str(cell) for row in rows for cell in row)


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["--absent", "XX-99"], "Its beats"),
        (["--from", "01/07/2025"], "YYYY-MM-DD"),
        (["--from", "2025-07-02", "--to", "2025-07-01"], "before"),
        (["--out", "who.ods"], ".geojson"),
    ],
)
def test_bad_request_is_exit_2_and_writes_nothing(
    plan: Plan, saved: Path, words: list[str], part: str, capsys: pytest.CaptureFixture[str]
) -> None:
    absent = [] if "--absent" in words else ["--absent", plan.beats[0].beat_id]
    assert run(saved, *absent, *words, "--lang", "en") == 2
    assert part in capsys.readouterr().err


def test_plan_is_never_written_over(plan: Plan, saved: Path) -> None:
    before = sha256_of(saved)
    assert run(saved, "--absent", plan.beats[0].beat_id, "--out", saved) == 2
    assert sha256_of(saved) == before


# -- a beat that keeps some of its posts ---------------------------------------------------------


@pytest.fixture(scope="module")
def shared(defaults: PatrolSettings) -> Plan:
    """Return a plan with one beat of two posts."""
    network = load(draw(GRID, step_m=(200.0, 400.0)))
    first = (
        make_plan(network, settings=defaults, request=PlanRequest(CutRequest(4))).beats[0].beat_id
    )
    return make_plan(
        network, settings=defaults, request=PlanRequest(CutRequest(5, posts={first: 2}))
    )


def tight(plan: Plan, share: float) -> Plan:
    """Return the plan with so little time that the beat of two posts fills a share of one's."""
    beat = plan.beats[0]
    factor = beat.load_s / share / plan.settings.available_s("central")
    rate = plan.settings.shifts_per_week
    less = replace(
        rate, low=rate.low * factor, central=rate.central * factor, high=rate.high * factor
    )
    return replace(plan, settings=replace(plan.settings, shifts_per_week=less))


def test_a_beat_whose_last_post_has_time_enough_keeps_every_street(shared: Plan) -> None:
    beat = shared.beats[0].beat_id
    found = cover_absence(tight(shared, 0.9), [beat], posts_away={beat: 1})
    assert not len(found.segments)
    (stays,) = found.takers
    assert (stays.beat.beat_id, stays.posts, stays.km) == (beat, 1, 0.0)
    assert stays.during.needed_s[1] == pytest.approx(stays.beat.load_s, rel=0.01)


def test_what_its_last_post_has_no_time_for_goes_to_the_neighbours(shared: Plan) -> None:
    beat = shared.beats[0].beat_id
    plan = tight(shared, 1.6)
    found = cover_absence(plan, [beat], posts_away={beat: 1})
    whole = cover_absence(plan, [beat])
    assert 0 < len(found.segments) < len(whole.segments)
    assert set(found.segments.tolist()) < set(whole.segments.tolist())
    stays = found.takers[0]
    held = plan.network.required & (plan.partition.beat_of == 0)
    assert stays.beat.beat_id == beat
    assert stays.during.available_s[1] == pytest.approx(plan.settings.available_s("central"))
    assert stays.during.needed_s[1] < stays.beat.load_s
    # What it keeps lies nearer to its base than what it gives away.
    graph = travel_graph(plan.network, plan.times, "foot")
    away_s = dijkstra(graph.matrix, indices=plan.partition.base[0])
    near = np.minimum(away_s[graph.u], away_s[graph.v])
    kept = np.setdiff1d(np.flatnonzero(held), found.segments)
    assert near[kept].mean() < near[found.segments].mean()
    assert any("keeps 1 of its 2 posts" in str(phrase) for phrase in found.warnings)


def test_more_posts_than_a_beat_has_cannot_be_away(shared: Plan) -> None:
    beat = shared.beats[0].beat_id
    for gone in (0, 3):
        with pytest.raises(UsageError, match="from 1 to 2"):
            cover_absence(shared, [beat], posts_away={beat: gone})


def test_a_post_of_the_roster_is_one_of_the_two_that_hold_its_beat(
    shared: Plan, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, roster, beat = tmp_path / "plan.gpkg", tmp_path / "roster.csv", shared.beats[0].beat_id
    save_plan(shared, path)
    roster.write_text(f"post,beat_id,from,to\nP1,{beat},,\nP2,{beat},,\n", "utf-8")
    answers = []
    for absent in (["P1"], ["P1", "P2"]):
        named = [word for post in absent for word in ("--absent", post)]
        assert run(path, *named, "--roster", roster, "--json") == 0
        answers.append(json.loads(capsys.readouterr().out))
    one, both = answers
    there = {each["beat_id"]: each["posts"] for each in one["beats"]}
    assert there[beat] == 1
    assert beat not in {each["beat_id"] for each in both["beats"]}
    assert len(one["streets"]) < len(both["streets"])
