"""The plan's GeoPackage: the contract's columns, the same bytes, nothing lost on the way back."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
from drawing import load
from plans import town, town_streets

from reso_geo import CutRequest, Plan, PlanRequest, load_plan, make_plan, save_plan
from reso_geo.districting.params import CutParams
from reso_geo.errors import OutputError, PlanError
from reso_geo.plan_file.digests import digests_of

if TYPE_CHECKING:
    from pathlib import Path

    from reso_geo.settings import PatrolSettings

COLUMNS = {
    "segments": "segment_id u v length_m highway name city required twin_of beat_id foot_s"
    " foot_patrol_s bike_forward_s bike_backward_s cadence street_load_s lanes"
    " crossed geometry",
    "junctions": "node_id geometry",
    "beats": "beat_id name city district posts residents street_km load_s foot_pass_s"
    " foot_deadhead_s foot_bound_s foot_verdict foot_margin foot_reasons bike_pass_s"
    " bike_deadhead_s bike_bound_s bike_verdict bike_margin bike_reasons locked description_fr"
    " description_en border_named geometry",
    "bases": "beat_id geometry",
    "anchors": "name kind geometry",
    "boundaries": "name kind geometry",
    "barriers": "kind name geometry",
    "land": "kind name geometry",
    "places": "kind name geometry",
    "posts": "post_id beat_id since retired",
    "plan_info": "key value",
    "lineage": "beat_id parent_beat_id load_share step",
}


@pytest.fixture(scope="session")
def saved(sample_plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("plan") / "plan.gpkg"
    save_plan(sample_plan, path)
    return path


@pytest.mark.parametrize("layer", COLUMNS)
def test_each_layer_opens_with_the_columns_of_the_contract(saved: Path, layer: str) -> None:
    table = gpd.read_file(saved, layer=layer)
    assert set(COLUMNS[layer].split()) <= set(table.columns)
    assert len(table) > 0
    if "geometry" in table:
        assert table.crs.is_projected
        assert table.crs.axis_info[0].unit_name == "metre"


def test_plan_info_says_all_that_is_needed_to_recompute(saved: Path) -> None:
    table = gpd.read_file(saved, layer="plan_info")
    info = dict(zip(table["key"], table["value"], strict=True))
    assert {"schema", "version", "created", "mode", "season", "seed", "settings"} <= set(info)
    source = json.loads(info["inputs"])[0]
    assert len(source["sha256"]) == 64
    assert source["timestamp"].startswith("2026-06-01")
    assert json.loads(info["settings"])["foot_patrol_kmh"]["central"] == 4.0
    layers = (gpd.read_file(saved, layer=name) for name in ("segments", "beats", "anchors"))
    digests = digests_of(*layers)
    assert set(digests) == {"segments", "beats", "figures", "anchors"}
    assert {name: info[f"{name}_sha256"] for name in digests} == digests


def test_two_runs_with_the_same_seed_write_the_same_bytes(
    defaults: PatrolSettings, tmp_path: Path
) -> None:
    """On drawn streets; `tests/osm_files/test_clip.py` does so for a city of the sample."""
    for name in ("one", "two"):
        save_plan(town(defaults), tmp_path / f"{name}.gpkg")
    first, second = (
        hashlib.sha256((tmp_path / f"{name}.gpkg").read_bytes()).hexdigest()
        for name in ("one", "two")
    )
    assert first == second


def test_a_plan_keeps_the_figures_of_its_search_where_they_are_not_the_usual_ones(
    defaults: PatrolSettings, tmp_path: Path
) -> None:
    usual = town(defaults)
    cut = dataclasses.replace(usual.request.cut, params=CutParams.from_toml("balance.near = 0.4"))
    own = dataclasses.replace(usual, request=dataclasses.replace(usual.request, cut=cut))
    for plan, said in ((usual, False), (own, True)):
        path = tmp_path / f"{said}.gpkg"
        save_plan(plan, path)
        assert load_plan(path).request.cut == plan.request.cut
        with closing(sqlite3.connect(path)) as file:
            ((kept,),) = file.execute("SELECT value FROM plan_info WHERE key = 'request'")
        assert ("params" in json.loads(kept)) == said


def test_a_plan_comes_back_as_it_was_saved(sample_plan: Plan, saved: Path) -> None:
    back = load_plan(saved)
    assert back.beats == sample_plan.beats
    assert back.settings == sample_plan.settings
    assert back.request.cut == sample_plan.request.cut
    assert back.warnings == sample_plan.warnings
    assert back.balance == sample_plan.balance
    assert back.boundary.names == sample_plan.boundary.names
    for field in dataclasses.fields(sample_plan.network):
        one, two = (getattr(plan.network, field.name) for plan in (sample_plan, back))
        if field.name == "area":
            # Only the rules that choose what is to cover ask of which square a street is.
            assert two is None
            continue
        if isinstance(one, np.ndarray):
            same = np.array_equal(one, two, equal_nan=one.dtype.kind == "f")
        else:
            same = one == two
        assert same, field.name
    assert np.array_equal(back.partition.beat_of, sample_plan.partition.beat_of)
    assert np.array_equal(back.partition.base, sample_plan.partition.base)
    assert np.allclose(back.load.total_s, sample_plan.load.total_s)
    assert all(a.equals(b) for a, b in zip(back.shapes, sample_plan.shapes, strict=True))


def test_qgis_styles_travel_in_the_file(saved: Path) -> None:
    with closing(sqlite3.connect(saved)) as base:
        rows = base.execute(
            "SELECT f_table_name, styleName, styleQML, useAsDefault FROM layer_styles"
        ).fetchall()
    assert {name for name, _, _, _ in rows} == {"beats", "segments", "barriers", "land"}
    for name, title, text, default in rows:
        style = ET.fromstring(text)  # noqa: S314 - our own file
        assert default == (title == "reso_geo")
        if title == "reso_geo_verdict":
            labels = [each.get("label") for each in style.findall(".//category")]
            assert labels == ["✔ temps suffisant", "≈ incertain", "✘ temps insuffisant"]
            continue
        if name == "beats":
            assert "foot_verdict" in style.find(".//text-style").get("fieldName")
        if name == "barriers":
            assert style.find(".//category[@value='railway']").get("label") == "voie ferrée"
            assert style.find(".//alias[@field='kind']").get("name") == "Genre"
            continue
        if name == "land":
            assert style.find(".//category[@value='water']").get("label") == "eau"
            continue
        assert style.find(".//category").get("value") == "VDE-01"
        assert style.find(".//alias[@field='beat_id']").get("name") == "Secteur"


def test_layers_with_a_geometry_have_the_type_that_the_contract_names(saved: Path) -> None:
    types = {str(name): kind for name, kind in pyogrio.list_layers(saved)}
    assert types["segments"] == types["barriers"] == "LineString"
    assert types["beats"] == types["boundaries"] == types["land"] == "MultiPolygon"
    assert types["junctions"] == types["bases"] == types["anchors"] == types["places"] == "Point"


def test_a_failed_write_leaves_the_old_file_whole(
    sample_plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "plan.gpkg"
    save_plan(sample_plan, path)
    before = path.read_bytes()

    def full_disk(*_: object) -> None:
        message = "No space left on device"
        raise OSError(28, message)

    monkeypatch.setattr("os.fsync", full_disk)
    with pytest.raises(OutputError, match=r"plan\.gpkg"):
        save_plan(sample_plan, path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["plan.gpkg"]


def _sql(path: Path, statement: str) -> None:
    """Run a statement as a tool without spatial functions can: without the index triggers."""
    with closing(sqlite3.connect(path)) as base, base:
        triggers = base.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in triggers:
            base.execute(f'DROP TRIGGER "{name}"')
        base.execute(statement)


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda p: p.unlink(), "cannot be read"),
        (lambda p: p.write_bytes(b""), "not a GeoPackage"),
        (lambda p: p.write_text("<html>404</html>"), "not a GeoPackage"),
        (lambda p: p.write_bytes(p.read_bytes()[:20_000]), "plan.gpkg"),
        (lambda p: _sql(p, "DROP TABLE plan_info"), "plan.gpkg"),
        (lambda p: _sql(p, "UPDATE plan_info SET value = '99' WHERE key = 'schema'"), "format 99"),
        (lambda p: _sql(p, "UPDATE plan_info SET value = '1' WHERE key = 'schema'"), "plan again"),
        (lambda p: _sql(p, "UPDATE plan_info SET value = '{' WHERE key = 'settings'"), "plan"),
        (lambda p: _sql(p, "UPDATE segments SET beat_id = 'NOPE' WHERE fid = 1"), "by hand"),
        (lambda p: _sql(p, "UPDATE beats SET posts = 0 WHERE fid = 1"), "(figures)"),
        (lambda p: _sql(p, "UPDATE beats SET foot_verdict = 'maybe' WHERE fid = 1"), "(figures)"),
        (lambda p: _sql(p, "UPDATE beats SET beat_id = NULL WHERE fid = 1"), "beats"),
        (lambda p: _sql(p, "UPDATE anchors SET minutes = 5 WHERE fid = 1"), "(anchors)"),
        (lambda p: _sql(p, "UPDATE segments SET u = -5 WHERE fid = 1"), "junction"),
        (lambda p: _sql(p, "DELETE FROM bases WHERE fid = 1"), "plan.gpkg"),
    ],
)
def test_a_damaged_plan_is_refused_in_one_line(
    saved: Path, tmp_path: Path, damage: object, says: str
) -> None:
    path = tmp_path / "plan.gpkg"
    path.write_bytes(saved.read_bytes())
    damage(path)  # type: ignore[operator]
    with pytest.raises(PlanError) as error:
        load_plan(path)
    assert says in str(error.value)
    assert "\n" not in str(error.value)


def test_a_file_of_another_kind_is_no_plan(tmp_path: Path) -> None:
    path = tmp_path / "other.gpkg"
    gpd.GeoDataFrame({"a": [1]}, geometry=gpd.points_from_xy([0], [0]), crs="EPSG:32188").to_file(
        path, layer="x"
    )
    with pytest.raises(PlanError, match="Its layers"):
        load_plan(path)


def test_posts_of_a_shared_beat_are_listed_one_by_one(
    defaults: PatrolSettings, tmp_path: Path
) -> None:
    request = PlanRequest(CutRequest(10, officers_per_beat=2))
    plan = make_plan(load(town_streets()), settings=defaults, request=request)
    save_plan(plan, tmp_path / "two.gpkg")
    posts = gpd.read_file(tmp_path / "two.gpkg", layer="posts")
    assert len(posts) == 10
    assert posts["post_id"].is_unique
    assert (posts.groupby("beat_id").size() == 2).all()
