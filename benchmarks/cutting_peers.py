"""METIS, GerryChain and spopt on the units that reso_geo cuts; each in a process of its own.

pymetis, gerrychain and spopt are for this benchmark only; reso_geo itself never uses them.
"""

from __future__ import annotations

import importlib
import importlib.util
import multiprocessing
import os
import time
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from cutting_measures import known_streets
from scipy.sparse import csr_array

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from reso_geo import StreetNetwork

__all__ = ["PEERS", "Dual", "Timed", "dual_graph", "in_time", "missing", "stopwatch"]

METIS_CUTS = 10
"""Cuts that METIS draws and takes the best of (its `ncuts`)."""
METIS_UFACTOR = 30
"""Thousandths above the mean that METIS allows a beat: its default, and the bar of 17 beats."""
DEAR = 20
"""What it costs to part two segments that meet, where one is all that a known street costs."""


class Dual(NamedTuple):
    """The units of the peers: segments as nodes, joined where they share a junction.

    All pairs of segments at a junction are joined (a clique). The weight is the street load in
    whole seconds per week, zero where patrol need not pass: each of these peers takes zeros. The
    cost of a pair is for METIS with known streets: one at a junction on a main street or with a
    segment that crosses a barrier, where just one of the two is such a segment; `DEAR` elsewhere.
    """

    starts: NDArray[np.int64]
    neighbours: NDArray[np.int64]
    cost: NDArray[np.int64]
    weight: NDArray[np.int64]
    xy: NDArray[np.float64]

    def __len__(self) -> int:
        """Return the number of segments."""
        return len(self.weight)

    def of(self, unit: int) -> list[int]:
        """Return the neighbours of a segment."""
        return list(self.neighbours[self.starts[unit] : self.starts[unit + 1]].tolist())


class Timed(NamedTuple):
    """A cut, the seconds of processor and of the clock that it took, its bases if it has any."""

    beat: NDArray[np.int64]
    cpu_s: float
    wall_s: float
    base: NDArray[np.int64] | None = None


def dual_graph(
    network: StreetNetwork, load_s: NDArray[np.float64], segments: NDArray[np.int64]
) -> Dual:
    """Return the dual graph of some segments (int64, shape (n,)), in their order."""
    unit = np.tile(np.arange(len(segments)), 2)
    junction = np.concatenate((network.u[segments], network.v[segments]))
    size = (len(segments), len(network.node_id))
    touches = csr_array((np.ones(len(unit), dtype=np.int64), (unit, junction)), shape=size)
    touches.data[:] = 1  # a loop has one junction, not two
    known = known_streets(network)[segments]
    main, side = touches * known[:, np.newaxis], touches * ~known[:, np.newaxis]
    left = (main @ side.T).tocsr()
    joined = (DEAR * (touches @ touches.T) - (DEAR - 1) * (left + left.T)).tocoo()
    apart = joined.row != joined.col
    row, column, cost = joined.row[apart], joined.col[apart], joined.data[apart]
    order = np.lexsort((column, row))
    return Dual(
        np.concatenate(([0], np.cumsum(np.bincount(row, minlength=len(segments))))),
        column[order].astype(np.int64),
        cost[order].astype(np.int64),
        np.rint(load_s[segments]).astype(np.int64),
        (network.node_xy[network.u[segments]] + network.node_xy[network.v[segments]]) / 2.0,
    )


def stopwatch() -> Callable[[NDArray[np.int64]], Timed]:
    """Start to count; what is given back stops, and puts the seconds beside a cut."""
    wall, cpu = time.perf_counter(), _cpu_s()
    return lambda beat: Timed(beat, _cpu_s() - cpu, time.perf_counter() - wall)


def _cpu_s() -> float:
    """Return the seconds of this process and of those that it waited for."""
    children = os.times()
    return time.process_time() + children.children_user + children.children_system


def metis(dual: Dual, beats: int, seed: int, _: float) -> Timed:
    """Cut with METIS's k-way method, asked for contiguous beats; its balance is `METIS_UFACTOR`."""
    return _metis(dual, beats, seed, None)


def metis_weighted(dual: Dual, beats: int, seed: int, _: float) -> Timed:
    """Cut with METIS as above, but so that beats meet along streets that people know."""
    return _metis(dual, beats, seed, dual.cost)


