"""make_plan: from streets and a request to a plan with all its figures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from reso_geo.boundaries import read_boundary
from reso_geo.demand import bases_of
from reso_geo.errors import UsageError
from reso_geo.i18n import Phrase, listed
from reso_geo.network import check_network, extent_of, placed_for, with_neighbourhoods
from reso_geo.partition import (
    CutRequest,
    LockedBeats,
    cut_beats,
    lock_beats,
    no_locks,
)
from reso_geo.plan.api.given import measuring
from reso_geo.plan.build import Given, build_plan
from reso_geo.plan.plan import Plan
from reso_geo.plan.request import PlanRequest
from reso_geo.records import FieldCheck, hearer, kind_of, refuse_kind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from os import PathLike

    import pandas as pd
    from numpy.typing import NDArray

    from reso_geo.boundaries.layers import OutlineSource
    from reso_geo.boundaries.lookup import BoundarySource
    from reso_geo.coverage import Depth
    from reso_geo.demand import Anchors, Bases, Counts, Residents
    from reso_geo.network import StreetNetwork
    from reso_geo.plan.parts import Input
    from reso_geo.settings import PatrolSettings
    from reso_geo.tables.frames import TableSource
    from reso_geo.travel import Mode, Season

__all__ = ["make_plan"]


def make_plan(  # noqa: PLR0913 - all that one plan is made of
    network: StreetNetwork,
    *,
    officers: int | None = None,
    request: PlanRequest | None = None,
    settings: PatrolSettings | str | PathLike[str] | None = None,
    mode: Mode | None = None,
    season: Season | None = None,
    tolerance: float | None = None,
    seed: int | None = None,
    boundary: BoundarySource | None = None,
    keep_together: OutlineSource | None = None,
    anchors: Anchors | TableSource | None = None,
    people: NDArray[np.float64] | Residents | TableSource | None = None,
    counts: Counts | TableSource | None = None,
    bases: Bases | TableSource | None = None,
    weights: pd.Series[float] | Mapping[str, float] | None = None,
    depth: Depth = "final",
    progress: Callable[[str], object] | bool | None = None,
    earlier: Plan | None = None,
    lock: str | Sequence[str] = (),
    inputs: tuple[Input, ...] = (),
) -> Plan:
    """Cut beats and work out all their figures.

    Parameters
    ----------
    network
        From `reso_geo.load_network`, with the same boundary and settings.
    officers
        Posts in all, each with a beat of its own; None where `request` says more.
    request
        All that can be asked for; None for `officers` posts, and the four below.
    settings
        All assumptions, or the path of a file of them; None for the defaults. The streets keep the
        rules that they were chosen by: where the settings ask for no rules of their own, the plan
        records those of the network, and says so.
    mode, season, tolerance, seed
        As in `PlanRequest` and its `CutRequest`; None for ``foot``, ``summer``, 0.05 and 0.
    boundary
        The cities, as `reso_geo.read_boundary` reads them; None for the extent of the streets.
        Streets that were read without them, or with others, are placed in them.
    keep_together
        Neighbourhoods that stay whole where balance allows: a file of named polygons or the like,
        as `read_boundary` takes them, but that they may nest; ``none`` for none. None for those
        that the streets came with.
    anchors
        Places to visit, as `reso_geo.read_anchors` reads them; None for none.
    people
        Residents: float64, shape (m,), along each segment, or areas and points as
        `reso_geo.demand.read_population` reads them; None where not known.
    counts
        Calls, as `reso_geo.demand.count_per_segment` reads those of a year; None for none. Beats
        are balanced and judged with their load; the plan keeps it for each beat, not for a segment.
    bases
        Places where patrols start, as `reso_geo.demand.read_bases` reads them; None to start each
        beat in the middle of its load.
    weights
        Seconds per week that a post gives a segment besides walking it, by segment id; None for
        none. They count for the balance and for the verdicts, like visits.
    depth
        ``final``, or ``fast``: tours within some per cent of the best, which the plan says.
    progress
        Called with the key of each stage as it begins; True for a line each on standard error.
    earlier
        A plan on the same streets, which locked beats come from; None for none.
    lock
        Ids of its beats that stay exactly as they are; a text alone is one id.
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
    BoundaryError
        When no street to cover lies in the boundary or a neighbourhood, or neighbourhoods cannot be
        read.
    UsageError
        When an argument is of another kind, the request contradicts itself or the boundary, or the
        settings ask for other rules for streets than those that the network was read with.
    TableError
        When a table has a row that cannot be used, or weights name no segment or are no times.

    Examples
    --------
    >>> from reso_geo import load_network, read_boundary
    >>> from reso_geo.atomic_files import data_file
    >>> boundary = read_boundary(data_file("sample/sector.geojson"))
    >>> network = load_network(data_file("sample/sample.osm.pbf"), boundary)
    >>> plan = make_plan(network, officers=4)
    >>> len(plan.beats)
    4
    """
    check_network(network)
    request = _request(request, officers, {"mode": mode, "season": season}, tolerance, seed)
    hear = hearer(progress)
    if boundary is None:
        area = extent_of(network)
    else:
        area = read_boundary(boundary)
        network = placed_for(network, area)
    if keep_together is not None:
        network = with_neighbourhoods(network, keep_together)
        cut = replace(request.cut, params=request.cut.params.keeping_together())
        request = replace(request, cut=cut)
    locked = _locked(network, earlier, lock)
    starts, repeated = bases_of(bases)
    context, residents, notes = measuring(
        network, request, settings, (anchors, people, counts, weights), depth
    )
    if hear is not None:
        hear("progress.cut")
    made = cut_beats(context.problem(starts), request.cut, locked)
    named = () if earlier is None else earlier.beats
    given = Given(
        people=residents,
        names={beat.beat_id: beat.name for beat in named if beat.beat_id in locked.beat_id},
        locked=locked.beat_id,
        notes=(*notes, *repeated),
        diagnostics=made.diagnostics,
        inputs=inputs,
    )
    return build_plan(context, area, made.partition, given, hear)


def _request(
    request: PlanRequest | None,
    officers: int | None,
    when: dict[str, str | None],
    tolerance: float | None,
    seed: int | None,
) -> PlanRequest:
    """Return what is asked for, said in one way only."""
    cut = {"officers": officers, "tolerance": tolerance, "seed": seed}
    parts = {name: value for name, value in {**cut, **when}.items() if value is not None}
    if request is not None:
        if not isinstance(request, PlanRequest):
            kind = Phrase("record.kind", {"kind": "PlanRequest"})
            FieldCheck("make_plan", UsageError).refuse("request", request, kind)
        if parts:
            raise UsageError(Phrase("plan.request_twice", {"parts": listed(parts)}))
        return request
    if officers is None:
        raise UsageError(Phrase("plan.no_request"))
    asked: Any = {name: value for name, value in parts.items() if name in cut}
    how: Any = {name: value for name, value in parts.items() if name in when}
    return PlanRequest(CutRequest(**asked), **how)


def _locked(network: StreetNetwork, earlier: object, lock: str | Sequence[str]) -> LockedBeats:
    """Return the locked beats of the plan that holds them."""
    if earlier is not None:
        earlier = kind_of("earlier", earlier, Plan, "plan")
    ids = [lock] if isinstance(lock, str) else lock
    if not isinstance(ids, Iterable) or not all(isinstance(each, str) for each in ids):
        refuse_kind("lock", lock, "ids")
    if not list(ids):
        return no_locks()
    if earlier is None:
        raise UsageError(Phrase("partition.lock_needs_plan"))
    if not np.array_equal(earlier.network.segment_id, network.segment_id):
        raise UsageError(Phrase("partition.lock_other_streets"))
    return lock_beats(earlier.partition, list(ids))
