"""A plan put together from the layers of its file."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from pyproj import Transformer

from reso_geo.boundaries import Boundary
from reso_geo.coverage import travel_graph
from reso_geo.demand import Anchors, place_anchors, stop_seconds
from reso_geo.fingerprint import fingerprint
from reso_geo.i18n import Phrase
from reso_geo.network import Barriers, Basemap, Dropped, StreetNetwork, crossing_code
from reso_geo.osm import NO_WAY, PUSH, RIDE, LandArea, NamedPlace, Source
from reso_geo.partition import CutRequest, Partition
from reso_geo.plan import (
    Ancestor,
    BeatsEnough,
    Input,
    Plan,
    PlanMatter,
    PlanRequest,
    Post,
    judged_again,
)
from reso_geo.plan_file.beat_columns import beat_of
from reso_geo.plan_file.digests import SCHEMA
from reso_geo.plan_file.migrate import WITHOUT_TOURS, migration_notes
from reso_geo.plan_file.tours import read_tours
from reso_geo.settings import parse_settings
from reso_geo.travel import MODES, travel_times
from reso_geo.workload import street_load

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from reso_geo.plan_file.layers import Layer
    from reso_geo.settings import StreetRules

__all__ = ["assemble_plan", "info_of"]

_USES = {"ride": RIDE, "push": PUSH}


def info_of(layers: Mapping[str, Layer]) -> dict[str, str]:
    """Return what a plan says of itself, by key.

    Parameters
    ----------
    layers
        Of a plan file, ``plan_info`` among them.

    Returns
    -------
    dict of str to str
        The rows of ``plan_info``.
    """
    return dict(zip(layers["plan_info"]["key"], layers["plan_info"]["value"], strict=True))


def assemble_plan(layers: Mapping[str, Layer], *, tours: bool = True) -> Plan:
    """Assemble a plan.

    Parameters
    ----------
    layers
        Of a plan file, with the columns that `save_plan` wrote.
    tours
        False to leave its tours aside.

    Returns
    -------
    Plan
        Times and street loads are worked out again from its settings.

    Raises
    ------
    KeyError, ValueError, TypeError, IndexError, AttributeError
        When something is missing or is not what it should be.
    """
    info = info_of(layers)
    settings = parse_settings(info["settings"])
    network = _network(layers, info, settings.streets)
    request = PlanRequest(
        CutRequest.read_back(json.loads(info["request"])),
        info["mode"],
        info["season"],
        # Who asked for no date got that of the extract.
        info["created"] if info["created"] not in ("", network.source.timestamp) else None,
        int(info["supervisors"]) if info.get("supervisors") else None,
        info.get("coverage", "full"),
    )
    anchors = _anchors(layers["anchors"])
    times = travel_times(network, settings, request.season)
    stop_s, extra_s = stop_seconds(network, anchors, place_anchors(network, anchors)), None
    if "extra_s" in layers["segments"].columns:
        extra_s = _numbers(layers["segments"]["extra_s"])
        stop_s += extra_s
    beats = layers["beats"]
    plan = Plan(
        network=network,
        boundary=_boundary(layers["boundaries"], info),
        settings=settings,
        request=request,
        partition=_partition(layers, info, network),
        load=street_load(network, times, settings, request.mode, stop_s),
        times=times,
        beats=tuple(beat_of(row, info["season"]) for row in beats.rows),
        shapes=tuple(beats.geometry),
        anchors=anchors,
        created=info["created"],
        warnings=_phrases(info["warnings"]) + migration_notes(info["schema"]),
        counts_weeks=float(info["counts_weeks"]) if info["counts_weeks"] else None,
        inputs=tuple(Input(**row) for row in json.loads(info["inputs"])[2:]),
        balance_why=_phrases(info["balance_why"]),
        extra_s=extra_s,
        enough=tuple(map(_enough, json.loads(info.get("enough", "[]")))),
        waiting_residents=json.loads(info.get("waiting_residents", "null")),
    )
    return _with_history(_holding(plan, info, layers, tours=tours), layers)


def _enough(row: dict[str, Any]) -> BeatsEnough:
    return BeatsEnough(**row | {"matters": tuple(PlanMatter(**each) for each in row["matters"])})


def _holding(
    plan: Plan, info: Mapping[str, str], layers: Mapping[str, Layer], *, tours: bool
) -> Plan:
    """Return for each beat what its figures were measured with, and its tours.

    They are those of the file's own settings and streets, unless the file says otherwise: then
    nobody knows what with, and who asks for them measures again.
    """
    keys = plan.beat_keys
    older = info["schema"] != SCHEMA
    # What an older version measured with had other settings, and another digest.
    if not older and info.get("measured_with") not in (None, fingerprint(*keys)):
        return plan
    limits = plan.settings.set_aside.limits
    graphs = {mode: travel_graph(plan.network, plan.times, mode) for mode in MODES}
    beats = []
    for at, (beat, key) in enumerate(zip(plan.beats, keys, strict=True)):
        own = np.flatnonzero(plan.network.required & (plan.partition.beat_of == at))
        base = int(plan.partition.base[at])
        foot, bike = (
            replace(beat.figures(mode), toured_with=graphs[mode].tour_key(own, base, limits))
            for mode in MODES
        )
        beats.append(replace(beat, measured_with=key, foot=foot, bike=bike))
    plan = replace(plan, beats=tuple(beats))
    if tours and info["schema"] not in WITHOUT_TOURS:
        found, notes = read_tours(plan, layers, graphs)
        plan = replace(plan, tours=found, warnings=plan.warnings + notes)
    return judged_again(plan) if older else plan


def _with_history(plan: Plan, layers: Mapping[str, Layer]) -> Plan:
    """Add posts and lineage, where the plan comes from another one."""
    if "posts" not in layers or "lineage" not in layers:
        return plan
    lineage = tuple(
        Ancestor(
            str(row["beat_id"]),
            row["parent_beat_id"] or "",
            float(row["load_share"]),
            int(row["step"]),
        )
        for row in layers["lineage"].rows
    )
    posts = tuple(
        Post(str(row["post_id"]), str(row["beat_id"]), row["since"] or "", bool(row["retired"]))
        for row in layers["posts"].rows
    )
    if any(row.step for row in lineage):
        return replace(plan, posts=posts, lineage=lineage)
    # A first plan has the posts of its beats, unless a beat was renamed: its officer was not.
    return plan if posts == plan.all_posts else replace(plan, posts=posts)


def _phrases(text: str) -> tuple[Phrase, ...]:
    phrases = tuple(Phrase(p["key"], p["values"]) for p in json.loads(text))
    for phrase in phrases:
        str(phrase)
    return phrases


def _text(column: Iterable[str | None]) -> NDArray[np.object_]:
    return np.array(["" if value is None else str(value) for value in column], dtype=object)


def _index_of(column: Iterable[str | None], names: Iterable[str]) -> NDArray[np.int64]:
    """Return the place of each value in a list of names, -1 for NULL."""
    place = {name: number for number, name in enumerate(names)}
    return np.array([-1 if value is None else place[value] for value in column], dtype=np.int64)


def _use(column: Iterable[str | None]) -> NDArray[np.int8]:
    return np.array([_USES.get(value or "", NO_WAY) for value in column], dtype=np.int8)


def _numbers(column: Iterable[float | None]) -> NDArray[np.float64]:
    """Return numbers, NaN for NULL."""
    return np.array(list(column), dtype=np.float64)


def _network(
    layers: Mapping[str, Layer], info: dict[str, str], rules: StreetRules
) -> StreetNetwork:
    segments, junctions = layers["segments"], layers["junctions"]
    node_id = np.array(junctions["node_id"], dtype=np.int64)
    order = np.argsort(node_id, kind="stable")
    ends = {}
    for end in ("u", "v"):
        wanted = np.array(segments[end], dtype=np.int64)
        place = np.searchsorted(node_id[order], wanted)
        ends[end] = order[np.minimum(place, len(order) - 1)]
        if not np.array_equal(node_id[ends[end]], wanted):
            message = "a segment leads to a junction that is not there"
            raise ValueError(message)
    ids = np.array(segments["segment_id"], dtype=object)
    quarters = _text(segments.newer("neighbourhood"))
    inputs, cities = json.loads(info["inputs"]), tuple(json.loads(info["cities"]))
    return StreetNetwork(
        source=Source(**inputs[0]),
        crs=segments.crs,
        node_id=node_id,
        node_xy=shapely.get_coordinates(junctions.geometry),
        segment_id=ids,
        u=ends["u"],
        v=ends["v"],
        length_m=_numbers(segments["length_m"]),
        **{name: _text(segments[name]) for name in ("highway", "name", "ref", "why", "surface")},
        foot=np.isfinite(_numbers(segments["foot_s"])),
        bike_forward=_use(segments["bike_forward"]),
        bike_backward=_use(segments["bike_backward"]),
        oneway=np.array(segments["oneway"], dtype=np.int8),
        required=np.array(segments["required"], dtype=bool),
        twin_of=_index_of(segments["twin_of"], ids),
        geometry=segments.geometry,
        cleared=np.array(segments["cleared"], dtype=bool),
        lanes=np.nan_to_num(_numbers(segments.newer("lanes"))).astype(np.int8),
        crossed=_crossed(segments.newer("crossed")),
        node_ele_m=_numbers(junctions["ele_m"]),
        cities=cities,
        city=_index_of(segments["city"], cities),
        dropped=tuple(Dropped(**row) for row in json.loads(info["dropped"])),
        barriers=_barriers(layers["barriers"]) if "barriers" in layers else Barriers(),
        notes=_phrases(info.get("notes", "[]")),
        basemap=_basemap(layers),
        rules=rules,
        neighbourhood=quarters if quarters.astype(bool).any() else None,
    )


def _crossed(column: Iterable[str | None]) -> NDArray[np.uint8]:
    kinds = (tuple(text.split(",")) if text else () for text in _text(column))
    return np.array([crossing_code(names) for names in kinds], dtype=np.uint8)


def _barriers(table: Layer) -> Barriers:
    return Barriers(table["kind"], tuple(_text(table["name"])), tuple(table.geometry))


def _basemap(layers: Mapping[str, Layer]) -> Basemap:
    land, places = (_named_shapes(layers, name) for name in ("land", "places"))
    return Basemap(tuple(LandArea(*row) for row in land), tuple(NamedPlace(*row) for row in places))


def _named_shapes(layers: Mapping[str, Layer], name: str) -> list[tuple[str, str, Any]]:
    """Return kind, name and shape of each row; none of a layer that only has that name."""
    table = layers.get(name)
    if table is None or not {"kind", "name"} <= set(table.columns):
        return []
    return list(zip(table["kind"], _text(table["name"]), table.geometry, strict=True))


def _anchors(table: Layer) -> Anchors:
    back = Transformer.from_crs(table.crs, "EPSG:4326", always_xy=True)
    lon, lat = back.transform(*shapely.get_coordinates(table.geometry).T)
    return Anchors(
        _text(table["name"]),
        _text(table["kind"]),
        _numbers(table["visits_per_week"]),
        _numbers(table["minutes"]),
        lon,
        lat,
    )


def _boundary(table: Layer, info: dict[str, str]) -> Boundary:
    transformer = Transformer.from_crs(table.crs, "EPSG:4326", always_xy=True)

    def back(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Go back to degrees; a tenth of a millimetre hides what projecting there and back left."""
        return np.round(np.column_stack(transformer.transform(xy[:, 0], xy[:, 1])), 9)

    return Boundary(
        names=table["name"],
        shapes=tuple(shapely.transform(shape, back) for shape in table.geometry),
        kind=table["kind"][0],
        origin=json.loads(info["inputs"])[1]["name"],
        notes=_phrases(info["boundary_notes"]),
    )


def _partition(
    layers: Mapping[str, Layer], info: dict[str, str], network: StreetNetwork
) -> Partition:
    beats, bases = layers["beats"], layers["bases"]
    ids = beats["beat_id"]
    at = dict(zip(bases["beat_id"], bases["node_id"], strict=True))
    name = dict(zip(bases["beat_id"], _text(bases["name"]), strict=True))
    node = {node: place for place, node in enumerate(network.node_id.tolist())}
    number = {segment: place for place, segment in enumerate(network.segment_id)}
    annexed = {
        ids.index(beat): np.array([number[s] for s in segments], dtype=np.int64)
        for beat, segments in json.loads(info["joined"]).items()
    }
    return Partition(
        beat_of=_index_of(layers["segments"]["beat_id"], ids),
        beat_id=ids,
        city=_index_of(beats["city"], network.cities),
        posts=np.array(beats["posts"], dtype=np.int64),
        base=np.array([node[int(at[beat])] for beat in ids], dtype=np.int64),
        annexed=annexed,
        base_name=tuple(name[beat] for beat in ids),
    )
