"""build_plan: the one place where a plan is put together.

Who cuts, rebalances, edits by hand or changes the settings comes here with beats over the streets
and with what the plan has from elsewhere.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from itertools import count
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.demand import far_note
from reso_geo.i18n import Phrase, listed
from reso_geo.naming import describe_beats, name_beats
from reso_geo.network import on_limit, project_shapes
from reso_geo.parallel import Meanwhile
from reso_geo.partition import district_beats, unserved_segments
from reso_geo.plan.balance import balance_why, neighbourhoods_phrase, sentence_of
from reso_geo.plan.evaluate import measure_beats
from reso_geo.plan.parts import Post
from reso_geo.plan.plan import Plan
from reso_geo.tiling import share_inside, tile
from reso_geo.travel import MODES, travel_notes

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    import shapely
    from numpy.typing import NDArray

    from reso_geo.boundaries import Boundary
    from reso_geo.districting.diagnostics import Diagnostic
    from reso_geo.naming import BeatSurroundings
    from reso_geo.network import StreetNetwork
    from reso_geo.partition import Partition
    from reso_geo.plan.evaluation_context import EvaluationContext
    from reso_geo.plan.parts import Ancestor, Beat, Input
    from reso_geo.plan.tours import KeptTours

__all__ = ["Given", "build_plan"]

_MUCH_BEYOND = 0.05
_MANY_TO_DRAW = 1000
"""Of so many segments, drawing beats takes longer than a copy of this process."""


@dataclass(frozen=True, eq=False)
class Given:
    """What a plan has from elsewhere than its streets, its beats and its settings.

    Attributes
    ----------
    people
        float64, shape (m,): residents along each segment; None where not known.
    known
        Beats by id, measured before: see `reso_geo.plan.evaluate.measure_beats`.
    tours
        Tours found before, of any beats.
    names
        Names of beats by id that are kept, as far as no two are alike.
    spelt
        Names that somebody wrote, by id: they stand as they are.
    districts
        District of each beat by id, empty for none; None to make as many as were asked for.
    locked
        Ids of the beats that a new cut must keep.
    notes, more
        What the planner should know, said before and after what is found here.
    diagnostics
        What whoever made the beats found out about them.
    before
        The plan that it comes from, whose posts stay; None for a first plan.
    returned
        Ids of beats whose posts of that plan, once retired, hold them again.
    lineage
        Where beats come from.
    inputs
        The files that it was made with.
    cut
        False for beats that there were, whose balance nobody tried to better.
    """

    people: NDArray[np.float64] | None = None
    known: Mapping[str, Beat] = field(default_factory=dict)
    tours: tuple[KeptTours, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    spelt: Mapping[str, str] = field(default_factory=dict)
    districts: Mapping[str, str] | None = None
    locked: Collection[str] = ()
    notes: tuple[Phrase, ...] = ()
    more: tuple[Phrase, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    before: Plan | None = None
    returned: Collection[str] = ()
    lineage: tuple[Ancestor, ...] = ()
    inputs: tuple[Input, ...] = ()
    cut: bool = True


def build_plan(
    context: EvaluationContext,
    boundary: Boundary,
    partition: Partition,
    given: Given,
    progress: Callable[[str], object] | None = None,
) -> Plan:
    """Work out all figures of a partition, and put the plan together.

    Parameters
    ----------
    context
        From `reso_geo.plan.evaluation_context.evaluation_context`.
    boundary
        The cities.
    partition
        Beats over the streets, each with a required segment and a base.
    given
        What it has from elsewhere.
    progress
        Called with the key of each stage as it begins.

    Returns
    -------
    Plan
        Complete: ready to be saved, drawn and reported.
    """
    begin, network = progress or (lambda _: None), context.network
    cities = project_shapes(boundary, network.crs)
    limits, extent = ((), cities) if boundary.kind == "extent" else (cities, ())

    def drawn() -> tuple[tuple[shapely.MultiPolygon, ...], tuple[BeatSurroundings, ...]]:
        shapes = tile(network, partition, cities)
        return shapes, describe_beats(network, partition, shapes, limits, extent)

    drawing = Meanwhile(drawn, worth=len(network) >= _MANY_TO_DRAW)
    begin("progress.measure")
    measured, tours, enough = measure_beats(
        context, partition, given.people, given.known, given.tours
    )
    begin("progress.tile")
    shapes, around = drawing.answer()
    beats = _described(context, partition, around, measured, given)
    told = {str(phrase) for phrase in given.notes}
    blocked = [one for one in given.diagnostics if one.kind == "blocked"]
    of_cut = [sentence_of(one) for one in given.diagnostics if one not in blocked]
    load_s = context.load.without_counts().total_s
    of_cut += neighbourhoods_phrase(network, partition, load_s)
    found = _notes(context, boundary, partition, shapes, beats, of_cut)
    created = context.request.created or network.source.timestamp
    why = (
        ()
        if not given.cut
        else balance_why(network, partition, beats, context.request.cut.tolerance)
    )
    return Plan(
        network=network,
        boundary=boundary,
        settings=context.settings,
        request=context.request,
        partition=partition,
        load=context.load.without_counts(),
        times=context.times,
        beats=beats,
        shapes=shapes,
        anchors=context.anchors,
        created=created,
        warnings=(*given.notes, *(each for each in found if str(each) not in told), *given.more),
        counts_weeks=None if context.counts is None else context.counts.weeks,
        inputs=given.inputs,
        posts=_posts(given, beats, created[:10]),
        lineage=given.lineage,
        balance_why=(*why, *map(sentence_of, blocked)),
        tours=tours,
        enough=enough,
        extra_s=context.extra_s,
        waiting_residents=_waiting(network, partition, given.people),
    )


def _waiting(
    network: StreetNetwork, partition: Partition, people: NDArray[np.float64] | None
) -> int | None:
    """Return how many residents live along streets to cover that no beat holds."""
    if people is None:
        return None
    return round(float(people[unserved_segments(network, partition.beat_of)].sum()))


def _described(
    context: EvaluationContext,
    partition: Partition,
    around: Sequence[BeatSurroundings],
    beats: tuple[Beat, ...],
    given: Given,
) -> tuple[Beat, ...]:
    """Return the beats with their names, where they lie, districts and locks."""
    network, request = context.network, context.request
    names = name_beats(network, partition, given.names)
    districts = given.districts
    if districts is None:
        districts = {}
        if request.supervisors is not None:
            load_s = np.array([beat.load_s for beat in beats])
            count, seed = request.supervisors, request.cut.seed
            params = request.cut.params.districts
            group = district_beats(network, partition, load_s, count, seed, params).tolist()
            districts = {
                beat.beat_id: f"D{number + 1}" for beat, number in zip(beats, group, strict=True)
            }
    return tuple(
        replace(
            beat,
            name=given.spelt.get(beat.beat_id) or name,
            description_fr=where.say("fr"),
            description_en=where.say("en"),
            border_named=where.named,
            district=districts.get(beat.beat_id, ""),
            locked=beat.beat_id in given.locked,
        )
        for beat, name, where in zip(beats, names, around, strict=True)
    )


def _notes(
    context: EvaluationContext,
    boundary: Boundary,
    partition: Partition,
    shapes: tuple[shapely.MultiPolygon, ...],
    beats: tuple[Beat, ...],
    of_cut: Sequence[Phrase],
) -> list[Phrase]:
    """Return what the planner should know of the inputs and of this partition."""
    network, counts = context.network, context.counts
    notes = [*boundary.notes, *network.notes]
    notes += travel_notes(network, context.settings, context.request.season)
    notes += [*of_cut, *_set_aside(beats)]
    if boundary.kind != "extent":
        notes += _beyond(network, boundary, partition, shapes)
    empty = sorted(set(range(len(network.cities))) - set(network.city[network.required].tolist()))
    notes += [Phrase("partition.empty_city", {"city": network.cities[c]}) for c in empty]
    far = far_note(context.anchors, context.at)
    return [*notes, *((far,) if far else ()), *(() if counts is None else counts.notes)]


def _beyond(
    network: StreetNetwork,
    boundary: Boundary,
    partition: Partition,
    shapes: tuple[shapely.MultiPolygon, ...],
) -> list[Phrase]:
    """List the beats whose streets run far across their city's line, since none is ever cut."""
    beyond = 1.0 - share_inside(network, partition, shapes, on_limit(network, boundary))
    return [
        Phrase(
            "plan.beyond_line",
            {"beat": partition.beat_id[beat], "share": 100.0 * float(beyond[beat])},
        )
        for beat in np.flatnonzero(beyond > _MUCH_BEYOND).tolist()
    ]


