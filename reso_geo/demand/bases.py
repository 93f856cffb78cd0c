"""Bases: places where patrols start, such as stations and kiosks."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import shapely

from reso_geo.demand.nearest import Nearest, nearest_junction, projected
from reso_geo.demand.spots import NamedPoints, clean_names, far_phrase
from reso_geo.errors import TableError
from reso_geo.i18n import Phrase, listed
from reso_geo.records import FieldCheck, Record, freeze
from reso_geo.tables import KINDS, Fault, read_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from reso_geo.network import StreetNetwork
    from reso_geo.tables.frames import TableSource

__all__ = ["Bases", "far_bases_note", "far_bases_phrase", "place_bases", "read_bases"]


@dataclass(frozen=True, eq=False)
class Bases(NamedPoints, Record):
    """Places where patrols start; arrays of shape (b,), read-only.

    Attributes
    ----------
    name
        object (str).
    beat_id
        object (str): the one beat that a base is for; empty where it is for any.
    lon, lat
        float64, degrees (EPSG:4326).
    understood
        What the file was taken for.
    """

    name: NDArray[np.object_]
    beat_id: NDArray[np.object_]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    understood: tuple[Phrase, ...] = ()

    def __post_init__(self) -> None:
        """Check all once; make the arrays read-only."""
        check = FieldCheck("Bases", TableError)
        check.labels("beat_id", self.beat_id, self.check(check))
        freeze(self)

    def of_any_beat(self) -> Bases:
        """Return the places that name no beat, for cuts whose beats have other ids.

        Returns
        -------
        Bases
            Without those that name one.
        """
        free = self.beat_id == ""
        arrays = {name: getattr(self, name)[free] for name in ("name", "beat_id", "lon", "lat")}
        return replace(self, **arrays)


def read_bases(source: TableSource) -> Bases:
    r"""Read bases.

    Parameters
    ----------
    source
        A DataFrame or GeoDataFrame, or a file:
        CSV, XLSX, ODS, XLS, GeoJSON or GeoPackage. Columns: ``name``, ``lon`` and ``lat`` or a
        geometry, and where wanted ``beat_id``; French headers are understood.

    Returns
    -------
    Bases
        In the order of the file.

    Raises
    ------
    TableError
        When the file cannot be read or has no row, a column is missing, a row cannot be used, or
        two rows name the same beat or have the same name.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> path = Path(tempfile.mkdtemp()) / "bases.csv"
    >>> _ = path.write_text("nom;longitude;latitude\nKiosque;-72,6;45,9\n")
    >>> read_bases(path).name
    array(['Kiosque'], dtype=object)
    """
    table = read_table(source, KINDS["bases"], located=True, filled=True)
    names, beats = clean_names(table.text("name")), clean_names(table.text("beat_id"))
    often = Counter(beats.tolist())
    faults = {
        (at, "beat_id"): Fault(beat, Phrase("demand.beat_twice"))
        for at, beat in enumerate(beats.tolist())
        if beat and often[beat] > 1
    }
    faults |= _of_one_name(names.tolist(), table.where.numbers)
    table.where.refuse(faults)
    spots = shapely.point_on_surface(table.places)
    return Bases(names, beats, shapely.get_x(spots), shapely.get_y(spots), table.understood)


def _of_one_name(names: list[str], numbers: Sequence[int]) -> dict[tuple[int, str], Fault]:
    """Return the rows whose name another row has too: the beats could not tell them apart."""
    places: dict[str, list[int]] = {}
    for at, name in enumerate(names):
        places.setdefault(name, []).append(at)
    return {
        (at, "name"): Fault(
            name, Phrase("demand.base_twice", {"rows": listed(numbers[each] for each in same)})
        )
        for name, same in places.items()
        if name and len(same) > 1
        for at in same
    }


def place_bases(network: StreetNetwork, bases: Bases) -> Nearest:
    """Assign each base the nearest junction on foot.

    Parameters
    ----------
    network
        Segments placed in cities.
    bases
        Places in degrees.

    Returns
    -------
    Nearest
        Junctions, and how far each base is from its own.
    """
    return nearest_junction(network, projected(network, bases.points))


def far_bases_note(bases: Bases, placed: Nearest) -> Phrase | None:
    """List the bases that are at no junction, with how far they are from the nearest.

    Parameters
    ----------
    bases
        Places where patrols start.
    placed
        From `place_bases`.

    Returns
    -------
    Phrase or None
        None when every base has its junction.
    """
    return bases.far("demand.far_bases", placed)


def far_bases_phrase(names: Iterable[str], distances_m: Iterable[float]) -> Phrase:
    """Return the sentence that names places at no junction.

    Parameters
    ----------
    names
        Of the places.
    distances_m
        How far each is from the nearest junction, in metres.

    Returns
    -------
    Phrase
        With their number.
    """
    return far_phrase("demand.far_bases", names, distances_m)
