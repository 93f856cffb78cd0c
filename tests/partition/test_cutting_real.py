"""Beats on real streets: connected, and even in measured load."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from cutting import beats_are_sound, on_foot

from reso_geo import CutRequest, load_network
from reso_geo.districting import DistrictingProblem
from reso_geo.partition import cut_beats
from reso_geo.workload import measure_load

if TYPE_CHECKING:
    from pathlib import Path

    from reso_geo import StreetNetwork
    from reso_geo.coverage import TravelGraph
    from reso_geo.workload import StreetLoad


@pytest.fixture(scope="module")
def nord(shared_data: Path) -> tuple[StreetNetwork, TravelGraph, StreetLoad]:
    return on_foot(load_network(shared_data / "networks" / "montreal_nord_walk.graphml"))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("officers", [8, 17])
def test_beats_of_montreal_nord_are_even_in_measured_load(
    nord: tuple[StreetNetwork, TravelGraph, StreetLoad], officers: int, seed: int
) -> None:
    network, graph, load = nord
    partition = cut_beats(
        DistrictingProblem.of(network, graph, load), CutRequest(officers, seed=seed)
    ).partition
    beats_are_sound(network, partition)
    depth = "final" if officers == 8 and seed == 0 else "fast"
    asked = []
    for beat in range(officers):
        own = partition.segments_of(beat)
        own = own[network.required[own]]
        asked.append(measure_load(graph, load, own, int(partition.base[beat]), depth).load_s)
    share = np.array(asked) / np.mean(asked)
    assert share.min() >= 0.97
    assert share.max() <= 1.03
