"""What planners do to a plan's file by hand: edits that leave it valid, and damage."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import shapely
from plans import assign, rewrite, segments_of, sql

from reso_geo.partition import broken_beats

if TYPE_CHECKING:
    from pathlib import Path

    from reso_geo import Plan

Change = "str | Callable[[Path, Plan], None]"
"""Statements of SQL, or what does something else to a file."""
WEST, EAST, SOUTH = "WES-01", "EAS-01", "WES-02"


def apply(change: Change, path: Path, plan: Plan) -> None:
    if isinstance(change, str):
        sql(path, *change.split("; "))
    else:
        change(path, plan)


def at_border(plan: Plan, giver: str, taker: str) -> str:
    """Name a segment of one beat that can go to the other and leaves both connected."""
    partition, network = plan.partition, plan.network
    one, other = partition.beat_id.index(giver), partition.beat_id.index(taker)
    theirs = partition.segments_of(other)
    touched = set(network.u[theirs].tolist()) | set(network.v[theirs].tolist())
    for at in partition.segments_of(one).tolist():
        if {int(network.u[at]), int(network.v[at])} & touched:
            moved = partition.beat_of.copy()
            moved[at] = other
            if not broken_beats(
                network,
                replace(partition, beat_of=moved),
            ):
                return str(network.segment_id[at])
    raise AssertionError


def move_at_border(path: Path, plan: Plan) -> None:
    assign(path, SOUTH, at_border(plan, WEST, SOUTH))


def move_with_geopandas(path: Path, plan: Plan) -> None:
    segment = at_border(plan, WEST, SOUTH)

    def change(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        table.loc[table["segment_id"] == segment, "beat_id"] = SOUTH
        return table

    rewrite(path, "segments", change)


def grow_polygon(path: Path, plan: Plan) -> None:
    """Return the beat SOUTH the ground around one street of WEST, in both polygons."""
    place = plan.network.segment_id.tolist().index(at_border(plan, WEST, SOUTH))
    around = shapely.buffer(plan.network.geometry[place], 15.0, cap_style="flat")

    def change(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        west, south = (table["beat_id"] == each for each in (WEST, SOUTH))
        ground = shapely.intersection(around, table.geometry[west].iloc[0])
        table.loc[west, "geometry"] = table.geometry[west].difference(ground)
        table.loc[south, "geometry"] = table.geometry[south].union(ground)
        return table

    rewrite(path, "beats", change)


def swap_ids(path: Path, _: Plan) -> None:
    sql(
        path,
        "UPDATE segments SET beat_id = CASE beat_id WHEN 'WES-01' THEN 'WES-02' ELSE 'WES-01' END"
        " WHERE beat_id IN ('WES-01', 'WES-02')",
    )


def rename_id(path: Path, _: Plan) -> None:
    sql(
        path,
        "UPDATE segments SET beat_id = 'NORD' WHERE beat_id = 'WES-01'",
        "UPDATE beats SET beat_id = 'NORD' WHERE beat_id = 'WES-01'",
    )


def rename_id_of_polygon(path: Path, _: Plan) -> None:
    sql(path, "UPDATE beats SET beat_id = 'NORD' WHERE beat_id = 'WES-01'")


def add_column(path: Path, _: Plan) -> None:
    sql(
        path,
        "ALTER TABLE segments ADD COLUMN remarque TEXT",
        "UPDATE segments SET remarque = 'à voir' WHERE fid = 3",
        "ALTER TABLE beats ADD COLUMN rang INTEGER",
        "UPDATE beats SET rang = 7 WHERE beat_id = 'EAS-01'",
    )


def reproject(path: Path, _: Plan) -> None:
    for layer in ("segments", "beats"):
        rewrite(path, layer, lambda table: table.to_crs("EPSG:3857"))


def drop_columns(path: Path, _: Plan) -> None:
    rewrite(path, "segments", lambda table: table.drop(columns=["foot_s", "surface"]))


def reorder_rows(path: Path, _: Plan) -> None:
    rewrite(path, "segments", lambda table: table.iloc[::-1])


def add_layer(path: Path, _: Plan) -> None:
    spot = gpd.GeoDataFrame({"texte": ["parc"]}, geometry=gpd.points_from_xy([9], [9]), crs=32632)
    spot.to_file(path, layer="croquis", driver="GPKG")


def add_trigger_and_view(path: Path, _: Plan) -> None:
    sql(
        path,
        "CREATE TRIGGER mine AFTER INSERT ON beats BEGIN SELECT 1; END",
        "CREATE VIEW vue AS SELECT beat_id FROM beats",
    )


def move_lines(path: Path, _: Plan) -> None:
    def change(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        table.loc[table.index[:2], "geometry"] = table.geometry.iloc[:2].translate(25.0, 0.0)
        return table

    rewrite(path, "segments", change)


def turn_off_required(path: Path, _: Plan) -> None:
    sql(path, "UPDATE segments SET required = 0 WHERE fid = 7")


def add_anchor(path: Path, plan: Plan) -> None:
    def change(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        more = table.iloc[[0]].assign(name="Refuge des arts", visits_per_week=5.0)
        return pd.concat([table, more])

    rewrite(path, "anchors", change)
    assert plan.anchors.name.tolist() == ["School"]


GOOD_EDITS: list[tuple[Change, str, list[str]]] = [
    (move_at_border, "segments", ["moved"]),
    (move_with_geopandas, "segments", ["moved"]),
    (grow_polygon, "polygons", ["moved", "redrawn"]),
    (swap_ids, "segments", ["moved"]),
    (rename_id, "none", ["beat_renamed"]),
    (rename_id_of_polygon, "none", ["beat_renamed"]),
    ("UPDATE segments SET beat_id = 'NORD' WHERE beat_id = 'WES-01'", "none", ["beat_renamed"]),
    ("UPDATE segments SET beat_id = lower(beat_id) WHERE fid = 5", "none", ["id_read"]),
    ("UPDATE beats SET beat_id = ' eas 1' WHERE beat_id = 'EAS-01'", "none", ["id_read"]),
    (add_column, "none", ["columns_added"]),
    (reproject, "none", ["reprojected"]),
    (drop_columns, "none", ["columns_lost"]),
    (reorder_rows, "none", []),
    (add_layer, "none", ["layers_added"]),
    (add_trigger_and_view, "none", ["layers_added"]),
    (move_lines, "none", ["lines_put_back"]),
    (turn_off_required, "none", ["required_off"]),
    (add_anchor, "none", ["anchors_edited"]),
    (
        "UPDATE beats SET name = 'Le Vieux-Parc' WHERE beat_id = 'WES-01'",
        "none",
        ["name_edited"],
    ),
    (
        "UPDATE beats SET posts = 2, district = 'D9' WHERE beat_id = 'EAS-01'",
        "none",
        ["district_edited", "posts_edited"],
    ),
    ("UPDATE beats SET posts = '2' WHERE beat_id = 'EAS-01'", "none", ["posts_edited"]),
    ("UPDATE beats SET locked = 1", "none", ["locked"]),
    ("UPDATE segments SET name = 'Rue Neuve' WHERE fid = 1", "none", ["streets_renamed"]),
    ("UPDATE segments SET beat_id = beat_id || '  ' WHERE fid < 9", "none", ["trimmed"]),
    ("UPDATE beats SET foot_verdict = 'no', load_s = 1", "none", ["put_back"]),
    ("UPDATE beats SET border_named = 1", "none", ["put_back"]),
    ("UPDATE segments SET u = 1, length_m = 2", "none", ["put_back"]),
    ("DELETE FROM bases WHERE fid = 1", "none", ["layers_put_back"]),
    ("UPDATE plan_info SET value = 'bike' WHERE key = 'mode'", "none", ["layers_put_back"]),
    (
        lambda p, _: sql(p, "DELETE FROM junctions", "DROP TABLE lineage"),
        "none",
        ["layers_lost", "layers_put_back"],
    ),
    ("UPDATE beats SET geom = NULL WHERE fid = 1", "none", ["shape_put_back"]),
]


def null_ids(path: Path, count: int) -> None:
    assign(path, None, *segments_of(path, WEST)[:count])


def stray(path: Path, plan: Plan) -> None:
    """Return SOUTH a street of WEST that does not touch it."""
    network, partition = plan.network, plan.partition
    own = partition.segments_of(partition.beat_id.index(SOUTH))
    touched = set(network.u[own].tolist()) | set(network.v[own].tolist())
    far = next(
        s
        for s in partition.segments_of(partition.beat_id.index(WEST)).tolist()
        if not {int(network.u[s]), int(network.v[s])} & touched
    )
    assign(path, SOUTH, str(network.segment_id[far]))


def twice(path: Path, beat: str) -> None:
    def change(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        more = table.iloc[[0]].assign(beat_id=beat or table["beat_id"].iloc[0])
        return pd.concat([table, more])

    rewrite(path, "segments", change)


def split_beat(path: Path, posts: int) -> None:
    def change(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        row = table.iloc[[0]]
        box = shapely.box(*row.geometry.iloc[0].bounds)
        left = shapely.box(box.bounds[0], box.bounds[1], box.centroid.x, box.bounds[3])
        one = row.assign(geometry=row.geometry.intersection(left))
        two = row.assign(geometry=row.geometry.difference(left), posts=posts)
        return pd.concat([one, two, table.iloc[1:]])

    rewrite(path, "beats", change)


def shift_border(path: Path, metres: float) -> None:
    """Move one polygon east: a gap behind it, an overlap before it."""

    def change(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        table.loc[table.index[:1], "geometry"] = table.geometry.iloc[:1].translate(metres, 0.0)
        return table

    rewrite(path, "beats", change)


DAMAGE: list[tuple[Change, list[str], list[str]]] = [
    (lambda p, _: null_ids(p, 2), ["unassigned"], []),
    (
        "UPDATE segments SET beat_id = NULL",
        ["empty_beat"] * 3 + ["unassigned"],
        ["empty_beat"] * 3 + ["unassigned"],
    ),
    (stray, ["broken"], []),
    ("DELETE FROM segments WHERE fid = 5", ["segments_deleted"], []),
    (lambda p, _: twice(p, ""), ["segments_duplicated"], []),
    (lambda p, _: twice(p, "EAS-01"), ["segments_contradict"], ["segments_contradict"]),
    ("UPDATE segments SET beat_id = 'NOPE' WHERE fid = 5", ["unknown_beat"], ["unknown_beat"]),
    ("UPDATE segments SET beat_id = 'ESA-01' WHERE fid = 5", ["unknown_beat"], ["unknown_beat"]),
    (
        "UPDATE segments SET segment_id = 'new' WHERE fid = 5",
        ["segments_added", "segments_deleted"],
        ["segments_added"],
    ),
    (
        "UPDATE segments SET segment_id = NULL WHERE fid = 5",
        ["segments_added", "segments_deleted"],
        ["segments_added"],
    ),
    ("DELETE FROM beats WHERE beat_id = 'EAS-01'", ["beats_deleted"], []),
    (lambda p, _: split_beat(p, 1), ["beats_duplicated"], []),
    (lambda p, _: split_beat(p, 2), ["beats_contradict"], ["beats_contradict"]),
    ("UPDATE beats SET posts = 'deux' WHERE fid = 1", ["bad_posts"], ["bad_posts"]),
    (
        "UPDATE beats SET posts = 0, locked = 'bof' WHERE fid = 1",
        ["bad_locked", "bad_posts"],
        ["bad_locked", "bad_posts"],
    ),
    ("UPDATE segments SET required = 'oui?' WHERE fid = 1", ["bad_required"], ["bad_required"]),
    ("UPDATE anchors SET minutes = -5", ["bad_anchors"], ["bad_anchors"]),
    (lambda p, _: shift_border(p, 1.5), ["sliver"], []),
    (
        "UPDATE segments SET beat_id = 'WES-01' WHERE beat_id = 'WES-02'",
        ["empty_beat"],
        ["empty_beat"],
    ),
]
