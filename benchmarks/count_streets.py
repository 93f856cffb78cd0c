"""Count the streets to cover of OpenStreetMap files with nothing but osmium and pyproj.

A second opinion on which streets count, written from the rules and not from the package: access,
classes, names, indoor ways, tunnels, areas, gates, and what cannot be reached. Left out are the
rules that compare the run of lines: sidewalks that no tag tells, and twin carriageways. Run it with
`--package` to see the figures of reso_geo beside it, before and after these two rules.

    python benchmarks/count_streets.py ../shared/data/networks/monaco.osm.pbf --package
"""

from __future__ import annotations

import argparse
import math
from collections import defaultdict
from itertools import chain, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import osmium
from pyproj import Geod

if TYPE_CHECKING:
    from collections.abc import Sequence

Spot: TypeAlias = tuple[float, float]
Step: TypeAlias = tuple[int, int]
Metres: TypeAlias = defaultdict[str, float]
Way: TypeAlias = tuple[list[int], dict[str, str]]

DEGREE_M = 111_195.0
GEOD = Geod(ellps="WGS84")
MUST = {
    "residential", "living_street", "pedestrian", "unclassified", "tertiary", "secondary",
    "primary",
}  # fmt: skip
IF_NAMED = {"footway", "path", "cycleway"}
WALKED = MUST | IF_NAMED | {
    "primary_link", "secondary_link", "tertiary_link", "service", "road", "track", "bridleway",
    "steps", "corridor", "platform", "elevator", "access_ramp",
}  # fmt: skip
FOR_CARS = {
    f"{name}{link}"
    for name in ("trunk", "primary", "secondary", "tertiary")
    for link in ("", "_link")
}
OPEN = {"yes", "designated", "permissive", "official", "destination", "customers", "public"}
SHUT = {
    "no", "private", "agricultural", "forestry", "military", "emergency", "permit", "restricted",
    "delivery", "psv", "bus",
}  # fmt: skip
DEAD = {"construction", "proposed", "planned", "abandoned", "razed", "disused"}
SIDES = ("sidewalk", "sidewalk:both", "sidewalk:left", "sidewalk:right")


