"""How many posts are needed: found by search, verified by a plan, and never worse with more."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from commands import GRID, two_towns
from drawing import draw, load

from reso_geo import CutRequest, PlanRequest, load_network, make_plan, posts_needed, read_boundary
from reso_geo.assess import (
    CERTAINTIES,
    CityPosts,
    CurvePoint,
    OneFewer,
    PostsNeeded,
    PostsRequest,
    PostsTrial,
)
from reso_geo.assess.posts.curve import best_so_far, knee_of, total_curve
from reso_geo.assess.posts.search import fewest_that_pass
from reso_geo.cli import main
from reso_geo.demand import read_seats
from reso_geo.i18n import LANGUAGES
from reso_geo.partition import SEAT_RULES, huntington_hill
from reso_geo.report import posts_sentences, posts_summary
from reso_geo.settings import Range

if TYPE_CHECKING:
    from pathlib import Path

    from reso_geo import StreetNetwork
    from reso_geo.settings import PatrolSettings

STEP_M = (250.0, 500.0)
"""Streets of 1 km."""


def run(*words: str | Path) -> int:
    """Run the command in this process; give its exit code."""
    with pytest.raises(SystemExit) as stop:
        main(["posts", *(str(word) for word in words)])
    return int(stop.value.code or 0)


@pytest.fixture(scope="module")
def grid() -> StreetNetwork:
    return load(draw(GRID, step_m=STEP_M))


@pytest.fixture(scope="module")
def found(grid: StreetNetwork, defaults: PatrolSettings) -> PostsNeeded:
    return posts_needed(grid, defaults)


@pytest.fixture(scope="module")
def towns(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return the grid as a file, and a boundary of two cities, the west larger than the east."""
    return two_towns(tmp_path_factory.mktemp("towns"), STEP_M)


def trial(posts: int, over: float, beats_ok: int | None = None) -> PostsTrial:
    ok = posts if over <= 1.0 else 0
    return PostsTrial(posts, 1.0 - over, ok if beats_ok is None else beats_ok, over, over, 0.0)


# -- sharing ------------------------------------------------------------------------------------


def test_huntington_hill_is_the_best_of_all_ways_to_share_by_equal_proportions() -> None:
    # Its seats make the sum of load squared over seats least (Huntington 1928).
    chance = np.random.default_rng(5)
    for _ in range(60):
        loads = chance.integers(1, 900, size=int(chance.integers(1, 5))).astype(float)
        seats = len(loads) + int(chance.integers(0, 6))
        best = min(
            sum(load**2 / n for load, n in zip(loads, way, strict=True))
            for way in itertools.product(range(1, seats + 1), repeat=len(loads))
            if sum(way) == seats
        )
        given = huntington_hill(loads.tolist(), seats)
        assert sum(given) == seats
        value = sum(load**2 / n for load, n in zip(loads, given, strict=True))
        assert value == pytest.approx(best)


@pytest.mark.parametrize("rule", SEAT_RULES)
def test_a_rule_gives_each_its_seat_and_no_more_than_each_can_use(rule: str) -> None:
    assert SEAT_RULES[rule]([1.0, 1000.0], 2, None) == [1, 1]
    assert SEAT_RULES[rule]([1.0, 1000.0], 9, [5, 2]) == [5, 2]
    with pytest.raises(ValueError, match="3 seats"):
        SEAT_RULES[rule]([1.0] * 4, 3, None)


# -- the search ---------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", [1, 2, 7, 38, 83, 500])
@pytest.mark.parametrize("share", [1.0, 0.8, 0.4])
def test_search_finds_the_smallest_number_without_trying_every_one(
    answer: int, share: float
) -> None:
    tried = []

    def at(posts: int) -> PostsTrial:
        tried.append(posts)
        return trial(posts, answer / posts)

    bound = max(1, int(answer * share))
    assert fewest_that_pass(at, bound, 4 * answer) == answer
    assert len(set(tried)) <= 4 + int(np.log2(answer + 1)) + 1
    assert min(tried) >= bound


def test_search_gives_up_at_the_most_and_where_more_posts_change_nothing() -> None:
    assert fewest_that_pass(lambda k: trial(k, 50 / k), 10, 40) is None
    assert fewest_that_pass(lambda k: trial(k, 50 / k), 50, 40) is None
    tried = []

    def hopeless(posts: int) -> PostsTrial:
        tried.append(posts)
        return trial(posts, 0.5, beats_ok=0)

    assert fewest_that_pass(hopeless, 3, 1000) is None
    assert tried == [3]


# -- the curve ----------------------------------------------------------------------------------


def test_curves_of_cities_add_up_to_the_fewest_posts_for_each_margin() -> None:
    one = best_so_far([CurvePoint(1, -1.0, 0), CurvePoint(2, 0.2, 2), CurvePoint(3, 0.1, 3)])
    assert [point.worst_margin for point in one] == [-1.0, 0.2, 0.2]
    other = best_so_far([CurvePoint(1, -3.0, 0), CurvePoint(4, 0.5, 4)])
    curve = total_curve([one, other], [2, 4])
    assert curve == (CurvePoint(2, -3.0, 0), CurvePoint(5, -1.0, 4), CurvePoint(6, 0.2, 6))
    assert knee_of(curve) is None


