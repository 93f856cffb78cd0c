"""Contacts: at how many contacts per hour on the street a verdict flips."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reso_geo.assess.verdict import judge
from reso_geo.settings import LEVELS

if TYPE_CHECKING:
    from reso_geo.assess.evaluation import Case
    from reso_geo.assess.time_budget import Needs
    from reso_geo.assess.verdict import Verdict

__all__ = ["Contacts", "contacts_of", "with_contacts"]

_NEAR = 1e-6
_HOUR_MIN = 60.0
_LEAST_WALKING = 1e-9
"""Share of an hour left to move in where the contacts would take all of it or more."""


@dataclass(frozen=True)
class Contacts:
    """How a verdict depends on the contacts per hour on the street, if their number were known.

    Each figure is below 60 over the minutes of a contact: more of them leave no time to move.

    Attributes
    ----------
    yes_up_to
        The verdict is yes up to so many; None when it is at none.
    even_at
        With central values the time is just enough at so many; None when it never is.
    no_above
        The verdict is no above so many; None when it is at any number.
    """

    yes_up_to: float | None
    even_at: float | None
    no_above: float | None


def contacts_of(case: Case) -> Contacts | None:
    """Find where the verdict flips: the time moving needs to be f = 1 / (1 - n t / 60) times.

    What is needed without any contacts is still time S and time moving M. With n contacts it is
    S + f M, so that f = (available - S) / M is just enough, and n = (1 - 1 / f) 60 / t.

    Parameters
    ----------
    case
        A sector in one mode and season.

    Returns
    -------
    Contacts or None
        Each value found was judged on either side of it; None where no contacts decide: no legal
        tour, a bike that is mostly pushed.

    Raises
    ------
    RuntimeError
        When the verdict does not flip where it should.
    """
    if not case.toured:
        return None
    verdict, needs = case.verdict, case.needs
    needed = dict(zip(LEVELS, verdict.needed_s, strict=True))
    least, usual, most = verdict.available_s

    def solved(level: str, available_s: float) -> float | None:
        still_s = needs.still_s(case.beat, level)
        way_s = (needed[level] - still_s) / needs.load[level].talk_factor
        room_s = available_s - still_s
        if not 0.0 < way_s * (1.0 + _NEAR) < room_s:
            return None
        return (1.0 - way_s / room_s) * _HOUR_MIN / needs.settings.contact_min.at(level)

    found = Contacts(solved("high", least), solved("central", usual), solved("low", most))
    _verify(case, found)
    return found


def with_contacts(needs: Needs, contacts_per_h: float) -> Needs:
    """Return needs with a known number of contacts.

    Parameters
    ----------
    needs
        From `reso_geo.assess.needs_of`.
    contacts_per_h
        Per hour on the street, the same at every level. Where so many take the whole hour, next to
        no time is left to move and the need is without measure.

    Returns
    -------
    Needs
        With the minutes of a contact as they were.
    """
    load = {}
    for level, each in needs.load.items():
        walking = 1.0 - contacts_per_h * needs.settings.contact_min.at(level) / _HOUR_MIN
        factor = 1.0 / max(walking, _LEAST_WALKING)
        load[level] = replace(each, contact_s=each.walk_s * (factor - 1.0), talk_factor=factor)
    return replace(needs, load=load)


def _verify(case: Case, found: Contacts) -> None:
    """Judge on either side of each value."""

    def at(value: float) -> Verdict:
        return judge(with_contacts(case.needs, value), case.beat, case.sector.posts)

    def short(value: float) -> bool:
        margin = at(value).margin
        return margin is None or margin < 0.0

    below, above = 1.0 - _NEAR, 1.0 + _NEAR
    yes, even, no = found.yes_up_to, found.even_at, found.no_above
    flips = (
        yes is None or (at(yes * below).verdict == "yes") > (at(yes * above).verdict == "yes"),
        even is None or short(even * above) > short(even * below),
        no is None or (at(no * above).verdict == "no") > (at(no * below).verdict == "no"),
    )
    if not all(flips):
        message = f"the verdict does not flip where it should: {found}"
        raise RuntimeError(message)
