"""Sheets as files: one picture, or an atlas with a page for each beat."""

from __future__ import annotations

from contextlib import contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING

from matplotlib import style
from matplotlib.backends.backend_pdf import PdfPages

from reso_geo.i18n import say
from reso_geo.maps.print.atlas import anchors_by_beat, beat_sheet
from reso_geo.maps.print.overview import draw_small_map, overview_sheets
from reso_geo.maps.print.scene import scene_of
from reso_geo.maps.print.small_figure import png_of
from reso_geo.maps.print.text import plain
from reso_geo.maps.web.payload import place_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from reso_geo.maps.print.canvas import Canvas
    from reso_geo.plan import Plan

__all__ = ["atlas_pages", "small_png", "write_pdf", "write_png"]

_PNG_DPI, _SMALL_DPI = 200, 220
_STYLE = MappingProxyType({"pdf.fonttype": 42, "pdf.compression": 6})
"""Real letters, so that a reader of the file can search it."""
_NAMELESS = MappingProxyType({"CreationDate": None, "Creator": None, "Producer": None})


@contextmanager
def _own_style() -> Iterator[None]:
    """Draw as reso_geo does, whatever matplotlib is set up to do on this machine."""
    with style.context(["default", dict(_STYLE)]):
        yield


def write_png(plan: Plan, path: Path, lang: str, audience: str, drawn: str = "") -> None:
    """Write the overview as a picture.

    Parameters
    ----------
    plan
        A complete plan.
    path
        To write to.
    lang
        ``fr`` or ``en``.
    audience
        One of `reso_geo.i18n.AUDIENCES`.
    drawn
        The day that is written on it; empty for none.
    """
    with _own_style():
        (sheet,) = overview_sheets(scene_of(plan, lang, audience, drawn), on_one=True)
        path.write_bytes(png_of(sheet.figure, _PNG_DPI))


def small_png(plan: Plan, lang: str, audience: str) -> bytes:
    """Draw the map alone, for a letter.

    Parameters
    ----------
    plan
        A complete plan.
    lang
        ``fr`` or ``en``.
    audience
        One of `reso_geo.i18n.AUDIENCES`.

    Returns
    -------
    bytes
        A PNG.
    """
    with _own_style():
        return png_of(draw_small_map(scene_of(plan, lang, audience)).figure, _SMALL_DPI)


def write_pdf(plan: Plan, path: Path, lang: str, audience: str, drawn: str = "") -> None:
    """Write the overview and the atlas.

    Parameters
    ----------
    plan
        A complete plan.
    path
        To write to.
    lang
        ``fr`` or ``en``.
    audience
        One of `reso_geo.i18n.AUDIENCES`.
    drawn
        The day that is written on it; empty for none.
    """
    title = plain(say(lang, "maps.page_title", {"place": place_of(plan)}))
    with _own_style(), PdfPages(path, metadata={**_NAMELESS, "Title": title}) as pages:
        for sheet in atlas_pages(plan, lang, audience, drawn):
            pages.savefig(sheet.figure)


def atlas_pages(plan: Plan, lang: str, audience: str, drawn: str = "") -> Iterator[Canvas]:
    """Draw the overview, its table where that has no room beside it, and every beat.

    Parameters
    ----------
    plan
        A complete plan.
    lang
        ``fr`` or ``en``.
    audience
        One of `reso_geo.i18n.AUDIENCES`.
    drawn
        The day that is written on it; empty for none.

    Yields
    ------
    Canvas
        One at a time.
    """
    scene = scene_of(plan, lang, audience, drawn)
    first = overview_sheets(scene, on_one=False)
    yield from first
    anchors, total = anchors_by_beat(scene), len(first) + len(plan.beats)
    for k in range(len(plan.beats)):
        number = {"number": len(first) + k + 1, "total": total}
        yield beat_sheet(scene, k, anchors[k], say(lang, "stills.page", number))
