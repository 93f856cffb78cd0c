"""Trial: moves tried by one objective, each once until one of its beats has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reso_geo.districting.moves import Recut, Transfer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reso_geo.districting.moves import HandOver, Move, Previous
    from reso_geo.districting.objective import Objective
    from reso_geo.districting.state import SearchState

__all__ = ["Trial"]


class Trial:
    """Tries moves by one objective, none twice before one of its beats has changed.

    Parameters
    ----------
    state
        The beats, measured; changed in place.
    objective
        What beats cost.
    previous
        Who held the segments before; None where that does not matter.

    Attributes
    ----------
    objective
        As given; a search may weigh its terms otherwise as it goes on.
    """

    def __init__(
        self, state: SearchState, objective: Objective, previous: Previous | None = None
    ) -> None:
        self.objective = objective
        self._state, self._previous = state, previous
        self._tried: set[tuple[tuple[int, ...], object, tuple[int, ...]]] = set()

    def stands(self, move: Move) -> bool:
        """Make a move that is new, and take it back unless it helps.

        Parameters
        ----------
        move
            What is to change hands.

        Returns
        -------
        bool
            Whether it stands.
        """
        key = move.beats, move.how, tuple(self._state.changes[beat] for beat in move.beats)
        if key in self._tried:
            return False
        self._tried.add(key)
        return self._state.kept(move.beats, lambda: self._made(move.steps), self.objective)

    def moved_s(self, step: Transfer) -> float:
        """Transfer segments, whatever comes of it.

        Parameters
        ----------
        step
            What is to change hands.

        Returns
        -------
        float
            Load that moved, seconds per week.
        """
        return step.make(self._state.assignment, self._state.weight_s, self._previous)

    def forget(self) -> None:
        """Forget what was tried: everything may be tried again."""
        self._tried.clear()

    def _made(self, steps: Sequence[Transfer | Recut | HandOver]) -> bool:
        """Make steps; False when one that is needed moved nothing, or left a beat unconnected."""
        good, state = True, self._state
        for step in steps:
            if isinstance(step, Transfer):
                good &= self.moved_s(step) > 0.0 or not step.needed
            elif isinstance(step, Recut):
                if not step.make(state.assignment, state.weight_s, state.rules, self._previous):
                    return False
            elif not step.make(self._state.assignment):
                return False
        return good
