"""CutRequest: what the planner asks for."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from reso_geo.districting.params import CutParams, SearchRules
from reso_geo.errors import UsageError
from reso_geo.i18n import Phrase
from reso_geo.records import FieldCheck, Shown

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["CutRequest"]


@dataclass(frozen=True, repr=False)
class CutRequest(Shown):
    """What the planner asks for.

    Attributes
    ----------
    officers
        Posts in all.
    officers_per_beat
        Posts of each beat that `posts` does not name; together they fill whole beats.
    posts
        Posts of single beats by id, such as ``{"GRE-02": 2}``; None for none. Beats are numbered
        from west to east in a first cut, and stay about there when they get more posts.
    seats
        Posts of each city by name; None shares them by load (Sainte-Laguë). A city may have none
        where beats may cross: the beats of the city that it meets most hold its streets.
    cross_cities
        True when a beat may cross city lines.
    tolerance
        How far the load per post may be from the mean, as a share of it.
    time_limit_s
        After this many seconds the best cut so far is returned.
    seed
        Of all that is drawn by chance.
    params
        Figures that the search goes by.

    Raises
    ------
    UsageError
        When a figure is out of range, or the posts do not fill whole beats.
    """

    officers: int
    officers_per_beat: int = 1
    posts: Mapping[str, int] | None = None
    seats: Mapping[str, int] | None = None
    cross_cities: bool = False
    tolerance: float = 0.05
    time_limit_s: float = 600.0
    seed: int = 0
    params: CutParams = CutParams()

    def summary(self) -> Phrase:
        """Return what it is in one sentence.

        Returns
        -------
        Phrase
            For people.
        """
        values = {"posts": self.officers, "count": self.beats}
        return Phrase("partition.request", {**values, "percent": 100.0 * self.tolerance})

    def __post_init__(self) -> None:
        """Check the figures once."""
        self._check_kinds(FieldCheck("CutRequest", UsageError))
        if self.officers < 1:
            raise UsageError(Phrase("partition.no_officers", {"officers": self.officers}))
        if self.officers_per_beat < 1:
            raise UsageError(Phrase("partition.no_per_beat", {"per_beat": self.officers_per_beat}))
        for beat, posts in (self.posts or {}).items():
            if posts < 1:
                raise UsageError(Phrase("partition.bad_posts", {"beat": beat, "posts": posts}))
        rest = self.officers - sum((self.posts or {}).values())
        if rest < 0 or rest % self.officers_per_beat:
            values = {
                "officers": self.officers,
                "per_beat": self.officers_per_beat,
                "named": self.officers - rest,
            }
            key = "partition.no_whole_posts" if self.posts else "partition.no_whole_beats"
            raise UsageError(Phrase(key, values))
        self._check_seats()
        if not 0.0 < self.tolerance < 1.0:
            raise UsageError(Phrase("partition.bad_tolerance", {"tolerance": self.tolerance}))
        if self.seed < 0:
            raise UsageError(Phrase("partition.bad_seed", {"seed": self.seed}))
        if not self.time_limit_s > 0.0:
            raise UsageError(Phrase("partition.bad_time_limit", {"limit": self.time_limit_s}))

    def _check_kinds(self, check: FieldCheck) -> None:
        """Check that every field holds what its name says."""
        for field in ("officers", "officers_per_beat", "seed"):
            check.number(field, getattr(self, field), whole=True)
        check.number("tolerance", self.tolerance)
        check.number("time_limit_s", self.time_limit_s, endless=True)
        check.flag("cross_cities", self.cross_cities)
        check.counts("posts", self.posts, -math.inf)
        check.counts("seats", self.seats, 0)
        if not isinstance(self.params, CutParams):
            check.refuse("params", self.params, Phrase("record.kind", {"kind": "CutParams"}))

    def _check_seats(self) -> None:
        """Refuse posts by city with beats that cross city lines, unless some city has none."""
        if self.seats is not None and self.cross_cities and all(self.seats.values()):
            raise UsageError(Phrase("partition.seats_crossing"))

    def rules(self) -> SearchRules:
        """Return what a search goes by that begins now."""
        return SearchRules(self.tolerance, float(self.time_limit_s), self.seed, self.params)

    def recorded(self) -> dict[str, object]:
        """Return the fields as a plan keeps them: figures of the search only where one is changed.

        Returns
        -------
        dict
            By name; `read_back` takes it.
        """
        values = asdict(self)
        if self.params == CutParams():
            del values["params"]
        return values

    @classmethod
    def read_back(cls, values: Mapping[str, Any]) -> CutRequest:
        """Return the request of which a plan keeps the fields.

        Parameters
        ----------
        values
            From `recorded`, also through JSON.

        Returns
        -------
        CutRequest
            As it was.
        """
        return cls(**{**values, "params": CutParams.of(values.get("params", {}))})

    @property
    def beats(self) -> int:
        """Number of beats."""
        named = self.posts or {}
        rest = self.officers - sum(named.values())
        return len(named) + rest // self.officers_per_beat
