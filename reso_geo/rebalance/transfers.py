"""Bring every beat into its range with as little as possible changing hands.

First loads flow along the cheapest chains of neighbours, a second that leaves the beat it was with
costing one, a second that comes home gaining one; then single trades, measured, mend what the
deadhead changed; last, once each beat has its base, streets go home wherever both beats stay in
their ranges.
"""

from __future__ import annotations

import math
import time
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.districting.local_search import BalanceSearch
from reso_geo.rebalance.territory import FREE
from reso_geo.rebalance.trades import Trades
from reso_geo.rebalance.transfer_network import (
    HOME,
    OWN,
    by_pair,
    chains_of,
    strands_of,
    wanted_between,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.districting.state import SearchState
    from reso_geo.rebalance.territory import Land
    from reso_geo.rebalance.transfer_network import Flow

__all__ = ["EvenSearch"]

_INNER = 0.85
"""Flows bring beats within this part of the tolerance: what moves changes the deadhead a little."""
_CLOSE = 0.88
"""The same, where beats are in their ranges already."""
_ENOUGH = 0.98
"""Beats measured from their bases are mended only while one is beyond this part."""
_ROOM = 0.9
"""What comes home makes less deadhead, which brings down what every beat may have."""
_FLOWS, _PATIENCE = 8, 2
"""Rounds of flows, and how many of them in a row may bring nothing."""
_KICKS = (1.0, 0.5)
"""Shares of the flow that are tried to keep more at home."""
_MENDING = 2
"""So many measures of all beats go into mending them from their bases; then any trade will do."""
_EFFORT = 3
"""No more comes home once this many measures of all beats have been made for it."""
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
_LEAST_HOME = 0.015
"""Less of a mean load than this is not worth a trade."""
_LEAST_GONE = 0.3
"""A way on which less than this share of what is wanted goes is stuck."""


class EvenSearch:
    """A search over the beats of one region.

    Parameters
    ----------
    state
        The beats, measured; changed in place.
    land
        What they held before.
    """

    def __init__(self, state: SearchState, land: Land) -> None:
        self._trades = Trades(state, land)
        self._state, self._assignment, self._land = state, state.assignment, land
        self._most_work = math.inf

    def cost(self) -> float:
        """Return the cost of the beats: out of their ranges, and away from their previous beats.

        Returns
        -------
        float
            To be compared among cuts of the same land.
        """
        return self._trades.cost()

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
        """Mend what is out of its range, then let more and more come home.

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
        self._go_home(deadline)
        self._nearer(deadline)
        return time.monotonic() <= deadline

    def _go_home(self, deadline: float) -> None:
        """Let streets go back to the beat that they were with, as far as the ranges allow."""
        helped = True
        while helped:
            helped = False
            for giver, taker, amount in self._away():
                if self._spent(deadline):
                    return
                helped |= self._home_trade(giver, taker, amount)

    def _flow_all(self, deadline: float) -> None:
        """Let load flow again and again, each time measured again, and go back to the best state.

        A round may make things worse before the next one, which knows its measures, mends them.
        """
        trades = self._trades
        best, least = self._assignment.labels(), trades.cost()
        stuck: set[tuple[int, int, int]] = set()
        idle = 0
        for _ in range(_FLOWS):
            if idle == _PATIENCE or self._spent(deadline) or not trades.out.any():
                break
            _, flows = wanted_between(self._state, self._land, *trades.range_s(_INNER), stuck)
            stuck |= self._flow(flows, 1.0)
            idle += 1
            if (cost := trades.cost()) < least:
                best, least, idle = self._assignment.labels(), cost, 0
        trades.restored(best)

    def _flow(self, flows: list[Flow], share: float) -> set[tuple[int, int, int]]:
        """Let load flow; give the ways on which next to nothing went, to be left out next time."""
        before, stuck = self._assignment.labels(), set()
        for flow in flows:
            amount = share * flow.amount_s
            gone = self._trades.shift(flow.giver, flow.taker, amount, what=flow.what)
            if gone < _LEAST_GONE * amount:
                stuck.add((flow.giver, flow.taker, flow.what))
        labels = self._assignment.labels()
        changed = np.unique(np.concatenate((before[before != labels], labels[before != labels])))
        self._trades.measured(changed.tolist())
        return stuck

    def _nearer(self, deadline: float) -> None:
        """Let more come home where all are in their ranges: strand by strand, or all at once."""
        trades = self._trades
        best, least, place = self._assignment.labels(), trades.cost(), 0
        while place < len(_KICKS) and not self._spent(deadline):
            gain, flows = wanted_between(self._state, self._land, *trades.range_s(_CLOSE))
            if -gain < _LEAST_NEARER * float(self._state.load_s.sum()):
                return
            if not sum(self._let_home(*strand) for strand in strands_of(flows)):
                self._flow(flows, _KICKS[place])
                self._flow_all(deadline)
            if trades.cost() < least + _HOPE:
                self._mend(deadline)
                self._go_home(deadline)
            if (cost := trades.cost()) < least * (1.0 - _GAIN):
                best, least, place = self._assignment.labels(), cost, 0
            else:
                trades.restored(best)
                place += 1

    def _let_home(self, strand: tuple[Flow, ...], amount: float) -> bool:
        """Let streets come home, and whatever must flow before and after that."""
        trades = self._trades
        beats = tuple(dict.fromkeys(b for flow in strand for b in (flow.giver, flow.taker)))

        def move(share: float) -> bool:
            moved = [
                trades.shift(flow.giver, flow.taker, share * amount, what=flow.what)
                for flow in reversed(strand)
            ]
            return all(moved)

        ways = tuple((flow.giver, flow.taker, flow.what) for flow in strand)
        return any(
            trades.is_new(beats, (ways, share)) and trades.kept(beats, partial(move, share))
            for share in _STRAND_SHARES
        )

    def _spent(self, deadline: float) -> bool:
        return time.monotonic() > deadline or self._state.work >= self._most_work

    def _all_work(self) -> int:
        """Return the work of measuring all beats once."""
        return _WORK_OF_ONE * self._land.count + int(self._land.region.required.sum())

    def _mend(self, deadline: float, part: float = 0.0) -> None:
        """Trade for the beats that are out of their ranges until all are within a part, or no more.

        First along the chains of the cheapest flow, then with any neighbour, worst beat first.
        """
        trades = self._trades
        most = part * self._state.tolerance
        while trades.out.any() and not self._spent(deadline):
            if np.abs(self._state.off).max() <= most:
                return
            if self._pass_all_on():
                continue
            # All are tried before anything is asked again, not only until one helps.
            out = trades.out
            worst = [b for b in np.argsort(-out, kind="stable").tolist() if out[b] > 0.0]
            if not sum(trades.out[beat] > 0.0 and self._mend_one(beat) for beat in worst):
                return

    def _pass_all_on(self) -> bool:
        """Hand load on along the cheapest chains; where none of them helps, along others."""
        stuck: set[tuple[int, int, int]] = set()
        for _ in range(_ROUTES):
            ranges = self._trades.range_s(_INNER)
            _, flows = wanted_between(self._state, self._land, *ranges, stuck)
            if sum(self._pass_on(*chain) for chain in chains_of(by_pair(flows))):
                return True
            stuck |= {(flow.giver, flow.taker, flow.what) for flow in flows}
        return False

    def _pass_on(self, row: tuple[int, ...], amount: float) -> bool:
        """Hand load on along a chain, its end first."""
        trades = self._trades

        def move(share: float) -> bool:
            moved = [trades.shift(*pair, share * amount) for pair in list(pairwise(row))[::-1]]
            return all(moved)

        return any(
            trades.is_new(row, ("chain", share)) and trades.kept(row, partial(move, share))
            for share in _SHARES
        )

    def _mend_one(self, beat: int) -> bool:
        state = self._state
        target = state.target_s
        over = bool(state.load_s[beat] > target[beat])
        width = _INNER * state.tolerance * target[beat]
        need = abs(float(state.load_s[beat] - target[beat])) - width
        fill = state.load_s / target
        near = sorted(
            self._assignment.neighbours_of(beat), key=lambda o: (fill[o] if over else -fill[o], o)
        )
        for barrier in (False, True):
            for other in near:
                pair = (beat, other) if over else (other, beat)
                if any(self._trade(pair, share * need, over=barrier) for share in _SHARES):
                    return True
                if self._single(pair, need, over=barrier):
                    return True
        return any(self._relay(beat, other, need, fill, over=over) for other in near)

    def _trade(self, pair: tuple[int, int], amount: float, *, over: bool) -> bool:
        trades = self._trades
        return trades.is_new(pair, ("shift", round(amount, 3), over)) and trades.kept(
            pair, lambda: trades.shift(*pair, amount, over=over) > 0.0
        )

    def _single(self, pair: tuple[int, int], amount: float, *, over: bool) -> bool:
        trades = self._trades
        return trades.is_new(pair, ("one", round(amount, 3), over)) and trades.kept(
            pair, lambda: trades.give_one(*pair, amount, over=over)
        )

    def _relay(
        self, beat: int, other: int, amount: float, fill: NDArray[np.float64], *, over: bool
    ) -> bool:
        """Hand on over a neighbour to one behind it, or the other way round."""
        trades = self._trades
        thirds = [t for t in self._assignment.neighbours_of(other) if t != beat]
        thirds.sort(key=lambda t: (fill[t] if over else -fill[t], t))

        def move(third: int) -> bool:
            steps = ((other, third), (beat, other)) if over else ((third, other), (other, beat))
            moved = [trades.shift(*pair, amount) for pair in steps]
            return all(moved)

        return any(
            trades.is_new((beat, other, third), ("relay", round(amount, 3)))
            and trades.kept((beat, other, third), partial(move, third))
            for third in thirds[:_MOST_THIRDS]
        )

    def _away(self) -> list[tuple[int, int, float]]:
        """Return who holds how much of whose streets, the most first."""
        land, labels = self._land, self._assignment.labels()
        away = (land.home != FREE) & (land.home != labels)
        key = labels[away] * land.count + land.home[away]
        held = np.bincount(key, self._state.weight_s[away], land.count**2)
        least = _LEAST_HOME * float(self._state.target_s.mean())
        found = np.flatnonzero(held > least)
        order = found[np.argsort(-held[found], kind="stable")]
        return [(int(k // land.count), int(k % land.count), float(held[k])) for k in order]

    def _home_trade(self, giver: int, taker: int, amount: float) -> bool:
        """Let streets go home as far as both have room; else for what the other may have back."""
        trades, state, pair = self._trades, self._state, (giver, taker)
        low, high = trades.range_s(_ROOM)
        room = min(
            float(high[taker] - state.load_s[taker]), float(state.load_s[giver] - low[giver])
        )
        if room > 0.0:
            for share in (1.0, 0.7, 0.4):
                part = share * min(room, amount)
                if trades.is_new(pair, ("home", share)) and trades.kept(
                    pair, partial(self._come_home, giver, taker, part)
                ):
                    return True

        def swap() -> bool:
            one = trades.shift(giver, taker, amount, what=HOME)
            back = HOME if giver < self._land.stays else OWN
            return min(one, trades.shift(taker, giver, amount, what=back)) > 0.0

        return trades.is_new(pair, ("swap",)) and trades.kept(pair, swap)

    def _come_home(self, giver: int, taker: int, amount: float) -> bool:
        return self._trades.shift(giver, taker, amount, what=HOME) > 0.0
