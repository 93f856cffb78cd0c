"""Reasons: codes of what keeps a beat from a plain yes, each with its figures."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.assess.odds import DRAWS, in_percent, in_tenths, with_chance
from reso_geo.assess.time_budget import time_parts
from reso_geo.i18n import Phrase, listed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from reso_geo.assess.obstacle import Obstacle
    from reso_geo.assess.time_budget import Needs, TimeParts
    from reso_geo.workload import BeatLoad

__all__ = ["REASONS", "Reason", "detours", "reasons_of"]

REASONS = (
    "disconnected",
    "no_bike_access",
    "too_long",
    "detours",
    "anchors_exceed_time",
    "counts_exceed_time",
    "winter_pace",
    "far_reach",
    "set_aside",
)
_MUCH_DEADHEAD = 0.35
_FAR_SHARE = 0.25
"""Of the patrol time of a shift, to go to the far streets and back."""
_MUCH_STILL = 0.5
"""Of the time available, for visits or for calls."""
_NAMES = 5
"""Of streets out of reach; more are counted."""


@dataclass(frozen=True)
class Reason:
    """What keeps a beat from a plain yes.

    Attributes
    ----------
    code
        One of `REASONS`.
    figures
        What stands behind it, by name; seconds, metres and shares where the name says nothing else.
        A barrier is told by its kind and its name, streets out of reach by their names.
    """

    code: str
    figures: Mapping[str, float | str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Freeze the figures."""
        object.__setattr__(self, "figures", MappingProxyType(dict(self.figures)))

    @property
    def phrase(self) -> Phrase:
        """The sentence with its figures; shares are told in per cent."""
        shown: dict[str, object] = {
            name: in_percent(value)
            if isinstance(value, float) and name.endswith("share")
            else value
            for name, value in self.figures.items()
        }
        if "barrier" in shown:
            shown["barrier"] = Phrase(f"barrier.{shown['barrier']}")
            key = "why.detours_of_named" if shown["barrier_name"] else "why.detours_of"
            return Phrase(key, shown)
        return Phrase(f"why.{self._sentence}", shown)

    @property
    def _sentence(self) -> str:
        """The last word of the key of its sentence."""
        figures = self.figures
        if self.code == "too_long" and "shifts" not in figures:
            return "untoured"
        if self.code == "too_long" and float(figures["posts"]) <= float(figures["held"]):
            return "too_long_unsure"
        if self.code == "no_bike_access" and not figures["missed"]:
            return "only_pushed"
        if figures.get("names") == "":
            return f"{self.code}_unnamed"
        return self.code


def detours(needs: Needs, beat: BeatLoad, obstacle: Obstacle | None = None) -> Reason:
    """Return what part of a beat's weekly way covers nothing new.

    Parameters
    ----------
    needs
        For the mode and season in which `beat` was measured.
    beat
        Its tours.
    obstacle
        The barrier that explains part of it; None for none.

    Returns
    -------
    Reason
        ``share`` of the way, central values; where a barrier explains part of it also
        ``barrier_share`` of the way, ``barrier`` (its kind) and ``barrier_name`` (perhaps empty).
    """
    walk_s = float(needs.load.walk_s[beat.toured].sum())
    share = beat.deadhead_s / (walk_s + beat.deadhead_s)
    if obstacle is None:
        return Reason("detours", {"share": share})
    told = {"barrier": obstacle.kind, "barrier_name": obstacle.name}
    return Reason("detours", {"share": share, "barrier_share": share * obstacle.share, **told})


