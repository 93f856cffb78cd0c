"""What keeps beats over streets from being a valid plan, each with where it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from reso_geo.network import project_shapes
from reso_geo.partition import annexed_parts, held_segments, parts_of
from reso_geo.plan_check.findings import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from reso_geo.network import StreetNetwork
    from reso_geo.plan import Plan
    from reso_geo.plan_check.findings import BeatRow

__all__ = ["annexed_now", "find_problems", "polygon_problems", "segments_named"]

_LEAST_M2, _NOISE_M = 1.0, 0.05
_SLIVER_M = 2.0
"""A gap or overlap no wider than this is a sliver: a line that was not snapped to its neighbour."""


def annexed_now(
    network: StreetNetwork, plan: Plan, beats: Sequence[BeatRow], beat_of: NDArray[np.int64]
) -> dict[int, NDArray[np.int64]]:
    """Find the parts of edited beats that need not be connected to the rest of them.

    Parameters
    ----------
    network
        The streets.
    plan
        The plan as it was adopted, for the parts that it lists.
    beats
        The beats.
    beat_of
        int64, shape (m,): beat index of each segment, -1 for none.

    Returns
    -------
    dict of int to ndarray of int64
        By beat index: see `reso_geo.partition.annexed_parts`.
    """
    adopted = {plan.partition.beat_id[beat]: own for beat, own in plan.partition.annexed.items()}
    ids = [row.beat_id for row in beats]
    listed = {beat: adopted[name] for beat, name in enumerate(ids) if name in adopted}
    return annexed_parts(network, beat_of, [row.city for row in beats], listed)


def find_problems(
    network: StreetNetwork,
    plan: Plan,
    beats: Sequence[BeatRow],
    beat_of: NDArray[np.int64],
    disputed: NDArray[np.bool_],
) -> list[Problem]:
    """Find what is wrong with beats over streets.

    Parameters
    ----------
    network
        The streets, with what is required now.
    plan
        The plan as it was adopted, for its locks.
    beats
        The beats.
    beat_of
        int64, shape (m,): beat index of each segment, -1 for none.
    disputed
        bool, shape (m,): segments without a beat that are named already.

    Returns
    -------
    list of Problem
        Empty when all is well.
    """
    ids = [row.beat_id for row in beats]
    held = held_segments(network)
    missing = held & (beat_of < 0) & ~disputed
    problems = [] if plan.request.coverage == "partial" else _unassigned(network, missing)
    annexed = annexed_now(network, plan, beats, beat_of)
    for beat, row in enumerate(beats):
        own = np.flatnonzero(beat_of == beat)
        if not network.required[own].any():
            problems.append(Problem("empty_beat", (row.beat_id,), (row.beat_id,)))
        apart = np.setdiff1d(own, annexed.get(beat, np.empty(0, dtype=np.int64)))
        problems += _broken(network, row.beat_id, parts_of(network, apart)[1:])
        away = own[network.city[own] != row.city] if row.city >= 0 else own[:0]
        if len(away):
            values = {"city": network.cities[row.city]}
            problems.append(_at(network, "other_city", away, (row.beat_id,), values))
    return problems + _locks(network, plan, ids, beats, beat_of)


def _at(
    network: StreetNetwork,
    kind: str,
    segments: NDArray[np.int64],
    beats: tuple[str, ...] = (),
    values: Mapping[str, object] | None = None,
) -> Problem:
    """Return a problem of some segments, with the length of those to cover."""
    km = float(network.length_m[segments[network.required[segments]]].sum() / 1000.0)
    where = shapely.union_all(network.geometry[segments])
    ids = tuple(network.segment_id[segments].tolist())
    return Problem(kind, ids, beats, {"km": km, **(values or {})}, where)


def _unassigned(network: StreetNetwork, missing: NDArray[np.bool_]) -> list[Problem]:
    return [_at(network, "unassigned", np.flatnonzero(missing))] if missing.any() else []


def _broken(network: StreetNetwork, beat_id: str, parts: list[NDArray[np.int64]]) -> list[Problem]:
    if not parts:
        return []
    return [_at(network, "broken", np.concatenate(parts), (beat_id,), {"parts": len(parts) + 1})]


def _locks(
    network: StreetNetwork,
    plan: Plan,
    ids: list[str],
    beats: Sequence[BeatRow],
    beat_of: NDArray[np.int64],
) -> list[Problem]:
    """Find beats that are locked, were locked before, and are not what they were."""
    problems = []
    for number, beat in enumerate(plan.beats):
        now = ids.index(beat.beat_id) if beat.beat_id in ids else -1
        if not beat.locked or (now >= 0 and not beats[now].locked):
            continue
        changed = (plan.partition.beat_of == number) != ((beat_of == now) & (now >= 0))
        if changed.any():
            found = _at(network, "lock_broken", np.flatnonzero(changed), (beat.beat_id,))
            problems.append(found)
    return problems


def segments_named(
    network: StreetNetwork, problems: Iterable[Problem], *kinds: str
) -> NDArray[np.bool_]:
    """Return which segments problems are about.

    Parameters
    ----------
    network
        The streets.
    problems
        Of an edited plan.
    *kinds
        Of problems that count.

    Returns
    -------
    ndarray of bool, shape (m,)
        True for a segment that one of them names.
    """
    ids = {each for problem in problems if problem.kind in kinds for each in problem.ids}
    return np.array([each in ids for each in network.segment_id.tolist()], dtype=bool)


def polygon_problems(
    network: StreetNetwork,
    plan: Plan,
    beats: Sequence[BeatRow],
    shapes: Sequence[shapely.MultiPolygon],
) -> list[Problem]:
    """Find where polygons do not tile the cities.

    Parameters
    ----------
    network
        The streets.
    plan
        The plan as it was adopted, for its cities.
    beats
        The beats.
    shapes
        Their polygons, in the CRS of the streets.

    Returns
    -------
    list of Problem
        Gaps (but for ground that waits in a plan of partial coverage), overlaps, what lies outside
        of the cities, and slivers of all three.
    """
    ground = shapely.union_all(project_shapes(plan.boundary, network.crs))
    ids = [row.beat_id for row in beats]
    whole = shapely.union_all(list(shapes))
    found: list[tuple[str, tuple[str, ...], shapely.Geometry]] = []
    inhabited = _inhabited(network, plan)
    open_ground = _parts(shapely.difference(inhabited, whole))
    if plan.request.coverage == "partial":
        # Ground that waits is in no polygon: only a sliver is nobody's intention.
        open_ground = [each for each in open_ground if _is_sliver(each)]
    found += [("gap", (), each) for each in open_ground]
    found += [("outside", (), each) for each in _parts(shapely.difference(whole, ground))]
    tree = shapely.STRtree(shapes)
    for one, other in sorted(zip(*tree.query(list(shapes), predicate="intersects"), strict=True)):
        if one < other:
            both = shapely.intersection(shapes[one], shapes[other])
            found += [("overlap", (ids[one], ids[other]), each) for each in _parts(both)]
    groups: dict[tuple[str, tuple[str, ...]], list[shapely.Geometry]] = {}
    beside: dict[str, None] = {}
    for kind, pair, shape in found:
        near = pair or tuple(
            ids[b] for b in sorted(tree.query(shape, predicate="dwithin", distance=1.0).tolist())
        )
        if _is_sliver(shape):
            beside |= dict.fromkeys(near)
            groups.setdefault(("sliver", ()), []).append(shape)
        else:
            groups.setdefault((kind, near), []).append(shape)
    return [
        Problem(
            kind,
            near or tuple(beside),
            near or tuple(beside),
            {"count": len(parts), "m2": round(sum(shapely.area(part) for part in parts))},
            shapely.GeometryCollection(parts),
        )
        for (kind, near), parts in groups.items()
    ]


def _is_sliver(shape: shapely.Geometry) -> bool:
    return bool(shapely.buffer(shape, -_SLIVER_M / 2.0).is_empty)


def _inhabited(network: StreetNetwork, plan: Plan) -> shapely.Geometry:
    """Return the cities with a street to cover: the others stay empty on the map."""
    cities = project_shapes(plan.boundary, network.crs)
    if len(cities) != len(network.cities):
        return shapely.union_all(cities)
    used = np.unique(network.city[plan.partition.beat_of >= 0]).tolist()
    crossing = bool((plan.partition.city < 0).any())
    return shapely.union_all([s for c, s in enumerate(cities) if crossing or c in used])


def _parts(shape: shapely.Geometry) -> list[shapely.Geometry]:
    """Return the parts of a shape that are too large to be what rounding left along a line."""
    parts = [part for part in shapely.get_parts(shape) if shapely.area(part) > _LEAST_M2]
    return [part for part in parts if not shapely.buffer(part, -_NOISE_M / 2.0).is_empty]
