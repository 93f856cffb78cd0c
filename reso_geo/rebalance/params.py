"""RebalanceParams: the figures that a rebalance goes by, group by group.

Chosen like those of `reso_geo.districting.params`; `benchmarks/rebalancing.py` shows what a change
does to the share of load that keeps its post, to balance, walk and time.
"""

from __future__ import annotations

from dataclasses import dataclass

from reso_geo.districting.params import CutParams
from reso_geo.settings import Tuning, count, figure, share

__all__ = ["FlowParams", "RebalanceParams", "SitingParams", "TransferParams"]


@dataclass(frozen=True)
class FlowParams(Tuning):
    """Where load should flow between beats; a second that leaves its previous beat costs one.

    Attributes
    ----------
    least_flow
        Less of a mean load than this is no flow.
    over_barrier
        What a second costs besides on an arc that only crosses a barrier.
    arc_cost
        What a second costs on any arc: short chains come first.
    longest
        Flows in a row, the most, that belong to streets which return.
    """

    least_flow: float = share(0.001)
    over_barrier: float = figure(1.0)
    arc_cost: float = figure(0.02)
    longest: int = count(5)


@dataclass(frozen=True)
class TransferParams(Tuning):
    """Trades that bring beats into their ranges with little changing hands, and streets back.

    Attributes
    ----------
    near
        Beats are brought within this part of the tolerance: the final measures differ a little.
    out, out_square
        What a beat out of its range by a tolerance counts for, in mean loads held of others, and
        by its square.
    apart
        What a beat wholly on two sides of a barrier counts for, in the same.
    border, border_first
        What a side street left behind at a border counts for, in the same; and before anything is
        measured.
    return_widths
        What returns counts as nearer, and what is the giver's own as farther, by so many beat
        widths.
    least_gain
        A trade stands that makes the beats that it changes cheaper by more than this share.
    inner
        Flows bring beats within this part of the tolerance: what moves changes the deadhead.
    close
        The same, where beats are in their ranges already.
    mend_beyond
        Beats measured from their bases are mended only while one is beyond this part.
    return_room
        Part of the tolerance that what returns may fill: it makes less deadhead, which brings down
        what every beat may have.
    much_out
        Mean tolerances out of their ranges from which on all neighbours divide their streets again
        first: where little is wrong, flows move less.
    divisions, flows, patience
        Rounds of such divisions, and of flows, and how many flows in a row may bring nothing.
    kicks
        Shares of the flow that are tried to let more return.
    mending
        So many measures of all beats go into mending them from their bases; then any trade will do.
    effort
        No more returns once this many measures of all beats have been made for it.
    routes
        How often chains are asked for that leave out those which did not help.
    most_worse
        What is worse by more than this after flows is not worth mending.
    least_nearer
        Less of all load than this is not worth trying for.
    strand_shares, shares, return_shares
        Parts of what is wanted that are tried along a row that returns, of any other trade, and of
        what both beats have room for.
    most_thirds
        Beats behind each neighbour that a relay is tried with.
    least_return
        Less of a mean load than this is not worth a trade.
    least_gone
        An arc on which less than this share of what is wanted goes is stuck.
    """

    near: float = share(0.92)
    out: float = figure(10.0)
    out_square: float = figure(50.0)
    apart: float = figure(1.0)
    border: float = figure(0.004, 1e-9)
    border_first: float = figure(0.004, 1e-9)
    return_widths: float = figure(1.0)
    least_gain: float = share(1e-4)
    inner: float = share(0.85)
    close: float = share(0.88)
    mend_beyond: float = share(0.98)
    return_room: float = share(0.9)
    much_out: float = figure(1.0)
    divisions: int = count(10, 0)
    flows: int = count(8, 0)
    patience: int = count(2)
    kicks: tuple[float, ...] = share((1.0, 0.5))
    mending: int = count(2, 0)
    effort: int = count(3, 0)
    routes: int = count(3, 0)
    most_worse: float = figure(6.0)
    least_nearer: float = share(0.01)
    strand_shares: tuple[float, ...] = share((1.0, 0.6, 0.3))
    shares: tuple[float, ...] = figure((1.0, 0.6, 1.6, 0.3), 1e-6, 10.0)
    return_shares: tuple[float, ...] = share((1.0, 0.7, 0.4))
    most_thirds: int = count(4, 0)
    least_return: float = share(0.015)
    least_gone: float = share(0.3)


@dataclass(frozen=True)
class SitingParams(Tuning):
    """Where new beats begin, who leaves, and how beats grow into their streets.

    Attributes
    ----------
    few
        As many beats come or go one by one; more are told from a cut of the whole region again.
    tries
        First cuts for that.
    most_spots, most_swaps
        Junctions looked at for a new beat, and others who might leave instead.
    leave_cost
        What a second costs that leaves a beat which is no more, or streets of nobody.
    inner
        Streets of nobody are shared within this part of the tolerance.
    incumbent, new
        Who stays ends as many tolerances above the mean, who is new as many below, where that fits.
    recut_from
        Where every beat makes room for so many, all are cut again, each old one within what it
        held.
    rounds, moving_rounds
        Rounds of growing, and in how many of them bases move to the middles of their beats.
    """

    few: int = count(4, 0)
    tries: int = count(2)
    most_spots: int = count(80)
    most_swaps: int = count(300, 0)
    leave_cost: float = figure(0.1)
    inner: float = share(0.85)
    incumbent: float = figure(0.4)
    new: float = figure(0.6)
    recut_from: int = count(4)
    rounds: int = count(24)
    moving_rounds: int = count(14, 0)


@dataclass(frozen=True)
class RebalanceParams(Tuning):
    """All that a rebalance goes by besides what the planner asks for.

    Attributes
    ----------
    most_again
        How often beats just made are looked at again, until nothing more moves.
    price
        A second of street load that changes hands must bring beats so many seconds nearer.
    transfers, flow, siting
        Figures of each part of the search.
    cut
        Those of what it has in common with a cut.
    """

    most_again: int = count(4, 0)
    price: float = figure(0.2, 1e-6)
    transfers: TransferParams = TransferParams()
    flow: FlowParams = FlowParams()
    siting: SitingParams = SitingParams()
    cut: CutParams = CutParams()