def reasons_of(
    needs: Needs,
    beat: BeatLoad,
    parts: TimeParts,
    posts: int,
    verdict: str,
    far_s: float | None = None,
    obstacle: Obstacle | None = None,
) -> tuple[Reason, ...]:
    """Return what keeps a beat from a plain yes, and what no pace can mend.

    Time that is short is short with the chance that a yes asks for: so are all its reasons.

    Parameters
    ----------
    needs
        For the mode and season in which `beat` was measured.
    beat
        Its tours.
    parts
        What it asks, by kind of way.
    posts
        How many posts hold it.
    verdict
        Its verdict.
    far_s
        Seconds from the base to the far streets; None where nobody asked.
    obstacle
        The barrier that explains its detours; None where nobody asked, or none does.

    Returns
    -------
    tuple of Reason
        In the order of `REASONS`; empty when nothing stands in the way.
    """
    time, available_s = parts.drawn(needs.factors), posts * needs.factors.post_s
    access = _access(needs, beat)
    ridden = access is None or float(access.figures["closed_share"]) < 1.0
    short = ridden and verdict != "yes"
    toured = short and beat.legal
    way_round = detours(needs, beat, obstacle)
    much_deadhead = float(way_round.figures["share"]) > _MUCH_DEADHEAD or _fits(
        needs, time.patrol_s + time.still_s, available_s
    )
    central = needs.central
    there_and_back = 0.0 if far_s is None else 2.0 * far_s / float(central.shift_s[0])
    stop, counted = (_sure(needs, s / available_s) for s in (time.stop_s, time.counted_s))
    held = (
        (bool(beat.reached.beyond), _away(needs, "disconnected", beat.reached.beyond)),
        (access is not None, access),
        (
            short and not _fits(needs, time.patrol_s, available_s),
            _too_long(needs, parts, posts),
        ),
        (toured and much_deadhead, way_round),
        (short and stop > _MUCH_STILL, Reason("anchors_exceed_time", {"share": stop})),
        (short and counted > _MUCH_STILL, Reason("counts_exceed_time", {"share": counted})),
        (toured, _winter_pace(needs, beat, parts, posts) if toured else None),
        (
            there_and_back > _FAR_SHARE,
            Reason("far_reach", {"minutes": (far_s or 0.0) / 60.0, "shift_share": there_and_back}),
        ),
        (bool(beat.reached.aside), _away(needs, "set_aside", beat.reached.aside)),
    )
    found = tuple(reason for holds, reason in held if holds and reason is not None)
    if toured and not {reason.code for reason in found} - {"far_reach", "set_aside"}:
        found = (_too_long(needs, parts, posts), *found)
    return found


def _sure(needs: Needs, shares: NDArray[np.float64]) -> float:
    """Return the share that is not exceeded with the chance that a yes asks for."""
    return -with_chance(-np.broadcast_to(shares, DRAWS), needs.settings.odds.yes_from)


def _fits(needs: Needs, seconds: NDArray[np.float64], available_s: NDArray[np.float64]) -> bool:
    """Return whether a part of what is asked would fit alone with the chance of a yes."""
    return bool((seconds <= available_s).mean() >= needs.settings.odds.yes_from)


def _winter_pace(needs: Needs, beat: BeatLoad, parts: TimeParts, posts: int) -> Reason | None:
    """Return how much more winter asks, where the paces of summer would be enough."""
    summer = needs.in_summer
    if summer is None:
        return None
    then = time_parts(summer, beat, needs)
    if not _fits(needs, then.drawn(summer.factors).total_s, posts * summer.factors.post_s):
        return None
    usual_s, summer_s = parts.drawn(needs.central).total_s, then.drawn(summer.central).total_s
    return Reason("winter_pace", {"more_share": float(usual_s[0] / summer_s[0]) - 1.0})


def _access(needs: Needs, beat: BeatLoad) -> Reason | None:
    """Return what keeps a bike from being ridden: much is pushed, or some closed even to that."""
    open_m, length_m = (float(m[beat.toured].sum()) for m in (needs.open_m, needs.length_m))
    missed = len(beat.once.missed)
    if needs.mode == "foot" or not (missed or open_m < length_m / 2.0):
        return None
    closed_share = 1.0 - open_m / length_m if length_m else 0.0
    return Reason("no_bike_access", {"closed_share": closed_share, "missed": missed})


def _away(needs: Needs, code: str, parts: tuple[NDArray[np.int64], ...]) -> Reason:
    """Return how much is out of reach, and the names of its streets."""
    segments = np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)
    named = dict.fromkeys(name for name in needs.street[segments].tolist() if name)
    metres = float(needs.length_m[segments].sum())
    return Reason(code, {"m": metres, "parts": len(parts), "names": listed(named, _NAMES)})


def _too_long(needs: Needs, parts: TimeParts, posts: int) -> Reason:
    """Return the shifts of one full pass, and the posts at the cadence that is asked for."""
    drawn, central = needs.factors, needs.central
    usual = parts.drawn(central)
    figures: dict[str, float | str] = {
        "posts": float(usual.total_s[0] / central.post_s[0]),
        "posts_sure": _sure(needs, parts.drawn(drawn).total_s / drawn.post_s),
        "held": float(posts),
        "tenths": in_tenths(needs.settings.odds.yes_from),
    }
    if parts.toured:
        figures["shifts"] = float(usual.pass_s[0] / central.shift_s[0])
    return Reason("too_long", figures)
