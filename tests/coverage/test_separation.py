"""Violated cuts, against every threshold, every set, and what each asks for."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from reso_geo.coverage.exact.separation import CutFinder
from reso_geo.coverage.exact.set_tree import set_tree
from reso_geo.network import components

NODES = 7
SLACK = 1e-3

ENDS = st.tuples(st.integers(0, NODES - 1), st.integers(0, NODES - 1))
COPIES = st.one_of(st.sampled_from([0.0, 0.25, 0.5, 0.5, 1.0, 2.0]), st.floats(0.0, 1.5))
POINTS = st.lists(st.tuples(ENDS, COPIES), min_size=1, max_size=14)


def arrays(point: list[tuple[tuple[int, int], float]]) -> tuple[np.ndarray, ...]:
    """Return the ends of the edges and the copies of each."""
    u, v = (np.array([ends[k] for ends, _ in point]) for k in (0, 1))
    return u, v, np.array([copies for _, copies in point])


@settings(max_examples=300)
@given(POINTS)
def test_one_tree_holds_the_connected_sets_of_every_threshold(
    point: list[tuple[tuple[int, int], float]],
) -> None:
    u, v, copies = arrays(point)
    wanted = {}
    for threshold in (*copies, 0.0):
        strong = copies > threshold
        label = components(NODES, u[strong], v[strong])
        for number in range(label.max() + 1):
            side = label == number
            wanted[side.tobytes()] = copies[side[u] != side[v]].sum()
    tree = set_tree(NODES, u, v, copies)
    sides = tree.sides(np.arange(len(tree.over)))
    found = {side.tobytes(): over for side, over in zip(sides, tree.over, strict=True)}
    assert len(sides) == len(found)
    assert found.keys() == wanted.keys()
    assert all(abs(found[side] - over) < 1e-9 for side, over in wanted.items())


def broken(
    u: np.ndarray, v: np.ndarray, copies: np.ndarray, required: int, base: int
) -> set[tuple[tuple[int, ...], float]]:
    """Try every set of junctions; return borders with too little over them."""
    busy = np.zeros(NODES, dtype=bool)
    busy[u[:required]] = busy[v[:required]] = busy[base] = True
    found = set()
    for members in itertools.product((False, True), repeat=NODES - 1):
        side = np.array((*members, False))
        across = side[u] != side[v]
        crossed = across[:required].sum()
        apart = crossed == 0 and busy[side].any() and busy[~side].any()
        least = 1.0 if crossed % 2 else 2.0 * apart
        if copies[across].sum() < least - SLACK:
            found.add((tuple(np.flatnonzero(across).tolist()), least))
    return found


@settings(max_examples=300)
@given(POINTS, st.integers(0, 6), st.integers(0, NODES - 1))
def test_a_cut_is_found_exactly_where_some_set_is_visited_too_little(
    point: list[tuple[tuple[int, int], float]], required: int, base: int
) -> None:
    u, v, copies = arrays(point)
    required = min(required, len(u))
    cuts = CutFinder(NODES, (u, v), np.ones(len(u)), required, base).violated(copies)
    truth = broken(u, v, copies, required, base)
    found = {
        (tuple(cuts.edge[cuts.row == number].tolist()), float(least))
        for number, least in enumerate(cuts.least)
    }
    # All that it finds is broken (by a ten-thousandth or more), and where anything is, it finds.
    assert all(copies[list(edges)].sum() < least for edges, least in found)
    assert {cut for cut in found if copies[list(cut[0])].sum() < cut[1] - SLACK} <= truth
    assert bool(found) or not truth
