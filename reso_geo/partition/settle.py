"""Settle beats: even them from where they start, and gather the streets of one name."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.partition.balance import NEAR, BalanceSearch
from reso_geo.partition.base import base_of
from reso_geo.partition.blocked import blocked_beats
from reso_geo.partition.meter import Meter
from reso_geo.partition.order import order_of
from reso_geo.partition.polish import MOST_POLISHED
from reso_geo.partition.record import trading_groups
from reso_geo.partition.scratch import Scratch
from reso_geo.partition.start import MOST_AT_ONCE
from reso_geo.partition.stretches import StretchSearch
from reso_geo.partition.tally import Tally
from reso_geo.partition.twins import with_twins
from reso_geo.partition.zones import piece_of
from reso_geo.words import Phrase

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from reso_geo.coverage import TravelGraph
    from reso_geo.network import StreetNetwork
    from reso_geo.partition.record import Partition
    from reso_geo.partition.request import CutRequest
    from reso_geo.workload import StreetLoad

__all__ = ["settle_beats"]


def settle_beats(  # noqa: PLR0913 - what a cut is made of, and what stays
    network: StreetNetwork,
    graph: TravelGraph,
    load: StreetLoad,
    partition: Partition,
    request: CutRequest,
    kept: Collection[str] = (),
    *,
    sparing: bool = False,
    deadline: float | None = None,
) -> Partition:
    """Even out beats once their bases are known, and keep the streets of one name together.

    The streets that are patrolled more often than the others are walked to from the base, so that
    the load of a beat depends on where that is. A search measures beats from their middle as the
    crow flies, which is found at once; here each is measured from its own base, and trades with its
    neighbours where it is off. What lies of a street in another beat than the rest of it then goes
    there, as far as loads allow (see `reso_geo.partition.stretches`). No beat gives away all the
    streets where it starts. Small places, which a cut searches through, stay as they are. Both
    sides of a street come into one beat last.

    Parameters
    ----------
    network
        The streets.
    graph
        The travel graph of the plan's mode.
    load
        Street loads in that mode.
    partition
        Connected beats with their bases: see `reso_geo.partition.start_beats`.
    request
        Tolerance and time limit.
    kept
        Ids of beats that stay exactly as they are.
    sparing
        True where streets should stay with who has them: only beats beyond the tolerance trade then
        (otherwise, up to 64 beats, those beyond half of it), and no street is gathered.
    deadline
        On the clock of `time.monotonic`; None for the time limit from here on.

    Returns
    -------
    Partition
        The same beats with the same bases; why the balance is not better is said anew.
    """
    order = order_of(network)
    until = time.monotonic() + request.time_limit_s if deadline is None else deadline
    settler = _Settler(order.network(network), order.graph(graph), order.load(load), request, until)
    return order.back(settler.settled(order.partition(partition), kept, sparing=sparing))


class _Settler:
    def __init__(
        self,
        network: StreetNetwork,
        graph: TravelGraph,
        load: StreetLoad,
        request: CutRequest,
        deadline: float,
    ) -> None:
        self._network, self._graph, self._load = network, graph, load
        self._total_s = load.total_s
        self._request, self._deadline = request, deadline

    def settled(self, partition: Partition, kept: Collection[str], *, sparing: bool) -> Partition:
        """Settle all beats but those that are kept."""
        gate = {beat: self._gate(partition, beat) for beat in partition.joined}
        joined = {gate[beat]: own for beat, own in partition.joined.items()}
        rule = partial(base_of, self._network, self._total_s)
        meter = Meter(self._network, self._graph, self._load, rule, joined)
        beat_of, why, ended = partition.beat_of.copy(), [], True
        apart = np.concatenate([np.empty(0, dtype=np.int64), *joined.values()])
        for beats in trading_groups(self._network, partition, kept):
            if len(beats) == 1:
                continue
            own = np.setdiff1d(np.flatnonzero(np.isin(beat_of, beats)), apart)
            piece = piece_of(self._network, self._total_s, own)
            cell = np.searchsorted(beats, beat_of[own])
            posts = partition.posts[beats]
            if len(own) > MOST_POLISHED or len(np.unique(posts)) > 1:
                start = partition.base[beats].tolist()
                scratch = Scratch(piece, cell, len(beats))
                share = posts / posts.sum()
                tally = Tally(scratch, meter, share, self._request.tolerance, start)
                ended &= self._search(tally, sparing=sparing)
                names = [partition.beat_id[beat] for beat in beats.tolist()]
                why += [one.note(self._network, names) for one in blocked_beats(tally)]
                cell = scratch.cells()
            beat_of[own] = beats[with_twins(self._network, piece, cell, len(beats))]
        now: dict[int, list[NDArray[np.int64]]] = {}
        for segment, own in joined.items():
            beat_of[own] = beat_of[segment]
            now.setdefault(int(beat_of[segment]), []).append(own)
        return replace(
            partition,
            beat_of=beat_of,
            joined={beat: np.sort(np.concatenate(parts)) for beat, parts in sorted(now.items())},
            balance_why=tuple(why),
            warnings=self._warnings(partition, ended=ended),
        )

    def _search(self, tally: Tally, *, sparing: bool) -> bool:
        """Even and gather the beats of one piece; False when time was up first."""
        few = tally.scratch.count <= MOST_AT_ONCE and not sparing
        ended = BalanceSearch(tally, NEAR if few else 1.0).trade(self._deadline)
        if not sparing:
            StretchSearch(tally).run(self._deadline)
        return ended

    def _gate(self, partition: Partition, beat: int) -> int:
        """Give the segment that pieces which joined a beat stay with: one where it starts."""
        network = self._network
        own = np.setdiff1d(partition.segments_of(beat), partition.joined[beat])
        base = partition.base[beat]
        near = own[network.required[own] & ((network.u[own] == base) | (network.v[own] == base))]
        return int(near[0] if len(near) else own[0])

    def _warnings(self, partition: Partition, *, ended: bool) -> tuple[Phrase, ...]:
        late = Phrase("partition.time_limit", {"limit": float(self._request.time_limit_s)})
        told = ended or any(phrase.key == late.key for phrase in partition.warnings)
        return partition.warnings if told else (*partition.warnings, late)
