"""A plan as a table or a note for people, and as JSON for a program."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.assess import cadence_phrase, rule_phrase
from reso_geo.choices import check_choice
from reso_geo.demand import place_anchors
from reso_geo.errors import UsageError
from reso_geo.i18n import AUDIENCES, LANGUAGES, Phrase, say
from reso_geo.maps import overview_png
from reso_geo.output_files import day_drawn, output_file
from reso_geo.partition import held_neighbourhoods
from reso_geo.plan import (
    Plan,
    assumption_label,
    assumptions_of,
    audience_text,
    balance_figures,
    current_plan,
)
from reso_geo.records import kind_of, path_of
from reso_geo.report.markdown import markdown
from reso_geo.report.matters import plan_matters_picture
from reso_geo.report.note.content import plan_note
from reso_geo.report.note.write import note_bytes
from reso_geo.report.tables.beat_columns import BEAT, FIGURES, beat_columns, in_mode
from reso_geo.report.tables.csv_cells import write_csv
from reso_geo.report.tables.equity import equity_of
from reso_geo.report.tables.table import Column, table_of, values_of
from reso_geo.report.tables.xlsx import workbook
from reso_geo.travel import MODES

if TYPE_CHECKING:
    from os import PathLike
    from pathlib import Path

    from reso_geo.plan import Beat, ModeFigures

__all__ = ["check_report_target", "plan_report", "plan_summary"]

_IN_CSV = (
    "beat_id", "name", "description", "city", "district", "posts", "residents", "counts",
    "street_km", "load_s",
)  # fmt: skip
_FIGURES_IN_CSV = (
    ("pass_h", "pass_s"), ("deadhead_h", "deadhead_s"), ("gap_pct", "gap"), ("verdict", "word"),
    ("chance_pct", "chance"), ("reserve_pct", "reserve"), ("low_h", "low_s"), ("high_h", "high_s"),
    ("margin_pct", "margin"), ("to_measure", "to_measure"), ("every_weeks", "every_weeks"),
    ("cadence_share_pct", "cadence_share"),
    ("reasons", "reasons"),
)  # fmt: skip
_FIGURES_IN_JSON = (
    "pass_s", "deadhead_s", "lower_bound_s", "exact", "gap", "verdict", "chance", "reserve",
    "margin", "every_weeks", "low_s", "high_s", "cadence_share",
)  # fmt: skip
_ENDINGS = {"table": (".xlsx", ".csv", ".md"), "note": (".docx", ".pdf"), "matters": (".png",)}


def plan_report(
    plan: Plan,
    path: str | PathLike[str],
    lang: str = "fr",
    audience: str = "internal",
    *,
    kind: str | None = None,
    date: str | None = None,
) -> None:
    """Write the figures of a plan; the ending of the path says as what.

    Parameters
    ----------
    plan
        A complete plan.
    path
        The file to make or replace. ``.xlsx``: a workbook with a sheet for beats, verdicts,
        streets, posts per city, changes, assumptions and all about the plan. ``.md``: the same
        tables but for the streets. ``.csv``: a row a beat, UTF-8 with a mark, semicolons and
        decimal commas in French, commas and decimal points in English; text that a spreadsheet
        would take for a formula, a number or a date starts with an apostrophe. ``.docx`` or
        ``.pdf``: the note, one page for council. ``.png``: how far each assumption moves the
        number of beats with time enough. The same plan gives the same bytes.
    lang
        ``fr`` or ``en``.
    audience
        ``public`` (no loads, nothing about anchors, residents and calls under 10 masked),
        ``internal`` or ``restricted``; named in every file.
    kind
        ``table``, ``note`` or ``matters``; None takes it from the ending.
    date
        The day that it says it was drawn on; see `reso_geo.output_files.day_drawn`. CSV says none.

    Raises
    ------
    UsageError
        When the path ends otherwise, the audience or the kind is not known, or the date is none.
    OutputError
        When the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from reso_geo import load_network, make_plan, read_boundary
    >>> from reso_geo.atomic_files import data_file
    >>> boundary = read_boundary(str(data_file("sample/sector.geojson")))
    >>> network = load_network(data_file("sample/sample.osm.pbf"), boundary)
    >>> plan = make_plan(network, officers=2)
    >>> path = Path(tempfile.mkdtemp()) / "beats.xlsx"
    >>> plan_report(plan, path, "en")
    >>> path.read_bytes()[:2]
    b'PK'
    """
    plan, path = kind_of("plan", plan, Plan, "plan"), path_of(path)
    ending = path.suffix.lower()
    check_report_target(path, kind)
    check_choice(audience, AUDIENCES)
    check_choice(lang, LANGUAGES)
    plan = current_plan(plan)
    if ending == ".csv":
        _write_csv(plan, path, lang, audience)
        return
    day = day_drawn(date)
    with output_file(path) as aside:  # openpyxl needs room on the disk before there is a file
        aside.write_bytes(_content(plan, ending, lang, audience, day))


def check_report_target(path: Path, kind: str | None = None) -> None:
    """Refuse an ending that a plan, or what is asked of it, is not written with.

    Parameters
    ----------
    path
        The file to write.
    kind
        ``table``, ``note``, ``matters``, or None for what the ending says.

    Raises
    ------
    UsageError
        Before anything is worked out.
    """
    if kind not in (None, *_ENDINGS):
        raise UsageError(Phrase("report.unknown_what", {"kind": kind}))
    known = sum(_ENDINGS.values(), ()) if kind is None else _ENDINGS[kind]
    if path.suffix.lower() not in known:
        key = "report.not_note" if kind == "note" else "report.not_report"
        raise UsageError(Phrase(key, {"path": path}))


def _content(plan: Plan, ending: str, lang: str, audience: str, drawn: str) -> bytes:
    if ending == ".xlsx":
        return workbook(plan, lang, audience, drawn)
    if ending == ".md":
        return markdown(plan, lang, audience, drawn).encode()
    if ending == ".png":
        return plan_matters_picture(plan, lang, audience)
    note = plan_note(plan, overview_png(plan, lang, audience), lang, audience, drawn)
    return note_bytes(note, ending)


def _write_csv(plan: Plan, path: Path, lang: str, audience: str) -> None:
    state = "; ".join(say(lang, f"report.{each}") for each in plan.unsettled)
    names = "; ".join(assumption_label(key, lang) for key in assumptions_of(plan))
    district_s = {each.district: each.load_s for each in plan.districts}
    columns: list[Column[Beat]] = [
        *beat_columns(_IN_CSV, audience),
        BEAT["border_named"].within("column.border_named_pct", lambda beat: beat),
        Column(
            "column.district_load_h",
            lambda beat: district_s.get(beat.district),
            "hours",
            inside=True,
        ),
        *(
            in_mode(mode, figure, f"column.{mode}_{name}")
            for mode in MODES
            for name, figure in _FIGURES_IN_CSV
        ),
        Column("column.state", lambda _: state),
        Column("column.assumptions", lambda _: names, inside=True),
        Column("column.audience", lambda _: audience_text(audience, lang)),
    ]
    write_csv(table_of("", columns, plan.beats, audience), path, lang)


def plan_summary(plan: Plan, path: str, lang: str = "fr") -> dict[str, object]:
    """Return a plan's figures in the JSON of the contract.

    Parameters
    ----------
    plan
        A complete plan.
    path
        Where the plan was written.
    lang
        Language of the sentences; keys and codes are the same in all.

    Returns
    -------
    dict
        Seconds, kilometres, codes; ready for ``json.dumps``.
    """
    plan = current_plan(plan)
    return {
        "plan": path,
        "officers": plan.request.cut.officers,
        **values_of(plan.request, "mode", "season"),
        **values_of(plan, "created", "draft", "provisional"),
        "coverage": plan.request.coverage,
        "unserved": {
            "segments": int(plan.unserved.sum()),
            "km": plan.waiting_km,
            "residents": plan.waiting_residents,
        },
        "equity": [asdict(each) for each in equity_of(plan)],
        "near_line": plan.network.segment_id[plan.near_line].tolist(),
        "on_limit": plan.network.segment_id[plan.on_limit].tolist(),
        "anchors": _anchors_summary(plan),
        "counts_weeks": plan.counts_weeks,
        "required_km": plan.network.required_km,
        "beats": [
            {**beat, **{mode: _figures_summary(each.figures(mode)) for mode in MODES}}
            for each, beat in zip(
                plan.beats, table_of("", list(BEAT.values()), plan.beats).records(), strict=True
            )
        ],
        "enough": [asdict(each) for each in plan.enough],
        "odds": {
            **asdict(plan.settings.odds),
            "rule": rule_phrase(plan.settings).say(lang),
            "cadence": cadence_phrase(plan.settings).say(lang),
        },
        "districts": [asdict(each) for each in plan.districts],
        "balance": {
            **balance_figures(plan),
            "why": [phrase.say(lang) for phrase in plan.balance_why],
        },
        "dropped": [
            {
                "class": dropped.highway,
                "km": dropped.km,
                "why": dropped.why,
                "reason": say(lang, f"dropped.{dropped.why}"),
                "travelled": dropped.travelled,
            }
            for dropped in plan.network.dropped
        ],
        "neighbourhoods": [
            {"name": each.name, "whole": each.whole, "beats": each.share}
            for each in held_neighbourhoods(plan.network, plan.partition, plan.load.total_s)
        ],
        "joined": plan.annexed_ids,
        "assumptions": list(assumptions_of(plan)),
        "warnings": [phrase.say(lang) for phrase in plan.warnings],
    }


def _anchors_summary(plan: Plan) -> dict[str, object]:
    """Return how far the anchors are from their streets, and how many are too far from any."""
    placed = place_anchors(plan.network, plan.anchors)
    away_m = placed.distance_m[placed.index >= 0]
    return {
        "placed": len(away_m),
        "far": len(plan.anchors) - len(away_m),
        "median_m": float(np.median(away_m)) if len(away_m) else None,
        "worst_m": float(away_m.max()) if len(away_m) else None,
    }


def _figures_summary(figures: ModeFigures) -> dict[str, object]:
    (told,) = table_of("", [FIGURES[key] for key in _FIGURES_IN_JSON], [figures]).records()
    return {
        **told,
        "to_measure": figures.to_measure or None,
        "reasons": list(figures.reasons),
        "set_aside": [asdict(part) for part in figures.set_aside],
    }
