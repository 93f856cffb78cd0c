"""Standing beats: the old ones as they are, who among them may stay so, and what a change is worth.

Nobody's streets move where beats are connected, hold all of their ground and are within the
tolerance of their common mean; and a move has to pay for itself in balance.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.network import components
from reso_geo.partition import (
    Partition,
    annexed_parts,
    attachment_of,
    broken_beats,
    median_junction,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.districting.evaluator import Evaluator
    from reso_geo.districting.problem import DistrictingProblem
    from reso_geo.rebalance.request import OldBeats

__all__ = ["Deviation", "Group", "MeasuredBeats"]

_ROUNDING = 1e-9
"""What sums of floats may differ by."""


@dataclass(frozen=True)
class Group:
    """Old beats that hold connected ground among them, each connected, nobody else on it.

    Attributes
    ----------
    beats
        int64: old beats, ascending.
    ground
        int64: what they hold, ascending; parts that joined one of them are left out.
    annexed
        int64: those parts, ascending.
    """

    beats: NDArray[np.int64]
    ground: NDArray[np.int64]
    annexed: NDArray[np.int64]

    @property
    def segments(self) -> NDArray[np.int64]:
        """All that they hold, ascending."""
        return np.sort(np.concatenate((self.ground, self.annexed)))


@dataclass(frozen=True)
class Deviation:
    """How far some beats are off their common mean.

    Attributes
    ----------
    worst
        The largest distance of a load per post from the mean, as a share of it.
    beyond_s
        What of the loads lies beyond the tolerance, all beats together, seconds per week.
    """

    worst: float
    beyond_s: float

    @property
    def even(self) -> bool:
        """True when every beat is within the tolerance."""
        return self.beyond_s <= _ROUNDING

    def worth(self, other: Deviation, moved_s: float, price: float) -> bool:
        """Return whether another balance is worth what changes hands for it.

        Parameters
        ----------
        other
            After the change.
        moved_s
            Street load that changes hands, seconds per week.
        price
            A second of it must bring beats so many seconds nearer.

        Returns
        -------
        bool
            True where no beat is farther off than the worst one was, and what lies beyond the
            tolerance gets less by that price or more.
        """
        nearer_s = self.beyond_s - other.beyond_s
        return other.worst <= self.worst + _ROUNDING and nearer_s >= price * moved_s > 0.0


class MeasuredBeats:
    """The beats that there are, measured from their bases.

    Parameters
    ----------
    problem
        Streets, how they are travelled and what they ask.
    evaluator
        Measures beats.
    old
        The beats, valid or not.
    price
        A second of street load that changes hands must bring beats so many seconds nearer.

    Attributes
    ----------
    annexed
        int64 by beat index: parts that need not be connected to the rest of their beat.
    """

    def __init__(
        self, problem: DistrictingProblem, evaluator: Evaluator, old: OldBeats, price: float
    ) -> None:
        network, self._price = problem.network, price
        self._problem, self._network, self._load = problem, network, problem.load
        self._evaluator, self._old = evaluator, old
        self.annexed = annexed_parts(network, old.beat_of, old.city.tolist(), old.annexed)
        self._apart = np.zeros(len(network), dtype=bool)
        for own in self.annexed.values():
            self._apart[own] = True
        broken = broken_beats(network, self._partition())
        self._whole = ~np.isin(np.arange(len(old.beat_id)), broken)
        self._base = old.base.copy()

    def _partition(self) -> Partition:
        old = self._old
        base = np.full(len(old.beat_id), -1, dtype=np.int64)
        return Partition(
            old.beat_of.copy(), old.beat_id, old.city.copy(), old.posts.copy(), base, self.annexed
        )

    def base(self, beat: int) -> int:
        """Return the base of a beat: the one it has, or else the middle of its load.

        Parameters
        ----------
        beat
            Index of the beat; it has a street to cover.

        Returns
        -------
        int
            Junction of the network.
        """
        if self._base[beat] < 0:
            own = np.flatnonzero(self._old.beat_of == beat)
            required = own[self._network.required[own]]
            self._base[beat] = median_junction(
                self._problem.walk, self._network.node_id, self._problem.kept_s, own, required
            )
        return int(self._base[beat])

    def attachments(self, stays: NDArray[np.int64]) -> NDArray[np.int64]:
        """Tie the parts that joined beats to a street of those, one where each starts.

        Parameters
        ----------
        stays
            int64: old beats that stay; parts of others are tied to nothing.

        Returns
        -------
        ndarray of int64, shape (m,)
            The segment that each joined segment goes with, -1 for one that goes with none.
        """
        attachment = np.full(len(self._network), -1, dtype=np.int64)
        for beat, parts in self.annexed.items():
            own = np.setdiff1d(np.flatnonzero(self._old.beat_of == beat), parts)
            if beat in stays and self._network.required[own].any():
                attachment[parts] = attachment_of(self._network, own, int(self._old.base[beat]))
        return attachment

    def groups(self, segments: NDArray[np.int64], stays: NDArray[np.int64]) -> list[Group]:
        """Find the ground that beats who stay hold among them, connected and nobody else on it.

        Parameters
        ----------
        segments
            int64: segments that may be shared.
        stays
            int64: old beats that stay.

        Returns
        -------
        list of Group
            One for each connected ground of that kind.
        """
        network, beat_of = self._network, self._old.beat_of
        own = segments[~(self._apart[segments] & np.isin(beat_of[segments], stays))]
        label = components(len(network.node_id), network.u[own], network.v[own])
        number = label[network.u[own]]
        found = [self._group(own[number == n], segments) for n in np.unique(number).tolist()]
        return [each for each in found if each is not None and np.isin(each.beats, stays).all()]

    def _group(self, ground: NDArray[np.int64], segments: NDArray[np.int64]) -> Group | None:
        beats = np.unique(self._old.beat_of[ground])
        if beats[0] < 0 or not self._whole[beats].all():
            return None
        held = np.flatnonzero(np.isin(self._old.beat_of, beats))
        annexed = held[self._apart[held]]
        required = [self._network.required[held[self._old.beat_of[held] == b]].any() for b in beats]
        complete = len(held) == len(ground) + len(annexed) and np.isin(annexed, segments).all()
        return Group(beats, ground, annexed) if complete and all(required) else None

    def group_of(self, ground: NDArray[np.int64], stays: NDArray[np.int64]) -> Group | None:
        """Find the group that beats who stay make of some ground.

        Parameters
        ----------
        ground
            int64: connected segments.
        stays
            int64: old beats that stay there.

        Returns
        -------
        Group or None
            None where they do not hold it among them, or hold more.
        """
        parts = [self.annexed[beat] for beat in stays.tolist() if beat in self.annexed]
        found = self.groups(np.unique(np.concatenate((ground, *parts))), stays)
        same = [each for each in found if np.array_equal(each.ground, ground)]
        return same[0] if same and np.array_equal(same[0].beats, stays) else None

    def balance(self, group: Group, tolerance: float, around: Group | None = None) -> Deviation:
        """Measure beats as they are.

        Parameters
        ----------
        group
            Beats among which streets can change hands.
        tolerance
            How far the load per post may be from the mean, as a share of it.
        around
            Beats whose mean it is, those of the group among them; None for the group itself.

        Returns
        -------
        Deviation
            From their bases; one beat alone is on its mean.
        """
        among = group if around is None else around
        if len(among.beats) == 1:
            return Deviation(0.0, 0.0)
        beats = among.beats.tolist()
        held = [np.flatnonzero(self._old.beat_of == beat) for beat in beats]
        load_s = self._loads(held, [self.base(beat) for beat in beats])
        posts = self._old.posts[among.beats]
        return _balance(load_s, posts, tolerance, np.isin(among.beats, group.beats))

    def _loads(self, held: list[NDArray[np.int64]], base: list[int]) -> NDArray[np.float64]:
        asked = list(zip(held, base, strict=True))
        self._evaluator.look_ahead(asked)
        return np.array([self._evaluator.measure(*each).load_s for each in asked])

    def paid(self, group: Group, made: Partition, tolerance: float) -> Partition:
        """Undo what moved among some beats unless it pays for itself in balance.

        Parameters
        ----------
        group
            Beats that were out of the tolerance and stay as many.
        made
            The beats now.
        tolerance
            As for `balance`.

        Returns
        -------
        Partition
            As `made`, or with these beats as they were before.
        """
        old, beats = self._old, group.beats.tolist()
        now = np.array([made.beat_id.index(old.beat_id[beat]) for beat in beats])
        own = group.segments
        before = now[np.searchsorted(group.beats, old.beat_of[own])]
        moved_s = float(self._load.total_s[own[made.beat_of[own] != before]].sum())
        held = [made.segments_of(beat) for beat in now.tolist()]
        load_s = self._loads(held, made.base[now].tolist())
        after = _balance(load_s, made.posts[now], tolerance, np.ones(len(now), dtype=bool))
        if self.balance(group, tolerance).worth(after, moved_s, self._price):
            return made
        beat_of, base, annexed = made.beat_of.copy(), made.base.copy(), dict(made.annexed)
        beat_of[own] = before
        for place, beat in zip(now.tolist(), beats, strict=True):
            base[place] = self.base(beat)
            none = own[:0]
            more = np.setdiff1d(annexed.pop(place, none), own)
            parts = np.union1d(self.annexed.get(beat, none), more)
            annexed |= {place: parts} if len(parts) else {}
        return replace(made, beat_of=beat_of, base=base, annexed=dict(sorted(annexed.items())))


def _balance(
    load_s: NDArray[np.float64],
    posts: NDArray[np.int64],
    tolerance: float,
    own: NDArray[np.bool_],
) -> Deviation:
    """Compute how far some of the beats are off the mean load per post of all."""
    target_s = posts * (load_s.sum() / posts.sum())
    off_s = np.abs(load_s - target_s)
    beyond_s = np.maximum(0.0, off_s - tolerance * target_s)
    return Deviation(float((off_s / target_s)[own].max()), float(beyond_s[own].sum()))
