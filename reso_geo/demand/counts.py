"""Counts onto segments: so many reports near a spot; where exactly is forgotten on reading."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from reso_geo.demand.nearest import nearest_required, projected
from reso_geo.tables import KINDS, read_table
from reso_geo.words import Phrase

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from reso_geo.network import StreetNetwork

__all__ = ["Counts", "count_per_segment"]


@dataclass(frozen=True)
class Counts:
    """Counts per segment, without the points they came from.

    Attributes
    ----------
    n
        int64, shape (m,), read-only.
    left_out
        What was counted more than 500 m from any street to cover.
    understood
        What the file was taken for, and what was left out.
    """

    n: NDArray[np.int64]
    left_out: int
    understood: tuple[Phrase, ...]

    def __post_init__(self) -> None:
        """Make the array read-only."""
        self.n.flags.writeable = False


def count_per_segment(network: StreetNetwork, path: Path) -> Counts:
    """Read counts and add them up on the nearest segments that patrol must pass.

    Parameters
    ----------
    network
        Segments placed in cities.
    path
        CSV, XLSX, GeoJSON or GeoPackage with the column ``n`` or ``nombre``, and ``lon`` and
        ``lat`` or a geometry.

    Returns
    -------
    Counts
        The points are not kept.

    Raises
    ------
    TableError
        When the file cannot be read, a column is missing, or a row cannot be used.
    """
    table = read_table(path, KINDS["counts"], located=True)
    n = table.number("n").astype(np.int64)
    spots = shapely.point_on_surface(table.places)
    segment = nearest_required(network, projected(network, spots))
    near = segment >= 0
    total = np.zeros(len(network), dtype=np.int64)
    np.add.at(total, segment[near], n[near])
    left_out = int(n[~near].sum())
    values = {"count": int((~near).sum()), "n": left_out}
    told = () if near.all() else (Phrase("demand.far_counts", values),)
    return Counts(total, left_out, (*table.understood, *told))