def test_knee_is_where_a_curve_bends_most() -> None:
    curve = [CurvePoint(1, 0.0, 0), CurvePoint(2, 0.7, 0), CurvePoint(3, 0.8, 0)]
    assert knee_of([*curve, CurvePoint(9, 1.0, 0)]) == 2
    assert knee_of(curve[:1]) is None
    assert knee_of([]) is None


@pytest.mark.parametrize("mode", ["foot", "bike"])
def test_best_margin_so_far_never_falls_as_posts_are_added(
    grid: StreetNetwork, defaults: PatrolSettings, mode: str
) -> None:
    for seed in range(3):
        found = posts_needed(grid, defaults, PostsRequest(mode=mode, most=9, seed=seed))
        for curve in (found.curve, *(city.curve for city in found.cities)):
            posts, margins = zip(*((p.posts, p.worst_margin) for p in curve), strict=True)
            assert posts[0] == 1
            assert posts[-1] == 9
            assert list(posts) == sorted(set(posts))
            assert list(margins) == sorted(margins)


# -- the answer ---------------------------------------------------------------------------------


def test_at_the_answer_every_beat_of_a_plan_passes_and_at_one_fewer_some_fail(
    grid: StreetNetwork, defaults: PatrolSettings, found: PostsNeeded
) -> None:
    assert found.total is not None
    assert found.total >= found.cities[0].bound >= 2
    verdicts = {
        posts: [
            b.foot.verdict
            for b in make_plan(grid, settings=defaults, request=PlanRequest(request)).beats
        ]
        for posts in (found.total, found.total - 1)
        for request in (CutRequest(posts),)
    }
    assert set(verdicts[found.total]) == {"yes"}
    assert set(verdicts[found.total - 1]) != {"yes"}
    fewer = found.cities[0].one_fewer
    assert fewer is not None
    assert fewer.trial.posts == found.total - 1
    assert fewer.trial.beats_ok == verdicts[found.total - 1].count("yes")


def test_bound_is_the_time_of_the_streets_alone_by_hand(
    grid: StreetNetwork, defaults: PatrolSettings
) -> None:
    flat = {"other": Range(1.0, 1.0, 1.0, "", "")}
    quiet = Range(1e-9, 1e-9, 1e-9, "", "")
    plain = replace(defaults, cadence=flat, contact_min=quiet)
    patrol_s = grid.required_km * 1000.0 / (plain.foot_patrol_kmh.low / 3.6)
    bound = posts_needed(grid, plain, PostsRequest(most=3)).cities[0].bound
    assert bound == int(np.ceil(patrol_s / plain.available_s("low")))


def test_street_that_no_post_can_cover_alone_is_named(
    grid: StreetNetwork, defaults: PatrolSettings
) -> None:
    often = replace(defaults, cadence={"other": Range(90.0, 90.0, 90.0, "", "")})
    city = posts_needed(grid, often, PostsRequest(most=2)).cities[0]
    assert city.needed is None
    assert "a single segment" in str(city.why)
    assert "no number of posts" in str(city.why)


def test_bike_that_is_ridden_nowhere_is_said_and_not_searched_on(
    grid: StreetNetwork, defaults: PatrolSettings
) -> None:
    city = posts_needed(grid, defaults, PostsRequest(mode="bike", season="winter")).cities[0]
    assert city.needed is None
    assert "time is enough everywhere" in str(city.why)
    assert city.trials[-1].posts <= 3 * city.bound


@pytest.mark.parametrize("certainty", CERTAINTIES)
def test_how_sure_the_answer_is_stands_beside_it_with_the_tolerance(
    found: PostsNeeded, certainty: str
) -> None:
    fewer = OneFewer(PostsTrial(3, 0.3, 2, 1.04, 0.99, 0.0), certainty)
    city = replace(found.cities[0], one_fewer=fewer)
    first, then, *_ = posts_sentences(replace(found, cities=(city,)))
    assert first.key == "posts.by_chance"
    texts = {lang: then.say(lang) for lang in LANGUAGES}
    assert texts["fr"] != texts["en"]
    assert ("5.0 %" in texts["en"]) is (certainty in {"uncertain", "uneven"})


