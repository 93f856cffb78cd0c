"""Maps in French or English: interactive ones that open anywhere, offline, and pictures."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.choices import check_choice
from reso_geo.errors import UsageError
from reso_geo.i18n import AUDIENCES, LANGUAGES, Phrase, listed, say
from reso_geo.maps.print import STILL_ENDINGS, overview_png, save_picture
from reso_geo.maps.web.payload import Showing, content, place_of
from reso_geo.maps.web.safe_json import safe_json
from reso_geo.output_files import day_drawn, output_file
from reso_geo.plan import Plan, current_plan
from reso_geo.records import kind_of, path_of, refuse_kind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from os import PathLike

    from reso_geo.maps.web.page import PlanMap

__all__ = [
    "STILL_ENDINGS", "PlanMap", "Showing", "draw_plans", "ladder_map", "overview_png", "plan_map",
    "save_map", "save_picture",
]  # fmt: skip


def __getattr__(name: str) -> type[PlanMap]:
    """Return the class of the map, a folium map, only to who asks: folium is slow to load."""
    if name != "PlanMap":
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    from reso_geo.maps.web.page import PlanMap  # noqa: PLC0415 - see above

    return PlanMap


def plan_map(
    plan: Plan,
    lang: str = "fr",
    audience: str = "internal",
    *,
    compare: Plan | None = None,
    date: str | None = None,
) -> PlanMap:
    r"""Draw a plan as an interactive map, alone or beside the plan that it came from.

    Parameters
    ----------
    plan
        From `reso_geo.make_plan` or a plan file.
    lang
        ``fr`` or ``en``: what the page opens in; it holds both.
    audience
        ``public`` (no bases, no tours, no loads, nothing about anchors), ``internal`` or
        ``restricted``; printed on the page.
    compare
        An earlier plan, to show before, after and what moved; None for the plan alone.
    date
        The day that the page says it was drawn on; see `reso_geo.output_files.day_drawn`.

    Returns
    -------
    PlanMap
        A `folium.Map`: shown in a notebook as it is, ready to be added to and saved. The same plan
        and day give the same bytes.

    Raises
    ------
    UsageError
        When the plan is none, the language or the audience is not known, or the date is none.
    ResoGeoError
        When the installation lacks Leaflet.

    Notes
    -----
    The tours are those that the plan keeps: at the final depth in its season, at the fast depth in
    the other one.

    Examples
    --------
    >>> from reso_geo import load_network, make_plan, read_boundary
    >>> from reso_geo.atomic_files import data_file
    >>> boundary = read_boundary(str(data_file("sample/sector.geojson")))
    >>> network = load_network(data_file("sample/sample.osm.pbf"), boundary)
    >>> plan = make_plan(network, officers=4)
    >>> plan_map(plan, "en").page()[:32]
    '<!DOCTYPE html>\n<html lang="en">'
    """
    kind_of("plan", plan, Plan, "plan")
    if compare is not None:
        kind_of("compare", compare, Plan, "plan")
    showing = Showing(lang, audience, drawn=day_drawn(date))
    return draw_plans((plan,) if compare is None else (compare, plan), showing)


def ladder_map(
    plans: Sequence[Plan],
    lang: str = "fr",
    audience: str = "internal",
    names: Sequence[str] = (),
    date: str | None = None,
) -> PlanMap:
    """Draw the steps of a growth as one interactive map with a slider.

    Parameters
    ----------
    plans
        In order of time, at least one.
    lang, audience
        As in `plan_map`.
    names
        What each step is called; empty for the number of posts.
    date
        As in `plan_map`.

    Returns
    -------
    PlanMap
        As from `plan_map`. To stay small it holds neither tours nor reach.

    Raises
    ------
    UsageError
        When there is no plan, or not one name for each, or a word is not known.
    ResoGeoError
        When the installation lacks Leaflet.

    Examples
    --------
    >>> ladder_map([])
    Traceback (most recent call last):
    ...
    reso_geo.errors.UsageError: No plan to draw. Give one plan file or more.
    """
    if not plans:
        raise UsageError(Phrase("page.no_plan"))
    for plan in plans:
        kind_of("plans", plan, Plan, "plans")
    if names and len(names) != len(plans):
        values = {"names": len(names), "plans": len(plans)}
        raise UsageError(Phrase("page.names", values))
    ladder, drawn = len(plans) > 1, day_drawn(date)
    return draw_plans(tuple(plans), Showing(lang, audience, tuple(names), ladder, drawn=drawn))


def draw_plans(plans: tuple[Plan, ...], showing: Showing) -> PlanMap:
    """Draw plans as the states of one page.

    Parameters
    ----------
    plans
        In order of time, at least one.
    showing
        Who sees it, and how much.

    Returns
    -------
    PlanMap
        See `plan_map`.

    Raises
    ------
    UsageError
        When the language or the audience is not known, or two plans share no street.
    """
    check_choice(showing.lang, LANGUAGES)
    check_choice(showing.audience, AUDIENCES)
    for step, (before, after) in enumerate(pairwise(plans), 2):
        if not np.isin(after.network.segment_id, before.network.segment_id).any():
            raise UsageError(Phrase("page.other_ground", {"step": step}))
    from reso_geo.maps.web.page import PlanMap  # noqa: PLC0415 - see above

    plans = tuple(current_plan(plan) for plan in plans)
    title = say(showing.lang, "maps.page_title", {"place": place_of(plans[0])})
    return PlanMap(safe_json(content(plans, showing)), showing.lang, title)


def save_map(drawn: PlanMap, path: str | PathLike[str]) -> None:
    """Save a map as one web page that loads nothing from anywhere.

    Parameters
    ----------
    drawn
        From `plan_map`, with or without additions.
    path
        The file to make or replace; its name ends in ``.html``.

    Raises
    ------
    UsageError
        When it is no map, the name has another ending, or something added to the map comes from
        elsewhere.
    OutputError
        When the file cannot be written; the old one then stands unchanged.

    Examples
    --------
    >>> from pathlib import Path
    >>> from reso_geo.maps import PlanMap
    >>> save_map(PlanMap("{}", "en", "Beats"), Path("beats.pdf"))
    Traceback (most recent call last):
    ...
    reso_geo.errors.UsageError: beats.pdf: the map is saved as a web page...
    """
    path = path_of(path)
    if path.suffix.lower() != ".html":
        raise UsageError(Phrase("maps.ending", {"name": path.name}))
    if not hasattr(drawn, "remote"):
        refuse_kind("drawn", drawn, "map")
    remote = drawn.remote()
    if remote:
        raise UsageError(Phrase("maps.remote", {"urls": listed(remote)}))
    page = drawn.page().encode()
    with output_file(path) as aside:
        aside.write_bytes(page)
