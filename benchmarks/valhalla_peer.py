"""What the two comparisons with Valhalla share: its tiles, the tagged ways, the documented choices.

Needs pyvalhalla, which has wheels for Python 3.12 and newer; reso_geo itself never uses it.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from contextlib import contextmanager
from json import dumps
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import osmium

try:
    import valhalla
except ModuleNotFoundError:
    print(
        "pyvalhalla is missing. In an environment of Python 3.12 or newer: "
        'python -m pip install --constraint constraints.txt --editable . "pyvalhalla==3.9.1"',
        file=sys.stderr,
    )
    raise SystemExit(2) from None

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from numpy.typing import NDArray

__all__ = [
    "CHOICES",
    "RESO_GEO",
    "VALHALLA",
    "Choice",
    "PeerError",
    "TaggedWay",
    "choice_behind",
    "closed_nodes",
    "open_peer",
    "source_file",
    "ways_of",
]

PeerError = valhalla.ValhallaError
"""What Valhalla raises where it has no answer."""

_DEFAULT_FILE = (
    Path(__file__).resolve().parents[2] / "shared" / "data" / "networks" / "heidelberg.osm.pbf"
)


def source_file(given: str) -> Path:
    """Find the streets to compare on: the given file, else Heidelberg beside the checkout."""
    path = Path(given) if given else _DEFAULT_FILE
    if not path.is_file():
        print(f"{path}: no such file; name an .osm.pbf file to compare on", file=sys.stderr)
        raise SystemExit(2)
    return path


@contextmanager
def open_peer(path: Path) -> Iterator[Any]:
    """Build Valhalla's tiles from the same file, offline and without elevation; give its actor.

    Country borders are left out too, so that Valhalla applies its worldwide defaults.
    """
    package = Path(valhalla.__file__).parent
    builder = shutil.which("valhalla_build_tiles", path=package / "bin")
    if builder is None:
        print(f"{package}: this pyvalhalla has no valhalla_build_tiles", file=sys.stderr)
        raise SystemExit(2)
    with TemporaryDirectory() as folder:
        tiles, written = Path(folder) / "tiles", Path(folder) / "valhalla.json"
        tiles.mkdir()
        config = valhalla.get_config(tile_extract="", tile_dir=tiles)
        for unused in ("admin", "timezone", "tile_extract"):
            config["mjolnir"].pop(unused, None)
        written.write_text(dumps(config), encoding="utf-8")
        done = subprocess.run(  # noqa: S603 - the wheel's own tool
            [builder, "-c", str(written), str(path)], capture_output=True, text=True, check=False
        )
        if done.returncode:
            print(f"valhalla_build_tiles failed: {done.stderr[-500:]}", file=sys.stderr)
            raise SystemExit(2)
        yield valhalla.Actor(str(written))


class TaggedWay(NamedTuple):
    """A way with a ``highway`` tag: its id, tags and points (node id, lon, lat)."""

    way_id: int
    tags: dict[str, str]
    points: list[tuple[int, float, float]]


def ways_of(path: Path) -> list[TaggedWay]:
    """Read every way with a ``highway`` tag, also those that nobody may use."""
    reader = osmium.FileProcessor(str(path)).with_locations()
    found = []
    way: Any
    for way in reader.with_filter(osmium.filter.KeyFilter("highway")):
        if way.is_way():
            points = [(n.ref, n.lon, n.lat) for n in way.nodes if n.location.valid()]
            found.append(TaggedWay(way.id, dict(way.tags), points))
    return found


def closed_nodes(path: Path) -> NDArray[np.float64]:
    """Read the nodes that nobody may walk through: lon and lat, shape (n, 2)."""
    reader = osmium.FileProcessor(str(path), osmium.osm.NODE)
    nodes: Iterator[Any] = iter(reader.with_filter(osmium.filter.KeyFilter("access", "foot")))
    spots = [
        (node.lon, node.lat)
        for node in nodes
        if node.tags.get("foot", node.tags.get("access")) == "no"
    ]
    return np.array(spots).reshape(-1, 2)


class Choice(NamedTuple):
    """A difference that is meant: who allows the way, by which mode, which tags, and why."""

    code: str
    allowed_by: str
    modes: tuple[str, ...]
    holds: Callable[[Mapping[str, str]], bool]
    why: str


RESO_GEO, VALHALLA = "reso_geo", "Valhalla"
_BOTH = ("foot", "bike")
_BY_LEAVE = frozenset(("private", "restricted", "delivery", "permit"))


def _by_leave(*keys: str) -> Callable[[Mapping[str, str]], bool]:
    return lambda tags: any(tags.get(key) in _BY_LEAVE for key in keys)


def _is(key: str, *values: str) -> Callable[[Mapping[str, str]], bool]:
    return lambda tags: tags.get(key) in values


CHOICES = (
    Choice(
        "private", VALHALLA, ("foot",), _by_leave("access", "foot"),
        "access=private|restricted|delivery needs leave for each visit. Valhalla lets traffic in "
        "and only penalises it; reso_geo leaves these ways out of every beat and route and reports "
        "them.",
    ),
    Choice(
        "private", VALHALLA, ("bike",), _by_leave("access", "vehicle", "bicycle"),
        "As on foot; vehicle=private|delivery keeps a bicycle out too, since it is a vehicle.",
    ),
    Choice(
        "trunk", VALHALLA, _BOTH, lambda tags: tags["highway"].startswith("trunk"),
        "A trunk road is open to walking and riding by Valhalla's worldwide default. reso_geo asks "
        "for a tag or a sidewalk: where trunk means an expressway, nobody walks there.",
    ),
    Choice(
        "square", RESO_GEO, _BOTH, _is("area", "yes"),
        "Valhalla builds no edge from area=yes; reso_geo passes a square along its edge.",
    ),
    Choice(
        "cycleway", RESO_GEO, ("foot",), lambda tags: (
            tags["highway"] in ("cycleway", "bridleway") and "foot" not in tags
        ),
        "Whether people may walk on a cycleway or bridleway without a foot tag differs by country. "
        "Valhalla says no by default; reso_geo says yes unless foot=no, since shared paths are "
        "where people are.",
    ),
    Choice(
        "oneway", RESO_GEO, ("foot",), lambda tags: (
            "oneway" in tags
            and "oneway:foot" not in tags
            and tags["highway"] in ("footway", "path", "pedestrian", "steps")
        ),
        "oneway=yes binds vehicles: on a path it says which way to ride. Valhalla binds people on "
        "foot by it too, on paths alone; reso_geo lets them walk both ways.",
    ),
    Choice(
        "indoor", RESO_GEO, _BOTH,
        _is("highway", "platform", "corridor", "elevator", "access_ramp"),
        "Valhalla builds no edge from these classes; reso_geo keeps them as ways through.",
    ),
    Choice(
        "vehicle", VALHALLA, ("bike",), _is("vehicle", "no", "agricultural", "forestry"),
        "The wiki's hierarchy puts bicycles under vehicle=*. Valhalla does not apply it to paths; "
        "reso_geo pushes the bike there unless a bicycle tag opens the way.",
    ),
    Choice(
        "dismount", VALHALLA, ("bike",), _is("bicycle", "dismount"),
        "bicycle=dismount: Valhalla opens the way at walking pace; reso_geo calls that pushing, at "
        "foot pace as well. The same deed under two names.",
    ),
    Choice(
        "mountain", VALHALLA, ("bike",),
        lambda tags: "mtb:scale" in tags or "sac_scale" in tags,
        "mtb:scale or sac_scale grade how hard a trail is, not who may use it. Valhalla opens such "
        "trails to bicycles even against bicycle=no; reso_geo goes by class and access alone.",
    ),
    Choice(
        "rough", RESO_GEO, ("bike",), _is("smoothness", "impassable"),
        "smoothness=impassable is about wheels, not the law. Only Valhalla closes such a way.",
    ),
    Choice(
        "one_way", VALHALLA, ("bike",),
        lambda tags: any(key in tags for key in ("vehicle:backward", "access:backward")),
        "vehicle:backward=no and access:backward=no make a street one-way for a bicycle unless a "
        "bicycle tag opens it. Valhalla does not read them.",
    ),
    Choice(
        "other_value", VALHALLA, ("bike",), lambda tags: (
            tags["highway"] == "footway"
            and ("cycleway" in tags or tags.get("service") == "driveway")
        ),
        "Tags of a road on a footway (cycleway=yes, service=driveway): Valhalla takes them for "
        "leave to ride; reso_geo pushes the bike without a bicycle tag.",
    ),
)  # fmt: skip
"""In order: the first that holds explains a difference."""


def choice_behind(tags: Mapping[str, str], mode: str, allowed_by: str) -> Choice | None:
    """Return the documented choice behind a difference on a way, or None."""
    for choice in CHOICES:
        if choice.allowed_by == allowed_by and mode in choice.modes and choice.holds(tags):
            return choice
    return None
