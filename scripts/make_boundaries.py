"""Draw the generalised outlines of the built-in places from a table of rounded vertices.

Usage, where reso_geo can be imported: ``python scripts/make_boundaries.py OUTLINES.csv``, with the
columns place, order, lon, lat. Writes ``data/boundaries/outlines.geojson``. The table holds the
smallest pieces of the territory and the sectors inside them; a place made of others is their
union. Nothing is written unless the pieces tile the territory: valid, no gap, no overlap,
neighbours sharing their vertices.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections import defaultdict
from pathlib import Path
from typing import NoReturn

import shapely

from reso_geo.atomic_files import data_file
from reso_geo.boundaries import Place, builtin_places
from reso_geo.boundaries.shapes import area_m2
from reso_geo.output_files import output_file

OUTLINES = data_file("boundaries/outlines.geojson")
ABOUT = (
    "Outlines generalised to 100-250 m and rounded to 0.001 degree, for a first look only: "
    "a precise boundary wins wherever there is one. Each feature credits what it was drawn from."
)
# A sector was rounded on its own: a vertex this near to a corner of the place around it, one step
# each way, is that corner.
STEP_DEGREES = 0.0015


def fail(message: str) -> NoReturn:
    """Stop without writing anything."""
    raise SystemExit(message)


def read_rings(path: Path) -> dict[str, shapely.Polygon]:
    """Read one polygon per place, without the vertices that rounding made equal."""
    rings: dict[str, list[tuple[int, float, float]]] = defaultdict(list)
    with path.open(encoding="utf-8-sig", newline="") as stream:
        for row in csv.DictReader(stream):
            vertex = (int(row["order"]), float(row["lon"]), float(row["lat"]))
            rings[row["place"]].append(vertex)
    return {
        place: shapely.remove_repeated_points(
            shapely.Polygon([(lon, lat) for _, lon, lat in sorted(vertices)])
        )
        for place, vertices in rings.items()
    }


def draw(
    places: tuple[Place, ...], rings: dict[str, shapely.Polygon]
) -> dict[str, shapely.Polygon]:
    """Assign each city, borough and sector its polygon, in the order of the registry."""
    sectors = [place for place in places if place.kind == "sector"]
    pieces = {name: ring for name, ring in rings.items() if name not in {s.name for s in sectors}}
    check_tiling(pieces)
    shapes = {
        place.name: pieces.get(place.name) or union_of_parts(place, places, pieces)
        for place in places
        if place.kind in {"city", "borough"}
    }
    for sector in sectors:
        around = shapes[str(sector.part_of)]
        shapes[sector.name] = to_corners(rings[sector.name], around)
        if not (shapes[sector.name].is_valid and around.covers(shapes[sector.name])):
            fail(f"{sector.name} does not lie inside {sector.part_of}")
    return shapes


def to_corners(sector: shapely.Polygon, around: shapely.Polygon) -> shapely.Polygon:
    """Move the vertices of a sector to the corners of the place around it that they stand for."""
    corners = [shapely.Point(corner) for corner in around.exterior.coords]
    vertices = []
    for vertex in map(shapely.Point, sector.exterior.coords):
        corner = min(corners, key=vertex.distance)
        vertices.append(corner if vertex.distance(corner) <= STEP_DEGREES else vertex)
    return shapely.Polygon(vertices)


def check_tiling(pieces: dict[str, shapely.Polygon]) -> None:
    """Stop unless the pieces are valid and tile one territory without gap or overlap."""
    for name, piece in pieces.items():
        if not piece.is_valid:
            fail(f"{name}: {shapely.is_valid_reason(piece)}")
    faults = shapely.coverage_invalid_edges(list(pieces.values()))
    faulty = [name for name, fault in zip(pieces, faults, strict=True) if not fault.is_empty]
    if faulty:
        fail(f"neighbours do not share their edges: {', '.join(faulty)}")
    whole = shapely.coverage_union_all(list(pieces.values()))
    if not isinstance(whole, shapely.Polygon) or whole.interiors:
        fail("the pieces leave a gap between them")


def union_of_parts(
    place: Place, places: tuple[Place, ...], pieces: dict[str, shapely.Polygon]
) -> shapely.Polygon:
    """Join the pieces that are part of a place."""
    parts = [pieces[each.name] for each in places if each.part_of == place.name]
    whole = shapely.coverage_union_all(parts)
    if not isinstance(whole, shapely.Polygon) or whole.interiors:
        fail(f"the parts of {place.name} do not make one piece")
    return whole


def feature_of(place: Place, shape: shapely.Polygon) -> dict[str, object]:
    """Write a place as a GeoJSON feature."""
    ring = shapely.orient_polygons(shape)
    return {
        "type": "Feature",
        "properties": {
            "name": place.name,
            "kind": "generalised",
            "origin": place.origin,
            "area_km2": round(area_m2(shape) / 1e6, 2),
        },
        "geometry": json.loads(shapely.to_geojson(ring)),
    }


def main() -> None:
    """Draw, compare with the registry, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("outlines", type=Path, help="CSV with the columns place, order, lon, lat")
    parser.add_argument("--out", type=Path, default=OUTLINES, help="the GeoJSON file to write")
    asked = parser.parse_args()
    places = builtin_places()
    shapes = draw(places, read_rings(asked.outlines))
    features = [feature_of(place, shapes[place.name]) for place in places if place.name in shapes]
    lines = ",\n".join(json.dumps(feature, ensure_ascii=False) for feature in features)
    head = f'{{"type": "FeatureCollection", "description": {json.dumps(ABOUT)}, "features": [\n'
    with output_file(asked.out) as aside:
        aside.write_text(f"{head}{lines}\n]}}\n", encoding="utf-8")
    for place in places:
        if place.name in shapes and place.territory_km2:
            drawn = area_m2(shapes[place.name]) / 1e6
            change = 100 * (drawn / place.territory_km2 - 1)
            print(
                f"{place.name:28} {drawn:7.2f} km² for {place.territory_km2:6.1f} ({change:+.1f} %)"
            )


if __name__ == "__main__":
    main()
