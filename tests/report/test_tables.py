"""One table for every writer: what a column holds is shown in its unit, to those who may see it."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from reso_geo.cli.console import Output
from reso_geo.i18n import Phrase
from reso_geo.report import Column, table_of
from reso_geo.report.tables.beat_columns import FIGURES
from reso_geo.report.tables.csv_cells import write_csv
from reso_geo.report.tables.markdown import markdown_table

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Row:
    """What a row tells of."""

    name: str
    load_s: float
    share: float | None
    people: int
    verdict: str


ROWS = (Row("A|B", 5400.0, 0.256, 7, "yes"), Row("", math.inf, None, 1200, "no"))
COLUMNS: tuple[Column[Row], ...] = (
    Column("column.name", "name", "name", empty="change.unnamed"),
    Column("column.load_h", "load_s", "hours", inside=True),
    Column("office.column.share", "share", "share"),
    Column("column.residents", "people", "people", json="residents"),
    Column(Phrase("office.column.verdict"), "verdict", words="verdict"),
    Column("", lambda row: len(row.name), json="signs"),
)


def test_json_keeps_seconds_shares_and_codes_and_has_nothing_for_what_is_not_known() -> None:
    first, second = table_of("", COLUMNS, ROWS).records()
    assert first == {
        "name": "A|B",
        "load_s": 5400.0,
        "share": 0.256,
        "residents": 7,
        "verdict": "yes",
        "signs": 3,
    }
    assert (second["name"], second["load_s"], second["share"]) == (None, None, None)


def test_a_spreadsheet_gets_hours_per_cent_and_words(tmp_path: Path) -> None:
    write_csv(table_of("", COLUMNS, ROWS), tmp_path / "t.csv", "fr")
    lines = (tmp_path / "t.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines[1:] == ["A|B;1,50;25,60;7;temps suffisant", "(sans nom);;;1200;temps insuffisant"]


@pytest.mark.parametrize(
    ("lang", "row"),
    [
        ("fr", r"| A\|B | 1,5 | 26 % | 7 | temps suffisant |"),
        ("en", r"| A\|B | 1.5 | 26 % | 7 | enough time |"),
    ],
)
def test_markdown_has_figures_on_the_right_and_no_name_breaks_it(lang: str, row: str) -> None:
    lines = markdown_table(table_of("", COLUMNS, ROWS).for_people, lang).splitlines()
    assert lines[1] == "| --- | ---: | ---: | ---: | --- |"
    assert lines[2].replace("\u00a0", " ") == row


def test_the_public_sees_no_column_of_the_inside_and_no_small_count() -> None:
    table = table_of("", COLUMNS, ROWS, "public")
    assert "load_s" not in table.records()[0]
    assert [record["residents"] for record in table.records()] == ["<10", 1200]
    assert all(column.inside for column in FIGURES.values())


def test_a_terminal_gets_hours_and_minutes_and_a_dash_for_nothing() -> None:
    out = io.StringIO()
    Output("en", as_json=False, quiet=False, out=out).table(table_of("", COLUMNS, ROWS))
    head, first, second = out.getvalue().splitlines()
    assert head.split()[-1] == "Verdict"
    assert first.replace("\u00a0", "").split() == ["A|B", "1h30min", "26", "7", "enough", "time"]
    assert second.removeprefix("(no name)").split()[:3] == ["-", "-", "1,200"]


def test_headings_wrap_where_there_is_little_room_and_no_figure_is_cut() -> None:
    wide = Phrase("frontier.reachable")
    columns = [Column(wide, "share", "percent") for _ in range(9)]
    out = io.StringIO()
    Output("fr", as_json=False, quiet=False, out=out).table(table_of("", columns, ROWS[:1]))
    assert len(out.getvalue().splitlines()) > 2
    assert out.getvalue().splitlines()[-1].split() == ["25,6"] * 9
