"""The beats of one plan as the page shows them: what is the same in all modes, and what is not."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.demand import place_anchors
from reso_geo.i18n import say, worded
from reso_geo.maps.beat_facts import beat_facts, mode_facts, time_text
from reso_geo.maps.web.bilingual import Text, all_in_both, both, number, phrase, text
from reso_geo.maps.web.colour_schemes import BEATS, classes_of
from reso_geo.maps.web.geometry import colours
from reso_geo.plan import reason_phrases, sees_inside

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reso_geo.demand import Anchors
    from reso_geo.maps.web.comparison import Moves
    from reso_geo.maps.web.geometry import PageOutlines
    from reso_geo.maps.web.other_seasons import SeasonFigures
    from reso_geo.plan import Beat, ModeFigures, Plan

__all__ = ["beats_of", "cases_of"]

_MINUTE_S = 60.0
_SOME = 0.005
"""Shares below this round to nothing."""


def beats_of(
    plan: Plan, drawn: PageOutlines, by_season: SeasonFigures, moves: Moves | None, audience: str
) -> list[dict[str, object]]:
    """Write the beats, each with its figures by mode and season.

    Parameters
    ----------
    plan
        What to show.
    drawn
        Its outlines.
    by_season
        Figures by mode and season.
    moves
        What moved since the plan before; None for the first.
    audience
        One of `reso_geo.i18n.AUDIENCES`.

    Returns
    -------
    list of dict
        In the order of the partition.
    """
    colour = colours(plan.shapes)
    several = len({beat.city for beat in plan.beats}) > 1
    inside = sees_inside(audience)
    places = _places(plan) if inside else {}
    shown = []
    for k, beat in enumerate(plan.beats):
        one: dict[str, object] = {
            "id": beat.beat_id,
            "name": beat.name,
            "city": beat.city if several else "",
            "district": beat.district,
            "where": both(beat.description),
            "km": number(beat.street_km),
            "metres": round(1000.0 * beat.street_km),
            "facts": _facts(beat, audience),
            "by": {},
            "colour": colour[k] % len(BEATS),
            # A seventh number, which only beats in several parts can need, is shown by dashes.
            "dashed": colour[k] >= len(BEATS),
            "rings": drawn.beats[k],
            "label": drawn.labels[k],
            "size": round(plan.shapes[k].area),
        }
        if moves is not None:
            one["change"] = _change(moves, k)
        if inside:
            one["by"] = {
                f"{mode}_{season}": _figures(figures[k], by_season.needed_s[mode, season][k])
                for (mode, season), figures in by_season.figures.items()
            }
            one |= {"base": drawn.bases[k], "base_name": plan.partition.base_name[k]}
            one["places"] = places.get(k, [])
        shown.append(one)
    return shown


def cases_of(plan: Plan, by_season: SeasonFigures) -> dict[str, dict[str, list[int]]]:
    """Find the class of each beat in each colouring, by mode and season.

    Parameters
    ----------
    plan
        What to show.
    by_season
        Figures by mode and season.

    Returns
    -------
    dict
        By mode and season and colouring; see `reso_geo.maps.web.colour_schemes.classes_of`.
    """
    found = {}
    for case, figures in by_season.figures.items():
        needed = by_season.needed_s[case]
        loads = [
            None if s is None else s / beat.posts
            for s, beat in zip(needed, plan.beats, strict=True)
        ]
        found["_".join(case)] = classes_of(figures, loads)
    return found


def _facts(beat: Beat, audience: str) -> list[tuple[Text, Text]]:
    """List what is the same in all modes and seasons: label and value."""
    told = all_in_both(lambda lang: beat_facts(beat, lang, audience))
    return [(text(f"maps.{key}"), value) for key, value in told.items() if key != "load"]


def _figures(figures: ModeFigures, needed_s: float | None) -> dict[str, object]:
    """Write what one mode and season ask, with what the list is sorted by."""
    every = figures.every_weeks
    return {
        **all_in_both(partial(mode_facts, figures)),
        "verdict": figures.verdict,
        "short": phrase(figures.short),
        "reasons": [phrase(reason) for reason in reason_phrases(figures)],
        "load": both(partial(time_text, needed_s)),
        # Minutes and tenths of a week, as they are shown: no more than that is told.
        "order": [
            _whole(figures.pass_s, _MINUTE_S),
            _whole(None if every is None or not math.isfinite(every) else every, 0.1),
        ],
    }


def _whole(value: float | None, unit: float) -> int | None:
    return None if value is None else round(value / unit)


def _change(moves: Moves, k: int) -> list[Text]:
    """Describe what a beat keeps, and whose streets it has now."""
    kept = moves.kept[k]
    said = [text("page.new_beat") if kept is None else text("page.keeps", {"share": 100.0 * kept})]
    for beat_id, share in moves.sources[k]:
        if share >= _SOME:
            key = "page.from_beat" if beat_id else "page.from_nobody"
            said.append(text(key, {"beat": beat_id, "share": 100.0 * share}))
    return said


def _visits(anchors: Anchors, k: int, lang: str) -> str:
    """Write the kind of a place, and how often and for how long it is visited."""
    values: dict[str, object] = {
        "kind": worded(lang, "kind", str(anchors.kind[k])),
        "visits": float(anchors.visits_per_week[k]),
        "minutes": float(anchors.minutes[k]),
    }
    return say(lang, "page.visits", values)


def _places(plan: Plan) -> Mapping[int, list[tuple[str, Text]]]:
    """List the anchors of each beat: name, kind and visits."""
    anchors = plan.anchors
    at = place_anchors(plan.network, anchors)
    found: dict[int, list[tuple[str, Text]]] = {}
    for k in np.argsort(anchors.name.astype(str), kind="stable").tolist():
        beat = int(plan.partition.beat_of[at.index[k]])
        visits = both(partial(_visits, anchors, k))
        found.setdefault(beat, []).append((str(anchors.name[k]), visits))
    return found
