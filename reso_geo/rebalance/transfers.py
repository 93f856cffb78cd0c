"""Bring every beat into its range with as little as possible changing hands.

First loads flow along the cheapest chains of neighbours, a second that leaves its previous beat
costing one, a second that returns to it gaining one; then single trades, measured, mend what the
deadhead changed; last, once each beat has its base, streets return wherever both beats stay in
their ranges. What counts is how far beats are out of their ranges, what they hold of others, and
what of them lies across a barrier.
"""

from __future__ import annotations

import math
import time
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.districting.local_search import BalanceSearch
from reso_geo.districting.moves import ANY, RETURNING, Move, Previous, Transfer
from reso_geo.districting.objective import Balance, BarrierSplit, Continuity, Objective
from reso_geo.districting.trial import Trial
from reso_geo.rebalance.territory import FREE
from reso_geo.rebalance.transfer_network import by_pair, chains_of, strands_of, wanted_between

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from reso_geo.districting.state import SearchState
    from reso_geo.rebalance.territory import Land

__all__ = ["TransferSearch"]

_NEAR = 0.92
"""Beats are brought within this part of the tolerance: the final measures differ a little."""
_OUT = 10.0
"""What a beat out of its range by a tolerance counts for, in mean loads held of others."""
_APART = 1.0
_RETURN_WIDTHS = 1.0
"""What returns counts as nearer, and what is the giver's own as farther, by so many beat widths."""

_INNER = 0.85
"""Flows bring beats within this part of the tolerance: what moves changes the deadhead a little."""
_CLOSE = 0.88
"""The same, where beats are in their ranges already."""
_ENOUGH = 0.98
"""Beats measured from their bases are mended only while one is beyond this part."""
_ROOM = 0.9
"""What returns makes less deadhead, which brings down what every beat may have."""
_FLOWS, _PATIENCE = 8, 2
"""Rounds of flows, and how many of them in a row may bring nothing."""
_KICKS = (1.0, 0.5)
"""Shares of the flow that are tried to let more return."""
_MENDING = 2
"""So many measures of all beats go into mending them from their bases; then any trade will do."""
_EFFORT = 3
"""No more returns once this many measures of all beats have been made for it."""
_WORK_OF_ONE = 100
_ROUTES = 3
"""How often chains are asked for that leave out those which did not help."""
_HOPE = 6.0
"""What is worse by more than this after flows is not worth mending."""
_GAIN = 1e-4
_LEAST_NEARER = 0.01
"""Less of all load than this is not worth trying for."""
_STRAND_SHARES = (1.0, 0.6, 0.3)
_SHARES = (1.0, 0.6, 1.6, 0.3)
_MOST_THIRDS = 4
_LEAST_RETURN = 0.015
"""Less of a mean load than this is not worth a trade."""
_LEAST_GONE = 0.3
"""A way on which less than this share of what is wanted goes is stuck."""


def _objective(state: SearchState, land: Land) -> Objective:
    """Return what a rebalance is searched by."""
    balance = Balance(state.tolerance, inside=_NEAR, linear=_OUT, square=5.0 * _OUT)
    kept = Continuity(land.home, land.worth_s, float(state.load_s.mean()))
    return Objective(balance, ((1.0, kept), (_APART, BarrierSplit())), _GAIN)


