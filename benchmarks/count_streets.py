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
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path

import osmium
from pyproj import Geod

GEOD = Geod(ellps="WGS84")
MUST = {"residential", "living_street", "pedestrian", "unclassified", "tertiary", "secondary", "primary"}
IF_NAMED = {"footway", "path", "cycleway"}
WALKED = MUST | IF_NAMED | {
    "primary_link", "secondary_link", "tertiary_link", "service", "road", "track", "bridleway", "steps",
    "corridor", "platform", "elevator", "access_ramp",
}  # fmt: skip
FOR_CARS = {f"{name}{link}" for name in ("trunk", "primary", "secondary", "tertiary") for link in ("", "_link")}
OPEN = {"yes", "designated", "permissive", "official", "destination", "customers", "public"}
SHUT = {
    "no", "private", "agricultural", "forestry", "military", "emergency", "permit", "restricted", "delivery",
    "psv", "bus",
}  # fmt: skip
DEAD = {"construction", "proposed", "planned", "abandoned", "razed", "disused"}
SIDES = ("sidewalk", "sidewalk:both", "sidewalk:left", "sidewalk:right")


class Count:
    """Steps between points, each once: whether it is required, and its class."""

    def __init__(self, path: Path) -> None:
        self.place: dict[int, tuple[float, float]] = {}
        self.gates: set[int] = set()
        self.lines: list[tuple[list[int], dict[str, str]]] = []
        self.rings: list[tuple[list[int], dict[str, str]]] = []
        self.reason: Counter[str] = Counter()
        relations, members = [], set()
        for thing in osmium.FileProcessor(str(path), osmium.osm.RELATION):
            tags = dict(thing.tags)
            if "highway" in tags and tags.get("type") == "multipolygon" and walks(tags):
                outer = [m.ref for m in thing.members if m.type == "w" and m.role != "inner"]
                relations.append((outer, tags))
                members.update(outer)
        shapes: dict[int, list[int]] = {}
        for thing in osmium.FileProcessor(str(path)).with_locations():
            if thing.is_node() and "barrier" in thing.tags:
                self.note_gate(thing.id, dict(thing.tags))
            elif thing.is_way() and ("highway" in thing.tags or thing.id in members):
                self.note_way(thing, shapes)
        for outer, tags in relations:
            self.rings += [(ring, tags) for ring in joined([shapes[w] for w in outer if w in shapes])]

    def note_gate(self, node: int, tags: dict[str, str]) -> None:
        closed = tags.get("access") in ("no", "private") or tags.get("foot") in ("no", "private")
        if (closed or tags.get("locked") == "yes") and tags.get("foot") not in OPEN and tags["barrier"] != "no":
            self.gates.add(node)

    def note_way(self, way: osmium.osm.Way, shapes: dict[int, list[int]]) -> None:
        nodes = [n.ref for n in way.nodes if n.location.valid()]
        self.place.update((n.ref, (n.lon, n.lat)) for n in way.nodes if n.location.valid())
        shapes[way.id] = nodes
        tags = dict(way.tags)
        if "highway" not in tags or len(nodes) < 2:
            return
        if not walks(tags):
            self.reason["closed on foot"] += self.length_m(nodes)
        elif tags.get("area") == "yes" and nodes[0] == nodes[-1]:
            self.rings.append((nodes, tags))
        else:
            self.lines.append((nodes, tags))

    def length_m(self, nodes: list[int]) -> float:
        return GEOD.line_length(*zip(*(self.place[n] for n in nodes), strict=True)) if len(nodes) > 1 else 0.0

    def run(self) -> Counter[str]:
        """Give the metres to cover by class; `reason` has what is walked for other reasons."""
        steps: dict[tuple[int, int], str] = {}
        for nodes, tags in self.lines:
            why = why_not(tags)
            for a, b in pairwise(nodes):
                pair = (min(a, b), max(a, b))
                if a != b and (not why or pair not in steps):
                    steps[pair] = f"-{why}" if why else tags["highway"]
        lines = dict(steps)
        beside = defaultdict(set)
        for a, b in lines:
            beside[a].add(b)
            beside[b].add(a)
        outlines = [
            {(min(a, b), max(a, b)) for a, b in pairwise(ring)} for ring, _ in self.rings
        ]
        for own in outlines:
            for a, b in own:
                beside[a].add(b)
                beside[b].add(a)
        ends = {n for nodes, _ in self.lines for n in (nodes[0], nodes[-1])}
        for (ring, tags), own in zip(self.rings, outlines, strict=True):
            why, half = why_not(tags), set()
            if not why:
                on = [
                    n for n in dict.fromkeys(ring)
                    if n not in self.gates
                    and (n in ends or any((min(n, m), max(n, m)) not in own for m in beside[n]))
                ]  # fmt: skip
                why, half = self.duty(ring, tags, on, lines, own)
            for pair in own:
                there = steps.get(pair, "-")
                if pair in half and there.startswith("-"):
                    steps[pair] = tags["highway"]
                elif pair not in steps:
                    steps[pair] = f"-{why}"
        return self.reachable(steps, outlines)

    def duty(self, ring, tags, on, lines, own):  # noqa: ANN001, ANN201 - local figures
        """Give why an outline is not required, and the steps that are."""
        if not on:
            return "outline of a square", set()
        spots = [self.place[n] for n in ring]
        wide = max(math.dist(self.metres(a, spots[0]), self.metres(b, spots[0])) for a in spots for b in spots)
        if self.inside_m(ring, lines, own) >= wide / 2:
            return "square with a street through it", set()
        leading = sum(any(n in pair and not why.startswith("-") for pair, why in lines.items()) for n in on) \
            if tags["highway"] not in (IF_NAMED | {"pedestrian"}) else 2
        if leading < 2:
            return "turning area", set()
        at = [0.0]
        for a, b in pairwise(ring):
            at.append(at[-1] + self.length_m([a, b]))
        place = {n: k for k, n in reversed(list(enumerate(ring[:-1])))}
        others = on if len(on) > 1 else list(place)
        far = [(round(min(d := abs(at[place[a]] - at[place[b]]), at[-1] - d), 1), -a, -b)
               for a in on for b in others]  # fmt: skip
        _, a, b = max(far)
        low, high = sorted((place[-a], place[-b]))
        there = {(min(p), max(p)) for p in pairwise(ring[low : high + 1])}
        span = at[high] - at[low]
        if abs(2 * span - at[-1]) < 0.05:
            short = min(ring[low + 1 : high], default=0) < min(ring[high + 1 : -1] + ring[:low], default=0)
        else:
            short = span < at[-1] - span
        return "outline of a square", there if short else own - there

    def metres(self, spot, zero):  # noqa: ANN001, ANN201
        return ((spot[0] - zero[0]) * math.cos(math.radians(zero[1])) * 111195, (spot[1] - zero[1]) * 111195)

    def inside_m(self, ring, lines, own):  # noqa: ANN001, ANN201
        """Measure required lines within a ring, by their middles at every metre."""
        zero = self.place[ring[0]]
        xy = [self.metres(self.place[n], zero) for n in ring]
        west, east = min(x for x, _ in xy), max(x for x, _ in xy)
        south, north = min(y for _, y in xy), max(y for _, y in xy)
        total = 0.0
        for pair, why in lines.items():
            if why.startswith("-") or pair in own:
                continue
            (ax, ay), (bx, by) = (self.metres(self.place[n], zero) for n in pair)
            if max(ax, bx) < west or min(ax, bx) > east or max(ay, by) < south or min(ay, by) > north:
                continue
            length = math.hypot(bx - ax, by - ay)
            count = max(1, round(length))
            for k in range(count):
                t = (k + 0.5) / count
                x, y = ax + t * (bx - ax), ay + t * (by - ay)
                crossed = sum(
                    (y1 > y) != (y2 > y) and x < x1 + (y - y1) * (x2 - x1) / (y2 - y1)
                    for (x1, y1), (x2, y2) in pairwise(xy)
                )
                total += length / count * (crossed % 2)
        return total

    def reachable(self, steps: dict[tuple[int, int], str], outlines: list[set]) -> Counter[str]:
        """Give the metres of the components with a hundredth of all at least."""
        root: dict[object, object] = {}

        def find(n: object) -> object:
            while root.setdefault(n, n) != n:
                root[n] = root[root[n]]
                n = root[n]
            return n

        def end(n: int, pair: tuple[int, int]) -> object:
            return (n, pair) if n in self.gates else n

        for pair in steps:
            root[find(end(pair[0], pair))] = find(end(pair[1], pair))
        metres = {pair: self.length_m(list(pair)) for pair in steps}
        weight: Counter[object] = Counter()
        for pair, why in steps.items():
            weight[find(end(pair[0], pair))] += metres[pair] * (not why.startswith("-"))
        least = 0.01 * sum(weight.values())
        found: Counter[str] = Counter()
        for pair, why in steps.items():
            if weight[find(end(pair[0], pair))] < least:
                self.reason["out of reach"] += metres[pair] * (not why.startswith("-"))
            elif why.startswith("-"):
                self.reason[why[1:]] += metres[pair]
            else:
                found[why] += metres[pair]
        return found


