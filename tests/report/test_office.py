"""Workbook, Markdown and note: what they say, to whom, and that names stay names."""

from __future__ import annotations

import csv
import html
import io
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING

import docx
import openpyxl
import pytest
from hostile import HOSTILE, hostile_plan
from markdown_it import MarkdownIt
from plans import town
from pypdf import PdfReader

from reso_geo import Plan, RebalanceRequest, plan_report, read_edited_plan, save_plan
from reso_geo.errors import OutputError, UsageError
from reso_geo.growth import rebalance_plan
from reso_geo.partition import sainte_lague
from reso_geo.plan import shown_total
from reso_geo.report.note.content import plan_note
from reso_geo.report.note.docx import note_docx
from reso_geo.report.note.pdf import SIZES_PT, fit
from reso_geo.report.plain import plain_text
from reso_geo.report.tables.csv_cells import visible
from reso_geo.report.tables.plan_change import change_of
from reso_geo.report.tables.seat_quotients import seats_of

if TYPE_CHECKING:
    from pathlib import Path

    from reso_geo.growth import RebalancedPlan
    from reso_geo.report.note.parts import Note
    from reso_geo.settings import PatrolSettings

ENDINGS = (".xlsx", ".csv", ".md", ".docx", ".pdf")
SHEETS = [
    "Secteurs", "Verdicts", "Rues", "Postes par ville", "Équité entre villes", "Hypothèses",
    "À propos",
]  # fmt: skip
MADE, DRAWN = "2024-05-06", "2026-09-21"
"""The day of the plan, and the day on which every paper here is drawn."""


@pytest.fixture(scope="module")
def plan(defaults: PatrolSettings) -> Plan:
    """Return three beats in two cities, with residents."""
    return town(defaults)


