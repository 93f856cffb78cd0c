"""The one-page note: what it says about a plan, in words and one picture, as PDF or for Word."""

from __future__ import annotations

from functools import reduce
from statistics import median
from typing import TYPE_CHECKING

from reso_geo.assess import VERDICTS, cadence_phrase, rule_phrase
from reso_geo.i18n import Phrase, decimal, listed, say
from reso_geo.maps.beat_facts import cadence_text
from reso_geo.plan import (
    assumption_text,
    assumptions_of,
    balance_phrase,
    sees_inside,
    shown_notes,
    shown_total,
    waiting_phrase,
)
from reso_geo.report.note.parts import Note, NoteTable, Picture, clipped
from reso_geo.report.tables.plan_change import change_of
from reso_geo.report.tables.plan_tables import plan_marks
from reso_geo.report.tables.seat_quotients import seats_of, seats_sentences
from reso_geo.travel import MODES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reso_geo.network import StreetNetwork
    from reso_geo.plan import Beat, Plan
    from reso_geo.report.tables.plan_change import Change
    from reso_geo.report.tables.seat_quotients import CitySeats
    from reso_geo.settings import PatrolSettings

__all__ = ["assumptions_line", "plan_note", "source_line"]

_MOST_CITIES, _MOST_BEATS, _MOST_NAMES, _MOST_NOTES = 9, 12, 6, 3
_HOUR_S = 3600.0
_FOR_COUNCIL = ("boundary.", "plan.set_aside", "plan.why", "rebalance.", "settings.", "travel.")
"""What the notes of a plan begin with that tell council something; the others name segments."""


def plan_note(plan: Plan, picture: bytes, lang: str, audience: str, drawn: str = "") -> Note:
    """Describe on one page what a plan proposes, or what it changes.

    Parameters
    ----------
    plan
        A complete plan.
    picture
        A map of it, as PNG.
    lang
        ``fr`` or ``en``.
    audience
        One of `reso_geo.i18n.AUDIENCES`.
    drawn
        The day that it says it was drawn on; empty for none.

    Returns
    -------
    Note
        For council.
    """
    change = change_of(plan)
    count = len(plan.beats)
    new = say(lang, "note.new_title_one" if count == 1 else "note.new_title", {"beats": count})
    ids = {"beats": count, "ids": listed((beat.beat_id for beat in plan.beats), 60)}
    return Note(
        lang=lang,
        date=drawn,
        days=tuple(_days(lang, plan.created, drawn)),
        marks=tuple(plan_marks(plan, lang, audience)),
        title=new if change is None else say(lang, "note.change_title"),
        place=clipped(listed(plan.boundary.names), 120),
        lead=tuple(_lead(plan, change, lang, audience)),
        picture=Picture(picture, say(lang, "note.picture", ids)),
        beside=_verdicts(plan, lang) if sees_inside(audience) else _posts(plan, lang),
        below=_seats(plan, lang, audience),
        sections=tuple(_sections(plan, lang, audience)),
        source=source_line(plan.network, lang),
    )


def source_line(network: StreetNetwork, lang: str) -> str:
    """Describe where streets come from, with their credit.

    Parameters
    ----------
    network
        The streets.
    lang
        ``fr`` or ``en``.

    Returns
    -------
    str
        One line.
    """
    name, date = clipped(network.source.name, 60), network.source.timestamp[:10]
    values = {"name": name, "date": date, "credit": say(lang, "maps.credit")}
    return say(lang, "note.source" if date else "note.source_undated", values)


def _days(lang: str, made: str, drawn: str) -> Iterator[str]:
    """Yield in words the day of the plan and the one it is drawn on, where known."""
    days = (("maps.made_on", made), ("maps.drawn_on", drawn))
    yield from (say(lang, key, {"date": day[:10]}) for key, day in days if day)


