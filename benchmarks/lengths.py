"""Kilometres beside OSMnx's on the same ways: the bar is half a percent on every network.

Both sides count each way that somebody may walk or ride, each street once, before any rule of
patrol. OSMnx measures on a sphere of 6,371,009 m, reso_geo on the ellipsoid WGS 84. The table
measures OSMnx's own edges on the ellipsoid too, without those that run over the same two points as
another (a street drawn twice, which reso_geo counts once where class, name and use agree): what is
apart then is a difference of streets. Exits with 1 when a network misses the bar.

    python benchmarks/lengths.py FILE.osm.pbf [FILE.osm.pbf ...]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import osmium
import osmnx as ox
from pyproj import Geod

from reso_geo import load_settings
from reso_geo.atomic_files import data_file
from reso_geo.network import build_network
from reso_geo.osm import NO_WAY, read_ways

if TYPE_CHECKING:
    from reso_geo.osm import Ways

_BAR = 0.005


def usable_ways(ways: Ways) -> set[int]:
    """Return the ids of the ways that somebody may use."""
    usable = ways.foot | (ways.bike_forward != NO_WAY) | (ways.bike_backward != NO_WAY)
    return set(ways.way_id[usable].tolist())


def osmnx_km(path: Path, ids: set[int]) -> tuple[float, float, float]:
    """Measure some ways with OSMnx: on its sphere; on the ellipsoid; what of it is drawn twice."""
    with tempfile.TemporaryDirectory() as folder:
        xml = Path(folder) / "ways.osm"
        with osmium.BackReferenceWriter(str(xml), ref_src=str(path)) as writer:
            for way in osmium.FileProcessor(str(path), osmium.osm.WAY):
                if way.id in ids:
                    writer.add_way(way)
        graph = ox.graph_from_xml(xml, bidirectional=True, simplify=False, retain_all=True)
    edges: list[tuple[int, int, float]] = list(ox.convert.to_undirected(graph).edges(data="length"))
    place: Any = graph.nodes
    lon = [[place[u]["x"], place[v]["x"]] for u, v, _ in edges]
    lat = [[place[u]["y"], place[v]["y"]] for u, v, _ in edges]
    geod = Geod(ellps="WGS84")
    ellipsoid_m = [geod.line_length(x, y) for x, y in zip(lon, lat, strict=True)]
    once: set[frozenset[int]] = set()
    twice_m = 0.0
    for (u, v, _), length_m in zip(edges, ellipsoid_m, strict=True):
        twice_m += length_m if frozenset((u, v)) in once else 0.0
        once.add(frozenset((u, v)))
    sphere_m = sum(length for *_, length in edges)
    return sphere_m / 1000.0, sum(ellipsoid_m) / 1000.0, twice_m / 1000.0


def main() -> None:
    """Print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", default=[str(data_file("sample/sample.osm.pbf"))])
    files = [Path(name) for name in parser.parse_args().files]
    rules = load_settings().streets
    titles = ("ours km", "OSMnx km", "apart", "ellipsoid", "twice km", "apart")
    print(f"{'':<24}" + "".join(f"{title:>11}" for title in titles))
    missed = []
    for path in files:
        ways = read_ways(path, rules)
        ours_km = float(build_network(ways).length_m.sum()) / 1000.0
        sphere_km, ellipsoid_km, twice_km = osmnx_km(path, usable_ways(ways))
        once_km = ellipsoid_km - twice_km
        print(
            f"{path.name:<24}{ours_km:>11.2f}{sphere_km:>11.2f}{ours_km / sphere_km - 1:>+11.3%}"
            f"{ellipsoid_km:>11.2f}{twice_km:>11.2f}{ours_km / once_km - 1:>+11.3%}"
        )
        if abs(ours_km / sphere_km - 1) > _BAR:
            missed.append(path.name)
    print(f"\nThe bar of {_BAR:.1%}: " + (f"missed by {', '.join(missed)}" if missed else "met"))
    sys.exit(bool(missed))


if __name__ == "__main__":
    main()