class TransferSearch:
    """A search over the beats of one region.

    Parameters
    ----------
    state
        The beats, measured; changed in place.
    land
        What they held before.
    """

    def __init__(self, state: SearchState, land: Land) -> None:
        self._state, self._assignment, self._land = state, state.assignment, land
        wide_m = float(np.hypot(*np.ptp(land.region.xy, axis=0))) / np.sqrt(land.count)
        previous = Previous(land.home, _RETURN_WIDTHS * wide_m)
        self._trial = Trial(state, _objective(state, land), previous)
        self._most_work = math.inf

    def run(self, deadline: float) -> bool:
        """Let load flow until every beat is in its range, as far as trades can bring that about.

        Parameters
        ----------
        deadline
            On the clock of `time.monotonic`.

        Returns
        -------
        bool
            False when time was up first. The assignment holds the best state either way.
        """
        self._flow_all(deadline)
        self._mend(deadline)
        return time.monotonic() <= deadline

    def settle(self, deadline: float) -> bool:
        """Mend what is out of its range, then let more and more return.

        Parameters
        ----------
        deadline
            On the clock of `time.monotonic`.

        Returns
        -------
        bool
            False when time was up first.
        """
        state = self._state
        self._most_work = state.work + _MENDING * self._all_work()
        self._mend(deadline, _ENOUGH)
        if np.abs(state.off).max() > state.tolerance:
            BalanceSearch(state, 1.0).trade(deadline)
        self._most_work = state.work + _EFFORT * self._all_work()
        self._return_all(deadline)
        self._nearer(deadline)
        return time.monotonic() <= deadline

    def _spent(self, deadline: float) -> bool:
        return time.monotonic() > deadline or self._state.work >= self._most_work

    def _all_work(self) -> int:
        """Return the work of measuring all beats once."""
        return _WORK_OF_ONE * self._land.count + int(self._land.region.required.sum())

    def _cost(self) -> float:
        return self._state.cost(self._trial.objective)

    def _out(self) -> NDArray[np.float64]:
        """Return how far each beat is out of its range, in tolerances, shape (c,)."""
        return self._trial.objective.balance.out(self._state.load_s, self._state.target_s)

    def _range_s(self, part: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the least and the most load of each beat, at a part of the tolerance."""
        target_s, width = self._state.target_s, part * self._state.tolerance
        return target_s * (1.0 - width), target_s * (1.0 + width)

    def _any(self, moves: Iterable[Move]) -> bool:
        """Make the first move that helps; False when none does."""
        return any(map(self._trial.stands, moves))

    def _return_all(self, deadline: float) -> None:
        """Let streets return to their previous beats, as far as the ranges allow."""
        helped = True
        while helped:
            helped = False
            for giver, taker, amount in self._away():
                if self._spent(deadline):
                    return
                helped |= self._any(self._returns(giver, taker, amount))

    def _flow_all(self, deadline: float) -> None:
        """Let load flow again and again, each time measured again, and go back to the best state.

        A round may make things worse before the next one, which knows its measures, mends them.
        """
        best, least = self._assignment.labels(), self._cost()
        stuck: set[tuple[int, int, int]] = set()
        idle = 0
        for _ in range(_FLOWS):
            if idle == _PATIENCE or self._spent(deadline) or not self._out().any():
                break
            _, flows = wanted_between(self._state, self._land, *self._range_s(_INNER), stuck)
            stuck |= self._flow(flows, 1.0)
            idle += 1
            if (cost := self._cost()) < least:
                best, least, idle = self._assignment.labels(), cost, 0
        self._state.restore(best)

    def _flow(self, flows: Sequence[Transfer], share: float) -> set[tuple[int, int, int]]:
        """Let load flow; give the ways on which next to nothing went, to be left out next time."""
        before, stuck = self._assignment.labels(), set()
        for flow in flows:
            amount = share * flow.amount_s
            if self._trial.moved_s(replace(flow, amount_s=amount)) < _LEAST_GONE * amount:
                stuck.add((flow.giver, flow.taker, flow.what))
        labels = self._assignment.labels()
        changed = np.unique(np.concatenate((before[before != labels], labels[before != labels])))
        self._state.changed(changed.tolist())
        return stuck

    def _nearer(self, deadline: float) -> None:
        """Let more return where all are in their ranges: strand by strand, or all at once."""
        best, least, place = self._assignment.labels(), self._cost(), 0
        while place < len(_KICKS) and not self._spent(deadline):
            gain, flows = wanted_between(self._state, self._land, *self._range_s(_CLOSE))
            if -gain < _LEAST_NEARER * float(self._state.load_s.sum()):
                return
            if not sum(self._any(_strand(*strand)) for strand in strands_of(flows)):
                self._flow(flows, _KICKS[place])
                self._flow_all(deadline)
            if self._cost() < least + _HOPE:
                self._mend(deadline)
                self._return_all(deadline)
            if (cost := self._cost()) < least * (1.0 - _GAIN):
                best, least, place = self._assignment.labels(), cost, 0
            else:
                self._state.restore(best)
                place += 1

    def _mend(self, deadline: float, part: float = 0.0) -> None:
        """Trade for the beats that are out of their ranges until all are within a part, or no more.

        First along the chains of the cheapest flow, then with any neighbour, worst beat first.
        """
        most = part * self._state.tolerance
        while self._out().any() and not self._spent(deadline):
            if np.abs(self._state.off).max() <= most:
                return
            if self._pass_all_on():
                continue
            # All are tried before anything is asked again, not only until one helps.
            out = self._out()
            worst = [b for b in np.argsort(-out, kind="stable").tolist() if out[b] > 0.0]
            if not sum(self._out()[beat] > 0.0 and self._any(self._mends(beat)) for beat in worst):
                return

    def _pass_all_on(self) -> bool:
        """Hand load on along the cheapest chains; where none of them helps, along others."""
        stuck: set[tuple[int, int, int]] = set()
        for _ in range(_ROUTES):
            ranges = self._range_s(_INNER)
            _, flows = wanted_between(self._state, self._land, *ranges, stuck)
            if sum(self._any(_chain(*chain)) for chain in chains_of(by_pair(flows))):
                return True
            stuck |= {(flow.giver, flow.taker, flow.what) for flow in flows}
        return False

    def _mends(self, beat: int) -> Iterator[Move]:
        """Propose trades that bring a beat into its range: with a neighbour, or one behind it."""
        state = self._state
        target = state.target_s
        over = bool(state.load_s[beat] > target[beat])
        width = _INNER * state.tolerance * target[beat]
        need = abs(float(state.load_s[beat] - target[beat])) - width
        fill = state.load_s / target if over else -state.load_s / target
        near = sorted(self._assignment.neighbours_of(beat), key=lambda o: (fill[o], o))
        for barrier in (False, True):
            for other in near:
                pair = (beat, other) if over else (other, beat)
                yield from (_trade(pair, share * need, over=barrier) for share in _SHARES)
                yield _trade(pair, need, over=barrier, single=True)
        for other in near:
            thirds = [third for third in self._assignment.neighbours_of(other) if third != beat]
            for third in sorted(thirds, key=lambda t: (fill[t], t))[:_MOST_THIRDS]:
                yield _relay((beat, other, third), need, over=over)

    def _away(self) -> list[tuple[int, int, float]]:
        """Return who holds how much of whose streets, the most first."""
        land, labels = self._land, self._assignment.labels()
        away = (land.home != FREE) & (land.home != labels)
        key = labels[away] * land.count + land.home[away]
        held = np.bincount(key, self._state.weight_s[away], land.count**2)
        least = _LEAST_RETURN * float(self._state.target_s.mean())
        found = np.flatnonzero(held > least)
        order = found[np.argsort(-held[found], kind="stable")]
        return [(int(k // land.count), int(k % land.count), float(held[k])) for k in order]

    def _returns(self, giver: int, taker: int, amount: float) -> Iterator[Move]:
        """Propose to return streets as far as both have room; else for what the other may get."""
        state, pair = self._state, (giver, taker)
        low, high = self._range_s(_ROOM)
        room = min(
            float(high[taker] - state.load_s[taker]), float(state.load_s[giver] - low[giver])
        )
        if room > 0.0:
            for share in (1.0, 0.7, 0.4):
                step = Transfer(giver, taker, share * min(room, amount), RETURNING)
                yield Move(pair, ("return", share), (step,))
        there = Transfer(giver, taker, amount, RETURNING)
        back = Transfer(taker, giver, amount, RETURNING if giver < self._land.stays else ANY)
        yield Move(pair, "swap", (there, back))


def _trade(pair: tuple[int, int], amount: float, *, over: bool, single: bool = False) -> Move:
    """Propose a trade of two beats."""
    step = Transfer(*pair, amount, single=single, over_barriers=over)
    return Move(pair, (single, round(amount, 3), over), (step,))


def _relay(row: tuple[int, int, int], amount: float, *, over: bool) -> Move:
    """Propose to hand on over a neighbour to one behind it, or the other way round."""
    ways = list(pairwise(row))[::-1] if over else list(pairwise(row[::-1]))
    steps = tuple(Transfer(*way, amount) for way in ways)
    return Move(row, ("relay", round(amount, 3)), steps)


def _chain(row: tuple[int, ...], amount: float) -> Iterator[Move]:
    """Propose to hand load on along a chain, its end first."""
    for share in _SHARES:
        steps = tuple(Transfer(*pair, share * amount) for pair in list(pairwise(row))[::-1])
        yield Move(row, ("chain", share), steps)


def _strand(flows: tuple[Transfer, ...], amount: float) -> Iterator[Move]:
    """Propose that streets return, with whatever must flow before and after that."""
    beats = tuple(dict.fromkeys(b for flow in flows for b in (flow.giver, flow.taker)))
    ways = tuple((flow.giver, flow.taker, flow.what) for flow in flows)
    for share in _STRAND_SHARES:
        steps = tuple(replace(flow, amount_s=share * amount) for flow in reversed(flows))
        yield Move(beats, (ways, share), steps)