class Count:
    """The streets of a file: points, gates, lines and outlines of squares.

    Parameters
    ----------
    path
        PBF or XML.
    """

    def __init__(self, path: Path) -> None:
        self.place: dict[int, Spot] = {}
        self.gates: set[int] = set()
        self.lines: list[Way] = []
        self.rings: list[Way] = []
        self.reason: Metres = defaultdict(float)
        relations: list[tuple[list[int], dict[str, str]]] = []
        members: set[int] = set()
        thing: Any
        for thing in osmium.FileProcessor(str(path), osmium.osm.RELATION):
            tags = dict(thing.tags)
            if "highway" in tags and tags.get("type") == "multipolygon" and walks(tags):
                outer = [m.ref for m in thing.members if m.type == "w" and m.role != "inner"]
                relations.append((outer, tags))
                members.update(outer)
        shapes: dict[int, list[int]] = {}
        for thing in osmium.FileProcessor(str(path)).with_locations():
            if thing.is_node() and is_closed(dict(thing.tags)):
                self.gates.add(thing.id)
            elif thing.is_way() and ("highway" in thing.tags or thing.id in members):
                there = [n for n in thing.nodes if n.location.valid()]
                shapes[thing.id] = [n.ref for n in there]
                self.place.update((n.ref, (n.lon, n.lat)) for n in there)
                self._note(shapes[thing.id], dict(thing.tags))
        for outer, tags in relations:
            known = [shapes[way] for way in outer if way in shapes]
            self.rings += [(ring, tags) for ring in joined(known)]

    def _note(self, nodes: list[int], tags: dict[str, str]) -> None:
        if "highway" not in tags or len(nodes) <= 1:
            return
        if not walks(tags):
            self.reason["closed on foot"] += self._length_m(nodes)
        elif tags.get("area") == "yes" and nodes[0] == nodes[-1]:
            self.rings.append((nodes, tags))
        else:
            self.lines.append((nodes, tags))

    def _length_m(self, nodes: Sequence[int]) -> float:
        lon, lat = zip(*(self.place[n] for n in nodes), strict=True)
        return float(GEOD.line_length(lon, lat))

    def _flat(self, node: int, zero: int) -> Spot:
        (east, north), (west, south) = self.place[node], self.place[zero]
        return (east - west) * math.cos(math.radians(south)) * DEGREE_M, (north - south) * DEGREE_M

    def run(self) -> Metres:
        """Return the metres to cover by class; `reason` has what is walked for other reasons."""
        steps: dict[Step, str] = {}
        for nodes, tags in self.lines:
            why = why_not(tags)
            for step in steps_of(nodes):
                if not why or step not in steps:
                    steps[step] = f"-{why}" if why else tags["highway"]
        lines = dict(steps)
        outlines = [steps_of(ring) for ring, _ in self.rings]
        beside: dict[int, set[int]] = defaultdict(set)
        for a, b in chain(lines, *outlines):
            beside[a].add(b)
            beside[b].add(a)
        ends = {n for nodes, _ in self.lines for n in (nodes[0], nodes[-1])}
        for (ring, tags), own in zip(self.rings, outlines, strict=True):
            why = why_not(tags)
            half: set[Step] = set()
            if not why:
                on = [n for n in dict.fromkeys(ring) if n not in self.gates]
                on = [
                    n for n in on if n in ends or any(step_of(n, m) not in own for m in beside[n])
                ]
                why, half = self._duty(ring, tags, on, lines)
            for step in own:
                if step in half and steps.get(step, "-").startswith("-"):
                    steps[step] = tags["highway"]
                steps.setdefault(step, f"-{why}")
        return self._reachable(steps)

    def _duty(
        self, ring: list[int], tags: dict[str, str], on: list[int], lines: dict[Step, str]
    ) -> tuple[str, set[Step]]:
        """Return why an outline is not required, and the steps that are."""
        if not on:
            return "outline of a square", set()
        spots = [self._flat(n, ring[0]) for n in ring]
        if self._inside_m(ring, lines) >= max(math.dist(a, b) for a in spots for b in spots) / 2:
            return "square with a street through it", set()
        needed = [step for step, why in lines.items() if not why.startswith("-")]
        leading = [n for n in on if any(n in step for step in needed)]
        if tags["highway"] not in IF_NAMED | {"pedestrian"} and len(leading) <= 1:
            return "turning area", set()
        at = [0.0]
        for pair in pairwise(ring):
            at.append(at[-1] + self._length_m(pair))
        place = {n: k for k, n in enumerate(ring[:-1])}
        far = []
        for a in on:
            for b in on if len(on) > 1 else list(place):
                apart = abs(at[place[a]] - at[place[b]])
                far.append((round(min(apart, at[-1] - apart), 1), -a, -b))
        _, a, b = max(far)
        low, high = sorted((place[-a], place[-b]))
        there, span = set(steps_of(ring[low : high + 1])), at[high] - at[low]
        if round(2 * span, 1) != round(at[-1], 1):
            short = 2 * span < at[-1]
        else:
            short = min(ring[low + 1 : high]) < min(ring[high + 1 : -1] + ring[:low])
        return "outline of a square", there if short else set(steps_of(ring)) - there

    def _inside_m(self, ring: list[int], lines: dict[Step, str]) -> float:
        """Measure required lines within a ring, by their middles at every metre."""
        own, corners = set(steps_of(ring)), [self._flat(n, ring[0]) for n in ring]
        (west, south), (east, north) = (
            [pick(spot[k] for spot in corners) for k in (0, 1)] for pick in (min, max)
        )
        total_m = 0.0
        for step, why in lines.items():
            if why.startswith("-") or step in own:
                continue
            (ax, ay), (bx, by) = (self._flat(n, ring[0]) for n in step)
            if max(ax, bx) < west or min(ax, bx) > east:
                continue
            if max(ay, by) < south or min(ay, by) > north:
                continue
            length_m = math.dist((ax, ay), (bx, by))
            count = max(1, round(length_m))
            shares = ((k + 0.5) / count for k in range(count))
            spots = ((ax + t * (bx - ax), ay + t * (by - ay)) for t in shares)
            total_m += length_m / count * sum(lies_in(spot, corners) for spot in spots)
        return total_m

    def _reachable(self, steps: dict[Step, str]) -> Metres:
        """Return the metres of the components with a hundredth of all at least."""
        root: dict[object, object] = {}

        def find(n: object) -> object:
            while root.setdefault(n, n) != n:
                root[n] = root[root[n]]
                n = root[n]
            return n

        def end(n: int, step: Step) -> object:
            return (n, step) if n in self.gates else n

        for step in steps:
            root[find(end(step[0], step))] = find(end(step[1], step))
        length_m = {step: self._length_m(step) for step in steps}
        weight: dict[object, float] = defaultdict(float)
        for step, why in steps.items():
            weight[find(end(step[0], step))] += length_m[step] * (not why.startswith("-"))
        least = 0.01 * sum(weight.values())
        found: Metres = defaultdict(float)
        for step, why in steps.items():
            needed = not why.startswith("-")
            if weight[find(end(step[0], step))] < least:
                self.reason["out of reach"] += length_m[step] * needed
            elif needed:
                found[why] += length_m[step]
            else:
                self.reason[why[1:]] += length_m[step]
        return found


def step_of(a: int, b: int) -> Step:
    """Return a step between two points, whichever way it runs."""
    return min(a, b), max(a, b)


def steps_of(nodes: Sequence[int]) -> dict[Step, None]:
    """Return the steps along a way in order, each once."""
    return dict.fromkeys(step_of(a, b) for a, b in pairwise(nodes) if a != b)


