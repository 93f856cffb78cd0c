"""Bring every beat into its range with as little as possible changing hands.

Where much must move, all neighbours first divide their streets again, then each beat out of its
range with one neighbour. Loads flow along the cheapest chains of neighbours, a second that leaves
its previous beat costing one, a second that returns to it gaining one; then single trades,
measured, mend what the deadhead changed; last, once each beat has its base, streets return wherever
both beats stay in their ranges. What counts is how far beats are out of their ranges, what they
hold of others, and what of them lies across a barrier.
"""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from reso_geo.districting.borders.rounds import divide_all
from reso_geo.districting.evaluator import FIXED_WORK
from reso_geo.districting.local_search import BalanceSearch
from reso_geo.districting.moves import ANY, RETURNING, Move, Recut, Transfer
from reso_geo.districting.objective import Balance, BarrierSplit, Border, Continuity, Objective
from reso_geo.districting.trial import Trial
from reso_geo.rebalance.territory import FREE
from reso_geo.rebalance.transfer_network import by_pair, chains_of, strands_of, wanted_between

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from reso_geo.districting.state import SearchState
    from reso_geo.rebalance.params import RebalanceParams, TransferParams
    from reso_geo.rebalance.territory import Territory

__all__ = ["TransferSearch"]


class _Need(NamedTuple):
    """What brings a beat into its range: load that it must give, or take, and who has room for it.

    Attributes
    ----------
    over
        Whether it must give.
    amount_s
        How much, seconds per week.
    fill
        float64, shape (c,): how little room each beat has for that.
    """

    over: bool
    amount_s: float
    fill: NDArray[np.float64]

    def pair(self, beat: int, other: int) -> tuple[int, int]:
        """Return the giver and the taker."""
        return (beat, other) if self.over else (other, beat)

    def with_room(self, beats: Iterable[int]) -> list[int]:
        """Return beats in order, the one with most room first."""
        return sorted(beats, key=lambda beat: (self.fill[beat], beat))


def _objective(state: SearchState, territory: Territory, params: TransferParams) -> Objective:
    """Return what a rebalance is searched by."""
    balance = Balance(state.tolerance, params.near, params.out, params.out_square)
    kept = Continuity(territory.home, territory.worth_s, float(state.load_s.mean()))
    ground = (1.0, kept), (params.apart, BarrierSplit()), (params.border, Border())
    return Objective(balance, ground, params.least_gain)


