"""Streets are read whatever the order, numbers, versions and places of points in a file."""

from __future__ import annotations

import json
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import osmium
import pytest
import shapely
from drawing import same
from hypothesis import given, settings
from hypothesis import strategies as st
from objects import Thing, grid, renumbered, write

from reso_geo import load_network, read_boundary
from reso_geo.boundaries import Boundary
from reso_geo.cli import main
from reso_geo.errors import NetworkError
from reso_geo.i18n import LANGUAGES
from reso_geo.plan_file import load_plan

if TYPE_CHECKING:
    from collections.abc import Sequence

GRID_KM = 4.906
"""Five streets of 501 m and six avenues of 400 m, as the cases have them."""
ENDINGS = (".osm", ".osm.pbf", ".json")
TOWN = grid()


def km(things: Sequence[Thing], path: Path, placed: str = "") -> float:
    return load_network(write(path, things, placed)).required_km


def negative(things: Sequence[Thing]) -> list[Thing]:
    """Assign every second thing a number below zero."""
    return renumbered(things, lambda _, number: -number if number % 2 else number)


def refusal(path: Path, boundary: Boundary | None = None) -> str:
    with pytest.raises(NetworkError) as caught:
        load_network(path, boundary)
    message = str(caught.value)
    assert len(message.splitlines()) == 1
    assert caught.value.message.say("fr") != message  # type: ignore[attr-defined]
    return message


def planned_km(source: Path, folder: Path) -> float:
    """Plan a source on the command line, check the plan, and give its kilometres."""
    argv = ["plan", str(source), "--officers", "1", "--lang", "en", "--out", str(folder)]
    for words in (argv, ["check", str(folder / "plan.gpkg")]):
        with pytest.raises(SystemExit) as ended:
            main(words)
        assert ended.value.code == 0
    return load_plan(folder / "plan.gpkg").network.required_km


@pytest.mark.parametrize(
    ("case", "right_km"),
    [
        ("01_ways_before_nodes/ways_first.osm", GRID_KM),
        ("01_ways_before_nodes/way_again_skel.osm", GRID_KM),
        ("02_negative_ids/neg_all.osm", GRID_KM),
        ("02_negative_ids/neg_some.osm", GRID_KM + 0.150),
        ("02_negative_ids/neg_junction.osm", GRID_KM + 0.060),
        ("04_history/hist.osm", GRID_KM - 0.3 - 0.4),
        ("04_history/hist.osh", GRID_KM - 0.3 - 0.4),
        ("04_history/hist.osh.pbf", GRID_KM - 0.3 - 0.4),
        ("32_missing_points_class/b_out_geom.osm", GRID_KM),
    ],
)
def test_case_is_planned_with_its_right_kilometres(
    shared_cases: Path, tmp_path: Path, case: str, right_km: float
) -> None:
    # To 2 m: the cases round each street to the metre.
    assert planned_km(shared_cases / case, tmp_path) == pytest.approx(right_km, abs=0.002)


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_order_of_points_and_ways_changes_nothing(tmp_path: Path, ending: str, seed: int) -> None:
    plain = load_network(write(tmp_path / f"plain{ending}", TOWN))
    assert plain.required_km == pytest.approx(4.906, abs=0.001)
    order = sorted(range(len(TOWN)), key=lambda place: (place * 7919 + seed * 31) % 41)
    shuffled = [TOWN[place] for place in order] if seed else TOWN[::-1]
    same(load_network(write(tmp_path / f"shuffled{ending}", shuffled)), plain)


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("placed", ["beside", "only"])
def test_points_whose_places_stand_on_the_ways_are_found_there(
    tmp_path: Path, ending: str, placed: str
) -> None:
    plain = load_network(write(tmp_path / f"plain{ending}", TOWN))
    same(load_network(write(tmp_path / f"placed{ending}", TOWN, placed)), plain)
    turned = write(tmp_path / f"turned{ending}", negative(TOWN)[::-1], placed)
    assert load_network(turned).required_km == pytest.approx(plain.required_km)


@pytest.mark.parametrize("ending", [".osm", ".json"])
def test_points_without_numbers_are_told_apart_by_their_places(tmp_path: Path, ending: str) -> None:
    network = load_network(write(tmp_path / f"bare{ending}", TOWN, "unnumbered"))
    assert len(network) == 49
    assert network.required_km == pytest.approx(4.906, abs=0.001)
    assert (network.node_id < 0).all()


@given(
    order=st.permutations(range(len(TOWN))),
    below=st.sets(st.sampled_from([(thing.kind, thing.number) for thing in TOWN])),
    ending=st.sampled_from(ENDINGS),
)
@settings(max_examples=40)
def test_any_order_with_any_numbers_below_zero_gives_the_same_streets(
    order: list[int], below: set[tuple[str, int]], ending: str
) -> None:
    things = renumbered(TOWN, lambda kind, n: -n if (kind, n) in below else n)
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder) / f"any{ending}", [things[place] for place in order])
        network = load_network(path, basemap=False)
    assert len(set(network.segment_id.tolist())) == 49
    assert network.required_km == pytest.approx(4.9056, abs=0.001)


