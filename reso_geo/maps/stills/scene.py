"""What the sheets of one plan share: its shapes, colours and streets, for one audience."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from reso_geo.maps.palette import PALETTE
from reso_geo.maps.shapes import colours, label_spots
from reso_geo.network import project_shapes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.plan import Plan

__all__ = ["Scene", "Streets", "scene_of"]

_OUTLINE_M, _STREET_M = 3.0, 1.0
"""How far a drawn line may be from the real one."""
_MAIN = frozenset({"trunk", "primary", "secondary", "tertiary"})


@dataclass(frozen=True)
class Streets:
    """Segments that patrol must pass; arrays of one shape.

    Attributes
    ----------
    at
        int64: their indices in the network.
    beat
        int64: the beat that holds each, -1 for none.
    main
        bool: of a class that carries traffic through.
    line
        object (LineString), within 1 m of the real ones.
    """

    at: NDArray[np.int64]
    beat: NDArray[np.int64]
    main: NDArray[np.bool_]
    line: NDArray[np.object_]


@dataclass(frozen=True)
class Scene:
    """A plan as it is drawn.

    Attributes
    ----------
    plan
        A complete plan.
    lang
        ``fr`` or ``en``.
    audience
        One of `reso_geo.words.AUDIENCES`.
    shapes
        Polygons of the beats, simpler; neighbours share the same points.
    spots
        float64, shape (n, 2): the best place in each beat, in metres.
    hues
        The colour of each beat; no two neighbours have the same.
    hatched
        Whether a beat's colour is told from the same one by lines.
    cities
        Polygons of the boundary.
    streets
        Those that patrol must pass.
    tree
        Finds them.
    """

    plan: Plan
    lang: str
    audience: str
    shapes: tuple[shapely.Geometry, ...]
    spots: NDArray[np.float64]
    hues: tuple[str, ...]
    hatched: tuple[bool, ...]
    cities: tuple[shapely.Geometry, ...]
    streets: Streets
    tree: shapely.STRtree

    @property
    def public(self) -> bool:
        """Whether all the world may see it."""
        return self.audience == "public"

    def seen(self, bounds: tuple[float, float, float, float]) -> NDArray[np.int64]:
        """Find the streets in a window.

        Parameters
        ----------
        bounds
            West, south, east, north, in metres.

        Returns
        -------
        ndarray of int64
            Indices into `streets`, ascending.
        """
        found: NDArray[np.int64] = np.sort(self.tree.query(shapely.box(*bounds)))
        return found

    def bounds(self, beat: int | None = None) -> tuple[float, float, float, float]:
        """Give how far a beat and its streets reach, or all of them.

        Parameters
        ----------
        beat
            Which; None for all.

        Returns
        -------
        tuple of float
            West, south, east, north, in metres.
        """
        if beat is None:
            shown = [*self.shapes, *self.streets.line[self.streets.beat >= 0]]
        else:
            shown = [self.shapes[beat], *self.streets.line[self.streets.beat == beat]]
        west, south, east, north = shapely.total_bounds(shown).tolist()
        return west, south, east, north


def scene_of(plan: Plan, lang: str, audience: str) -> Scene:
    """Prepare a plan for drawing.

    Parameters
    ----------
    plan
        A complete plan.
    lang
        ``fr`` or ``en``.
    audience
        One of `reso_geo.words.AUDIENCES`.

    Returns
    -------
    Scene
        The same for the same plan.
    """
    network, number = plan.network, colours(plan.shapes)
    at = np.flatnonzero(network.required)
    line = shapely.simplify(network.geometry[at], _STREET_M)
    main = np.array([highway in _MAIN for highway in network.highway[at].tolist()], dtype=bool)
    streets = Streets(at, plan.partition.beat_of[at], main, line)
    return Scene(
        plan=plan,
        lang=lang,
        audience=audience,
        shapes=tuple(shapely.coverage_simplify(list(plan.shapes), _OUTLINE_M).tolist()),
        spots=label_spots(plan.shapes, network.node_xy[plan.partition.base]),
        hues=tuple(PALETTE[each % len(PALETTE)] for each in number),
        hatched=tuple(each >= len(PALETTE) for each in number),
        cities=tuple(project_shapes(plan.boundary, network.crs)),
        streets=streets,
        tree=shapely.STRtree(line),
    )
