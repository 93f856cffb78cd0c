"""Maps in French or English: interactive ones that open anywhere, offline, and pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reso_geo.errors import PlanError, UsageError
from reso_geo.files import write_aside
from reso_geo.maps.content import content, place_of
from reso_geo.maps.encode import safe_json
from reso_geo.maps.stills import STILL_ENDINGS, overview_png, save_picture
from reso_geo.words import AUDIENCES, LANGUAGES, Phrase, listed, say

if TYPE_CHECKING:
    from pathlib import Path

    from reso_geo.maps.page import PlanMap
    from reso_geo.plan import Plan

__all__ = [
    "STILL_ENDINGS",
    "PlanMap",
    "overview_png",
    "plan_map",
    "save_map",
    "save_picture",
]


def __getattr__(name: str) -> type[PlanMap]:
    """Give the class of the map, a folium map, only to who asks: folium is slow to load."""
    if name != "PlanMap":
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    from reso_geo.maps.page import PlanMap  # noqa: PLC0415 - see above

    return PlanMap


def plan_map(plan: Plan, lang: str = "fr", audience: str = "internal") -> PlanMap:
    r"""Draw a plan as an interactive map.

    Parameters
    ----------
    plan
        From `reso_geo.make_plan` or a plan file.
    lang
        ``fr`` or ``en``.
    audience
        ``public`` (no bases, no loads, nothing about anchors), ``internal`` or ``restricted``;
        printed on the page.

    Returns
    -------
    PlanMap
        A `folium.Map`: shown in a notebook as it is, ready to be added to and saved. The same plan
        gives the same bytes.

    Raises
    ------
    UsageError
        When the language or the audience is not known.
    ResoGeoError
        When the installation lacks Leaflet.

    Examples
    --------
    >>> from reso_geo import CutRequest, PlanRequest, load_network, load_settings, make_plan
    >>> from reso_geo.files import data_file
    >>> network = load_network(data_file("sample/sample.osm.pbf"))
    >>> plan = make_plan(network, load_settings(), PlanRequest(CutRequest(officers=4)))
    >>> plan_map(plan, "en").page()[:32]
    '<!DOCTYPE html>\n<html lang="en">'
    """
    for value, known in ((lang, LANGUAGES), (audience, AUDIENCES)):
        if value not in known:
            raise UsageError(Phrase("plan.unknown_word", {"value": value, "known": listed(known)}))
    from reso_geo.maps.page import PlanMap  # noqa: PLC0415 - see above

    title = say(lang, "maps.page_title", {"place": place_of(plan)})
    return PlanMap(safe_json(content(plan, lang, audience)), lang, title)


def save_map(drawn: PlanMap, path: Path) -> None:
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
        When the name has another ending, or something added to the map comes from elsewhere.
    PlanError
        When the file cannot be written; the old one then stands unchanged.

    Examples
    --------
    >>> from pathlib import Path
    >>> from reso_geo import PlanMap
    >>> save_map(PlanMap("{}", "en", "Beats"), Path("beats.pdf"))
    Traceback (most recent call last):
    ...
    reso_geo.errors.UsageError: beats.pdf: the map is saved as a web page...
    """
    if path.suffix.lower() != ".html":
        raise UsageError(Phrase("maps.ending", {"name": path.name}))
    remote = drawn.remote()
    if remote:
        raise UsageError(Phrase("maps.remote", {"urls": listed(remote)}))
    page = drawn.page().encode()
    try:
        with write_aside(path) as aside:
            aside.write_bytes(page)
    except OSError as error:
        raise PlanError(Phrase("maps.unwritable", {"path": path, "why": error})) from error