@pytest.mark.parametrize("ending", ENDINGS)
def test_plan_with_numbers_below_zero_is_the_same_when_it_is_read_again(
    tmp_path: Path, ending: str
) -> None:
    source = write(tmp_path / f"josm{ending}", negative(TOWN))
    assert planned_km(source, tmp_path / "out") == pytest.approx(4.906, abs=0.001)
    kept = load_plan(tmp_path / "out" / "plan.gpkg").network
    assert sorted(kept.segment_id) == sorted(load_network(source).segment_id)
    assert "-101:1006--1007" in kept.segment_id


def history(things: Sequence[Thing]) -> list[Thing]:
    """Add newer versions: a street cut short, an avenue deleted, a corner moved 100 m west."""
    out = []
    for thing in things:
        out.append(thing)
        if thing.number == 100:
            out.append(replace(thing, version=2, nodes=thing.nodes[:3]))
        if thing.number == 155:
            out.append(Thing(155, kind="way", version=2, visible=False))
        if thing.number == 1024:
            lon, lat = thing.place or (0.0, 0.0)
            out.append(replace(thing, version=2, place=(lon - 0.0012831, lat)))
    return out


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("name", ["h.osm", "h.osh", "h.osh.pbf", "h.osm.pbf", "h.json"])
def test_of_several_versions_only_the_newest_visible_one_counts(
    tmp_path: Path, name: str, *, turned: bool
) -> None:
    things = history(TOWN)[:: -1 if turned else 1]
    # 300 m of the street and 400 m of the avenue are gone. The corner has moved from 100 m to
    # 200 m before the next one east, and 100 m to the hypotenuse of 100 m and 100 m.
    right = 4.9056 - 0.300 - 0.400 + 0.100 + (0.1414 - 0.100)
    assert km(things, tmp_path / name) == pytest.approx(right, abs=0.002)


@pytest.mark.parametrize("name", ["h.osm", "h.osm.pbf", "h.json"])
def test_point_that_moved_is_where_its_newest_version_is(tmp_path: Path, name: str) -> None:
    things = [t for t in history(TOWN) if t.visible and (t.number != 100 or t.version == 1)]
    right = 4.9056 + 0.100 + (0.1414 - 0.100)
    assert km(things, tmp_path / name) == pytest.approx(right, abs=0.002)


def test_streets_that_josm_deleted_are_gone_and_those_it_changed_count(tmp_path: Path) -> None:
    things = [
        replace(thing, action="delete" if thing.number == 155 else "modify") for thing in TOWN
    ]
    assert km(things, tmp_path / "josm.osm") == pytest.approx(4.9056 - 0.400, abs=0.001)


def test_list_of_changes_is_refused_as_one(tmp_path: Path) -> None:
    path = tmp_path / "changes.osm"
    path.write_text(
        "<osmChange version='0.6'><delete><way id='4' version='2'/></delete></osmChange>"
    )
    assert "osmChange" in refusal(path)


@pytest.mark.parametrize("ending", ENDINGS)
def test_streets_without_any_point_are_refused_with_what_to_ask_for(
    tmp_path: Path, ending: str
) -> None:
    ways = [thing for thing in TOWN if thing.kind == "way"]
    message = refusal(write(tmp_path / f"bare{ending}", ways))
    assert "11 streets" in message
    assert "(._;>;);" in message
    assert "out geom" in message


@pytest.mark.parametrize("ending", ENDINGS)
def test_streets_that_lack_points_inside_are_refused_with_their_share(
    tmp_path: Path, ending: str
) -> None:
    # Without the points of column 3, every street is cut in two and one avenue has no point.
    things = [t for t in TOWN if t.kind == "way" or t.number % 6 != (1000 + 3) % 6]
    message = refusal(write(tmp_path / f"cut{ending}", things))
    assert "5 streets have only part" in message
    assert "1 has none" in message
    assert "(._;>;);" in message


@pytest.mark.parametrize("ending", ENDINGS)
def test_streets_cut_at_the_edge_of_a_clip_are_said_with_their_kilometres(
    tmp_path: Path, ending: str
) -> None:
    # The clip keeps columns 0 to 4; the town is the two columns in the west.
    kept = [t for t in TOWN if t.kind == "way" or t.number % 6 != (1000 + 5) % 6]
    west = shapely.box(-73.5005, 45.4995, -73.4985, 45.5045)
    boundary = Boundary(("West",), (shapely.MultiPolygon([west]),), "precise", "by hand")
    network = load_network(write(tmp_path / f"clip{ending}", kept), boundary)
    said = [str(note) for note in network.notes if "not in the file" in str(note)]
    assert len(said) == 1
    assert "5 streets are cut where 5 points are not in the file" in said[0]
    assert "2.0 km of them" in said[0]
    assert "1 other has no point" in said[0]


