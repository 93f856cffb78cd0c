"""What a planner added to a plan's file survives a check, and files are read in any mode."""

from __future__ import annotations

import io
import shutil
import sqlite3
import zipfile
from contextlib import closing
from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
from plan_edits import EAST, SOUTH, WEST
from plans import assign, column, editing, rewrite, segments_of, sql, town

from reso_geo import check_plan, load_plan, save_plan
from reso_geo.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    from reso_geo.settings import PatrolSettings


@pytest.fixture(scope="module")
def saved(defaults: PatrolSettings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("town") / "plan.gpkg"
    save_plan(town(defaults), path)
    return path


@pytest.fixture
def copy(saved: Path, tmp_path: Path) -> Path:
    path = tmp_path / "plan.gpkg"
    shutil.copy(saved, path)
    return path


def run(*words: str | Path) -> int:
    with pytest.raises(SystemExit) as stop:
        main([str(word) for word in words])
    return int(stop.value.code or 0)


def project(path: Path) -> str:
    """Make a QGIS project as QGIS keeps it: a zipped file as hexadecimal digits."""
    text = (
        "<qgis><maplayer><datasource>./plan.gpkg|layername=beats</datasource></maplayer>"
        f'<layer-tree-layer source="{path}|layername=segments"/>'
        "<datasource>./autre_plan.gpkg|layername=beats</datasource></qgis>"
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("plan.qgs", text)
    return packed.getvalue().hex()


def add_everything(path: Path) -> None:
    sql(
        path,
        "CREATE TABLE qgis_projects (name TEXT PRIMARY KEY, metadata BLOB, content BLOB)",
        "INSERT INTO qgis_projects VALUES ('Autre', '{}', x'00ff')",
        "CREATE TABLE suivi (id INTEGER PRIMARY KEY, note TEXT, vu DATE)",
        "INSERT INTO suivi VALUES (7, 'rappeler', '2025-06-01')",
        "CREATE INDEX par_note ON suivi (note)",
        "CREATE VIEW grands AS SELECT beat_id, street_km FROM beats WHERE street_km > 1",
        "CREATE VIEW perdu AS SELECT ancien FROM segments",
        "ALTER TABLE segments ADD COLUMN vu BOOLEAN",
        "ALTER TABLE segments ADD COLUMN photo BLOB",
        "UPDATE segments SET vu = 1, photo = x'0102' WHERE fid = 3",
        'ALTER TABLE beats ADD COLUMN "chef d\'équipe" TEXT',
        "UPDATE beats SET \"chef d'équipe\" = 'A' WHERE beat_id = 'EAS-01'",
        "ALTER TABLE bases ADD COLUMN clef TEXT",
        "UPDATE bases SET clef = 'poste 4' WHERE beat_id = 'WES-01'",
        "CREATE TRIGGER note AFTER UPDATE ON suivi BEGIN SELECT 1; END",
        "UPDATE layer_styles SET styleQML = '<qgis mine=\"1\"/>', update_time = '2026-02-03'"
        " WHERE f_table_name = 'beats' AND styleName = 'reso_geo'",
    )
    with editing(path) as base:
        base.execute("INSERT INTO qgis_projects VALUES ('Demo', '{}', ?)", (project(path),))
    spots = gpd.GeoDataFrame(
        {"texte": ["parc", "quai"]}, geometry=gpd.points_from_xy([9, 10], [9, 11]), crs=32632
    )
    spots.to_file(path, layer="croquis", driver="GPKG")


def test_all_that_was_added_is_in_the_new_file(
    copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add_everything(copy)
    sql(copy, "UPDATE beats SET beat_id = 'Est' WHERE beat_id = 'EAS-01'")
    assign(copy, SOUTH, segments_of(copy, WEST)[0])
    out = tmp_path / "neuf" / "v2.gpkg"
    assert run("check", copy, "--repair", "--out", out, "--lang", "en") == 0
    said = capsys.readouterr().out
    assert "Additions kept" in said
    assert "no longer fit the new plan, left out: perdu." in said
    assert column(out, "SELECT name FROM qgis_projects ORDER BY name") == ["Autre", "Demo"]
    assert column(out, "SELECT content FROM qgis_projects WHERE name = 'Autre'") == [b"\x00\xff"]
    (content,) = column(out, "SELECT content FROM qgis_projects WHERE name = 'Demo'")
    with zipfile.ZipFile(io.BytesIO(bytes.fromhex(str(content)))) as archive:
        text = archive.read("plan.qgs").decode()
    assert text.count("./v2.gpkg|layername=") == 2
    assert "./autre_plan.gpkg|" in text
    assert column(out, "SELECT note || vu FROM suivi WHERE id = 7") == ["rappeler2025-06-01"]
    assert column(out, "SELECT count(*) FROM grands")
    kept = "SELECT name FROM sqlite_master WHERE name IN ('par_note', 'note', 'perdu', 'grands')"
    assert sorted(map(str, column(out, kept))) == ["grands", "note", "par_note"]
    (seen,) = column(copy, "SELECT segment_id FROM segments WHERE fid = 3")
    assert column(out, "SELECT segment_id FROM segments WHERE vu") == [seen]
    assert column(out, "SELECT photo FROM segments WHERE photo NOT NULL") == [b"\x01\x02"]
    types = column(out, "SELECT type FROM pragma_table_info('segments') WHERE name = 'vu'")
    assert types == ["BOOLEAN"]
    assert column(out, "SELECT beat_id FROM beats WHERE \"chef d'équipe\" = 'A'") == ["Est"]
    assert column(out, "SELECT beat_id FROM bases WHERE clef = 'poste 4'") == [WEST]
    spots = gpd.read_file(out, layer="croquis", bbox=(8.5, 8.5, 9.5, 9.5))
    assert spots["texte"].tolist() == ["parc"]
    assert spots.crs == "EPSG:32632"
    mine = column(out, "SELECT styleQML FROM layer_styles WHERE f_table_name = 'beats'")
    assert '<qgis mine="1"/>' in mine
    assert len(column(out, "SELECT 1 FROM layer_styles WHERE styleName = 'reso_geo'")) == 4
    assert load_plan(out).beats
    again = check_plan(out)
    assert again.valid
    assert not again.edited.changed


def test_a_column_that_geopandas_added_survives(copy: Path, tmp_path: Path) -> None:
    rewrite(copy, "segments", lambda table: table.assign(largeur=table["length_m"] / 10.0))
    out = tmp_path / "new.gpkg"
    assert run("check", copy, "--repair", "--out", out, "--quiet") == 0
    table = gpd.read_file(out, layer="segments")
    assert table["largeur"].tolist() == pytest.approx((table["length_m"] / 10.0).tolist())


def test_a_copy_that_is_no_plan_yet_leads_its_project_to_itself(copy: Path, tmp_path: Path) -> None:
    add_everything(copy)
    assign(copy, "NOPE", segments_of(copy, WEST)[0])
    out = tmp_path / "v2.gpkg"
    assert run("check", copy, "--out", out, "--quiet") == 1
    (content,) = column(out, "SELECT content FROM qgis_projects WHERE name = 'Demo'")
    with zipfile.ZipFile(io.BytesIO(bytes.fromhex(str(content)))) as archive:
        assert "./v2.gpkg|layername=beats" in archive.read("plan.qgs").decode()


def logged(path: Path) -> sqlite3.Connection:
    """Edit a plan in write-ahead mode, and leave the edit in the log."""
    base = sqlite3.connect(path)
    for name in ("ST_IsEmpty", "ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"):
        base.create_function(name, 1, lambda shape: int(shape is None))
    base.execute("PRAGMA journal_mode = WAL")
    base.execute("PRAGMA wal_autocheckpoint = 0")
    with base:
        base.execute("UPDATE beats SET name = 'Vieux-Port' WHERE beat_id = 'EAS-01'")
    return base


def test_a_log_is_read_with_a_live_writer_and_without_one(copy: Path, tmp_path: Path) -> None:
    with closing(logged(copy)) as writer:
        assert [e.kind for e in check_plan(copy).edited.edits] == ["name_edited"]
        with writer:
            writer.execute("UPDATE beats SET district = 'D9' WHERE beat_id = 'EAS-01'")
            assert [e.kind for e in check_plan(copy).edited.edits] == ["name_edited"]
        left = tmp_path / "parti"
        left.mkdir()
        for ending in ("", "-wal"):
            shutil.copy(f"{copy}{ending}", left / f"plan.gpkg{ending}")
    before = {each.name: each.read_bytes() for each in left.iterdir()}
    edits = check_plan(left / "plan.gpkg").edited.edits
    assert sorted(edit.kind for edit in edits) == ["district_edited", "name_edited"]
    assert {each.name: each.read_bytes() for each in left.iterdir()} == before


def test_a_closed_file_in_write_ahead_mode_is_read_and_nothing_is_left_beside_it(
    copy: Path, tmp_path: Path
) -> None:
    logged(copy).close()
    copy.chmod(0o444)
    folder = copy.parent
    folder.chmod(0o555)
    try:
        before = sorted(each.name for each in folder.iterdir())
        assert [e.kind for e in check_plan(copy).edited.edits] == ["name_edited"]
        assert sorted(each.name for each in folder.iterdir()) == before
    finally:
        folder.chmod(0o755)
    assert tmp_path.is_dir()


def test_a_moved_base_is_put_back_with_a_hint(
    copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def moved(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        table.loc[table["beat_id"] == EAST, "geometry"] = table.geometry.translate(40.0, 0.0)
        return table

    rewrite(copy, "bases", moved)
    assert run("check", copy, "--lang", "en") == 0
    said = capsys.readouterr().out
    assert "Base moved, put back: EAS-01." in said
    assert "--bases" in said
    assert run("check", copy, "--lang", "fr") == 0
    assert "Base déplacée, remise en place : EAS-01." in capsys.readouterr().out


def test_valid_comes_with_balance_and_verdicts_in_both_languages(
    copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sql(copy, "UPDATE beats SET posts = 2 WHERE beat_id = 'EAS-01'")
    for lang, words in (
        ("en", ("Valid plan", "within each city:", "over the whole plan:", "Verdicts on foot:")),
        ("fr", ("Plan valide", "dans chaque ville :", "sur tout le plan :", "Verdicts à vélo :")),
    ):
        assert run("check", copy, "--lang", lang) == 0
        said = capsys.readouterr().out
        assert [word for word in words if word not in said] == []


def test_streets_are_told_by_name_with_their_ids(
    copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second, third, *_ = segments_of(copy, WEST)
    with editing(copy) as base:
        names = [("Rue [Haute]", first), (None, second)]
        base.executemany("UPDATE segments SET name = ? WHERE segment_id = ?", names)
    assign(copy, None, first, second)
    assert run("check", copy, "--lang", "fr") == 1
    said = capsys.readouterr().out
    assert f"Rue [Haute] [{first}]" in said
    assert f"sans nom [{second}]" in said
    assign(copy, WEST, second)
    assert run("check", copy, "--lang", "en", "--repair") == 0
    assert f"given to WES-01 (Rue [Haute] [{first}])" in capsys.readouterr().out
    assert third


def test_a_geopackage_that_is_no_plan_lists_its_layers_with_their_kinds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "ville.gpkg"
    points = gpd.GeoDataFrame({"n": [1]}, geometry=gpd.points_from_xy([9], [9]), crs=32188)
    points.to_file(path, layer="bornes", driver="GPKG")
    points.assign(geometry=points.buffer(5.0)).to_file(path, layer="villes", driver="GPKG")
    sql(
        path,
        "CREATE TABLE notes (id INTEGER PRIMARY KEY)",
        "INSERT INTO gpkg_contents (table_name, data_type) VALUES ('notes', 'attributes')",
    )
    for command in ("check", "plan"):
        out = [] if command == "check" else ["--out", tmp_path / "out"]
        more = ["--officers", "2"] if command == "plan" else []
        assert run(command, path, *more, *out, "--lang", "en") == 2
        said = "bornes (points), notes (table without geometry), villes (polygons)"
        assert said in capsys.readouterr().err
    assert run("check", path, "--lang", "fr") == 2
    assert "villes (polygones)" in capsys.readouterr().err