def walks(tags: dict[str, str]) -> bool:
    """Tell whether people may walk there."""
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
    """Give the reason why a way is not to cover; empty where it is."""
    highway = tags["highway"]
    if "aeroway" in tags or tags.get("service") in ("parking_aisle", "driveway") or tags.get("amenity") == "parking":
        return "airport, driveway, parking"
    floors = tags.get("level", "0").replace(";", ",").split(",")
    upstairs = highway in IF_NAMED | {"pedestrian", "steps", "corridor"} and "bridge" not in tags
    if tags.get("indoor", "no") != "no" or highway == "corridor" or (upstairs and not any(f.strip() in ("0", "") for f in floors)):
        return "indoor"
    told = tags.get("foot") in OPEN or any(tags.get(k) in ("yes", "both", "left", "right", "separate") for k in SIDES)
    if highway in FOR_CARS and tags.get("tunnel") == "yes" and not told:
        return "tunnel for cars"
    if highway in MUST:
        return ""
    if highway in IF_NAMED and any(tags.get(key) in ("sidewalk", "crossing", "traffic_island") for key in IF_NAMED):
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


def from_package(path: Path) -> tuple[Counter[str], Counter[str]]:
    """Give the metres by class in reso_geo, before and after sidewalks and twins."""
    from reso_geo import load_settings  # noqa: PLC0415
    from reso_geo.network import apply_rules, build_network, drop_unreachable, extent_of, place_in  # noqa: PLC0415
    from reso_geo.osm import read_ways  # noqa: PLC0415

    rules = load_settings().streets
    network = build_network(read_ways(path, rules))
    network = drop_unreachable(place_in(network, extent_of(network)), rules.least_component_share)
    both = []
    for one in (network, apply_rules(network, rules)):
        total: Counter[str] = Counter()
        for highway, metres in zip(one.highway[one.required], one.length_m[one.required], strict=True):
            total[highway] += float(metres)
        both.append(total)
    return both[0], both[1]


def main() -> None:
    """Print a table for each file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--package", action="store_true", help="also ask reso_geo")
    options = parser.parse_args()
    for path in options.files:
        count = Count(path)
        found = count.run()
        before, after = from_package(path) if options.package else (Counter(), Counter())
        print(f"{path.name}: km to cover by class: counted here | reso_geo before | after sidewalks and twins")
        for name in sorted(found | before):
            print(f"  {name:16}{found[name] / 1e3:10.3f}{before[name] / 1e3:10.3f}{after[name] / 1e3:10.3f}")
        total = [sum(each.values()) / 1e3 for each in (found, before, after)]
        print(f"  {'all':16}{total[0]:10.3f}{total[1]:10.3f}{total[2]:10.3f}")
        print("  not to cover, by reason (km):", {k: round(v / 1e3, 2) for k, v in sorted(count.reason.items())})


if __name__ == "__main__":
    main()
