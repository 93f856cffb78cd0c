"""From a place to the ground that Overpass is asked about, in tiles."""

from __future__ import annotations

import json
import math
import re
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import shapely
from shapely import affinity

from reso_geo.boundaries import Boundary, read_boundary
from reso_geo.boundaries.boundary import clean_name
from reso_geo.boundaries.built_in_places import place_named
from reso_geo.boundaries.shapes import mended, polygons_of
from reso_geo.errors import NetworkError
from reso_geo.i18n import Phrase
from reso_geo.osm.download.client import Question
from reso_geo.osm.download.failures import Trouble
from reso_geo.osm.download.overpass import read_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reso_geo.osm.download.cache import Cache
    from reso_geo.osm.download.client import Client
    from reso_geo.osm.download.options import DownloadOptions

__all__ = ["shape_of", "tiles_of"]

_RELATION = re.compile(r"(?:osm:)?\s*(?:r|relation[ /])(\d{1,18})", re.IGNORECASE)
_LIKE_A_FILE = re.compile(r"^[./~]|\\|\.[a-z]{2,8}$", re.IGNORECASE)
_METRES_PER_DEGREE = 111_195.0
_LEAST_COSINE = 0.01
_MARGIN_M = 250.0
_SLACK_M = 50.0
_MOST_TILES = 100
_MOST_FOUND = 10
_MALFORMED = (
    KeyError, TypeError, ValueError, AttributeError, OverflowError, shapely.errors.ShapelyError,
)  # fmt: skip


def shape_of(
    place: str | Boundary, client: Client, cache: Cache, options: DownloadOptions
) -> shapely.MultiPolygon:
    """Return the shape of a place.

    Parameters
    ----------
    place
        A boundary, the path of its file, a built-in name, a relation id, or any other name.
    client
        Asks Nominatim about the last two.
    cache
        Of its answers.
    options
        Which Nominatim to ask.

    Returns
    -------
    shapely.MultiPolygon
        In longitude and latitude.

    Raises
    ------
    BoundaryError
        When the boundary's file cannot be used.
    NetworkError
        When nothing of that name or number is known, or Nominatim cannot be asked.

    Examples
    --------
    >>> from reso_geo.osm.download import DownloadOptions
    >>> from reso_geo.osm.download.cache import Cache
    >>> from contextlib import closing
    >>> from reso_geo.osm.download.client import Client
    >>> options = DownloadOptions()
    >>> with closing(Client(options)) as client:
    ...     shape_of("Saint-Lambert", client, Cache(options), options).geom_type
    'MultiPolygon'
    """
    if isinstance(place, Boundary):
        return polygons_of(shapely.union_all(place.shapes))
    wanted = place.strip()
    relation = _RELATION.fullmatch(wanted)
    if relation is None and (_is_a_file(wanted) or place_named(wanted)):
        return shape_of(read_boundary(wanted), client, cache, options)
    name = clean_name(wanted[4:] if wanted[:4].lower() == "osm:" else wanted)
    if not name:
        raise NetworkError(Phrase("download.no_place"))
    question = _question(name, relation[1] if relation else "", options.nominatim_url)
    found = _answer_to(question, client, cache)
    areas = [(each, shape) for each in found if not (shape := _shape(each)).is_empty]
    values: dict[str, object] = {"server": question.server, "name": name}
    if not areas:
        raise NetworkError(Phrase("download.no_outline" if found else "download.unknown", values))
    first, shape = areas[0]
    values["name"] = clean_name(str(first.get("display_name", name)))
    values["number"] = f"{str(first.get('osm_type', ''))[:1]}{first.get('osm_id', '')}"
    options.tell(Phrase("download.found", values))
    return shape


def _question(name: str, relation: str, nominatim_url: str) -> Question:
    """Return the request to Nominatim for the outline of a relation, else of what has the name."""
    base, outline = nominatim_url.rstrip("/"), {"format": "json", "polygon_geojson": "1"}
    if relation:
        return Question(f"{base}/lookup", {"osm_ids": f"R{relation}", **outline})
    wanted = {"q": name, "limit": str(_MOST_FOUND), "dedupe": "0"}
    return Question(f"{base}/search", {**wanted, **outline})


