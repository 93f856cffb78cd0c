"""A stand-in for Overpass and Nominatim on this machine, which misbehaves when told to."""

from __future__ import annotations

import json
import re
import socket
import struct
import threading
import time
from dataclasses import dataclass, field, replace
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qs, urlsplit

import numpy as np
import shapely
from drawing import degrees, draw

from reso_geo.boundaries import Boundary

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    import pytest

    from reso_geo import StreetNetwork
    from reso_geo.errors import NetworkError
    from reso_geo.osm import DownloadOptions

PAGE = b"<!DOCTYPE html><html><body>Welcome to HotelNet. Please log in.</body></html>"
SYNTAX_PAGE = (
    b"<html><body><p>The data is made available under ODbL.</p>"
    b'<p><strong style="color:#FF0000">Error</strong>: line 1: parse error: &quot;poly&quot; </p>'
    b"</body></html>"
)
BUSY_PAGE = (
    b'<html><body><p><strong style="color:#FF0000">Error</strong>: runtime error: '
    b"Dispatcher_Client::request_read_and_idx::rate_limited. Please check /api/status </p></html>"
)
_POLY = re.compile(r'way\["highway"\]\(poly:"([0-9. -]+)"\);')

_ASKED = re.compile(r'(way|relation|node)((?:\["[^]]+\])+)\(poly:')
_KINDS = ("node", "way", "relation")
_TAG = re.compile(r'\["(\w+)"(?:(~|=)"([^"]+)")?\]')


def polygons_in(query: str) -> shapely.MultiPolygon:
    """Return the polygons of a query, as longitude and latitude."""
    rings = [[float(number) for number in found.split()] for found in _POLY.findall(query)]
    return shapely.MultiPolygon(
        [shapely.Polygon(zip(r[1::2], r[::2], strict=True)) for r in rings]  # it has lat first
    )


def streets_in(data: Mapping[str, Any], query: str) -> dict[str, Any]:
    """Answer as Overpass does: what touches the polygons, and all ways and nodes that it needs."""
    area = polygons_in(query)
    shapely.prepare(area)
    asked = [(kind, _TAG.findall(tags)) for kind, tags in dict.fromkeys(_ASKED.findall(query))]
    found = {kind: {e["id"]: e for e in data["elements"] if e["type"] == kind} for kind in _KINDS}
    place = {number: (e["lon"], e["lat"]) for number, e in found["node"].items()}

    def touches(element: Mapping[str, Any]) -> bool:
        if element["type"] == "node":
            return bool(area.intersects(shapely.Point(place[element["id"]])))
        if element["type"] == "way":
            return bool(area.intersects(shapely.LineString([place[n] for n in element["nodes"]])))
        return any(touches(found["way"][each["ref"]]) for each in element["members"])

    there = {
        kind: {
            number
            for number, e in found[kind].items()
            if any(kind == own and _has(e.get("tags", {}), tags) for own, tags in asked)
            and touches(e)
        }
        for kind in _KINDS
    }
    there["way"] |= {m["ref"] for r in there["relation"] for m in found["relation"][r]["members"]}
    there["node"] |= {node for way in there["way"] for node in found["way"][way]["nodes"]}
    wanted = [e for kind in _KINDS for number, e in found[kind].items() if number in there[kind]]
    return {**data, "elements": wanted}


def _has(tags: Mapping[str, str], wanted: Sequence[tuple[str, str, str]]) -> bool:
    """Return whether an element has the tags of one statement."""
    return all(
        key in tags and (tags[key] == value if how == "=" else re.search(value, tags[key]))
        for key, how, value in wanted
    )


@dataclass(frozen=True)
class Request:
    """What came in."""

    path: str
    fields: Mapping[str, str]
    agent: str


