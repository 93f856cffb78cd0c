"""Folders and file names that users have: each works, and nothing is left elsewhere."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
import shapely

from reso_geo import load_network
from reso_geo.atomic_files import plain_file
from reso_geo.cli import main

if TYPE_CHECKING:
    from pathlib import Path

LONG = "a" * 200
NAMES = [
    "avec espace/été #1/50%20 off/pourquoi?", "a&b+c/!urgent/a!b/l'été", "[2025]/livraison.zip/x",
    "x.tar.gz/CON/fin./e\u0301te\u0301", LONG, "x;y/file:x/a|b",
    'new\nline/"cité"/<b>&amp;', "*/vsizip", "a\\b/{b}", "-tiret/x",
]  # fmt: skip


def run(*words: str | Path) -> int:
    with pytest.raises(SystemExit) as stop:
        main([str(word) for word in words])
    return int(stop.value.code or 0)


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write four streets by four, as XML, and the town around them, as a GeoPackage."""
    folder = tmp_path_factory.mktemp("sources")
    side, apart = 4, 0.001
    nodes = "".join(
        f'<node id="{1 + row * side + at}" version="1" lat="{46.0 + row * apart}"'
        f' lon="{-72.0 + at * apart}"/>'
        for row in range(side)
        for at in range(side)
    )
    node = '<nd ref="{}"/>'.format
    lines = [[1 + row * side + at for at in range(side)] for row in range(side)]
    lines += [[1 + row * side + at for row in range(side)] for at in range(side)]
    ways = "".join(
        f'<way id="{number}" version="1">{"".join(map(node, line))}'
        f'<tag k="highway" v="residential"/><tag k="name" v="Rue {number}"/></way>'
        for number, line in enumerate(lines, 1)
    )
    (folder / "rues.osm").write_text(f'<osm version="0.6">{nodes}{ways}</osm>')
    town = gpd.GeoDataFrame(
        {"name": ["Ville"]},
        geometry=[shapely.box(-72.002, 45.998, -71.995, 46.005)],
        crs="EPSG:4326",
    )
    town.to_file(folder / "ville.gpkg", driver="GPKG")
    return folder


@pytest.mark.parametrize("name", NAMES)
def test_every_command_works_in_a_folder_of_any_name(
    sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / name
    folder.mkdir(parents=True)
    for each in sources.iterdir():
        shutil.copy(each, folder)
    # As typed in the folder above: "./" keeps a dash from being taken for an option.
    inside = f"./{name}" if name.startswith("-") else name
    plan = f"{inside}/plan/plan.gpkg"
    cut = ["--boundary", f"{inside}/ville.gpkg", "--officers", "1", "--out", f"{inside}/plan"]
    assert run("plan", f"{inside}/rues.osm", *cut, "--quiet") == 0
    assert run("plan", f"{inside}/rues.osm", *cut, "--quiet") == 0  # from the streets that it kept
    assert run("check", plan, "--out", f"{inside}/neuf.gpkg", "--quiet") == 0
    assert run("report", plan, "--out", f"{inside}/t.csv", "--quiet") == 0
    assert run("route", plan, "--beat", "VIL-01", "--out", f"{inside}/r.gpx", "--quiet") == 0
    judged = ["--beat", "vil-1", "--minutes", "5", "--no-fixes", "--quiet"]
    assert run("assess", plan, *judged, "--out", f"{inside}/c.geojson") == 0
    assert [each.name for each in tmp_path.iterdir()] == [name.partition("/")[0]]
    made = {each.name for each in folder.iterdir()}
    assert made == {"rues.osm", "ville.gpkg", "plan", "neuf.gpkg", "t.csv", "r.gpx", "c.geojson"}
    kinds = sorted(each.suffix for each in (folder / "plan").iterdir())
    assert kinds == [".csv", ".gpkg", ".gpkg", ".html"]
    assert all(each.stat().st_size for each in folder.rglob("*") if each.is_file())


@pytest.mark.parametrize(
    "name", ["ville?x=1", "a!b", "e\u0301 50% #1", "nom|x", "b" * 240, "x.zip", "deux\nlignes"]
)
def test_every_file_name_works(
    sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(sources / "ville.gpkg", f"{name}.gpkg")
    shutil.copy(sources / "rues.osm", f"{name}.osm")
    cut = ["--boundary", f"{name}.gpkg", "--officers", "1", "--out", "plan", "--quiet"]
    assert run("plan", f"{name}.osm", *cut) == 0
    shutil.move(tmp_path / "plan" / "plan.gpkg", f"{name}.gpkg")
    assert run("check", f"{name}.gpkg", "--out", f"{name}2.gpkg", "--quiet") == 0
    assert run("report", f"{name}2.gpkg", "--out", f"{name}.md", "--quiet") == 0
    endings = {".gpkg", "2.gpkg", ".osm", ".md"}
    assert {each.name for each in tmp_path.iterdir()} == {"plan"} | {f"{name}{e}" for e in endings}


@pytest.mark.parametrize(
    ("name", "city"),
    [
        ("e\u0301te\u0301.osm", "été"),
        (" Rive  sud .osm", "Rive sud"),
        (".caché.osm", ".caché.osm"),
        ("deux\nlignes.osm", "deux lignes"),
        ("  .osm", ".osm"),
        ("\u200b.osm", ".osm"),
        ("b" * 240 + ".osm", "b" * 200),
    ],
)
def test_streets_without_a_boundary_are_a_city_by_the_name_of_their_file(
    sources: Path, tmp_path: Path, name: str, city: str
) -> None:
    shutil.copy(sources / "rues.osm", tmp_path / name)
    assert load_network(tmp_path / name).cities == (city,)


def test_a_folder_behind_a_link_gets_what_is_written_to_it(sources: Path, tmp_path: Path) -> None:
    (tmp_path / "vrai").mkdir()
    (tmp_path / "lien").symlink_to(tmp_path / "vrai")
    (tmp_path / "lien.osm").symlink_to(sources / "rues.osm")
    out = tmp_path / "lien" / "plan"
    assert run("plan", tmp_path / "lien.osm", "--officers", "1", "--out", out, "--quiet") == 0
    assert (tmp_path / "vrai" / "plan" / "plan.gpkg").is_file()
    assert (tmp_path / "lien").is_symlink()


def test_an_odd_file_is_read_as_a_copy_and_never_changed(tmp_path: Path) -> None:
    odd = tmp_path / "a!b.txt"
    odd.write_text("one")
    with plain_file(odd) as plain:
        assert plain.read_text() == "one"
        plain.write_text("two")
    assert odd.read_text() == "one"
    with plain_file(odd, writing=True) as plain:
        plain.write_text("three")
    assert odd.read_text() == "three"
    with plain_file(tmp_path / "c.txt") as plain:
        assert plain == tmp_path / "c.txt"
