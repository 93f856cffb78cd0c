"""The tours of a plan in its file: a table of walks, each a list of signed rows of segments.

A table that does not fit the plan is no error, since all of it can be found again: it is ignored,
and the plan says so.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

import numpy as np

from reso_geo.coverage import Cover, Passage, closed_walks, patrolled, reached, travel_graph
from reso_geo.i18n import Phrase
from reso_geo.plan import KeptTours
from reso_geo.travel import MODES, SEASONS, travel_times
from reso_geo.workload import nested_levels

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from reso_geo.coverage import TravelGraph
    from reso_geo.plan import Plan
    from reso_geo.plan_file.layers import Layer

__all__ = ["TOURS", "read_tours", "write_tours"]

TOURS = "tours"
_COLUMNS = (
    "beat_id TEXT", "mode TEXT", "season TEXT", "depth TEXT", "cadence REAL", "pass_s REAL",
    "deadhead_s REAL", "lower_bound_s REAL", "exact BOOLEAN", "steps BLOB",
)  # fmt: skip
_MOST_PASSES = 64
"""A walk that passes more than so many times as many segments as there are is none of ours."""
_SAME = 1e-6


def write_tours(base: sqlite3.Connection, plan: Plan) -> None:
    """Write the tours of a plan.

    Parameters
    ----------
    base
        An open GeoPackage with its other layers.
    plan
        With its tours.

    Raises
    ------
    sqlite3.Error
        When the file cannot be written.
    """
    columns = ", ".join(_COLUMNS)
    base.execute(f"CREATE TABLE {TOURS} (fid INTEGER PRIMARY KEY AUTOINCREMENT, {columns})")
    base.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)"
        " VALUES (?, 'attributes', ?, '', 0)",
        (TOURS, TOURS),
    )
    rows = [
        (*case, cadence, *_figures(tour), zlib.compress(_steps(tour.passage)))
        for each in plan.tours
        for case in [(each.beat_id, each.mode, each.season, each.depth)]
        for cadence, tour in each.levels
    ]
    marks = ", ".join("?" * len(_COLUMNS))
    base.executemany(f"INSERT INTO {TOURS} VALUES (NULL, {marks})", rows)  # noqa: S608 - our own name


def _figures(tour: Cover) -> tuple[object, ...]:
    found = np.isfinite(tour.pass_s)
    seconds = (tour.pass_s, tour.deadhead_s) if found else (None, None)
    return (*seconds, tour.lower_bound_s, found and tour.exact)


def _steps(passage: Passage) -> bytes:
    """Return the number of the row of each segment, from 1; below 0 where it is passed from v."""
    row = passage.segment + 1
    return np.where(passage.forward, row, -row).astype("<i4").tobytes()


def read_tours(
    plan: Plan, layers: Mapping[str, Layer], graphs: Mapping[str, TravelGraph]
) -> tuple[tuple[KeptTours, ...], tuple[Phrase, ...]]:
    """Read the tours of a plan, and check that they are tours of its beats.

    Parameters
    ----------
    plan
        With figures that hold.
    layers
        Of its file.
    graphs
        The plan's ways by mode, in its season.

    Returns
    -------
    tuple of (tuple of KeptTours, tuple of Phrase)
        As they were saved. Nothing, and why, where the table is missing, damaged, or has a walk
        that is not connected, does not go through the streets of its beat and pass, or takes
        another time.
    """
    try:
        return _Reader(plan, layers, graphs).tours(), ()
    except (KeyError, ValueError, TypeError, IndexError, OverflowError, zlib.error) as error:
        beat = str(error.args[0]) if isinstance(error, _UnfitError) else "-"
        return (), (Phrase("plan_file.tours_ignored", {"beat": beat}),)


class _UnfitError(ValueError):
    """A tour is none of the beat that it names."""


class _Reader:
    """The ways of a plan in both seasons, and what its beats need."""

    def __init__(
        self, plan: Plan, layers: Mapping[str, Layer], graphs: Mapping[str, TravelGraph]
    ) -> None:
        self._plan, self._layer = plan, layers[TOURS]
        network, own = plan.network, plan.request.season
        other = next(season for season in SEASONS if season != own)
        times = travel_times(network, plan.settings, other)
        self._graphs = {(mode, own): graphs[mode] for mode in MODES}
        self._graphs |= {(mode, other): travel_graph(network, times, mode) for mode in MODES}
        fid = layers["segments"].columns.get("fid", range(1, len(network) + 1))
        self._fid = np.array(fid, dtype=np.int64)
        self._at = np.argsort(self._fid, kind="stable")

    def tours(self) -> tuple[KeptTours, ...]:
        """Return the tours of all rows, which stand together by beat, mode and season."""
        groups: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
        for row in self._layer.rows:
            case = str(row["beat_id"]), str(row["mode"]), str(row["season"])
            groups.setdefault(case, []).append(row)
        return tuple(self._kept(*case, rows) for case, rows in groups.items())

    def _kept(self, beat_id: str, mode: str, season: str, rows: list[dict[str, Any]]) -> KeptTours:
        plan, graph = self._plan, self._graphs[mode, season]
        beat = plan.partition.beat_id.index(beat_id)
        own = np.flatnonzero(plan.network.required & (plan.partition.beat_of == beat))
        base, limits = int(plan.partition.base[beat]), plan.settings.set_aside.limits
        levels = nested_levels(plan.load, reached(graph, own, base, plan.load.aside).toured)
        is_own = season == plan.request.season
        depths = {"final"} if is_own else {"final", "fast"}
        said = [float(row["cadence"]) for row in rows]
        depth = rows[0]["depth"]
        if said != [level for level, _ in levels] or {row["depth"] for row in rows} != {depth}:
            raise _UnfitError(beat_id)
        try:
            tours = [
                self._tour(graph, segments, base, row)
                for (_, segments), row in zip(levels, rows, strict=True)
            ]
        except (ValueError, TypeError, OverflowError, zlib.error) as error:
            raise _UnfitError(beat_id) from error
        figures = plan.beats[beat].figures(mode)
        told = (figures.pass_s, tours[-1].pass_s), (figures.lower_bound_s, tours[-1].lower_bound_s)
        agree = all(one is None or _same(one, two) for one, two in told)
        if depth not in depths or (is_own and not agree):
            raise _UnfitError(beat_id)
        key = graph.tour_key(own, base, limits)
        kept = zip((level for level, _ in levels), tours, strict=True)
        return KeptTours(beat_id, mode, season, depth, key, tuple(kept))

    def _tour(
        self, graph: TravelGraph, segments: NDArray[np.int64], base: int, row: dict[str, Any]
    ) -> Cover:
        """Return a tour from its row, timed by its own walk."""
        open_now = np.isfinite(graph.least_patrol[segments])
        wanted, missed = segments[open_now], segments[~open_now]
        least = float(graph.least_patrol[wanted].sum())
        bound_s = float(row["lower_bound_s"])
        segment, forward = self._walk(row["steps"])
        passage = patrolled(graph, segment, forward, wanted)
        cost = passage.cost(graph)
        if row["pass_s"] is None:
            cost, patrol = np.array([np.inf]), least
        else:
            patrol = float(cost[passage.patrol].sum())
            self._check(graph, passage, wanted, base)
        apart = np.setdiff1d(graph.component[graph.u[wanted]], graph.component[base])
        tick_s = graph.tick_s
        pass_s, patrol_s = float(cost.sum()) * tick_s, patrol * tick_s
        tour = Cover(graph.mode, pass_s, patrol_s, bound_s, missed, passage, len(apart))
        if not (0.0 <= bound_s <= pass_s * (1.0 + _SAME)) or not np.isfinite(bound_s):
            raise _UnfitError
        told = ((row["pass_s"], pass_s), (row["deadhead_s"], tour.deadhead_s))
        if row["pass_s"] is not None and not all(_same(float(one), two) for one, two in told):
            raise _UnfitError
        return tour

    def _walk(self, content: bytes) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Return segments and directions; what unzips to more than any walk is not unzipped."""
        most = 4 * _MOST_PASSES * len(self._fid)
        unzip = zlib.decompressobj()
        steps = np.frombuffer(unzip.decompress(content, most), dtype="<i4").astype(np.int64)
        place = np.searchsorted(self._fid[self._at], np.abs(steps))
        found = self._at[np.minimum(place, len(self._at) - 1)]
        if not unzip.eof or not np.array_equal(self._fid[found], np.abs(steps)):
            raise _UnfitError
        return found, steps > 0

    @staticmethod
    def _check(graph: TravelGraph, passage: Passage, wanted: NDArray[np.int64], base: int) -> None:
        """Refuse what is no closed walk from the base, with one for each part apart from it."""
        walks = closed_walks(graph, passage)
        starts, ends = (
            np.array([_node(graph, walk, at) for walk in walks], dtype=np.int64) for at in (0, -1)
        )
        parts = graph.component[starts]
        if (
            not np.array_equal(np.sort(passage.segment[passage.patrol]), np.sort(wanted))
            or not np.array_equal(starts, ends)
            or len(np.unique(parts)) < len(parts)
            or (starts[parts == graph.component[base]] != base).any()
        ):
            raise _UnfitError


def _node(graph: TravelGraph, walk: Passage, at: int) -> int:
    """Return where a walk starts (0) or ends (-1)."""
    ends = graph.u if bool(walk.forward[at]) == (at == 0) else graph.v
    return int(ends[walk.segment[at]])


def _same(one: float, two: float) -> bool:
    return bool(abs(one - two) <= _SAME * max(1.0, abs(two)))
