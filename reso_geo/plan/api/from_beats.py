"""plan_from_beats: beats that exist, measured and judged as those of a plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from reso_geo.boundaries import read_boundary
from reso_geo.boundaries.boundary import clean_name
from reso_geo.choices import check_ids
from reso_geo.demand import bases_of
from reso_geo.errors import TableError, UsageError
from reso_geo.i18n import Phrase, listed
from reso_geo.network import check_network, components, extent_of, placed_for
from reso_geo.partition import (
    CutRequest,
    Partition,
    held_segments,
    sorted_by,
    start_beats,
    unserved_segments,
)
from reso_geo.plan.api.beats_by_shape import beats_by_shape, street_km
from reso_geo.plan.api.beats_file import id_text
from reso_geo.plan.api.given import measuring
from reso_geo.plan.build import Given, build_plan
from reso_geo.plan.request import PlanRequest
from reso_geo.records import hearer, kind_of, refuse_kind
from reso_geo.tables.frames import is_frame

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from os import PathLike

    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

    from reso_geo.boundaries.lookup import BoundarySource
    from reso_geo.coverage import Depth
    from reso_geo.demand import Anchors, Bases, Counts, Residents
    from reso_geo.network import StreetNetwork
    from reso_geo.plan.parts import Input
    from reso_geo.plan.plan import Plan
    from reso_geo.settings import PatrolSettings
    from reso_geo.tables.frames import TableSource
    from reso_geo.travel import Mode, Season

__all__ = ["plan_from_beats"]


@dataclass(frozen=True)
class _Beats:
    """Beats as they were given: ids, names where known, posts, and the beat of each segment."""

    ids: list[str]
    names: Mapping[str, str]
    posts: list[int]
    of: NDArray[np.int64]
    notes: tuple[Phrase, ...]


def plan_from_beats(  # noqa: PLR0913 - all that one plan is made of
    network: StreetNetwork,
    beats: gpd.GeoDataFrame | pd.DataFrame | pd.Series[Any],
    *,
    id: str = "beat_id",  # noqa: A002 - the word that a frame's user looks for
    name: str | None = None,
    posts: str | int | pd.Series[int] | Mapping[str, int] = 1,
    settings: PatrolSettings | str | PathLike[str] | None = None,
    mode: Mode = "foot",
    season: Season = "summer",
    tolerance: float = 0.05,
    boundary: BoundarySource | None = None,
    anchors: Anchors | TableSource | None = None,
    people: NDArray[np.float64] | Residents | TableSource | None = None,
    counts: Counts | TableSource | None = None,
    bases: Bases | TableSource | None = None,
    weights: pd.Series[float] | Mapping[str, float] | None = None,
    depth: Depth = "final",
    progress: Callable[[str], object] | bool | None = None,
    created: str | None = None,
    inputs: tuple[Input, ...] = (),
) -> Plan:
    """Measure and judge beats that exist, as they stand.

    Parameters
    ----------
    network
        From `reso_geo.load_network`.
    beats
        Polygons, one row or more a beat: a segment belongs to the beat in which its middle lies. Or
        the id of the beat of each segment: a Series by segment id, or a frame with a column
        ``segment_id`` such as `reso_geo.Plan.segments_gdf` gives.
    id
        The column that holds the ids of beats.
    name
        The column that holds their names; None to name them by their streets.
    posts
        How many posts hold each beat, the column that says so, or a Series or mapping by id of
        beat; one that it does not name has one post.
    settings, mode, season, tolerance, boundary, anchors, people, counts, bases, weights
        As for `reso_geo.make_plan`.
    depth, progress
        Likewise.
    created
        As in `PlanRequest`.
    inputs
        The files that it is made with, for the record.

    Returns
    -------
    Plan
        Its warnings say, with their kilometres, which streets to cover no beat holds, where beats
        overlap (the first one keeps them), and which beats are not connected: the parts away from
        the largest one stand among `Partition.annexed`.

    Raises
    ------
    UsageError
        When the network is none, `beats` is no such frame, or a word is not known.
    TableError
        When a column is missing, a row has no id or shape, a segment is not known, or no beat holds
        a street to cover.
    """
    check_network(network)
    hear = hearer(progress)
    if boundary is None:
        area = extent_of(network)
    else:
        area = read_boundary(boundary)
        network = placed_for(network, area)
    held = held_segments(network)
    given = _given(network, held, beats, id, name, posts)
    given = _with_streets(network, given)
    _check_posts(network, held, given)
    bases, repeated = bases_of(bases)
    crossing = _cities(network, given)
    counted = {one: many for one, many in zip(given.ids, given.posts, strict=True) if many > 1}
    cut = CutRequest(
        sum(given.posts),
        posts=counted or None,
        cross_cities=bool((crossing < 0).any()),
        tolerance=tolerance,
    )
    coverage = "partial" if unserved_segments(network, given.of).any() else "full"
    context, residents, notes = measuring(
        network,
        PlanRequest(cut, mode, season, created, coverage=coverage),
        settings,
        (anchors, people, counts, weights),
        depth,
    )
    parts = _parts_away(network, given)
    bare = Partition(
        beat_of=given.of,
        beat_id=tuple(given.ids),
        city=crossing,
        posts=np.array(given.posts, dtype=np.int64),
        base=np.full(len(given.ids), -1, dtype=np.int64),
        annexed=parts,
    )
    problem = context.problem(bases)
    ordered = sorted_by(bare, problem.order)
    started = start_beats(problem.network, problem.walk, problem.kept_s, ordered, problem.starts)
    partition = sorted_by(started.partition, problem.order.back())
    notes = (*given.notes, *_of_beats(network, given, parts), *notes, *repeated)
    names = given.names
    found = Given(
        residents,
        names=names,
        spelt=names,
        notes=notes,
        diagnostics=started.diagnostics,
        cut=False,
        inputs=inputs,
    )
    return build_plan(context, area, partition, found, hear)


def _given(
    network: StreetNetwork,
    held: NDArray[np.bool_],
    beats: object,
    id: str,  # noqa: A002 - as above
    name: str | None,
    posts: object,
) -> _Beats:
    """Read beats from polygons or from the ids of segments."""
    kind_of("id", id, str, "column")
    if name is not None:
        kind_of("name", name, str, "column")
    frame: Any = beats
    if not is_frame(beats):
        if not (hasattr(beats, "to_frame") and hasattr(beats, "index")):
            raise UsageError(Phrase("plan.no_beats", {"kind": type(beats).__name__}))
        frame = frame.to_frame(id).rename_axis("segment_id").reset_index()
    elif id not in frame.columns and id in frame.index.names:
        frame = frame.reset_index()
    columns = [each for each in (id, name, posts) if isinstance(each, str)]
    if missing := [each for each in columns if each not in frame.columns]:
        there = {"missing": listed(missing), "found": listed(map(str, frame.columns), 20)}
        raise TableError(Phrase("plan.beats_column", there))
    by_segment = "segment_id" in frame.columns
    if by_segment:  # a segment may have no beat
        frame = frame[frame[id].notna().to_numpy()]
    texts = ["" if none else id_text(value) for value, none in zip(
        frame[id].tolist(), frame[id].isna().tolist(), strict=True)]  # fmt: skip
    if bare := [str(row) for row, text in enumerate(texts, 1) if not text]:
        raise TableError(Phrase("plan.beats_without_id", {"rows": listed(bare, 10)}))
    # Rows of beats stand in an order that means something; of segments, that of a plan is taken.
    ids = list(dict.fromkeys(texts))
    if by_segment:
        ids = _in_plan_order(network, frame["segment_id"].tolist(), texts)
    at = np.array([ids.index(text) for text in texts], dtype=np.int64)
    notes: tuple[Phrase, ...] = ()
    if by_segment:
        of = _by_segment(network, frame["segment_id"].tolist(), at)
    else:
        of, notes = beats_by_shape(network, held, frame, at, ids)
    first = [texts.index(each) for each in ids]
    names = {} if name is None else {
        each: clean_name(str(frame[name].iloc[row]))
        for each, row in zip(ids, first, strict=True) if frame[name].notna().iloc[row]
    }  # fmt: skip
    column = frame[posts].iloc[first].tolist() if isinstance(posts, str) else _each(ids, posts)
    return _Beats(ids, names, _posts(ids, column), np.where(held, of, -1), notes)


def _in_plan_order(
    network: StreetNetwork, segments: Sequence[object], texts: Sequence[str]
) -> list[str]:
    """Return the ids of beats city by city, as a plan has them."""
    city = dict(zip(network.segment_id.tolist(), network.city.tolist(), strict=True))
    cities: dict[str, list[int]] = {}
    for segment, text in zip(segments, texts, strict=True):
        cities.setdefault(text, []).append(city.get(segment, -1))
    return sorted(cities, key=lambda text: (max(set(cities[text]), key=cities[text].count), text))


def _each(ids: Sequence[str], posts: object) -> list[object]:
    """Return the posts of each beat, from one number for all or from numbers by id."""
    if hasattr(posts, "to_dict") and hasattr(posts, "index") and not is_frame(posts):
        posts = posts.to_dict()
    if isinstance(posts, Mapping):
        by_id = {id_text(key): value for key, value in posts.items()}
        check_ids("plan.posts_unknown", by_id, ids)
        return [by_id.get(each, 1) for each in ids]
    if isinstance(posts, bool) or not isinstance(posts, int | float | np.integer | np.floating):
        refuse_kind("posts", posts, "posts")
    return [posts] * len(ids)


def _check_posts(network: StreetNetwork, held: NDArray[np.bool_], given: _Beats) -> None:
    """Refuse more posts than there are streets to cover."""
    count = int((network.required & held).sum())
    if sum(given.posts) > count:
        values = {"posts": sum(given.posts), "count": count}
        raise UsageError(Phrase("plan.posts_beyond", values))


def _posts(ids: Sequence[str], column: Sequence[object]) -> list[int]:
    """Return whole numbers of posts, one at least."""
    kinds = int | float | np.integer | np.floating
    good = [isinstance(n, kinds) and n >= 1 and float(n).is_integer() for n in column]
    if bad := [f"{beat}: {n}" for beat, n, ok in zip(ids, column, good, strict=True) if not ok]:
        raise TableError(Phrase("plan.beats_posts", {"beats": listed(bad, 10)}))
    return [int(n) for n in column]  # type: ignore[call-overload]


def _by_segment(
    network: StreetNetwork, segments: Sequence[object], at: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the beat of each segment, by the segments' ids."""
    place = {segment: number for number, segment in enumerate(network.segment_id)}
    of = np.full(len(network), -1, dtype=np.int64)
    unknown = [str(segment) for segment in segments if segment not in place]
    if unknown:
        values = {"count": len(unknown), "ids": listed(unknown, 5)}
        raise TableError(Phrase("plan.weights_unknown", values))
    twice = len(set(segments)) < len(segments)
    if twice:
        again = [str(each) for each in dict.fromkeys(segments) if segments.count(each) > 1]
        values = {"count": len(again), "ids": listed(again, 5)}
        raise TableError(Phrase("plan.weights_twice", values))
    of[[place[segment] for segment in segments]] = at
    return of


