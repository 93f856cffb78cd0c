"""Boundaries as files: features, layers and relations, and what is said when one is refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pyogrio
import pytest
import shapely

from reso_geo.boundaries import builtin_places, read_boundary
from reso_geo.errors import BoundaryError
from reso_geo.i18n import LANGUAGES, Phrase

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

WEST = shapely.box(-73.50, 45.40, -73.45, 45.50)
EAST = shapely.box(-73.45, 45.40, -73.40, 45.50)
CITIES = (
    "Longueuil",
    "Brossard",
    "Boucherville",
    "Saint-Bruno-de-Montarville",
    "Saint-Lambert",
)


def refusal(text: object, source: Path | None = None) -> str:
    """Return the English message of the one error that reading must raise, after checking both."""
    with pytest.raises(BoundaryError) as caught:
        read_boundary(str(text), source)
    message = caught.value.message
    assert isinstance(message, Phrase)
    for language in LANGUAGES:
        said = message.say(language)
        assert said.strip()
        assert len(said.splitlines()) == 1
    assert caught.value.exit_code == 2
    return str(message)


def geojson(path: Path, features: Iterable[tuple[object, object]], **extra: object) -> Path:
    """Write features given as properties and geometry (a shape or raw GeoJSON)."""
    document = {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": properties,
                "geometry": json.loads(shapely.to_geojson(geometry))
                if isinstance(geometry, shapely.Geometry)
                else geometry,
            }
            for properties, geometry in features
        ],
        **extra,
    }
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def geopackage(
    path: Path,
    shapes: Iterable[shapely.Geometry | None],
    names: Iterable[object] = ("West", "East"),
    crs: str | None = "EPSG:4326",
    layer: str = "cities",
    column: str = "name",
    geometry_type: str = "Unknown",
) -> Path:
    pyogrio.raw.write(
        path,
        shapely.to_wkb(np.array(list(shapes), dtype=object)),
        [np.array(list(names), dtype=object)],
        [column],
        layer=layer,
        crs=crs,
        geometry_type=geometry_type,
        driver="GPKG",
    )
    return path


# A square and its neighbour to the east share the line 2-3; 7-10 is an exclave of the first.
NODES = {
    1: (-73.50, 45.40),
    2: (-73.45, 45.40),
    3: (-73.45, 45.50),
    4: (-73.50, 45.50),
    5: (-73.40, 45.40),
    6: (-73.40, 45.50),
    7: (-73.30, 45.40),
    8: (-73.29, 45.40),
    9: (-73.29, 45.41),
    10: (-73.30, 45.41),
}
WAYS = {10: (2, 3), 11: (3, 4, 1, 2), 12: (2, 5, 6, 3), 13: (7, 8, 9, 10, 7)}
WEST_TAGS = {"type": "boundary", "boundary": "administrative", "admin_level": "8", "name": "West"}
_Relations = dict[int, tuple[tuple[int, ...], dict[str, str]]]


def osm_xml(
    path: Path,
    relations: Mapping[int, tuple[tuple[int, ...], dict[str, str]]],
    nodes: Mapping[int, tuple[float, float]] = NODES,
    ways: Mapping[int, tuple[int, ...]] = WAYS,
) -> Path:
    lines = ["<?xml version='1.0' encoding='UTF-8'?>", '<osm version="0.6">']
    for number, (lon, lat) in nodes.items():
        lines.append(f'<node id="{number}" lon="{lon}" lat="{lat}" version="1"/>')
    for number, members in ways.items():
        inside = "".join(f'<nd ref="{node}"/>' for node in members)
        lines.append(f'<way id="{number}" version="1">{inside}</way>')
    for number, (members, tags) in relations.items():
        inside = "".join(f'<member type="way" ref="{way}" role="outer"/>' for way in members)
        inside += "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())
        lines.append(f'<relation id="{number}" version="1">{inside}</relation>')
    path.write_text("\n".join([*lines, "</osm>"]), encoding="utf-8")
    return path


def agglomeration(path: Path, without: Iterable[str] = ()) -> Path:
    """Write a source with the relations of the cities, each a little off its outline."""
    nodes: dict[int, tuple[float, float]] = {}
    ways: dict[int, tuple[int, ...]] = {}
    relations: _Relations = {}
    cities = [place for place in builtin_places() if place.kind == "city"]
    for place in sorted(cities, key=lambda city: city.relation or 77):
        if place.name in without:
            continue
        ring = read_boundary(place.name).shapes[0].geoms[0].exterior.coords[:-1]
        first = len(nodes) + 1
        for lon, lat in ring:
            nodes[len(nodes) + 1] = (round(lon + 1e-4, 7), lat)
        number = place.relation or 77
        ways[number] = (*range(first, first + len(ring)), first)
        relations[number] = ((number,), WEST_TAGS | {"name": place.name})
    return osm_xml(path, relations, nodes, ways)
