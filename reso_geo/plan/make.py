"""make_plan: from streets and a request to a plan with all its figures."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.demand import no_anchors
from reso_geo.errors import UsageError
from reso_geo.i18n import Phrase
from reso_geo.network import extent_of, with_own_rules
from reso_geo.partition import (
    LockedBeats,
    cut_beats,
    district_beats,
    lock_beats,
    no_locks,
)
from reso_geo.plan.balance import balance_why
from reso_geo.plan.evaluate import measure_plan, yardstick

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from reso_geo.boundaries import Boundary
    from reso_geo.demand import Anchors, Bases, Counts
    from reso_geo.network import StreetNetwork
    from reso_geo.partition import Partition
    from reso_geo.plan.plan import Beat, Plan
    from reso_geo.plan.request import PlanRequest
    from reso_geo.settings import PatrolSettings

__all__ = ["make_plan"]


def make_plan(  # noqa: PLR0913 - all that one plan is made of
    network: StreetNetwork,
    settings: PatrolSettings,
    request: PlanRequest,
    boundary: Boundary | None = None,
    anchors: Anchors | None = None,
    people: NDArray[np.float64] | None = None,
    progress: Callable[[str], None] | None = None,
    *,
    counts: Counts | None = None,
    bases: Bases | None = None,
    earlier: Plan | None = None,
    lock: Sequence[str] = (),
) -> Plan:
    """Cut beats and work out all their figures.

    Parameters
    ----------
    network
        From `reso_geo.load_network`, with the same boundary and settings.
    settings
        All assumptions. The streets keep the rules that they were chosen by: where the settings ask
        for no rules of their own, the plan records those of the network, and says so.
    request
        Posts, mode, season, seed.
    boundary
        The cities; None for the extent of the streets.
    anchors
        Places to visit; None for none.
    people
        float64, shape (m,): residents along each segment, from `reso_geo.demand`; None where not
        known.
    progress
        Called with the key of each stage as it begins.
    counts
        Calls counted along each segment; None for none. Beats are balanced and judged with their
        load; the plan keeps it for each beat, not for a segment.
    bases
        Places where patrols start; None to start each beat in the middle of its load.
    earlier
        A plan on the same streets, which locked beats come from; None for none.
    lock
        Ids of its beats that stay exactly as they are.

    Returns
    -------
    Plan
        Ready to be saved, drawn and reported.

    Raises
    ------
    InfeasibleError
        When no such plan exists.
    UsageError
        When the request contradicts itself or the boundary, or the settings ask for other rules for
        streets than those that the network was read with.

    Examples
    --------
    >>> from reso_geo import CutRequest, PlanRequest, load_network, load_settings
    >>> from reso_geo import read_boundary
    >>> from reso_geo.atomic_files import data_file
    >>> settings = load_settings()
    >>> sector = read_boundary(str(data_file("sample/sector.geojson")))
    >>> network = load_network(data_file("sample/sample.osm.pbf"), sector)
    >>> plan = make_plan(network, settings, PlanRequest(CutRequest(officers=4)))
    >>> len(plan.beats)
    4
    """
    begin = progress or (lambda _: None)
    boundary = boundary or extent_of(network)
    settings, notes = with_own_rules(network, settings)
    anchors = no_anchors() if anchors is None else anchors
    yard = yardstick(network, settings, request, anchors, counts)
    begin("progress.cut")
    locked = _locked(network, earlier, lock)
    partition = cut_beats(yard.problem(bases), request.cut, locked)
    plan = measure_plan(yard, boundary, partition, people, progress=progress)
    beats = _kept(plan.beats, earlier, locked)
    if request.supervisors is not None:
        beats = _districted(beats, network, partition, request)
    plan = replace(plan, beats=beats)
    why = (*balance_why(plan), *partition.balance_why)
    partition = replace(partition, balance_why=why)
    return replace(plan, partition=partition, warnings=(*notes, *plan.warnings))


def _locked(network: StreetNetwork, earlier: Plan | None, lock: Sequence[str]) -> LockedBeats:
    """Take the locked beats from the plan that holds them."""
    if not lock:
        return no_locks()
    if earlier is None:
        raise UsageError(Phrase("partition.lock_needs_plan"))
    if not np.array_equal(earlier.network.segment_id, network.segment_id):
        raise UsageError(Phrase("partition.lock_other_streets"))
    return lock_beats(earlier.partition, lock)


def _kept(beats: tuple[Beat, ...], earlier: Plan | None, locked: LockedBeats) -> tuple[Beat, ...]:
    """Describe which beats are locked; they keep their names."""
    names = {beat.beat_id: beat.name for beat in earlier.beats} if earlier else {}
    return tuple(
        replace(beat, locked=True, name=names[beat.beat_id])
        if beat.beat_id in locked.beat_id
        else beat
        for beat in beats
    )


def _districted(
    beats: tuple[Beat, ...], network: StreetNetwork, partition: Partition, request: PlanRequest
) -> tuple[Beat, ...]:
    """Group the beats under supervisors: D1 to Dn, from west to east."""
    load_s = np.array([beat.load_s for beat in beats])
    count = request.supervisors or 1
    district = district_beats(network, partition, load_s, count, request.cut.seed)
    return tuple(
        replace(beat, district=f"D{number + 1}")
        for beat, number in zip(beats, district.tolist(), strict=True)
    )
