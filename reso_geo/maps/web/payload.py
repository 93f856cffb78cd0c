"""What the page says and shows: only what is listed here ever reaches it.

Everything is written out in both languages, so that the page itself computes nothing but choices.
The streets stand in it once; each plan adds a *state*: whose street is whose, and the figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.assess import cadence_phrase, rule_phrase
from reso_geo.i18n import LANGUAGES, Phrase, say
from reso_geo.maps.beat_facts import sums_of
from reso_geo.maps.web.basemap import ground
from reso_geo.maps.web.beat_cards import beats_of, cases_of
from reso_geo.maps.web.bilingual import all_in_both, both, percent, phrase, text
from reso_geo.maps.web.colour_schemes import FILL, LAND, schemes
from reso_geo.maps.web.comparison import Moves, moves_of
from reso_geo.maps.web.geometry import PER_DEGREE, PageGrid, outlines
from reso_geo.maps.web.other_seasons import SeasonFigures, season_figures
from reso_geo.maps.web.streets import sheet_of
from reso_geo.plan import (
    assumption_text,
    assumptions_of,
    sees_inside,
    shown_notes,
    waiting_phrase,
)
from reso_geo.travel import MODES, SEASONS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reso_geo.maps.web.bilingual import Text
    from reso_geo.maps.web.streets import PageStreets
    from reso_geo.plan import Plan

__all__ = ["Showing", "content", "place_of"]

_MAPS = (
    "title", "map_label", "whole", "zoom_in", "zoom_out", "beat", "district", "street_km", "foot",
    "bike", "table", "pass", "deadhead", "bound", "verdict", "margin", "spare", "cadence", "fits",
    "load", "unnamed", "base", "legend", "legend_street", "legend_city", "legend_district",
    "warnings", "method", "assumptions", "credit",
)  # fmt: skip
_JUDGED = frozenset((
    "foot", "bike", "pass", "deadhead", "bound", "verdict", "margin", "spare", "cadence", "fits",
    "load", "base", "assumptions", "mode", "season", "summer", "winter", "reach", "tour",
    "tour_street", "places",
))  # fmt: skip
"""Words of how beats are judged, and of what is inside them."""
_PAGE = (
    "lang", "mode", "season", "summer", "winter", "colour", "search", "search_hint", "found_beats",
    "found_streets", "found_none", "more_streets", "in_beat", "plan", "step", "earlier", "later",
    "moved", "moved_note", "moved_street", "was", "new_street", "reach", "tour", "tour_street",
    "tour_besides", "tour_note", "tour_none", "gone", "motorway", "railway", "river", "places",
    "waiting", "change", "wood", "reserve", "park", "cemetery", "water",
)  # fmt: skip


@dataclass(frozen=True)
class Showing:
    """Who sees the page, and how much of it.

    Attributes
    ----------
    lang
        ``fr`` or ``en``: what it opens in.
    audience
        One of `reso_geo.i18n.AUDIENCES`. The public sees neither bases nor loads nor what tells
        of anchors.
    names
        What each state is called; empty for the number of posts.
    ladder
        True for steps of growth, which come without tours and reach.
    more
        False to leave out all that has to be toured again: the other season, tours and reach.
    drawn
        The day that the page says it was drawn on, YYYY-MM-DD; empty for none.
    """

    lang: str = "fr"
    audience: str = "internal"
    names: tuple[str, ...] = ()
    ladder: bool = False
    more: bool = True
    drawn: str = ""

    @property
    def public(self) -> bool:
        """True for a page that everybody may see."""
        return not sees_inside(self.audience)


def content(plans: Sequence[Plan], showing: Showing) -> dict[str, object]:
    """Return all that the page needs, ready for `reso_geo.maps.web.safe_json.safe_json`.

    Parameters
    ----------
    plans
        What to show, in order of time: at least one.
    showing
        Who sees it.

    Returns
    -------
    dict
        Texts and whole numbers.
    """
    grid, own = PageGrid(plans), plans[0].request.season
    tours = showing.more and not (showing.public or showing.ladder)
    seasons = showing.more and not showing.public
    by_season = [season_figures(plan, tours=tours, seasons=seasons) for plan in plans]
    besides = [[s for each in p.besides.values() for s in each] for p in by_season]
    sheet = sheet_of(plans, grid, besides)
    kept = all({t.beat_id for t in p.tours} >= set(p.partition.beat_id) for p in plans)
    states = [
        _PagePlan(plan, found, sheet, at, showing).written(grid, plans[at - 1] if at else None)
        for at, (plan, found) in enumerate(zip(plans, by_season, strict=True))
    ]
    return {
        "langs": list(LANGUAGES),
        "lang": LANGUAGES.index(showing.lang),
        "modes": [] if showing.public else list(MODES),
        "seasons": [] if showing.public else [s for s in SEASONS if seasons or s == own],
        "text": _texts(public=showing.public, kept=kept),
        "page_title": both(
            lambda lang: say(lang, "maps.page_title", {"place": place_of(plans[0])})
        ),
        "place": place_of(plans[0]),
        "audience": text(f"maps.audience.{showing.audience}"),
        "public": showing.public,
        "ladder": showing.ladder,
        "schemes": schemes(public=showing.public, reach=tours),
        "origin": grid.origin,
        "extent": grid.extent,
        "opening": grid.opening(),
        "per_degree": PER_DEGREE,
        "ground": {**ground(plans[0], grid), "colours": LAND},
        "fill": FILL,
        "streets": {
            "names": sheet.names,
            "name": sheet.name,
            "step": sheet.step,
            "points": sheet.points,
        },
        "states": states,
    }


def _texts(*, public: bool, kept: bool) -> dict[str, Text]:
    """Return the labels of the page by key; the public's has none for what it does not show.

    Tours that an older plan did not keep are found quickly, which the page then says.
    """
    keys = {label: f"maps.{label}" for label in _MAPS} | {label: f"page.{label}" for label in _PAGE}
    if not kept:
        keys["tour_note"] = "page.tour_note_quick"
    if public:
        keys = {label: key for label, key in keys.items() if label not in _JUDGED}
    return {label: text(key) for label, key in keys.items()}


def place_of(plan: Plan) -> str:
    """Return where the plan lies.

    Parameters
    ----------
    plan
        With its boundary.

    Returns
    -------
    str
        The cities; without a boundary, the name of the street source.
    """
    return ", ".join(plan.boundary.names)


@dataclass(frozen=True)
class _PagePlan:
    """One plan on the page."""

    plan: Plan
    by_season: SeasonFigures
    sheet: PageStreets
    at: int
    showing: Showing

    def written(self, grid: PageGrid, before: Plan | None) -> dict[str, object]:
        plan, public = self.plan, self.showing.public
        drawn = outlines(plan, grid)
        moves = None if before is None else moves_of(before, plan, by_load=not public)
        state: dict[str, object] = {
            "label": self._label(),
            "facts": self._facts(),
            "unsettled": [text(f"maps.{each}") for each in plan.unsettled],
            "mode": plan.request.mode,
            "season": plan.request.season,
            "sums": {s: self._sums(s) for s in SEASONS if ("foot", s) in self.by_season.figures},
            "beats": beats_of(plan, drawn, self.by_season, moves, self.showing.audience),
            "cases": {} if public else cases_of(plan, self.by_season),
            "beat": self.sheet.beat[self.at],
            "waiting": self.sheet.waiting[self.at],
            "districts": drawn.districts,
            "about": _about(plan, self.showing.audience),
        }
        if moves is not None:
            state["change"] = _change(moves, public=public)
        if self.by_season.reach:
            state |= self._routes()
        return state

    def _label(self) -> Text:
        if self.showing.names:
            return self.showing.names[self.at]
        if self.showing.ladder or len(self.sheet.beat) == 1:
            return phrase(_posts_text(self.plan))
        return text("page.after" if self.at else "page.before", {"team": _posts_text(self.plan)})

    def _facts(self) -> list[Text]:
        plan = self.plan
        values = {
            "mode": Phrase(f"maps.mode.{plan.request.mode}"),
            "season": Phrase(f"maps.season.{plan.request.season}"),
        }
        case = "" if self.showing.public else text("page.made_for", values)
        made, drawn = plan.created[:10], self.showing.drawn
        days = [
            text("maps.made_on", {"date": made}) if made else "",
            text("maps.drawn_on", {"date": drawn}) if drawn else "",
        ]
        waiting: Text = (
            phrase(said) if (said := waiting_phrase(plan, self.showing.audience)) else ""
        )
        return [fact for fact in (phrase(_posts_text(plan)), waiting, case, *days) if fact]

    def _sums(self, season: str) -> list[tuple[Text, Text]]:
        modes = () if self.showing.public else MODES
        sums = all_in_both(partial(sums_of, self.plan, modes, season))
        return [(value, text(f"maps.{key}")) for key, value in sums.items()]

    def _routes(self) -> dict[str, object]:
        """Write tours and reach: numbers of streets, as steps, and a digit for each street."""
        number_of = self.sheet.at[self.at]
        tours, reach = {}, {}
        for (mode, season), beats in self.by_season.besides.items():
            tours[f"{mode}_{season}"] = [
                np.diff(np.sort(number_of[b]), prepend=0).tolist() for b in beats
            ]
        held = self.plan.network.required & (self.plan.partition.beat_of >= 0)
        for (mode, season), band in self.by_season.reach.items():
            digits = ["-"] * len(self.sheet.points)
            for place, digit in zip(number_of[held].tolist(), band[held].tolist(), strict=True):
                digits[place] = str(digit)
            reach[f"{mode}_{season}"] = "".join(digits)
        return {"tours": tours, "reach": reach}


def _posts_text(plan: Plan) -> Phrase:
    posts = sum(beat.posts for beat in plan.beats)
    return Phrase("maps.one_officer" if posts == 1 else "maps.officers", {"count": posts})


def _change(moves: Moves, *, public: bool) -> dict[str, object]:
    key = "page.kept_km" if public else "page.kept_load"
    values: dict[str, object] = {"share": 100.0 * moves.share, "km": moves.moved_km}
    return {"kept": percent(moves.share), "said": text(key, values), "gone": list(moves.gone)}


def _about(plan: Plan, audience: str) -> dict[str, object]:
    source = plan.network.source
    dated = "maps.source" if source.timestamp else "maps.source_undated"
    sources = [text(dated, {"name": source.name, "date": source.timestamp[:10]})]
    if plan.boundary.kind != "extent":
        sources.append(text("maps.outline_source", {"origin": plan.boundary.origin}))
    inside = sees_inside(audience)
    method: list[Text] = []
    if inside:
        rules = cadence_phrase(plan.settings), rule_phrase(plan.settings)
        method = [text("maps.method_pass"), *map(phrase, rules), text("page.method_season")]
    return {
        "warnings": [phrase(note) for note in shown_notes(plan, audience)],
        "method": [*method, *sources],
        "assumptions": [
            both(partial(assumption_text, plan.settings, key))
            for key in (assumptions_of(plan) if inside else ())
        ],
    }
