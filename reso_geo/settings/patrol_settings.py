"""PatrolSettings: all assumptions of a plan in one frozen record."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from types import MappingProxyType
from typing import TYPE_CHECKING

from reso_geo.errors import SettingsError
from reso_geo.i18n import Phrase
from reso_geo.records import FieldCheck, Record, Shown
from reso_geo.settings.rules import RULE_KINDS, OddsRules, SetAsideRules, StreetRules
from reso_geo.settings.values import Range, SeasonDates

if TYPE_CHECKING:
    from datetime import date

__all__ = ["MOST_TALK_MIN", "TABLES", "PatrolSettings"]

TABLES = ("cadence", "winter_foot_surface", "winter_bike_surface")
"""Settings that are tables of ranges."""
MOST_TALK_MIN = 48.0
"""Minutes of talk in an hour on the street; above, next to no time is left to walk."""
_KINDS: dict[str, type] = {"bike_season": SeasonDates, **RULE_KINDS}


def _between(
    least: float, most: float, likely: tuple[float, float] | None = None
) -> dict[str, object]:
    """Return the limits of a setting: beyond them a figure is a slip of the pen.

    Inside them, one that is not likely is still doubted.
    """
    return {"limits": (least, most), "likely": likely}


@dataclass(frozen=True, eq=False, repr=False)
class PatrolSettings(Shown, Record):
    """All assumptions of a plan.

    Attributes
    ----------
    foot_patrol_kmh, foot_transit_kmh, bike_patrol_kmh, bike_transit_kmh
        Paces: patrol (looking, greeting) and transit (deadhead).
    winter_foot_factor, winter_bike_factor
        What winter leaves of them on a paved way.
    winter_foot_surface, winter_bike_surface
        What it leaves besides on another surface, by the names of `SURFACES`.
    bike_season
        When the bike is ridden everywhere; outside it, only on the cleared network.
    foot_slope_decay, foot_best_descent
        Tobler's walking speed on a slope S goes as exp(-decay |S + best descent|).
    bike_climb_loss, bike_descent_gain
        Share of the flat pace lost or gained for each 1 % of slope.
    steepest_slope
        A steeper reading counts as this.
    shifts_per_week, shift_h, patrol_share, relief
        The time of one post; relief is the share of its rostered shifts that are worked.
    contacts_per_patrol_h, contact_min
        How often in an hour on the street, talk included, a patrol stops to talk, and for how
        long; see `talk_factor`.
    count_min
        How long a counted call takes a post.
    foot_observed_km, foot_observed_h, bike_observed_km, bike_observed_h
        Kilometres of a patrol in one shift as they were published, and the hours of that shift.
    cadence
        Passes per week by value of the ``highway`` tag; ``other`` for the rest.
    streets
        The rules that make a street required.
    set_aside
        How much of a beat may be out of reach.
    odds
        Which chance of having time enough gets which word.

    Raises
    ------
    SettingsError
        When a figure is beyond all that a patrol can be, the highest contacts take more than 48
        minutes of an hour, or the cadences of two classes change order between low, central and
        high: nested passes (see `reso_geo.workload`) need one order.
    """

    # At most: a marathon in world record time; who rides faster sees nothing; three shifts a day;
    # a shift; a day; once an hour, day and night.
    foot_patrol_kmh: Range = field(metadata=_between(0.0, 20.0, likely=(2, 8)))
    foot_transit_kmh: Range = field(metadata=_between(0.0, 20.0, likely=(2, 8)))
    bike_patrol_kmh: Range = field(metadata=_between(0.0, 39.5, likely=(5, 35)))
    bike_transit_kmh: Range = field(metadata=_between(0.0, 60.0, likely=(5, 35)))
    winter_foot_factor: Range = field(metadata=_between(1e-9, 1.0))
    winter_bike_factor: Range = field(metadata=_between(1e-9, 1.0))
    winter_foot_surface: Mapping[str, Range] = field(metadata=_between(1e-9, 1.0))
    winter_bike_surface: Mapping[str, Range] = field(metadata=_between(1e-9, 1.0))
    bike_season: SeasonDates
    foot_slope_decay: Range = field(metadata=_between(1e-9, 20.0))
    foot_best_descent: Range = field(metadata=_between(1e-9, 0.5))
    bike_climb_loss: Range = field(metadata=_between(1e-9, 1.0))
    bike_descent_gain: Range = field(metadata=_between(1e-9, 1.0))
    steepest_slope: Range = field(metadata=_between(1e-9, 1.0))
    shifts_per_week: Range = field(metadata=_between(1e-9, 21.0))
    shift_h: Range = field(metadata=_between(1e-9, 24.0))
    patrol_share: Range = field(metadata=_between(1e-9, 1.0))
    relief: Range = field(metadata=_between(1e-9, 1.0))
    contacts_per_patrol_h: Range = field(metadata=_between(1e-9, 480.0))
    contact_min: Range = field(metadata=_between(1e-9, 480.0))
    count_min: Range = field(metadata=_between(1e-9, 1440.0))
    foot_observed_km: Range = field(metadata=_between(0.01, 100.0))
    foot_observed_h: Range = field(metadata=_between(0.01, 24.0))
    bike_observed_km: Range = field(metadata=_between(0.01, 500.0))
    bike_observed_h: Range = field(metadata=_between(0.01, 24.0))
    cadence: Mapping[str, Range] = field(
        metadata=_between(1e-6, 168.0)
    )  # once an hour, day and night
    streets: StreetRules
    set_aside: SetAsideRules
    odds: OddsRules

    def summary(self) -> Phrase:
        """Return what it is in one sentence.

        Returns
        -------
        Phrase
            For people.
        """
        values = {
            "foot": self.foot_patrol_kmh.central,
            "bike": self.bike_patrol_kmh.central,
            "talks": float(self.contacts_per_patrol_h.central),
            "minutes": float(self.contact_min.central),
        }
        return Phrase("settings.facts", values)

    def __post_init__(self) -> None:
        """Check once that figures are possible and cadences keep their order; freeze them."""
        self._check_kinds(FieldCheck("PatrolSettings", SettingsError))
        self._check_limits()
        number, minutes = self.contacts_per_patrol_h.high, self.contact_min.high
        if number * minutes > MOST_TALK_MIN * (1.0 + 1e-12):
            values = {"number": number, "minutes": minutes, "talk": number * minutes}
            raise SettingsError(Phrase("settings.too_many_contacts", values))
        ordered = sorted(self.cadence.items(), key=lambda item: item[1].central)
        for (lower, a), (upper, b) in itertools.pairwise(ordered):
            same = a.central == b.central
            for level in ("low", "high"):
                if a.at(level) > b.at(level) or (same and a.at(level) != b.at(level)):
                    raise SettingsError(
                        Phrase("settings.cadence_order", {"a": lower, "b": upper, "level": level})
                    )
        for table in TABLES:
            ranges = dict(sorted(getattr(self, table).items()))
            object.__setattr__(self, table, MappingProxyType(ranges))

    def _check_limits(self) -> None:
        limits = {f.name: f.metadata["limits"] for f in fields(self) if f.metadata}
        for key, value in self.values().items():
            least, most = limits.get(key.partition(".")[0], (-math.inf, math.inf))
            if isinstance(value, Range) and not least <= value.low <= value.high <= most:
                said = {"key": key, "low": f"{value.low:g}", "high": f"{value.high:g}"}
                said |= {"least": f"{least:g}", "most": f"{most:g}"}
                raise SettingsError(Phrase("settings.beyond", said))

    def _check_kinds(self, check: FieldCheck) -> None:
        """Check that every field holds what its name says."""
        for f in fields(self):
            value = getattr(self, f.name)
            if f.name in TABLES:
                if not isinstance(value, Mapping):
                    check.refuse(f.name, value, Phrase("record.kind", {"kind": "dict"}))
                for part, one in value.items():
                    check.text(f.name, part)
                    if not isinstance(one, Range):
                        kind = Phrase("record.kind", {"kind": "Range"})
                        check.refuse(f"{f.name}[{part!r}]", one, kind)
            elif not isinstance(value, _KINDS.get(f.name, Range)):
                kind = Phrase("record.kind", {"kind": _KINDS.get(f.name, Range).__name__})
                check.refuse(f.name, value, kind)
        if "other" not in self.cadence:
            check.refuse("cadence", dict(self.cadence), Phrase("settings.other"))

    def cadence_of(self, highway: str) -> Range:
        """Return the cadence of a street class.

        Parameters
        ----------
        highway
            Value of the ``highway`` tag.

        Returns
        -------
        Range
            Passes per week.
        """
        return self.cadence.get(highway, self.cadence["other"])

    def talk_factor(self, level: str) -> float:
        """Return how much longer a patrol is on the street than it walks or rides.

        In an hour on the street, n contacts of t minutes leave 60 - n t minutes for the way.

        Parameters
        ----------
        level
            ``low``, ``central`` or ``high``.

        Returns
        -------
        float
            1 / (1 - n t / 60), at least 1 and at most 5.

        Examples
        --------
        >>> from reso_geo import load_settings
        >>> round(load_settings().talk_factor("central"), 3)
        1.333
        """
        talk_min = self.contacts_per_patrol_h.at(level) * self.contact_min.at(level)
        return 1.0 / (1.0 - talk_min / 60.0)

    def available_s(self, level: str) -> float:
        """Return the patrol time of one post.

        Parameters
        ----------
        level
            ``low``, ``central`` or ``high``.

        Returns
        -------
        float
            Seconds per week: shifts x hours x share of the shift spent on patrol x relief.

        Examples
        --------
        >>> from reso_geo import load_settings
        >>> round(load_settings().available_s("central") / 3600, 1)
        16.2
        """
        return self.shifts_per_week.at(level) * self.shift_patrol_s(level) * self.relief.at(level)

    def shift_patrol_s(self, level: str) -> float:
        """Return the patrol time of one shift.

        Parameters
        ----------
        level
            ``low``, ``central`` or ``high``.

        Returns
        -------
        float
            Seconds: hours x share of the shift spent on patrol.

        Examples
        --------
        >>> from reso_geo import load_settings
        >>> round(load_settings().shift_patrol_s("central") / 3600, 1)
        3.6
        """
        return self.shift_h.at(level) * 3600.0 * self.patrol_share.at(level)

    def observed_km(self, mode: str, level: str) -> float:
        """Return the kilometres that a patrol was seen to cover, for a shift of these settings.

        Parameters
        ----------
        mode
            ``foot`` or ``bike``.
        level
            ``low``, ``central`` or ``high``.

        Returns
        -------
        float
            The published figure, in proportion to the hours of a shift.

        Examples
        --------
        >>> from reso_geo import load_settings
        >>> round(load_settings().observed_km("foot", "central"), 1)
        12.9
        """
        km: Range = getattr(self, f"{mode}_observed_km")
        hours: Range = getattr(self, f"{mode}_observed_h")
        least = {"low": "high", "central": "central", "high": "low"}
        return km.at(level) / hours.at(least[level]) * self.shift_h.at(level)

    def winter_left(self, mode: str, surface: str) -> float:
        """Return the share of a mode's summer pace that winter leaves on a surface.

        Parameters
        ----------
        mode
            ``foot`` or ``bike``.
        surface
            One of `SURFACES`.

        Returns
        -------
        float
            At most 1, central values.

        Examples
        --------
        >>> from reso_geo import load_settings
        >>> load_settings().winter_left("foot", "paved")
        0.89
        """
        factor: Range = getattr(self, f"winter_{mode}_factor")
        besides: Mapping[str, Range] = getattr(self, f"winter_{mode}_surface")
        return factor.central * (besides[surface].central if surface in besides else 1.0)

    def season_on(self, day: date) -> str:
        """Return the season of a day.

        Parameters
        ----------
        day
            Of any year.

        Returns
        -------
        str
            ``summer`` in the bike season, else ``winter``.
        """
        return "summer" if self.bike_season.holds(day) else "winter"

    def values(self) -> Mapping[str, Range | SeasonDates]:
        """Return every value by its key.

        Returns
        -------
        mapping of str to Range or SeasonDates
            Keys as in the settings file, such as ``cadence.other``, in its order.
        """
        flat: dict[str, Range | SeasonDates] = {}
        for f in fields(self):
            value = getattr(self, f.name)
            if f.name in TABLES:
                flat |= {f"{f.name}.{part}": one for part, one in value.items()}
            elif isinstance(value, (Range, SeasonDates)):
                flat[f.name] = value
        return flat

    def assumptions(self) -> tuple[str, ...]:
        """List the values that no citable source gives.

        Returns
        -------
        tuple of str
            Keys as in the settings file, in its order.
        """
        return tuple(name for name, value in self.values().items() if value.assumption)

    def doubts(self) -> tuple[Phrase, ...]:
        """List the paces that no walker or rider keeps, which are used all the same.

        Returns
        -------
        tuple of Phrase
            Empty when every figure on foot lies in 2 to 8 km/h and by bike in 5 to 35 km/h.

        Examples
        --------
        >>> from reso_geo import load_settings
        >>> load_settings().doubts()
        ()
        """
        said = []
        for f in fields(self):
            likely, pace = f.metadata.get("likely"), getattr(self, f.name)
            if likely and not likely[0] <= pace.low <= pace.high <= likely[1]:
                values = {"key": f.name, "low": pace.low, "high": pace.high}
                values |= dict(zip("ab", likely, strict=True))
                said.append(Phrase("settings.unlikely_pace", values))
        return tuple(said)

    def to_json(self) -> str:
        """Write all values as one line of JSON, for the plan file.

        Returns
        -------
        str
            What `parse_settings` reads back.
        """
        plain = {
            f.name: {part: asdict(one) for part, one in getattr(self, f.name).items()}
            if f.name in TABLES
            else asdict(getattr(self, f.name))
            for f in fields(self)
        }
        return json.dumps(plain, ensure_ascii=False, sort_keys=True)
