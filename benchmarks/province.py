"""A province of 1 GB clipped to one city, read once and then again, against the bars.

The file is built from a real town repeated side by side (see `province_file`), in a temporary
folder, and removed. Each reading runs in a process of its own, start of Python included.

    python benchmarks/province.py TOWN.osm.pbf [--gigabytes 1.0] [--folder DIR]
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from province_file import city_names, write_province

from reso_geo import load_settings
from reso_geo.cli.street_source import read_ground

_MOST_COLD_S = 300.0
_MOST_CACHED_S = 5.0
_MOST_GIB = 4.0
_TRIAL_TILES = 2


def read_once(source: Path, boundary: str, out: Path) -> None:
    """Read the ground of a plan as ``reso-geo plan`` does, keep it, and say what was found."""
    ground = read_ground(source, boundary, load_settings(), out, lambda *_: None)
    ground.keep(out)
    network = ground.network
    print(f"{len(network)} segments, {network.required_km:.3f} km to cover", end=" ")


def measured(source: Path, boundary: str, out: Path) -> tuple[float, float, float]:
    """Run `read_once` in a process of its own: seconds, seconds of processor, peak GiB."""
    words = [sys.executable, __file__, str(source), "--boundary", boundary, "--folder", str(out)]
    start = time.perf_counter()
    child = subprocess.Popen(words)  # noqa: S603 - this very script
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        sys.exit(child.returncode)
    seconds = time.perf_counter() - start
    return seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 2**20


def main() -> None:
    """Print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--gigabytes", type=float, default=1.0)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()))
    parser.add_argument("--boundary", help="read the file itself, clipped to this, once")
    arguments = parser.parse_args()
    if arguments.boundary:
        read_once(arguments.file, arguments.boundary, arguments.folder)
        return
    with tempfile.TemporaryDirectory(dir=arguments.folder) as place:
        source = Path(place) / "province.osm.pbf"
        write_province(arguments.file, source, _TRIAL_TILES)
        tiles = round(arguments.gigabytes * 1e9 * _TRIAL_TILES / source.stat().st_size)
        start = time.perf_counter()
        write_province(arguments.file, source, tiles)
        print(
            f"{source.stat().st_size / 1e9:.2f} GB, {tiles} towns, "
            f"built in {time.perf_counter() - start:.0f} s"
        )
        boundary = f"osm:{city_names(tiles)[tiles // 2]}"
        for name, bar in (("cold", _MOST_COLD_S), ("kept", _MOST_CACHED_S)):
            seconds, processor, peak = measured(source, boundary, Path(place))
            kept = "yes" if seconds <= bar and peak <= _MOST_GIB else "NO"
            print(
                f"{name}: {seconds:.1f} s (bar {bar:.0f}), {processor:.1f} s of processor, "
                f"peak {peak:.2f} GiB (bar {_MOST_GIB:.0f}); within the bars: {kept}"
            )
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"(the builder's own peak: {own:.2f} GiB)")


if __name__ == "__main__":
    main()
