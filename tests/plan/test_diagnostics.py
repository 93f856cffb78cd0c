"""What is found out about beats is data; a plan makes sentences of it."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import get_args

import numpy as np
import pytest
from cutting import beside, cut, grid, on_foot, path, state_on
from towns import Town, old_of

from reso_geo import CutRequest, RebalanceRequest
from reso_geo.districting.diagnostics import Diagnostic, Kind, blocked_beats
from reso_geo.partition import CutResult
from reso_geo.plan.balance import leaving_phrase, sentence_of
from reso_geo.rebalance import LeavingPost, rebalance

STREETS = ("s1", "s2", "s3", "s4", "s5", "s6")
FOUND = {
    "blocked": Diagnostic("blocked", ("A-01", "A-02"), STREETS[:1], (0.25, -0.1, 0.2)),
    "joined": Diagnostic("joined", ("A-01",), STREETS, length_m=1250.0),
    "no_load": Diagnostic("no_load"),
    "cut_stopped": Diagnostic("cut_stopped", seconds=30.0),
    "rebalance_stopped": Diagnostic("rebalance_stopped", seconds=30.0),
    "far_bases": Diagnostic("far_bases", places=("Depot", "Quai"), distances_m=(812.4, np.inf)),
    "no_base": Diagnostic("no_base", ("A-01", "A-02")),
}
SAID = {
    "blocked": "A-01 stays 25.0 % off its target: the best trade of one segment, s1 with A-02, "
    "would leave the two -10.0 % and 20.0 % off.",
    "joined": "A-01: 6 segments (1.2 km) that foot cannot reach inside their city join the nearest "
    "beat: s1, s2, s3, s4, s5, … (6).",
    "no_load": "No street to cover asks for any time: all loads are zero.",
    "cut_stopped": "Time limit of 30.0 s reached: this is the best cut found until then.",
    "rebalance_stopped": "The search stopped at the time limit: the best state found is kept",
    "far_bases": "2 bases more than 500 m from any junction on foot are left out: Depot (812 m), "
    "Quai.",
    "no_base": "None of the given bases serves A-01, A-02 (on foot);",
}


def test_every_kind_of_finding_has_its_sentence_in_both_languages() -> None:
    assert set(FOUND) == set(SAID) == set(get_args(Kind))
    for kind, found in FOUND.items():
        assert json.loads(json.dumps(asdict(found)))["kind"] == kind
        said = sentence_of(found)
        assert said.say("en").startswith(SAID[kind])
        assert said.say("fr") != said.say("en")
        assert "{" not in said.say("fr")


def test_a_beat_with_nothing_to_trade_and_streets_behind_a_lock_are_told_as_such() -> None:
    alone = sentence_of(Diagnostic("blocked", ("A-01",), shares=(-0.5,)))
    assert alone.key == "partition.blocked_alone"
    assert "A-01" in alone.say("fr")
    behind = sentence_of(replace(FOUND["joined"], beats=("A-01", "A-03", "A-04")))
    assert behind.key == "partition.joined_by_lock"
    assert behind.values["locks"] == "A-03, A-04"


def test_beats_off_their_targets_are_found_with_their_best_trade() -> None:
    """Seven streets of a minute in a row, five of them in the west: 90 s off 210 s each.

    The fifth street leaves 240 s and 180 s. Of three streets, two of them in the west, none would
    bring anybody nearer: 120 s and 60 s change places.
    """
    ids = np.array([f"s{number}" for number in range(7)], dtype=object)
    one, two = blocked_beats(state_on(path(7), [0] * 5 + [1] * 2), ("W", "E"), ids)
    assert (one.kind, one.beats, one.segment_ids) == ("blocked", ("W", "E"), ("s4",))
    assert (two.kind, two.beats, two.segment_ids) == ("blocked", ("E", "W"), ("s4",))
    assert one.shares == pytest.approx((3 / 7, 1 / 7, -1 / 7))
    assert two.shares == pytest.approx((-3 / 7, -1 / 7, 1 / 7))
    one, two = blocked_beats(state_on(path(3), [0, 0, 1]), ("W", "E"), ids)
    assert (one.beats, one.segment_ids, one.shares) == (("W",), (), pytest.approx((1 / 3,)))
    assert (two.beats, two.segment_ids, two.shares) == (("E",), (), pytest.approx((-1 / 3,)))
    assert blocked_beats(state_on(path(4), [0, 0, 1, 1]), ("W", "E"), ids) == []


def test_the_status_of_a_cut_says_whether_its_search_was_done() -> None:
    network, *_ = on_foot(path(2))
    made = cut(network, CutRequest(2))
    assert CutResult(made, (FOUND["blocked"], FOUND["no_base"])).status == "done"
    assert CutResult(made, (FOUND["cut_stopped"],)).status == "out_of_time"


def test_a_rebalance_says_what_joined_and_that_time_was_up() -> None:
    """A grid, and two streets on an island east of it that join a beat."""
    place = Town(beside(grid(5, 5), path(2), east_m=700.0))
    old = old_of(place.cut(3))
    found = rebalance(place.problem, old, RebalanceRequest(4))
    (annexed,) = found.diagnostics
    assert (annexed.kind, len(annexed.segment_ids), annexed.length_m) == ("joined", 2, 200.0)
    assert found.ended
    stopped = rebalance(place.problem, old, RebalanceRequest(4, time_limit_s=1e-9))
    assert not stopped.ended
    assert [one.kind for one in stopped.diagnostics] == ["rebalance_stopped", "joined"]
    assert stopped.diagnostics[0].seconds == 1e-9


def test_why_a_post_leaves_is_told_by_who_chose_it() -> None:
    chosen = LeavingPost("A-02", "chosen", ("A-01", "A-03"), moves_s=5400.0)
    said = [
        leaving_phrase(one).say("en")
        for one in (
            LeavingPost("A-02", "named"),
            chosen,
            replace(chosen, near=()),
            LeavingPost("A-02", "youngest", ("A-01",), posts=5),
        )
    ]
    assert said == [
        "The post of A-02 leaves: asked for",
        (
            "The post of A-02 leaves: its neighbours (A-01, A-03) take its streets, with the "
            "fewest further changes, about 1.5 h of load per week"
        ),
        (
            "The post of A-02 leaves: its neighbours (-) take its streets, with the fewest further "
            "changes, about 1.5 h of load per week"
        ),
        (
            "The post of A-02 leaves: it came with the team of 5 posts and is among the last to "
            "have come; its streets go to A-01"
        ),
    ]


def test_a_rebalance_tells_who_leaves_as_data() -> None:
    """A row of 40 streets among four beats: one named leaves, then one that is chosen."""
    place = Town(path(40))
    was = place.cut(4)
    (named,) = place.rebalanced(old_of(was), 3, retire=[was.beat_id[0]]).left
    assert named == LeavingPost(was.beat_id[0], "named")
    (chosen,) = place.rebalanced(old_of(was), 3).left
    assert chosen.reason == "chosen"
    at = was.beat_id.index(chosen.beat_id)
    beside = {was.beat_id[n] for n in (at - 1, at + 1) if 0 <= n < 4}
    assert set(chosen.near) == beside
    assert chosen.moves_s > 0.0