def lies_in(spot: Spot, corners: Sequence[Spot]) -> bool:
    """Return whether a spot lies within a ring: a ray from it crosses an odd number of sides."""
    x, y = spot
    return bool(
        sum(
            (y1 > y) != (y2 > y) and x < x1 + (y - y1) * (x2 - x1) / (y2 - y1)
            for (x1, y1), (x2, y2) in pairwise(corners)
        )
        % 2
    )


def is_closed(tags: dict[str, str]) -> bool:
    """Return whether nobody passes a point."""
    closed = {tags.get("access"), tags.get("foot")} & {"no", "private"}
    stands = tags.get("barrier", "no") != "no" and tags.get("foot") not in OPEN
    return stands and bool(closed or tags.get("locked") == "yes")


def walks(tags: dict[str, str]) -> bool:
    """Return whether people may walk there."""
    foot, highway = tags.get("foot"), tags["highway"]
    sides = [tags[key] for key in SIDES if key in tags]
    if foot == "use_sidepath":
        return highway in WALKED
    if foot is not None:
        if all(one.strip() in SHUT for one in foot.split(";")):
            return "separate" in sides or "both;separate" in sides
        return highway in WALKED or (highway not in DEAD and foot in OPEN)
    access = tags.get("access", "yes")
    if tags.get("motorroad") == "yes" or all(one.strip() in SHUT for one in access.split(";")):
        return False
    if highway.startswith("trunk"):
        return any(side in ("yes", "both", "left", "right", "separate") for side in sides)
    return highway in WALKED


def why_not(tags: dict[str, str]) -> str:
    """Return the reason why a way is not to cover; empty where it is."""
    highway = tags["highway"]
    if (
        "aeroway" in tags
        or tags.get("service") in ("parking_aisle", "driveway")
        or tags.get("amenity") == "parking"
    ):
        return "airport, driveway, parking"
    floors = tags.get("level", "0").replace(";", ",").split(",")
    upstairs = highway in IF_NAMED | {"pedestrian", "steps", "corridor"} and "bridge" not in tags
    if (
        tags.get("indoor", "no") != "no"
        or highway == "corridor"
        or (upstairs and not any(f.strip() in ("0", "") for f in floors))
    ):
        return "indoor"
    told = tags.get("foot") in OPEN or any(
        tags.get(k) in ("yes", "both", "left", "right", "separate") for k in SIDES
    )
    if highway in FOR_CARS and tags.get("tunnel") == "yes" and not told:
        return "tunnel for cars"
    if highway in MUST:
        return ""
    if highway in IF_NAMED and any(
        tags.get(key) in ("sidewalk", "crossing", "traffic_island") for key in IF_NAMED
    ):
        return "tagged sidewalk or crossing"
    return "" if highway in IF_NAMED and tags.get("name") else "class or no name"


def joined(ways: list[list[int]]) -> list[list[int]]:
    """Join the outer ways of a relation end to end into closed rings."""
    left, rings = [list(way) for way in ways if len(way) > 1], []
    while left:
        ring = left.pop()
        while ring[0] != ring[-1]:
            following = next((way for way in left if ring[-1] in (way[0], way[-1])), None)
            if following is None:
                break
            left.remove(following)
            ring += following[1:] if following[0] == ring[-1] else following[-2::-1]
        if ring[0] == ring[-1]:
            rings.append(ring)
    return rings


def from_package(path: Path) -> tuple[Metres, Metres]:
    """Return the metres by class in reso_geo, before and after sidewalks and twins."""
    from reso_geo import load_settings  # noqa: PLC0415
    from reso_geo.network import apply_rules, build_network, drop_unreachable, extent_of, place_in  # noqa: PLC0415
    from reso_geo.osm import read_ways  # noqa: PLC0415

    rules = load_settings().streets
    network = build_network(read_ways(path, rules))
    network = drop_unreachable(place_in(network, extent_of(network)), rules.least_component_share)
    both = []
    for one in (network, apply_rules(network, rules)):
        total: Metres = defaultdict(float)
        for highway, metres in zip(
            one.highway[one.required], one.length_m[one.required], strict=True
        ):
            total[highway] += float(metres)
        both.append(total)
    return both[0], both[1]


def main() -> None:
    """Print a table for each file."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--package", action="store_true", help="also ask reso_geo")
    options = parser.parse_args()
    for path in options.files:
        count = Count(path)
        columns = [count.run(), *(from_package(path) if options.package else ())]
        print(
            f"{path.name}, km to cover: counted here | reso_geo before | after sidewalks and twins"
        )
        for name in sorted({*columns[0], *columns[-1]}):
            print(f"  {name:16}", *(f"{each[name] / 1e3:10.3f}" for each in columns))
        print(f"  {'all':16}", *(f"{sum(each.values()) / 1e3:10.3f}" for each in columns))
        reasons = {why: round(metres / 1e3, 2) for why, metres in sorted(count.reason.items())}
        print("  not to cover, by reason (km):", reasons)


if __name__ == "__main__":
    main()
