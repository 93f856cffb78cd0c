"""Maps on paper: what stands on them, for whom, to what scale, and what can never stand there."""

from __future__ import annotations

import dataclasses
import itertools
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pypdf
import pytest
import shapely
from drawing import draw, load
from matplotlib.image import imread
from plans import town
from pyproj import Geod, Transformer

from reso_geo import CutRequest, Plan, PlanRequest, load_plan, make_plan, save_plan
from reso_geo.cli import main
from reso_geo.errors import UsageError
from reso_geo.i18n import say
from reso_geo.maps import overview_png, save_picture
from reso_geo.maps.print.canvas import Rect
from reso_geo.maps.print.label_placement import Taken, along, around
from reso_geo.maps.print.overview import overview_sheets
from reso_geo.maps.print.save import atlas_pages
from reso_geo.maps.print.scene import Scene, scene_of
from reso_geo.maps.print.text import plain, width_pt, wrapped

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from matplotlib.transforms import Bbox

    from reso_geo.maps.print.canvas import Canvas
    from reso_geo.settings import PatrolSettings

HOSTILE = (
    "{{7*191}}",
    "{% if 1 %}",
    "{#",
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "${alert(1)}",
    "`alert(1)`",
    "C:\\2019",
    "$\\frac{1}{0}$",
    "$unbalanced",
    "^_%#&~",
    "=HYPERLINK(1)",
)
UNSEEN = (
    "line\u2028break",
    "\u202eesrever\u2066",
    "nul\x00",
    "\u6771\u4eac",
    "\U0001f6b2",
    "\ud800",
)


@pytest.fixture(scope="module")
def plan(defaults: PatrolSettings) -> Plan:
    """Return three beats in two cities, with a school."""
    return town(defaults)


@pytest.fixture(scope="module")
def hostile(plan: Plan) -> Plan:
    """Return the same plan with hostile names wherever a name can stand."""
    names = itertools.cycle((*HOSTILE, *UNSEEN))
    network = dataclasses.replace(
        plan.network, name=np.array([next(names) for _ in range(len(plan.network))], dtype=object)
    )
    boundary = dataclasses.replace(plan.boundary, names=HOSTILE[:2])
    anchors = dataclasses.replace(plan.anchors, name=np.array([HOSTILE[6]], dtype=object))
    beats = tuple(
        dataclasses.replace(
            beat, name=HOSTILE[k + 8], city=UNSEEN[k], description_fr=" ".join(HOSTILE)
        )
        for k, beat in enumerate(plan.beats)
    )
    return dataclasses.replace(
        plan, network=network, boundary=boundary, anchors=anchors, beats=beats
    )


def many(plan: Plan, columns: int, rows: int) -> Plan:
    """Return a plan of many beats, some too small for their label, over the same streets."""
    west, south, east, north = shapely.total_bounds(list(plan.shapes))
    # Columns grow from left to right, so that those on the left are narrower than an id.
    x = west + (east - west) * np.linspace(0.0, 1.0, columns + 1) ** 2.5
    y = np.linspace(south, north, rows + 1)
    shapes = tuple(
        shapely.MultiPolygon([shapely.box(x[c], y[r], x[c + 1], y[r + 1])])
        for c in range(columns)
        for r in range(rows)
    )
    count = len(shapes)
    beats = tuple(
        dataclasses.replace(plan.beats[0], beat_id=f"BEAT-{k:02}", name=f"Number {k}")
        for k in range(count)
    )
    base = np.resize(plan.partition.base, count)
    partition = dataclasses.replace(
        plan.partition,
        beat_id=tuple(beat.beat_id for beat in beats),
        city=np.resize(plan.partition.city, count),
        posts=np.resize(plan.partition.posts, count),
        base=base,
        base_name=("",) * count,
    )
    drawn = dataclasses.replace(plan, beats=beats, shapes=shapes, partition=partition)
    # Their figures are taken as they stand: most have no street that could be measured.
    held = tuple(
        dataclasses.replace(beat, measured_with=key)
        for beat, key in zip(beats, drawn.beat_keys, strict=True)
    )
    return dataclasses.replace(drawn, beats=held)


def texts_of(sheets: Sequence[Canvas]) -> list[str]:
    """List every text on some sheets."""
    return [text.get_text() for sheet in sheets for text in sheet.ink.texts]


def boxes_of(sheet: Canvas, wanted: Sequence[str]) -> dict[str, Bbox]:
    """Measure texts as matplotlib draws them."""
    renderer = sheet.figure.canvas.get_renderer()  # type: ignore[attr-defined]
    return {
        text.get_text(): text.get_window_extent(renderer)
        for text in sheet.ink.texts
        if text.get_text() in wanted and text.get_fontweight() and text.get_ha() == "center"
    }


def pages_text(path: Path) -> str:
    """Read a PDF as who searches it."""
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(path).pages)


