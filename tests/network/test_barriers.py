"""Barriers: the motorways, railways and rivers of a source, and which segments cross them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest
import shapely
from drawing import Drawing, draw, load, same, segment
from hypothesis import given
from hypothesis import strategies as st
from overpass_server import streets_in

from reso_geo import StreetNetwork, load_network
from reso_geo.boundaries import Boundary
from reso_geo.errors import NetworkError
from reso_geo.network import (
    CROSSINGS,
    MOTORWAY,
    RAILWAY,
    RIVER,
    WIDE,
    Barriers,
    crossed_by,
    crossing_code,
    select,
)
from reso_geo.osm.download.overpass import statement
from reso_geo.plan_file import load_plan, save_plan

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from reso_geo import Plan

STREET = {"highway": "residential", "name": "Main"}

RAIL = {"railway": "rail"}
RIVER_TAGS = {"waterway": "river", "name": "Neckar"}


def crossers(network: StreetNetwork, flag: int) -> set[str]:
    """Name the segments that cross, by the points at their ends."""
    found = np.flatnonzero(network.crossed & flag)
    ids = zip(network.u[found].tolist(), network.v[found].tolist(), strict=True)
    return {"".join(sorted(chr(network.node_id[end]) for end in pair)) for pair in ids}


def crossing(
    text: str, tags: Mapping[str, Mapping[str, str]], flag: int = RAILWAY, ending: str = ".json"
) -> set[str]:
    """Name the segments of a drawing that cross."""
    return crossers(load(draw(text, tags), ending=ending), flag)


# Which segments cross them


BRIDGE = """
     R
     |
  A--+--B--C
     |
     S
