"""Streets of one name stay in one beat where the loads allow."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from cutting import as_drawn, grid, on_foot
from drawing import draw, load, segment
from hypothesis import given, settings
from hypothesis import strategies as st

from reso_geo.districting.assignment import Assignment
from reso_geo.districting.barrier_split import whole
from reso_geo.districting.evaluator import Evaluator
from reso_geo.districting.params import SearchRules
from reso_geo.districting.state import SearchState
from reso_geo.network import RIVER
from reso_geo.partition.components import region_of
from reso_geo.partition.construct.initial import compact_start
from reso_geo.partition.whole_streets import StretchSearch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from reso_geo import StreetNetwork

SQUARES = """
    A--B--C--D--E
    |  |  |  |  |
    F--G--H--I--J
    """
CHURCH_STREET = {"ABCD": {"highway": "residential", "name": "Church Street"}}
WEST = ("AB", "BC", "FG", "GH", "AF", "BG")


def state_of(network: StreetNetwork, cell: NDArray[np.int64], tolerance: float) -> SearchState:
    """Measure the beats of a connected network on foot."""
    _, graph, street = on_foot(network)
    region = region_of(network, street.total_s, np.arange(len(network)))
    evaluator = Evaluator(as_drawn(network, graph, street))
    count = int(cell.max()) + 1
    share, rules = np.full(count, 1.0 / count), SearchRules(tolerance)
    return SearchState(Assignment(region, cell, count), evaluator, share, rules)


def gathered(state: SearchState) -> NDArray[np.int64]:
    """Gather the streets of measured beats, and give the beat of each segment."""
    StretchSearch(state).run()
    return state.assignment.labels()


def squares(west: Sequence[str]) -> tuple[StreetNetwork, NDArray[np.int64]]:
    """Return the streets of the drawing, and a cut of them into a west (0) and an east."""
    network = load(draw(SQUARES, CHURCH_STREET))
    cell = np.ones(len(network), dtype=np.int64)
    cell[[segment(network, ends) for ends in west]] = 0
    return network, cell


def test_a_stub_goes_to_the_beat_that_has_the_rest_of_its_street() -> None:
    network, cell = squares(WEST)
    stub = segment(network, "CD")
    after = gathered(state_of(network, cell, 0.6))
    assert cell[stub] == 1
    assert np.flatnonzero(after != cell).tolist() == [stub]


@pytest.mark.parametrize(("tolerance", "beat"), [(0.1, 1), (1.0, 0)])
def test_a_stub_stays_where_its_beat_would_be_left_with_too_little(
    tolerance: float, beat: int
) -> None:
    network, cell = squares((*WEST, "CH"))
    assert gathered(state_of(network, cell, tolerance))[segment(network, "CD")] == beat


def test_a_stub_that_crosses_a_river_stays_on_its_side() -> None:
    network, cell = squares(WEST)
    stub = segment(network, "CD")
    crosses = network.crossed.copy()
    crosses[stub] = RIVER
    after = gathered(state_of(replace(network, crossed=crosses), cell, 0.6))
    np.testing.assert_array_equal(after, cell)


def test_streets_without_a_name_stay_where_they_are() -> None:
    network, cell = squares(WEST)
    nameless = replace(network, name=np.full(len(network), "", dtype=object))
    np.testing.assert_array_equal(gathered(state_of(nameless, cell, 0.6)), cell)


def together(network: StreetNetwork, load_s: NDArray[np.float64], cell: NDArray[np.int64]) -> float:
    """Return the mean share of a street that lies in the beat of a place on it."""
    total = 0.0
    for name in np.unique(network.name):
        own = network.name == name
        held = np.bincount(cell[own], load_s[own])
        total += float(np.square(held).sum() / held.sum())
    return total / float(load_s.sum())


@settings(max_examples=20, deadline=None)
@given(
    rows=st.integers(4, 7),
    columns=st.integers(4, 7),
    beats=st.integers(2, 5),
    tolerance=st.sampled_from((0.05, 0.2, 0.6)),
    seed=st.integers(0, 99),
)
def test_gathering_keeps_beats_whole_and_even_and_streets_no_less_together(
    rows: int, columns: int, beats: int, tolerance: float, seed: int
) -> None:
    plain = grid(rows, columns)
    flat = plain.node_xy[plain.u, 1] == plain.node_xy[plain.v, 1]
    spot = np.where(flat, plain.node_xy[plain.u, 1], plain.node_xy[plain.u, 0])
    names = [f"{way} {at:.0f}" for way, at in zip(flat.tolist(), spot.tolist(), strict=True)]
    network = replace(plain, name=np.array(names, dtype=object))
    _, _, street = on_foot(network)
    region = region_of(network, street.total_s, np.arange(len(network)))
    share = np.full(beats, 1.0 / beats)
    cell = compact_start(region, street.total_s + 1e-6, share, tolerance, seed)
    state = state_of(network, cell, tolerance)
    before, off = state.assignment.labels(), np.abs(state.off)
    after = gathered(state)
    assert all(whole(state.assignment, beat) for beat in range(beats))
    bound = np.maximum(off, max(tolerance / 2.0, min(float(off.max()), tolerance)))
    assert (np.abs(state.off) <= bound + 1e-9).all()
    assert together(network, street.total_s, after) >= (
        together(network, street.total_s, before) - 1e-9
    )
