"""Rows with shapes, for a map program."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from reso_geo.output_files import output_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    import shapely

__all__ = ["FEATURE_DRIVERS", "write_features"]

FEATURE_DRIVERS = MappingProxyType({".geojson": "GeoJSON", ".gpkg": "GPKG"})


def write_features(
    rows: Sequence[dict[str, object]],
    shapes: Iterable[shapely.Geometry],
    crs: str,
    path: Path,
    layer: str,
) -> None:
    """Write rows with their shapes.

    Parameters
    ----------
    rows
        Values by column.
    shapes
        One a row.
    crs
        Of the shapes.
    path
        ``.geojson`` (in longitude and latitude) or ``.gpkg`` (in the CRS given), made or replaced.
    layer
        Its name in the file.

    Raises
    ------
    OutputError
        When the file cannot be written.
    """
    import geopandas as gpd  # noqa: PLC0415 - slow to load, and nothing else here needs it

    driver = FEATURE_DRIVERS[path.suffix.lower()]
    table = gpd.GeoDataFrame(rows, geometry=list(shapes), crs=crs)
    if driver == "GeoJSON":
        table = table.to_crs("EPSG:4326")
    with output_file(path) as aside:
        table.to_file(aside, driver=driver, layer=layer, engine="pyogrio")
