"""Reasons: codes of what keeps a beat from a plain yes, each with its figures."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.i18n import Phrase, listed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from reso_geo.assess.obstacle import Obstacle
    from reso_geo.assess.time_budget import Needs
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
            name: 100.0 * value if isinstance(value, float) and name.endswith("share") else value
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
            return "too_long_at_worst"
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
    walk_s = float(needs.load["central"].walk_s[beat.toured].sum())
    share = beat.deadhead_s / (walk_s + beat.deadhead_s)
    if obstacle is None:
        return Reason("detours", {"share": share})
    told = {"barrier": obstacle.kind, "barrier_name": obstacle.name}
    return Reason("detours", {"share": share, "barrier_share": share * obstacle.share, **told})


def reasons_of(
    needs: Needs,
    beat: BeatLoad,
    needed: Mapping[str, float],
    available: Mapping[str, float],
    far_s: float | None = None,
    obstacle: Obstacle | None = None,
) -> tuple[Reason, ...]:
    """Return what keeps a beat from a plain yes, and what no pace can mend.

    Parameters
    ----------
    needs
        For the mode and season in which `beat` was measured.
    beat
        Its tours.
    needed, available
        Seconds per week by level.
    far_s
        Seconds from the base to the far streets; None where nobody asked.
    obstacle
        The barrier that explains its detours; None where nobody asked, or none does.

    Returns
    -------
    tuple of Reason
        In the order of `REASONS`; empty when nothing stands in the way.
    """
    high, settings = needs.load["high"], needs.settings
    street_s = float((high.walk_s + high.contact_s)[beat.toured].sum())
    stop_s, counted_s = (float(asked[beat.toured].sum()) for asked in (high.stop_s, high.counted_s))
    access = _access(needs, beat)
    ridden = access is None or float(access.figures["closed_share"]) < 1.0
    short = ridden and needed["high"] > available["low"]
    toured = short and beat.legal
    way_round = detours(needs, beat, obstacle)
    much_deadhead = (
        float(way_round.figures["share"]) > _MUCH_DEADHEAD
        or street_s + stop_s + counted_s <= available["low"]
    )
    there_and_back = 0.0 if far_s is None else 2.0 * far_s / settings.shift_patrol_s("central")
    summer_s = _in_summer_s(needs, beat, needed["central"])
    winter = needs.season == "winter" and summer_s <= available["central"] < needed["central"]
    held = (
        (bool(beat.reached.beyond), _away(needs, "disconnected", beat.reached.beyond)),
        (access is not None, access),
        (short and street_s > available["low"], _too_long(needs, beat, needed, available)),
        (toured and much_deadhead, way_round),
        (
            short and stop_s > available["low"] / 2.0,
            Reason("anchors_exceed_time", {"share": stop_s / available["low"]}),
        ),
        (
            short and counted_s > available["low"] / 2.0,
            Reason("counts_exceed_time", {"share": counted_s / available["low"]}),
        ),
        (
            toured and winter,
            Reason("winter_pace", {"more_share": needed["central"] / summer_s - 1}),
        ),
        (
            there_and_back > _FAR_SHARE,
            Reason("far_reach", {"minutes": (far_s or 0.0) / 60.0, "shift_share": there_and_back}),
        ),
        (bool(beat.reached.aside), _away(needs, "set_aside", beat.reached.aside)),
    )
    found = tuple(reason for holds, reason in held if holds and reason is not None)
    if toured and not {reason.code for reason in found} - {"far_reach", "set_aside"}:
        found = (_too_long(needs, beat, needed, available), *found)
    return found


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


def _too_long(
    needs: Needs, beat: BeatLoad, needed: Mapping[str, float], available: Mapping[str, float]
) -> Reason:
    """Return the shifts of one full pass, and the posts at the cadence that is asked for."""
    post_s = needs.settings.available_s("central")
    figures: dict[str, float | str] = {
        "posts": needed["central"] / post_s,
        "posts_high": needed["high"] / needs.settings.available_s("low"),
        "held": available["central"] / post_s,
    }
    if beat.legal:
        shift_s = needs.settings.shift_patrol_s("central")
        figures["shifts"] = needs.pass_s(beat, "central") / shift_s
    return Reason("too_long", figures)


def _in_summer_s(needs: Needs, beat: BeatLoad, central_s: float) -> float:
    """Return the time needed at the paces of summer: deadhead shrinks as the patrol does."""
    walk_s, summer_s = (
        float(walk[beat.toured].sum())
        for walk in (needs.load["central"].walk_s, needs.summer_walk_s)
    )
    moving_s = central_s - needs.still_s(beat, "central")
    return central_s - moving_s * (1.0 - summer_s / walk_s if walk_s else 0.0)