"""


def bridged(line: Mapping[str, str]) -> Drawing:
    """Draw a street AB over a line RS that has no point on it, and a street BC beside."""
    spots = {"R": (30.0, 40.0), "S": (30.0, -40.0), "A": (0.0, 0.0), "B": (60.0, 0.0)}
    spots |= {"C": (90.0, 0.0), "D": (60.0, 30.0)}
    streets = [("AB", STREET), ("BC", STREET), ("BD", {**STREET, "name": "Side"})]
    return Drawing(spots, [*streets, ("RS", line)])


@pytest.mark.parametrize("ending", [".json", ".osm", ".osm.pbf"])
@pytest.mark.parametrize(
    ("line", "flag"),
    [(RIVER_TAGS, RIVER), (RAIL, RAILWAY), ({"highway": "motorway", "ref": "A 5"}, MOTORWAY)],
)
def test_street_over_a_line_crosses_it_and_no_other_does(
    line: Mapping[str, str], flag: int, ending: str
) -> None:
    network = load(bridged(line), ending=ending)
    assert network.crossed.dtype == np.uint8
    assert network.crossed[segment(network, "AB")] == flag
    assert np.flatnonzero(network.crossed).tolist() == [segment(network, "AB")]
    assert network.barriers.name == (line.get("name", line.get("ref", "")),)
    assert shapely.length(network.barriers.geometry[0]) == pytest.approx(80.0, abs=0.5)
    same(network, load(bridged(line)))


def test_line_in_a_tunnel_is_crossed_by_nobody() -> None:
    network = load(bridged({**RAIL, "tunnel": "yes"}))
    assert len(network.barriers) == 0
    assert not network.crossed.any()


def test_source_without_lines_has_no_barriers() -> None:
    network = load(draw("A--B--C"))
    assert network.barriers == Barriers()
    assert network.crossed.tolist() == [0] * len(network)
    assert not network.crossed.flags.writeable


def test_level_crossing_in_the_middle_of_a_street_is_crossed_by_that_street() -> None:
    text = """
    R--X--S
       |
    A--B--C
    """
    # The street AXB turns at the point that it shares with the railway, but stays on its side.
    assert crossing(text, {"RXS": RAIL, "BX": STREET}) == set()
    text = """
       A
       |
    R--X--S
       |
       B
    """
    assert crossing(text, {"AXB": STREET, "RXS": RAIL}) == {"AB"}


def test_street_cut_at_a_level_crossing_crosses_it_once() -> None:
    text = """
       A
       |
    R--X--S
       |
       B
    """
    tags = {"AX": STREET, "XB": {**STREET, "name": "Other"}, "RXS": RAIL}
    assert crossing(text, tags) in ({"AX"}, {"BX"})
    # The railway may be cut there too.
    assert crossing(text, {**tags, "RXS": RAIL} | {"RX": RAIL, "XS": RAIL}) in ({"AX"}, {"BX"})


def test_at_a_junction_on_the_rails_the_side_with_fewer_streets_crosses() -> None:
    text = """
      A
      |
    R-X-S
     /|
    C B
    """
    tags = {"AX": STREET, "XB": {**STREET, "name": "Other"}, "RXS": RAIL}
    assert crossing(text, tags) == {"AX"}
    assert crossing(text, {**tags, "RXS": {**RAIL, "service": "spur"}}) == set()


def test_street_that_only_ends_on_a_line_or_meets_its_end_does_not_cross() -> None:
    text = """
    R--X--S
       |
       B
    """
    assert crossing(text, {"RXS": RIVER_TAGS, "XB": STREET}, RIVER) == set()
    text = """
       R
       |
    A--X--B
    """
    assert crossing(text, {"AX": STREET, "XB": STREET, "RX": {"highway": "motorway"}}) == set()


def test_street_beside_or_along_a_line_does_not_cross() -> None:
    text = """
    R-----S
    A-----B
    """
    assert crossing(text, {"RS": {"highway": "motorway"}, "AB": STREET}, MOTORWAY) == set()
    text = """
       A  C
       |  |
    Q--R--S--T
    """
    # Rails in the street from R to S.
    assert crossing(text, {"QRST": RAIL, "ARSC": STREET}) == set()


def test_double_track_is_crossed_by_the_street_over_both() -> None:
    text = """
       A
       |
    R--X--S
       |
    T--Y--U
       |
       B
    """
    assert crossing(text, {"AXYB": STREET, "RXS": RAIL, "TYU": RAIL}) == {"AB"}


def test_segment_says_everything_that_it_crosses() -> None:
    drawing = bridged(RIVER_TAGS)
    spots = {**drawing.spots, "T": (40.0, 40.0), "U": (40.0, -40.0)}
    network = load(replace(drawing, spots=spots, ways=[*drawing.ways, ("TU", RAIL)]))
    code = int(network.crossed[segment(network, "AB")])
    assert crossed_by(code) == ("railway", "river")
    assert crossing_code(crossed_by(code)) == code == RAILWAY | RIVER


@given(st.integers(0, 15))
def test_names_and_flags_of_crossings_say_the_same(code: int) -> None:
    assert crossing_code(crossed_by(code)) == code
    assert set(crossed_by(code)) <= set(CROSSINGS)


# Wide streets


CROSSROADS = """
       A
       |
    R--X--S--T
       |  |
       B  C
