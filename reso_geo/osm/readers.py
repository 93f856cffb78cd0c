"""The readers: osmium files, Overpass answers and OSMnx graphs, all into one `Ways` table."""

from __future__ import annotations

from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import osmium
import shapely

from reso_geo.atomic_files import sha256_of
from reso_geo.boundaries import astride, open_osm
from reso_geo.errors import NetworkError
from reso_geo.i18n import Phrase
from reso_geo.osm.clip import StreetFile
from reso_geo.osm.overpass import StreetAnswer
from reso_geo.osm.ways import Source, WayTableBuilder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reso_geo.boundaries import BoundingBox
    from reso_geo.osm.graphs.in_memory import StreetGraph
    from reso_geo.osm.missing_points import Gaps
    from reso_geo.osm.ways import Ways
    from reso_geo.settings import StreetRules

__all__ = ["DAMAGED", "NOT_OVERPASS", "form_of", "read_ways", "refused", "street_source"]

_HEAD_BYTES = 1024
NOT_OVERPASS = (
    "osm.not_overpass", ValueError, KeyError, TypeError, AttributeError, OverflowError,
    RecursionError, shapely.errors.ShapelyError,
)  # fmt: skip
DAMAGED = ("osm.damaged", RuntimeError, UnicodeDecodeError, osmium.InvalidLocationError)
"""What is said of a file that is not what it seems, and what goes wrong in it."""


@contextmanager
def refused(path: Path | str, what: tuple[Any, ...]) -> Iterator[None]:
    """Refuse a file in one line, whatever went wrong in it.

    Parameters
    ----------
    path
        The file.
    what
        Key of the sentence, and the errors that it stands for.

    Raises
    ------
    NetworkError
        In place of one of them.
    """
    key, *errors = what
    try:
        yield
    except tuple(errors) as error:
        raise NetworkError(Phrase(key, {"path": path, "why": error})) from error


def read_ways(
    path: Path | StreetGraph,
    rules: StreetRules,
    near: BoundingBox | None = None,
    progress: Callable[[float], None] | None = None,
) -> Ways:
    """Read the ways of a street source.

    Parameters
    ----------
    path
        ``.osm.pbf`` or ``.pbf``, ``.osm``, Overpass ``.json`` or OSMnx ``.graphml``, or a graph in
        memory from `street_source`.
    rules
        Which classes are required.
    near
        Where streets are wanted; None for everywhere. A PBF or XML file is clipped while it is
        read, in bounded memory; the other sources are small, and come whole.
    progress
        Called with the share of the reading that is done, from 0 to 1.

    Returns
    -------
    Ways
        Every way with a ``highway`` tag, also those that nobody may use (they are reported), and
        the lines that cut the place. A clipped table has all ways that come near and those that
        meet them, perhaps none.

    Raises
    ------
    NetworkError
        When the file is missing, damaged, of another kind, or holds no street, or when the streets
        lie on both sides of the 180th meridian.
    """
    builder = WayTableBuilder(rules)
    if not isinstance(path, Path):
        from reso_geo.osm.graphs.osmnx_graph import read_graph  # noqa: PLC0415 - as for its files

        source = Source(path.name, path.sha256, read_graph(path.graph, path.name, builder))
        for phrase in path.notes:
            builder.note(phrase)
        return _built(builder, source, path.name, keyed=True)
    form = form_of(path)
    middle, gaps = None, None
    if form == "graphml":
        # OSMnx takes half a second to load, which only its own graphs should cost.
        from reso_geo.osm.graphs.osmnx_graph import read_graphml  # noqa: PLC0415

        timestamp = read_graphml(path, builder)
    else:
        streets, builder = _collected(path, form, near, progress, rules)
        timestamp, middle, gaps = streets.timestamp, streets.middle, streets.gaps
    source = Source(path.name, sha256_of(path), timestamp)
    return _built(builder, source, path, middle, keyed=form == "graphml", gaps=gaps)


