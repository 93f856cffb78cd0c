"""Published instances of the windy rural postman problem: one line of JSON for each file.

    python benchmarks/arc_routing.py [--fast] [--seconds S] FILE...

Reads the format of Corberan, Plana and Sanchis: Spanish headings, then one line for each edge,
``(u, v) coste c d``: c from u to v, d back (one cost alone counts both ways). Prints
``{"instance", "tour", "bound", "exact", "seconds"}``: costs as in the file, the tour null where no
legal one was found, the bound and the tour equal where the tour is proven. The instances have no
base, so the first required junction serves. A file that cannot be read gets one line on standard
error, the others are still solved, and the exit code is 2.
"""

from __future__ import annotations

import argparse
import json
import math
import re
import sys
import time
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.coverage import Effort, TravelGraph, cover

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reso_geo.coverage import Depth

SECONDS = 30.0
_MARGIN_S = 3.0
"""What the search does not count: reading, and the last step before it looks at the clock."""
_EDGE = re.compile(r"\(\s*(\d+)\s*[,;]\s*(\d+)\s*\)\s*[^\W\d]*:?\s+(.*)$")
_HEADING = re.compile(r"([^\W\d]\w*)\s*:?\s*(.*)$")
_MOST = 10**9
_COUNTED = {"RISTAS_REQ": True, "RISTAS_NOREQ": False}


class BadFileError(ValueError):
    """A file that is no instance: what, and on which line."""


@dataclass(frozen=True)
class Edge:
    """One edge as it stands in the file: its ends, the cost there and back."""

    u: int
    v: int
    there: Fraction
    back: Fraction
    required: bool


@dataclass(frozen=True)
class Instance:
    """A graph to cover; `scale` ticks are one unit of cost."""

    name: str
    graph: TravelGraph
    required: np.ndarray[tuple[int], np.dtype[np.int64]]
    base: int
    scale: int


