"""The verdict: can the posts of a beat cover it, by mode, how surely, and why not."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reso_geo.assess.matters import matters_of, odds_with, to_measure
from reso_geo.assess.odds import verdict_of, verdict_phrase
from reso_geo.assess.reasons import reasons_of
from reso_geo.assess.time_budget import time_parts
from reso_geo.records import Record

if TYPE_CHECKING:
    from reso_geo.assess.matters import Matter
    from reso_geo.assess.obstacle import Obstacle
    from reso_geo.assess.odds import Odds
    from reso_geo.assess.reasons import Reason
    from reso_geo.assess.time_budget import Needs
    from reso_geo.i18n import Phrase
    from reso_geo.workload import BeatLoad

__all__ = ["Verdict", "judge"]


@dataclass(frozen=True, eq=False)
class Verdict(Record):
    """Whether a beat can be covered in the time that its posts have.

    Attributes
    ----------
    verdict
        ``yes`` where the chance is as large as the settings ask (0.80), ``no`` where it is no
        larger than they allow (0.20), no legal tour exists, or the bike is ridden nowhere, else
        ``borderline``.
    toured
        True when a legal tour exists and, by bike, some of it is ridden: time then decides. Without
        one the chance is 0, what is needed is only a bound from below, and margin, reserve and
        cadence are None.
    odds
        What the draws come to; only for `toured`.
    target
        The chance that ``yes`` asks for.
    needed_s
        Seconds per week: 10th percentile of the draws, central values, 90th percentile.
    available_s
        Seconds per week of all posts of the beat, likewise.
    why
        What stands in the way, with its figures.
    weeks
        The cadence that fits, likewise: every street is passed once in so many weeks, with its
        contacts, in the time that anchors and counts leave. None where they leave none, or no tour
        exists.
    matters
        How far each assumption moves the chance, the largest move first; empty where nobody asked.
    to_measure
        The assumption that decides on its own, if it were measured; None for none.
    """

    verdict: str
    toured: bool
    odds: Odds
    target: float
    needed_s: tuple[float, float, float]
    available_s: tuple[float, float, float]
    why: tuple[Reason, ...]
    weeks: tuple[float | None, float | None, float | None]
    matters: tuple[Matter, ...] = ()
    to_measure: str | None = None

    @property
    def chance(self) -> float:
        """Share of the draws in which the posts have time enough."""
        return self.odds.chance if self.toured else 0.0

    @property
    def reserve(self) -> float | None:
        """Share of the time that is left with the chance that is asked: 0 or more for a yes."""
        return self.odds.reserve(self.target) if self.toured else None

    @property
    def cadence_share(self) -> float | None:
        """The share of all cadences that fits with the chance that is asked, in whole per cent.

        Every street is then passed that many times as often as asked: the same territory at another
        level of service. None where visits and calls leave no time, or no tour exists.
        """
        return self.odds.cadence_share(self.target) or None if self.toured else None

    @property
    def over(self) -> float:
        """What is needed, as a share of the time there is, with the chance that is asked."""
        return 1.0 - self.odds.reserve(self.target)

    @property
    def margin(self) -> float | None:
        """Share of the available time that is left, central values; negative when short."""
        needed, available = self.needed_s[1], self.available_s[1]
        return (available - needed) / available if self.toured else None

    @property
    def said(self) -> Phrase:
        """The verdict with its chance, for people."""
        return verdict_phrase(self.verdict, self.chance, self.to_measure)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Codes of `REASONS`: what stands in the way."""
        return tuple(reason.code for reason in self.why)

    @property
    def every_weeks(self) -> float | None:
        """The cadence that fits, central values."""
        return self.weeks[1]


def judge(
    needs: Needs,
    beat: BeatLoad,
    posts: int,
    far_s: float | None = None,
    obstacle: Obstacle | None = None,
    *,
    matters: bool = False,
) -> Verdict:
    """Compare the time a beat needs with the time its posts have.

    Parameters
    ----------
    needs
        From `needs_of`, for the mode in which `beat` was measured.
    beat
        The beat's tours.
    posts
        How many posts hold it.
    far_s
        Seconds from the base to the far streets, for the reason ``far_reach``; None to leave it
        out.
    obstacle
        The barrier that explains its detours, from `reso_geo.assess.obstacle_of`; None to leave it
        out.
    matters
        True to find what matters too.

    Returns
    -------
    Verdict
        With what stands in the way.
    """
    settings, parts = needs.settings, time_parts(needs, beat)
    odds = odds_with(parts, needs.factors, posts)
    toured = beat.legal and bool(needs.open_m[beat.toured].any())
    verdict = verdict_of(odds.chance if toured else 0.0, settings.odds)
    central, central_s = parts.drawn(needs.central), posts * needs.central.post_s
    found = matters_of(needs, parts, posts) if matters and toured else ()
    often = odds.weeks[0], float(central.weeks(central_s)[0]), odds.weeks[1]
    low, usual, high = (each if toured and math.isfinite(each) else None for each in often)
    return Verdict(
        verdict=verdict,
        toured=toured,
        odds=odds,
        target=settings.odds.yes_from,
        needed_s=(odds.needed_s[0], float(central.total_s[0]), odds.needed_s[1]),
        available_s=(odds.available_s[0], float(central_s[0]), odds.available_s[1]),
        why=reasons_of(needs, beat, parts, posts, verdict, far_s, obstacle),
        weeks=(low, usual, high),
        matters=found,
        to_measure=to_measure(found, settings),
    )