def _is_a_file(text: str) -> bool:
    try:
        return bool(_LIKE_A_FILE.search(text)) or Path(text).is_file()
    except (OSError, ValueError):  # a name longer than the system allows
        return False


def _answer_to(question: Question, client: Client, cache: Cache) -> Sequence[Any]:
    """Request from Nominatim, unless the cache knows."""
    read = partial(_read, server=question.server)
    file = cache.file_of(question.url, urlencode(question.params))
    found = cache.get(file, read)
    if found is None:
        found = client.ask(question, read)
        if found:
            cache.put(file, json.dumps(found).encode())
    return found


def _read(body: bytes, server: str) -> Sequence[Any]:
    """Read an answer of Nominatim; make sure that every shape in it can be read."""
    found = read_json(body, server)
    try:
        if not isinstance(found, list):
            raise TypeError(found)
        for each in found:
            _shape(each)
    except _MALFORMED as error:
        raise Trouble(Phrase("download.not_nominatim", {"server": server})) from error
    return found


def _shape(result: Any) -> shapely.MultiPolygon:  # noqa: ANN401 - whatever the service wrote
    """Return the valid polygons of a result; none for a point or a line."""
    outline = result.get("geojson")
    if outline is None:
        return shapely.MultiPolygon()
    shape = polygons_of(shapely.from_geojson(json.dumps(outline)))
    whole = shape if shape.is_valid else mended(shape)[0]
    if not whole.is_empty and not _earth().covers(whole):
        raise ValueError(outline)
    return whole


def _earth() -> shapely.Polygon:
    return shapely.box(-180, -90, 180, 90)


def tiles_of(shape: shapely.MultiPolygon, tile_km: float) -> list[shapely.MultiPolygon]:
    """Cut the ground of a place, and at least 200 m around it, into tiles.

    The margin covers what a generalised outline leaves out, and streets that a patrol takes
    outside; it also lets the outline be simplified, since the service is slow with many points.

    Parameters
    ----------
    shape
        In longitude and latitude.
    tile_km
        Largest width and height of a tile.

    Returns
    -------
    list of shapely.MultiPolygon
        In longitude and latitude, row by row from the south-west; they cover the ground without
        gaps.

    Raises
    ------
    NetworkError
        When there would be more than 100.

    Examples
    --------
    >>> square = shapely.MultiPolygon([shapely.box(8.0, 49.0, 8.1, 49.1)])
    >>> len(tiles_of(square, 50.0)), len(tiles_of(square, 6.0))
    (1, 4)
    """
    middle = math.radians((shape.bounds[1] + shape.bounds[3]) / 2)
    north = _METRES_PER_DEGREE
    east = north * max(math.cos(middle), _LEAST_COSINE)
    metres = affinity.scale(shape, east, north, origin=(0, 0))
    around = shapely.simplify(shapely.buffer(metres, _MARGIN_M), _SLACK_M)
    degrees = affinity.scale(around, 1 / east, 1 / north, origin=(0, 0))
    ground = shapely.intersection(degrees, _earth())
    west, south, *_ = ground.bounds
    wide, high = ground.bounds[2] - west, ground.bounds[3] - south
    wide_km, high_km = wide * east / 1000, high * north / 1000
    columns, rows = math.ceil(wide_km / tile_km), math.ceil(high_km / tile_km)
    if columns * rows > _MOST_TILES:
        values: dict[str, object] = {"wide": f"{wide_km:.0f}", "high": f"{high_km:.0f}"}
        raise NetworkError(Phrase("download.too_large", values))
    across = [west + wide * column / columns for column in range(columns + 1)]
    up = [south + high * row / rows for row in range(rows + 1)]
    cells = (
        shapely.box(left, low, right, top)
        for low, top in pairwise(up)
        for left, right in pairwise(across)
    )
    tiles = (polygons_of(shapely.intersection(ground, cell)) for cell in cells)
    return [tile for tile in tiles if not tile.is_empty]
