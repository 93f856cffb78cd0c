"""check_plan: validate a plan after a hand edit, repair it where asked, recompute it."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from reso_geo.plan_check.findings import PlanCheck, Problem
from reso_geo.plan_check.read import read_edited_plan
from reso_geo.plan_check.recompute import recomputed, unchanged_beats
from reso_geo.plan_check.repair import repaired
from reso_geo.records import hearer
from reso_geo.travel import MODES

if TYPE_CHECKING:
    from collections.abc import Callable
    from os import PathLike

    from reso_geo.plan import Beat, Plan
    from reso_geo.plan_check.findings import Repair

__all__ = ["check_plan"]

_SAME = 1e-6


def check_plan(
    path: str | PathLike[str],
    *,
    trust: str | None = None,
    repair: bool = False,
    full: bool = False,
    progress: Callable[[str], object] | bool | None = None,
) -> PlanCheck:
    """Validate a plan's file after a hand edit, and work out what the edit did.

    Parameters
    ----------
    path
        A GeoPackage that `reso_geo.save_plan` wrote; it is not changed.
    trust
        ``segments`` or ``polygons``, for where both were edited and contradict each other.
    repair
        True to repair what is unambiguous, in what is returned.
    full
        True to measure every beat at final depth, and to name stored figures that differ; a draft
        is finished by that, and no figure of it is held to.
    progress
        Called with the key of each stage as it begins; True for a line each on standard error.

    Returns
    -------
    PlanCheck
        What was edited, what was repaired, what is wrong, and the plan before and after.

    Raises
    ------
    PlanError
        When the file cannot be read or is no plan.
    UsageError
        When `trust` is not known.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from reso_geo import load_network, make_plan, read_boundary, save_plan
    >>> from reso_geo.atomic_files import data_file
    >>> boundary = read_boundary(str(data_file("sample/sector.geojson")))
    >>> network = load_network(data_file("sample/sample.osm.pbf"), boundary)
    >>> plan = make_plan(network, officers=2)
    >>> path = Path(tempfile.mkdtemp()) / "plan.gpkg"
    >>> _ = save_plan(plan, path)
    >>> check_plan(path).valid
    True
    """
    hear = hearer(progress)
    if hear is not None:
        hear("progress.check")
    edited = read_edited_plan(path, trust)
    repairs: tuple[Repair, ...] = ()
    if repair:
        edited, repairs = repaired(edited)
    before = edited.plan
    if not edited.finished:
        return PlanCheck(edited, before, None, repairs, ())
    if not (edited.changed or repairs or full):
        return PlanCheck(edited, before, before, repairs, ())
    after, measured = recomputed(edited, full=full, progress=hear)
    if full and not before.draft:
        apart = _apart(unchanged_beats(edited), before, after)
        edited = replace(edited, problems=(*edited.problems, *apart))
    return PlanCheck(edited, before, after, repairs, measured)


def _apart(ids: frozenset[str], before: Plan, after: Plan) -> list[Problem]:
    """List the beats whose stored figures are not those that were just worked out."""
    new = {beat.beat_id: beat for beat in after.beats}
    beats = [beat for beat in before.beats if beat.beat_id in ids]
    wrong = tuple(b.beat_id for b in beats if not _same(b, new[b.beat_id]))
    return [Problem("figures_differ", wrong, wrong)] if wrong else []


def _same(old: Beat, new: Beat) -> bool:
    numbers = [(old.load_s, new.load_s), (old.street_km, new.street_km)]
    for mode in MODES:
        one, two = old.figures(mode), new.figures(mode)
        if (one.verdict, one.reasons, one.exact) != (two.verdict, two.reasons, two.exact):
            return False
        numbers += [(one.pass_s or 0.0, two.pass_s or 0.0)]
        numbers += [(one.lower_bound_s, two.lower_bound_s), (one.margin or 0.0, two.margin or 0.0)]
    return all(math.isclose(one, two, rel_tol=_SAME, abs_tol=_SAME) for one, two in numbers)