@pytest.fixture(scope="module")
def grown(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> RebalancedPlan:
    """Return the plan that four posts make of it."""
    path = tmp_path_factory.mktemp("office") / "plan.gpkg"
    save_plan(plan, path)
    return rebalance_plan(read_edited_plan(path), RebalanceRequest(officers=4))


@pytest.fixture(scope="module")
def hostile(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return all reports of a plan with hostile names."""
    folder = tmp_path_factory.mktemp("hostile")
    bad = hostile_plan(plan)
    for ending in ENDINGS:
        plan_report(bad, folder / f"r{ending}", "fr")
    return {ending: (folder / f"r{ending}").read_bytes() for ending in ENDINGS}


def written(plan: Plan, folder: Path, ending: str, audience: str = "internal") -> Path:
    path = folder / f"report{ending}"
    plan_report(plan, path, "fr", audience, date=DRAWN)
    return path


def pages(pdf: bytes) -> int:
    return len(PdfReader(io.BytesIO(pdf)).pages)


def text_of_pdf(pdf: bytes) -> str:
    """Read what a reader selects and searches: the font's own table from glyphs to letters."""
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def text_of_docx(data: bytes) -> str:
    """Read all runs of a document, in tables too."""
    parts = zipfile.ZipFile(io.BytesIO(data))
    xml = "".join(
        parts.read(f"word/{name}.xml").decode() for name in ("document", "header1", "footer1")
    )
    found = re.findall(r"<w:t(?: [^>]*)?>([^<]*)</w:t>", xml)
    text = "\n".join(found)
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def rows_of(book: openpyxl.Workbook, name: str) -> list[dict[str, object]]:
    """Read a sheet by the first line of its headings, to the first blank row."""
    sheet = book[name]
    heads = [str(cell.value).split("\n")[0] for cell in sheet[2]]
    rows = []
    for row in sheet.iter_rows(min_row=3, values_only=True):
        if row[0] is None:
            break
        rows.append(dict(zip(heads, row, strict=True)))
    return rows


def test_the_workbook_has_a_sheet_a_subject_with_frozen_filtered_headings_in_both_languages(
    plan: Plan, tmp_path: Path
) -> None:
    book = openpyxl.load_workbook(written(plan, tmp_path, ".xlsx"))
    assert book.sheetnames == SHEETS
    for sheet in book:
        assert sheet.freeze_panes == "B3"
        assert sheet.auto_filter.ref.startswith("A2:")
        assert sheet.print_title_rows == "$1:$2"
        assert (sheet.page_setup.orientation, sheet.page_setup.fitToWidth) == ("landscape", 1)
        assert "Usage interne" in sheet["A1"].value
        assert sheet.oddHeader.right.text == "Usage interne"
        assert sheet.column_dimensions["A"].width > 10
    beats = book["Secteurs"]
    assert beats["A2"].value == "Secteur\nBeat"
    assert [cell.value for cell in beats["A"][2:5]] == [beat.beat_id for beat in plan.beats]
    km = next(cell for cell in beats[2] if cell.value.startswith("Rues (km)")).column
    assert beats.cell(3, km).value == pytest.approx(plan.beats[0].street_km)
    assert beats.cell(3, km).number_format == "#,##0.0"


def test_kilometres_of_the_streets_of_a_beat_sum_to_those_of_the_beat(
    plan: Plan, tmp_path: Path
) -> None:
    rows = rows_of(openpyxl.load_workbook(written(plan, tmp_path, ".xlsx")), "Rues")
    for beat in plan.beats:
        own = [float(str(row["Rues (km)"])) for row in rows if row["Secteur"] == beat.beat_id]
        assert sum(own) == pytest.approx(beat.street_km)
        assert own == sorted(own, reverse=True)


def test_seats_can_be_worked_out_again_from_the_figures_that_stand_there(
    plan: Plan, tmp_path: Path
) -> None:
    rows = rows_of(openpyxl.load_workbook(written(plan, tmp_path, ".xlsx")), "Postes par ville")
    loads = [float(str(row["Charge (h/semaine)"])) for row in rows]
    rule = [int(str(row["Postes selon la règle"])) for row in rows]
    assert rule == sainte_lague(loads, 3)
    assert sum(float(str(row["Part exacte (postes)"])) for row in rows) == pytest.approx(3.0)
    last = "Charge ÷ (2 n \u2212 1), dernier poste obtenu (h)"
    further = "Charge ÷ (2 n + 1), poste suivant (h)"
    for row, load, posts in zip(rows, loads, rule, strict=True):
        assert row[last] == pytest.approx(load / (2 * posts - 1))
    won = [float(str(row[last])) for row, posts in zip(rows, rule, strict=True) if posts > 1]
    assert min(won) >= max(float(str(row[further])) for row in rows)
    seats = seats_of(plan)
    assert seats is not None
    assert seats.last is not None
    assert seats.last.winner.last_s == pytest.approx(min(won) * 3600.0)


def test_the_same_plan_gives_the_same_bytes_and_nothing_of_the_machine(
    plan: Plan, tmp_path: Path
) -> None:
    for ending in ENDINGS:
        first = written(plan, tmp_path, ending).read_bytes()
        assert written(plan, tmp_path, ending).read_bytes() == first
        whole = first
        if ending in (".xlsx", ".docx"):
            parts = zipfile.ZipFile(io.BytesIO(first))
            assert {info.date_time for info in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
            core = parts.read("docProps/core.xml").decode()
            assert "<dc:creator>reso_geo</dc:creator>" in core
            assert set(re.findall(r"\d{4}-\d\d-\d\dT", core)) == {f"{DRAWN}T"}
            whole = b"".join(parts.read(name) for name in parts.namelist())
        assert str(tmp_path).encode() not in whole
        assert b"python-docx" not in whole


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("audience", ["public", "internal"])
def test_the_note_is_one_page_in_the_largest_size_that_fits(
    plan: Plan, tmp_path: Path, lang: str, audience: str
) -> None:
    path = tmp_path / "note.pdf"
    plan_report(plan, path, lang, audience, kind="note")
    assert pages(path.read_bytes()) == 1


def test_a_note_with_too_much_to_say_leaves_out_its_last_lines(plan: Plan) -> None:
    note = plan_note(plan, picture(), "fr", "internal")
    long = replace(
        note,
        lead=("Une phrase qui se répète. " * 20,) * 2,
        sections=(("Limites", tuple(f"Ligne {n} " + "mot " * 60 for n in range(24))),),
    )
    fitted = fit(long)
    assert pages(fitted.pdf) == 1
    assert fitted.size_pt == SIZES_PT[-1]
    assert 0 < len(fitted.note.sections[0][1]) < 24
    assert fit(note).note == note


def picture() -> bytes:
    from PIL import Image  # noqa: PLC0415 - only here

    stream = io.BytesIO()
    Image.new("RGB", (650, 460), "white").save(stream, "png")
    return stream.getvalue()


def test_the_word_note_is_one_page(hostile: dict[str, bytes], tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("needs LibreOffice")
    (tmp_path / "note.docx").write_bytes(hostile[".docx"])
    subprocess.run(
        [office, "--headless", f"-env:UserInstallation=file://{tmp_path}/lo", "--convert-to",
         "pdf", "--outdir", str(tmp_path), str(tmp_path / "note.docx")],
        check=True, capture_output=True,
    )  # fmt: skip
    assert (tmp_path / "note.pdf").read_bytes().count(b"/Type/Page/") == 1


def test_the_word_note_has_headings_alternative_text_and_its_classification(
    plan: Plan, tmp_path: Path
) -> None:
    path = written(plan, tmp_path, ".docx")
    document = docx.Document(str(path))
    styles = [paragraph.style.name for paragraph in document.paragraphs if paragraph.style]
    assert styles.count("Title") == 1
    assert styles.count("Heading 1") == 2
    xml = zipfile.ZipFile(path).read("word/document.xml").decode()
    alt = re.search(r'<wp:docPr[^>]*descr="([^"]*)"', xml)
    assert alt is not None
    assert all(beat.beat_id in alt[1] for beat in plan.beats)
    head = document.sections[0].header.paragraphs[0].text
    assert head == f"USAGE INTERNE\tNOTE \u2013 plan du {MADE} \u2013 dessiné le {DRAWN}"
    assert "OpenStreetMap" in document.sections[0].footer.paragraphs[0].text


def note_text(note: Note) -> str:
    return " ".join((*note.lead, *(line for _, lines in note.sections for line in lines)))


def test_the_note_of_a_plan_from_another_says_what_kept_its_post_and_who_is_new(
    plan: Plan, grown: RebalancedPlan
) -> None:
    change = change_of(grown.plan)
    assert change is not None
    assert change.kept_share == pytest.approx(grown.continuity.load_share, abs=1e-9)
    (new,) = change.new
    note = plan_note(grown.plan, picture(), "fr", "internal")
    assert note.title == "Ce qui change dans les secteurs de patrouille"
    assert f"Nouveaux secteurs\u00a0: {new.beat_id} ({new.city}, pris à" in note.lead[0]
    assert change_of(plan) is None
    assert plan_note(plan, picture(), "fr", "internal").title == "3 secteurs de patrouille"


def test_beats_that_are_no_more_are_named_with_their_heirs(
    grown: RebalancedPlan, tmp_path: Path
) -> None:
    save_plan(grown.plan, tmp_path / "four.gpkg")
    edited = read_edited_plan(tmp_path / "four.gpkg")
    fewer = rebalance_plan(edited, RebalanceRequest(officers=3)).plan
    change = change_of(fewer)
    assert change is not None
    ((name, heirs),) = change.gone
    assert name not in {beat.beat_id for beat in fewer.beats}
    text = plan_note(fewer, picture(), "fr", "internal").lead[0]
    assert f"{name} (repris par {', '.join(heir.beat_id for heir in heirs)})" in text
    book = openpyxl.load_workbook(written(fewer, tmp_path, ".xlsx"))
    rows = rows_of(book, "Changements")
    assert {str(row["Secteur"]) for row in rows if row["Changement"] == "retiré"} == {name}
    own = {str(row["Secteur"]) for row in rows if row["Changement"] != "retiré"}
    assert own == {beat.beat_id for beat in fewer.beats}


def test_the_public_is_told_no_load_and_no_count_under_ten_nor_a_sum_that_gives_one_away(
    plan: Plan, tmp_path: Path
) -> None:
    first, *others = plan.beats
    known = replace(plan, beats=(replace(first, residents=7), *others))
    book = openpyxl.load_workbook(written(known, tmp_path, ".xlsx", "public"))
    rows = rows_of(book, "Secteurs")
    assert rows[0]["Résidents"] == "<10"
    assert "Charge (h/semaine)" not in rows[0]
    assert not {"Verdicts", "Réglages"} & set(book.sheetnames)
    cities = rows_of(book, "Postes par ville")
    assert set(cities[0]) <= {
        "Ville", "Secteurs", "Rues (km)", "Résidents", "Postes", "Postes selon la règle"
    }  # fmt: skip
    assert all(row.get("Résidents") is None for row in cities if row["Ville"] == first.city)
    for audience, told in (("public", False), ("internal", True)):
        note = plan_note(known, picture(), "fr", audience)
        assert ("personnes y habitent" in note_text(note)) == told
        assert ("h\u00a0÷" in note_text(note)) == told
        assert ("de la moyenne" in note_text(note)) == told
    assert shown_total([7, 30], "public") is None
    assert shown_total([10, 30], "public") == 40
    assert shown_total([None, 30], "internal") is None


def test_hostile_names_stand_literally_in_the_workbook(hostile: dict[str, bytes]) -> None:
    book = openpyxl.load_workbook(io.BytesIO(hostile[".xlsx"]))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s", "n"}
    assert all(not isinstance(c.value, str) or c.number_format == "@" for c in cells)
    texts = {cell.value for cell in cells}
    assert {visible(name) for name in HOSTILE} <= texts
    other = openpyxl.load_workbook(io.BytesIO(hostile[".xlsx"]), data_only=True)
    assert {c.value for s in other for row in s.iter_rows() for c in row} == texts


def test_hostile_names_stand_literally_in_the_table_for_spreadsheets(
    hostile: dict[str, bytes],
) -> None:
    stream = io.StringIO(hostile[".csv"].decode("utf-8-sig"), newline="")
    rows = list(csv.DictReader(stream, delimiter=";"))
    assert rows[0]["Nom"] == HOSTILE[0]
    for row in rows:
        for cell in row.values():
            assert not re.match(r"[=+@\t\r\n\uff1d]|-\D|-\d+\D*\+", cell)


def test_hostile_names_are_rendered_literally_from_markdown(hostile: dict[str, bytes]) -> None:
    reader = MarkdownIt("commonmark", {"html": True}).enable("table")
    for name in HOSTILE:
        (row,) = re.findall("<td>(.*)</td>", reader.render(f"| a |\n| - |\n| {plain_text(name)} |"))
        assert html.unescape(row).split() == visible(name).split()
    tokens = reader.parse(hostile[".md"].decode())
    kinds = {child.type for token in tokens for child in token.children or []}
    assert kinds <= {"text", "text_special", "strong_open", "strong_close"}
    assert not any(token.type.startswith("html") for token in tokens)


def test_hostile_names_stand_literally_in_the_notes(plan: Plan, hostile: dict[str, bytes]) -> None:
    lead = tuple(" ; ".join(HOSTILE[k : k + 3]) for k in range(0, len(HOSTILE), 3))
    note = replace(plan_note(plan, picture(), "fr", "internal"), lead=lead)
    in_pdf, in_word = " ".join(text_of_pdf(fit(note).pdf).split()), text_of_docx(note_docx(note))
    for name in HOSTILE:
        assert visible(name) in in_word
        # The font has no wide signs, and says so.
        assert " ".join(visible(name).split()).replace("\uff1d", "\ufffd") in in_pdf
    for name in HOSTILE[6:8]:
        assert name in text_of_docx(hostile[".docx"])
        assert name in text_of_pdf(hostile[".pdf"])


def test_a_note_with_too_many_lines_before_its_picture_leaves_out_the_last(plan: Plan) -> None:
    lead = tuple(f"Ligne {number}" for number in range(90))
    fitted = fit(replace(plan_note(plan, picture(), "fr", "internal"), lead=lead))
    assert len(PdfReader(io.BytesIO(fitted.pdf)).pages) == 1
    assert 1 < len(fitted.note.lead) < len(lead)
    assert fitted.note.lead == lead[: len(fitted.note.lead)]


def test_nothing_computes_what_a_name_says(hostile: dict[str, bytes]) -> None:
    for ending, data in hostile.items():
        texts = [data]
        if ending in (".xlsx", ".docx"):
            parts = zipfile.ZipFile(io.BytesIO(data))
            texts = [parts.read(name) for name in parts.namelist() if name.endswith(".xml")]
            assert not any(b"<f>" in text or b"instrText" in text for text in texts)
        if ending != ".pdf":
            assert not any(b"1337" in text for text in texts)
        else:
            assert b"/URI" not in data
            assert b"/JS" not in data


def test_text_of_the_pdf_can_be_selected_with_its_accents(hostile: dict[str, bytes]) -> None:
    text = text_of_pdf(hostile[".pdf"]).replace("\r\n", " ")
    assert "Hypothèses sans source publiée" in text
    assert visible(HOSTILE[6]) in text
    assert "1337" not in text


def test_another_ending_kind_or_place_is_refused_before_anything_is_written(
    plan: Plan, tmp_path: Path
) -> None:
    for name, kind, words in (
        ("a.xls", None, r"\.xlsx"),
        ("a.docx", "table", r"\.xlsx"),
        ("a.xlsx", "note", r"\.docx"),
        ("a.pdf", "letter", "letter"),
    ):
        with pytest.raises(UsageError, match=words):
            plan_report(plan, tmp_path / name, "fr", "internal", kind=kind)
    with pytest.raises(UsageError, match="everybody"):
        plan_report(plan, tmp_path / "a.pdf", "fr", "everybody")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match=r"a\.pdf"):
        plan_report(plan, tmp_path / "file" / "a.pdf")