"""


@pytest.mark.parametrize("lanes", [{"lanes": "6"}, {"lanes:forward": "3", "lanes:backward": "4"}])
def test_streets_that_end_on_six_lanes_cross_a_wide_street(lanes: Mapping[str, str]) -> None:
    road = {"highway": "primary", "name": "Boulevard"}
    network = load(draw(CROSSROADS, {"RXS": {**road, **lanes}, "ST": {**road, "lanes": "4"}}))
    assert {segment(network, "RX"), segment(network, "SX")} == set(np.flatnonzero(network.wide))
    # The boulevard goes on with four lanes: that is not across it.
    assert crossers(network, WIDE) == {"AX", "BX", "CS"}


def test_street_under_six_lanes_crosses_them() -> None:
    network = load(bridged({"highway": "primary", "lanes": "6", "bridge": "yes"}))
    assert crossers(network, WIDE) == {"AB"}
    narrow = load(bridged({"highway": "primary", "lanes": "5", "bridge": "yes"}))
    assert not narrow.crossed.any()


def test_three_lanes_each_way_on_two_carriageways_are_six() -> None:
    text = """
    A---B
    |   |
    C---D
    """
    road = {"highway": "primary", "name": "Boulevard", "oneway": "yes"}

    def wide(lanes: str) -> int:
        tags = {"BA": {**road, "lanes": lanes}, "CD": {**road, "lanes": lanes}}
        return int(load(draw(text, tags, step_m=(50.0, 10.0))).wide.sum())

    assert (wide("3"), wide("2")) == (2, 0)


# Through clipping, downloads and files


def test_lines_near_a_boundary_are_kept_whole_and_others_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reso_geo.network._AROUND_M", 100.0)
    drawing = bridged(RIVER_TAGS)
    far = {"F": (9e3, 0.0), "G": (9e3, 500.0), "H": (30.0, 5e3)}
    brook = ("RF", {"waterway": "stream"})
    ways = [*drawing.ways, ("FG", RAIL), ("SH", RIVER_TAGS), brook]
    drawing = replace(drawing, spots={**drawing.spots, **far}, ways=ways)
    box = shapely.box(8.6995, 49.3995, 8.7015, 49.4003)
    town = Boundary(("Town",), (shapely.MultiPolygon([box]),), "precise", "by hand")
    for large_bytes in (0, 1 << 28):
        monkeypatch.setattr("reso_geo.osm.clip._LARGE_BYTES", large_bytes)
        network = load_network(drawing.write(tmp_path / "town.osm.pbf"), town)
        assert network.barriers.kind == ("river", "river")
        assert max(map(shapely.length, network.barriers.geometry)) > 5000.0
        same(network, load_network(drawing.write(tmp_path / "t.json"), town), but={"source"})
        assert crossers(network, RIVER) == {"AB"}


def test_download_asks_for_the_lines_and_they_come_through() -> None:
    drawing = bridged(RIVER_TAGS)
    tram = ("RC", {"railway": "tram"})
    data = replace(drawing, ways=[*drawing.ways, ("SC", RAIL), tram]).overpass()
    tile = shapely.MultiPolygon([shapely.box(8.69, 49.39, 8.71, 49.41)])
    answer = streets_in(data, statement(tile))
    tags = [e["tags"] for e in answer["elements"] if e["type"] == "way"]
    assert [t for t in tags if "highway" not in t] == [RIVER_TAGS, RAIL]
    assert len(tags) == 5


def test_selected_segments_keep_what_they_cross() -> None:
    network = load(bridged(RIVER_TAGS))
    kept = np.arange(len(network)) == segment(network, "AB")
    chosen = select(network, kept)
    assert chosen.crossed.tolist() == [RIVER]
    assert chosen.barriers == network.barriers


def test_barriers_of_no_known_kind_are_refused() -> None:
    line = shapely.LineString([(0, 0), (1, 1)])
    with pytest.raises(NetworkError, match="wall"):
        Barriers(("wall",), ("",), (line,))
    with pytest.raises(NetworkError, match="1/0"):
        Barriers(("river",), ("",), ())


def test_a_plan_whose_barriers_were_deleted_is_read_without_any(
    sample_plan: Plan, tmp_path: Path
) -> None:
    path = tmp_path / "old.gpkg"
    save_plan(sample_plan, path)
    back = load_plan(path)
    assert back.network.barriers == sample_plan.network.barriers
    assert np.array_equal(back.network.crossed, sample_plan.network.crossed)
    text = gpd.read_file(path, layer="segments")["crossed"].dropna()
    assert set(text) == {"motorway", "railway", "river"}
    with closing(sqlite3.connect(path)) as base, base:
        base.execute("DROP TABLE barriers")
        base.execute("DELETE FROM gpkg_contents WHERE table_name = 'barriers'")
        base.execute("DELETE FROM gpkg_geometry_columns WHERE table_name = 'barriers'")
        base.execute("DELETE FROM gpkg_extensions WHERE table_name = 'barriers'")
        base.execute("DELETE FROM gpkg_ogr_contents WHERE table_name = 'barriers'")
        base.execute("ALTER TABLE segments DROP COLUMN lanes")
        base.execute("ALTER TABLE segments DROP COLUMN crossed")
    old = load_plan(path)
    assert old.network.barriers == Barriers()
    assert not old.network.crossed.any()
    assert not old.network.lanes.any()
    assert old.beats == sample_plan.beats
