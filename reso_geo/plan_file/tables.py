"""A plan as tables, one a layer, with the columns of the contract."""

from __future__ import annotations

import json
from dataclasses import asdict
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer

from reso_geo.demand import place_anchors
from reso_geo.fingerprint import fingerprint
from reso_geo.network import crossed_by, project_shapes
from reso_geo.osm import PUSH, RIDE
from reso_geo.plan import Ancestor, assumptions_of
from reso_geo.plan_file.beat_columns import beat_row
from reso_geo.plan_file.digests import SCHEMA, digests_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from reso_geo.i18n import Phrase
    from reso_geo.plan import Plan, Post

__all__ = ["beats_table", "plan_tables", "segments_table"]

_USES = {RIDE: "ride", PUSH: "push"}
_TIMES = ("foot_s", "foot_patrol_s", "bike_forward_s", "bike_backward_s")
_PATROL = ("bike_patrol_forward_s", "bike_patrol_backward_s")


def plan_tables(plan: Plan, parent_sha256: str = "") -> dict[str, pd.DataFrame]:
    """Return every layer of a plan; those with a geometry are GeoDataFrames in the plan's CRS.

    Parameters
    ----------
    plan
        A complete plan.
    parent_sha256
        Of the file of the plan that it comes from; empty for none.

    Returns
    -------
    dict of str to DataFrame
        Layers in the order in which they are written.
    """
    barriers, basemap = plan.network.barriers, plan.network.basemap
    # In a first plan every beat is new.
    new = tuple(Ancestor(name, "", 1.0, 0) for name in plan.partition.beat_id)
    layers = {
        "segments": segments_table(plan),
        "junctions": _junctions(plan),
        "beats": beats_table(plan),
        "bases": _bases(plan),
        "anchors": _anchors(plan),
        "boundaries": _boundaries(plan),
        "barriers": _named_shapes(
            plan, zip(barriers.kind, barriers.name, barriers.geometry, strict=True)
        ),
        "land": _named_shapes(plan, ((a.kind, a.name, a.shape) for a in basemap.land)),
        "places": _named_shapes(plan, ((p.kind, p.name, p.point) for p in basemap.places)),
        "posts": _rows(plan.all_posts, "since"),
        "lineage": _rows(plan.lineage or new, "parent_beat_id"),
    }
    digests = digests_of(layers["segments"], layers["beats"], layers["anchors"])
    return layers | {"plan_info": _plan_info(plan, digests, parent_sha256)}


def _named(names: Iterable[str], index: NDArray[np.int64]) -> NDArray[np.object_]:
    """Return the name at each index, None for -1."""
    table = np.array([*names, None], dtype=object)
    return table[index]


