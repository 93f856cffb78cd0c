"""KML, shapefiles, and either in a zip archive: what planners are handed by others.

The parts of a shapefile are copied under plain names before they are opened, so that nothing that
lies beside it (an index of another version, a link) is opened with it.
"""

from __future__ import annotations

import shutil
import tempfile
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from xml.parsers import expat

import shapely

from reso_geo.i18n import listed
from reso_geo.tables.feature_rows import Row
from reso_geo.tables.features import fields_of, layers_of, read_geopackage

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from reso_geo.boundaries.reading import Reading

__all__ = [
    "SHAPEFILE_ENDS",
    "ZIP",
    "is_kml",
    "is_shapefile",
    "parts_of",
    "read_kml",
    "read_shapefile",
    "read_zipped",
]

ZIP = b"PK\x03\x04"
SHAPEFILE_ENDS = (".shp", ".shx")
_SHAPEFILE = b"\x00\x00\x27\x0a"
_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_NEEDED = (".shp", ".shx", ".dbf")
_KML_ENDS = (".kml",)
_MOST_BYTES = 500_000_000
_CHUNK = 65_536
# GDAL opens what names another format, wherever it stands in the first bytes.
_OTHERS = (b"<OGRVRT", b"<GDALG", b"<VRTDataset")
_SURFACES = ("Polygon", "MultiPolygon", "GeometryCollection")


def is_shapefile(head: bytes) -> bool:
    """Return whether a file that begins like this is a part of a shapefile.

    Parameters
    ----------
    head
        First bytes.

    Returns
    -------
    bool
        True for ``.shp`` and ``.shx``.

    Examples
    --------
    >>> is_shapefile(bytes([0, 0, 39, 10]))
    True
    """
    return head.startswith(_SHAPEFILE)


def is_kml(path: Path) -> bool:
    """Return whether a file is XML whose outermost element is ``kml``, without any declared entity.

    Parameters
    ----------
    path
        A file.

    Returns
    -------
    bool
        True for KML.

    Examples
    --------
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "a.kml").write_text("<kml/>")
    >>> is_kml(folder / "a.kml")
    True
    """
    found: list[str] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, _: found.append(name)
    parser.StartDoctypeDeclHandler = lambda *_: found.append("")
    with path.open("rb") as stream:
        while not found and (chunk := stream.read(_CHUNK)):
            if any(other in chunk for other in _OTHERS):
                return False
            try:
                parser.Parse(chunk)
            except expat.ExpatError:
                break
    return bool(found) and found[0].rpartition(":")[2] == "kml"


def parts_of(path: Path) -> tuple[Path, ...]:
    """List the files that a boundary's file is made of.

    Parameters
    ----------
    path
        Any file.

    Returns
    -------
    tuple of Path
        The file alone, but the parts beside it for a shapefile.

    Examples
    --------
    >>> parts_of(Path("cities.geojson"))
    (PosixPath('cities.geojson'),)
    """
    if path.suffix.lower() not in _PARTS:
        return (path,)
    stem = path.stem.casefold()
    beside = sorted(path.parent.iterdir()) if path.parent.is_dir() else []
    found = {
        each.suffix.lower(): each
        for each in beside
        if each.stem.casefold() == stem and each.suffix.lower() in _PARTS
    }
    return tuple(found[ending] for ending in _PARTS if ending in found) or (path,)


def read_shapefile(reading: Reading) -> list[Row]:
    """Read the features of a shapefile.

    Parameters
    ----------
    reading
        One of its parts.

    Returns
    -------
    list of Row
        In longitude and latitude (EPSG:4326). One without ``.shx`` or ``.dbf`` is refused; one
        without ``.prj`` is taken for longitude and latitude, with a note, where it can be.
    """
    with tempfile.TemporaryDirectory() as folder:
        parts = {part.suffix.lower(): part for part in parts_of(reading.path)}
        for ending, part in parts.items():
            shutil.copyfile(part, Path(folder) / f"shapefile{ending}")
        return _shapefile_rows(reading, Path(folder), reading.path.stem)