def read_instance(path: Path) -> Instance:
    """Read a file, and refuse one that says two things at once."""
    name, junctions, counts = path.stem, 0, dict[bool, int]()
    edges: list[Edge] = []
    required: bool | None = None
    for number, line in _lines(path):
        if line.startswith("("):
            if required is None:
                message = f"line {number}: an edge before LISTA_ARISTAS_REQ or LISTA_ARISTAS_NOREQ"
                raise BadFileError(message)
            edges.append(_edge(number, line, required=required))
        elif (heading := _HEADING.match(line)) is None:
            message = f"line {number}: neither a heading nor an edge: {line[:40]!r}"
            raise BadFileError(message)
        else:
            key, value = heading[1].upper(), heading[2].strip()
            kind = key.removeprefix("LISTA_").removeprefix("A").replace("NO_REQ", "NOREQ")
            if key.startswith("LISTA_") and kind in _COUNTED:
                required = _COUNTED[kind]
            elif kind in _COUNTED:
                counts[_COUNTED[kind]] = _whole(number, key, value)
            elif key == "VERTICES":
                junctions = _whole(number, key, value)
            elif key == "NOMBRE" and value:
                name = re.sub(r"\.dat$", "", value, flags=re.IGNORECASE)
    _check(edges, junctions, counts)
    return _instance(name, edges)


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Return the lines that say something, with their numbers."""
    raw = path.read_bytes()
    for encoding in (
        ("utf-16",) if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp437")
    ):
        try:
            text = raw.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        message = "not a text file"
        raise BadFileError(message)
    # Old editors end a file with Ctrl-Z.
    for number, line in enumerate(text.partition("\x1a")[0].splitlines(), start=1):
        if line.strip():
            yield number, line.strip()


def _edge(number: int, line: str, *, required: bool) -> Edge:
    """Read ``(u, v) coste c d``."""
    match = _EDGE.match(line)
    words = match[3].split() if match else []
    try:
        costs = [Fraction(word) for word in words]
    except (ValueError, ZeroDivisionError):
        costs = []
    if match is None or len(costs) not in (1, 2):
        message = f"line {number}: an edge reads (u, v) coste c d, this one {line[:40]!r}"
        raise BadFileError(message)
    if not 0 <= min(costs) <= max(costs) < _MOST:
        message = f"line {number}: a cost is {'negative' if min(costs) < 0 else 'too large'}"
        raise BadFileError(message)
    return Edge(int(match[1]), int(match[2]), costs[0], costs[-1], required)


def _whole(number: int, key: str, value: str) -> int:
    if not value.isdecimal():
        message = f"line {number}: {key} is no whole number: {value[:40]!r}"
        raise BadFileError(message)
    return int(value)


def _check(edges: Sequence[Edge], junctions: int, counts: dict[bool, int]) -> None:
    """Refuse a file that is cut short or contradicts itself."""
    if not any(edge.required for edge in edges):
        message = "no required edge: LISTA_ARISTAS_REQ is missing or empty"
        raise BadFileError(message)
    for required, said in counts.items():
        found = sum(edge.required == required for edge in edges)
        if found != said:
            kind = "required" if required else "other"
            message = f"{said} {kind} edges announced, {found} found"
            raise BadFileError(message)
    last = max(max(edge.u, edge.v) for edge in edges)
    if junctions and last > junctions:
        message = f"junction {last} stands there, but VERTICES is {junctions}"
        raise BadFileError(message)


def _instance(name: str, edges: Sequence[Edge]) -> Instance:
    """Put edges into a graph: junctions from 0 on, costs in whole ticks."""
    scale = math.lcm(*(c.denominator for edge in edges for c in (edge.there, edge.back)))
    there, back = (
        np.array([float(cost * scale) for cost in costs])
        for costs in ([edge.there for edge in edges], [edge.back for edge in edges])
    )
    ends = np.array([(edge.u, edge.v) for edge in edges])
    junction, place = np.unique(ends, return_inverse=True)
    u, v = place.reshape(ends.shape).T.copy()
    graph = TravelGraph(
        "foot" if np.array_equal(there, back) else "bike",
        1.0,
        len(junction),
        u,
        v,
        there,
        back,
        there.copy(),
        back.copy(),
    )
    required = np.flatnonzero([edge.required for edge in edges])
    return Instance(name, graph, required, int(u[required[0]]), scale)


def solve(instance: Instance, seconds: float, *, fast: bool) -> dict[str, object]:
    """Cover an instance; give what is printed."""
    effort = Effort(
        rounds=1000,
        budget=10**12,
        edges=10**6,
        gap=0.0,
        nodes=10**6,
        turns=10**6,
        seconds=max(seconds - _MARGIN_S, 0.0),
    )
    start = time.perf_counter()
    depth: Depth = "fast" if fast else "final"
    found = cover(instance.graph, instance.required, instance.base, depth, effort)
    took = time.perf_counter() - start
    toured = math.isfinite(found.pass_s) and not found.apart
    # Costs are whole ticks, and so is the least tour: the bound may be rounded up.
    bound = math.ceil(found.lower_bound_s - 1e-6)
    return {
        "instance": instance.name,
        "tour": _cost(int(found.pass_s), instance.scale) if toured else None,
        "bound": _cost(bound, instance.scale),
        "exact": toured and bound == found.pass_s,
        "seconds": round(took, 3),
    }


def _cost(ticks: int, scale: int) -> int | float:
    cost = Fraction(ticks, scale)
    return cost.numerator if cost.denominator == 1 else float(cost)


def main(words: Sequence[str] | None = None) -> int:
    """Print one line for each file; give the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("file", nargs="+", type=Path)
    parser.add_argument("--fast", action="store_true", help="the depth that searches use")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="most for one file")
    arguments = parser.parse_args(words)
    if not arguments.seconds > 0:
        parser.error("--seconds must be more than 0")
    code = 0
    for path in arguments.file:
        try:
            instance = read_instance(path)
        except (OSError, BadFileError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            print(f"{path}: {reason}", file=sys.stderr)
            code = 2
            continue
        print(json.dumps(solve(instance, arguments.seconds, fast=arguments.fast)), flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main())
