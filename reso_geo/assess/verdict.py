"""The verdict: can the posts of a beat cover it, by mode, and why not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.assess.needs import OPPOSITE
from reso_geo.assess.reasons import reasons_of
from reso_geo.settings import LEVELS

if TYPE_CHECKING:
    from reso_geo.assess.needs import Needs
    from reso_geo.assess.obstacle import Obstacle
    from reso_geo.assess.reasons import Reason
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
        ``borderline``; a beat whose parts no way of the mode ties together is ``borderline`` at
        best.
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
    needed_s: tuple[float, float, float]
    available_s: tuple[float, float, float]
    why: tuple[Reason, ...]
    weeks: tuple[float | None, float | None, float | None]

    @property
    def margin(self) -> float:
        """Share of the available time that is left, central values; negative when short."""
        return (self.available_s[1] - self.needed_s[1]) / self.available_s[1]

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
    toured = bool(np.isfinite(beat.once.pass_s))
    available = {level: posts * needs.settings.available_s(level) for level in LEVELS}
    nowhere = not needs.open_m[beat.segments].any()
    if nowhere or not toured or needed["low"] > available["high"]:
        verdict = "no"
    else:
        whole = not beat.once.apart
        verdict = "yes" if whole and needed["high"] <= available["low"] else "borderline"
    low, central, high = (
        _weeks(needs, beat, level, available[OPPOSITE[level]]) for level in LEVELS
    )
    return Verdict(
        verdict,
        (needed["low"], needed["central"], needed["high"]),
        (available["low"], available["central"], available["high"]),
        reasons_of(needs, beat, needed, available, far_s, obstacle),
        (low, central, high),
    )


def _weeks(needs: Needs, beat: BeatLoad, level: str, available_s: float) -> float | None:
    """Give the weeks that one pass of every street takes, contacts included."""
    left_s = available_s - needs.still_s(beat, level)
    pass_s = needs.pass_s(beat, level)
    return pass_s / left_s if left_s > 0 and np.isfinite(pass_s) else None
