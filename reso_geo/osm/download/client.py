"""Asking a service: one request at a time, a bounded number of times, with pauses."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

import requests

from reso_geo.errors import NetworkError
from reso_geo.i18n import Phrase
from reso_geo.osm.download.failures import Trouble, failure, of_status

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reso_geo.osm.download.options import DownloadOptions

__all__ = ["Client", "Question"]

_CHUNK = 4096
_MOST_BYTES = 1 << 30
T = TypeVar("T")


@dataclass(frozen=True)
class Question:
    """One request.

    Attributes
    ----------
    url
        Of the service.
    params
        What goes into the address; a question with them is a GET.
    data
        What is posted.
    """

    url: str
    params: Mapping[str, str] = field(default_factory=dict)
    data: Mapping[str, str] = field(default_factory=dict)

    @property
    def server(self) -> str:
        """The host, as messages show it: an address may hold a password."""
        return urlsplit(self.url).hostname or ""


class Client:
    """A session with the services, to be closed.

    Parameters
    ----------
    options
        Who asks, how often, how patiently.

    Examples
    --------
    >>> from contextlib import closing
    >>> from reso_geo.osm.download import DownloadOptions
    >>> with closing(Client(DownloadOptions())) as client:
    ...     client.requests
    0
    """

    def __init__(self, options: DownloadOptions) -> None:
        self._options = options
        self._end = options.clock() + options.budget_s
        self._session = requests.Session()
        self._session.headers["User-Agent"] = options.user_agent
        self.requests = 0

    def close(self) -> None:
        """Close what is open."""
        self._session.close()

    def ask(self, question: Question, read: Callable[[bytes], T]) -> T:
        """Request until an answer can be read, or there is no use in another request.

        Parameters
        ----------
        question
            What to ask whom.
        read
            Takes the bytes of an answer; raises `Trouble` when they are not whole.

        Returns
        -------
        object
            What `read` gives.

        Raises
        ------
        NetworkError
            When all tries failed, one showed that another is of no use, or time is up.
        """
        tried = 0
        while True:
            tried += 1
            if self.requests:
                self._options.wait(self._options.polite_s)
            try:
                return read(self._answer(question))
            except Trouble as trouble:
                self._pause(trouble, tried)

    def _pause(self, trouble: Trouble, tried: int) -> None:
        """Wait before another try, or give up."""
        options = self._options
        values: dict[str, object] = {
            "what": trouble.what,
            "tries": tried,
            "otherwise": Phrase("download.otherwise"),
        }
        if not trouble.again:
            raise NetworkError(Phrase("download.no_use", values)) from trouble
        if tried >= options.tries:
            raise NetworkError(Phrase("download.gave_up", values)) from trouble
        pause_s = max(trouble.pause_s, options.pause_s * 2 ** (tried - 1))
        values |= {"pause": f"{pause_s:.0f}", "budget": f"{options.budget_s:.0f}"}
        if options.clock() + pause_s >= self._end:
            raise NetworkError(Phrase("download.time_is_up", values)) from trouble
        options.tell(Phrase("download.waiting", values))
        options.wait(pause_s)

    def _answer(self, question: Question) -> bytes:
        """Send one request and read its answer to the end."""
        options = self._options
        request_s = min(options.request_s, self._end - options.clock())
        if request_s <= 0:
            values: dict[str, object] = {"budget": f"{options.budget_s:.0f}"}
            raise Trouble(Phrase("download.out_of_time", values), again=False)
        self.requests += 1
        try:
            with self._session.request(
                "POST" if question.data else "GET",
                question.url,
                params=question.params,
                data=question.data,
                timeout=request_s,
                stream=True,
                allow_redirects=False,
            ) as response:
                body = self._body(response, question.server)
        except requests.RequestException as error:
            raise failure(error, question.server, request_s) from error
        of_status(response, body, question.server, options.busy_pause_s)
        return body

    def _body(self, response: requests.Response, server: str) -> bytes:
        """Read a body; one that drips, or never ends, is given up."""
        options = self._options
        body = bytearray()
        end = min(options.clock() + options.request_s, self._end)
        for chunk in response.iter_content(_CHUNK):
            body += chunk
            if options.clock() > end:
                raise requests.Timeout
            if len(body) > _MOST_BYTES:
                values: dict[str, object] = {"server": server, "gigabytes": _MOST_BYTES >> 30}
                raise Trouble(Phrase("download.too_long", values), again=False)
        return bytes(body)