def _lead(plan: Plan, change: Change | None, lang: str, audience: str) -> Iterator[str]:
    if change is not None:
        yield " ".join(phrase.say(lang) for phrase in _changed(change, lang, audience))
    posts, km = (sum(getattr(b, name) for b in plan.beats) for name in ("posts", "street_km"))
    values = {
        "km": decimal(lang, km, 0),
        "beats": _beats(plan),
        "posts": Phrase("note.post_one" if posts == 1 else "note.posts", {"posts": posts}),
        "mode": Phrase(f"maps.mode.{plan.request.mode}"),
        "season": Phrase(f"maps.season.{plan.request.season}"),
    }
    partial = plan.unserved.any()
    said = [Phrase("note.proposal_partial" if partial else "note.proposal", values)]
    if (residents := shown_total((b.residents for b in plan.beats), audience)) is not None:
        shown = residents if isinstance(residents, str) else decimal(lang, residents, 0)
        said += [Phrase("note.residents", {"residents": shown})]
    waits = waiting_phrase(plan, audience)
    said += [] if waits is None else [Phrase("plan.sentence", {"text": waits})]
    if sees_inside(audience):
        said.append(balance_phrase(plan))
    yield " ".join(phrase.say(lang) for phrase in said)


def _beats(plan: Plan) -> Phrase:
    """Return how many beats there are, and whether each is connected."""
    if (count := len(plan.beats)) == 1:
        return Phrase("note.beat_one")
    whole = not any(len(parts) for parts in plan.partition.annexed.values())
    return Phrase("note.beats_whole" if whole else "note.beats_apart", {"beats": count})


def _changed(change: Change, lang: str, audience: str) -> Iterator[Phrase]:
    """Write what keeps its post, who is new and who has left."""
    if sees_inside(audience):
        yield Phrase("note.kept", {"share": decimal(lang, 100.0 * change.kept_share, 0)})
    origins = {beat.beat_id: rows for beat, rows in change.origins}
    if change.new:
        told = []
        for beat in change.new:
            parents = listed(
                (row.parent_beat_id or say(lang, "office.nobody") for row in origins[beat.beat_id]),
                3,
            )
            values = {"beat": beat.beat_id, "city": clipped(beat.city, 40), "origins": parents}
            key = "note.new_beat" if beat.city else "note.new_beat_anywhere"
            told.append(say(lang, key, values))
        yield Phrase("note.new_beats", {"beats": listed(told, _MOST_NAMES)})
    if change.gone:
        told = [
            say(
                lang,
                "note.gone_beat",
                {"beat": name, "heirs": listed((heir.beat_id for heir in heirs), 4)},
            )
            for name, heirs in change.gone
        ]
        yield Phrase("note.gone_beats", {"beats": listed(told, _MOST_NAMES)})
    if not change.new and not change.gone:
        yield Phrase("note.same_beats")


def _verdicts(plan: Plan, lang: str) -> NoteTable:
    """Count the beats by verdict, a column a mode."""
    columns, words = [], (*VERDICTS, "measure")
    for mode in MODES:
        judged = [beat.figures(mode).word for beat in plan.beats]
        weeks = [beat.figures(mode).every_weeks for beat in plan.beats]
        known = [week for week in weeks if week is not None]
        columns.append(
            (
                *(str(judged.count(word)) for word in words),
                cadence_text(float(median(known)), lang) if len(known) == len(weeks) else "\u2013",
            )
        )
    heads = (say(lang, "note.column.verdict"), *(say(lang, f"maps.{mode}") for mode in MODES))
    names = [say(lang, f"note.column.{name}") for name in (*words, "weeks")]
    return NoteTable(say(lang, "note.verdicts"), heads, tuple(zip(names, *columns, strict=True)))


def _posts(plan: Plan, lang: str) -> NoteTable:
    """List the beats with their posts and kilometres, as many as there is room for."""
    heads = ("column.beat_id", "column.name", "column.street_km")
    shown = plan.beats[:_MOST_BEATS]
    rows = [
        (beat.beat_id, clipped(beat.name, 32), decimal(lang, beat.street_km, 0)) for beat in shown
    ]
    more = len(plan.beats) - len(shown)
    if more:
        rows.append(("", say(lang, "office.more", {"count": more}), ""))
    return NoteTable(
        say(lang, "office.sheet.beats"), tuple(say(lang, key) for key in heads), tuple(rows)
    )


