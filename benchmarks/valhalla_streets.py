"""Who may use which street, beside Valhalla: every difference by class, each with its reason.

Random legs (a way between two of its crossings) are asked of `reso_geo.osm.understand` and of the
edges that Valhalla built from the same file, in both directions, each for half of the length. By
bike *riding* is compared: pushing the bike, which Valhalla does not know, counts as not riding, and
so does a bike on stairs or in a lift. Ends with 1 when more than the bar differs and a part of it
has no documented choice behind it (`valhalla_peer.CHOICES`).

    python benchmarks/valhalla_streets.py [FILE.osm.pbf] [--km 1000] [--seed 0]
"""

from __future__ import annotations

import argparse
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from pyproj import Geod
from valhalla_peer import (
    CHOICES,
    RESO_GEO,
    VALHALLA,
    choice_behind,
    open_peer,
    source_file,
    ways_of,
)

from reso_geo import load_settings
from reso_geo.osm import RIDE, understand

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from valhalla_peer import TaggedWay

BARS = {"foot": 0.02, "bike": 0.04}
BATCH = 20
NEAR_M = 3
CARRIED = ("steps", "escalator", "elevator")
GEOD = Geod(ellps="WGS84")


class Leg(NamedTuple):
    """A way between two of its crossings, and the point halfway along."""

    way: TaggedWay
    length_m: float
    lon: float
    lat: float


class Difference(NamedTuple):
    """Metres of a leg that one lets pass and the other does not."""

    leg: Leg
    allowed_by: str
    length_m: float


def legs_of(ways: list[TaggedWay]) -> Iterator[Leg]:
    """Cut ways where they meet."""
    visits = Counter(node for way in ways for node, _, _ in way.points)
    for way in ways:
        start = 0
        for stop in range(1, len(way.points)):
            if stop == len(way.points) - 1 or visits[way.points[stop][0]] > 1:
                leg = measure(way, way.points[start : stop + 1])
                start = stop
                if leg.length_m > 0:
                    yield leg


def measure(way: TaggedWay, points: list[tuple[int, float, float]]) -> Leg:
    """Return the length of a leg and its middle."""
    lon, lat = np.array(points)[:, 1], np.array(points)[:, 2]
    run_m = np.concatenate(([0.0], np.cumsum(GEOD.line_lengths(lon, lat))))
    half_m = run_m[-1] / 2.0
    return Leg(
        way, float(run_m[-1]), float(np.interp(half_m, run_m, lon)),
        float(np.interp(half_m, run_m, lat)),
    )  # fmt: skip


def draw(legs: list[Leg], km: float, seed: int) -> list[Leg]:
    """Return legs in random order until their length is reached."""
    order = np.random.default_rng(seed).permutation(len(legs))
    total_m = np.cumsum([legs[i].length_m for i in order])
    return [legs[i] for i in order[: int(np.searchsorted(total_m, km * 1000.0)) + 1]]


def ask(actor: Any, legs: list[Leg]) -> Iterator[tuple[Leg, list[dict[str, Any]]]]:  # noqa: ANN401
    """Return each leg with the edges that Valhalla built from its way there."""
    for start in range(0, len(legs), BATCH):
        batch = legs[start : start + BATCH]
        spots = [{"lon": leg.lon, "lat": leg.lat, "radius": NEAR_M} for leg in batch]
        answers = actor.locate({"locations": spots, "verbose": True})
        for leg, answer in zip(batch, answers, strict=True):
            near = answer.get("edges") or []
            mine = [e["edge"] for e in near if e["edge_info"]["way_id"] == leg.way.way_id]
            yield leg, mine


def lets(edges: Sequence[dict[str, Any]], mode: str, *, forward: bool) -> bool:
    """Return whether Valhalla lets a mode pass along the way, or against it."""
    ways = [edge for edge in edges if edge["forward"] == forward]
    if mode == "foot":
        return any(edge["access"]["pedestrian"] for edge in ways)
    return any(
        edge["access"]["bicycle"] and edge["classification"]["use"] not in CARRIED for edge in ways
    )


def compare(actor: Any, legs: list[Leg]) -> dict[str, list[Difference]]:  # noqa: ANN401
    """Return the differences by mode."""
    rules = load_settings().streets
    found: dict[str, list[Difference]] = {"foot": [], "bike": []}
    for leg, edges in ask(actor, legs):
        said = understand(leg.way.tags, rules)
        ours = {
            "foot": (said.foot, said.foot),
            "bike": (said.bike_forward == RIDE, said.bike_backward == RIDE),
        }
        for mode, both in ours.items():
            for mine, forward in zip(both, (True, False), strict=True):
                theirs = lets(edges, mode, forward=forward)
                if mine != theirs:
                    by = VALHALLA if theirs else RESO_GEO
                    found[mode].append(Difference(leg, by, leg.length_m / 2.0))
    return found


def show(mode: str, differences: list[Difference], tested_m: float) -> bool:
    """Print the table of a mode; tell whether it passes."""
    metres: dict[tuple[str, str, str], float] = {}
    unexplained = []
    for one in differences:
        tags = one.leg.way.tags
        choice = choice_behind(tags, mode, one.allowed_by)
        key = (one.allowed_by, choice.code if choice else "unexplained", tags["highway"])
        metres[key] = metres.get(key, 0.0) + one.length_m
        if choice is None:
            unexplained.append(one)
    differs = sum(metres.values()) / tested_m
    open_m = sum(one.length_m for one in unexplained)
    print(
        f"\n{mode}: {differs:.2%} of {tested_m / 1000:.0f} km differ (bar {BARS[mode]:.0%}); ",
        end="",
    )
    print(f"{open_m / tested_m:.2%} without a documented choice")
    print(f"  {'allowed by':<12}{'choice':<14}{'highway':<18}{'km':>8}{'share':>8}")
    for (by, code, highway), length_m in sorted(metres.items(), key=lambda k: -k[1]):
        km, share = length_m / 1000.0, length_m / tested_m
        print(f"  {by:<12}{code:<14}{highway:<18}{km:>8.2f}{share:>8.2%}")
    for one in sorted(unexplained, key=lambda k: -k.length_m)[:10]:
        print(f"  unexplained: way {one.leg.way.way_id} {one.length_m:.0f} m {one.leg.way.tags}")
    return differs <= BARS[mode] or not unexplained


def main() -> None:
    """Print the tables; exit 1 where a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", nargs="?", default="")
    parser.add_argument("--km", type=float, default=1000.0, help="length to draw")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    path = source_file(arguments.file)
    every = list(legs_of(ways_of(path)))
    legs = draw(every, arguments.km, arguments.seed)
    tested_m = sum(leg.length_m for leg in legs)
    print(f"{path.name}: {len(legs)} of {len(every)} legs drawn, {tested_m / 1000:.0f} km")
    with open_peer(path) as actor:
        found = compare(actor, legs)
    passed = [show(mode, found[mode], tested_m) for mode in BARS]
    print("\nThe documented choices:")
    for choice in CHOICES:
        print(f"  {choice.code} ({', '.join(choice.modes)}): {choice.why}")
    raise SystemExit(0 if all(passed) else 1)


if __name__ == "__main__":
    main()
