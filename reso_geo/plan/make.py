"""make_plan: from streets and a request to a plan with all its figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reso_geo.demand import no_anchors
from reso_geo.errors import UsageError
from reso_geo.i18n import Phrase
from reso_geo.network import extent_of, with_own_rules
from reso_geo.partition import (
    LockedBeats,
    cut_beats,
    lock_beats,
    no_locks,
)
from reso_geo.plan.build import Given, build_plan
from reso_geo.plan.yardstick import yardstick

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from reso_geo.boundaries import Boundary
    from reso_geo.demand import Anchors, Bases, Counts
    from reso_geo.network import StreetNetwork
    from reso_geo.plan.parts import Input
    from reso_geo.plan.plan import Plan
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
    inputs: tuple[Input, ...] = (),
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
    inputs
        The files that it is made with, for the record.

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
    named = () if earlier is None else earlier.beats
    given = Given(
        people=people,
        names={beat.beat_id: beat.name for beat in named if beat.beat_id in locked.beat_id},
        locked=locked.beat_id,
        notes=notes,
        of_cut=partition.warnings,
        why=partition.balance_why,
        inputs=inputs,
    )
    return build_plan(yard, boundary, partition, given, progress)


def _locked(network: StreetNetwork, earlier: Plan | None, lock: Sequence[str]) -> LockedBeats:
    """Take the locked beats from the plan that holds them."""
    if not lock:
        return no_locks()
    if earlier is None:
        raise UsageError(Phrase("partition.lock_needs_plan"))
    if not np.array_equal(earlier.network.segment_id, network.segment_id):
        raise UsageError(Phrase("partition.lock_other_streets"))
    return lock_beats(earlier.partition, lock)
