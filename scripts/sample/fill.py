"""Fill a face with streets: lattices that become grids, crescents, yards or park paths."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from shapely.geometry import LineString, Point, Polygon

from sample.geometry import Array, fillet
from sample.patch import Patch
from sample.plan import Line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.random import Generator
    from shapely.geometry.base import BaseGeometry

Cell = tuple[int, int]
Link = tuple[Cell, Cell]
CLEAR = 30.0
OPEN = 2.0
MANY = 4


@dataclass(frozen=True)
class Style:
    """How a district is laid out.

    Attributes
    ----------
    across : float
        Distance between the long streets, in metres.
    along : float
        Length of a block, in metres.
    loops : float
        Share of the links kept beyond a spanning tree.
    access : float
        Share of the links kept to the surrounding roads.
    wave : float
        How much the streets bend (share of a side).
    paths : float
        Share of the dropped links that become footpaths.
    alleys : float
        Share of blocks with an alley.
    parks : float
        Chance of a neighbourhood park.
    """

    across: float
    along: float
    loops: float
    access: float
    wave: float = 0.0
    paths: float = 0.0
    alleys: float = 0.0
    parks: float = 0.0


STYLES = {
    "core": Style(84, 176, 0.96, 1.0, 0.012, 0.3, 0.85, 0.25),
    "faubourg": Style(86, 180, 0.85, 0.85, 0.015, 0.2, 0.6, 0.4),
    "postwar": Style(82, 196, 0.72, 0.62, 0.02, 0.08, 0.0, 0.6),
    "sector": Style(74, 196, 0.8, 0.66, 0.026, 0.02, 0.0, 0.5),
    "crescent": Style(84, 128, 0.22, 0.28, 0.06, 0.3, 0.0, 0.8),
    "modern": Style(92, 150, 0.3, 0.34, 0.045, 0.26, 0.0, 0.9),
    "industrial": Style(170, 270, 0.5, 0.6, 0.015, 0.0, 0.0, 0.0),
    "park": Style(135, 150, 0.35, 0.5, 0.09, 0.0, 0.0, 0.0),
    "rural": Style(330, 420, 0.25, 0.35, 0.06, 0.0, 0.0, 0.0),
}


class Lattice:
    """A grid of links over a face, some kept as streets.

    Parameters
    ----------
    face : Polygon
        The face.
    style : Style
        Its layout.
    roads : BaseGeometry
        The skeleton roads streets may end on.
    rng : Generator
        Source of randomness.
    """

    def __init__(self, face: Polygon, style: Style, roads: BaseGeometry, rng: Generator) -> None:
        self.face = face
        self.style = style
        self.rng = rng
        wave = np.column_stack(
            [
                rng.uniform(0.5, 1.0, 2) * style.wave,
                rng.uniform(1.0, 2.2, 2),
                rng.uniform(0.0, 2 * np.pi, 2),
            ]
        )
        self.patch = Patch(face, wave)
        wide, tall = self.patch.width, self.patch.height
        across, along = style.across, style.along
        du, dv = (along, across) if wide >= tall else (across, along)
        self.us = _cuts(max(1, round(wide / du)), rng)
        self.vs = _cuts(max(1, round(tall / dv)), rng)
        self.spot = {
            (i, j): self.patch.at(np.array([u]), np.array([v]))[0]
            for i, u in enumerate(self.us)
            for j, v in enumerate(self.vs)
        }
        self.inner = face.buffer(-CLEAR)
        self.usable = self._spread(cell for cell in self.spot if self._usable(cell, roads))
        self.streets: list[Link] = []
        self.paths: list[Link] = []
        self.blocks: list[tuple[Cell, Polygon]] = []

    def border(self, cell: Cell) -> bool:
        """Whether a cell lies on the face's edge.

        Parameters
        ----------
        cell : Cell
            Indices of the grid point.

        Returns
        -------
        bool
            True on the edge.
        """
        return cell[0] in (0, len(self.us) - 1) or cell[1] in (0, len(self.vs) - 1)

    def _spread(self, cells: Iterable[Cell]) -> set[Cell]:
        """Keep the cells that do not crowd one another."""
        kept: list[Cell] = []
        gap = 0.55 * self.style.across
        for cell in sorted(cells, key=lambda cell: (not self.border(cell), cell)):
            near = [np.hypot(*(self.spot[cell] - self.spot[other])) for other in kept]
            if min(near, default=math.inf) > gap:
                kept.append(cell)
        return set(kept)

    def _usable(self, cell: Cell, roads: BaseGeometry) -> bool:
        point = Point(self.spot[cell])
        if self.border(cell):
            corner = cell[0] in (0, len(self.us) - 1) and cell[1] in (0, len(self.vs) - 1)
            return not corner and roads.distance(point) < OPEN
        return bool(self.inner.contains(point))

    def links(self) -> tuple[list[Link], list[Link]]:
        """List the links that fit, inside and to the surrounding roads.

        Returns
        -------
        tuple of list
            Inner links and access links.
        """
        inside: list[Link] = []
        access: list[Link] = []
        for i, j in sorted(self.usable):
            for other in ((i + 1, j), (i, j + 1)):
                link = ((i, j), other)
                if other not in self.usable or not self._fits(link):
                    continue
                ends = [self.border(cell) for cell in link]
                if all(ends) and (len(self.us) > MANY or len(self.vs) > MANY):
                    continue
                (access if any(ends) else inside).append(link)
        return inside, access

    def _fits(self, link: Link) -> bool:
        if self.border(link[0]) and self.border(link[1]):
            (a, b), (c, d) = link
            same = (a == c and a in (0, len(self.us) - 1)) or (
                b == d and b in (0, len(self.vs) - 1)
            )
            if same:
                return False
        track = LineString(self.track(link))
        return track.length > CLEAR and bool(self.face.buffer(2.0).contains(track))

    def track(self, link: Link) -> Array:
        """Vertices of a link.

        Parameters
        ----------
        link : Link
            Two neighbouring cells.

        Returns
        -------
        Array
            Vertices about 25 m apart.
        """
        (a, b), (c, d) = link
        return self.patch.path((self.us[a], self.vs[b]), (self.us[c], self.vs[d]))

    def choose(self) -> None:
        """Choose which links become streets and which become footpaths."""
        inside, access = self.links()
        style, rng = self.style, self.rng
        self._green(inside)
        gone = {cell for cell, _ in self.blocks}
        inside = [link for link in inside if not gone & set(link)]
        access = [link for link in access if not gone & set(link)]
        parent: dict[Cell, Cell] = {}
        weights = rng.random(len(inside))
        for k in np.argsort(weights):
            link = inside[k]
            if _join(parent, *link) or rng.random() < style.loops:
                self.streets.append(link)
            elif rng.random() < style.paths:
                self.paths.append(link)
        keep = rng.random(len(access)) < style.access
        groups: set[Cell] = set()
        for link, kept in zip(access, keep, strict=True):
            inner = link[1] if self.border(link[0]) else link[0]
            group = _root(parent, inner)
            if kept or group not in groups:
                self.streets.append(link)
                groups.add(group)
            elif rng.random() < style.paths:
                self.paths.append(link)

    def _green(self, inside: list[Link]) -> None:
        """Pick grid points whose four blocks become a neighbourhood park."""
        degree: dict[Cell, int] = {}
        for link in inside:
            for cell in link:
                degree[cell] = degree.get(cell, 0) + 1
        middle = [cell for cell, count in degree.items() if count == MANY]
        if not middle or self.rng.random() > self.style.parks:
            return
        cell = sorted(middle)[int(self.rng.integers(len(middle)))]
        i, j = cell
        around = [(i - 1, j - 1), (i + 1, j - 1), (i + 1, j + 1), (i - 1, j + 1)]
        if all(spot in self.usable and not self.border(spot) for spot in around):
            corners = [*around, around[0]]
            sides = [
                self.patch.path((self.us[a[0]], self.vs[a[1]]), (self.us[b[0]], self.vs[b[1]]))
                for a, b in pairwise(corners)
            ]
            self.blocks.append((cell, Polygon(np.vstack([side[:-1] for side in sides]))))

    def lines(self) -> list[Line]:
        """Draw the chosen links.

        Returns
        -------
        list of Line
            Streets with rounded corners, footpaths, alleys and park paths.
        """
        made = [Line(coords, {"highway": "residential"}) for coords in self._chains()]
        path = {"highway": "footway"}
        made += [Line(self.track(link), dict(path), "path", -1) for link in self.paths]
        for (i, j), _ in self.blocks:
            around = [(i - 1, j), (i + 1, j), (i, j - 1), (i, j + 1)]
            if self.rng.random() < 0.4:  # noqa: PLR2004 - a share
                around = [*around[:2], (i - 1, j - 1), (i + 1, j - 1), (i + 1, j + 1)]
            tracks = [self.track(((i, j), other)) for other in around]
            made += [Line(track, dict(path), "path", -1) for track in tracks]
        if self.style.alleys:
            made += self._alleys()
        return made

    def _chains(self) -> list[Array]:
        fixed = {cell for link in self.paths for cell in link}
        fixed |= {
            (i + a, j + b) for (i, j), _ in self.blocks for a in (-1, 0, 1) for b in (-1, 0, 1)
        }
        at: dict[Cell, list[Link]] = {}
        for link in self.streets:
            for cell in link:
                at.setdefault(cell, []).append(link)
        stops = {cell for cell, links in at.items() if len(links) != len("ab") or cell in fixed}
        used: set[Link] = set()
        chains: list[Array] = []
        for start in [*sorted(stops), *sorted(set(at) - stops)]:
            for first in at[start]:
                if first in used:
                    continue
                cell, link = start, first
                parts: list[Array] = []
                while True:
                    used.add(link)
                    track = self.track(link)
                    parts.append(track if link[0] == cell else track[::-1])
                    cell = link[1] if link[0] == cell else link[0]
                    more = [other for other in at[cell] if other not in used]
                    if cell in stops or not more:
                        break
                    link = more[0]
                coords = np.vstack([parts[0], *[part[1:] for part in parts[1:]]])
                chains.append(fillet(coords))
        return chains

    def _alleys(self) -> list[Line]:
        kept = {frozenset(link) for link in self.streets}
        tags = {"highway": "service", "service": "alley"}
        made = []
        rows = self.patch.width >= self.patch.height
        for i in range(1, len(self.us) - 2):
            for j in range(1, len(self.vs) - 2):
                a, b, c, d = (i, j), (i + 1, j), (i, j + 1), (i + 1, j + 1)
                pair = ((a, c), (b, d)) if rows else ((a, b), (c, d))
                if all(frozenset(p) in kept for p in pair) and (
                    self.rng.random() < self.style.alleys
                ):
                    u = (self.us[i] + self.us[i + 1]) / 2
                    v = (self.vs[j] + self.vs[j + 1]) / 2
                    ends = (
                        ((self.us[i], v), (self.us[i + 1], v))
                        if rows
                        else ((u, self.vs[j]), (u, self.vs[j + 1]))
                    )
                    made.append(Line(self.patch.path(*ends), dict(tags)))
        return made


def _cuts(count: int, rng: Generator) -> Array:
    inner = np.arange(1, count) + rng.uniform(-0.09, 0.09, max(0, count - 1))
    return np.concatenate([[0.0], inner / count, [1.0]])


def _root(parent: dict[Cell, Cell], cell: Cell) -> Cell:
    while parent.get(cell, cell) != cell:
        cell = parent[cell]
    return cell


def _join(parent: dict[Cell, Cell], a: Cell, b: Cell) -> bool:
    a, b = _root(parent, a), _root(parent, b)
    parent[a] = b
    return a != b


def rng_for(face: Polygon, seed: int) -> Generator:
    """Make a generator that depends on the face alone, so that edits stay local.

    Parameters
    ----------
    face : Polygon
        The face.
    seed : int
        The sample's seed.

    Returns
    -------
    Generator
        Its generator.
    """
    x, y = (math.floor(v / 40.0) + 1000 for v in face.centroid.coords[0])
    return np.random.default_rng([seed, x, y])
