"""What a sector to assess is made of: an area over a source of streets, or a beat of a plan."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from reso_geo.assess import Sector, sector_in
from reso_geo.boundaries import read_boundary
from reso_geo.boundaries.shapes import area_m2
from reso_geo.cli.street_source import kept_streets
from reso_geo.errors import BoundaryError, UsageError
from reso_geo.i18n import Phrase, listed
from reso_geo.network import extent_of, is_streets_file, load_network, place_in, project_shapes
from reso_geo.plan_file import load_plan

if TYPE_CHECKING:
    from pathlib import Path

    from reso_geo.boundaries import Boundary
    from reso_geo.cli.console import Stage
    from reso_geo.cli.demand_inputs import DemandInputs
    from reso_geo.cli.season import Conditions
    from reso_geo.demand import Anchors
    from reso_geo.network import StreetNetwork
    from reso_geo.plan import Plan
    from reso_geo.settings import PatrolSettings

__all__ = ["Area", "Found", "find_sector"]

_PLAN = ".gpkg"
_MUCH_BEYOND = 0.02
_BLOCK_M2 = 20_000.0


@dataclass(frozen=True)
class Area:
    """What the user wrote.

    Attributes
    ----------
    source
        A street source, streets that an earlier plan kept, or a plan.
    area
        After ``--area``; None where not given.
    beat
        After ``--beat``; None where not given.
    posts
        After ``--posts``.

    Raises
    ------
    UsageError
        When not exactly one of area and beat is given, or a beat of what is no plan.
    """

    source: Path
    area: str | None
    beat: str | None
    posts: int | None

    def __post_init__(self) -> None:
        """Check once that they fit together."""
        if (self.area is None) == (self.beat is None):
            raise UsageError(Phrase("assess.one_of"))
        if self.beat is not None and not self.of_plan:
            raise UsageError(Phrase("assess.beat_needs_plan", {"path": self.source}))

    @property
    def of_plan(self) -> bool:
        """True when the source is a plan."""
        return self.source.suffix.lower() == _PLAN and not self.of_kept

    @property
    def of_kept(self) -> bool:
        """True when the source is streets that an earlier plan kept."""
        return self.source.suffix.lower() == _PLAN and is_streets_file(self.source)


@dataclass(frozen=True)
class Found:
    """A sector ready to be assessed.

    Attributes
    ----------
    sector
        The streets.
    settings
        All assumptions: given, or those of the plan.
    notes
        What was understood of the tables.
    """

    sector: Sector
    settings: PatrolSettings
    notes: tuple[Phrase, ...] = ()


def find_sector(
    wanted: Area, tables: DemandInputs, given: Conditions, settings_path: Path | None, begin: Stage
) -> Found:
    """Read the streets and take the sector out of them.

    Parameters
    ----------
    wanted
        What the user wrote.
    tables
        Tables of the planner.
    given
        Settings and what is added to the streets.
    settings_path
        The user's settings; None takes those of the plan, where there is one.
    begin
        Called with the key of a stage and the share of it that is done.

    Returns
    -------
    Found
        The sector and its settings.

    Raises
    ------
    ResoGeoError
        When an input cannot be used.
    """
    if not wanted.of_plan:
        return _over_streets(wanted, tables, given, begin)
    begin("progress.read", 0.0)
    plan = load_plan(wanted.source, tours=False)
    if settings_path is None:
        given = replace(given, settings=plan.settings)
    plan = replace(plan, network=given.on(plan.network))
    if wanted.beat is not None:
        _refuse_tables(wanted, tables)
        return Found(plan.beat(wanted.beat), given.settings)
    return _over_plan(plan, wanted, tables, given.settings)


def _refuse_tables(wanted: Area, tables: DemandInputs) -> None:
    """Refuse what a beat already has."""
    given_tables = {
        "--anchors": tables.anchors,
        "--population": tables.population,
        "--counts": tables.counts,
        "--bases": tables.bases,
        "--posts": wanted.posts,
    }
    named = [name for name, table in given_tables.items() if table is not None]
    if named:
        raise UsageError(Phrase("assess.beat_has_tables", {"names": listed(named)}))


def _over_streets(wanted: Area, tables: DemandInputs, given: Conditions, begin: Stage) -> Found:
    """Read an area over a street source."""
    begin("progress.boundary", 0.0)
    boundary = read_boundary(wanted.area or "", wanted.source)
    begin("progress.read", 0.0)
    try:
        if wanted.of_kept:
            kept = kept_streets(wanted.source, given.settings).network
            streets = place_in(replace(kept, notes=()), boundary)
        else:
            streets = load_network(
                wanted.source,
                boundary,
                given.settings,
                progress=lambda share: begin("progress.read", share),
                basemap=False,
            )
    except BoundaryError as error:
        raise _small(boundary) or error from error
    network = given.on(streets)
    return _in_area(network, boundary, wanted, tables, given.settings, tables.anchors)


def _over_plan(plan: Plan, wanted: Area, tables: DemandInputs, settings: PatrolSettings) -> Found:
    """Read an area over the streets of a plan; its anchors count unless others are given."""
    boundary = read_boundary(wanted.area or "", wanted.source)
    try:
        network = place_in(replace(plan.network, notes=()), boundary)
    except BoundaryError as error:
        raise _small(boundary) or error from error
    anchors = plan.anchors if tables.anchors is None else tables.anchors
    found = _in_area(network, boundary, wanted, tables, settings, anchors)
    if plan.counts_weeks is None or tables.counts is not None:
        return found
    notes = (*found.sector.notes, Phrase("assess.counts_not_kept"))
    return replace(found, sector=replace(found.sector, notes=notes))


def _small(boundary: Boundary) -> BoundaryError | None:
    """Warn that an area without streets is smaller than a block, where it is."""
    metres2 = sum(area_m2(shape) for shape in boundary.shapes)
    if metres2 >= _BLOCK_M2:
        return None
    values = {"area": listed(boundary.names), "m2": round(metres2)}
    key = "assess.small_area" if values["m2"] else "assess.no_area"
    return BoundaryError(Phrase(key, values))


def _in_area(
    network: StreetNetwork,
    boundary: Boundary,
    wanted: Area,
    tables: DemandInputs,
    settings: PatrolSettings,
    anchors: Anchors | None,
) -> Found:
    name = listed(boundary.names)
    inside = None if anchors is None else _anchors_in(anchors, boundary)
    placed = tables.on(network, settings, inside)
    sector = sector_in(
        network,
        settings,
        name,
        anchors=inside,
        people=placed.people,
        counts=placed.counts,
        bases=tables.bases,
        posts=1 if wanted.posts is None else wanted.posts,
    )
    notes = (*boundary.notes, *_outline_notes(network, boundary, name), *sector.notes)
    return Found(replace(sector, notes=notes), settings, placed.notes)


def _anchors_in(anchors: Anchors, boundary: Boundary) -> Anchors:
    """Drop the anchors of other sectors."""
    shape = shapely.union_all(boundary.shapes)
    kept = shapely.contains_xy(shape, anchors.lon, anchors.lat)
    rows = ("name", "kind", "visits_per_week", "minutes", "lon", "lat")
    return replace(anchors, **{each: getattr(anchors, each)[kept] for each in rows})


def _outline_notes(network: StreetNetwork, boundary: Boundary, name: str) -> tuple[Phrase, ...]:
    """Warn when the outline is generalised, or reaches beyond the streets of the source."""
    notes: tuple[Phrase, ...] = ()
    if boundary.provisional:
        notes += (Phrase("assess.provisional", {"area": name}),)
    area = shapely.union_all(project_shapes(boundary, network.crs))
    (hull,) = project_shapes(extent_of(network), network.crs)
    beyond = 1.0 - float(np.divide(area.intersection(hull).area, area.area))
    if beyond > _MUCH_BEYOND:
        values = {"area": name, "share": 100.0 * beyond, "source": network.source.name}
        notes += (Phrase("assess.beyond", values),)
    return notes
