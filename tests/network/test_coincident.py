"""Points at one place under several ids: streets imported twice, sheets that meet at a seam."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import osmnx as ox
import pytest
from commands import answer
from drawing import degrees
from hypothesis import given
from hypothesis import strategies as st

from reso_geo import StreetNetwork, load_network
from reso_geo.i18n import say

if TYPE_CHECKING:
    from pathlib import Path

Run = list[tuple[int, float, float]]
Way = tuple[int, dict[str, str], Run]
HOME = {"highway": "residential", "name": "Home Street"}


def write(path: Path, ways: list[Way], digits: int = 7) -> Path:
    """Write ways, with points in metres, as an Overpass answer."""
    nodes: dict[int, dict[str, object]] = {}
    rows = []
    for way_id, tags, run in ways:
        for node, east, north in run:
            lon, lat = (round(value, digits) for value in degrees(east, north))
            nodes[node] = {"type": "node", "id": node, "lon": lon, "lat": lat}
        rows.append(
            {"type": "way", "id": way_id, "tags": tags, "nodes": [node for node, _, _ in run]}
        )
    path.write_text(json.dumps({"elements": [*nodes.values(), *rows]}), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that examples of a property may write over."""
    return tmp_path_factory.mktemp("coincident")


def read(folder: Path, ways: list[Way]) -> StreetNetwork:
    return load_network(write(folder / "drawn.json", ways))


def grid() -> list[Way]:
    """Draw three streets of 300 m and four of 200 m, 100 m apart: 1.7 km."""
    spots = {(c, r): (1 + c + 4 * r, 100.0 * c, 100.0 * r) for c in range(4) for r in range(3)}
    streets = [[spots[c, r] for c in range(4)] for r in range(3)]
    avenues = [[spots[c, r] for r in range(3)] for c in range(4)]
    return [
        (k, HOME | {"name": f"Street {k}"}, run) for k, run in enumerate(streets + avenues, start=1)
    ]


def told(network: StreetNetwork) -> dict[str, float]:
    """Return what the notes say: their keys, and the number in each."""
    return {note.key: next(iter(note.values.values())) for note in network.notes}


def parts_on_foot(network: StreetNetwork) -> int:
    return len(np.unique(network.foot_component))


