"""Beats that no trade brings nearer to their targets, and what stands in the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.districting.moves import Transfer
from reso_geo.i18n import Phrase, listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from reso_geo.districting.state import SearchState
    from reso_geo.network import StreetNetwork

__all__ = ["Blocked", "blocked_beats"]


@dataclass(frozen=True)
class Blocked:
    """A beat that no trade brings nearer to its target.

    Attributes
    ----------
    beat
        Its number.
    off
        How far it is off, as a share of its target.
    segments
        int64: network indices of the one segment, with what would fall off, whose trade is best;
        empty when it has nothing to trade.
    other
        The beat that it would trade with, -1 for none.
    off_after, other_after
        How far off the two would be then, measured.
    """

    beat: int
    off: float
    segments: NDArray[np.int64]
    other: int
    off_after: float
    other_after: float

    def note(self, network: StreetNetwork, names: Sequence[str]) -> Phrase:
        """Return the sentence.

        Parameters
        ----------
        network
            The streets.
        names
            Id of each beat.

        Returns
        -------
        Phrase
            With the ids of the segments.
        """
        values: dict[str, object] = {"beat": names[self.beat], "off": 100.0 * self.off}
        if self.other < 0:
            return Phrase("partition.blocked_alone", values)
        values |= {
            "other": names[self.other],
            "ids": listed(network.segment_id[self.segments], 3),
            "after": 100.0 * self.off_after,
            "other_after": 100.0 * self.other_after,
        }
        return Phrase("partition.blocked", values)


def blocked_beats(state: SearchState) -> list[Blocked]:
    """Describe which beats are off by more than the tolerance, and what their best trade would do.

    Parameters
    ----------
    state
        The beats, measured; left as they are.

    Returns
    -------
    list of Blocked
        The beats farthest off first.
    """
    off = state.off
    missed = np.flatnonzero(np.abs(off) > state.tolerance)
    order = missed[np.argsort(-np.abs(off[missed]), kind="stable")]
    return [_blocked(state, beat) for beat in order.tolist()]


def _blocked(state: SearchState, beat: int) -> Blocked:
    """Measure the trades of one segment that come nearest to evening a beat; give the best."""
    none = state.assignment.region.segment[:0]
    best = Blocked(beat, float(state.off[beat]), none, -1, 0.0, 0.0)
    least = np.inf
    for other in state.assignment.neighbours_of(beat):
        moved, after = _traded(state, beat, other)
        # A beat that would give away its start was not measured.
        if after and max(map(abs, after)) < least:
            least = max(map(abs, after))
            segments = state.assignment.region.segment[np.sort(np.array(moved))]
            best = Blocked(beat, best.off, segments, other, *after)
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
