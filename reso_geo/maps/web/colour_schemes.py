"""Colours: what the map can be coloured by, with the classes, signs and words of each legend.

Every colour stands out 3:1 from the page and from a beat filled with any of them, and from the
others for all kinds of colour vision; each class has a sign besides. A test holds both.
"""

from __future__ import annotations

import itertools
import math
from bisect import bisect_left
from typing import TYPE_CHECKING

from reso_geo.i18n import decimal, say
from reso_geo.maps.web.bilingual import Text, both, text
from reso_geo.maps.web.other_seasons import REACH_MIN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reso_geo.plan import ModeFigures

__all__ = [
    "BEATS", "FILL", "GROUND", "LAND", "NOTHING", "SCALE", "VERDICT", "classes_of", "schemes",
]  # fmt: skip

BEATS = ("#4e19f0", "#168503", "#1b3305", "#3e043d", "#9655c2", "#b65171")
"""For neighbours; six are enough for connected beats."""
SCALE = ("#1f0138", "#4419fa", "#9c49c0", "#c64400", "#510500")
"""From little to much: two blues, a middle, two reds."""
VERDICT = {"yes": SCALE[1], "borderline": SCALE[3], "no": SCALE[4]}
NOTHING = "#6b7280"
GROUND, FILL = "#fbfbf9", 0.12
LAND = {
    "wood": "#eaf1e3",
    "reserve": "#f0f4ea",
    "park": "#e4f1da",
    "cemetery": "#ecefe8",
    "water": "#deebf4",
}
"""The page under the map, and how much of a beat's colour fills it; land is as pale."""
_SIGNS = ("\u25cb", "\u25d4", "\u25d1", "\u25d5", "\u25cf")
_VERDICT_SIGNS = {"yes": "\u2713", "borderline": "\u25d0", "no": "\u2715"}
_BOUNDS = {
    "cadence": (0.5, 1.0, 2.0, 4.0),
    "time": (4.0, 8.0, 12.0, 20.0),
    "load": (85.0, 95.0, 105.0, 115.0),
    "reach": REACH_MIN[:-1],
}
"""Weeks, hours, per cent of the mean load per post, minutes: up to and with each."""
_HOUR_S = 3600.0


def schemes(*, public: bool, reach: bool) -> list[dict[str, object]]:
    """List what the map can be coloured by, the default first.

    Parameters
    ----------
    public
        True for beats alone: the public sees no figure of how they are judged.
    reach
        False to leave out the way from the base.

    Returns
    -------
    list of dict
        ``key``, ``name``, ``note`` and ``classes``: colour, sign and label of each; the last class
        stands for none. Of beats the classes are only colours. The way from the base comes last:
        it colours the streets of a chosen beat.
    """
    verdict = [
        {"colour": VERDICT[code], "sign": sign, "label": text(f"verdict.{code}")}
        for code, sign in _VERDICT_SIGNS.items()
    ]
    beats: list[dict[str, object]] = [{"colour": c, "sign": "", "label": ""} for c in BEATS]
    known = {
        "cadence": _scale("cadence"),
        "verdict": [*verdict, _none("cadence")],
        "time": _scale("time"),
        "load": _scale("load"),
        "beat": beats,
        "reach": _scale("reach"),
    }
    return [
        {
            "key": key,
            "name": text(f"page.by.{key}"),
            "note": text(f"page.note.{key}"),
            "classes": classes,
        }
        for key, classes in known.items()
        if key == "beat" or (not public and (key != "reach" or reach))
    ]


def classes_of(
    figures: Sequence[ModeFigures], load_s: Sequence[float | None]
) -> dict[str, list[int]]:
    """Find the class of each beat in one mode and season.

    Parameters
    ----------
    figures
        Of each beat.
    load_s
        Seconds per week that each asks of one post; None where no tour covers it.

    Returns
    -------
    dict of str to list of int
        By scheme; the last class for none.
    """
    known = [load for load in load_s if load is not None]
    mean = sum(known) / max(len(known), 1)
    codes = list(_VERDICT_SIGNS)
    return {
        "cadence": [_class("cadence", each.every_weeks) for each in figures],
        "verdict": [codes.index(each.verdict) for each in figures],
        "time": [
            _class("time", None if each.pass_s is None else each.pass_s / _HOUR_S)
            for each in figures
        ],
        "load": [
            _class("load", None if load is None or not mean else 100.0 * load / mean)
            for load in load_s
        ],
    }


def _class(key: str, value: float | None) -> int:
    bounds = _BOUNDS[key]
    if value is None or not math.isfinite(value):
        return len(bounds) + 1
    # What rounds to a bound when it is shown belongs below it.
    return bisect_left(bounds, round(value, 1))


def _scale(key: str) -> list[dict[str, object]]:
    bounds = _BOUNDS[key]
    low = [_said(f"page.{key}.first", high=bounds[0])]
    middle = [_said(f"page.{key}.between", low=a, high=b) for a, b in itertools.pairwise(bounds)]
    labels = [*low, *middle, _said(f"page.{key}.last", low=bounds[-1], high=REACH_MIN[-1])]
    known: list[dict[str, object]] = [
        {"colour": colour, "sign": sign, "label": label}
        for colour, sign, label in zip(SCALE, _SIGNS, labels, strict=True)
    ]
    return [*known, _none(key)]


def _none(key: str) -> dict[str, object]:
    return {
        "colour": NOTHING,
        "sign": "\u2013",
        "label": _said(f"page.{key}.none", high=REACH_MIN[-1]),
    }


def _said(key: str, *, low: float = 0.0, high: float = 0.0) -> Text:
    """Write bounds without decimals that say nothing."""

    def written(lang: str) -> str:
        low_text, high_text = (decimal(lang, b, 0 if b == int(b) else 1) for b in (low, high))
        return say(lang, key, {"low": low_text, "high": high_text})

    return both(written)
