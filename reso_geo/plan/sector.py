"""A beat of a plan as a sector to assess."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reso_geo.assess import Sector, only
from reso_geo.choices import meant
from reso_geo.demand import place_anchors, stop_seconds
from reso_geo.errors import UsageError
from reso_geo.plan.named import beats_meant
from reso_geo.travel import MODES
from reso_geo.words import Phrase, listed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.plan.record import Beat, Plan
    from reso_geo.settings import PatrolSettings

__all__ = ["beat_sector", "counts_of_beat"]


def beat_sector(
    plan: Plan, beat_id: str, settings: PatrolSettings | None = None, *, measured: bool = True
) -> Sector:
    """Take a beat of a plan as a sector, with its posts, base, anchors and counted calls.

    Parameters
    ----------
    plan
        A complete plan.
    beat_id
        One of its beats, by its id or its name, in any case.
    settings
        What it is to be assessed with; None for the plan's.
    measured
        True when the plan's figures still hold for its streets: with the plan's own settings, the
        tours of its season are then not measured again.

    Returns
    -------
    Sector
        For `reso_geo.assess`.

    Raises
    ------
    UsageError
        When the plan has no such beat.
    """
    ids = plan.partition.beat_id
    (beat_id,) = beats_meant(plan, [beat_id])
    if beat_id not in ids:
        near = meant(beat_id, [*ids, *(beat.name for beat in plan.beats)])
        values = {"unknown": beat_id, "known": listed(ids, 20), "meant": near}
        raise UsageError(Phrase("assess.unknown_beat", values))
    at = ids.index(beat_id)
    beat = plan.beats[at]
    network = only(plan.network, plan.partition.beat_of == at, beat.name)
    known = {}
    if measured and settings in (None, plan.settings):
        for mode in MODES:
            figures = beat.figures(mode)
            if figures.pass_s is not None and figures.deadhead_s is not None:
                stored = (figures.pass_s, figures.deadhead_s, figures.lower_bound_s)
                known[mode, plan.request.season] = stored
    return Sector(
        name=f"{beat.beat_id} {beat.name}",
        network=network,
        posts=beat.posts,
        base=int(plan.partition.base[at]),
        base_name=plan.partition.base_name[at],
        stop_s=stop_seconds(network, plan.anchors, place_anchors(plan.network, plan.anchors)),
        counts_per_week=counts_of_beat(plan, beat, network.required),
        residents=beat.residents,
        notes=_notes(plan, beat),
        known=known,
    )


def _notes(plan: Plan, beat: Beat) -> tuple[Phrase, ...]:
    notes: tuple[Phrase, ...] = ()
    if plan.provisional:
        notes += (Phrase("cli.provisional"),)
    if beat.counts_load_s:
        notes += (Phrase("assess.counts_spread"),)
    return notes


def counts_of_beat(
    plan: Plan, beat: Beat, required: NDArray[np.bool_]
) -> NDArray[np.float64] | None:
    """Spread the calls of a beat over its streets: the plan keeps their load for the beat only.

    Parameters
    ----------
    plan
        A complete plan.
    beat
        One of its beats.
    required
        bool, shape (m,): the required segments of that beat.

    Returns
    -------
    ndarray of float64, shape (m,), or None
        Calls per week of each segment, in proportion to length; None where none were counted.
    """
    if not beat.counts_load_s:
        return None
    per_week = beat.counts_load_s / (plan.settings.count_min.central * 60.0)
    length_m = np.where(required, plan.network.length_m, 0.0)
    spread: NDArray[np.float64] = per_week * length_m / length_m.sum()
    return spread
