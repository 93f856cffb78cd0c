"""Barriers on real ground: what falls apart without the streets that cross them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely

from reso_geo import StreetNetwork, load_network, read_boundary
from reso_geo.atomic_files import data_file
from reso_geo.network import (
    CROSSINGS,
    RIVER,
    components,
    mark_crossings,
)

if TYPE_CHECKING:
    from pathlib import Path


# Real ground


def parts_without(network: StreetNetwork, flag: int) -> np.ndarray:
    """Return the piece of each junction once the foot network has lost what crosses."""
    kept = network.foot & ((network.crossed & flag) == 0)
    return components(len(network.node_id), network.u[kept], network.v[kept])


def test_without_what_crosses_its_river_the_sample_falls_into_its_banks() -> None:
    network = load_network(data_file("sample/sample.osm.pbf"))
    river = shapely.union_all(
        [
            line
            for line, kind in zip(network.barriers.geometry, network.barriers.kind, strict=True)
            if kind == "river"
        ]
    )
    assert (network.crossed & RIVER > 0).sum() == 4
    over = shapely.intersects(network.geometry, river)
    assert np.array_equal(over, network.crossed & RIVER > 0)
    size = np.bincount(parts_without(network, RIVER)[network.u])
    assert (size > 0.1 * len(network)).sum() == 2
    assert np.bincount(network.foot_component[network.foot]).max() > 0.99 * network.foot.sum()


def test_the_rhine_is_crossed_on_the_bridges_of_liechtenstein(shared_data: Path) -> None:
    path = shared_data / "networks" / "liechtenstein.osm.pbf"
    network = load_network(path, read_boundary("osm:admin_level=8", path))
    rhine = [
        line
        for line, name in zip(network.barriers.geometry, network.barriers.name, strict=True)
        if "Rhein" in name or "Rhine" in name
    ]
    assert rhine
    over = shapely.crosses(network.geometry[:, None], np.array(rhine)).any(axis=1)
    assert 5 <= over.sum() <= 40
    assert (network.crossed[over] & RIVER > 0).all()


@pytest.mark.parametrize("name", ["heidelberg.osm.pbf", "liechtenstein.osm.pbf"])
def test_real_segments_cross_what_they_meet_but_for_shared_points(
    shared_data: Path, name: str
) -> None:
    network = load_network(shared_data / "networks" / name)
    kinds = np.array(network.barriers.kind)
    lines = np.array(network.barriers.geometry)
    for kind in sorted(set(kinds)):
        own = lines[kinds == kind]
        s, at = shapely.STRtree(own).query(network.geometry, predicate="intersects")
        marked = (network.crossed & CROSSINGS[kind]) > 0
        assert set(np.flatnonzero(marked)) <= set(s)
        assert marked.sum() > 15
        for one, other in zip(s[~marked[s]].tolist(), at[~marked[s]].tolist(), strict=True):
            street, line = network.geometry[one], own[other]
            spots = shapely.get_coordinates(shapely.intersection(street, line)).tolist()
            for corner in spots:
                assert corner in shapely.get_coordinates(street).tolist(), network.segment_id[one]
                assert corner in shapely.get_coordinates(line).tolist()
    assert np.array_equal(mark_crossings(network).crossed, network.crossed)
