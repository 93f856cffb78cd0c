"""Gates that nobody passes: streets end there, on foot and by bicycle; other gates stop nobody."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from drawing import Drawing, draw, load

from reso_geo import StreetNetwork, load_network
from reso_geo.network import components
from reso_geo.network.gates import gate_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from reso_geo.settings import PatrolSettings

HOME = {"highway": "residential", "name": "Home Street"}
SIDE = {"highway": "residential", "name": "Side Street"}
LOCKED = {"barrier": "gate", "access": "private", "locked": "yes"}
ROW = draw("A--B--C", {"ABC": HOME})


def parts(network: StreetNetwork) -> int:
    """Count the pieces that are connected, for both modes."""
    return len(set(components(len(network.node_id), network.u, network.v)[network.u]))


def with_gate(tags: Mapping[str, str], drawing: Drawing = ROW, at: str = "B") -> Drawing:
    return replace(drawing, barriers={at: tags})


@pytest.mark.parametrize(
    "tags",
    [
        LOCKED,
        {"barrier": "gate", "access": "no"},
        {"barrier": "gate", "foot": "private"},
        {"barrier": "lift_gate", "foot": "no"},
        {"barrier": "swing_gate", "locked": "yes"},
        {"barrier": "gate", "access": "private", "bicycle": "no"},
    ],
)
@pytest.mark.parametrize("ending", [".json", ".osm", ".osm.pbf"])
def test_closed_gate_ends_the_street_on_both_sides(tags: Mapping[str, str], ending: str) -> None:
    network = load(with_gate(tags), ending=ending)
    assert network.segment_id.tolist() == ["1:65-66", "1:66-67"]
    assert parts(network) == 2
    assert len(set(network.node_id)) == 4
    assert sorted(map(gate_of, network.node_id.tolist())) == [65, 66, 66, 67]
    assert network.length_m.sum() == pytest.approx(60, rel=1e-3)


@pytest.mark.parametrize(
    "tags",
    [
        {"barrier": "gate"},
        {"barrier": "bollard", "bicycle": "no"},
        {"barrier": "gate", "access": "private", "foot": "yes"},
        {"barrier": "gate", "locked": "yes", "foot": "designated"},
        {"barrier": "gate", "access": "customers"},
        {"barrier": "gate", "motor_vehicle": "no"},
        {"barrier": "no", "access": "private"},
        {"access": "private"},
    ],
)
def test_other_gates_stop_nobody(tags: Mapping[str, str]) -> None:
    network = load(with_gate(tags))
    assert network.segment_id.tolist() == ["1:65-67"]
    assert network.notes == ()


def test_gate_where_a_drive_leaves_a_street_closes_the_drive_alone() -> None:
    drive = draw(
        """
        A--B--C
           |
           D
        """,
        {"AB": HOME, "BC": HOME, "BD": SIDE},
    )
    network = load(with_gate(LOCKED, drive))
    assert parts(network) == 2
    assert "3:66-68" in network.segment_id
    alike = replace(drive, ways=[("AB", HOME), ("BC", HOME), ("BD", HOME)])
    assert parts(load(with_gate(LOCKED, alike))) == 3


@pytest.mark.parametrize("first", [0, 1, 2])
def test_gate_of_a_drive_is_counted_whichever_way_comes_first(first: int) -> None:
    ways = [("AB", HOME), ("BC", HOME), ("BD", SIDE)]
    spots = {"A": (0, 0), "B": (100, 0), "C": (200, 0), "D": (100, -100)}
    drive = Drawing(spots, ways[first:] + ways[:first], barriers={"B": LOCKED})
    network = load(drive)
    assert parts(network) == 2
    assert [note.say("en") for note in network.notes] == [
        "1 locked or private gate stops walkers and bicycles."
    ]


def test_gate_into_a_square_joins_nothing_across() -> None:
    spots = {"A": (0, 0), "B": (100, 0), "C": (100, 50), "D": (100, 100), "E": (0, 100)}
    spots |= {"F": (0, 50), "f": (-80, 50), "c": (180, 50)}
    square = {"highway": "pedestrian", "area": "yes"}
    ways = [("ABCDEFA", square), ("fF", HOME), ("Cc", SIDE)]
    network = load(Drawing(spots, ways, barriers={"C": LOCKED}))
    assert not (network.why == "area_across").any()
    assert parts(network) == 2


def test_settings_say_what_closes_a_gate(defaults: PatrolSettings) -> None:
    only = replace(defaults, streets=replace(defaults.streets, closing_gates=("locked=yes",)))
    assert parts(load(with_gate({"barrier": "gate", "access": "no"}), settings=only)) == 1
    assert parts(load(with_gate(LOCKED), settings=only)) == 2


def test_gates_are_counted_once_each() -> None:
    row = draw("A--B--C--D--E", {"ABCDE": HOME})
    (note,) = load(replace(row, barriers={"B": LOCKED, "D": LOCKED})).notes
    assert "2" in note.say("en")
    assert "2" in note.say("fr")


def test_walk_may_not_pass_the_locked_gate(shared_cases: Path) -> None:
    folder = shared_cases / "07_locked_gate"
    closed, free = (load_network(folder / f"{name}.osm") for name in ("gate", "nogate"))
    assert closed.required_km == pytest.approx(free.required_km, abs=1e-6)
    assert {"10:1006-2", "10:2-1011"} <= set(closed.segment_id)
    assert np.isin([1006, 1011], closed.node_id).all()
    assert len(closed.node_id) == len(free.node_id) + 2
