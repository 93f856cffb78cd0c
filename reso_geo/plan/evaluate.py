"""measure_beats: what beats over the streets ask of their posts, by mode."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reso_geo.assess import (
    DRAWS,
    TENTH,
    chances_at_ends,
    far_seconds,
    judge,
    odds_with,
    percentiles,
    set_aside_of,
    time_parts,
)
from reso_geo.plan.evaluation_context import beat_keys
from reso_geo.plan.parts import Beat, BeatsEnough, ModeFigures, PlanMatter
from reso_geo.plan.tours import KeptTours, tour_beats
from reso_geo.travel import MODES, SEASONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reso_geo.partition import Partition
    from reso_geo.plan.evaluation_context import EvaluationContext
    from reso_geo.workload import BeatLoad

__all__ = ["enough_of", "judged_figures", "measure_beats"]


def measure_beats(
    context: EvaluationContext,
    partition: Partition,
    people: NDArray[np.float64] | None,
    known: Mapping[str, Beat],
    kept: Iterable[KeptTours] = (),
) -> tuple[tuple[Beat, ...], tuple[KeptTours, ...], tuple[BeatsEnough, ...]]:
    """Measure and judge beats.

    Parameters
    ----------
    context
        From `context`.
    partition
        Beats over the streets, each with a required segment and a base.
    people
        float64, shape (m,): residents along each segment; None where not known.
    known
        Beats by id, measured before: one whose figures were measured with just what they would be
        now (see `beat_keys`) is not measured again.
    kept
        Tours found before: one that all that it depends on is the same for is not looked for again.

    Returns
    -------
    tuple of (tuple of Beat, tuple of KeptTours, tuple of BeatsEnough)
        Beats in the order of the partition; one that was measured has its id for a name. Their
        tours in both modes, at the final depth in the season of the context, then at the fast
        depth in the other. How many have time enough, by mode.
    """
    keys = _keys(context, partition)
    # Where both seasons have the same streets and times, the final tour counts.
    by_key = {each.toured_with: each for each in sorted(kept, key=lambda each: each.depth)}
    found = {
        beat: known[beat_id]
        for beat, (beat_id, key) in enumerate(zip(partition.beat_id, keys, strict=True))
        if beat_id in known
        and known[beat_id].measured_with == key
        and not (context.depth == "final" and _has_fast_tours(known[beat_id], by_key))
    }
    fresh, all_beats = [beat for beat in range(len(keys)) if beat not in found], range(len(keys))
    loads, figures, tours, enough = {}, {}, [], []
    other = context.in_season(next(each for each in SEASONS if each != context.request.season))
    for mode in MODES:
        now = tour_beats(context, mode, partition, all_beats, by_key)
        loads[mode] = {beat: load for beat, (load, _) in now.items()}
        then = tour_beats(other, mode, partition, all_beats, by_key, loads[mode])
        tours += [each for of_season in (now, then) for _, each in of_season.values()]
        figures[mode] = {
            beat: (
                judged_figures(context, mode, partition, beat, *now[beat]),
                judged_figures(other, mode, partition, beat, then[beat][0]),
            )
            for beat in fresh
        }
        enough.append(enough_of(context, mode, partition, loads[mode]))
        enough.append(enough_of(other, mode, partition, {b: load for b, (load, _) in then.items()}))
    load = loads[context.request.mode]
    for beat in fresh:
        each = _beat(context, partition, beat, load[beat], figures, people)
        found[beat] = replace(each, measured_with=keys[beat])
    return tuple(found[beat] for beat in all_beats), tuple(tours), tuple(enough)


def enough_of(
    context: EvaluationContext, mode: str, partition: Partition, loads: Mapping[int, BeatLoad]
) -> BeatsEnough:
    """Count the beats that have time enough, draw by draw.

    Parameters
    ----------
    context
        What they are measured with.
    mode
        ``foot`` or ``bike``.
    partition
        Their posts.
    loads
        What each beat asks, by its number.

    Returns
    -------
    BeatsEnough
        Over the draws that all beats share; one without a legal tour never has.
    """
    needs, posts = context.needs[mode], partition.posts.tolist()
    count, ends = np.zeros(DRAWS), dict[str, NDArray[np.float64]]()
    for beat, load in loads.items():
        if not (load.legal and needs.open_m[load.toured].any()):
            continue
        parts = time_parts(needs, load)
        odds = odds_with(parts, needs.factors, posts[beat])
        count += odds.enough
        both = dict.fromkeys(needs.ends, np.full(2, odds.chance))
        both |= {
            key: np.array([low, high])
            for key, low, high in chances_at_ends(needs, parts, posts[beat])
        }
        for key, chances in both.items():
            ends[key] = ends.get(key, np.zeros(2)) + chances
    moved = [PlanMatter(key, *each.tolist()) for key, each in ends.items() if each[0] != each[1]]
    low, central, high = map(int, percentiles(count, (TENTH, 0.5, 1.0 - TENTH)))
    return BeatsEnough(
        mode,
        context.request.season,
        low,
        central,
        high,
        all_chance=float((count == len(loads)).mean()),
        matters=tuple(sorted(moved, key=lambda each: -abs(each.beats_high - each.beats_low))),
    )


def _has_fast_tours(beat: Beat, kept: Mapping[str, KeptTours]) -> bool:
    tours = (kept.get(beat.figures(mode).toured_with) for mode in MODES)
    return any(each is not None and each.depth == "fast" for each in tours)


def _keys(context: EvaluationContext, partition: Partition) -> tuple[str, ...]:
    """Return the digest of all that the figures of each beat depend on."""
    counts, required = context.counts, context.network.required
    counted: list[tuple[int | None, float | None]] = [(None, None)] * len(partition.beat_id)
    if counts is not None:
        own = (required & (partition.beat_of == b) for b in range(len(partition.beat_id)))
        counted = [(int(counts.n[each].sum()), counts.weeks) for each in own]
    judged = context.settings, context.request.mode, context.request.season
    return beat_keys(context.network, judged, partition, context.load.stop_s, counted)


def judged_figures(
    context: EvaluationContext,
    mode: str,
    partition: Partition,
    beat: int,
    load: BeatLoad,
    tours: KeptTours | None = None,
) -> ModeFigures:
    """Judge a beat in one mode, and put its tour and the verdict together.

    Parameters
    ----------
    context
        What it is measured with.
    mode
        ``foot`` or ``bike``.
    partition
        Bases and posts.
    beat
        Its number.
    load
        What it asks.
    tours
        Its tours where they are kept, so that others may use them again.

    Returns
    -------
    ModeFigures
        In the season of the context.
    """
    needs, base = context.needs[mode], int(partition.base[beat])
    far_s = far_seconds(context.graphs[mode], needs, load.segments, base)
    verdict = judge(needs, load, int(partition.posts[beat]), far_s, matters=True)
    low_s, _, high_s = verdict.needed_s if verdict.toured else (None, None, None)
    once = load.once
    return ModeFigures(
        pass_s=once.pass_s if load.legal else None,
        deadhead_s=once.deadhead_s if load.legal else None,
        lower_bound_s=once.lower_bound_s,
        exact=load.legal and once.exact,
        verdict=verdict.verdict,
        chance=verdict.chance,
        margin=verdict.margin,
        every_weeks=verdict.every_weeks,
        reasons=verdict.reasons,
        toured_with=tours.toured_with if tours else "",
        reserve=verdict.reserve,
        low_s=low_s,
        high_s=high_s,
        to_measure=verdict.to_measure or "",
        cadence_share=verdict.cadence_share,
        set_aside=set_aside_of(context.network, load),
    )


def _beat(
    context: EvaluationContext,
    partition: Partition,
    beat: int,
    own: BeatLoad,
    figures: Mapping[str, Mapping[int, tuple[ModeFigures, ModeFigures]]],
    people: NDArray[np.float64] | None,
) -> Beat:
    """Assign a beat its figures; a beat is the smallest place where a plan tells of counts."""
    network, counts, city = context.network, context.counts, int(partition.city[beat])
    counted_s = float(context.load.counted_s[own.segments].sum())
    return Beat(
        beat_id=partition.beat_id[beat],
        name=partition.beat_id[beat],
        city=network.cities[city] if city >= 0 else "",
        district="",
        posts=int(partition.posts[beat]),
        residents=None if people is None else round(float(people[own.segments].sum())),
        street_km=float(network.length_m[own.segments].sum() / 1000.0),
        load_s=own.load_s,
        locked=False,
        foot=figures["foot"][beat][0],
        bike=figures["bike"][beat][0],
        foot_other=figures["foot"][beat][1],
        bike_other=figures["bike"][beat][1],
        counts=None if counts is None else int(counts.n[own.segments].sum()),
        counts_load_s=None if counts is None else counted_s,
    )
