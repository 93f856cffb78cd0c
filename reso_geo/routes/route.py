"""The records of a route."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.records import Record

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.i18n import Phrase

__all__ = ["Leg", "Route", "RouteLoop"]


@dataclass(frozen=True, eq=False)
class Leg(Record):
    """A stretch of a loop along one street, all of it moved in one way and to one end.

    Attributes
    ----------
    street
        Name of the street, or its number; empty where it has neither.
    kind
        ``patrol`` where it is covered, ``transit`` where it is only passed.
    how
        ``walk``, ``ride`` or ``push`` (the bike).
    segments
        int64, shape (k,): segments of the network, in order.
    line
        float64, shape (p, 2): longitude and latitude (EPSG:4326), in the direction of travel.
    length_m
        Metres.
    seconds
        Time that it takes, talks with people met included.
    from_s
        Seconds from the start of the loop to the start of the leg.
    """

    street: str
    kind: str
    how: str
    segments: NDArray[np.int64]
    line: NDArray[np.float64]
    length_m: float
    seconds: float
    from_s: float

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        self.segments.flags.writeable = False
        self.line.flags.writeable = False


@dataclass(frozen=True)
class RouteLoop:
    """A walk or ride that ends where it starts.

    Attributes
    ----------
    legs
        In order, at least one.
    """

    legs: tuple[Leg, ...]

    @property
    def length_m(self) -> float:
        """Metres from start to end."""
        return sum(leg.length_m for leg in self.legs)

    @property
    def seconds(self) -> float:
        """Seconds from start to end, talks included."""
        return sum(leg.seconds for leg in self.legs)

    @property
    def line(self) -> NDArray[np.float64]:
        """Longitude and latitude of the whole loop, shape (p, 2)."""
        every = np.concatenate([leg.line for leg in self.legs])
        moved = np.append((every[1:] != every[:-1]).any(axis=1), [True])
        line: NDArray[np.float64] = every[moved]
        return line

    @property
    def covered(self) -> tuple[str, ...]:
        """Names of the streets that it covers, in order, each once."""
        named = (leg.street for leg in self.legs if leg.kind == "patrol" and leg.street)
        return tuple(dict.fromkeys(named))


@dataclass(frozen=True)
class Route:
    """The tour of a beat, in loops from its base.

    Attributes
    ----------
    beat_id, beat_name
        Which beat.
    mode, season
        How and when: ``foot`` or ``bike``, ``summer`` or ``winter``.
    base
        Longitude and latitude.
    loops
        Those from the base first, at least one.
    created
        Date of the plan (ISO 8601), empty where not known.
    unsettled
        As in `reso_geo.Plan.unsettled`.
    assumptions
        Keys of the settings without a citable source that its times rest on.
    notes
        What the loops are, and what their times hold.
    warnings
        What whoever follows them should know.
    """

    beat_id: str
    beat_name: str
    mode: str
    season: str
    base: tuple[float, float]
    loops: tuple[RouteLoop, ...]
    created: str
    unsettled: tuple[str, ...]
    assumptions: tuple[str, ...]
    notes: tuple[Phrase, ...]
    warnings: tuple[Phrase, ...]

    def starts_at_base(self, loop: RouteLoop) -> bool:
        """Return whether a loop starts at the base, as all do but those of streets apart from it.

        Parameters
        ----------
        loop
            One of `loops`.

        Returns
        -------
        bool
            False for a loop through streets that no path of the mode connects to the base.
        """
        return bool((loop.legs[0].line[0] == self.base).all())