def _finite(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return NaN, which is written as NULL, in place of infinity."""
    return np.where(np.isfinite(values), values, np.nan)


def _texts(values: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return None, which is written as NULL, in place of an empty text."""
    return np.array([value or None for value in values], dtype=object)


def _uses(codes: NDArray[np.int8]) -> list[str | None]:
    return [_USES.get(code) for code in codes.tolist()]


def segments_table(plan: Plan) -> gpd.GeoDataFrame:
    """Return the layer ``segments``.

    Parameters
    ----------
    plan
        A complete plan.

    Returns
    -------
    GeoDataFrame
        In the plan's CRS; with ``extra_s`` where somebody gave segments weights of their own, and
        ``neighbourhood`` where any is known.
    """
    network, times = plan.network, plan.times
    extra: dict[str, Any] = {} if plan.extra_s is None else {"extra_s": plan.extra_s}
    if network.neighbourhood is not None:
        extra["neighbourhood"] = _texts(network.neighbourhood)
    return gpd.GeoDataFrame(
        {
            "segment_id": network.segment_id,
            "u": network.node_id[network.u],
            "v": network.node_id[network.v],
            "length_m": network.length_m,
            "highway": network.highway,
            "name": _texts(network.name),
            "city": _named(network.cities, network.city),
            "required": network.required,
            "twin_of": _named(network.segment_id, network.twin_of),
            "beat_id": _named(plan.partition.beat_id, plan.partition.beat_of),
            **{name: _finite(getattr(times, name)) for name in _TIMES},
            "bike_patrol_s": _finite(np.minimum(*(getattr(times, name) for name in _PATROL))),
            "cadence": plan.load.cadence,
            "street_load_s": plan.load.total_s,
            "near_line": plan.near_line,
            "on_limit": plan.on_limit,
            "unserved": plan.unserved,
            "why": _texts(network.why),
            "ref": _texts(network.ref),
            "oneway": network.oneway.astype(np.int32),
            "bike_forward": _uses(network.bike_forward),
            "bike_backward": _uses(network.bike_backward),
            "surface": network.surface,
            "cleared": network.cleared,
            "lanes": np.where(network.lanes > 0, network.lanes, np.nan),
            "crossed": [",".join(crossed_by(code)) or None for code in network.crossed.tolist()],
            **extra,
        },
        geometry=network.geometry,
        crs=network.crs,
    )


def _junctions(plan: Plan) -> gpd.GeoDataFrame:
    network = plan.network
    points = shapely.points(network.node_xy)
    columns = {"node_id": network.node_id, "ele_m": network.node_ele_m}
    return gpd.GeoDataFrame(columns, geometry=points, crs=network.crs)


def beats_table(plan: Plan) -> gpd.GeoDataFrame:
    """Return the layer ``beats``.

    Parameters
    ----------
    plan
        A complete plan.

    Returns
    -------
    GeoDataFrame
        In the plan's CRS.
    """
    rows = [beat_row(beat, plan.request.season) for beat in plan.beats]
    return gpd.GeoDataFrame(rows, geometry=list(plan.shapes), crs=plan.network.crs)


def _bases(plan: Plan) -> gpd.GeoDataFrame:
    base = plan.partition.base
    return gpd.GeoDataFrame(
        {
            "beat_id": plan.partition.beat_id,
            "node_id": plan.network.node_id[base],
            "name": pd.Series([name or None for name in plan.partition.base_name], dtype=object),
        },
        geometry=shapely.points(plan.network.node_xy[base]),
        crs=plan.network.crs,
    )


def _anchors(plan: Plan) -> gpd.GeoDataFrame:
    anchors = plan.anchors
    placed = place_anchors(plan.network, anchors)
    move = Transformer.from_crs("EPSG:4326", plan.network.crs, always_xy=True)
    return gpd.GeoDataFrame(
        {
            "name": anchors.name,
            "kind": anchors.kind,
            "visits_per_week": anchors.visits_per_week,
            "minutes": anchors.minutes,
            "segment_id": _named(plan.network.segment_id, placed.index),
            "distance_m": _finite(placed.distance_m),
        },
        geometry=shapely.points(*move.transform(anchors.lon, anchors.lat)),
        crs=plan.network.crs,
    )


def _boundaries(plan: Plan) -> gpd.GeoDataFrame:
    boundary = plan.boundary
    return gpd.GeoDataFrame(
        {"name": boundary.names, "kind": [boundary.kind] * len(boundary.names)},
        geometry=list(project_shapes(boundary, plan.network.crs)),
        crs=plan.network.crs,
    )


def _named_shapes(plan: Plan, rows: Iterable[tuple[str, str, Any]]) -> gpd.GeoDataFrame:
    """Return shapes with a kind, and a name where they have one."""
    kinds, names, shapes = list(zip(*rows, strict=True)) or [(), (), ()]
    columns = {
        "kind": pd.Series(kinds, dtype=object),
        "name": pd.Series([name or None for name in names], dtype=object),
    }
    return gpd.GeoDataFrame(columns, geometry=list(shapes), crs=plan.network.crs)


def _rows(records: Iterable[Ancestor | Post], may_be_empty: str) -> pd.DataFrame:
    """Return records as rows, with a column that may have empty cells."""
    return pd.DataFrame(
        {**vars(each), may_be_empty: getattr(each, may_be_empty) or None} for each in records
    )


def _plan_info(plan: Plan, digests: Mapping[str, str], parent_sha256: str) -> pd.DataFrame:
    network, boundary, cut = plan.network, plan.boundary, plan.request.cut
    supervisors = plan.request.supervisors
    inputs = [asdict(network.source), {"name": boundary.origin, "kind": boundary.kind}]
    inputs += [asdict(each) for each in plan.inputs]
    values: dict[str, object] = {
        "schema": SCHEMA,
        "version": version("reso_geo"),
        "created": plan.created,
        "unsettled": plan.unsettled,
        "mode": plan.request.mode,
        "season": plan.request.season,
        "seed": str(cut.seed),
        "coverage": plan.request.coverage,
        "supervisors": "" if supervisors is None else str(supervisors),
        "officers": str(cut.officers),
        "request": cut.recorded(),
        "settings": plan.settings.to_json(),
        "measured_with": fingerprint(*plan.beat_keys),
        "assumptions": assumptions_of(plan),
        "counts_weeks": "" if plan.counts_weeks is None else repr(plan.counts_weeks),
        "inputs": inputs,
        "parent_sha256": parent_sha256,
        **{f"{name}_sha256": digest for name, digest in digests.items()},
        "cities": network.cities,
        "joined": plan.annexed_ids,
        "dropped": [asdict(dropped) for dropped in network.dropped],
        "boundary_notes": _phrases(boundary.notes),
        "notes": _phrases(network.notes),
        "balance_why": _phrases(plan.balance_why),
        "enough": [asdict(each) for each in plan.enough],
        "waiting_residents": json.dumps(plan.waiting_residents),
        "warnings": _phrases(plan.warnings),
    }
    texts = [
        v if isinstance(v, str) else json.dumps(v, ensure_ascii=False) for v in values.values()
    ]
    return pd.DataFrame({"key": list(values), "value": texts})


def _phrases(phrases: Iterable[Phrase]) -> list[dict[str, object]]:
    return [{"key": p.key, "values": _plain(p.values)} for p in phrases]


def _plain(values: Mapping[str, object]) -> dict[str, object]:
    """Return a phrase's values as JSON can hold them."""
    plain = {k: v.item() if isinstance(v, np.generic) else v for k, v in values.items()}
    return {k: v if isinstance(v, (int, float, str)) else str(v) for k, v in plain.items()}
