"""Trouble with a service: what it is, and whether asking again may help."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

import requests
from requests import exceptions
from urllib3.exceptions import (
    HTTPError,
    InvalidHeader,
    NewConnectionError,
    ReadTimeoutError,
)
from urllib3.util import Retry

from reso_geo.boundaries.boundary import one_line
from reso_geo.i18n import Phrase

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Trouble", "failure", "of_status", "words_of"]

_OK, _REDIRECT, _BAD_REQUEST, _TOO_MANY = 200, 300, 400, 429
_OVERLOADED = (500, 502, 503, 504)
_DENIED = (401, 403, 406)
_LONGEST_WHY = 200
_OVERPASS_ERROR = re.compile(r"<strong[^>]*>\s*Error\s*</strong>\s*:?(.*?)</p>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
# The first that applies: what lies behind the error, the sentence, whether asking again may help.
_FAILURES: tuple[tuple[tuple[type[BaseException], ...], str, bool], ...] = (
    ((exceptions.SSLError,), "download.tls", False),
    ((exceptions.ProxyError,), "download.proxy", False),
    ((exceptions.Timeout, ReadTimeoutError), "download.timeout", True),
    ((ConnectionRefusedError,), "download.refused", True),
    ((NewConnectionError,), "download.offline", False),
    (
        (exceptions.ConnectionError, exceptions.ChunkedEncodingError, HTTPError),
        "download.cut",
        True,
    ),
)


class Trouble(Exception):  # noqa: N818 - it is one only when nothing helps
    """An answer that cannot be used.

    Parameters
    ----------
    what
        What is wrong, and with which service.
    again
        Whether asking again may help.
    pause_s
        How long the service wants to be left alone.

    Examples
    --------
    >>> Trouble(Phrase("download.cut", {"server": "example.org"})).again
    True
    """

    def __init__(self, what: Phrase, *, again: bool = True, pause_s: float = 0.0) -> None:
        super().__init__(str(what))
        self.what = what
        self.again = again
        self.pause_s = pause_s


def words_of(body: bytes) -> str:
    """Return the error that Overpass wrote into a page, else what the page says, in short.

    Parameters
    ----------
    body
        An answer, HTML or text.

    Returns
    -------
    str
        One line.

    Examples
    --------
    >>> words_of(b"<p><strong>Error</strong>: line 1: parse error </p>")
    'line 1: parse error'
    """
    text = body[:100_000].decode("utf-8", "replace")
    errors = _OVERPASS_ERROR.findall(text)
    plain = html.unescape(_TAG.sub(" ", " ".join(errors) or text))
    return one_line(plain)[:_LONGEST_WHY].rstrip() or "-"


def of_status(response: requests.Response, body: bytes, server: str, busy_pause_s: float) -> None:
    """Raise what the status of an answer says, unless it is 200.

    Parameters
    ----------
    response
        The answer, read to its end.
    body
        What it holds.
    server
        Who gave it.
    busy_pause_s
        Least pause after a 429.

    Raises
    ------
    Trouble
        When the status is not 200.

    Examples
    --------
    >>> answer = requests.Response()
    >>> answer.status_code = 200
    >>> of_status(answer, b"{}", "example.org", 30.0)
    """
    status = response.status_code
    if status == _OK:
        return
    values: dict[str, object] = {"server": server, "status": status, "why": words_of(body)}
    asked_s = _retry_after(response.headers.get("Retry-After"))
    if status == _TOO_MANY:
        raise Trouble(Phrase("download.busy", values), pause_s=max(busy_pause_s, asked_s))
    if status in _OVERLOADED:
        raise Trouble(Phrase("download.overloaded", values), pause_s=asked_s)
    if status in _DENIED:
        raise Trouble(Phrase("download.denied", values), again=False)
    if status == _BAD_REQUEST:
        raise Trouble(Phrase("download.bad_query", values), again=False)
    if _REDIRECT <= status < _BAD_REQUEST:
        values["where"] = one_line(response.headers.get("Location", "-"))[:_LONGEST_WHY]
        raise Trouble(Phrase("download.redirected", values), again=False)
    raise Trouble(Phrase("download.status", values), again=False)


def _retry_after(text: str | None) -> float:
    """Return the seconds of a Retry-After header (a number or a date); 0 for none."""
    try:
        return max(Retry().parse_retry_after(text), 0.0) if text else 0.0
    except (InvalidHeader, OverflowError, ValueError):
        return 0.0


def failure(error: exceptions.RequestException, server: str, request_s: float) -> Trouble:
    """Return what stopped a request before its answer was whole.

    Parameters
    ----------
    error
        What `requests` raised.
    server
        Who was asked.
    request_s
        How long an answer was waited for.

    Returns
    -------
    Trouble
        Worth another try unless the machine is offline or the connection is not trusted.

    Examples
    --------
    >>> str(failure(exceptions.ReadTimeout(), "example.org", 200))
    'example.org: no answer within 200 s.'
    """
    causes = list(_causes(error))
    values: dict[str, object] = {"server": server, "seconds": f"{request_s:g}"}
    for kinds, key, again in _FAILURES:
        if any(isinstance(cause, kinds) for cause in causes):
            return Trouble(Phrase(key, values), again=again)
    values["why"] = one_line(str(error))[:_LONGEST_WHY]
    return Trouble(Phrase("download.unasked", values), again=False)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Return an error and all that lie behind it."""
    seen: list[BaseException] = []
    ahead: list[object] = [error]
    while ahead:
        one = ahead.pop()
        if isinstance(one, BaseException) and not any(one is each for each in seen):
            seen.append(one)
            yield one
            behind = (one.__cause__, one.__context__, getattr(one, "reason", None))
            ahead += [*one.args, *behind]