def _set_aside(beats: tuple[Beat, ...]) -> list[Phrase]:
    """Find by mode which beats have streets out of reach that are set aside, with their metres."""
    said = []
    for mode in MODES:
        parts = [(beat, beat.figures(mode).set_aside) for beat in beats]
        metres = {beat.beat_id: sum(part.m for part in aside) for beat, aside in parts if aside}
        if metres:
            where = listed(f"{beat_id} {math.ceil(m)} m" for beat_id, m in metres.items())
            values = {"m": sum(metres.values()), "count": len(metres), "where": where}
            said.append(Phrase(f"plan.set_aside_{mode}", values))
    return said


def _posts(given: Given, beats: Sequence[Beat], since: str) -> tuple[Post, ...]:
    """Return the posts of the beats and those that are no more; none where they say no more.

    Those that there were come first, in their order; an id is never used twice.
    """
    before = given.before
    if before is None or not (given.lineage or before.posts):
        return ()
    wanted = {beat.beat_id: beat.posts for beat in beats}
    posts = []
    for post in before.all_posts:
        there = not post.retired or post.beat_id in given.returned
        stays = there and wanted.get(post.beat_id, 0) > 0
        if stays:
            wanted[post.beat_id] -= 1
        posts.append(replace(post, retired=not stays))
    used = {post.post_id for post in posts}
    for beat_id, more in wanted.items():
        free = (name for n in count(1) if (name := f"{beat_id}/{n}") not in used)
        for _ in range(more):
            posts.append(Post(next(free), beat_id, since, retired=False))
            used.add(posts[-1].post_id)
    return tuple(posts)
