"""One page about one sector: a sheet with a picture beside it, a note; its reach as polygons."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

from reso_geo.assess import Assessment, reach_shape
from reso_geo.errors import UsageError
from reso_geo.i18n import Phrase, say
from reso_geo.output_files import output_file
from reso_geo.plan import assumption_text, sector_assumptions
from reso_geo.records import kind_of, path_of
from reso_geo.report.matters import matters_picture, matters_table
from reso_geo.report.note.write import note_bytes
from reso_geo.report.plain import plain_text
from reso_geo.report.sector.figures import reach_figures
from reso_geo.report.sector.note import sector_note
from reso_geo.report.sector.sentences import (
    answer,
    judged_by,
    sections,
    sector_facts,
    verdict_table,
)
from reso_geo.report.tables.features import FEATURE_DRIVERS, write_features
from reso_geo.report.tables.markdown import markdown_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from os import PathLike
    from pathlib import Path

__all__ = ["check_sector_target", "save_matters", "save_reach", "save_sector_note", "save_sheet"]

_SHEET = ".md"
_NOTES = (".docx", ".pdf")
_PICTURE, _MATTERS = ".png", "matters"


def check_sector_target(path: Path) -> None:
    """Refuse an ending that nothing about a sector is written with.

    Parameters
    ----------
    path
        ``.md`` for the sheet, ``.docx`` or ``.pdf`` for the note, ``.png`` for what matters,
        ``.geojson`` or ``.gpkg`` for the reach.

    Raises
    ------
    UsageError
        Before anything is worked out.
    """
    if path.suffix.lower() not in (_SHEET, _PICTURE, *_NOTES, *FEATURE_DRIVERS):
        raise UsageError(Phrase("sheet.unknown_kind", {"path": path}))


def save_reach(found: Assessment, path: str | PathLike[str]) -> None:
    """Write what is reached from the base as polygons, one a mode, season and number of minutes.

    Parameters
    ----------
    found
        From `reso_geo.assess`.
    path
        ``.geojson`` (in longitude and latitude) or ``.gpkg`` (in the network's CRS), made or
        replaced.

    Raises
    ------
    UsageError
        When the name has another ending.
    OutputError
        When the file cannot be written.
    """
    found, path = kind_of("found", found, Assessment, "assessment"), path_of(path)
    if path.suffix.lower() not in FEATURE_DRIVERS:
        raise UsageError(Phrase("sheet.unknown_kind", {"path": path}))
    network = found.sector.network
    reached = [reach for judgement in found.judgements.values() for reach in judgement.reach]
    if not reached:
        raise UsageError(Phrase("sheet.no_minutes", {"path": path}))
    shapes = [reach_shape(network, reach) for reach in reached]
    rows = [
        {"mode": reach.mode, "season": reach.season, **reach_figures(reach)}
        | {"area_km2": shape.area / 1e6}
        for reach, shape in zip(reached, shapes, strict=True)
    ]
    write_features(rows, shapes, network.crs, path, "reach")


def save_sector_note(found: Assessment, path: str | PathLike[str], lang: str = "fr") -> None:
    """Write the note about a sector: one page for council, with its picture.

    Parameters
    ----------
    found
        From `reso_geo.assess`.
    path
        The ``.docx`` or ``.pdf`` file to make or replace.
    lang
        ``fr`` or ``en``.

    Raises
    ------
    UsageError
        When the name has another ending.
    OutputError
        When the file cannot be written.
    """
    found, path = kind_of("found", found, Assessment, "assessment"), path_of(path)
    ending = path.suffix.lower()
    if ending not in _NOTES:
        raise UsageError(Phrase("sheet.unknown_kind", {"path": path}))
    content = note_bytes(sector_note(found, lang), ending)
    with output_file(path) as aside:
        aside.write_bytes(content)


def save_sheet(found: Assessment, path: str | PathLike[str], lang: str = "fr") -> Path:
    """Write one page about a sector, and its pictures beside it.

    Parameters
    ----------
    found
        From `reso_geo.assess`.
    path
        The ``.md`` file to make or replace; its picture has its name and ends in ``.png``,
        that of what matters, where something does, in ``_matters.png``.
    lang
        ``fr`` or ``en``.

    Returns
    -------
    Path
        Of the picture of the streets.

    Raises
    ------
    UsageError
        When the name has another ending.
    OutputError
        When a file cannot be written.
    """
    found, path = kind_of("found", found, Assessment, "assessment"), path_of(path)
    if path.suffix.lower() != _SHEET:
        raise UsageError(Phrase("sheet.unknown_kind", {"path": path}))
    from reso_geo.maps.print.sector_picture import sector_picture  # noqa: PLC0415 - loads matplotlib

    picture, tornado = path.with_suffix(".png"), matters_picture(found, lang)
    beside = None if tornado is None else path.with_name(f"{path.stem}_{_MATTERS}.png")
    text = "\n\n".join(_blocks(found, picture, beside, lang)) + "\n"
    with (
        output_file(path) as page,
        output_file(picture) as drawn,
        nullcontext() if beside is None else output_file(beside) as second,
    ):
        drawn.write_bytes(sector_picture(found, lang))
        if second is not None and tornado is not None:
            second.write_bytes(tornado)
        page.write_text(text, encoding="utf-8", newline="\n")
    return picture


def save_matters(found: Assessment, path: str | PathLike[str], lang: str = "fr") -> None:
    """Draw how far each assumption moves the chances.

    Parameters
    ----------
    found
        From `reso_geo.assess`.
    path
        The ``.png`` file to make or replace.
    lang
        ``fr`` or ``en``.

    Raises
    ------
    UsageError
        When the name has another ending, or no assumption moves a chance.
    OutputError
        When the file cannot be written.
    """
    found, path = kind_of("found", found, Assessment, "assessment"), path_of(path)
    if path.suffix.lower() != _PICTURE:
        raise UsageError(Phrase("sheet.unknown_kind", {"path": path}))
    drawn = matters_picture(found, lang)
    if drawn is None:
        raise UsageError(Phrase("matters.none", {"path": path}))
    with output_file(path) as aside:
        aside.write_bytes(drawn)


def _blocks(found: Assessment, picture: Path, tornado: Path | None, lang: str) -> Iterator[str]:
    """Return the paragraphs, lists and tables of the page."""
    title = say(lang, "sheet.title", {"area": found.sector.name, "posts": found.sector.posts})
    yield f"# {plain_text(title)}"
    yield f"*{say(lang, 'sheet.audience')}*"
    yield f"**{plain_text(answer(found).say(lang))}**"
    yield " ".join(plain_text(phrase.say(lang)) for phrase in sector_facts(found))
    yield markdown_table(verdict_table(found), lang)
    for phrase in judged_by(found):
        yield plain_text(phrase.say(lang))
    yield f"![{plain_text(title)}](<{picture.name}>)"
    for key, phrases in sections(found):
        title, table = say(lang, key), matters_table(found) if key == "sheet.matters" else None
        yield f"## {title}"
        if table is None:
            yield _listed(phrase.say(lang) for phrase in phrases)
            continue
        first = [phrase.say(lang) for phrase in phrases if phrase.key == "sheet.to_measure"]
        yield from [_listed(first)] if first else []
        yield markdown_table(table, lang)
        yield from [] if tornado is None else [f"![{plain_text(title)}](<{tornado.name}>)"]
    used = [assumption_text(found.settings, key, lang) for key in sector_assumptions(found)]
    if used:
        yield f"## {say(lang, 'maps.assumptions')}"
        yield _listed(used)
    yield plain_text(say(lang, "sheet.credit"))


def _listed(lines: Iterable[str]) -> str:
    return "\n".join(f"- {plain_text(line)}" for line in lines)