@pytest.mark.parametrize(("columns", "rows"), [(3, 1), (17, 1), (10, 6)])
def test_no_two_labels_of_the_overview_touch(plan: Plan, columns: int, rows: int) -> None:
    crowded = many(plan, columns, rows)
    (sheet,) = overview_sheets(scene_of(crowded, "fr", "internal"), on_one=True)
    ids = [beat.beat_id for beat in crowded.beats]
    boxes = boxes_of(sheet, ids)
    said = " ".join(texts_of([sheet]))
    assert len(boxes) > 0.7 * len(ids)
    assert all(found in said for found in ids)
    for one, other in itertools.combinations(boxes.values(), 2):
        assert not one.overlaps(other)
    west, south, east, north = sheet.figure.bbox.extents
    for box in boxes.values():
        assert west < box.x0 < box.x1 < east
        assert south < box.y0 < box.y1 < north


def test_label_without_room_inside_stands_beside_with_a_line() -> None:
    taken = Taken.within(Rect(0.0, 0.0, 200.0, 200.0))
    small = shapely.box(100.0, 100.0, 104.0, 104.0)
    spot = np.array([102.0, 102.0])
    inside = around(small, spot, (30.0, 12.0), Taken.within(Rect(0.0, 0.0, 200.0, 200.0)))
    assert inside is not None
    assert not inside.away
    other = shapely.box(108.0, 90.0, 140.0, 114.0)
    taken.take(other)
    beside = around(small, spot, (30.0, 12.0), taken)
    assert beside is not None
    assert beside.away
    assert not beside.box.intersects(other)
    line = shapely.LineString([(102.0, 102.0), (beside.x, beside.y)])
    assert not line.intersects(other)
    assert around(small, spot, (300.0, 12.0), taken) is None


def test_street_name_lies_along_its_street_and_reads_from_the_left() -> None:
    taken = Taken.within(Rect(0.0, 0.0, 200.0, 200.0))
    down = np.array([(150.0, 150.0), (50.0, 50.0)])
    placed = along(down, (60.0, 8.0), taken)
    assert placed is not None
    assert placed.angle == pytest.approx(-45.0)
    assert shapely.LineString(down).intersection(placed.box).length == pytest.approx(60.0)
    assert along(np.array([(10.0, 10.0), (20.0, 10.0)]), (60.0, 8.0), taken) is None


def test_bar_is_as_long_as_the_ground_and_north_is_up(defaults: PatrolSettings) -> None:
    network = load(draw("A---B\n|   |\nC---D", step_m=(250.0, 500.0)))
    plan = make_plan(network, settings=defaults, request=PlanRequest(CutRequest(officers=1)))
    (sheet,) = overview_sheets(scene_of(plan, "en", "internal"), on_one=True)
    axes = next(each for each in sheet.figure.axes if each is not sheet.ink)
    by_name = {chr(node): at for node, at in zip(network.node_id, network.node_xy, strict=True)}
    pixels = {name: axes.transData.transform(at) for name, at in by_name.items()}
    back = Transformer.from_crs(network.crs, "EPSG:4326", always_xy=True)
    a, b, c = (back.transform(*by_name[name]) for name in "ABC")
    ground_m = Geod(ellps="WGS84").inv(*a, *b)[2]
    drawn = np.hypot(*(pixels["A"] - pixels["B"]))
    (bar,) = (line for line in sheet.ink.lines if line.get_gid() == "scale")
    ends = sheet.ink.transData.transform(bar.get_xydata())
    assert "200\u00a0m" in texts_of([sheet])
    assert np.hypot(*(ends[1] - ends[0])) / 200.0 == pytest.approx(drawn / ground_m, rel=1e-4)
    assert a[1] > c[1]
    assert pixels["A"][1] > pixels["C"][1] + 50.0
    assert pixels["A"][0] == pytest.approx(pixels["C"][0], abs=5.0)


def test_names_stand_literally_in_the_pdf_whatever_they_hold(hostile: Plan, tmp_path: Path) -> None:
    save_picture(hostile, tmp_path / "atlas.pdf", "fr")
    found = pages_text(tmp_path / "atlas.pdf").replace("\n", " ")
    for name in (*HOSTILE[:2], *HOSTILE[6:7], *HOSTILE[8:11]):
        assert name in found
    assert "1337" not in found
    assert "\u202e" not in found
    drawn = texts_of(list(atlas_pages(hostile, "fr", "internal")))
    assert all(any(name in text for text in drawn) for name in HOSTILE)
    assert all(any(plain(name) in text for text in drawn) for name in UNSEEN)


def test_picture_of_hostile_names_is_drawn(hostile: Plan, tmp_path: Path) -> None:
    save_picture(hostile, tmp_path / "map.png", "fr")
    picture = imread(tmp_path / "map.png")
    assert picture.shape[:2] == (2200, 3400)
    assert picture[..., :3].std() > 0.05


def test_signs_that_cannot_be_shown_are_replaced_one_by_one() -> None:
    assert plain("line\u2028break\x00") == "line break"
    assert plain("\u202eab\u2066") == "\ufffdab\ufffd"
    assert plain("\u6771\u4eac") == "\ufffd\ufffd"
    assert plain("l'Anse à l'Œuvre") == "l'Anse à l'Œuvre"
    assert len(plain("x" * 10_000)) == 200


