"""What the sheets of one plan share: its shapes, colours and streets, for one audience."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from reso_geo.maps.palette import PALETTE
from reso_geo.maps.web.geometry import colours, label_spots, load_spots
from reso_geo.network import project_shapes
from reso_geo.plan import sees_inside

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.plan import Plan

__all__ = ["Scene", "SceneStreets", "scene_of"]

_OUTLINE_M, _STREET_M = 3.0, 1.0
"""How far a drawn line may be from the real one."""
_FAR, _RIM, _MUCH = 0.16, 0.35, 0.5
_MAIN = frozenset({"trunk", "primary", "secondary", "tertiary"})


@dataclass(frozen=True)
class SceneStreets:
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
        One of `reso_geo.i18n.AUDIENCES`.
    drawn
        The day that is written on it; empty for none.
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
    drawn: str
    shapes: tuple[shapely.Geometry, ...]
    spots: NDArray[np.float64]
    hues: tuple[str, ...]
    hatched: tuple[bool, ...]
    cities: tuple[shapely.Geometry, ...]
    streets: SceneStreets
    tree: shapely.STRtree

    @property
    def public(self) -> bool:
        """Whether all the world may see it."""
        return not sees_inside(self.audience)

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

    def view(self, beat: int | None = None) -> tuple[tuple[float, float, float, float], float]:
        """Choose what to show of a beat, or of all of them.

        Parameters
        ----------
        beat
            Which; None for all.

        Returns
        -------
        tuple of float
            West, south, east, north, in metres. All of it, unless far streets (a sixth of the
            length) would make the rest very small: then what is around the others.
        float
            Kilometres of streets that lie outside, wholly or with their middle.
        """
        lines = self.streets.line
        if beat is not None:
            lines = lines[self.streets.beat == beat]
        whole = shapely.total_bounds([*lines, *self.shapes] if beat is None else lines)
        if not len(lines):
            whole = shapely.total_bounds([*self.shapes] if beat is None else self.shapes[beat])
            return tuple(whole.tolist()), 0.0
        length, middle = shapely.length(lines), shapely.get_coordinates(shapely.centroid(lines))
        west, east = _core(middle[:, 0], length)
        south, north = _core(middle[:, 1], length)
        if (east - west) * (north - south) > _MUCH * shapely.box(*whole).area:
            return tuple(whole.tolist()), 0.0
        inside = shapely.contains_xy(
            shapely.box(west, south, east, north), middle[:, 0], middle[:, 1]
        )
        return (west, south, east, north), float(length[~inside].sum() / 1000.0)


def _core(at: NDArray[np.float64], weight: NDArray[np.float64]) -> tuple[float, float]:
    """Return where nearly all of the weight lies, with a rim."""
    order = np.argsort(at, kind="stable")
    share = np.cumsum(weight[order]) / weight.sum()
    low, high = at[order][np.searchsorted(share, (_FAR / 2.0, 1.0 - _FAR / 2.0))].tolist()
    rim = _RIM * (high - low)
    return low - rim, high + rim


def scene_of(plan: Plan, lang: str, audience: str, drawn: str = "") -> Scene:
    """Prepare a plan for drawing.

    Parameters
    ----------
    plan
        A complete plan.
    lang
        ``fr`` or ``en``.
    audience
        One of `reso_geo.i18n.AUDIENCES`.
    drawn
        The day that is written on it; empty for none.

    Returns
    -------
    Scene
        The same for the same plan.
    """
    network, number = plan.network, colours(plan.shapes)
    at = np.flatnonzero(network.required)
    line = shapely.simplify(network.geometry[at], _STREET_M)
    main = np.array([highway in _MAIN for highway in network.highway[at].tolist()], dtype=bool)
    streets = SceneStreets(at, plan.partition.beat_of[at], main, line)
    return Scene(
        plan=plan,
        lang=lang,
        audience=audience,
        drawn=drawn,
        shapes=tuple(shapely.coverage_simplify(list(plan.shapes), _OUTLINE_M).tolist()),
        spots=label_spots(plan.shapes, load_spots(plan)),
        hues=tuple(PALETTE[each % len(PALETTE)] for each in number),
        hatched=tuple(each >= len(PALETTE) for each in number),
        cities=tuple(project_shapes(plan.boundary, network.crs)),
        streets=streets,
        tree=shapely.STRtree(line),
    )
