"""Seats: how many posts each city gets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reso_geo.boundaries.boundary import clean_name
from reso_geo.i18n import Phrase
from reso_geo.tables import KINDS, Fault, read_table

if TYPE_CHECKING:
    from collections.abc import Callable

    from reso_geo.tables.frames import TableSource

__all__ = ["read_seats"]


def read_seats(
    source: TableSource, tell: Callable[[Phrase], object] | None = None
) -> dict[str, int]:
    r"""Read the posts of each city.

    Parameters
    ----------
    source
        A DataFrame or GeoDataFrame, or a file:
        CSV, XLSX, ODS, XLS, GeoJSON or GeoPackage with the columns ``city`` and ``posts``, or
        ``ville`` and ``postes``.
    tell
        Called with each sentence about what the file was taken for.

    Returns
    -------
    dict of str to int
        Posts by city, in the order of the file.

    Raises
    ------
    TableError
        When the file cannot be read or has no row, a column is missing, or a row cannot be used.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> path = Path(tempfile.mkdtemp()) / "postes.csv"
    >>> _ = path.write_text("Ville;Postes\nPort-Lajoie;3\n")
    >>> read_seats(path)
    {'Port-Lajoie': 3}
    """
    table = read_table(source, KINDS["seats"], filled=True)
    seats: dict[str, int] = {}
    faults: dict[tuple[int, str], Fault] = {}
    for at, (city, posts) in enumerate(zip(table.text("city"), table.number("posts"), strict=True)):
        name = clean_name(city)
        if name in seats:
            faults[at, "city"] = Fault(name, Phrase("demand.city_twice"))
        seats[name] = int(posts)
    table.where.refuse(faults)
    if tell:
        for phrase in table.understood:
            tell(phrase)
    return seats
