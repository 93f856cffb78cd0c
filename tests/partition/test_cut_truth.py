"""Small grids have so few cuts that the best one can be found for certain."""

from __future__ import annotations

import os
from itertools import product
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import pytest
from cutting import as_drawn, cut, on_foot, streets
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import dijkstra

from reso_geo import CutRequest
from reso_geo.districting.evaluator import Evaluator
from reso_geo.districting.objective import Balance, Compactness
from reso_geo.partition.components import cut_area

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.network import StreetNetwork

BEATS = 3
SEEDS = int(os.environ.get("RESO_GEO_SEEDS", "8"))
"""Grids whose best cut is found by trying all, one of each size; `make test-long` tries fifty."""
LARGE = max(1, SEEDS // 8)
"""Grids of the largest size that can be tried: half a minute each."""
TOLERANCE = 0.05
NEAR = 1.02


def drawn(segments: int, seed: int) -> tuple[StreetNetwork, NDArray[np.float64]]:
    """Draw a grid with crooked junctions, some streets missing, and visits of any length."""
    draw = np.random.default_rng(seed)
    rows, columns = next(
        (r, c)
        for r, c in ((2, 3), (2, 4), (3, 3), (3, 4), (4, 4))
        if r * (c - 1) + (r - 1) * c >= segments
    )
    whole = nx.convert_node_labels_to_integers(nx.grid_2d_graph(rows, columns), ordering="sorted")
    while whole.number_of_edges() > segments:
        edge = list(whole.edges)[draw.integers(whole.number_of_edges())]
        whole.remove_edge(*edge)
        left = [part for part in nx.connected_components(whole) if len(part) > 1]
        if len(left) > 1:
            whole.add_edge(*edge)
    places = np.array(list(product(range(rows), range(columns))), dtype=np.float64)
    xy = 100.0 * places + draw.uniform(-30.0, 30.0, places.shape)
    return streets(list(whole.edges), xy), draw.uniform(0.0, 200.0, segments)


class Truth:
    """Every cut of a few streets into three beats, worked out apart from the cutter.

    Sets of segments and sets of junctions are numbers, one bit for each. All streets are passed at
    one cadence, so the deadhead of a connected beat is the cheapest pairing of its odd junctions.
    """

    def __init__(self, network: StreetNetwork, stop_s: NDArray[np.float64]) -> None:
        _, graph, load = on_foot(network, stop_s)
        self.u, self.v, self.xy = network.u, network.v, network.node_xy
        self.load_s, self.count = load.total_s, len(network)
        (self.cadence,) = set(load.cadence.tolist())
        # On the street a second of deadhead takes as long as one of patrol, talk included.
        self.transit_s = graph.forward * graph.tick_s * load.talk_factor
        self.pairing_s = pairings(dijkstra(graph.matrix) * graph.tick_s * load.talk_factor)
        self.walk_m = np.minimum(dijkstra(self._streets(network)), 1e9)
        both = (self.walk_m[:, self.u] + self.walk_m[:, self.v]) / 2.0
        self.walked = both * self.load_s
        self.least = self.walk_m[self.u, self.v] / 2.0 * self.load_s

    def _streets(self, network: StreetNetwork) -> csr_array:
        size = len(network.node_id)
        ends = (np.concatenate((self.u, self.v)), np.concatenate((self.v, self.u)))
        return coo_array((np.tile(network.length_m, 2), ends), shape=(size, size)).tocsr()

    def best(self, bound: float) -> tuple[float, NDArray[np.int64]]:
        """Return the least cost of all cuts, and such a cut; `bound` is what some cut costs."""
        spare = bound * self.load_s.sum() - self.least.sum()
        masks = self._compact(spare * (1.0 + 1e-9), self._most_street(bound))
        masks, load, walked = self._near(masks, bound * (1.0 + 1e-9))
        place = np.full(1 << self.count, -1, dtype=np.int32)
        place[masks] = np.arange(len(masks))
        lowest = masks & -masks
        by_lowest = {1 << s: np.flatnonzero(lowest == 1 << s) for s in range(self.count)}
        least, found = np.inf, (0, 0, 0)
        for a in by_lowest[1].tolist():
            rest = ((1 << self.count) - 1) ^ int(masks[a])
            if not rest:
                continue
            b = by_lowest[rest & -rest]
            b = b[(masks[b] & ~rest) == 0]
            c = place[rest ^ masks[b]]
            b, c = b[c >= 0], c[c >= 0]
            if not len(b):
                continue
            loads = np.vstack((np.full(len(b), load[a]), load[b], load[c]))
            off = loads / loads.mean(axis=0) - 1.0
            cost = (walked[a] + walked[b] + walked[c]) / self.load_s.sum()
            cost *= 1.0 + np.square(off / TOLERANCE).mean(axis=0)
            here = int(np.argmin(cost))
            if cost[here] < least:
                least, found = float(cost[here]), (a, int(b[here]), int(c[here]))
        cell = np.zeros(self.count, dtype=np.int64)
        for number, one in enumerate(found):
            cell[(int(masks[one]) >> np.arange(self.count)) & 1 == 1] = number
        return least, cell

    def _most_off(self, bound: float, walked: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how far off a beat may be in a cut within the bound that is walked that much."""
        room = bound * self.load_s.sum() / walked - 1.0
        return TOLERANCE * np.sqrt(BEATS * np.maximum(room, 0.0))

    def _most_street(self, bound: float) -> float:
        """Return the most street load of a beat: no deadhead is longer than all streets again."""
        off = float(self._most_off(bound, self.least.sum()))
        again = self.cadence * self.transit_s
        return (1.0 + off) / BEATS * float(self.load_s.sum() + again.sum())

    def _near(
        self, masks: NDArray[np.int64], bound: float
    ) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
        """Leave out the sets that walks or loads rule out, whatever the other two beats are."""
        load, walked = self._figures(masks)
        extra = walked - self._sum(masks, self.least)
        again = load - self._sum(masks, self.load_s)
        while True:
            low = (self.load_s.sum() + again + 2.0 * again.min()) / BEATS
            high = (self.load_s.sum() + again + 2.0 * again.max()) / BEATS
            off = np.maximum(load / high - 1.0, 1.0 - load / low)
            walk = self.least.sum() + extra + 2.0 * extra.min()
            ok = (walk <= bound * self.load_s.sum()) & (off <= self._most_off(bound, walk))
            if ok.all():
                return masks, load, walked
            masks, load, walked = masks[ok], load[ok], walked[ok]
            extra, again = extra[ok], again[ok]

    def _compact(self, spare: float, most: float) -> NDArray[np.int64]:
        """Return the connected sets whose walks alone do not rule them out.

        The walk of a set from its best junction, less what any base costs, only grows with the set:
        sets are grown segment by segment, and none beyond what the spare walk allows.
        """
        ends = (1 << self.u) | (1 << self.v)
        near = np.array(
            [
                sum(1 << int(t) for t in np.flatnonzero(ends & ends[s]) if t != s)
                for s in range(self.count)
            ]
        )
        layer = 1 << np.arange(self.count)
        found = [layer]
        extra = self.walked - self.least
        while len(layer):
            beside = self._either(layer, near) & ~layer
            grown = np.unique(
                np.concatenate(
                    [layer[(beside >> s) & 1 == 1] | (1 << s) for s in range(self.count)]
                )
            )
            more = np.min([self._sum(grown, row) for row in extra], axis=0)
            layer = grown[(more <= spare) & (self._sum(grown, self.load_s) <= most)]
            found.append(layer)
        return np.concatenate(found)

    def _figures(self, masks: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return load and walk times load of each set, from the junction nearest to its middle."""
        odd, held = np.zeros_like(masks), np.zeros_like(masks)
        for s in range(self.count):
            ends = (1 << int(self.u[s])) ^ (1 << int(self.v[s]))
            has = (masks >> s) & 1
            odd ^= has * ends
            held |= has * ends
        street = self._sum(masks, self.load_s)
        load = street + self.cadence * self.pairing_s[odd]
        middle = (self.xy[self.u] + self.xy[self.v]) / 2.0
        spot = np.column_stack(
            [self._sum(masks, middle[:, axis] * self.load_s) / street for axis in (0, 1)]
        )
        away = ((spot[:, None] - self.xy[None]) ** 2).sum(axis=2)
        away[(held[:, None] >> np.arange(len(self.xy))) & 1 == 0] = np.inf
        base = np.argmin(away, axis=1)
        walked = np.zeros(len(masks))
        for node in range(len(self.xy)):
            walked[base == node] = self._sum(masks[base == node], self.walked[node])
        return load, walked

    def _sum(self, masks: NDArray[np.int64], value: NDArray[np.float64]) -> NDArray[np.float64]:
        total = np.zeros(len(masks))
        for s in range(self.count):
            total += ((masks >> s) & 1) * value[s]
        return total

    def _either(self, masks: NDArray[np.int64], value: NDArray[np.int64]) -> NDArray[np.int64]:
        total = np.zeros_like(masks)
        for s in range(self.count):
            total |= ((masks >> s) & 1) * value[s]
        return total


def pairings(away: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the cheapest pairing of every set of junctions; infinite for a set of odd size."""
    count = len(away)
    least = np.full(1 << count, np.inf)
    least[0] = 0.0
    for first in reversed(range(count)):
        sets = np.arange(1 << first, 1 << count, 1 << (first + 1))
        for second in range(first + 1, count):
            own = sets[(sets >> second) & 1 == 1]
            left = least[own ^ (1 << first) ^ (1 << second)]
            least[own] = np.minimum(least[own], away[first, second] + left)
    return least


def costs(network: StreetNetwork, stop_s: NDArray[np.float64]) -> Compactness:
    """Return what the cutter itself says that cuts cost."""
    _, graph, load = on_foot(network, stop_s)
    problem = as_drawn(network, graph, load)
    (region,) = cut_area(problem, np.arange(len(network)), BEATS, lambda _: 1.0).regions
    evaluator = Evaluator(problem)
    return Compactness(region, evaluator, np.full(BEATS, 1.0 / BEATS), Balance(TOLERANCE))


def over_truth(segments: int, seed: int) -> float:
    """Return how many times the least cost the cutter's cut costs."""
    network, stop_s = drawn(segments, seed)
    cost = costs(network, stop_s)
    partition = cut(network, CutRequest(BEATS, tolerance=TOLERANCE, seed=seed), stop_s=stop_s)
    found = cost.cost(partition.beat_of)
    least, cell = Truth(network, stop_s).best(found)
    assert cost.cost(cell) == pytest.approx(least)
    return found / least


@pytest.mark.parametrize("seed", range(SEEDS))
def test_the_cut_of_a_small_grid_is_near_the_best_of_all_cuts(seed: int) -> None:
    over = over_truth(10 + seed % 8, seed)
    assert 1.0 - 1e-6 <= over <= NEAR


@pytest.mark.parametrize("seed", range(LARGE))
def test_the_cut_of_twenty_four_streets_is_near_the_best_of_all_cuts(seed: int) -> None:
    assert 1.0 - 1e-6 <= over_truth(24, seed) <= NEAR
