"""Coverage time: against networkx, by size, and by depth over the beats of real networks.

    python benchmarks/coverage.py [NETWORK...] [--beats 17 60 300] [--modes foot bike]
                                  [--peer-segments 1600] [--stop 0]

Without networks it takes Heidelberg from the test data beside the checkout, or a synthetic grid.
Beats come from `cut_beats` with a wide tolerance and half a minute for each cut. All seconds are of
the processor, so that a busy machine matters little. The exit code is 1 when a bar is missed; fewer
peer segments are for a quick look and hold the bar no less, though the ratio shrinks with them.
"""

from __future__ import annotations

import argparse
import itertools
import math
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np

from reso_geo import CutRequest, load_network, load_settings
from reso_geo.coverage import Effort, TravelGraph, cover, travel_graph
from reso_geo.districting import DistrictingProblem
from reso_geo.partition import cut_beats
from reso_geo.travel import travel_times
from reso_geo.workload import street_load

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo import StreetNetwork
    from reso_geo.coverage import Depth

HEIDELBERG = Path(__file__).resolve().parents[2] / "shared/data/networks/heidelberg.osm.pbf"
TIMES_FASTER = 1000.0
MOST_EXPONENT = 1.25
SIZES = (2_000, 5_000, 10_000, 20_000)
LARGE_BEATS = 60
"""Bars of the final depth are promised up to this many beats, of the fast one beyond."""
GAP_BARS = {"foot": (0.01, 0.04), "bike": (0.02, 0.06)}
FAST_BARS = (0.015, 0.05)


class Bars:
    """Keeps what was promised, and whether it held."""

    def __init__(self) -> None:
        self.missed: list[str] = []

    def hold(self, what: str, figure: float, *, most: float = math.inf, least: float = 0) -> None:
        """Print a figure beside its bar."""
        held = least <= figure <= most
        bar = f"at least {least:g}" if math.isinf(most) else f"at most {most:g}"
        print(f"  {'held  ' if held else 'MISSED'}  {what}: {figure:.4g} ({bar})")
        if not held:
            self.missed.append(what)


def part(graph: TravelGraph, segments: NDArray[np.int64]) -> TravelGraph:
    """Return a graph of some segments alone."""
    ends = np.concatenate((graph.u[segments], graph.v[segments]))
    node, place = np.unique(ends, return_inverse=True)
    return TravelGraph(
        graph.mode,
        graph.tick_s,
        len(node),
        place[: len(segments)],
        place[len(segments) :],
        graph.forward[segments],
        graph.backward[segments],
        graph.patrol_forward[segments],
        graph.patrol_backward[segments],
    )


def grid(required: int, seed: int) -> TravelGraph:
    """Return a town of streets on a grid: a tenth of them paths, for which nobody asks."""
    wide = math.ceil(math.sqrt(required / 1.8))
    node = np.arange(wide * wide).reshape(wide, wide)
    u = np.concatenate((node[:, :-1].ravel(), node[:-1].ravel()))
    v = np.concatenate((node[:, 1:].ravel(), node[1:].ravel()))
    cost = np.random.default_rng(seed).integers(20_000, 400_000, len(u)).astype(float)
    same = (cost.copy() for _ in range(4))
    return TravelGraph("foot", 2.0**-11, node.size, u, v, *same)


