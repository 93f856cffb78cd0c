"""plan_route: from a plan to the walk or ride of one of its beats."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj import Transformer

from reso_geo.boundaries.boundary import clean_name
from reso_geo.choices import check_choice
from reso_geo.coverage import closed_walks, shift_loops
from reso_geo.demand import place_anchors
from reso_geo.errors import InfeasibleError
from reso_geo.i18n import Phrase, listed
from reso_geo.plan import Plan, assumptions_of, current_plan, tour_beats, yard_of
from reso_geo.records import kind_of
from reso_geo.routes.route import Leg, Route, RouteLoop
from reso_geo.travel import MODES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.coverage import Loop
    from reso_geo.workload import BeatLoad

__all__ = ["plan_route"]

_DIGITS = 7
"""Decimals of a degree that are kept, as OpenStreetMap does: about a centimetre."""


def plan_route(plan: Plan, beat_id: str, mode: str | None = None) -> Route:
    """Return the tour that the plan's figures tell of, in loops that fit a shift's patrol.

    Parameters
    ----------
    plan
        From `reso_geo.make_plan` or a plan file; its season, settings and base hold.
    beat_id
        Id or name of one of its beats, in any case.
    mode
        ``foot`` or ``bike``; None for the plan's.

    Returns
    -------
    Route
        Loops from the base and back, which together cover every street of the beat that the mode
        may use. Streets that no path connects to the base have loops of their own, and a warning.

    Raises
    ------
    UsageError
        When the plan has no such beat, or the mode is not known.
    InfeasibleError
        When no legal tour exists, or the mode may use no street of the beat.

    Examples
    --------
    >>> from reso_geo import load_network, make_plan, read_boundary
    >>> from reso_geo.atomic_files import data_file
    >>> boundary = read_boundary(str(data_file("sample/sector.geojson")))
    >>> network = load_network(data_file("sample/sample.osm.pbf"), boundary)
    >>> plan = make_plan(network, officers=3)
    >>> route = plan_route(plan, plan.beats[0].beat_id)
    >>> all(route.starts_at_base(loop) for loop in route.loops)
    True
    """
    plan = kind_of("plan", plan, Plan, "plan")
    mode = mode or plan.request.mode
    check_choice(mode, MODES)
    beat = plan.beat_at(beat_id)
    plan = current_plan(plan)
    network, settings, yard = plan.network, plan.settings, yard_of(plan)
    load, _ = tour_beats(yard, mode, plan.partition, [beat], plan.kept_tours)[beat]
    graph, tour, base = yard.graphs[mode], load.once, int(plan.partition.base[beat])
    said = {"beat": beat_id, "mode": Phrase(f"maps.mode.{mode}")}
    if len(tour.missed) == len(load.segments):
        raise InfeasibleError(Phrase("route.nothing", said))
    if not np.isfinite(tour.pass_s):
        raise InfeasibleError(Phrase("route.no_tour", said))
    shift_s = settings.shift_h.central * 3600.0 * settings.patrol_share.central
    talk = settings.talk_factor("central")
    found = [
        loop
        for walk in closed_walks(graph, tour.steps)
        for loop in shift_loops(graph, walk, shift_s, talk)
    ]
    draw = _Drawer(plan, mode, found)
    loops = tuple(RouteLoop(draw.legs(loop)) for loop in found)
    lon, lat = draw.degrees(network.node_xy[[base]])[0].tolist()
    return Route(
        beat_id=plan.beats[beat].beat_id,
        beat_name=plan.beats[beat].name,
        mode=mode,
        season=plan.request.season,
        base=(lon, lat),
        loops=loops,
        created=plan.created,
        unsettled=plan.unsettled,
        assumptions=_assumptions(plan, mode),
        notes=_notes(plan, mode, len(loops), talk, shift_s),
        warnings=_warnings(plan, load, loops, shift_s),
    )


class _Drawer:
    """Turns loops into legs with streets, times and lines."""

    def __init__(self, plan: Plan, mode: str, loops: list[Loop]) -> None:
        network = plan.network
        self._length_m = network.length_m
        self._move = Transformer.from_crs(network.crs, "EPSG:4326", always_xy=True)
        passed = np.unique(np.concatenate([loop.steps.segment for loop in loops]))
        self._street = {s: clean_name(network.name[s] or network.ref[s]) for s in passed.tolist()}
        xy, of = shapely.get_coordinates(network.geometry[passed], return_index=True)
        lines = np.split(self.degrees(xy), np.flatnonzero(np.diff(of)) + 1)
        self._line = dict(zip(passed.tolist(), lines, strict=True))
        self._how = _moving(plan, mode)

    def degrees(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return longitude and latitude of points in the network's CRS, shape (n, 2)."""
        lonlat = np.column_stack(self._move.transform(xy[:, 0], xy[:, 1]))
        return np.round(lonlat, _DIGITS) + 0.0

    def legs(self, loop: Loop) -> tuple[Leg, ...]:
        """Join consecutive traversals along one street, moved in one way and to one end."""
        steps = loop.steps
        passed = (steps.segment.tolist(), steps.forward.tolist(), steps.patrol.tolist())
        kinds = [
            (self._street[s], "patrol" if patrol else "transit", str(self._how[int(ahead)][s]))
            for s, ahead, patrol in zip(*passed, strict=True)
        ]
        starts = [k for k in range(len(kinds)) if k == 0 or kinds[k] != kinds[k - 1]]
        sofar = np.concatenate(([0.0], np.cumsum(loop.seconds)))
        legs = []
        for start, end in zip(starts, [*starts[1:], len(kinds)], strict=True):
            street, kind, how = kinds[start]
            segments = steps.segment[start:end].copy()
            legs.append(
                Leg(
                    street=street,
                    kind=kind,
                    how=how,
                    segments=segments,
                    line=self._along(segments, steps.forward[start:end]),
                    length_m=float(self._length_m[segments].sum()),
                    seconds=float(loop.seconds[start:end].sum()),
                    from_s=float(sofar[start]),
                )
            )
        return tuple(legs)

    def _along(
        self, segments: NDArray[np.int64], forward: NDArray[np.bool_]
    ) -> NDArray[np.float64]:
        """Return the line over segments, each in its direction; no point twice in a row."""
        parts = [
            self._line[s] if ahead else self._line[s][::-1]
            for s, ahead in zip(segments.tolist(), forward.tolist(), strict=True)
        ]
        line = np.concatenate(parts)
        moved = np.append([True], (line[1:] != line[:-1]).any(axis=1))
        # A street of less than a centimetre is still a line.
        return line[moved] if moved.sum() > 1 else line[:2].copy()


