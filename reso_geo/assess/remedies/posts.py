"""How many posts it takes until each part of a sector is feasible for one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from reso_geo.assess.evaluation import judged_part, judged_quickly
from reso_geo.assess.least_posts import fewest_for
from reso_geo.assess.remedies.remedy import Fix, Part
from reso_geo.coverage import travel_graph
from reso_geo.districting import DistrictingProblem
from reso_geo.errors import InfeasibleError
from reso_geo.partition import CutRequest, cut_beats
from reso_geo.travel import travel_times

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.assess.evaluation import Case
    from reso_geo.assess.verdict import Verdict

    _Parts: TypeAlias = list[tuple[NDArray[np.int64], int]]

__all__ = ["MOST_PARTS", "fewest_posts", "posts_fix"]

MOST_PARTS = 12
"""What takes more is no sector but a territory to plan."""
_MORE = 1.05
"""Cuts into as many parts walk about as much: none asks so much less than another."""


def fewest_posts(case: Case, chance: float | None = None) -> int:
    """Return a number of posts below which some part must fail, however the sector is cut.

    Parameters
    ----------
    case
        A sector in one mode and season.
    chance
        That each part must have of time enough; None for that of a yes.

    Returns
    -------
    int
        At least 1; see `reso_geo.assess.least_posts.fewest_for`.
    """
    asked = case.verdict.target if chance is None else chance
    return fewest_for(case.graph, case.needs, case.sector.required, asked)


def posts_fix(case: Case, seed: int = 0, like: Fix | None = None) -> Fix | None:
    """Find the smallest number of posts that makes each part of a sector feasible for one.

    Every number from the proven bound on is tried: the sector is cut, and each part toured from the
    middle of its own load and judged. It is not cut again where parts at hand are as many and
    together ask more than all their posts have.

    Parameters
    ----------
    case
        A sector in one mode and season.
    seed
        Of all that is drawn by chance.
    like
        What was found in another season: its parts are tried before others of their number, so
        that one cut serves all year where it can.

    Returns
    -------
    Fix or None
        With its parts. ``bound`` is the proven bound: no cut into fewer parts can do. None where
        12 parts do not do, the streets cannot be cut, or time is not what lacks: what is out of
        reach stays so.
    """
    if not case.verdict.toured:
        return None
    bound = fewest_posts(case)
    for posts in range(max(2, bound), min(MOST_PARTS, len(case.sector.required)) + 1):
        if like is not None and len(like.parts) == posts:
            again = _again(case, like)
            found = _tried(case, again, bound)
            if found is not None:
                return found
            if _beyond(case, again):
                continue
        cut = _cut(case, posts, seed)
        if cut is None:
            return None
        found = _tried(case, cut, bound)
        if found is not None:
            return found
    return None


def _beyond(case: Case, cut: _Parts) -> bool:
    """Return whether parts ask more than their posts have, even if it were shared out evenly."""
    verdicts = [judged_quickly(case.graph, case.needs, *part)[0] for part in cut]
    return sum(verdict.over for verdict in verdicts) > _MORE * len(cut)


def _tried(case: Case, cut: _Parts, bound: int) -> Fix | None:
    """Return the fix when each part is feasible for one post."""
    verdicts: list[Verdict | None] = []
    for own, base in cut:
        quick, final = judged_quickly(case.graph, case.needs, own, base)
        if final and quick.verdict != "yes":
            return None
        verdicts.append(quick if final else None)
    parts = []
    for (own, base), known in zip(cut, verdicts, strict=True):
        verdict = known or judged_part(case, own, base, 1)
        if verdict.verdict != "yes":
            return None
        parts.append(_part(case, own, base, verdict))
    figures = {
        "posts": len(parts),
        "bound": bound,
        "worst_chance": min(part.chance for part in parts),
        "worst_margin": min(part.margin for part in parts if part.margin is not None),
    }
    return Fix("posts", case.mode, case.season, figures, tuple(parts))


def _again(case: Case, like: Fix) -> _Parts:
    """Return the parts of a fix found in another season of the same sector."""
    network = case.sector.network
    node = {node_id: place for place, node_id in enumerate(network.node_id.tolist())}
    return [
        (np.flatnonzero(np.isin(network.segment_id, part.segment_ids)), node[part.base])
        for part in like.parts
    ]


def _cut(case: Case, posts: int, seed: int) -> _Parts | None:
    """Cut a sector into equal loads; give the required segments and the base of each part."""
    network, load = case.sector.network, case.needs.load
    walk = case.graph
    if case.mode != "foot":
        walk = travel_graph(
            network, travel_times(network, case.needs.settings, case.season), "foot"
        )
    try:
        problem = DistrictingProblem.of(network, case.graph, load, walk=walk)
        partition = cut_beats(problem, CutRequest(posts, seed=seed)).partition
    except InfeasibleError:
        return None
    return [
        (np.flatnonzero((partition.beat_of == part) & network.required), base)
        for part, base in enumerate(partition.base.tolist())
    ]


def _part(case: Case, own: NDArray[np.int64], base: int, verdict: Verdict) -> Part:
    network = case.sector.network
    return Part(
        street_km=float(network.length_m[own].sum() / 1000.0),
        base=int(network.node_id[base]),
        verdict=verdict.verdict,
        chance=verdict.chance,
        margin=verdict.margin,
        segment_ids=tuple(network.segment_id[own].tolist()),
    )
