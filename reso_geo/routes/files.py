"""A route as GPX 1.1, as GeoJSON (RFC 7946), and as the JSON of the command line."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import numpy as np

from reso_geo.boundaries.boundary import clean_name, one_line
from reso_geo.choices import check_choice
from reso_geo.errors import UsageError
from reso_geo.i18n import AUDIENCES, LANGUAGES, Phrase, decimal, duration, say
from reso_geo.output_files import output_file
from reso_geo.plan import assumption_label, sees_inside
from reso_geo.records import kind_of, path_of
from reso_geo.report.tables.table import values_of
from reso_geo.routes.route import Route

if TYPE_CHECKING:
    from collections.abc import Callable
    from os import PathLike
    from pathlib import Path

    from reso_geo.routes.route import Leg, RouteLoop

__all__ = ["check_target", "route_summary", "save_route"]

_GPX = "http://www.topografix.com/GPX/1/1"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_LICENCE = "https://opendatacommons.org/licenses/odbl/1-0/"
_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_DIGITS = 7


def check_target(path: Path, audience: str) -> None:
    """Refuse an ending that routes are not saved with, and a public audience.

    Parameters
    ----------
    path
        The file to write.
    audience
        ``internal`` or ``restricted``; the public is shown no tour.

    Raises
    ------
    UsageError
        Before anything is worked out.
    """
    if path.suffix.lower() not in _WRITERS:
        values = {"path": path, "known": ", ".join(_WRITERS)}
        raise UsageError(Phrase("route.unknown_kind", values))
    check_choice(audience, AUDIENCES)
    if not sees_inside(audience):
        raise UsageError(Phrase("route.public"))


def save_route(
    route: Route, path: str | PathLike[str], lang: str = "fr", audience: str = "internal"
) -> None:
    """Write a route for a GPS, a telephone or a map.

    Parameters
    ----------
    route
        From `plan_route`.
    path
        ``.gpx`` (1.1: a waypoint for the base; for each loop a route, a point a leg, with what to
        do there, and a track) or ``.geojson`` (a line a leg, a point for the base; EPSG:4326).
    lang
        ``fr`` or ``en``.
    audience
        ``internal`` or ``restricted``; named in the file.

    Raises
    ------
    UsageError
        When the ending, the language or the audience is not known, or the audience is public.
    OutputError
        When the file cannot be written.
    """
    route, path = kind_of("route", route, Route, "route"), path_of(path)
    check_target(path, audience)
    check_choice(lang, LANGUAGES)
    content = _WRITERS[path.suffix.lower()](route, lang, audience)
    with output_file(path) as aside:
        aside.write_bytes(content)


def route_summary(route: Route, path: str, lang: str = "fr") -> dict[str, object]:
    """Return a route in the JSON of the command line.

    Parameters
    ----------
    route
        From `plan_route`.
    path
        Where it was written.
    lang
        Language of the sentences; keys and codes are the same in all.

    Returns
    -------
    dict
        Kilometres, metres and seconds; ready for ``json.dumps``.
    """
    return {
        **values_of(route, "beat_id", "mode", "season"),
        "loops": [
            {
                "km": loop.length_m / 1000.0,
                "seconds": loop.seconds,
                "from_base": route.starts_at_base(loop),
                "legs": [_figures(leg) for leg in loop.legs],
            }
            for loop in route.loops
        ],
        "out": path,
        "assumptions": list(route.assumptions),
        "notes": [phrase.say(lang) for phrase in route.notes],
        "warnings": [phrase.say(lang) for phrase in route.warnings],
    }


def _figures(leg: Leg) -> dict[str, object]:
    figures = values_of(leg, "kind", "how", "length_m", "seconds", "from_s")
    return {"street": leg.street or None, **figures}


def _title(route: Route, lang: str) -> str:
    values = {"beat": route.beat_id, "name": route.beat_name}
    key = "route.title" if route.beat_name != route.beat_id else "route.title_unnamed"
    return one_line(say(lang, key, values))


def _description(route: Route, lang: str, audience: str) -> str:
    """Describe for whom the route is, what it is, what to know, and what it assumes."""
    said = [say(lang, f"maps.audience.{audience}") + "."]
    said += [phrase.say(lang) for phrase in (*route.notes, *route.warnings)]
    said += [say(lang, f"maps.{each}") for each in route.unsettled]
    if route.assumptions:
        names = "; ".join(assumption_label(key, lang) for key in route.assumptions)
        said.append(say(lang, "route.assumptions", {"names": names}))
    return one_line(" ".join(said))


def _street(leg: Leg, lang: str) -> str:
    return leg.street or say(lang, "route.unnamed")


def _what(leg: Leg, lang: str) -> str:
    """Describe what to do on a leg."""
    values = {
        "street": _street(leg, lang),
        "metres": decimal(lang, leg.length_m, 0),
        "minutes": decimal(lang, leg.seconds / 60.0, 0 if leg.seconds >= 60.0 else 1),  # noqa: PLR2004 - a minute
    }
    return say(lang, f"route.{leg.kind}.{leg.how}", values)


def _gpx(route: Route, lang: str, audience: str) -> bytes:
    """Write GPX 1.1; the order of the elements is that of its schema."""
    root = ET.Element("gpx", {"version": "1.1", "creator": "reso_geo", "xmlns": _GPX})
    root.set("xmlns:xsi", _XSI)
    root.set("xsi:schemaLocation", f"{_GPX} {_GPX}/gpx.xsd")
    metadata = ET.SubElement(root, "metadata")
    _text(metadata, "name", _title(route, lang))
    _text(metadata, "desc", _description(route, lang, audience))
    rights = ET.SubElement(metadata, "copyright", {"author": "OpenStreetMap contributors"})
    time = _utc(route.created)
    if time:
        _text(rights, "year", time[:4])
    _text(rights, "license", _LICENCE)
    if time:
        _text(metadata, "time", time)
    line = np.concatenate([[route.base], *(loop.line for loop in route.loops)])
    sides = zip(("minlon", "minlat", "maxlon", "maxlat"),
                (*line.min(axis=0), *line.max(axis=0)), strict=True)  # fmt: skip
    ET.SubElement(metadata, "bounds", {side: f"{at:.{_DIGITS}f}" for side, at in sides})
    base = _point(root, "wpt", route.base)
    _text(base, "name", say(lang, "route.base", {"beat": clean_name(route.beat_id)}))
    for number, loop in enumerate(route.loops, 1):
        if not route.starts_at_base(loop):
            start = _point(root, "wpt", loop.legs[0].line[0])
            _text(start, "name", say(lang, "route.start", {"number": number}))
    for number, loop in enumerate(route.loops, 1):
        _rte(root, route, number, loop, lang)
    for number, loop in enumerate(route.loops, 1):
        trk = ET.SubElement(root, "trk")
        _loop_head(trk, route, number, loop, lang)
        segment = ET.SubElement(trk, "trkseg")
        for spot in loop.line:
            _point(segment, "trkpt", spot)
    ET.indent(root, " ")
    return (_DECLARATION + ET.tostring(root, encoding="unicode") + "\n").encode()


def _rte(root: ET.Element, route: Route, number: int, loop: RouteLoop, lang: str) -> None:
    """Write a loop as a route: a point where each leg starts, and one where the loop ends."""
    rte = ET.SubElement(root, "rte")
    _loop_head(rte, route, number, loop, lang)
    for leg in loop.legs:
        spot = _point(rte, "rtept", leg.line[0])
        _text(spot, "name", _street(leg, lang))
        _text(spot, "desc", _what(leg, lang))
        _text(spot, "type", leg.kind)
    end = _point(rte, "rtept", loop.legs[-1].line[-1])
    _text(end, "name", say(lang, "route.end", {"number": number}))


def _loop_head(parent: ET.Element, route: Route, number: int, loop: RouteLoop, lang: str) -> None:
    name = {"number": number, "beat": clean_name(route.beat_id)}
    figures = {"km": decimal(lang, loop.length_m / 1000.0), "time": duration(lang, loop.seconds)}
    _text(parent, "name", say(lang, "route.loop_name", name))
    _text(parent, "desc", say(lang, "route.loop_figures", figures))
    _text(parent, "number", str(number))
    _text(parent, "type", route.mode)


def _text(parent: ET.Element, tag: str, text: str) -> None:
    ET.SubElement(parent, tag).text = text


def _point(parent: ET.Element, tag: str, spot: tuple[float, float] | np.ndarray) -> ET.Element:
    lon, lat = (f"{at:.{_DIGITS}f}" for at in spot)
    return ET.SubElement(parent, tag, {"lat": lat, "lon": lon})


def _utc(created: str) -> str:
    """Return a date as GPX wants it; empty where not known."""
    if not created:
        return ""
    time = datetime.fromisoformat(created)
    time = time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def _geojson(route: Route, lang: str, audience: str) -> bytes:
    """Write GeoJSON: members beside the features say what the collection is."""
    features = [
        _feature(
            {"type": "Point", "coordinates": list(route.base)},
            {
                "kind": "base",
                "what": say(lang, "route.base", {"beat": clean_name(route.beat_id)}),
                "audience": audience,
            },
        )
    ]
    for number, loop in enumerate(route.loops, 1):
        for place, leg in enumerate(loop.legs, 1):
            properties = {"loop": number, "leg": place, **_figures(leg)}
            properties |= {"what": _what(leg, lang), "mode": route.mode, "audience": audience}
            line = {"type": "LineString", "coordinates": leg.line.tolist()}
            features.append(_feature(line, properties))
    collection = {
        "type": "FeatureCollection",
        "name": _title(route, lang),
        "description": _description(route, lang, audience),
        "attribution": "© OpenStreetMap contributors",
        "license": _LICENCE,
        "created": route.created or None,
        "features": features,
    }
    return (json.dumps(collection, ensure_ascii=False, allow_nan=False) + "\n").encode()


def _feature(geometry: dict[str, object], properties: dict[str, object]) -> dict[str, object]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


_WRITERS: dict[str, Callable[[Route, str, str], bytes]] = {".gpx": _gpx, ".geojson": _geojson}