class TransferSearch:
    """A search over the beats of one region; the best state is kept when time is up.

    Parameters
    ----------
    state
        The beats, measured; changed in place.
    territory
        What they held before.
    params
        Figures that the search goes by.
    """

    def __init__(self, state: SearchState, territory: Territory, params: RebalanceParams) -> None:
        self._state, self._assignment, self._territory = state, state.assignment, territory
        self._params, self._of_flow = params.transfers, params.flow
        objective = _objective(state, territory, self._params)
        self._trial = Trial(state, objective, territory.previous(self._params, self._params.border))
        self._most_work = math.inf

    def run(self) -> bool:
        """Move load until every beat is in its range, as far as trades can bring that about.

        Returns
        -------
        bool
            False when time was up first.
        """
        if self._out().mean() > self._params.much_out:
            self._divide_all()
            self._recut_all()
        self._flow_all()
        self._straighten()
        self._mend()
        self._straighten()
        return not self._state.rules.late

    def refine(self) -> bool:
        """Mend what is out of its range, then let more and more return.

        Returns
        -------
        bool
            As for `run`.
        """
        state, params = self._state, self._params
        self._most_work = state.work + params.mending * self._all_work()
        if np.abs(state.off).max() > params.mend_beyond * state.tolerance:
            self._recut_all()
            self._mend(params.mend_beyond)
        if np.abs(state.off).max() > state.tolerance:
            BalanceSearch(state, 1.0).trade()
        self._most_work = state.work + params.effort * self._all_work()
        self._return_all()
        self._nearer()
        self._straighten()
        return not state.rules.late

    def _divide_all(self) -> None:
        """Divide the streets of all neighbours again and again, each time by the last measures."""
        params = self._params
        divide_all(
            self._state,
            lambda: np.clip(self._state.load_s, *self._range_s(params.inner)),
            self._cost,
            lambda: not self._out().any(),
            params.divisions,
            self._territory.previous(params, params.border),
        )

    def _recut_all(self) -> None:
        """Divide the streets of beats out of their ranges and a neighbour again, worst first."""
        helped = True
        while helped and not self._spent():
            out = self._out()
            worst = [b for b in np.argsort(-out, kind="stable").tolist() if out[b] > 0.0]
            helped = any(self._any(self._recuts(beat)) for beat in worst)

    def _recuts(self, beat: int) -> Iterator[Move]:
        """Propose divisions that bring a beat into its range, a neighbour with room first."""
        need = self._need(beat)
        for other in need.with_room(self._assignment.neighbours_of(beat)):
            pair = need.pair(beat, other)
            for share in self._params.shares:
                step = Recut(*pair, share * need.amount_s)
                yield Move(pair, ("recut", round(share * need.amount_s, 3)), (step,))

    def _need(self, beat: int) -> _Need:
        state = self._state
        target = state.target_s
        over = bool(state.load_s[beat] > target[beat])
        width = self._params.inner * state.tolerance * target[beat]
        amount = abs(float(state.load_s[beat] - target[beat])) - width
        return _Need(over, amount, state.load_s / target if over else -state.load_s / target)

    def _straighten(self) -> None:
        """Divide the streets of neighbours again along cheaper borders, until none does."""
        assignment, helped = self._assignment, True
        while helped:
            helped = False
            for beat in range(assignment.count):
                for other in sorted(assignment.neighbours_of(beat)):
                    if other > beat and not self._state.rules.late:
                        step = Recut(beat, other, 0.0, strict=False)
                        helped |= self._trial.stands(Move((beat, other), "straight", (step,)))

    def _spent(self) -> bool:
        return self._state.rules.late or self._state.work >= self._most_work

    def _all_work(self) -> int:
        """Return the work of measuring all beats once."""
        return FIXED_WORK * self._territory.count + int(self._territory.region.required.sum())

    def _cost(self) -> float:
        return self._state.cost(self._trial.objective)

    def _out(self) -> NDArray[np.float64]:
        """Return how far each beat is out of its range, in tolerances, shape (c,)."""
        return self._trial.objective.balance.out(self._state.load_s, self._state.target_s)

    def _range_s(self, part: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the least and the most load of each beat, at a part of the tolerance."""
        target_s, width = self._state.target_s, part * self._state.tolerance
        return target_s * (1.0 - width), target_s * (1.0 + width)

    def _wanted(
        self, part: float, stuck: Collection[tuple[int, int, int]] = ()
    ) -> tuple[float, list[Transfer]]:
        """Return the cheapest flows that bring beats within a part of the tolerance."""
        ranges = self._range_s(part)
        return wanted_between(self._state, self._territory, ranges, self._of_flow, stuck)

    def _any(self, moves: Iterable[Move]) -> bool:
        """Make the first move that helps; False when none does."""
        return any(map(self._trial.stands, moves))

    def _return_all(self) -> None:
        """Return streets to their previous beats, as far as the ranges allow."""
        helped = True
        while helped:
            helped = False
            for giver, taker, amount in self._away():
                if self._spent():
                    return
                helped |= self._any(self._returns(giver, taker, amount))

    def _flow_all(self) -> None:
        """Move load again and again, each time measured again, and go back to the best state.

        A round may make things worse before the next one, which knows its measures, mends them.
        """
        best, least = self._assignment.labels(), self._cost()
        stuck: set[tuple[int, int, int]] = set()
        idle = 0
        for _ in range(self._params.flows):
            if idle == self._params.patience or self._spent() or not self._out().any():
                break
            _, flows = self._wanted(self._params.inner, stuck)
            stuck |= self._flow(flows, 1.0)
            idle += 1
            if (cost := self._cost()) < least:
                best, least, idle = self._assignment.labels(), cost, 0
        self._state.restore(best)

    def _flow(self, flows: Sequence[Transfer], share: float) -> set[tuple[int, int, int]]:
        """Move load; return the arcs on which next to nothing went, to be left out next time."""
        before, stuck = self._assignment.labels(), set()
        for flow in flows:
            amount = share * flow.amount_s
            if (
                self._trial.moved_s(replace(flow, amount_s=amount))
                < self._params.least_gone * amount
            ):
                stuck.add((flow.giver, flow.taker, flow.what))
        labels = self._assignment.labels()
        changed = np.unique(np.concatenate((before[before != labels], labels[before != labels])))
        self._state.changed(changed.tolist())
        return stuck

    def _nearer(self) -> None:
        """Return more where all are in their ranges: strand by strand, or all at once."""
        params, place = self._params, 0
        best, least = self._assignment.labels(), self._cost()
        while place < len(params.kicks) and not self._spent():
            gain, flows = self._wanted(params.close)
            if -gain < params.least_nearer * float(self._state.load_s.sum()):
                return
            strands = strands_of(flows, self._of_flow.longest)
            if not sum(self._any(self._strand(*strand)) for strand in strands):
                self._flow(flows, params.kicks[place])
                self._flow_all()
            if self._cost() < least + params.most_worse:
                self._mend()
                self._return_all()
            if (cost := self._cost()) < least * (1.0 - params.least_gain):
                best, least, place = self._assignment.labels(), cost, 0
            else:
                self._state.restore(best)
                place += 1

    def _mend(self, part: float = 0.0) -> None:
        """Trade for the beats that are out of their ranges until all are within a part, or no more.

        First along the chains of the cheapest flow, then with any neighbour, worst beat first.
        """
        most = part * self._state.tolerance
        while self._out().any() and not self._spent():
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
        for _ in range(self._params.routes):
            _, flows = self._wanted(self._params.inner, stuck)
            if sum(self._any(self._chain(*chain)) for chain in chains_of(by_pair(flows))):
                return True
            stuck |= {(flow.giver, flow.taker, flow.what) for flow in flows}
        return False

    def _mends(self, beat: int) -> Iterator[Move]:
        """Propose trades that bring a beat into its range: with a neighbour, or one behind it."""
        need = self._need(beat)
        near = need.with_room(self._assignment.neighbours_of(beat))
        yield from self._recuts(beat)
        for barrier in (False, True):
            for pair in (need.pair(beat, other) for other in near):
                yield from (
                    _trade(pair, share * need.amount_s, over=barrier)
                    for share in self._params.shares
                )
                yield _trade(pair, need.amount_s, over=barrier, single=True)
        for other in near:
            thirds = [third for third in self._assignment.neighbours_of(other) if third != beat]
            for third in need.with_room(thirds)[: self._params.most_thirds]:
                yield _relay((beat, other, third), need.amount_s, over=need.over)

    def _away(self) -> list[tuple[int, int, float]]:
        """Return who holds how much of whose streets, the most first."""
        territory, labels = self._territory, self._assignment.labels()
        away = (territory.home != FREE) & (territory.home != labels)
        key = labels[away] * territory.count + territory.home[away]
        held = np.bincount(key, self._state.weight_s[away], territory.count**2)
        least = self._params.least_return * float(self._state.target_s.mean())
        found = np.flatnonzero(held > least)
        order = found[np.argsort(-held[found], kind="stable")]
        return [
            (int(k // territory.count), int(k % territory.count), float(held[k])) for k in order
        ]

    def _returns(self, giver: int, taker: int, amount: float) -> Iterator[Move]:
        """Propose to return streets as far as both have room; else for what the other may get."""
        state, pair = self._state, (giver, taker)
        low, high = self._range_s(self._params.return_room)
        room = min(
            float(high[taker] - state.load_s[taker]), float(state.load_s[giver] - low[giver])
        )
        if room > 0.0:
            for share in self._params.return_shares:
                step = Transfer(giver, taker, share * min(room, amount), RETURNING)
                yield Move(pair, ("return", share), (step,))
        there = Transfer(giver, taker, amount, RETURNING)
        back = Transfer(taker, giver, amount, RETURNING if giver < self._territory.stays else ANY)
        yield Move(pair, "swap", (there, back))

    def _chain(self, row: tuple[int, ...], amount: float) -> Iterator[Move]:
        """Propose to hand load on along a chain, its end first."""
        for share in self._params.shares:
            steps = tuple(Transfer(*pair, share * amount) for pair in list(pairwise(row))[::-1])
            yield Move(row, ("chain", share), steps)

    def _strand(self, flows: tuple[Transfer, ...], amount: float) -> Iterator[Move]:
        """Propose that streets return, with whatever must flow before and after that."""
        beats = tuple(dict.fromkeys(b for flow in flows for b in (flow.giver, flow.taker)))
        ways = tuple((flow.giver, flow.taker, flow.what) for flow in flows)
        for share in self._params.strand_shares:
            steps = tuple(replace(flow, amount_s=share * amount) for flow in reversed(flows))
            yield Move(beats, (ways, share), steps)


def _trade(pair: tuple[int, int], amount: float, *, over: bool, single: bool = False) -> Move:
    """Propose a trade of two beats."""
    step = Transfer(*pair, amount, single=single, over_barriers=over)
    return Move(pair, (single, round(amount, 3), over), (step,))


def _relay(row: tuple[int, int, int], amount: float, *, over: bool) -> Move:
    """Propose to hand on over a neighbour to one behind it, or the other way round."""
    ways = list(pairwise(row))[::-1] if over else list(pairwise(row[::-1]))
    steps = tuple(Transfer(*way, amount) for way in ways)
    return Move(row, ("relay", round(amount, 3)), steps)
