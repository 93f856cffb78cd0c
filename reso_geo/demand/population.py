"""Residents onto segments, from areas or points with a number of people."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from reso_geo.boundaries.shapes import mended, polygons_of
from reso_geo.demand.nearest import nearest_required, projected
from reso_geo.errors import TableError
from reso_geo.i18n import Phrase, listed
from reso_geo.network import check_network
from reso_geo.records import FieldCheck, Record, freeze, kind_of, usual_length
from reso_geo.tables import KINDS, Fault, plain, read_table

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from reso_geo.network import StreetNetwork
    from reso_geo.tables import InputColumn
    from reso_geo.tables.frames import TableSource

__all__ = ["Population", "Residents", "place_population", "read_population"]

_EDGE_M = 10.0
"""Census blocks are bounded by streets: those along the edge of an area count as inside it."""


@dataclass(frozen=True, eq=False)
class Population(Record):
    """People by area or point; arrays of shape (r,), read-only.

    Attributes
    ----------
    shapes
        Object (shapely MultiPolygon or Point), longitude and latitude (EPSG:4326).
    people
        float64, not negative; estimates may have fractions.
    rows
        int64: the row or feature of each in its file, counted from 1.
    understood
        What the file was taken for.
    """

    shapes: NDArray[np.object_]
    people: NDArray[np.float64]
    rows: NDArray[np.int64]
    understood: tuple[Phrase, ...] = ()

    def __post_init__(self) -> None:
        """Check all once; make the arrays read-only."""
        check, rows = FieldCheck("Population", TableError), usual_length(*vars(self).values())
        check.figures("people", self.people, 0.0, rows=rows)
        check.array("shapes", self.shapes, "object", rows)
        for row in np.flatnonzero(~shapely.is_geometry(self.shapes)).tolist():
            wanted = Phrase("record.kind", {"kind": "shapely.MultiPolygon"})
            check.refuse(f"shapes[{row}]", self.shapes[row], wanted)
        check.figures("rows", self.rows, 0, rows=rows, kind="int64")
        freeze(self)

    def __len__(self) -> int:
        """Return the number of areas and points."""
        return len(self.people)


@dataclass(frozen=True, eq=False)
class Residents(Record):
    """People per segment.

    Attributes
    ----------
    people
        float64, shape (m,), read-only; zero where patrol does not have to pass.
    unplaced
        People more than 500 m from any street to cover; with `people` they make the whole.
    notes
        What was left out.
    """

    people: NDArray[np.float64]
    unplaced: float
    notes: tuple[Phrase, ...]

    def __post_init__(self) -> None:
        """Check all once; make the array read-only."""
        check = FieldCheck("Residents", TableError)
        check.figures("people", self.people, 0.0)
        check.number("unplaced", self.unplaced, 0.0)
        freeze(self)


def read_population(source: TableSource, column: str = "population") -> Population:
    r"""Read people by area or point.

    Parameters
    ----------
    source
        A DataFrame or GeoDataFrame, or a file:
        CSV, XLSX, ODS, XLS, GeoJSON or GeoPackage; polygons or points, or columns ``lon`` and
        ``lat``.
    column
        The header of the column that holds the people.

    Returns
    -------
    Population
        In the order of the file; invalid polygons are mended.

    Raises
    ------
    TableError
        When the file cannot be read or has no row, a column is missing, or a row cannot be used.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> path = Path(tempfile.mkdtemp()) / "blocs.csv"
    >>> _ = path.write_text("Longitude;Latitude;Total 2021\n-72,61;45,91;120\n")
    >>> read_population(path, "total_2021").people
    array([120.])
    """
    wanted = _people_column(kind_of("column", column, str, "column"))
    table = read_table(source, (wanted,), located=True, filled=True)
    faults: dict[tuple[int, str], Fault] = {}
    shapes = np.empty(len(table), dtype=np.object_)
    for at, shape in enumerate(table.places):
        shapes[at] = _surface_or_point(shape)
        if shapes[at] is None:
            faults[at, ""] = Fault(shape.geom_type, Phrase("demand.no_surface"))
    table.where.refuse(faults)
    rows = np.array(table.where.numbers, dtype=np.int64)
    people = table.number(wanted.name)
    whole = Phrase("demand.people_read", {"people": float(people.sum())})
    return Population(shapes, people, rows, (*table.understood, whole))


def _people_column(name: str) -> InputColumn:
    """Find the usual column under its aliases; any other only by its own name."""
    usual = KINDS["population"][0]
    return usual if plain(name) == usual.name else replace(usual, name=name, fr=name, also=())


def _surface_or_point(shape: BaseGeometry) -> BaseGeometry | None:
    if isinstance(shape, shapely.Point):
        return shapely.force_2d(shape)
    surface = polygons_of(shape)
    surface = surface if surface.is_valid else mended(surface)[0]
    return None if surface.is_empty else surface


def place_population(network: StreetNetwork, population: Population | TableSource) -> Residents:
    """Spread people over the segments that patrol must pass.

    Parameters
    ----------
    network
        Segments placed in cities.
    population
        Areas and points, or what `read_population` reads.

    Returns
    -------
    Residents
        The people of an area by the length of street inside it or within 10 m of its edge, those
        of a point or of an area without streets on the nearest segment within 500 m.
    """
    check_network(network)
    if not isinstance(population, Population):
        population = read_population(population)
    shapes = projected(network, population.shapes)
    segment, row, share = _shares(network, shapes)
    rest = np.setdiff1d(np.arange(len(population)), row)
    nearest = nearest_required(network, shapes[rest]).index
    near = nearest >= 0
    segments = np.concatenate((segment, nearest[near]))
    weights = np.concatenate((share * population.people[row], population.people[rest[near]]))
    people = np.bincount(segments, weights=weights, minlength=len(network)).astype(np.float64)
    far = rest[~near]
    far = far[population.people[far] > 0]
    unplaced = float(population.people[far].sum())
    values = {"people": unplaced, "count": len(far), "rows": listed(population.rows[far].tolist())}
    notes = (Phrase("demand.far_people", values),) if len(far) else ()
    return Residents(people, unplaced, notes)


def _shares(
    network: StreetNetwork, shapes: NDArray[np.object_]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Return pairs of a segment and an area that holds some of it, with the part of its people."""
    areas = np.flatnonzero(shapely.get_type_id(shapes) == shapely.GeometryType.MULTIPOLYGON)
    required = np.flatnonzero(network.required)
    grown = shapely.buffer(shapes[areas], _EDGE_M)
    at, street = shapely.STRtree(network.geometry[required]).query(grown, predicate="intersects")
    inside_m = shapely.length(shapely.intersection(network.geometry[required[street]], grown[at]))
    some = inside_m > 0
    at, street, inside_m = at[some], street[some], inside_m[some]
    whole_m = np.bincount(at, weights=inside_m, minlength=len(areas))
    return required[street], areas[at], inside_m / whole_m[at]
