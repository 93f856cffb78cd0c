"""A Coons patch: a grid that follows the four sides of a face."""

from __future__ import annotations

import math
from typing import cast

import numpy as np
from shapely.geometry import LineString, Polygon

from sample.geometry import Array, stations

SHARP = math.radians(28.0)


class Patch:
    """Map the unit square onto a face so that grid lines follow its sides.

    Parameters
    ----------
    face : Polygon
        The face, roughly four-sided.
    wave : Array
        Amplitude (share of the side), frequency and phase of the bend in each direction,
        shape (2, 3).
    """

    def __init__(self, face: Polygon, wave: Array) -> None:
        self.face = face
        self.wave = wave
        self.sides = _sides(face)
        self.lines = [LineString(side) for side in self.sides]
        self.width = (self.lines[0].length + self.lines[2].length) / 2
        self.height = (self.lines[1].length + self.lines[3].length) / 2

    def at(self, s: Array, t: Array) -> Array:
        """Points of the face for parameters in the unit square.

        Parameters
        ----------
        s, t : Array
            Parameters along the first and the second direction.

        Returns
        -------
        Array
            Points, shape (n, 2).
        """
        bump = 16 * s * (1 - s) * t * (1 - t)
        (a, b, c), (d, e, f) = self.wave
        s, t = (
            s + a * bump * np.sin(np.pi * b * t + c),
            t + d * bump * np.sin(np.pi * e * s + f),
        )
        low, right, high, left = self.sides
        bottom, top = _along(low, s), _along(high[::-1], s)
        west, east = _along(left[::-1], t), _along(right, t)
        s, t = s[:, None], t[:, None]
        corners = (
            (1 - s) * (1 - t) * low[0]
            + s * (1 - t) * low[-1]
            + s * t * right[-1]
            + (1 - s) * t * high[-1]
        )
        blend: Array = (1 - t) * bottom + t * top + (1 - s) * west + s * east - corners
        return blend

    def path(self, start: tuple[float, float], end: tuple[float, float]) -> Array:
        """Trace the image of a straight piece of the unit square.

        Parameters
        ----------
        start, end : tuple of float
            Parameters of its ends.

        Returns
        -------
        Array
            Vertices about 25 m apart.
        """
        length = math.hypot(
            (end[0] - start[0]) * self.width,
            (end[1] - start[1]) * self.height,
        )
        share = np.linspace(0.0, 1.0, 2 * max(1, math.ceil(length / 50.0)) + 1)
        s = start[0] + share * (end[0] - start[0])
        t = start[1] + share * (end[1] - start[1])
        return self.at(s, t)


def _along(side: Array, share: Array) -> Array:
    at = stations(side)
    return np.column_stack([np.interp(share * at[-1], at, side[:, k]) for k in (0, 1)])


def _sides(face: Polygon) -> list[Array]:
    ring = np.array(face.exterior.coords)[:-1]
    if not face.exterior.is_ccw:
        ring = ring[::-1]
    steps = np.diff(np.vstack([ring[-1:], ring, ring[:1]]), axis=0)
    heading = np.arctan2(steps[:, 1], steps[:, 0])
    turn = (np.diff(heading) + np.pi) % (2 * np.pi) - np.pi
    box = np.array(cast("Polygon", face.minimum_rotated_rectangle).exterior.coords)[:-1]
    reach = math.sqrt(face.area) * 0.3
    chosen: set[int] = set()
    for corner in box:
        far = np.hypot(*(ring - corner).T)
        score = far - np.where(turn > SHARP, reach, 0.0)
        score[list(chosen)] = np.inf
        chosen.add(int(np.argmin(score)))
    picks = sorted(chosen)
    turns = [*picks[1:], picks[0] + len(ring)]
    doubled = np.vstack([ring, ring, ring[:1]])
    return [doubled[a : b + 1] for a, b in zip(picks, turns, strict=True)]
