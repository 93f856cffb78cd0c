"""The public reads whose streets are whose, and no figure of how a beat is judged."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import openpyxl
import pytest
from grids import grid_plan

from reso_geo import plan_report
from reso_geo.i18n import LANGUAGES, duration, say
from reso_geo.maps.print.save import atlas_pages
from reso_geo.maps.web.payload import Showing, content
from reso_geo.report.note.content import plan_note

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from reso_geo import Plan
    from reso_geo.settings import PatrolSettings

WORDS = {
    "fr": (
        "verdict",
        "fréquence",
        "charge",
        "passage",
        "marge",
        "suffisant",
        "incertain",
        "chances",
        "calcul",
        "semaine",
    ),
    "en": (
        "verdict",
        "cadence",
        "load",
        "pass ",
        "margin",
        "enough",
        "uncertain",
        "chance",
        "computation",
        "week",
    ),
}
"""Words that stand beside such figures."""


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory, defaults: PatrolSettings) -> Plan:
    plan = grid_plan(tmp_path_factory.mktemp("grid"), defaults)
    return replace(plan, beats=(replace(plan.beats[0], residents=1200), *plan.beats[1:]))


def _outputs(plan: Plan, folder: Path, lang: str, audience: str) -> Mapping[str, str]:
    """Write out every output as text."""
    texts = {}
    for ending in ("csv", "md", "xlsx"):
        path = folder / f"plan.{ending}"
        plan_report(plan, path, lang, audience)
        if ending == "xlsx":
            book = openpyxl.load_workbook(path)
            cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
            texts[ending] = "\n".join(str(c.value) for c in cells if c.value is not None)
            texts[ending] += "\n".join(book.sheetnames)
        else:
            texts[ending] = path.read_text(encoding="utf-8-sig")
    note = plan_note(plan, b"", lang, audience)
    texts["note"] = repr(replace(note, picture=None))
    sheets = list(atlas_pages(plan, lang, audience))
    texts["atlas"] = "\n".join(t.get_text() for sheet in sheets for t in sheet.ink.texts)
    texts["page"] = json.dumps(content([plan], Showing(lang, audience)), ensure_ascii=False)
    return texts


def _figures(plan: Plan, lang: str) -> set[str]:
    """List the times of beats as they are written."""
    seconds = [beat.load_s for beat in plan.beats]
    for beat in plan.beats:
        seconds += [beat.foot.pass_s or 0.0, beat.bike.pass_s or 0.0]
    return {duration(lang, each) for each in seconds}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_public_output_judges_a_beat(plan: Plan, tmp_path: Path, lang: str) -> None:
    judged = {say(lang, f"verdict.{code}") for code in ("yes", "no")} | _figures(plan, lang)
    inside, outside = (_outputs(plan, tmp_path, lang, who) for who in ("internal", "public"))
    for name, text in outside.items():
        found = [word for word in (*WORDS[lang], *judged) if word in text.lower()]
        assert found == [], name
        assert not re.search(r"(?<!page )\b\d+ (sur|of) \d+\b", text.lower()), name
        # The same search does find them where they may stand.
        assert any(word in inside[name].lower() for word in WORDS[lang]), name


def test_the_public_page_is_a_list_of_beats_and_streets(plan: Plan) -> None:
    page = content([plan], Showing(audience="public"))
    (state,) = page["states"]
    assert len(state["beats"]) == len(plan.beats)
    assert all(beat["km"] and beat["facts"] for beat in state["beats"])
    assert page["modes"] == page["seasons"] == []
