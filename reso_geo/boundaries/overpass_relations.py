"""Relations in an Overpass answer (JSON), put together from the lines of their members."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

import shapely

from reso_geo.boundaries.boundary import file_name
from reso_geo.boundaries.shapes import polygons_of
from reso_geo.errors import BoundaryError
from reso_geo.i18n import Phrase

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path
    from typing import Any

__all__ = ["OverpassAnswer"]

_MALFORMED = (
    KeyError, TypeError, ValueError, AttributeError, OverflowError, shapely.errors.ShapelyError,
)  # fmt: skip


class OverpassAnswer:
    """An Overpass answer whose relations came with their members.

    Geometry may stand in the members (``out geom``), in their ways, or in the nodes of those.

    Parameters
    ----------
    path
        A JSON file.

    Raises
    ------
    BoundaryError
        When the file is no Overpass answer.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> path = Path(tempfile.mkdtemp()) / "answer.json"
    >>> _ = path.write_text('{"elements": []}')
    >>> list(OverpassAnswer(path).tagged())
    []
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            elements = json.loads(path.read_text(encoding="utf-8-sig"))["elements"]
            self._by_kind: dict[str, dict[int, Any]] = {"node": {}, "way": {}, "relation": {}}
            for element in elements:
                self._by_kind.get(element["type"], {})[int(element["id"])] = element
        except (*_MALFORMED, OSError, RecursionError) as error:
            raise self._unreadable() from error

    def tagged(self) -> Iterator[tuple[int, Mapping[str, str]]]:
        """Return each relation's number and tags.

        Yields
        ------
        tuple of int and mapping
            In the order of the answer.
        """
        for number, element in self._by_kind["relation"].items():
            tags = element.get("tags") or {}
            if isinstance(tags, dict):
                yield number, {str(key): str(value) for key, value in tags.items()}

    def assembled(self, numbers: Collection[int]) -> dict[int, shapely.MultiPolygon]:
        """Return the shapes of those relations whose lines are all there and close.

        Parameters
        ----------
        numbers
            Relations of the answer.

        Returns
        -------
        dict of int to shapely.MultiPolygon
            In longitude and latitude; incomplete relations are missing.

        Raises
        ------
        BoundaryError
            When a member is written in no known way.
        """
        shapes = {}
        for number in numbers:
            try:
                shape = self._area(self._by_kind["relation"][number])
            except _MALFORMED as error:
                raise self._unreadable() from error
            if not shape.is_empty:
                shapes[number] = shape
        return shapes

    def _area(self, relation: Mapping[str, Any]) -> shapely.MultiPolygon:
        members = [each for each in relation.get("members") or () if each["type"] == "way"]
        lines = [self._line(member) for member in members]
        whole = shapely.union_all([line for line in lines if line is not None])
        _, cuts, dangles, invalid = shapely.polygonize_full([whole])
        if None in lines or not (cuts.is_empty and dangles.is_empty and invalid.is_empty):
            return shapely.MultiPolygon()
        return polygons_of(shapely.build_area(whole))

    def _line(self, member: Mapping[str, Any]) -> shapely.LineString | None:
        way = self._by_kind["way"].get(member["ref"], {})
        nodes = self._by_kind["node"]
        points = (
            member.get("geometry")
            or way.get("geometry")
            or [nodes.get(number) for number in way.get("nodes") or ()]
        )
        if not points or None in points:
            return None
        places = [(float(point["lon"]), float(point["lat"])) for point in points]
        if not all(math.isfinite(number) for place in places for number in place):
            raise ValueError(places)
        return shapely.LineString(places)

    def _unreadable(self) -> BoundaryError:
        return BoundaryError(Phrase("boundary.broken_source", {"file": file_name(self._path)}))
