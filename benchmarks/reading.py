"""Reading streets beside its peers, in one run: ratios, never absolute promises.

Compares `reso_geo.network` with one bare pass of osmium over the same file and with
``osmnx.graph_from_xml`` on the same ways (which applies no sidewalk or twin rule).

    python benchmarks/reading.py [FILE.osm.pbf] [--runs N]
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import osmium
import osmnx as ox

from reso_geo import load_settings
from reso_geo.atomic_files import data_file
from reso_geo.network import apply_rules, build_network
from reso_geo.osm import read_ways

if TYPE_CHECKING:
    from collections.abc import Callable


def one_pass(path: Path) -> int:
    """List (node, lon, lat) of every way with a highway tag; give the number of points."""
    ways = osmium.FileProcessor(str(path)).with_locations()
    ways = ways.with_filter(osmium.filter.KeyFilter("highway"))
    points = 0
    way: Any
    for way in ways:
        if way.is_way():
            points += len([(node.ref, node.lon, node.lat) for node in way.nodes])
    return points


def write_ways_only(path: Path, out: Path) -> None:
    """Write the ways with a highway tag, and their nodes, as the XML that OSMnx reads."""
    with osmium.BackReferenceWriter(str(out), ref_src=str(path), overwrite=True) as writer:
        ways = osmium.FileProcessor(str(path), osmium.osm.WAY)
        for way in ways.with_filter(osmium.filter.KeyFilter("highway")):
            writer.add_way(way)


def median_seconds(work: Callable[[], object], runs: int) -> float:
    """Run something several times after one warm-up; give the median."""
    work()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return sorted(times)[runs // 2]


def main() -> None:
    """Print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", nargs="?", default=str(data_file("sample/sample.osm.pbf")))
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    path, rules = Path(arguments.file), load_settings().streets
    network = build_network(read_ways(path, rules))
    with tempfile.TemporaryDirectory() as folder:
        xml = Path(folder) / "ways.osm"
        write_ways_only(path, xml)
        rows = {
            "one osmium pass": median_seconds(lambda: one_pass(path), arguments.runs),
            "reso_geo, before the rules": median_seconds(
                lambda: build_network(read_ways(path, rules)), arguments.runs
            ),
            "reso_geo, with the rules": median_seconds(
                lambda: apply_rules(build_network(read_ways(path, rules)), rules), arguments.runs
            ),
            "osmnx.graph_from_xml": median_seconds(
                lambda: ox.graph_from_xml(xml, retain_all=True), 1
            ),
        }
    unit = rows["one osmium pass"]
    peer = rows["osmnx.graph_from_xml"]
    print(f"{path.name}: {len(network)} segments")
    print(f"{'':<28}{'seconds':>9}{'passes':>9}{'osmnx / this':>14}")
    for name, seconds in rows.items():
        print(f"{name:<28}{seconds:>9.2f}{seconds / unit:>9.1f}{peer / seconds:>14.1f}")
    show_rules(path)


def show_rules(path: Path) -> None:
    """Print what the rules do to the kilometres."""
    rules = load_settings().streets
    before = build_network(read_ways(path, rules))
    after = apply_rules(before, rules)
    print(
        f"\nrequired before the rules {before.required_km:.1f} km, after {after.required_km:.1f} km"
    )
    for why in sorted(set(after.why[~after.required])):
        km = after.length_m[after.why == why].sum() / 1000.0
        print(f"  travelled, not required: {why:<16}{km:>9.1f} km")
    for dropped in after.dropped:
        print(f"  left out: {dropped.why:<16}{dropped.highway:<16}{dropped.km:>9.1f} km")


if __name__ == "__main__":
    main()