def connected(graph: TravelGraph, count: int, allowed: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return connected allowed segments, nearest first."""
    streets: nx.MultiGraph[int] = nx.MultiGraph()
    for s in np.flatnonzero(allowed).tolist():
        streets.add_edge(int(graph.u[s]), int(graph.v[s]), s)
    largest = max(nx.connected_components(streets), key=len)
    found: dict[int, None] = {}
    for junction in itertools.chain.from_iterable(nx.bfs_layers(streets, min(largest))):
        found |= dict.fromkeys(s for _, _, s in streets.edges(junction, keys=True))
    return np.sort(np.array(list(found), dtype=np.int64)[:count])


def against_networkx(
    graph: TravelGraph, allowed: NDArray[np.bool_], count: int, bars: Bars
) -> None:
    """Cover one connected beat here and with a matching of shortest paths in networkx."""
    beat = part(graph, connected(graph, count, allowed))
    required = np.arange(len(beat.u))
    took = []
    for _ in range(5):
        start = time.process_time()
        # A new graph each time: nothing is kept from the last run.
        found = cover(part(beat, required), required, 0)
        took.append(time.process_time() - start)
    start = time.process_time()
    streets: nx.Graph[int] = nx.Graph()
    for u, v, cost in zip(beat.u.tolist(), beat.v.tolist(), beat.forward.tolist(), strict=True):
        if u != v and cost < streets.get_edge_data(u, v, {"cost": math.inf})["cost"]:
            streets.add_edge(u, v, cost=int(cost))
    odd = np.flatnonzero(beat.odd(required)).tolist()
    pairs: nx.Graph[int] = nx.Graph()
    for a in odd:
        far = nx.single_source_dijkstra_path_length(streets, a, weight="cost")
        pairs.add_weighted_edges_from((a, b, far[b]) for b in odd if b > a)
    matching = nx.min_weight_matching(pairs)
    peer_s = time.process_time() - start
    peer = sum(pairs.edges[pair]["weight"] for pair in matching)
    here = found.deadhead_s / beat.tick_s
    ours = sorted(took)[len(took) // 2]
    print(f"one beat of {len(required)} segments, {len(odd)} odd junctions")
    print(f"  deadhead here {here:.0f} ticks, networkx {peer:.0f} ticks; exact here: {found.exact}")
    print(f"  seconds here {ours:.4f}, networkx {peer_s:.1f}")
    bars.hold("difference of the two optima", abs(here - peer), most=0.0)
    bars.hold("times faster than networkx", peer_s / ours, least=TIMES_FASTER)


def by_size(bars: Bars) -> None:
    """Cover grids of growing size; give the exponent of the growth."""
    print(f"\nfast depth by size, synthetic grids\n{'segments':>10}{'seconds':>10}{'gap':>9}")
    seconds = []
    for size in SIZES:
        took = []
        for seed in range(3):
            graph = grid(size, seed)
            kept = np.random.default_rng(seed).random(len(graph.u)) < size / len(graph.u)
            required = np.flatnonzero(kept)
            start = time.process_time()
            found = cover(graph, required, int(graph.u[required[0]]))
            took.append(time.process_time() - start)
        seconds.append(sorted(took)[1])
        print(f"{len(required):>10}{seconds[-1]:>10.3f}{found.gap:>9.2%}")
    exponent = float(np.polyfit(np.log(SIZES), np.log(seconds), 1)[0])
    bars.hold("exponent of the growth", exponent, most=MOST_EXPONENT)


def by_depth(
    place: tuple[Path, StreetNetwork], mode: str, beats: int, effort: Effort, bars: Bars
) -> None:
    """Cover all beats of a cut at both depths."""
    path, network = place
    settings = load_settings()
    times = travel_times(network, settings)
    graph = travel_graph(network, times, mode)
    load = street_load(network, times, settings, mode)
    request = CutRequest(officers=beats, tolerance=0.25, time_limit_s=30.0)
    partition = cut_beats(DistrictingProblem.of(network, graph, load), request).partition
    covers, seconds = {}, {}
    depths: tuple[Depth, Depth] = ("fast", "final")
    for depth in depths:
        start = time.process_time()
        covers[depth] = [
            cover(
                graph,
                np.flatnonzero((partition.beat_of == beat) & network.required),
                int(partition.base[beat]),
                depth,
                effort,
            )
            for beat in range(len(partition.beat_id))
        ]
        seconds[depth] = time.process_time() - start
    toured = [
        (fast, final)
        for fast, final in zip(covers["fast"], covers["final"], strict=True)
        if math.isfinite(fast.pass_s) and final.pass_s > 0
    ]
    gap = np.array([final.gap for _, final in toured])
    more = np.array([fast.pass_s / final.pass_s - 1.0 for fast, final in toured])
    exact = sum(final.exact for _, final in toured)
    print(
        f"\n{path.name}, {mode}, {beats} beats ({len(covers['fast']) - len(toured)} without a tour)"
        f"\n  seconds: fast {seconds['fast']:.2f}, final {seconds['final']:.1f}"
        f"\n  gap: median {np.median(gap):.2%}, worst {gap.max():.2%}; exact {exact}/{len(toured)}"
        f"\n  fast over final: median {np.median(more):.2%}, "
        f"95th percentile {np.quantile(more, 0.95):.2%}"
    )
    if beats <= LARGE_BEATS:
        bars.hold("median gap", float(np.median(gap)), most=GAP_BARS[mode][0])
        bars.hold("worst gap", float(gap.max()), most=GAP_BARS[mode][1])
    else:
        bars.hold("fast over final, median", float(np.median(more)), most=FAST_BARS[0])
        worst = float(np.quantile(more, 0.95))
        bars.hold("fast over final, 95th percentile", worst, most=FAST_BARS[1])


def main() -> int:
    """Print three tables and the bars; give the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("network", nargs="*", type=Path)
    parser.add_argument("--beats", nargs="*", type=int, default=[17, 60, 300])
    parser.add_argument("--modes", nargs="*", choices=("foot", "bike"), default=["foot", "bike"])
    parser.add_argument("--peer-segments", type=int, default=1600)
    parser.add_argument(
        "--stop", type=float, default=0.0, help="a gap at which the final depth stops"
    )
    arguments = parser.parse_args()
    paths = arguments.network or ([HEIDELBERG] if HEIDELBERG.is_file() else [])
    networks = [(path, load_network(path)) for path in paths]
    bars = Bars()
    if networks:
        network = networks[0][1]
        graph = travel_graph(network, travel_times(network, load_settings()), "foot")
        allowed = network.required & network.foot
        print(f"beat cut from {paths[0].name}")
    else:
        graph = grid(2 * arguments.peer_segments, 0)
        allowed = np.ones(len(graph.u), dtype=bool)
        print("beat cut from a synthetic grid: no network given, no test data beside the checkout")
    against_networkx(graph, allowed, arguments.peer_segments, bars)
    by_size(bars)
    effort = Effort(stop=arguments.stop)
    for place, mode, beats in itertools.product(networks, arguments.modes, arguments.beats):
        by_depth(place, mode, beats, effort, bars)
    print(f"\nmissed: {', '.join(bars.missed) or 'none'}")
    return 1 if bars.missed else 0


if __name__ == "__main__":
    sys.exit(main())
