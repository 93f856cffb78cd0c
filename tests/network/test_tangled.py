"""Whatever streets are drawn: no metre lost or doubled, no direction lost, no needless junction."""

from __future__ import annotations

import itertools
import json
import string
from collections import Counter

import numpy as np
import pytest
from drawing import (
    HOME,
    PUSH,
    RIDE,
    Drawing,
    degrees,
    kilometres,
    load,
)
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer

from reso_geo import load_network

ONE_WAY = HOME | {"oneway": "yes"}


def projected(spot: tuple[float, float], crs: str) -> tuple[float, float]:
    """Return where a spot of a drawing lies in a network."""
    x, y = Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform(*degrees(*spot))
    return round(x, 2), round(y, 2)


@st.composite
def drawings(draw_from: st.DrawFn) -> Drawing:
    """Random walks over a few spots: ways that touch, cross themselves, and meet."""
    count = draw_from(st.integers(2, 9))
    names = string.ascii_uppercase[:count]
    spots = {
        name: (float(37 * (i % 3) + i), float(53 * (i // 3) - 2 * i))
        for i, name in enumerate(names)
    }
    edges = draw_from(
        st.lists(
            st.sampled_from(list(itertools.combinations(names, 2))),
            min_size=1, max_size=12, unique=True,
        )
    )  # fmt: skip
    kinds = st.sampled_from([HOME, ONE_WAY, HOME | {"name": "B"}, {"highway": "footway"}])
    ways: list[tuple[str, dict[str, str]]] = []
    for a, b in edges:
        step = draw_from(st.sampled_from([a + b, b + a]))
        if ways and ways[-1][0][-1] == step[0] and draw_from(st.booleans()):
            ways[-1] = (ways[-1][0] + step[1], ways[-1][1])
        else:
            ways.append((step, draw_from(kinds)))
    spots |= {"y": (0.0, 900.0), "z": (90.0, 900.0)}
    ways.append(("yz", {"highway": "residential", "name": "Far Street"}))
    ids = draw_from(st.permutations(range(1, len(ways) + 1)))
    return Drawing(spots, ways, tuple(ids))


@given(drawings())
def test_every_metre_of_every_way_is_in_just_one_segment(drawing: Drawing) -> None:
    network = load(drawing)
    assert network.length_m.sum() == pytest.approx(kilometres(drawing), abs=1e-6)
    steps = Counter(
        frozenset(map(tuple, np.round(step, 2)))
        for line in network.geometry
        for step in itertools.pairwise(line.coords)
    )
    assert max(steps.values()) == 1
    assert steps.total() == sum(len(names) - 1 for names, _ in drawing.ways)
    assert len(set(network.segment_id)) == len(network)


@given(drawings())
def test_every_segment_keeps_the_legal_directions_of_its_ways(drawing: Drawing) -> None:
    network = load(drawing)
    legal = {}
    for names, tags in drawing.ways:
        against = PUSH if tags.get("oneway") == "yes" or tags["highway"] == "footway" else RIDE
        along = PUSH if tags["highway"] == "footway" else RIDE
        for a, b in itertools.pairwise(names):
            legal[a, b], legal[b, a] = along, against
    at = {projected(spot, network.crs): name for name, spot in drawing.spots.items()}
    for s, line in enumerate(network.geometry):
        names = [at[tuple(np.round(xy, 2))] for xy in line.coords]
        for a, b in itertools.pairwise(names):
            assert legal[a, b] == network.bike_forward[s]
            assert legal[b, a] == network.bike_backward[s]


@given(drawings())
def test_no_needless_junction_is_left(drawing: Drawing) -> None:
    network = load(drawing)
    ends = np.bincount(np.concatenate((network.u, network.v)), minlength=len(network.node_id))
    for node in np.flatnonzero(ends == 2):
        touching = np.flatnonzero((network.u == node) | (network.v == node))
        if len(touching) == 1:
            continue
        a, b = touching
        alike = network.highway[a] == network.highway[b] and network.name[a] == network.name[b]
        head_on = (network.v[a] == node) == (network.v[b] == node)
        two_way = network.oneway[a] == network.oneway[b] == 0
        same_way = network.oneway[a] == network.oneway[b] and not head_on
        assert not (alike and (two_way or same_way))


@given(drawings(), st.randoms())
def test_order_of_ways_in_a_file_changes_no_id(
    tmp_path_factory: pytest.TempPathFactory, drawing: Drawing, random: object
) -> None:
    answer = drawing.overpass()
    random.shuffle(answer["elements"])
    path = tmp_path_factory.mktemp("shuffled") / "drawing.json"
    path.write_text(json.dumps(answer))
    one, other = load(drawing), load_network(path)
    assert one.segment_id.tolist() == other.segment_id.tolist()
    np.testing.assert_array_equal(one.length_m, other.length_m)
