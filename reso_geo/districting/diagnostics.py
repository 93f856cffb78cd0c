"""Diagnostics: what whoever made beats found out about them, as data.

Sentences are made of them where a plan is: see `reso_geo.plan.balance`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from reso_geo.districting.moves import Transfer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from reso_geo.districting.state import SearchState

__all__ = ["Diagnostic", "Kind", "blocked_beats"]

Kind: TypeAlias = Literal[
    "blocked", "joined", "no_load", "cut_stopped", "rebalance_stopped", "far_bases", "no_base"
]


@dataclass(frozen=True)
class Diagnostic:
    """One thing to know of some beats.

    Attributes
    ----------
    kind
        ``blocked``: no trade brings a beat nearer to its target. ``joined``: a beat holds streets
        that it is not connected to. ``no_load``: no street asks anything.
        ``cut_stopped``, ``rebalance_stopped``: the search gave the best so far when time
        was up. ``far_bases``: places are too far from any street to start from. ``no_base``: no
        place that was given can serve some beats.
    beats
        Ids: the beats it is of. Of one that is blocked, then the beat that it would trade with; of
        one that streets joined, then the locked ones that cut them off.
    segment_ids
        Of the streets that joined, or whose trade would be best.
    shares
        How far the blocked beat is off its target, as a share of it; how far both would be after
        the trade.
    places, distances_m
        Names of places, and how far each is from the streets.
    length_m
        Of the streets that joined.
    seconds
        The time limit.
    """

    kind: Kind
    beats: tuple[str, ...] = ()
    segment_ids: tuple[str, ...] = ()
    shares: tuple[float, ...] = ()
    places: tuple[str, ...] = ()
    distances_m: tuple[float, ...] = ()
    length_m: float = 0.0
    seconds: float = 0.0


def blocked_beats(
    state: SearchState, beat_id: Sequence[str], segment_id: NDArray[np.object_]
) -> list[Diagnostic]:
    """Describe which beats are off by more than the tolerance, and what their best trade would do.

    Parameters
    ----------
    state
        The beats, measured; left as they are.
    beat_id
        Their ids.
    segment_id
        Ids of the network's segments.

    Returns
    -------
    list of Diagnostic
        The beats farthest off first.
    """
    off, found = state.off, []
    missed = np.flatnonzero(np.abs(off) > state.tolerance)
    for beat in missed[np.argsort(-np.abs(off[missed]), kind="stable")].tolist():
        partner, segments, after = _best_trade(state, beat)
        beats = tuple(beat_id[one] for one in (beat, *partner))
        shares = float(state.off[beat]), *after
        found.append(Diagnostic("blocked", beats, tuple(segment_id[segments].tolist()), shares))
    return found


def _best_trade(
    state: SearchState, beat: int
) -> tuple[list[int], NDArray[np.int64], Sequence[float]]:
    """Measure the trades of one segment that come nearest to evening a beat.

    Returns with whom, the network's segments and how far off both are then; nothing for none.
    """
    segments = state.assignment.region.segment
    best: tuple[list[int], NDArray[np.int64], Sequence[float]] = [], segments[:0], ()
    least = np.inf
    for other in state.assignment.neighbours_of(beat):
        moved, after = _traded(state, beat, other)
        # A beat that would give away its start was not measured.
        if after and max(map(abs, after)) < least:
            least = max(map(abs, after))
            best = [other], segments[np.sort(np.array(moved))], after
    return best


def _traded(state: SearchState, beat: int, other: int) -> tuple[list[int], list[float]]:
    """Describe what one segment's trade would move, and how far off both would be; take it back."""
    assignment, pair, over_s, target_s = (
        state.assignment,
        [beat, other],
        state.over_s,
        state.target_s,
    )
    giver, taker = pair if over_s[beat] > 0 else pair[::-1]
    step = Transfer(giver, taker, abs(float(over_s[beat])), single=True)
    held = assignment.own(giver)
    moved: list[int] = []
    after: list[float] = []

    def look() -> bool:
        moved.extend(np.setdiff1d(held, assignment.own(giver)).tolist())
        after.extend((state.load_s[pair] / target_s[pair] - 1.0).tolist())
        return False

    state.tried(pair, lambda: step.make(assignment, state.weight_s) > 0.0, look)
    return moved, after
