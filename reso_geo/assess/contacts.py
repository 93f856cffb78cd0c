"""Contacts: at how many contacts per patrol hour a verdict flips."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reso_geo.assess.verdict import judge
from reso_geo.settings import LEVELS

if TYPE_CHECKING:
    from reso_geo.assess.case import Case
    from reso_geo.assess.needs import Needs
    from reso_geo.assess.verdict import Verdict

__all__ = ["Contacts", "contacts_of", "with_contacts"]

_NEAR = 1e-6


@dataclass(frozen=True)
class Contacts:
    """How a verdict depends on the contacts per patrol hour, if their number were known.

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
    """Find where the verdict flips: the time needed is linear in the contacts.

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
    verdict = case.verdict
    needed, (least, usual, most) = (
        dict(zip(LEVELS, verdict.needed_s, strict=True)),
        (verdict.available_s),
    )

    def solved(level: str, available_s: float) -> float | None:
        contact_s = float(case.needs.load[level].contact_s[case.beat.segments].sum())
        each_s = contact_s / case.needs.settings.contacts_per_patrol_h.at(level)
        value = (available_s - (needed[level] - contact_s)) / each_s
        return value if value > 0.0 else None

    yes_up_to = None if case.beat.once.apart else solved("high", least)
    found = Contacts(yes_up_to, solved("central", usual), solved("low", most))
    _verify(case, found)
    return found


def with_contacts(needs: Needs, contacts_per_patrol_h: float) -> Needs:
    """Give needs with a known number of contacts.

    Parameters
    ----------
    needs
        From `reso_geo.assess.needs_of`.
    contacts_per_patrol_h
        Above zero, at every level.

    Returns
    -------
    Needs
        With the minutes of a contact as they were.
    """
    rate = needs.settings.contacts_per_patrol_h
    known = replace(
        rate, low=contacts_per_patrol_h, central=contacts_per_patrol_h, high=contacts_per_patrol_h
    )
    load = {
        level: replace(each, contact_s=each.contact_s * (contacts_per_patrol_h / rate.at(level)))
        for level, each in needs.load.items()
    }
    return replace(needs, settings=replace(needs.settings, contacts_per_patrol_h=known), load=load)


def _verify(case: Case, found: Contacts) -> None:
    """Judge on either side of each value."""

    def at(value: float) -> Verdict:
        return judge(with_contacts(case.needs, value), case.beat, case.sector.posts)

    below, above = 1.0 - _NEAR, 1.0 + _NEAR
    yes, even, no = found.yes_up_to, found.even_at, found.no_above
    flips = (
        yes is None or (at(yes * below).verdict == "yes") > (at(yes * above).verdict == "yes"),
        even is None or at(even * below).margin > 0.0 > at(even * above).margin,
        no is None or (at(no * above).verdict == "no") > (at(no * below).verdict == "no"),
    )
    if not all(flips):
        message = f"the verdict does not flip where it should: {found}"
        raise RuntimeError(message)
