"""Features of a table that is in memory: a DataFrame or a GeoDataFrame, read as a file's are."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeGuard

import shapely
from pyproj import CRS

from reso_geo.errors import UsageError
from reso_geo.i18n import Phrase
from reso_geo.tables.feature_rows import DEGREES, Features, in_degrees, rows_of

if TYPE_CHECKING:
    import pandas as pd

    from reso_geo.tables.feature_rows import Refusing

    TableSource: TypeAlias = str | os.PathLike[str] | pd.DataFrame

__all__ = ["Frame", "frame_or_path", "is_frame", "read_frame"]


@dataclass(frozen=True)
class Frame:
    """A table in memory, named in messages by its type.

    Attributes
    ----------
    rows
        A DataFrame; a GeoDataFrame where rows have a geometry of their own.
    """

    rows: pd.DataFrame

    @property
    def path(self) -> Path:
        """What stands for its file in messages."""
        return Path(type(self.rows).__name__)


def frame_or_path(source: object) -> Frame | Path:
    """Return what was given for a table: the path of a file, or a frame.

    Parameters
    ----------
    source
        A path, as text or not, or a DataFrame or GeoDataFrame.

    Returns
    -------
    Frame or Path
        One of them.

    Raises
    ------
    UsageError
        When it is neither.

    Examples
    --------
    >>> frame_or_path("anchors.csv").name
    'anchors.csv'
    """
    if isinstance(source, str | os.PathLike):
        return Path(source)
    if not is_frame(source):
        raise UsageError(Phrase("table.not_a_table", {"kind": type(source).__name__}))
    return Frame(source)


def is_frame(source: object) -> TypeGuard[pd.DataFrame]:
    """Return whether something is a DataFrame, or a GeoDataFrame.

    Parameters
    ----------
    source
        Anything.

    Returns
    -------
    bool
        True for one.

    Examples
    --------
    >>> is_frame("anchors.csv")
    False
    """
    # Slow to load; who has a frame has loaded it.
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(source, pandas.DataFrame)


def read_frame(file: Refusing, frame: pd.DataFrame) -> Features:
    """Read the rows of a frame.

    Parameters
    ----------
    file
        What refuses them.
    frame
        Its columns, and its geometry where it has one.

    Returns
    -------
    Features
        In the order of the frame, counted from 1. Geometries without a coordinate system are
        refused; a frame without geometries needs none.
    """
    import geopandas as gpd  # noqa: PLC0415 - as above

    located = isinstance(frame, gpd.GeoDataFrame) and frame.active_geometry_name is not None
    shapes: list[Any] = [None] * len(frame)
    crs = DEGREES
    if located:
        if frame.crs is None:
            file.refuse("frame_without_crs")
        crs = CRS.from_user_input(frame.crs)
        shapes = [shape if shapely.is_geometry(shape) else None for shape in frame.geometry]
        frame = frame.drop(columns=frame.active_geometry_name)
    if None not in frame.index.names:  # an index with a name is a column
        frame = frame.reset_index()
    columns = {
        str(name): cells.astype(object).where(cells.notna(), None).tolist()
        for name, cells in frame.items()
    }
    return in_degrees(file, rows_of(columns, shapes), crs)
