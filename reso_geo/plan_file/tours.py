"""The tours of a plan in its file: a table of walks, each a list of signed rows of segments.

A table that does not fit the plan is no error, since all of it can be found again: it is ignored,
and the plan says so.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

import numpy as np

from reso_geo.coverage import Tour, Traversals, patrolled, reached, tails_and_heads, travel_graph
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
_TIMES = ("pass_s", "deadhead_s")


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
        (*case, cadence, *_figures(tour), zlib.compress(_steps(tour.steps)))
        for each in plan.tours
        for case in [(each.beat_id, each.mode, each.season, each.depth)]
        for cadence, tour in each.levels
    ]
    marks = ", ".join("?" * len(_COLUMNS))
    base.executemany(f"INSERT INTO {TOURS} VALUES (NULL, {marks})", rows)  # noqa: S608 - our own name


def _figures(tour: Tour) -> tuple[object, ...]:
    found = np.isfinite(tour.pass_s)
    seconds = (tour.pass_s, tour.deadhead_s) if found else (None, None)
    return (*seconds, tour.lower_bound_s, found and tour.exact)


def _steps(steps: Traversals) -> bytes:
    """Return the number of the row of each segment, from 1; below 0 where it is passed from v."""
    row = steps.segment + 1
    return np.where(steps.forward, row, -row).astype("<i4").tobytes()


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
    except _UnfitError as error:
        return (), (Phrase("plan_file.tours_ignored", {"beat": str(error)}),)
    except (KeyError, ValueError, TypeError, IndexError):
        return (), (Phrase("plan_file.tours_unread"),)


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
        depth = rows[0]["depth"]
        try:
            tours = [
                (level, self._tour(graph, segments, base, row))
                for (level, segments), row in zip(levels, rows, strict=True)
                if (float(row["cadence"]), row["depth"]) == (level, depth)
            ]
        except (ValueError, TypeError, OverflowError, zlib.error) as error:
            raise _UnfitError(beat_id) from error
        once, figures = tours[-1][1], plan.beats[beat].figures(mode)
        fits = len(tours) == len(levels) and depth in ("final", "fast")
        if season == plan.request.season:
            fits &= depth == "final" or plan.draft
            fits &= _same(figures.lower_bound_s, once.lower_bound_s)
            fits &= figures.pass_s is None or _same(figures.pass_s, once.pass_s)
        if not fits:
            raise _UnfitError(beat_id)
        key = graph.tour_key(own, base, limits)
        return KeptTours(beat_id, mode, season, depth, key, tuple(tours))

    def _tour(
        self, graph: TravelGraph, segments: NDArray[np.int64], base: int, row: dict[str, Any]
    ) -> Tour:
        """Return a tour from its row, timed by its own walk."""
        open_now = np.isfinite(graph.least_patrol[segments])
        wanted, missed = segments[open_now], segments[~open_now]
        steps = patrolled(graph, *self._walk(row["steps"]), wanted)
        there = row["pass_s"] is not None
        cost = steps.cost(graph) if there else np.array([np.inf])
        patrol = cost[steps.patrol] if there else graph.least_patrol[wanted]
        tour = Tour(
            mode=graph.mode,
            pass_s=float(cost.sum()) * graph.tick_s,
            patrol_s=float(patrol.sum()) * graph.tick_s,
            lower_bound_s=float(row["lower_bound_s"]),
            missed=missed,
            steps=steps,
            apart=len(np.setdiff1d(graph.component[graph.u[wanted]], graph.component[base])),
        )
        told = [(float(row[name]), getattr(tour, name)) for name in _TIMES if there]
        fits = 0.0 <= tour.lower_bound_s <= tour.pass_s * (1.0 + _SAME)
        fits &= all(_same(*pair) for pair in told) and np.isfinite(tour.lower_bound_s)
        if not fits or (there and not _through(graph, steps, wanted, base)):
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


def _through(graph: TravelGraph, steps: Traversals, wanted: NDArray[np.int64], base: int) -> bool:
    """Return whether traversals are a closed walk from the base through what is wanted.

    What no path connects to the base has a closed walk of its own.
    """
    tail, head = tails_and_heads(graph, steps.segment, steps.forward)
    if not len(tail):
        return not len(wanted)
    breaks = np.flatnonzero(tail[1:] != head[:-1])
    starts, ends = tail[np.append(0, breaks + 1)], head[np.append(breaks, len(head) - 1)]
    part = graph.component[starts]
    return bool(
        np.array_equal(np.sort(steps.segment[steps.patrol]), np.sort(wanted))
        and np.array_equal(starts, ends)
        and len(np.unique(part)) == len(part)
        and (starts[part == graph.component[base]] == base).all()
    )


def _same(one: float, two: float) -> bool:
    return bool(abs(one - two) <= _SAME * max(1.0, abs(two)))
