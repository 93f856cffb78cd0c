"""The one-page note about one sector."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reso_geo.i18n import say
from reso_geo.plan import audience_text, sector_assumptions
from reso_geo.report.note.content import assumptions_line, source_line
from reso_geo.report.note.parts import Note, NoteTable, Picture, clipped
from reso_geo.report.sector.sentences import (
    VERDICT_COLUMNS,
    answer,
    judged_by,
    sections,
    sector_facts,
    verdict_row,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reso_geo.assess import Assessment

__all__ = ["sector_note"]

_SHORT, _LONG = ("case", "verdict"), ("case", "needed", "available", "reserve", "weeks", "pass")
_TOLD = ("sheet.why", "sheet.fixes")
_MOST_LINES = 4


def sector_note(found: Assessment, lang: str) -> Note:
    """Describe on one page whether a sector can be covered, why, and what would help.

    It tells of the base and of loads, and so is for internal use.

    Parameters
    ----------
    found
        From `reso_geo.assess`.
    lang
        ``fr`` or ``en``.

    Returns
    -------
    Note
        With the picture of the sector.
    """
    sector, source = found.sector, found.sector.network.source
    area = clipped(sector.name, 80)
    return Note(
        lang=lang,
        date=source.timestamp[:10],
        days=(source.timestamp[:10],) if source.timestamp else (),
        marks=(audience_text("internal", lang),),
        title=say(lang, "note.sector_title", {"area": area}),
        place="",
        lead=(
            answer(found).say(lang),
            " ".join(phrase.say(lang) for phrase in sector_facts(found)),
        ),
        picture=Picture(_picture(found, lang), say(lang, "note.sector_picture", {"area": area})),
        beside=_table(found, lang, "office.sheet.verdicts", _SHORT),
        below=_table(found, lang, "note.figures", _LONG),
        sections=tuple(_sections(found, lang)),
        source=source_line(sector.network, lang),
    )


def _picture(found: Assessment, lang: str) -> bytes:
    from reso_geo.maps.print.sector_picture import sector_picture  # noqa: PLC0415 - loads matplotlib

    return sector_picture(found, lang)


def _table(found: Assessment, lang: str, title: str, columns: Sequence[str]) -> NoteTable:
    at = [VERDICT_COLUMNS.index(name) for name in columns]
    rows = [verdict_row(judgement) for judgement in found.judgements.values()]
    heads = tuple(say(lang, f"sheet.column.{name}") for name in columns)
    cells = tuple(tuple(row[k].say(lang) for k in at) for row in rows)
    words = tuple(place for place, name in enumerate(columns) if name in _SHORT)
    return NoteTable(say(lang, title), heads, cells, words=words)


def _sections(found: Assessment, lang: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    said = dict(sections(found))
    for key in _TOLD:
        lines = [clipped(phrase.say(lang)) for phrase in said.get(key, [])]
        more = len(lines) - _MOST_LINES
        if more > 0:
            lines = [*lines[:_MOST_LINES], say(lang, "office.more", {"count": more})]
        if lines:
            yield say(lang, key), tuple(lines)
    named = assumptions_line(found.settings, sector_assumptions(found), lang)
    notes = len(found.warnings)
    others = [say(lang, "note.more_sector", {"count": notes})] if notes else []
    judged = (phrase.say(lang) for phrase in judged_by(found))
    yield say(lang, "note.limits"), (*judged, *named, *others)