def test_lines_are_no_wider_than_their_room() -> None:
    lines = wrapped("one two three " + "x" * 80, 8.0, 60.0)
    assert lines[0] == "one two three"
    assert len(lines) == 2
    assert all(width_pt(line, 8.0) <= 60.0 for line in lines)
    assert lines[-1].endswith("\u2026")


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_public_sees_no_base_no_anchor_no_load(plan: Plan, lang: str) -> None:
    inner, outer = (list(atlas_pages(plan, lang, audience)) for audience in ("internal", "public"))
    load = say(lang, "maps.load")
    assert load in texts_of(inner)
    assert any("School" in text for text in texts_of(inner))
    assert say(lang, "maps.audience.public").upper() in texts_of(outer)
    assert say(lang, "maps.margin") in texts_of(inner)
    hidden = {load, *(say(lang, key) for key in ("maps.margin", "stills.legend.base", "maps.base"))}
    assert not hidden & {*texts_of(outer)}
    assert not any("School" in text for text in texts_of(outer))
    signs = [line.get_gid() for sheet in outer for line in sheet.ink.lines]
    assert "base" not in signs
    assert "anchor" not in signs
    assert "base" in [line.get_gid() for sheet in inner for line in sheet.ink.lines]


def test_every_page_says_for_whom_it_is_and_where_it_comes_from(plan: Plan) -> None:
    rough = dataclasses.replace(
        plan, boundary=dataclasses.replace(plan.boundary, kind="generalised")
    )
    for sheet in atlas_pages(rough, "fr", "restricted"):
        texts = texts_of([sheet])
        assert "DIFFUSION RESTREINTE" in texts
        assert any("contributeurs d'OpenStreetMap" in text for text in texts)
        assert any(text.startswith("Contours provisoires") for text in texts)


def test_a_page_for_each_beat_follows_the_overview_and_its_table(plan: Plan) -> None:
    crowded = many(plan, 10, 6)
    scene: Scene = scene_of(crowded, "en", "internal")
    on_pages = overview_sheets(scene, on_one=False)
    assert len(on_pages) == 2
    assert len(overview_sheets(scene, on_one=True)) == 1
    assert {beat.name for beat in crowded.beats} <= {*texts_of(on_pages[1:])}
    pages = list(atlas_pages(plan, "en", "internal"))
    assert len(pages) == 1 + len(plan.beats)
    for beat, page in zip(plan.beats, pages[1:], strict=True):
        assert any(beat.beat_id in text and beat.name in text for text in texts_of([page]))
        others = {other.beat_id for other in plan.beats} - {beat.beat_id}
        assert others & {*texts_of([page])}


def test_same_plan_gives_the_same_bytes_in_any_process(plan: Plan, tmp_path: Path) -> None:
    save_plan(plan, tmp_path / "plan.gpkg")
    code = (
        "import sys; from pathlib import Path\n"
        "from reso_geo import load_plan; from reso_geo.maps import save_picture\n"
        "plan = load_plan(Path(sys.argv[1]))\n"
        "for name in sys.argv[2:]: save_picture(plan, Path(name))"
    )
    written = []
    for folder in ("here", "there"):
        names = [tmp_path / folder / f"map{ending}" for ending in (".png", ".pdf")]
        if folder == "here":
            for name in names:
                save_picture(load_plan(tmp_path / "plan.gpkg"), name)
        else:
            subprocess.run(
                [sys.executable, "-c", code, str(tmp_path / "plan.gpkg"), *map(str, names)],
                check=True,
                env={**os.environ, "PYTHONHASHSEED": "1"},
            )
        written.append([name.read_bytes() for name in names])
    assert written[0] == written[1]
    about = pypdf.PdfReader(tmp_path / "there" / "map.pdf").metadata
    assert set(about or {}) == {"/Title"}
    assert all(str(tmp_path).encode() not in data for data in written[0])


def test_map_command_writes_pictures_and_refuses_other_endings(
    plan: Plan, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save_plan(plan, tmp_path / "plan.gpkg")
    with pytest.raises(SystemExit) as end:
        main(["map", str(tmp_path / "plan.gpkg"), "--out", str(tmp_path / "map.jpg")])
    assert end.value.code == 2
    assert "map.jpg" in capsys.readouterr().err
    with pytest.raises(SystemExit) as end:
        main(["map", str(tmp_path / "plan.gpkg"), "--out", str(tmp_path / "map.png")])
    assert end.value.code == 0
    assert (tmp_path / "map.png").read_bytes()[:4] == b"\x89PNG"


def test_picture_for_a_letter_is_small_and_says_for_whom(plan: Plan, tmp_path: Path) -> None:
    (tmp_path / "small.png").write_bytes(overview_png(plan, "en", "public"))
    height, width = imread(tmp_path / "small.png").shape[:2]
    assert width == 1430
    assert height < width
    with pytest.raises(UsageError):
        overview_png(plan, "en", "everyone")