def _moving(plan: Plan, mode: str) -> tuple[NDArray[np.str_], NDArray[np.str_]]:
    """Return the way of moving along each segment, both ways; a bike at foot pace is pushed."""
    times = plan.times
    if mode == "foot":
        walk = np.full(len(plan.network), "walk")
        return walk, walk
    backward, forward = (
        np.where(s == times.foot_s, "push", "ride")
        for s in (times.bike_backward_s, times.bike_forward_s)
    )
    return backward, forward


def _assumptions(plan: Plan, mode: str) -> tuple[str, ...]:
    """List the settings without a source that a tour rests on: not those of how often, and when."""
    unused: tuple[str, ...] = ("cadence", "shifts_per_week")
    if mode == "foot":
        unused += ("bike_", "winter_bike_")
    return tuple(key for key in assumptions_of(plan) if not key.startswith(unused))


def _notes(plan: Plan, mode: str, count: int, talk: float, shift_s: float) -> tuple[Phrase, ...]:
    """Describe what the loops are and what their times hold."""
    values: dict[str, object] = {
        "count": count,
        "mode": Phrase(f"maps.mode.{mode}"),
        "season": Phrase(f"maps.season.{plan.request.season}"),
        "hours": shift_s / 3600.0,
    }
    loops = Phrase("route.one_loop" if count == 1 else "route.loops", values)
    return loops, Phrase("route.talks", {"minutes": 60.0 * (1.0 - 1.0 / talk)})


def _warnings(
    plan: Plan,
    load: BeatLoad,
    loops: tuple[RouteLoop, ...],
    shift_s: float,
) -> tuple[Phrase, ...]:
    """Describe what is left out, apart, too long or not counted."""
    said, tour = [], load.once
    if load.reached.aside:
        left = np.concatenate(load.reached.aside)
        km = float(plan.network.length_m[left].sum() / 1000.0)
        names = [name for name in plan.network.name[left].tolist() if name]
        values = {
            "count": len(left),
            "m": 1000.0 * km,
            "names": listed(dict.fromkeys(names)) or "-",
        }
        said.append(Phrase("route.set_aside", values))
    if tour.apart:
        said.append(Phrase("route.apart", {"count": tour.apart}))
    if len(tour.missed):
        km = float(plan.network.length_m[tour.missed].sum() / 1000.0)
        said.append(Phrase("route.missed", {"count": len(tour.missed), "km": km}))
    long = [number for number, loop in enumerate(loops, 1) if loop.seconds > shift_s]
    if long:
        said.append(Phrase("route.too_long", {"loops": listed(long)}))
    if all(leg.how == "push" for loop in loops for leg in loop.legs):
        said.append(Phrase("route.all_pushed"))
    at = place_anchors(plan.network, plan.anchors).index
    visits = int(np.isin(at, load.toured).sum())
    if visits:
        said.append(Phrase("route.visits", {"count": visits}))
    return tuple(said)
