"""Choices that are plain values: required streets, what is out of reach, which chance will do."""

from __future__ import annotations

from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import TYPE_CHECKING

from reso_geo.errors import SettingsError
from reso_geo.i18n import Phrase
from reso_geo.records import FieldCheck

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["RULE_KINDS", "RULE_TEXTS", "OddsRules", "SetAsideRules", "StreetRules"]

RULE_TEXTS = frozenset(
    ("required", "required_if_named", "never_required", "car_tunnels", "areas", "closing_gates")
)
_LONGEST_M = 100_000.0
_MOST_OF_RULE = {"_m": 1000.0, "_share": 1.0, "_deg": 90.0}


@dataclass(frozen=True)
class StreetRules:
    """Which streets are required, and when a way is a sidewalk or a twin carriageway.

    Attributes
    ----------
    required
        Values of the ``highway`` tag that patrol must pass.
    required_if_named
        Values that it must pass where the way has a name and is no sidewalk.
    sidewalk_distance_m, sidewalk_share
        A footway with this share of its length within this distance of one required street, and
        parallel to it, is a sidewalk.
    parallel_deg
        Two lines are parallel when their bearings differ by at most this, in degrees.
    twin_distance_m, twin_share
        Opposed one-ways at most this far apart over this share of the shorter one are twins.
    least_component_share
        A component that foot cannot reach is dropped below this share of the required length.
    cleared_distance_m, cleared_share
        A segment with this share of its length within this distance of the cleared network is
        cleared in winter.
    never_required
        Tags (``key=value``, or ``key=*`` for any value but ``no``) of ways that are walked, never
        required.
    car_tunnels
        Classes of which a tunnel is not required unless its tags say that people walk there.
    areas
        Tags of a closed way, or of a relation, that make it an area to walk across.
    closing_gates
        Tags of a point with a ``barrier`` that nobody passes.

    The last four are empty for a plan written before there were such rules, but for those that it
    went by.
    """

    required: tuple[str, ...]
    required_if_named: tuple[str, ...]
    sidewalk_distance_m: float
    sidewalk_share: float
    parallel_deg: float
    twin_distance_m: float
    twin_share: float
    least_component_share: float
    cleared_distance_m: float
    cleared_share: float
    never_required: tuple[str, ...] = ("aeroway=*", "service=parking_aisle", "service=driveway")
    car_tunnels: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    closing_gates: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check the rules once."""
        check = FieldCheck("StreetRules", SettingsError)
        for f in fields(self):
            value = getattr(self, f.name)
            if f.name in RULE_TEXTS:
                check.texts(f.name, value)
            else:
                most = next(m for end, m in _MOST_OF_RULE.items() if f.name.endswith(end))
                check.number(f.name, value, 0.0, most)


@dataclass(frozen=True)
class SetAsideRules:
    """How much of a beat is set aside where a mode cannot reach it, rather than failing it.

    Attributes
    ----------
    most_share
        Of the required length of the beat, for all of it together.
    most_m
        Metres of each connected part of it.

    Raises
    ------
    SettingsError
        When one of them is no such number.
    """

    most_share: float
    most_m: float

    def __post_init__(self) -> None:
        """Check both once."""
        check = FieldCheck("SetAsideRules", SettingsError)
        check.number("most_share", self.most_share, 0.0, 1.0)
        check.number("most_m", self.most_m, 0.0, _LONGEST_M)

    @property
    def limits(self) -> tuple[float, float]:
        """Both limits: share, metres."""
        return self.most_share, self.most_m


@dataclass(frozen=True)
class OddsRules:
    """Which chance of having time enough gets which word.

    Attributes
    ----------
    yes_from
        The least chance with which time is enough.
    no_up_to
        The largest chance with which it is not; between the two nobody knows.

    Raises
    ------
    SettingsError
        When one of them is no share, or the second is not below the first.
    """

    yes_from: float
    no_up_to: float

    def __post_init__(self) -> None:
        """Check both once."""
        check = FieldCheck("OddsRules", SettingsError)
        check.number("yes_from", self.yes_from, 0.0, 1.0)
        check.number("no_up_to", self.no_up_to, 0.0, 1.0)
        if not self.no_up_to < self.yes_from:
            values = {"no": self.no_up_to, "yes": self.yes_from}
            raise SettingsError(Phrase("settings.odds_order", values))


RULE_KINDS: Mapping[str, type[StreetRules | SetAsideRules | OddsRules]] = MappingProxyType(
    {"streets": StreetRules, "set_aside": SetAsideRules, "odds": OddsRules}
)
"""Settings that are tables of plain values: choices, not measures with a range."""
