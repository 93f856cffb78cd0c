"""Land and places: read beside the streets, cut to the cities, kept in the plan, told in names."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import osmium
import pytest
import shapely
from drawing import Street, bare, degrees, same
from osmium.osm import mutable
from overpass_server import streets_in
from plans import sql

from reso_geo import load_network
from reso_geo.boundaries import Boundary
from reso_geo.errors import NetworkError
from reso_geo.naming import name_beats
from reso_geo.network import Basemap, CityStreets, load_streets, save_streets, select
from reso_geo.osm import LandArea, NamedPlace, read_land
from reso_geo.osm.download.overpass import merged, read_answer, statement
from reso_geo.osm.land import land_kind
from reso_geo.partition import Partition
from reso_geo.plan_check import read_edited_plan
from reso_geo.plan_file import load_plan, save_plan

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from reso_geo import Plan, StreetNetwork

#  A lake of 300 m by 200 m whose shore comes in two ways, with an island of 100 m by 100 m and
#  a rock, beside a street; metres east and north of the first point.
SHORE = [[(0, 0), (300, 0), (300, 200)], [(0, 0), (0, 200), (300, 200)]]
ISLAND = [(100, 50), (200, 50), (200, 150), (100, 150), (100, 50)]
ROCK = [(20, 20), (30, 20), (30, 30), (20, 20)]
STREET = [(-100, -50), (400, -50)]
POND = [(400, 0), (420, 0), (420, 20), (400, 20), (400, 0)]
PARK = [(400, 100), (500, 100), (500, 200), (400, 200), (400, 100)]
FAR_PARK = [(9e4, 0), (9e4 + 100, 0), (9e4 + 100, 100), (9e4, 0)]
LAKE = {"type": "multipolygon", "natural": "water", "name": "Lac Rond"}
VILLAGE = {"place": "village", "name": "Rive"}


class Ground:
    """Elements as Overpass has them, collected one by one."""

    def __init__(self) -> None:
        self.elements: list[dict[str, Any]] = []
        self._at: dict[tuple[float, float], int] = {}

    def node(self, x: float, y: float, tags: Mapping[str, str] | None = None) -> int:
        """Add a node, the same one at the same place unless it has tags."""
        if tags is None and (x, y) in self._at:
            return self._at[x, y]
        lon, lat = degrees(x, y)
        number = len(self.elements) + 1
        self._at.setdefault((x, y), number)
        self.elements.append({"type": "node", "id": number, "lon": lon, "lat": lat})
        if tags:
            self.elements[-1]["tags"] = dict(tags)
        return number

    def way(self, points: Sequence[tuple[float, float]], tags: Mapping[str, str]) -> int:
        """Add a way."""
        nodes = [self.node(*point) for point in points]
        number = len(self.elements) + 1
        way = {"type": "way", "id": number, "nodes": nodes, "tags": dict(tags)}
        self.elements.append(way)
        return number

    def relation(self, members: Sequence[tuple[int, str]], tags: Mapping[str, str]) -> None:
        """Add a relation of ways."""
        told = [{"type": "way", "ref": ref, "role": role} for ref, role in members]
        number = len(self.elements) + 1
        own = {"type": "relation", "id": number, "members": told, "tags": dict(tags)}
        self.elements.append(own)

    def write(self, path: Path) -> Path:
        """Write an Overpass answer, or a PBF or XML file."""
        if path.suffix == ".json":
            path.write_text(json.dumps(self.answer()), encoding="utf-8")
            return path
        with osmium.SimpleWriter(path, overwrite=True) as writer:
            for kind in ("node", "way", "relation"):
                for each in self.elements:
                    if each["type"] == kind:
                        _add(writer, each)
        return path

    def answer(self) -> dict[str, Any]:
        """Return an Overpass answer."""
        head = {"osm3s": {"timestamp_osm_base": "2026-05-06T07:08:09Z"}}
        return {**head, "elements": self.elements}


def _add(writer: osmium.SimpleWriter, each: Mapping[str, Any]) -> None:
    number, tags = each["id"], each.get("tags", {})
    if each["type"] == "node":
        spot = (each["lon"], each["lat"])
        writer.add_node(mutable.Node(id=number, location=spot, tags=tags))
    elif each["type"] == "way":
        writer.add_way(mutable.Way(id=number, nodes=each["nodes"], tags=tags))
    else:
        members = [("w", m["ref"], m["role"]) for m in each["members"]]
        writer.add_relation(mutable.Relation(id=number, members=members, tags=tags))


def lakeside() -> Ground:
    """Return the lake with its island, a street, a pond, a park, and places."""
    ground = Ground()
    ground.way(STREET, {"highway": "residential", "name": "rue du Lac"})
    shore = [(ground.way(part, {}), "outer") for part in SHORE]
    islands = [(ground.way(ring, {"place": "islet"}), "inner") for ring in (ISLAND, ROCK)]
    ground.relation([*shore, *islands], LAKE)
    ground.way(POND, {"natural": "water"})
    ground.way(PARK, {"leisure": "park", "name": "Parc Vert"})
    ground.way(FAR_PARK, {"leisure": "park"})
    ground.way(PARK, {"place": "neighbourhood", "name": "Rive"})
    ground.way(PARK, {"place": "quarter", "name": "Les Prés"})
    ground.node(450.0, 150.0, VILLAGE)
    ground.node(60.0, 60.0, {"place": "locality", "name": "La Pointe"})
    ground.node(70.0, 70.0, {"place": "suburb"})
    return ground


# ---- reading -------------------------------------------------------------------------------------


@pytest.mark.parametrize("large_bytes", [0, 1 << 28])
@pytest.mark.parametrize("ending", [".json", ".osm", ".osm.pbf"])
def test_a_lake_in_parts_is_read_with_its_island_and_what_is_too_small_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str, large_bytes: int
) -> None:
    monkeypatch.setattr("reso_geo.osm.land_file._LARGE_BYTES", large_bytes)
    network = load_network(lakeside().write(tmp_path / f"lake{ending}"))
    park, lake = network.basemap.land
    assert (park.kind, park.name, lake.kind, lake.name) == (
        "park",
        "Parc Vert",
        "water",
        "Lac Rond",
    )
    assert lake.shape.area == pytest.approx(300 * 200 - 100 * 100, rel=0.01)
    (whole,) = lake.shape.geoms
    assert len(whole.interiors) == 1, "the rock is too small to be seen"


@pytest.mark.parametrize("ending", [".json", ".osm.pbf"])
def test_places_are_what_people_live_in_each_once(tmp_path: Path, ending: str) -> None:
    land = read_land(lakeside().write(tmp_path / f"lake{ending}"))
    # The ground named Rive has a node that stands for it; Les Prés has none.
    assert [(place.kind, place.name) for place in land.places] == [
        ("village", "Rive"),
        ("quarter", "Les Prés"),
    ]
    ring = shapely.Polygon([degrees(*point) for point in PARK])
    assert ring.contains(land.places[1].point)


def test_a_shore_that_the_file_holds_in_part_is_no_lake(tmp_path: Path) -> None:
    ground = lakeside()
    (lake,) = [e for e in ground.elements if e["type"] == "relation"]
    del lake["members"][1]
    land = read_land(ground.write(tmp_path / "part.osm.pbf"))
    assert "water" not in {area.kind for area in land.areas}
    assert land == read_land(ground.write(tmp_path / "part.json"))


def test_land_is_cut_to_the_boundary_with_a_rim(tmp_path: Path) -> None:
    ground = lakeside()
    ground.way([(-5000, 0), (5000, 0), (5000, 300), (-5000, 300), (-5000, 0)], {"natural": "wood"})
    ground.node(3000.0, 0.0, {"place": "village", "name": "Loin"})
    box = shapely.box(*degrees(-100, -100), *degrees(400, 200))
    town = Boundary(("Ville",), (shapely.MultiPolygon([box]),), "precise", "by hand")
    for ending in (".json", ".osm.pbf"):
        network = load_network(ground.write(tmp_path / f"town{ending}"), town)
        wood = network.basemap.land[0]
        west, _, east, _ = wood.shape.bounds
        assert wood.kind == "wood"
        assert east - west == pytest.approx(500.0 + 2 * 500.0, abs=15.0)
        assert "Loin" not in {place.name for place in network.basemap.places}
        assert {"Rive"} <= {place.name for place in network.basemap.places}


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({"natural": "water", "water": "river"}, "water"),
        ({"natural": "water", "water": "wastewater"}, ""),
        ({"natural": "water", "tunnel": "culvert"}, ""),
        ({"waterway": "riverbank"}, "water"),
        ({"waterway": "river"}, ""),
        ({"leisure": "garden"}, "park"),
        ({"leisure": "garden", "access": "private"}, ""),
        ({"leisure": "nature_reserve", "natural": "wood"}, "wood"),
        ({"landuse": "cemetery"}, "cemetery"),
        ({"landuse": "residential"}, ""),
    ],
)
def test_kind_of_land_follows_from_its_tags(tags: dict[str, str], kind: str) -> None:
    assert land_kind(tags) == kind


def test_who_asks_for_no_basemap_gets_the_same_streets(tmp_path: Path) -> None:
    path = lakeside().write(tmp_path / "lake.osm.pbf")
    bare_streets = load_network(path, basemap=False)
    assert bare_streets.basemap == Basemap()
    same(load_network(path), bare_streets, but=frozenset({"basemap"}))


def test_progress_goes_from_the_streets_to_the_land_and_ends_at_one(tmp_path: Path) -> None:
    told: list[float] = []
    load_network(lakeside().write(tmp_path / "lake.osm.pbf"), progress=told.append)
    assert told == sorted(told)
    assert told[-1] == pytest.approx(1.0)


def test_download_asks_for_land_and_places_and_they_come_through(tmp_path: Path) -> None:
    tile = shapely.MultiPolygon([shapely.box(*degrees(-200, -200), *degrees(600, 300))])
    answer = streets_in(lakeside().answer(), statement(tile))
    whole = merged([read_answer(json.dumps(answer).encode(), "example.org")] * 2)
    path = tmp_path / "answer.json"
    path.write_bytes(whole)
    basemap = load_network(path).basemap
    assert [area.name for area in basemap.land] == ["Parc Vert", "Lac Rond"]
    # The outlines of places are asked for too: they are those of neighbourhoods.
    assert [place.name for place in basemap.places] == ["Rive", "Les Prés"]


# ---- the record ----------------------------------------------------------------------------------


def square(x: float = 0.0, side: float = 100.0) -> shapely.MultiPolygon:
    return shapely.MultiPolygon([shapely.box(x, 0.0, x + side, side)])


@pytest.mark.parametrize(
    "land",
    [
        LandArea("swamp", "", square()),
        LandArea("water", "", shapely.MultiPolygon()),
        LandArea("water", "", shapely.Point(0, 0)),  # type: ignore[arg-type]
    ],
)
def test_land_of_no_known_kind_or_without_ground_is_refused(land: LandArea) -> None:
    with pytest.raises(NetworkError):
        Basemap((land,))


def test_basemap_travels_with_the_streets(tmp_path: Path) -> None:
    network = load_network(lakeside().write(tmp_path / "lake.json"))
    assert len(network.basemap.land) == len(network.basemap.places) == 2
    assert select(network, np.ones(len(network), dtype=bool)).basemap == network.basemap
    town = Boundary(("Ville",), (square(),), "precise", "by hand")
    save_streets(CityStreets(network, town), tmp_path / "streets.gpkg", "key")
    assert load_streets(tmp_path / "streets.gpkg", "key").network.basemap == network.basemap


def test_land_and_places_come_back_from_a_plan_and_an_older_plan_opens_without(
    sample_plan: Plan, tmp_path: Path
) -> None:
    path = tmp_path / "plan.gpkg"
    basemap = sample_plan.network.basemap
    assert {area.kind for area in basemap.land} == {"park", "water"}
    assert "Vieux-Val" in {place.name for place in basemap.places}
    save_plan(sample_plan, path)
    assert load_plan(path).network.basemap == basemap
    assert read_edited_plan(path).network.basemap == basemap
    with closing(sqlite3.connect(path)) as base, base:
        for layer in ("land", "places"):
            base.execute(f"DROP TABLE {layer}")
            for table in ("contents", "geometry_columns", "extensions", "ogr_contents"):
                base.execute(f"DELETE FROM gpkg_{table} WHERE table_name = '{layer}'")  # noqa: S608
            base.execute("DELETE FROM adopted WHERE layer = ?", (layer,))
    old = load_plan(path)
    assert old.network.basemap == Basemap()
    assert old.beats == sample_plan.beats
    assert read_edited_plan(path).edits == ()


def test_land_that_was_moved_by_hand_is_put_back(sample_plan: Plan, tmp_path: Path) -> None:
    path = tmp_path / "plan.gpkg"
    save_plan(sample_plan, path)
    sql(path, "UPDATE land SET kind = 'wood' WHERE kind = 'water'")
    edited = read_edited_plan(path)
    assert [(edit.kind, edit.ids) for edit in edited.edits] == [("layers_put_back", ("land",))]
    assert edited.network.basemap == sample_plan.network.basemap


# ---- names ---------------------------------------------------------------------------------------


def row(
    places: Sequence[tuple[str, str, float]], beat_of: Sequence[int]
) -> tuple[StreetNetwork, Partition]:
    """Return streets of 100 m in a row, A to the west, the beat of each, and places along them."""
    count = len(beat_of)
    network = bare([Street(k, k + 1) for k in range(count)])
    lines = [shapely.LineString([(100 * k, 0), (100 * k + 100, 0)]) for k in range(count)]
    spots = tuple(NamedPlace(kind, name, shapely.Point(x, 20.0)) for kind, name, x in places)
    names = [f"rue {chr(ord('A') + k)}lbert" for k in range(count)]
    network = replace(
        network,
        geometry=np.array(lines, dtype=object),
        name=np.array(names, dtype=object),
        basemap=Basemap((), spots),
    )
    beats = max(beat_of) + 1
    partition = Partition(
        beat_of=np.array(beat_of, dtype=np.int64),
        beat_id=tuple(f"X-{beat + 1:02d}" for beat in range(beats)),
        city=np.zeros(beats, dtype=np.int64),
        posts=np.ones(beats, dtype=np.int64),
        base=np.zeros(beats, dtype=np.int64),
        annexed={},
    )
    return network, partition


#        Vieux-Parc          Lac
#  0----1----2----3----4----5----6----7----8----9----10
FOUR = [0] * 4
VIEUX_PARC = ("neighbourhood", "Vieux-Parc", 200.0)


def test_a_beat_has_the_name_of_its_place_and_one_without_that_of_its_streets() -> None:
    assert name_beats(*row([VIEUX_PARC], [*FOUR, *[1] * 8])) == (
        "Vieux-Parc / Albert",
        "Elbert / Flbert",
    )
    assert name_beats(*row([("hamlet", "Vieux-Parc", 200.0)], [*FOUR, *[1] * 8]))[0] == (
        "Vieux-Parc / Albert"
    )
    assert name_beats(*row([("hamlet", "Vieux-Parc", 200.0)], [0] * 8)) == ("Vieux-Parc",)


def test_a_beat_with_two_places_has_both_names_the_larger_first() -> None:
    places = [("hamlet", "Petit", 100.0), ("village", "Grand", 900.0)]
    assert name_beats(*row(places, [0] * 12)) == ("Grand / Petit",)


def test_a_small_change_of_the_cut_changes_no_place_and_no_order() -> None:
    places = [VIEUX_PARC, ("neighbourhood", "Lac", 600.0), ("neighbourhood", "Gare", 1100.0)]
    before = name_beats(*row(places, [0] * 8 + [1] * 6))
    assert before == name_beats(*row(places, [0] * 9 + [1] * 5))
    assert before == ("Lac / Vieux-Parc", "Gare")


def test_no_beat_has_the_name_of_a_place_outside_it() -> None:
    places = [("suburb", "Bord", 50.0)]
    network, partition = row(places, [0, *[1] * 11])
    streets = network.name.copy()
    streets[5] = "rue Bord"
    names = name_beats(replace(network, name=streets), partition)
    # Most streets near Bord are in the other beat, but not Bord itself, nor its name.
    assert names[0] == "Bord / Albert"
    assert "Bord" not in names[1]


def test_a_place_on_the_line_goes_to_the_beat_that_holds_most_of_it() -> None:
    for at in (195.0, 205.0):
        network, partition = row([("hamlet", "Coin", at)], [0] * 2 + [1] * 10)
        assert name_beats(network, partition)[1] == "Coin"


def test_a_place_that_says_another_again_is_told_once() -> None:
    places = [("village", "Gamprin", 300.0), ("village", "Gamprin-Bendern", 900.0)]
    (name,) = name_beats(*row(places, [0] * 12))
    assert name.count("Gamprin") == 1


def test_two_places_of_one_name_give_two_names() -> None:
    places = [("hamlet", "Mont", 200.0), ("hamlet", "MONT", 900.0)]
    one, other = name_beats(*row(places, [0] * 6 + [1] * 6))
    assert one == "Mont"
    assert other.startswith("MONT / ")


def test_a_place_of_another_city_takes_no_streets() -> None:
    network, partition = row(
        [("village", "Un", 500.0), ("village", "Deux", 700.0)], [0] * 6 + [1] * 6
    )
    city = np.array([0] * 6 + [1] * 6, dtype=np.int64)
    network = replace(network, city=city, cities=("A", "B"))
    assert name_beats(network, replace(partition, city=np.array([0, 1]))) == ("Un", "Deux")