def test_each_city_is_judged_alone_and_a_rule_shares_enough(
    towns: tuple[Path, Path], defaults: PatrolSettings
) -> None:
    source, boundary = towns
    network = load_network(source, read_boundary(str(boundary)), defaults)
    asked = PostsRequest(seats={"West": 2, "East": 3})
    found = posts_needed(network, defaults, asked)
    need = {city.city: city.needed for city in found.cities}
    assert found.total == sum(value or 0 for value in need.values())
    for rule in SEAT_RULES:
        enough = found.enough(rule)
        assert enough is not None
        assert enough >= found.total
        seats = found.seats(rule, enough)
        assert all(seats[name] >= (posts or 0) for name, posts in need.items())
    given = {city.city: city.given for city in found.cities}
    for name, seats in (("West", 2), ("East", 3)):
        assert given[name] is not None
        assert given[name].posts == seats
        assert given[name].passes is (seats >= (need[name] or 0))
    at_need = [point for point in posts_summary(found)["curve"] if point["posts"] == found.total]
    assert [point["beats_ok"] for point in at_need] == [found.total]


# -- the command --------------------------------------------------------------------------------


def test_json_has_the_curve_and_what_each_city_needs(
    towns: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    source, boundary = towns
    assert run(source, "--boundary", boundary, "--json") == 0
    output = capsys.readouterr()
    answer: dict[str, Any] = json.loads(output.out)
    assert not output.err
    assert answer["needed"]["total"] == sum(answer["needed"]["by_city"].values())
    assert set(answer["curve"][0]) == {"posts", "worst_margin", "beats_ok", "chances"}
    for point in answer["curve"]:
        assert sum(point["chances"].values()) == point["posts"]
        assert point["chances"]["yes"] == point["beats_ok"]
    by_chance = answer["needed"]["by_chance"]
    assert [each["chance"] for each in by_chance] == [0.7, 0.8, 0.9]
    posts = [each["posts"] for each in by_chance]
    assert posts == sorted(posts)
    assert posts[1] == answer["needed"]["total"]
    assert answer["verified"] is True
    assert {"sainte-lague", "huntington-hill"} == set(answer["seats"])
    for city in answer["cities"]:
        fewer = city["one_fewer"]
        assert fewer is None or fewer["beats_ok"] < fewer["posts"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_table_names_cities_and_the_total(
    towns: tuple[Path, Path], lang: str, capsys: pytest.CaptureFixture[str]
) -> None:
    source, boundary = towns
    rule = "huntington-hill"
    assert run(source, "--boundary", boundary, "--seats-rule", rule, "--lang", lang) == 0
    text = capsys.readouterr().out
    assert "Huntington-Hill" in text
    assert "West" in text
    assert ("posts are needed in all" in text) is (lang == "en")


def test_posts_that_are_written_are_the_seats_of_a_plan_in_which_every_beat_passes(
    towns: tuple[Path, Path], defaults: PatrolSettings, tmp_path: Path
) -> None:
    source, boundary = towns
    out = tmp_path / "postes.csv"
    assert run(source, "--boundary", boundary, "--out", out, "--quiet") == 0
    seats, cities = read_seats(out), read_boundary(str(boundary))
    network = load_network(source, cities, defaults)
    request = PlanRequest(CutRequest(sum(seats.values()), seats=seats))
    plan = make_plan(network, settings=defaults, request=request, boundary=cities)
    assert {beat.foot.verdict for beat in plan.beats} == {"yes"}
    refused = tmp_path / "none.csv"
    assert run(source, "--boundary", boundary, "--most", "2", "--out", refused, "--quiet") == 1
    assert run(source, "--out", tmp_path / "a.xlsx") == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["postes.csv"]


def test_too_few_posts_are_exit_1_and_the_curve_is_told_all_the_same(
    towns: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    source, boundary = towns
    assert run(source, "--boundary", boundary, "--most", "2", "--json", "--lang", "en") == 1
    output = capsys.readouterr()
    answer = json.loads(output.out)
    assert answer["needed"]["total"] is None
    assert [point["posts"] for point in answer["curve"]] == [2]
    assert "--most" in output.err
    assert run(source, "--boundary", boundary, "--most", "1", "--lang", "en") == 1
    assert "each wants at least one" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["--most", "0"], "at least 1"),
        (["--seats-rule", "dhondt"], "sainte-lague, huntington-hill"),
        (["--mode", "car"], "foot, bike"),
        (["--tolerance", "2"], "tolerance"),
        (["--seed", "-1"], "seed"),
    ],
)
def test_bad_request_is_exit_2_and_says_what_is_known(
    towns: tuple[Path, Path], words: list[str], part: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(towns[0], *words, "--lang", "en") == 2
    assert part in capsys.readouterr().err


def test_given_seats_must_name_the_cities(
    towns: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seats = tmp_path / "seats.csv"
    seats.write_text("city,posts\nWest,2\nNorth,1\n", encoding="utf-8")
    source, boundary = towns
    assert run(source, "--boundary", boundary, "--seats", seats, "--lang", "en") == 2
    error = capsys.readouterr().err
    assert "North" in error
    assert "East" in error


def test_city_keeps_the_records_in_order(found: PostsNeeded) -> None:
    city: CityPosts = found.cities[0]
    posts = [each.posts for each in city.trials]
    assert posts == sorted(set(posts))
    assert city.load_s == city.trials[0].load_s > 0.0
