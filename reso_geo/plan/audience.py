"""What each audience may see of a plan, said once for every output.

``internal`` and ``restricted`` see the whole plan. ``public`` sees whose streets are whose: beats,
their names, borders, kilometres and posts. It sees no verdict, cadence, time or load (a figure that
shames somebody is not for everybody), nothing of anchors, bases and tours, and no count under ten.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reso_geo.i18n import Phrase, listed, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reso_geo.assess import SetAside
    from reso_geo.plan.parts import ModeFigures
    from reso_geo.plan.plan import Plan

__all__ = [
    "FEW",
    "audience_text",
    "reason_phrases",
    "sees_inside",
    "shown_count",
    "shown_notes",
    "shown_total",
]

_LEAST_TOLD = 10
_NAMES = 5
"""Of streets that are set aside; more are counted."""
FEW = f"<{_LEAST_TOLD}"
"""What stands in place of a count that is too small to be told."""
_PUBLIC_NOTES = ("boundary.", "network.", "partition.joined")


def audience_text(audience: str, lang: str) -> str:
    """Return the line of classification that stands on every output.

    Parameters
    ----------
    audience
        One of `reso_geo.i18n.AUDIENCES`.
    lang
        ``fr`` or ``en``.

    Returns
    -------
    str
        For people.

    Examples
    --------
    >>> audience_text("internal", "fr")
    'Usage interne'
    """
    return say(lang, f"maps.audience.{audience}")


def sees_inside(audience: str) -> bool:
    """Return whether an audience sees how beats are judged and what they hold.

    That is verdicts, cadences, times, loads, anchors, bases, tours and input files.

    Parameters
    ----------
    audience
        One of `reso_geo.i18n.AUDIENCES`.

    Returns
    -------
    bool
        False for the public.

    Examples
    --------
    >>> sees_inside("public"), sees_inside("internal")
    (False, True)
    """
    return audience != "public"


def shown_count(count: int | None, audience: str) -> int | str | None:
    """Return a count of people or calls as an audience may know it.

    Parameters
    ----------
    count
        None where not known.
    audience
        One of `reso_geo.i18n.AUDIENCES`.

    Returns
    -------
    int, str or None
        `FEW` for the public where it is under ten.

    Examples
    --------
    >>> shown_count(7, "public"), shown_count(7, "internal"), shown_count(12, "public")
    ('<10', 7, 12)
    """
    few = not sees_inside(audience) and count is not None and count < _LEAST_TOLD
    return FEW if few else count


def shown_total(counts: Iterable[int | None], audience: str) -> int | str | None:
    """Return a sum of counts as an audience may know it.

    A sum beside all its parts but one gives that one away: the public gets none where a part is not
    told.

    Parameters
    ----------
    counts
        The parts.
    audience
        One of `reso_geo.i18n.AUDIENCES`.

    Returns
    -------
    int, str or None
        None where a part is not known, or may not be.

    Examples
    --------
    >>> shown_total([7, 40], "internal"), shown_total([7, 40], "public")
    (47, None)
    """
    parts = list(counts)
    known = [part for part in parts if part is not None]
    hidden = any(shown_count(part, audience) == FEW for part in known)
    return None if hidden or len(known) < len(parts) or not parts else sum(known)


def reason_phrases(figures: ModeFigures) -> tuple[Phrase, ...]:
    """Write the reasons for a verdict as they stand beside its margin.

    Parameters
    ----------
    figures
        Of a beat in one mode.

    Returns
    -------
    tuple of Phrase
        One sentence a reason; what is set aside is told with its metres and names.
    """
    found = []
    for code in figures.reasons:
        if code == "set_aside" and figures.set_aside:
            found.append(_set_aside(figures.set_aside))
        else:
            found.append(Phrase(f"reason.{code}"))
    return tuple(found)


def _set_aside(parts: Sequence[SetAside]) -> Phrase:
    names = listed((part.name for part in parts if part.name), _NAMES)
    values = {"m": sum(part.m for part in parts), "names": names}
    return Phrase("why.set_aside" if names else "why.set_aside_unnamed", values)


def shown_notes(plan: Plan, audience: str) -> tuple[Phrase, ...]:
    """Return what an audience should know of a plan: its warnings, and why it is not more even.

    Parameters
    ----------
    plan
        A complete plan.
    audience
        One of `reso_geo.i18n.AUDIENCES`.

    Returns
    -------
    tuple of Phrase
        For the public only notes on streets and outlines.
    """
    if sees_inside(audience):
        return (*plan.warnings, *plan.balance_why)
    return tuple(note for note in plan.warnings if note.key.startswith(_PUBLIC_NOTES))