def _seats(plan: Plan, lang: str, audience: str) -> NoteTable | None:
    """Return the posts of each city, with the figures that the rule works on."""
    found = seats_of(plan)
    if found is None:
        return None
    inside, total = sees_inside(audience), say(lang, "note.total")
    shown = {
        "residents": any(beat.residents is not None for beat in plan.beats),
        "load": inside,
        "exact": inside,
        "by_rule": found.how != "rule",
    }

    def cells(
        name: str, cities: Sequence[CitySeats], beats: Sequence[Beat], exact: str = ""
    ) -> dict[str, str]:
        """Write a row: of one city, or the sums of all."""
        people = shown_total((beat.residents for beat in beats), audience)
        return {
            "city": name,
            "km": decimal(lang, sum(beat.street_km for beat in beats), 0),
            "residents": _count(people, lang),
            "load": decimal(lang, sum(city.load_s for city in cities) / _HOUR_S, 0),
            "exact": exact,
            "by_rule": str(sum(city.by_rule for city in cities)),
            "posts": str(sum(city.posts for city in cities)),
        }

    few, more = found.cities[:_MOST_CITIES], len(found.cities) - _MOST_CITIES
    rows = [
        cells(clipped(city.city, 40), [city], city.beats, decimal(lang, city.exact, 2))
        for city in few
    ]
    rows += [{"city": say(lang, "office.more", {"count": more})}] if more > 0 else []
    rows.append(cells(total, found.cities, plan.beats))
    names = [name for name in rows[0] if shown.get(name, True)]
    heads = tuple(say(lang, f"note.column.{name}") for name in names)
    texts = tuple(tuple(row.get(name, "") for name in names) for row in rows)
    return NoteTable(say(lang, "note.seats"), heads, texts, total)


def _count(count: int | str | None, lang: str) -> str:
    if count is None:
        return "\u2013"
    return count if isinstance(count, str) else decimal(lang, count, 0)


def _sections(plan: Plan, lang: str, audience: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    seats = seats_of(plan)
    if seats is not None and len(seats.cities) > 1 and sees_inside(audience):
        yield say(lang, "note.how"), seats_sentences(seats, lang)
    told = shown_notes(plan, audience)
    shown = [clipped(note.say(lang)) for note in told if note.key.startswith(_FOR_COUNCIL)]
    more = len(told) - len(shown[:_MOST_NOTES])
    judged: tuple[str, ...] = ()
    if sees_inside(audience):
        rules = (each(plan.settings).say(lang) for each in (cadence_phrase, rule_phrase))
        judged = (*rules, *assumptions_line(plan.settings, assumptions_of(plan), lang))
    yield (
        say(lang, "note.limits"),
        (
            *judged,
            say(lang, "note.calls"),
            *(say(lang, f"maps.{each}") for each in plan.unsettled),
            *shown[:_MOST_NOTES],
            *([say(lang, "note.more_notes", {"count": more})] if more else []),
        ),
    )


def assumptions_line(settings: PatrolSettings, keys: Sequence[str], lang: str) -> tuple[str, ...]:
    """List the first assumptions without a source, with their figures, on one line.

    Parameters
    ----------
    settings
        All assumptions.
    keys
        As in the settings file.
    lang
        ``fr`` or ``en``.

    Returns
    -------
    tuple of str
        Empty for no assumption.
    """
    if not keys:
        return ()
    names = [assumption_text(settings, key, lang) for key in keys[:_MOST_NAMES]]
    if len(keys) > _MOST_NAMES:
        names.append(say(lang, "office.more", {"count": len(keys) - _MOST_NAMES}))
    line = reduce(
        lambda first, then: say(lang, "office.then", {"first": first, "then": then}), names
    )
    return (say(lang, "note.assumptions", {"names": line}),)