def test_streets_imported_twice_count_once_and_are_told_with_km(
    shared_cases: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = shared_cases / "05_duplicate_import" / "twice.osm"
    for lang, words in (("en", "4.9 km of streets are drawn twice"), ("fr", "4,9 km de rues")):
        asked = ("plan", source, "--officers", "1", "--out", tmp_path, "--lang", lang)
        status, said = answer(capsys, *asked)
        assert status == 0
        assert said["required_km"] == pytest.approx(4.906, abs=0.001)
        assert [note for note in said["warnings"] if words in note]
        assert said["dropped"] == [
            {
                "class": "residential",
                "km": pytest.approx(4.906, abs=0.001),
                "why": "drawn_twice",
                "reason": say(lang, "dropped.drawn_twice"),
                "travelled": False,
            }
        ]


def test_the_lowest_ids_stay_when_streets_are_imported_again(folder: Path) -> None:
    once = grid()
    again = [
        (100 + way, tags, [(n + 1000, x + 0.004, y - 0.004) for n, x, y in reversed(run)])
        for way, tags, run in once
    ]
    alone, both = read(folder, once), read(folder, again + once)
    assert both.segment_id.tolist() == alone.segment_id.tolist()
    assert both.node_id.tolist() == alone.node_id.tolist()
    np.testing.assert_array_equal(both.length_m, alone.length_m)
    assert told(both) == {
        "network.joined_points": 12,
        "network.drawn_again": pytest.approx(1.7, abs=0.001),
    }


def test_points_rounded_to_six_decimals_are_the_same_places(tmp_path: Path) -> None:
    fine = json.loads(write(tmp_path / "fine.json", grid()).read_bytes())["elements"]
    again = [(100 + w, t, [(n + 1000, x, y) for n, x, y in run]) for w, t, run in grid()]
    coarse = json.loads(write(tmp_path / "coarse.json", again, digits=6).read_bytes())["elements"]
    path = tmp_path / "both.json"
    path.write_text(json.dumps({"elements": fine + coarse}), encoding="utf-8")
    network = load_network(path)
    assert network.required_km == pytest.approx(1.7, abs=0.001)
    assert parts_on_foot(network) == 1


def test_points_farther_apart_than_a_wall_is_thick_stay_apart(folder: Path) -> None:
    west = (1, HOME, [(1, 0.0, 0.0), (2, 100.0, 0.0)])
    for gap_m, parts in ((0.05, 1), (0.15, 2)):
        east = (2, HOME, [(3, 100.0 + gap_m, 0.0), (4, 200.0, 0.0)])
        assert parts_on_foot(read(folder, [west, east])) == parts


def test_a_street_cut_at_a_seam_is_one_street_again(folder: Path) -> None:
    west = (1, HOME, [(1, 0.0, 0.0), (2, 100.0, 0.0)])
    east = (2, HOME, [(13, 100.0, 0.0), (14, 200.0, 0.0)])
    network = read(folder, [west, east])
    assert network.segment_id.tolist() == ["1:1-14"]
    assert network.length_m[0] == pytest.approx(200.0, abs=0.1)
    assert told(network) == {"network.joined_points": 1}


@pytest.mark.parametrize("overlap_m", [20.0, 60.0, 140.0])
def test_sheets_that_overlap_at_a_seam_count_the_overlap_once(
    folder: Path, overlap_m: float
) -> None:
    west = (1, HOME, [(1, 0.0, 0.0), (2, 300.0, 0.0)])
    bend = (12, 400.0, 50.0)
    east = (2, HOME, [(11, 300.0 - overlap_m, 0.0), (13, 350.0, 0.0), bend])
    network = read(folder, [west, east])
    assert network.required_km * 1000 == pytest.approx(350.0 + np.hypot(50.0, 50.0), abs=0.1)
    assert parts_on_foot(network) == 1
    if overlap_m < 50:
        assert told(network)["network.drawn_again_m"] == overlap_m
    else:
        assert told(network)["network.drawn_again"] == pytest.approx(overlap_m / 1000, abs=1e-4)


def test_a_copy_that_cuts_the_street_at_other_points_counts_once(folder: Path) -> None:
    side = (5, HOME | {"name": "Side"}, [(13, 140.0, 0.0), (15, 140.0, 80.0)])
    straight = (1, HOME, [(1, 0.0, 0.0), (2, 200.0, 0.0)])
    halves = [
        (3, HOME, [(13, 140.0, 0.0), (11, 0.0, 0.0)]),
        (4, HOME, [(12, 200.0, 0.0), (14, 170.0, 0.0), (13, 140.0, 0.0)]),
    ]
    network = read(folder, [straight, *halves, side])
    assert network.required_km * 1000 == pytest.approx(280.0, abs=0.1)
    assert parts_on_foot(network) == 1
    assert len(network) == 3


def test_a_copy_of_another_class_or_without_a_name_counts_once(folder: Path) -> None:
    line = [(0.0, 0.0), (100.0, 0.0), (200.0, 30.0)]
    first = [(k, x, y) for k, (x, y) in enumerate(line, start=1)]
    second = [(k, x, y) for k, (x, y) in enumerate(line, start=11)]
    for tags in (HOME | {"highway": "tertiary"}, {"highway": "residential"}, HOME | {"name": "X"}):
        for ids in ((1, 2), (2, 1)):
            network = read(folder, [(ids[0], HOME, first), (ids[1], tags, second)])
            assert len(network) == 1
            assert network.name[0]
            assert told(network)["network.drawn_again"] == pytest.approx(0.2044, abs=1e-4)


def test_a_path_drawn_on_a_street_again_leaves_the_street_as_it_is(folder: Path) -> None:
    street = (7, HOME, [(1, 0.0, 0.0), (2, 100.0, 0.0)])
    path = (2, {"highway": "footway", "name": "Path"}, [(11, 0.0, 0.0), (12, 100.0, 0.0)])
    network = read(folder, [street, path])
    assert network.segment_id.tolist() == ["7:1-2"]
    assert network.highway.tolist() == ["residential"]


def test_a_way_for_walkers_on_a_street_closed_to_them_stays(folder: Path) -> None:
    street = (1, HOME | {"foot": "no"}, [(1, 0.0, 0.0), (2, 100.0, 0.0)])
    path = (2, {"highway": "footway"}, [(11, 0.0, 0.0), (12, 100.0, 0.0)])
    home = (3, HOME, [(11, 0.0, 0.0), (13, 0.0, 90.0)])
    network = read(folder, [street, path, home])
    assert network.length_m[network.foot].sum() == pytest.approx(190.0, abs=0.1)


def crossing(over: dict[str, str], under: dict[str, str]) -> list[Way]:
    """Draw two streets that cross with a point of each at the same place."""
    return [
        (1, HOME | over, [(1, -100.0, 0.0), (2, 0.0, 0.0), (3, 100.0, 0.0)]),
        (2, HOME | under, [(11, 0.0, -100.0), (12, 0.0, 0.0), (13, 0.0, 100.0)]),
    ]


@pytest.mark.parametrize(
    "over", [{"bridge": "yes", "layer": "1"}, {"bridge": "viaduct"}, {"layer": "1"}]
)
def test_a_bridge_over_a_point_of_a_street_is_not_joined_to_it(
    folder: Path, over: dict[str, str]
) -> None:
    assert parts_on_foot(read(folder, crossing(over, {}))) == 2
    assert parts_on_foot(read(folder, crossing(over, {"tunnel": "yes"}))) == 2
    assert parts_on_foot(read(folder, crossing(over, over))) == 1
    assert parts_on_foot(read(folder, crossing({}, {}))) == 1


def test_a_bridge_of_two_ways_is_not_joined_to_the_street_under_its_middle(folder: Path) -> None:
    over = HOME | {"bridge": "yes", "layer": "1"}
    ways = [
        (1, over, [(1, -100.0, 0.0), (2, 0.0, 0.0)]),
        (2, over | {"name": "Other"}, [(2, 0.0, 0.0), (3, 100.0, 0.0)]),
        (3, HOME, [(11, 0.0, -100.0), (12, 0.0, 0.0), (13, 0.0, 100.0)]),
    ]
    assert parts_on_foot(read(folder, ways)) == 2


def test_a_bridge_imported_again_without_its_tags_counts_once(folder: Path) -> None:
    places = [(0.0, 0.0), (50.0, 5.0), (100.0, 0.0), (150.0, 0.0)]
    one = [(k, *place) for k, place in enumerate(places, start=1)]
    two = [(k, *place) for k, place in enumerate(places, start=11)]
    bridge = HOME | {"bridge": "yes", "layer": "1"}
    ways = [(1, HOME, one[:2]), (2, bridge, one[1:3]), (3, HOME, one[2:]), (4, HOME, two)]
    network = read(folder, ways)
    assert network.required_km * 1000 == pytest.approx(150.0, abs=1.0)
    assert len(network) == 1


@pytest.mark.parametrize("between", [1, 2], ids=["point on point", "point on step"])
def test_floors_of_a_building_drawn_one_above_another_stay_apart(
    folder: Path, between: int
) -> None:
    # Each floor leads to its own door, and to the stairs at point 1 that all of them share.
    hall = {"highway": "corridor", "indoor": "yes"}
    ways: list[Way] = [(1, HOME, [(1, 0.0, 0.0), (2, 0.0, 100.0)])]
    for k, level in enumerate(("0", "1", "-1", "2")):
        step = 20.0 if k % between == 0 else 15.0
        run = [(10 * k + 11 + i, step * (i + 1), 0.0) for i in range(4)]
        ways.append((k + 2, hall | {"level": level}, [(1, 0.0, 0.0), *run]))
    network = read(folder, ways)
    assert not network.notes
    walked_m = 100.0 + (320.0 if between == 1 else 280.0)
    assert network.length_m.sum() == pytest.approx(walked_m, abs=0.5)


def test_a_ring_whose_ends_are_two_points_is_closed(folder: Path) -> None:
    ring = [(0.0, 0.0), (80.0, 0.0), (80.0, 60.0), (0.0, 60.0), (0.0, 0.0)]
    network = read(folder, [(1, HOME, [(k, x, y) for k, (x, y) in enumerate(ring, start=1)])])
    assert network.segment_id.tolist() == ["1:1-1"]
    assert network.required_km == pytest.approx(0.28, abs=0.001)


def test_lines_that_cross_between_their_points_are_not_joined(folder: Path) -> None:
    ways = [
        (1, HOME, [(1, -100.0, 0.0), (2, 100.0, 0.0)]),
        (2, HOME, [(11, 0.0, -100.0), (12, 0.0, 100.0)]),
        (3, HOME, [(21, 50.0, 0.0), (22, 50.0, 80.0)]),
    ]
    network = read(folder, ways)
    assert parts_on_foot(network) == 3
    assert not network.notes


def test_short_steps_of_one_way_stay_as_they_are(folder: Path) -> None:
    run = [(k, 0.05 * k, 0.0) for k in range(1, 40)]
    network = read(folder, [(1, HOME, [*run, (99, 80.0, 0.0)])])
    assert network.length_m[0] == pytest.approx(79.95, abs=0.05)
    assert not network.notes


def test_graphs_of_two_places_put_together_count_what_both_hold_once(
    shared_data: Path, tmp_path: Path
) -> None:
    graph = ox.load_graphml(shared_data / "networks" / "outremont_walk.graphml")
    x = {node: data["x"] for node, data in graph.nodes(data=True)}
    low, high = np.quantile(list(x.values()), (0.4, 0.6))
    west = graph.subgraph([node for node in x if x[node] <= high])
    east = nx.relabel_nodes(
        graph.subgraph([node for node in x if x[node] >= low]),
        {node: node + 10**12 for node in x},
    )
    found = {}
    for name, parts in (
        ("put", [west, east]),
        ("whole", [west, graph.subgraph([node for node in x if x[node] >= low])]),
    ):
        path = tmp_path / f"{name}.graphml"
        ox.save_graphml(nx.compose(*parts), path)
        found[name] = load_network(path)
    assert found["put"].required_km == pytest.approx(found["whole"].required_km, abs=0.005)
    assert found["put"].length_m.sum() == pytest.approx(found["whole"].length_m.sum(), abs=5.0)
    assert parts_on_foot(found["put"]) == parts_on_foot(found["whole"])


@st.composite
def second_copies(draw: st.DrawFn) -> list[Way]:
    """Draw the streets of `grid` again: renumbered, split, turned, shifted, with points between."""
    ways: list[Way] = []
    ids: dict[tuple[float, float], int] = {}
    spare = itertools.count(5000)
    first = draw(st.sampled_from([1000, -2000]))
    number = itertools.count(draw(st.sampled_from([100, -100])))
    shift = st.floats(-0.03, 0.03)
    for _, tags, run in grid():
        if draw(st.booleans()) and ways:
            continue
        line: Run = []
        for (_, x, y), (_, to_x, to_y) in itertools.pairwise(run):
            key = ids.setdefault((x, y), first + len(ids))
            line.append((key, x + draw(shift), y + draw(shift)))
            for share in sorted(draw(st.sets(st.sampled_from([0.2, 0.35, 0.5, 0.8]), max_size=2))):
                line.append((next(spare), x + share * (to_x - x), y + share * (to_y - y)))
        line.append((ids.setdefault(run[-1][1:], first + len(ids)), *run[-1][1:]))
        cuts = sorted(draw(st.sets(st.integers(1, len(line) - 2), max_size=2)))
        like = draw(st.sampled_from([tags, {"highway": "tertiary"}, HOME]))
        for start, stop in itertools.pairwise([0, *cuts, len(line) - 1]):
            part = line[start : stop + 1]
            ways.append((next(number), like, part[::-1] if draw(st.booleans()) else part))
    return ways


@given(second_copies())
def test_a_second_copy_however_split_turned_or_numbered_changes_no_length(
    folder: Path, copy: list[Way]
) -> None:
    network = read(folder, grid() + copy)
    assert network.required_km == pytest.approx(1.7, abs=0.002)
    assert network.length_m.sum() == pytest.approx(1700.0, abs=2.0)
    assert parts_on_foot(network) == 1
    assert len(set(network.segment_id)) == len(network)