class Handler(BaseHTTPRequestHandler):
    """Answers one request, well or as the script says."""

    server: StandIn
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """Answer as Nominatim."""
        self.handle_one(urlsplit(self.path).query)

    def do_POST(self) -> None:
        """Answer as Overpass."""
        self.handle_one(self.rfile.read(int(self.headers["Content-Length"])).decode())

    def handle_one(self, text: str) -> None:
        """Note the request, then answer it or misbehave."""
        fields = {key: values[0] for key, values in parse_qs(text).items()}
        path = urlsplit(self.path).path
        request = Request(path, fields, self.headers["User-Agent"])
        how = self.server.entered(request, self.connection)
        body = json.dumps(self.server.answer(path, fields)).encode()
        try:
            MISBEHAVIOURS[how](self, body) if how else self.reply(200, body)
        finally:
            self.server.left(self.connection)

    def reply(
        self, status: int, body: bytes, headers: Mapping[str, str] | None = None, part: float = 1
    ) -> None:
        """Send an answer, or the first part of it under the length of the whole."""
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body[: int(len(body) * part)])

    def silence(self) -> None:
        """Print nothing until the client goes away."""
        self.connection.settimeout(20)
        self.connection.recv(1)

    def drip(self, body: bytes) -> None:
        """Send a byte now and then."""
        self.reply(200, body * 100, part=0)
        for index in range(len(body)):
            if self.server.released.wait(0.02):
                return
            self.wfile.write(body[index : index + 1] * 4096)

    def reset(self) -> None:
        """Cut the connection off hard."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def redirect(self, where: str) -> None:
        """Send the client elsewhere."""
        self.reply(302, b"", {"Location": where})

    def changed(self, body: bytes, **changes: object) -> None:
        """Send the answer with some of its members replaced."""
        self.reply(200, json.dumps({**json.loads(body), **changes}).encode())

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


def _without_nodes(handler: Handler, body: bytes) -> None:
    elements = json.loads(body)["elements"]
    handler.changed(body, elements=[e for e in elements if e["type"] != "node"])


TIMED_OUT = 'runtime error: Query timed out in "query" at line 1 after 181 seconds.'
NO_MEMORY = 'runtime error: Query run out of memory in "recurse" at line 1 using about 512 MB.'
AGAIN: Mapping[str, Callable[[Handler, bytes], None]] = {
    "time-out": lambda h, _: h.silence(),
    "drip": Handler.drip,
    "429": lambda h, _: h.reply(429, BUSY_PAGE),
    "429 short": lambda h, _: h.reply(429, BUSY_PAGE, {"Retry-After": "2"}),
    "429 seconds": lambda h, _: h.reply(429, BUSY_PAGE, {"Retry-After": "42"}),
    "429 date": lambda h, _: h.reply(
        429, BUSY_PAGE, {"Retry-After": formatdate(time.time() + 90, usegmt=True)}
    ),
    "429 garbage": lambda h, _: h.reply(429, BUSY_PAGE, {"Retry-After": "soon"}),
    "500": lambda h, _: h.reply(500, b""),
    "502": lambda h, _: h.reply(502, PAGE),
    "503": lambda h, _: h.reply(503, PAGE, {"Retry-After": "20"}),
    "504": lambda h, _: h.reply(504, BUSY_PAGE),
    "page": lambda h, _: h.reply(200, PAGE, {"Content-Type": "text/html"}),
    "error page": lambda h, _: h.reply(200, BUSY_PAGE),
    "cut": lambda h, body: h.reply(200, body, part=0.5),
    "cut at once": lambda h, _: h.connection.shutdown(socket.SHUT_RDWR),
    "reset": lambda h, _: h.reset(),
    "truncated": lambda h, body: h.reply(200, body[: len(body) // 2]),
    "nothing": lambda h, _: h.reply(200, b""),
    "bad gzip": lambda h, body: h.reply(200, body, {"Content-Encoding": "gzip"}),
    "timed-out remark": lambda h, body: h.changed(body, remark=TIMED_OUT),
    "without nodes": _without_nodes,
    "other JSON": lambda h, _: h.reply(200, b'{"status": "ok"}'),
    "list": lambda h, _: h.reply(200, b"[1, 2]"),
    "deep": lambda h, _: h.reply(200, b"[" * 100_000),
    "off Earth": lambda h, body: h.changed(
        body, elements=[{"type": "node", "id": 1, "lon": float("nan"), "lat": 91}]
    ),
}
"""What another try may mend."""
ONCE: Mapping[str, Callable[[Handler, bytes], None]] = {
    "400": lambda h, _: h.reply(400, SYNTAX_PAGE),
    "403": lambda h, _: h.reply(403, PAGE),
    "404": lambda h, _: h.reply(404, PAGE),
    "406": lambda h, _: h.reply(406, PAGE),
    "memory remark": lambda h, body: h.changed(body, remark=NO_MEMORY),
    "redirect": lambda h, _: h.redirect("http://login.example.org/portal"),
    "redirect to itself": lambda h, _: h.redirect("/interpreter"),
    "empty": lambda h, body: h.changed(body, elements=[]),
    "429 for a day": lambda h, _: h.reply(429, BUSY_PAGE, {"Retry-After": "86400"}),
}
"""What another try does not mend."""
MISBEHAVIOURS = {**AGAIN, **ONCE}


def _is_waiting(connection: socket.socket) -> bool:
    """Return whether the client is still at the other end."""
    try:
        return connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) != b""
    except BlockingIOError:
        return True
    except OSError:
        return False


class StandIn(ThreadingTCPServer):
    """The server; use it in a ``with`` block.

    `script` holds how the next requests to Overpass go ("" is well), `otherwise` all after them;
    `search` is the same for Nominatim. `places` are what Nominatim knows, by name or id.
    """

    block_on_close = True
    daemon_threads = False

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.data = data
        self.places: dict[str, list[dict[str, object]]] = {}
        self.script: list[str] = []
        self.otherwise = ""
        self.search = ""
        self.requests: list[Request] = []
        self.released = threading.Event()
        self.lock = threading.Lock()
        self.waiting: list[socket.socket] = []
        self.most_at_once = 0
        self._thread = threading.Thread(target=self.serve_forever, args=(0.01,))

    def __enter__(self) -> Self:
        """Start."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop, and wait until every thread has ended."""
        self.released.set()
        self.shutdown()
        self._thread.join()
        self.server_close()

    @property
    def url(self) -> str:
        """The address, without a path."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    @property
    def queries(self) -> list[str]:
        """What Overpass was asked."""
        return [each.fields["data"] for each in self.requests if each.path == "/interpreter"]

    def entered(self, request: Request, connection: socket.socket) -> str:
        """Note a request and say how it goes; count the clients that wait."""
        with self.lock:
            self.requests.append(request)
            self.waiting.append(connection)
            self.most_at_once = max(self.most_at_once, sum(map(_is_waiting, self.waiting)))
            if request.path != "/interpreter":
                return self.search
            return self.script.pop(0) if self.script else self.otherwise

    def left(self, connection: socket.socket) -> None:
        """Note that a request has its answer."""
        with self.lock:
            self.waiting.remove(connection)

    def answer(self, path: str, fields: Mapping[str, str]) -> object:
        """Return the good answer."""
        if path == "/interpreter":
            return streets_in(self.data, fields["data"])
        return self.places.get(fields.get("osm_ids", "") or fields.get("q", ""), [])

    def handle_error(self, *_: object) -> None:
        """Print nothing of clients that went away."""


TOWN = draw(
    """
    A---B---C---D---E---F
    |   |   |   |   |   |
    G---H---I---J---K---L
    """,
    {"AB": {"highway": "motorway"}, "GH": {"highway": "construction"}},
    step_m=100.0,
)
EAST_M = 2000.0
TRIES = 3


def box(west_m: float, south_m: float, east_m: float, north_m: float) -> shapely.MultiPolygon:
    return shapely.MultiPolygon([shapely.box(*degrees(west_m, south_m), *degrees(east_m, north_m))])


def town(shape: shapely.MultiPolygon | None = None) -> Boundary:
    shape = shape or box(-50.0, -350.0, EAST_M + 50.0, 50.0)
    return Boundary(("Town",), (shape,), "precise", "drawn")


@dataclass
class Patience:
    """Waits without waiting: its clock jumps ahead instead."""

    waits: list[float] = field(default_factory=list)

    def wait(self, seconds: float) -> None:
        """Note how long."""
        self.waits.append(seconds)

    def clock(self) -> float:
        """Return the time as if all had been waited."""
        return time.monotonic() + sum(self.waits)

    @property
    def pauses(self) -> list[float]:
        """The waits after a failure."""
        return [seconds for seconds in self.waits if seconds != 1.0]


def brisk(options: DownloadOptions, how: str, request_s: float = 0.2) -> DownloadOptions:
    """Do not wait long for an answer that will not come."""
    return replace(options, request_s=request_s) if how in ("time-out", "drip") else options


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.exists() else {}


def same_streets(one: StreetNetwork, other: StreetNetwork) -> None:
    for name in ("segment_id", "u", "v", "node_id", "length_m", "highway", "name", "required"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), name)
    assert one.dropped == other.dropped
    assert one.source.timestamp == other.source.timestamp


def refusal(error: pytest.ExceptionInfo[NetworkError]) -> str:
    """Check that an error is one line in both languages and ends the command line with 2."""
    assert error.value.exit_code == 2
    phrase = error.value.message
    for text in (phrase.say("fr"), phrase.say("en")):
        assert text == " ".join(text.split())
        assert not re.search(r"[{}<]|Error\(|object at", text)
        assert len(text) < 900
    return str(error.value)