def street_source(source: object) -> Path | StreetGraph:
    """Return what was given for streets: the path of a file, or a graph in memory.

    Parameters
    ----------
    source
        A path, as text or not, a graph of OSMnx, or its nodes and edges as GeoDataFrames.

    Returns
    -------
    Path or StreetGraph
        One of them.

    Raises
    ------
    NetworkError
        When it is none of these, or a graph without places.

    Examples
    --------
    >>> street_source("city.osm.pbf").name
    'city.osm.pbf'
    """
    if isinstance(source, str | PathLike):
        return Path(source)
    # NetworkX and pandas are slow to load, which only their own graphs should cost.
    from reso_geo.osm.graphs.in_memory import street_graph  # noqa: PLC0415

    return street_graph(source)


def _built(
    builder: WayTableBuilder,
    source: Source,
    path: Path | str,
    middle: tuple[float, float] | None = None,
    *,
    keyed: bool,
    gaps: Gaps | None = None,
) -> Ways:
    """Build the table of ways, and refuse one without streets or astride the 180th meridian."""
    with refused(path, ("osm.damaged", OverflowError, ValueError)):
        ways = builder.build(source, middle, keyed=keyed, gaps=gaps)
    if ways.middle is None:
        bare = ways.gaps.lacking
        key = "no_points" if bare else "no_streets"
        raise NetworkError(Phrase(f"osm.{key}", {"path": path, "count": bare}))
    if astride(ways.lon):
        raise NetworkError(Phrase("osm.meridian", {"path": path}))
    return ways


def form_of(path: Path) -> str:
    """Return the kind of a file by its first bytes, and check that its name agrees.

    Parameters
    ----------
    path
        A street source.

    Returns
    -------
    str
        ``pbf``, ``xml``, ``overpass`` or ``graphml``.

    Raises
    ------
    NetworkError
        When the file is missing, empty, or of another kind.
    """
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD_BYTES)
    except IsADirectoryError as error:
        raise NetworkError(Phrase("osm.folder", {"path": path})) from error
    except OSError as error:
        raise NetworkError(Phrase("osm.unreadable", {"path": path, "why": error})) from error
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not head:
        raise NetworkError(Phrase("osm.empty_file", {"path": path}))
    if text[:14].lower().startswith((b"<!doctype html", b"<html")):
        raise NetworkError(Phrase("osm.html", {"path": path}))
    name = path.name.lower()
    if b"OSMHeader" in head[:64]:
        found = "pbf"
    elif b"<graphml" in head:
        found = "graphml"
    elif text.startswith(b"<") and b"<osm" in head:
        found = "xml"
    elif text.startswith(b"{"):
        found = "overpass"
    else:
        found = ""
    endings = {
        "pbf": (".pbf",),
        "xml": (".osm", ".xml", ".osh"),
        "overpass": (".json",),
        "graphml": (".graphml",),
    }
    if not found or not name.endswith(endings[found]):
        raise NetworkError(Phrase("osm.not_a_source", {"path": path}))
    return found


def _collected(
    path: Path,
    form: str,
    near: BoundingBox | None,
    progress: Callable[[float], None] | None,
    rules: StreetRules,
) -> tuple[StreetFile | StreetAnswer, WayTableBuilder]:
    """Collect the ways of a file; one that turns out not to be in order is put so, and read again.

    Points come last: only then are the heights and gates of a file known.
    """
    if form == "overpass":
        with refused(path, NOT_OVERPASS):
            answer = StreetAnswer(path, rules)
            return answer, _built_from(answer, rules)
    with refused(path, DAMAGED):
        file = open_osm(path, form)
        streets = StreetFile(file, near, progress, rules)
        builder = _built_from(streets, rules)
        if streets.odd and file.content is None:
            streets = StreetFile(file.in_order(), near, progress, rules)
            builder = _built_from(streets, rules)
    return streets, builder


def _built_from(streets: StreetFile | StreetAnswer, rules: StreetRules) -> WayTableBuilder:
    builder = WayTableBuilder(rules)
    for way_id, tags, points in streets.ways():
        builder.add(way_id, tags, points)
    for relation, tags, way_id, points in streets.members():
        builder.add(way_id, tags, points, area=f"r{relation}")
    for node_id, tags in streets.points:
        builder.add_point(node_id, tags)
    return builder
