"""Trials: one city cut into any number of beats, each judged for one post."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.assess.evaluation import judged_streets
from reso_geo.assess.odds import VERDICTS
from reso_geo.assess.posts.result import PostsTrial
from reso_geo.assess.tours import measured
from reso_geo.assess.verdict import judge
from reso_geo.districting import DistrictingProblem
from reso_geo.partition import CutRequest, cut_beats

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from reso_geo.assess.posts.result import PostsRequest
    from reso_geo.assess.time_budget import Needs
    from reso_geo.assess.verdict import Verdict
    from reso_geo.coverage import Effort, TravelGraph
    from reso_geo.demand import Bases
    from reso_geo.network import StreetNetwork
    from reso_geo.workload import BeatLoad

__all__ = ["ModeGround", "PostsTrials"]


@dataclass(frozen=True)
class ModeGround:
    """What streets ask in one mode and season.

    Attributes
    ----------
    graph
        The mode's travel graph.
    needs
        Street loads, low, central and high.
    """

    graph: TravelGraph
    needs: Needs


class PostsTrials:
    """Cuts one city into numbers of beats, judges them and remembers.

    Parameters
    ----------
    network
        With nothing held but the streets of that city.
    ground
        In the mode and season asked for.
    request
        Tolerance and seed of the cuts.
    effort
        Where the final depth of the tours stops.
    walk
        The travel graph on foot.
    bases
        Places where patrols start; None to start each beat in the middle of its load.
    report
        Called after each cut.
    """

    def __init__(
        self,
        network: StreetNetwork,
        ground: ModeGround,
        request: PostsRequest,
        effort: Effort,
        walk: TravelGraph,
        bases: Bases | None,
        report: Callable[[], None],
    ) -> None:
        self._network, self._ground, self._request = network, ground, request
        self._effort, self._report = effort, report
        load = ground.needs.load
        self._problem = DistrictingProblem.of(network, ground.graph, load, walk=walk, bases=bases)
        self._parts: dict[int, list[tuple[NDArray[np.int64], int]]] = {}
        self._quick: dict[int, list[BeatLoad]] = {}
        self._found: dict[int, PostsTrial] = {}

    @property
    def all(self) -> tuple[PostsTrial, ...]:
        """What was tried so far, by posts."""
        return tuple(self._found[posts] for posts in sorted(self._found))

    def at(self, posts: int) -> PostsTrial:
        """Cut and judge with tours at the fast depth, unless that was done before.

        Parameters
        ----------
        posts
            How many, at most as many as required segments.

        Returns
        -------
        PostsTrial
            A beat that passes at the fast depth does at the final one: its tour is no longer.
        """
        if posts not in self._found:
            graph, needs = self._ground.graph, self._ground.needs
            if posts not in self._quick:
                self._quick[posts] = [
                    measured(graph, needs, own, base, None) for own, base in self._cut(posts)
                ]
            verdicts = [judge(needs, load, 1) for load in self._quick[posts]]
            self._found[posts] = self._tallied(verdicts)
            self._report()
        return self._found[posts]

    def asking(self, chance: float) -> PostsTrials:
        """Return the same trials, with another chance asked of every beat.

        Parameters
        ----------
        chance
            That gives the verdict yes.

        Returns
        -------
        PostsTrials
            What was cut and toured before is neither cut nor toured again.
        """
        needs = self._ground.needs
        odds = replace(needs.settings.odds, yes_from=chance)
        asked = replace(needs, settings=replace(needs.settings, odds=odds))
        other = copy(self)
        other._ground = replace(self._ground, needs=asked)  # noqa: SLF001 - a copy of itself
        other._found = {}  # noqa: SLF001 - likewise
        return other

    def finally_at(self, posts: int) -> PostsTrial:
        """Judge the same cut with tours at the final depth wherever they may turn a verdict.

        Parameters
        ----------
        posts
            How many.

        Returns
        -------
        PostsTrial
            In place of what was found at the fast depth.
        """
        self._found[posts] = self._tallied(self._judged(self._ground, posts))
        return self._found[posts]

    def passing_in(self, ground: ModeGround, posts: int) -> int:
        """Judge the same cut in another mode.

        Parameters
        ----------
        ground
            In that mode.
        posts
            How many.

        Returns
        -------
        int
            How many beats have the verdict yes.
        """
        return sum(verdict.verdict == "yes" for verdict in self._judged(ground, posts))

    def _judged(self, ground: ModeGround, posts: int) -> list[Verdict]:
        """Judge each beat of a cut, with tours at the final depth where they may turn a verdict."""
        return [
            judged_streets(ground.graph, ground.needs, own, base, self._effort)
            for own, base in self._cut(posts)
        ]

    def _cut(self, posts: int) -> list[tuple[NDArray[np.int64], int]]:
        """Return the required segments and the base of each beat."""
        if posts not in self._parts:
            posts_request = self._request
            request = CutRequest(posts, tolerance=posts_request.tolerance, seed=posts_request.seed)
            cut = cut_beats(self._problem, request).partition
            self._parts[posts] = [
                (np.flatnonzero((cut.beat_of == beat) & self._network.required), base)
                for beat, base in enumerate(cut.base.tolist())
            ]
        return self._parts[posts]

    def _tallied(self, verdicts: list[Verdict]) -> PostsTrial:
        over = np.array([verdict.over for verdict in verdicts if verdict.toured] or [0.0])
        other = [v for v in verdicts if v.verdict != "yes" and (v.over <= 1.0 or not v.toured)]
        counted = [sum(verdict.verdict == code for verdict in verdicts) for code in VERDICTS]
        parts = zip(self._cut(len(verdicts)), verdicts, strict=True)
        return PostsTrial(
            posts=len(verdicts),
            worst_margin=_least([verdict.margin for verdict in verdicts if verdict.toured]),
            beats_ok=counted[0],
            verdicts=(counted[0], counted[1], counted[2]),
            unreached=tuple(self._place(own) for (own, _), v in parts if not v.toured),
            over=float(over.max()),
            mean_over=float(over.mean()),
            load_s=sum(verdict.needed_s[1] for verdict in verdicts),
            codes=tuple(sorted({code for verdict in other for code in verdict.reasons})),
        )

    def _place(self, own: NDArray[np.int64]) -> tuple[str, float]:
        """Return the longest named street of a beat, and its kilometres."""
        network = self._network
        by_length = own[np.argsort(-network.length_m[own], kind="stable")]
        named = [name for name in network.name[by_length].tolist() if name]
        return (named or ["-"])[0], float(network.length_m[own].sum() / 1000.0)


def _least(margins: list[float | None]) -> float | None:
    """Return the least margin; None where no tour covers any beat."""
    return min((margin for margin in margins if margin is not None), default=None)
