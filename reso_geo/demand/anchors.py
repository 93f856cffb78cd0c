"""Anchors onto segments: places that an officer visits, and the time that takes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from reso_geo.choices import folded
from reso_geo.demand.nearest import Nearest, nearest_required, projected
from reso_geo.demand.spots import NamedPoints, clean_names
from reso_geo.errors import TableError
from reso_geo.i18n import Phrase, listed
from reso_geo.records import FieldCheck, Record, Shown, freeze
from reso_geo.tables import KINDS, plain, read_table
from reso_geo.tables.frames import is_frame

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from reso_geo.network import StreetNetwork
    from reso_geo.tables.frames import TableSource

__all__ = [
    "Anchors",
    "distances_note",
    "far_note",
    "is_shelter",
    "no_anchors",
    "place_anchors",
    "read_anchors",
    "stop_seconds",
]

_LIMITS = {column.name: column.within or () for column in KINDS["anchors"]}
_SHELTER_KIND = re.compile(r"shelter|refuge|hebergement|violence")
_SHELTER_NAME = re.compile(r"maisons?dhebergement|womens?shelter|violence")


@dataclass(frozen=True, eq=False, repr=False)
class Anchors(Shown, NamedPoints, Record):
    """Places to visit; arrays of shape (a,), read-only.

    Attributes
    ----------
    name, kind
        object (str).
    visits_per_week, minutes
        float64, not negative.
    lon, lat
        float64, degrees (EPSG:4326).
    shelters
        How many shelters the file held; none of them is kept.
    understood
        What the file was taken for.
    """

    name: NDArray[np.object_]
    kind: NDArray[np.object_]
    visits_per_week: NDArray[np.float64]
    minutes: NDArray[np.float64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    shelters: int = 0
    understood: tuple[Phrase, ...] = ()

    def __post_init__(self) -> None:
        """Check all once; make the arrays read-only."""
        check = FieldCheck("Anchors", TableError)
        rows = self.check(check)
        check.labels("kind", self.kind, rows)
        for field in ("visits_per_week", "minutes"):
            check.figures(field, getattr(self, field), *_LIMITS[field], rows=rows)
        check.number("shelters", self.shelters, 0, whole=True)
        freeze(self)

    def summary(self) -> Phrase:
        """Return what it is in one sentence.

        Returns
        -------
        Phrase
            For people.
        """
        minutes = float(self.visits_per_week @ self.minutes)
        return Phrase("demand.anchors", {"count": len(self), "hours": minutes / 60.0})

    def _rows(self) -> list[tuple[object, ...]]:
        """Return a row a place."""
        heads = ("name", "kind", "visits_per_week", "minutes")
        columns = (getattr(self, head).tolist() for head in heads)
        return [tuple(Phrase(f"column.{head}") for head in heads), *zip(*columns, strict=True)]


def no_anchors() -> Anchors:
    """Return an empty table.

    Returns
    -------
    Anchors
        Without a row.

    Examples
    --------
    >>> len(no_anchors())
    0
    """
    text, number = np.empty(0, dtype=object), np.empty(0)
    return Anchors(text, text.copy(), number, number.copy(), number.copy(), number.copy())


def read_anchors(source: TableSource) -> Anchors:
    """Read anchors; only the known columns are kept, and no shelter.

    Parameters
    ----------
    source
        A DataFrame or GeoDataFrame, or a file:
        CSV, XLSX, ODS, XLS, GeoJSON or GeoPackage. Columns: ``name``, ``kind``,
        ``visits_per_week``, ``minutes``, and ``lon`` and ``lat`` or a geometry; French headers are
        understood.

    Returns
    -------
    Anchors
        In the order of the file.

    Raises
    ------
    TableError
        When the file cannot be read, a frame has no row, a column is missing, or a row cannot be
        used.

    Examples
    --------
    >>> from reso_geo.atomic_files import data_file
    >>> len(read_anchors(data_file("sample/anchors.geojson"))) > 10
    True
    """
    table = read_table(source, KINDS["anchors"], located=True, filled=is_frame(source))
    names, kinds = clean_names(table.text("name")), clean_names(table.text("kind"))
    kept = ~np.array(list(map(is_shelter, names, kinds)), dtype=bool)
    count = int((~kept).sum())
    told: tuple[Phrase, ...] = (Phrase("demand.shelters", {"count": count}),) if count else ()
    spots = shapely.point_on_surface(table.places)
    told += _drawn_note(table.places[kept])
    told += _same_place_note(names, spots, kept, table.where.numbers)
    return Anchors(
        names[kept],
        kinds[kept],
        table.number("visits_per_week")[kept],
        table.number("minutes")[kept],
        shapely.get_x(spots)[kept],
        shapely.get_y(spots)[kept],
        count,
        (*table.understood, *told),
    )


def _drawn_note(places: NDArray[np.object_]) -> tuple[Phrase, ...]:
    """Return how many places are drawn as lines or areas: one point stands for each."""
    drawn = int((shapely.get_type_id(places) != shapely.GeometryType.POINT).sum())
    return (Phrase("demand.drawn", {"count": drawn}),) if drawn else ()


def _same_place_note(
    names: NDArray[np.object_],
    spots: NDArray[np.object_],
    kept: NDArray[np.bool_],
    numbers: Sequence[int],
) -> tuple[Phrase, ...]:
    """Describe rows with the name and the place of one above that differ otherwise."""
    seen: set[tuple[str, float, float]] = set()
    again = []
    for at in np.flatnonzero(kept).tolist():
        x, y = (round(float(part), 6) for part in (spots[at].x, spots[at].y))
        key = (folded(names[at]), x, y)
        again += [numbers[at]] if key in seen else []
        seen.add(key)
    values = {"count": len(again), "rows": listed(again, 10)}
    return (Phrase("demand.same_place", values),) if again else ()


def is_shelter(name: str, kind: str) -> bool:
    """Return whether a place is a shelter, whose address is nobody's to show.

    Parameters
    ----------
    name, kind
        What a table says of it.

    Returns
    -------
    bool
        True for one that must not be kept.
    """
    return bool(_SHELTER_KIND.search(plain(kind)) or _SHELTER_NAME.search(plain(name)))


def place_anchors(network: StreetNetwork, anchors: Anchors) -> Nearest:
    """Assign each anchor the nearest segment that patrol must pass.

    Parameters
    ----------
    network
        Segments placed in cities.
    anchors
        Places in degrees.

    Returns
    -------
    Nearest
        Segments, and how far each anchor is from its own.
    """
    return nearest_required(network, projected(network, anchors.points))


def distances_note(anchors: Anchors, placed: Nearest) -> Phrase | None:
    """Return how far the anchors are from the streets that they were put on.

    Parameters
    ----------
    anchors
        Places to visit.
    placed
        From `place_anchors`.

    Returns
    -------
    Phrase or None
        None when no anchor is near any street.
    """
    near = np.flatnonzero(placed.index >= 0)
    if not len(near):
        return None
    away_m = placed.distance_m[near]
    values = {
        "count": len(near),
        "median": round(float(np.median(away_m))),
        "worst": round(float(away_m.max())),
        "name": anchors.name[near[np.argmax(away_m)]],
    }
    return Phrase("demand.anchor_distances", values)


def far_note(anchors: Anchors, placed: Nearest) -> Phrase | None:
    """List the anchors that are on no street, with how far they are from the nearest.

    Parameters
    ----------
    anchors
        Places to visit.
    placed
        From `place_anchors`.

    Returns
    -------
    Phrase or None
        None when every anchor has its street.
    """
    return anchors.far("demand.far_anchor", placed)


def stop_seconds(network: StreetNetwork, anchors: Anchors, placed: Nearest) -> NDArray[np.float64]:
    """Return the weekly seconds of visits on each segment.

    Parameters
    ----------
    network
        The streets.
    anchors
        Places with visits per week and minutes.
    placed
        From `place_anchors`.

    Returns
    -------
    ndarray of float64, shape (m,)
        Seconds per week.
    """
    near = placed.index >= 0
    weekly = (anchors.visits_per_week * anchors.minutes * 60.0)[near]
    seconds = np.bincount(placed.index[near], weights=weekly, minlength=len(network))
    return seconds.astype(np.float64)
