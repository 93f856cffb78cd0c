"""Counts onto segments: so many calls near a spot; where exactly is forgotten on reading."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from numbers import Real
from typing import TYPE_CHECKING

import numpy as np
import shapely

from reso_geo.demand.nearest import nearest_required, projected
from reso_geo.errors import TableError, UsageError
from reso_geo.i18n import Phrase
from reso_geo.network import check_network
from reso_geo.records import FieldCheck, Record, freeze
from reso_geo.tables import KINDS, read_table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.network import StreetNetwork
    from reso_geo.tables.frames import TableSource

__all__ = ["YEAR_WEEKS", "Counts", "count_per_segment"]

YEAR_WEEKS = 52.0
"""How long a file of counts is taken to cover when nobody says."""

_WEEKS = 0.001, 5200.0


@dataclass(frozen=True, eq=False)
class Counts(Record):
    """Counts per segment, without the points they came from; for the making of a plan only.

    Attributes
    ----------
    n
        int64, shape (m,), read-only; never written anywhere.
    weeks
        How long it was counted.
    left_out
        What was counted more than 500 m from any street to cover.
    far_rows
        How many rows that is.
    understood
        What the file was taken for.
    """

    n: NDArray[np.int64] = field(repr=False)
    weeks: float
    left_out: int
    far_rows: int
    understood: tuple[Phrase, ...]

    def __post_init__(self) -> None:
        """Check all once; make the array read-only."""
        check = FieldCheck("Counts", TableError)
        check.figures("n", self.n, 0, kind="int64")
        check.number("weeks", self.weeks, *_WEEKS)
        check.number("left_out", self.left_out, 0, whole=True)
        check.number("far_rows", self.far_rows, 0, whole=True)
        freeze(self)

    @property
    def per_week(self) -> NDArray[np.float64]:
        """Counts per week of each segment, shape (m,)."""
        return self.n / self.weeks

    @property
    def notes(self) -> tuple[Phrase, ...]:
        """Describe what was left out, in numbers only."""
        values = {"count": self.far_rows, "n": self.left_out}
        return (Phrase("demand.far_counts", values),) if self.far_rows else ()


def count_per_segment(
    network: StreetNetwork, source: TableSource, weeks: float = YEAR_WEEKS
) -> Counts:
    """Read counts and add them up on the nearest segments that patrol must pass.

    Parameters
    ----------
    network
        Segments placed in cities.
    source
        A DataFrame or GeoDataFrame, or a file:
        CSV, XLSX, ODS, XLS, GeoJSON or GeoPackage with the column ``n`` or ``nombre``, and ``lon``
        and ``lat`` or a geometry.
    weeks
        How long it was counted, a year unless said.

    Returns
    -------
    Counts
        The points are not kept.

    Raises
    ------
    UsageError
        When the weeks are no positive number.
    TableError
        When the file cannot be read or has no row, a column is missing, or a row cannot be used;
        no value of the file is told.
    """
    check_network(network)
    if not (isinstance(weeks, Real) and math.isfinite(weeks) and weeks > 0.0):
        raise UsageError(Phrase("demand.bad_weeks", {"weeks": weeks}))
    table = read_table(source, KINDS["counts"], located=True, private=True, filled=True)
    n = table.number("n").astype(np.int64)
    spots = shapely.point_on_surface(table.places)
    segment = nearest_required(network, projected(network, spots)).index
    near = segment >= 0
    total = np.zeros(len(network), dtype=np.int64)
    np.add.at(total, segment[near], n[near])
    return Counts(total, weeks, int(n[~near].sum()), int((~near).sum()), table.understood)