def _with_streets(network: StreetNetwork, given: _Beats) -> _Beats:
    """Drop the beats that hold no street to cover, and say which."""
    own = np.bincount(given.of[(given.of >= 0) & network.required], minlength=len(given.ids)) > 0
    if not own.any():
        raise TableError(Phrase("plan.beats_elsewhere", {"source": network.source.name}))
    if own.all():
        return given
    empty = [one for one, there in zip(given.ids, own, strict=True) if not there]
    new = np.append(np.where(own, np.cumsum(own) - 1, -1), -1)
    note = Phrase("plan.beats_empty", {"count": len(empty), "beats": listed(empty, 10)})
    return replace(
        given,
        ids=[one for one, there in zip(given.ids, own, strict=True) if there],
        posts=[one for one, there in zip(given.posts, own, strict=True) if there],
        of=new[given.of],
        notes=(*given.notes, note),
    )


def _cities(network: StreetNetwork, given: _Beats) -> NDArray[np.int64]:
    """Return the city of each beat, -1 for one that crosses city lines."""
    cities = [np.unique(network.city[given.of == beat]) for beat in range(len(given.ids))]
    return np.array([own[0] if len(own) == 1 else -1 for own in cities], dtype=np.int64)


def _parts_away(network: StreetNetwork, given: _Beats) -> dict[int, NDArray[np.int64]]:
    """Return the segments of each beat that are not connected to its longest part."""
    away = {}
    for beat in range(len(given.ids)):
        own = np.flatnonzero(given.of == beat)
        part = components(len(network.node_id), network.u[own], network.v[own])[network.u[own]]
        asked_m = np.where(network.required[own], network.length_m[own], 0.0)
        rest = own[part != np.argmax(np.bincount(part, asked_m))]
        if len(rest):
            away[beat] = rest
    return away


def _of_beats(
    network: StreetNetwork,
    given: _Beats,
    parts: Mapping[int, NDArray[np.int64]],
) -> tuple[Phrase, ...]:
    """Describe streets to cover that no beat holds, and beats that are not connected."""
    notes = []
    gaps = np.flatnonzero(unserved_segments(network, given.of))
    if len(gaps):
        values = {"count": len(gaps), "km": street_km(network, gaps)}
        notes.append(Phrase("plan.beats_gap", values))
    for beat, rest in parts.items():
        asked = rest[network.required[rest]]
        if len(asked):
            where = {"beat": given.ids[beat], "km": street_km(network, asked)}
            notes.append(Phrase("plan.beats_apart", where))
    return tuple(notes)
