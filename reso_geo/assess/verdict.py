"""The verdict: can the posts of a beat cover it, by mode, and why not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.assess.reasons import reasons_of
from reso_geo.assess.time_budget import OPPOSITE
from reso_geo.settings import LEVELS

if TYPE_CHECKING:
    from reso_geo.assess.obstacle import Obstacle
    from reso_geo.assess.reasons import Reason
    from reso_geo.assess.time_budget import Needs
    from reso_geo.workload import BeatLoad

__all__ = ["VERDICTS", "Verdict", "judge"]

VERDICTS = ("yes", "borderline", "no")


@dataclass(frozen=True)
class Verdict:
    """Whether a beat can be covered in the time that its posts have.

    Attributes
    ----------
    verdict
        ``yes`` when even the most time needed fits in the least there is, ``no`` when even the
        least does not fit in the most, no legal tour exists, or the bike is ridden nowhere, else
        ``borderline``.
    toured
        True when a legal tour exists and, by bike, some of it is ridden: time then decides. Without
        one, what is needed is only a bound from below, and margin, reserve and cadence are None.
    needed_s
        Seconds per week: low, central, high.
    available_s
        Seconds per week of all posts of the beat: low, central, high.
    why
        What stands in the way, with its figures.
    weeks
        The cadence that fits, at low, central and high need: every street is passed once in so many
        weeks, with its contacts, in the time that anchors and counts leave. None where they leave
        none, or no tour exists.
    """

    verdict: str
    toured: bool
    needed_s: tuple[float, float, float]
    available_s: tuple[float, float, float]
    why: tuple[Reason, ...]
    weeks: tuple[float | None, float | None, float | None]

    @property
    def margins(self) -> tuple[float | None, float | None, float | None]:
        """Share of the available time that is left, at worst, centrally and at best."""
        if not self.toured:
            return None, None, None
        least, usual, most = self.available_s
        low, central, high = self.needed_s
        return (least - high) / least, (usual - central) / usual, (most - low) / most

    @property
    def reserve(self) -> float | None:
        """The margin of the least favourable case: zero or more exactly when the verdict is yes."""
        return self.margins[0]

    @property
    def margin(self) -> float | None:
        """Share of the available time that is left, central values; negative when short."""
        return self.margins[1]

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

    Returns
    -------
    Verdict
        With what stands in the way.
    """
    needed = {level: needs.needed_s(beat, level) for level in LEVELS}
    available = {level: posts * needs.settings.available_s(level) for level in LEVELS}
    toured = beat.legal and bool(needs.open_m[beat.toured].any())
    if not toured or needed["low"] > available["high"]:
        verdict = "no"
    else:
        verdict = "yes" if needed["high"] <= available["low"] else "borderline"
    low, central, high = (
        _weeks(needs, beat, level, available[OPPOSITE[level]]) if toured else None
        for level in LEVELS
    )
    return Verdict(
        verdict=verdict,
        toured=toured,
        needed_s=(needed["low"], needed["central"], needed["high"]),
        available_s=(available["low"], available["central"], available["high"]),
        why=reasons_of(needs, beat, needed, available, far_s, obstacle),
        weeks=(low, central, high),
    )


def _weeks(needs: Needs, beat: BeatLoad, level: str, available_s: float) -> float | None:
    """Return the weeks that one pass of every street takes, contacts included."""
    left_s = available_s - needs.still_s(beat, level)
    pass_s = needs.pass_s(beat, level)
    return pass_s / left_s if left_s > 0 and np.isfinite(pass_s) else None