def _shapefile_rows(reading: Reading, folder: Path, stem: str) -> list[Row]:
    """Read the shapefile that a folder holds, whose parts are called by a stem where it is told."""
    missing = [f"{stem}{end}" for end in _NEEDED if not (folder / f"shapefile{end}").is_file()]
    if missing:
        reading.refuse("missing_parts", {"parts": listed(missing)})
    path = folder / "shapefile.shp"
    has_crs = (folder / "shapefile.prj").is_file()
    encoding = None if (folder / "shapefile.cpg").is_file() else _encoding(folder)
    inner = reading.at(path, "broken_shapefile")
    columns = fields_of(inner, "shapefile")
    found = read_geopackage(
        inner, "shapefile", columns, assumed=None if has_crs else "EPSG:4326", encoding=encoding
    )
    if not has_crs:
        shapes = [row.shape for row in found.rows if row.shape is not None]
        west, south, east, north = shapely.total_bounds(shapes) if shapes else (0.0,) * 4
        if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):  # noqa: PLR2004 - degrees
            reading.refuse("no_prj", {"part": f"{stem}.prj"})
        reading.note("no_prj", {"part": f"{stem}.prj"})
    return found.rows


def _encoding(folder: Path) -> str:
    """Find which letters a shapefile is written in that does not say so itself."""
    try:
        (folder / "shapefile.dbf").read_bytes()[32:].decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "UTF-8"


def read_kml(reading: Reading, path: Path | None = None) -> list[Row]:
    """Read the areas of a KML file, of all its folders.

    Parameters
    ----------
    reading
        The file, for the messages.
    path
        Where it lies; None for the file itself.

    Returns
    -------
    list of Row
        Areas in longitude and latitude (EPSG:4326); how many other marks are left out is noted.
        Without any area, all features.
    """
    inner = reading.at(path or reading.path, "broken_kml")
    rows: list[Row] = []
    for layer in layers_of(inner):
        wanted = [name for name in fields_of(inner, layer) if name.casefold() == "name"]
        for row in read_geopackage(inner, layer, wanted).rows:
            rows.append(Row(len(rows) + 1, row.values, _flat(row.shape)))
    areas = [row for row in rows if row.shape is not None and row.shape.geom_type in _SURFACES]
    if areas and len(areas) < len(rows):
        reading.note("marks", {"count": len(rows) - len(areas)})
    return areas or rows


def _flat(shape: BaseGeometry | None) -> BaseGeometry | None:
    """Drop heights that are all zero, as KML has them by habit."""
    if shape is None or not shape.has_z:
        return shape
    heights = shapely.get_coordinates(shape, include_z=True)[:, 2]
    return shape if heights.any() else shapely.force_2d(shape)


def read_zipped(reading: Reading) -> list[Row]:
    """Read the shapefile or the KML file in a zip archive.

    Parameters
    ----------
    reading
        The archive.

    Returns
    -------
    list of Row
        As `read_shapefile` and `read_kml`. An archive without either, with several, or that
        unfolds too far is refused.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        main = _unfolded(reading, folder)
        if main.suffix.lower() == ".shp":
            return _shapefile_rows(reading, folder, main.stem)
        path = folder / "shapefile.kml"
        if not is_kml(path):
            reading.refuse("broken_kml")
        return read_kml(reading, path)


def _unfolded(reading: Reading, folder: Path) -> PurePosixPath:
    """Unfold the parts of the one shapefile or KML file of an archive; return its name there."""
    problem, values = "broken_zip", {}
    try:
        with zipfile.ZipFile(reading.path) as archive:
            members = {
                PurePosixPath(member.filename): member
                for member in archive.infolist()
                if not member.is_dir() and "__MACOSX" not in member.filename
            }
            mains = [each for each in members if each.suffix.lower() in (".shp", *_KML_ENDS)]
            wanted = [
                each
                for each in members
                if mains
                and each.with_suffix("") == mains[0].with_suffix("")
                and each.suffix.lower() in (*_PARTS, *_KML_ENDS)
            ]
            if len(mains) != 1:
                problem = "which_member" if mains else "no_member"
                values = {"names": listed(mains or members) or "-"}
            elif sum(members[each].file_size for each in wanted) > _MOST_BYTES:
                problem = "too_large"
            else:
                for each in wanted:
                    part = folder / f"shapefile{each.suffix.lower()}"
                    with archive.open(members[each]) as stream, part.open("wb") as out:
                        shutil.copyfileobj(stream, out)
                return mains[0]
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError):
        pass
    return reading.refuse(problem, values)