def _metis(dual: Dual, beats: int, seed: int, cost: NDArray[np.int64] | None) -> Timed:
    """Cut at the least sum of costs, all one where there are none.

    The seed goes up by one: to the C library that METIS draws from, 0 and 1 are the same.
    """
    pymetis = _peer("pymetis")
    options = pymetis.Options(
        contig=1, ncuts=METIS_CUTS, seed=seed + 1, ufactor=METIS_UFACTOR, numbering=0
    )
    adjacency = pymetis.CSRAdjacency(dual.starts, dual.neighbours)
    stop = stopwatch()
    _, beat = pymetis.part_graph(
        beats,
        adjacency,
        vweights=dual.weight,
        eweights=cost,
        recursive=False,
        options=options,
    )
    return stop(np.array(beat, dtype=np.int64))


def gerrychain(dual: Dual, beats: int, seed: int, epsilon: float) -> Timed:
    """Cut with GerryChain's `recursive_tree_part`, every beat within `epsilon` of the mean.

    One beat after another is cut off a random spanning tree of what is left; trees are drawn until
    one has such a cut. The rest is GerryChain's defaults (`node_repeats` 0: its manual says that
    more is of no use to the default search).
    """
    networkx, partition = _peer("networkx"), _peer("gerrychain.partition")
    streets = networkx.Graph()
    streets.add_nodes_from((u, {"load": int(load)}) for u, load in enumerate(dual.weight))
    streets.add_edges_from((u, v) for u in range(len(dual)) for v in dual.of(u))
    graph = _peer("gerrychain").Graph.from_networkx(streets)
    mean = int(dual.weight.sum()) / beats
    parts = list(range(beats))
    stop = stopwatch()
    found = partition.recursive_tree_part(graph, parts, mean, "load", epsilon, rng=seed)
    return stop(np.array([found[u] for u in range(len(dual))], dtype=np.int64))


def spopt(dual: Dual, beats: int, _: int, __: float) -> Timed:
    """Cut with spopt's `WardSpatial` over the middles of the segments.

    Of spopt's methods it is the one that gives a set number of connected, compact regions of this
    many units in seconds; it balances nothing. None takes both that number and a floor of load:
    `MaxP` takes the floor and finds the number itself, `RandomRegion` balances counts of units,
    and neither ended within 100 s on 2,300 segments and 8 beats; `Skater` and
    `RegionKMeans` go through all edges or neighbours again for each step.
    """
    pandas, weights, region = _peer("pandas"), _peer("libpysal.weights"), _peer("spopt.region")
    middles = pandas.DataFrame(dual.xy, columns=["x", "y"])
    near = weights.W({u: dual.of(u) for u in range(len(dual))}, silence_warnings=True)
    stop = stopwatch()
    model = region.WardSpatial(middles, near, ["x", "y"], beats)
    model.solve()
    return stop(np.array(model.labels_, dtype=np.int64))


PEERS: dict[str, Callable[[Dual, int, int, float], Timed]] = {
    "metis": metis,
    "metis_weighted": metis_weighted,
    "gerrychain": gerrychain,
    "spopt": spopt,
}
_PACKAGE = {"metis": "pymetis", "metis_weighted": "pymetis"}


def missing(methods: list[str]) -> list[str]:
    """Return the packages of some methods that are not installed."""
    packages = {_PACKAGE.get(name, name) for name in methods if name in PEERS}
    return [name for name in sorted(packages) if importlib.util.find_spec(name) is None]


def _peer(name: str) -> Any:  # noqa: ANN401 - they carry no types
    return importlib.import_module(name)


def in_time(cut: Callable[..., Timed], given: tuple[object, ...], cap_s: float) -> Timed | str:
    """Cut in another process that is stopped after a time; give the cut, or why there is none.

    The cap counts from the moment the process is ready, and stops what nothing else can stop. What
    it started itself (reso_geo's second process) ends with it.
    """
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_answer, args=(there, cut, given))
    process.start()
    there.close()
    try:
        here.recv()
        if not here.poll(cap_s):
            return f"gave up after {cap_s:.0f} s"
        answer = here.recv()
    except EOFError:
        return "died"
    finally:
        process.kill()
        process.join()
    return Timed(*answer) if isinstance(answer, tuple) else str(answer)


def _answer(pipe: Any, cut: Callable[..., Timed], given: tuple[object, ...]) -> None:  # noqa: ANN401
    pipe.send(None)
    try:
        pipe.send(tuple(cut(*given)))
    except Exception as error:  # noqa: BLE001 - a peer may raise anything; the table says what
        pipe.send(f"{type(error).__name__}: {str(error)[:80]}")