def test_shared_file_without_points_is_refused_and_half_of_them_is_told(
    shared_cases: Path,
) -> None:
    folder = shared_cases / "32_missing_points_class"
    assert "points are missing" in refusal(folder / "a_no_nodes.osm")
    assert "%" in refusal(folder / "c_half.osm")


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("placed", ["", "only", "beside"])
@pytest.mark.parametrize("turned", [False, True])
def test_boundary_relation_is_found_in_any_order_and_with_any_numbers(
    tmp_path: Path, ending: str, placed: str, *, turned: bool
) -> None:
    ring = [1000, 1003, 1021, 1018, 1000]
    tags = {"type": "boundary", "boundary": "administrative", "admin_level": "8", "name": "Ville"}
    town = [
        *TOWN,
        Thing(200, nodes=ring[:3], kind="way"),
        Thing(201, nodes=ring[2:], kind="way"),
        Thing(5, members=[200, 201], kind="relation", tags=tags),
    ]
    plain = read_boundary("osm:Ville", write(tmp_path / f"plain{ending}", town))
    path = write(tmp_path / f"odd{ending}", negative(town[:: -1 if turned else 1]), placed)
    for request in ("osm:Ville", "osm:admin_level=8", "osm:r-5"):
        assert read_boundary(request, path).shapes[0].equals(plain.shapes[0])


def test_head_that_calls_an_unsorted_file_sorted_is_not_believed(tmp_path: Path) -> None:
    header = osmium.io.Header()
    header.set("sorting", "Type_then_ID")
    source = write(tmp_path / "source.osm.pbf", TOWN[::-1])
    path = tmp_path / "liar.osm.pbf"
    with osmium.SimpleWriter(str(path), header=header) as writer:
        for thing in osmium.FileProcessor(str(source)):
            writer.add(thing)
    assert load_network(path).required_km == pytest.approx(4.906, abs=0.001)


@pytest.mark.parametrize("ending", [".osm", ".json"])
def test_longitude_past_180_is_no_missing_point(tmp_path: Path, ending: str) -> None:
    message = refusal(write(tmp_path / f"past{ending}", grid(179.998, -16.8)))
    assert "180th meridian" in message
    assert "missing" not in message


@pytest.mark.parametrize("ending", ENDINGS)
def test_streets_with_one_point_each_lack_points_and_are_no_missing_streets(
    tmp_path: Path, ending: str
) -> None:
    # Of each street its first point only: 1000 of two of them, 1001 to 1005, 1006 and so on.
    ends = {t.nodes[0] for t in TOWN if t.kind == "way"}
    lone = [
        Thing(t.number, nodes=[t.nodes[0], 9000 + t.number], kind="way", tags=t.tags)
        if t.kind == "way"
        else t
        for t in TOWN
        if t.kind == "way" or t.number in ends
    ]
    assert "11 streets" in refusal(write(tmp_path / f"lone{ending}", lone))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_streets_joined_to_a_point_at_0_0_are_refused_with_how_far_they_reach(
    lang: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    places = {1: (45.5, -73.5), 2: (45.5, -73.499), 3: (0.0, 0.0)}
    nodes = [{"type": "node", "id": n, "lat": a, "lon": o} for n, (a, o) in places.items()]
    way = {"type": "way", "id": 9, "nodes": [1, 2, 3], "tags": {"highway": "residential"}}
    answer = {"osm3s": {"timestamp_osm_base": "2026-01-01T00:00:00Z"}, "elements": [*nodes, way]}
    path = tmp_path / "streets.json"
    path.write_text(json.dumps(answer))
    with pytest.raises(SystemExit) as stop:
        main(["plan", str(path), "--officers", "1", "--out", str(tmp_path / "o"), "--lang", lang])
    error = capsys.readouterr().err
    assert (stop.value.code, error.count("\n")) == (2, 1)
    assert "0, 0" in error
    assert "--boundary" in error


def test_an_answer_whose_head_is_a_text_is_refused_without_a_word_of_the_language(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "streets.json"
    path.write_text(json.dumps({"osm3s": "none", "elements": []}))
    with pytest.raises(SystemExit) as stop:
        main(["plan", str(path), "--officers", "1", "--out", str(tmp_path / "o"), "--lang", "en"])
    error = capsys.readouterr().err
    assert (stop.value.code, error.count("\n")) == (2, 1)
    assert "(osm3s)" in error
    assert "attribute" not in error
