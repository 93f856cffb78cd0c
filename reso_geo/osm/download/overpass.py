"""Questions to Overpass and its answers: whole ones only, and many put together as one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reso_geo.boundaries.boundary import one_line
from reso_geo.i18n import Phrase
from reso_geo.osm.barrier_tags import LINE_TAGS
from reso_geo.osm.download.failures import Trouble, words_of
from reso_geo.osm.land import LAND_TAGS, NEIGHBOURHOODS, PLACE_KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import shapely

__all__ = ["Answer", "merged", "read_answer", "read_json", "statement"]

_LONGEST_WHY = 200
_FARTHEST_LON, _FARTHEST_LAT = 180, 90
_MALFORMED = (KeyError, TypeError, ValueError, AttributeError, OverflowError)


@dataclass(frozen=True)
class Answer:
    """A whole answer of Overpass.

    Attributes
    ----------
    body
        Its bytes, as they came.
    head
        All but its elements.
    timestamp
        The date and time of the data (ISO 8601).
    nodes, ways, relations
        Its elements, by id.
    """

    body: bytes
    head: Mapping[str, Any]
    timestamp: str
    nodes: Mapping[int, Mapping[str, Any]]
    ways: Mapping[int, Mapping[str, Any]]
    relations: Mapping[int, Mapping[str, Any]]

    @property
    def has_streets(self) -> bool:
        """Whether a street is in it."""
        return any("highway" in way.get("tags", {}) for way in self.ways.values())


def statement(tile: shapely.MultiPolygon) -> str:
    """Return the query for all streets, lines, land and places that touch a tile, with their nodes.

    Streets are ways with a ``highway`` tag, and squares drawn as multipolygons; lines are railways
    and rivers; land is water, parks, reserves, cemeteries and woods. Of multipolygons of land only
    woods are not asked for: those of whole regions would come, and orient nobody. Gates come with
    the points of the streets, outlines of neighbourhoods whole.

    Parameters
    ----------
    tile
        In longitude and latitude; holes are left out.

    Returns
    -------
    str
        Overpass QL without settings. It writes latitude first.

    Examples
    --------
    >>> import shapely
    >>> square = shapely.Polygon([(8, 49), (9, 49), (9, 50)])
    >>> statement(shapely.MultiPolygon([square]))
    '((way["highway"](poly:"49.000000 8.000000 49.000000 9.000000 ...'
    """
    kinds = ['way["highway"]', 'relation["type"="multipolygon"]["highway"]']
    kinds += [f"way{_one_of(key, values)}" for key, values in LINE_TAGS.items()]
    kinds += [f"way{_one_of(key, values)}" for key, values in LAND_TAGS.items()]
    kinds += [
        f'relation["type"="multipolygon"]{_one_of(key, values)}'
        for key, values in _large_land().items()
    ]
    kinds += [f"node{_one_of('place', PLACE_KINDS)}"]
    kinds += [f"way{_one_of('place', NEIGHBOURHOODS['place'])}"]
    kinds += [f"relation{_one_of(key, values)}" for key, values in NEIGHBOURHOODS.items()]
    places = [_places(polygon.exterior.coords) for polygon in tile.geoms]
    wanted = "".join(f'{kind}(poly:"{place}");' for kind in kinds for place in places)
    return f"(({wanted});>;);out;"


def _one_of(key: str, values: Iterable[str]) -> str:
    return f'["{key}"~"^({"|".join(values)})$"]'


def _large_land() -> dict[str, list[str]]:
    """Return the tags of the land that is also asked for in multipolygons."""
    wanted = {
        key: [value for value, kind in kinds.items() if kind != "wood"]
        for key, kinds in LAND_TAGS.items()
    }
    return {key: values for key, values in wanted.items() if values}


def _places(points: Iterable[Sequence[float]]) -> str:
    return " ".join(f"{point[1]:.6f} {point[0]:.6f}" for point in points)


def read_json(body: bytes, server: str) -> Any:  # noqa: ANN401 - whatever the service wrote
    """Read JSON, or say what came instead.

    Parameters
    ----------
    body
        The bytes of an answer.
    server
        Who gave it.

    Returns
    -------
    object
        Whatever was written.

    Raises
    ------
    Trouble
        For a web page, or JSON that breaks off.

    Examples
    --------
    >>> read_json(b'{"elements": []}', "example.org")
    {'elements': []}
    """
    if body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        values: dict[str, object] = {"server": server, "why": words_of(body)}
        wrote_error = b"Error</strong>" in body
        raise Trouble(Phrase("download.remark" if wrote_error else "download.html", values))
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Trouble(Phrase("download.truncated", {"server": server})) from error


def read_answer(body: bytes, server: str) -> Answer:
    """Read an answer of Overpass and make sure that it is whole.

    Parameters
    ----------
    body
        Its bytes.
    server
        Who gave it.

    Returns
    -------
    Answer
        Every node of every way is in it, and every way of a relation. It may hold no way at all.

    Raises
    ------
    Trouble
        When it is no answer of Overpass, breaks off, or says that the query did not end.

    Examples
    --------
    >>> body = b'{"osm3s": {"timestamp_osm_base": "2024-05-06T07:08:09Z"}, "elements": []}'
    >>> read_answer(body, "example.org").timestamp
    '2024-05-06T07:08:09Z'
    """
    found = read_json(body, server)
    values: dict[str, object] = {"server": server}
    try:
        _check_remark(str(found.get("remark", "")), server)
        answer = _answer(found, body)
        whole = _is_whole(answer)
    except _MALFORMED as error:
        raise Trouble(Phrase("download.not_overpass", values)) from error
    if not whole:
        raise Trouble(Phrase("download.truncated", values))
    return answer


def _is_whole(answer: Answer) -> bool:
    members = (each for relation in answer.relations.values() for each in relation["members"])
    return all(each["ref"] in answer.ways for each in members if each["type"] == "way") and all(
        node in answer.nodes for way in answer.ways.values() for node in way["nodes"]
    )


def _check_remark(remark: str, server: str) -> None:
    """Refuse an answer that stopped half-way; one that ran out of memory would do so again."""
    why = one_line(remark)[:_LONGEST_WHY]
    if "error" in why:
        values: dict[str, object] = {"server": server, "why": why}
        raise Trouble(Phrase("download.remark", values), again="memory" not in why)


def _answer(found: Mapping[str, Any], body: bytes) -> Answer:
    elements = found["elements"]
    nodes = {each["id"]: each for each in elements if each["type"] == "node"}
    if not all(map(_is_on_earth, nodes.values())):
        raise ValueError(nodes)
    return Answer(
        body=body,
        head={key: value for key, value in found.items() if key != "elements"},
        timestamp=str(found["osm3s"]["timestamp_osm_base"]),
        nodes=nodes,
        ways={each["id"]: each for each in elements if each["type"] == "way"},
        relations={each["id"]: each for each in elements if each["type"] == "relation"},
    )


def _is_on_earth(node: Mapping[str, Any]) -> bool:
    lon, lat = float(node["lon"]), float(node["lat"])
    return abs(lon) <= _FARTHEST_LON and abs(lat) <= _FARTHEST_LAT  # false for what is no number


def merged(answers: Sequence[Answer]) -> bytes:
    """Merge the answers for all tiles into one.

    Parameters
    ----------
    answers
        One or more.

    Returns
    -------
    bytes
        An Overpass answer: each element once (as the newest answer has it), nodes before ways
        before relations, by id; the date is that of the oldest.

    Examples
    --------
    >>> body = b'{"osm3s": {"timestamp_osm_base": "2024-05-06T07:08:09Z"}, "elements": []}'
    >>> merged([read_answer(body, "example.org")]) == body.replace(b" ", b"")
    True
    """
    by_age = sorted(answers, key=lambda answer: answer.timestamp)
    kinds = ("nodes", "ways", "relations")
    latest = [
        {number: each for answer in by_age for number, each in getattr(answer, kind).items()}
        for kind in kinds
    ]
    elements = [found[number] for found in latest for number in sorted(found)]
    whole = {**by_age[0].head, "elements": elements}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()
