"""RebalanceRequest: what the planner asks of a new plan that comes from an old one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.districting.params import SearchRules
from reso_geo.errors import UsageError
from reso_geo.i18n import Phrase, listed
from reso_geo.rebalance.params import RebalanceParams
from reso_geo.records import FieldCheck, Record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from reso_geo.districting.canonical_order import Order

__all__ = ["KEEPS", "OldBeats", "RebalanceRequest"]

KEEPS = ("load", "residents", "anchors")
"""What continuity may be reckoned in while the search looks for most of it."""


@dataclass(frozen=True)
class RebalanceRequest:
    """What the planner asks for.

    Attributes
    ----------
    officers
        Posts in all.
    tolerance
        How far the load per post may be from the mean, as a share of it.
    lock
        Ids of beats that stay exactly as they are.
    retire
        Ids of beats whose post leaves.
    stay
        Ids of beats whose post leaves only where the others of its streets are too few to leave.
    split
        Ids of beats next to whose far end a new beat begins.
    near
        Spots where new beats begin, longitude and latitude.
    keep
        One of `KEEPS`.
    time_limit_s
        After this many seconds the best state so far is returned.
    seed
        Of first cuts.
    params
        Figures that the search goes by.

    Raises
    ------
    UsageError
        When a figure is out of range, a word is not known, or two wishes contradict each other.
    """

    officers: int
    tolerance: float = 0.05
    lock: tuple[str, ...] = ()
    retire: tuple[str, ...] = ()
    stay: tuple[str, ...] = ()
    split: tuple[str, ...] = ()
    near: tuple[tuple[float, float], ...] = ()
    keep: str = "load"
    time_limit_s: float = 600.0
    seed: int = 0
    params: RebalanceParams = RebalanceParams()

    def __post_init__(self) -> None:
        """Check the figures once."""
        check = FieldCheck("RebalanceRequest", UsageError)
        for name in ("officers", "seed"):
            check.number(name, getattr(self, name), whole=True)
        check.number("tolerance", self.tolerance)
        check.number("time_limit_s", self.time_limit_s, endless=True)
        for name in ("lock", "retire", "stay", "split"):
            check.texts(name, getattr(self, name))
        self._check_spots(check)
        if self.officers < 1:
            raise UsageError(Phrase("partition.no_officers", {"officers": self.officers}))
        if not 0.0 < self.tolerance < 1.0:
            raise UsageError(Phrase("rebalance.tolerance", {"tolerance": self.tolerance}))
        check.word("keep", self.keep, KEEPS)
        if not isinstance(self.params, RebalanceParams):
            check.refuse("params", self.params, Phrase("record.kind", {"kind": "RebalanceParams"}))
        if self.seed < 0:
            raise UsageError(Phrase("partition.bad_seed", {"seed": self.seed}))
        if not self.time_limit_s > 0.0:
            raise UsageError(Phrase("partition.bad_time_limit", {"limit": self.time_limit_s}))
        both = sorted(set(self.retire) & {*self.lock, *self.stay, *self.split})
        if both:
            raise UsageError(Phrase("rebalance.retired_too", {"beats": listed(both)}))

    def rules(self) -> SearchRules:
        """Return what a search goes by that begins now."""
        return SearchRules(self.tolerance, float(self.time_limit_s), self.seed, self.params.cut)

    def _check_spots(self, check: FieldCheck) -> None:
        wanted = Phrase("rebalance.spot")
        if not isinstance(self.near, tuple):
            check.refuse("near", self.near, wanted)
        for row, spot in enumerate(self.near):
            if not isinstance(spot, tuple) or len(spot) != 2:  # noqa: PLR2004 - lon, lat
                check.refuse(f"near[{row}]", spot, wanted)
            check.number(f"near[{row}]", spot[0], -180.0, 180.0)
            check.number(f"near[{row}]", spot[1], -90.0, 90.0)


@dataclass(frozen=True, eq=False)
class OldBeats(Record):
    """The beats that there are, valid or not; index b stands for one beat everywhere.

    Attributes
    ----------
    beat_of
        int64, shape (m,): beat of each segment, -1 for none.
    beat_id
        Ids, unique.
    city
        int64, shape (k,): index into the network's cities, -1 for one that may cross them.
    posts
        int64, shape (k,): posts of each.
    locked
        bool, shape (k,): stays exactly as it is.
    cross_cities
        True when beats may cross city lines.
    officers_per_beat
        Posts of each new beat.
    used
        Ids that no new beat may get, besides those of the beats.
    base
        int64, shape (k,): junction that each starts from, and goes on to as long as it keeps its
        streets; -1 for one that is to be found. None known unless given.
    base_name
        What each base is called that a planner gave, which stays whatever changes; empty for none.
    annexed
        int64 by beat index: segments that the plan lists as joined without being connected to the
        rest of their beat. What foot cannot reach inside a city needs no listing.
    waits
        True where segments that no beat holds stay so.
    """

    beat_of: NDArray[np.int64]
    beat_id: tuple[str, ...]
    city: NDArray[np.int64]
    posts: NDArray[np.int64]
    locked: NDArray[np.bool_]
    cross_cities: bool = False
    officers_per_beat: int = 1
    used: tuple[str, ...] = ()
    base: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    base_name: tuple[str, ...] = ()
    annexed: Mapping[int, NDArray[np.int64]] = field(default_factory=dict)
    waits: bool = False

    def __post_init__(self) -> None:
        """Check all once; without bases, each is to be found."""
        check = FieldCheck("OldBeats", UsageError)
        check.texts("beat_id", self.beat_id)
        count = len(self.beat_id)
        check.figures("beat_of", self.beat_of, -1, count - 1, kind="int64")
        check.figures("city", self.city, -1, rows=count, kind="int64")
        check.figures("posts", self.posts, 0, rows=count, kind="int64")
        check.array("locked", self.locked, "bool", count)
        check.flag("cross_cities", self.cross_cities)
        check.flag("waits", self.waits)
        check.number("officers_per_beat", self.officers_per_beat, 1, whole=True)
        check.texts("used", self.used)
        check.figures("base", self.base, -1, kind="int64")
        if len(self.base):
            check.length("base", len(self.base), count)
        check.texts("base_name", self.base_name)
        if not len(self.base):
            object.__setattr__(self, "base", np.full(count, -1, dtype=np.int64))
        for array in (self.beat_of, self.city, self.posts, self.locked, self.base):
            array.flags.writeable = False
        if not self.base_name:
            object.__setattr__(self, "base_name", ("",) * count)

    def sorted_by(self, order: Order) -> OldBeats:
        """Return the same beats of a network in another order.

        Parameters
        ----------
        order
            Which segment and junction then stands at each place.

        Returns
        -------
        OldBeats
            With their segments and bases there.
        """
        return replace(
            self,
            beat_of=self.beat_of[order.segment],
            base=order.junctions(self.base),
            annexed={beat: order.places(own) for beat, own in self.annexed.items()},
        )
