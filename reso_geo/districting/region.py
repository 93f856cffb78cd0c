"""Region: connected streets that are cut among their own beats."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.districting.starts import above_zero
from reso_geo.network import components, cost_matrix

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from reso_geo.districting.borders.costs import MeetingCosts

__all__ = ["Region", "apart_share", "meetings", "part_of", "parts"]


@dataclass(frozen=True)
class Region:
    """A connected region of a city, with junctions numbered from zero; arrays read-only.

    Attributes
    ----------
    segment
        int64, shape (s,): indices into the network.
    u, v
        int64, shape (s,): ends.
    node
        int64, shape (n,): the network's junction of each.
    xy
        float64, shape (n, 2), metres.
    cost_m
        float64, shape (s,): length, and what crossing a barrier counts for.
    load_s
        float64, shape (s,): street load in seconds per week, with that of what is attached.
    required, barred
        bool, shape (s,): patrol must pass it; it crosses a motorway, a railway or a river.
    shut
        bool, shape (s,): no path leads over it where another leads around.
    meeting
        What it costs to part segments that meet.
    attached
        int64, ascending, by place of a segment in the region: indices into the network of what is
        not connected to the region and always has the beat of that segment.
    """

    segment: NDArray[np.int64]
    u: NDArray[np.int64]
    v: NDArray[np.int64]
    node: NDArray[np.int64]
    xy: NDArray[np.float64]
    cost_m: NDArray[np.float64]
    load_s: NDArray[np.float64]
    required: NDArray[np.bool_]
    barred: NDArray[np.bool_]
    shut: NDArray[np.bool_]
    meeting: MeetingCosts
    attached: Mapping[int, NDArray[np.int64]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        for f in fields(self):
            if f.name not in ("attached", "meeting"):
                getattr(self, f.name).flags.writeable = False

    def __len__(self) -> int:
        """Return the number of segments."""
        return len(self.segment)

    @cached_property
    def at(self) -> tuple[tuple[int, ...], ...]:
        """Segments at each junction, ascending."""
        at: list[list[int]] = [[] for _ in range(len(self.xy))]
        for segment, ends in enumerate(zip(self.u.tolist(), self.v.tolist(), strict=True)):
            for node in set(ends):
                at[node].append(segment)
        return tuple(map(tuple, at))

    def whole(self, own: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the segments of the network that go with some of the region.

        Parameters
        ----------
        own
            int64: places in the region, ascending.

        Returns
        -------
        ndarray of int64
            Ascending; those segments, and what is attached to any of them.
        """
        attachments = self._attachments_in(own)
        if not attachments:
            return self.segment[own]
        more = [self.attached[attachment] for attachment in attachments]
        return np.sort(np.concatenate((self.segment[own], *more)))

    def carried(self, own: NDArray[np.int64], weight_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what some segments count for with what is attached to them.

        Parameters
        ----------
        own
            int64, shape (k,): places in the region, ascending.
        weight_s
            float64: what each segment of `whole` counts for.

        Returns
        -------
        ndarray of float64, shape (k,)
            Of the same sum.
        """
        attachments = self._attachments_in(own)
        if not attachments:
            return weight_s
        whole = self.whole(own)
        carried: NDArray[np.float64] = weight_s[np.searchsorted(whole, self.segment[own])]
        for attachment in attachments:
            more = weight_s[np.searchsorted(whole, self.attached[attachment])].sum()
            carried[np.searchsorted(own, attachment)] += more
        return carried

    def _attachments_in(self, own: NDArray[np.int64]) -> list[int]:
        """Return the places among some that have something attached to them."""
        if not self.attached:
            return []
        here = np.isin(np.array(list(self.attached), dtype=np.int64), own).tolist()
        return [attachment for attachment, there in zip(self.attached, here, strict=True) if there]

    def junction_of(self, node: int) -> int:
        """Return the place of a junction of the network in the region.

        Parameters
        ----------
        node
            Index into the network's junctions.

        Returns
        -------
        int
            -1 for one that lies outside.
        """
        place = int(np.searchsorted(self.node, node))
        return place if place < len(self.node) and self.node[place] == node else -1

    @cached_property
    def middle(self) -> NDArray[np.float64]:
        """Middle of each segment's chord, shape (s, 2), metres."""
        return (self.xy[self.u] + self.xy[self.v]) / 2.0

    @cached_property
    def simple_edges(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
        """Ends and cost of the cheapest segment between each two junctions, loops left out.

        Without those that are shut where another way leads around: parts then keep to their side.
        """
        low, high = np.minimum(self.u, self.v), np.maximum(self.u, self.v)
        order = np.lexsort((self.cost_m, high, low))
        around = components(len(self.xy), self.u[~self.shut], self.v[~self.shut])
        over = self.shut & (around[self.u] == around[self.v])
        order = order[(low != high)[order] & ~over[order]]
        kept = order[np.diff(low[order] * len(self.xy) + high[order], prepend=-1) != 0]
        return low[kept], high[kept], self.cost_m[kept]

    @cached_property
    def side(self) -> NDArray[np.int64]:
        """The side of each junction, shape (n,): what is connected without crossing a barrier."""
        return components(len(self.xy), self.u[~self.barred], self.v[~self.barred])

    @cached_property
    def matrix(self) -> csr_array:
        """Cost between neighbouring junctions, a symmetric matrix, metres."""
        return cost_matrix(len(self.xy), *self.simple_edges)

    def middle_junction(self, own: NDArray[np.int64], weight: NDArray[np.float64]) -> int:
        """Return the junction nearest to the middle of some segments, as the crow flies.

        Parameters
        ----------
        own
            int64: places in the region, at least one; the required ones among them count, if any.
        weight
            float64, shape (s,): what each segment counts for.

        Returns
        -------
        int
            A junction at an end of one of them.
        """
        own = own[self.required[own]] if self.required[own].any() else own
        spot = np.average(self.middle[own], axis=0, weights=above_zero(weight[own]))
        ends = np.concatenate((self.u[own], self.v[own]))
        away = ((self.xy[ends] - spot) ** 2).sum(axis=1)
        return int(ends[away == away.min()].min())


def parts(
    region: Region, own: NDArray[np.int64], labels: NDArray[np.int64] | None = None
) -> NDArray[np.int64]:
    """Find which segments are connected by themselves, each part for itself.

    Parameters
    ----------
    region
        The streets.
    own
        int64, shape (k,): places of segments in the region.
    labels
        int64, shape (k,): labels of each, from 0 on; None for one part.

    Returns
    -------
    ndarray of int64, shape (k,)
        Number of the part that each is in.
    """
    ends = np.concatenate((region.u[own], region.v[own]))
    if labels is not None and len(labels):
        ends = ends * (int(labels.max()) + 1) + np.tile(labels, 2)
    spot, place = np.unique(ends, return_inverse=True)
    return components(len(spot), place[: len(own)], place[len(own) :])[place[: len(own)]]


def apart_share(
    region: Region, labels: NDArray[np.int64], weight: NDArray[np.float64], count: int
) -> NDArray[np.float64]:
    """Return the share of each beat that lies across a barrier from its largest part.

    Parameters
    ----------
    region
        The streets.
    labels
        int64, shape (s,): beat of each segment, -1 for none.
    weight
        float64, shape (s,): what each segment counts for.
    count
        Number of beats.

    Returns
    -------
    ndarray of float64, shape (k,)
        Zero for a beat that is connected without crossing a motorway, a railway or a river.
    """
    own = np.flatnonzero((labels >= 0) & ~region.barred)
    part = parts(region, own, labels[own])
    by_part = np.bincount(part, weight[own])
    of_beat = np.zeros(len(by_part), dtype=np.int64)
    of_beat[part] = labels[own]
    largest, total = np.zeros(count), np.bincount(labels[own], weight[own], count)
    np.maximum.at(largest, of_beat, by_part)
    share: NDArray[np.float64] = 1.0 - largest / np.maximum(total, 1e-9)
    return np.where(total > 0.0, share, 0.0)


def meetings(
    u: NDArray[np.int64], v: NDArray[np.int64], labels: NDArray[np.int64]
) -> dict[int, list[int]]:
    """Return the labels that meet at each junction where several do.

    Parameters
    ----------
    u, v
        int64, shape (s,): ends of segments.
    labels
        int64, shape (s,): label of each segment, from 0 on.

    Returns
    -------
    dict of int to list of int
        By junction; both ascending.

    Examples
    --------
    >>> meetings(np.array([0, 1]), np.array([1, 2]), np.array([4, 7]))
    {1: [4, 7]}
    """
    count = int(labels.max(initial=0)) + 1
    held = np.unique(np.concatenate((u, v)) * count + np.tile(labels, 2))
    node, first, times = np.unique(held // count, return_index=True, return_counts=True)
    several = times > 1
    ranges = zip(
        node[several].tolist(), first[several].tolist(), times[several].tolist(), strict=True
    )
    return {at: (held[start : start + many] % count).tolist() for at, start, many in ranges}


def part_of(region: Region, own: NDArray[np.int64]) -> Region:
    """Return a connected part of a region, without what is attached to it.

    Parameters
    ----------
    region
        The streets.
    own
        int64: places of the part's segments in the region.

    Returns
    -------
    Region
        With junctions numbered again.
    """
    node, ends = np.unique(np.concatenate((region.u[own], region.v[own])), return_inverse=True)
    return Region(
        segment=region.segment[own],
        u=ends[: len(own)],
        v=ends[len(own) :],
        node=region.node[node],
        xy=region.xy[node],
        cost_m=region.cost_m[own],
        load_s=region.load_s[own],
        required=region.required[own],
        barred=region.barred[own],
        shut=region.shut[own],
        meeting=region.meeting.among(own, len(region)),
    )
