"""What a user may choose about a download, and where its cache lies."""

from __future__ import annotations

import os
import sys
import time
import unicodedata
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from reso_geo.boundaries.boundary import one_line
from reso_geo.errors import UsageError
from reso_geo.i18n import Phrase

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["DownloadOptions", "cache_folder"]

_LONGEST_CONTACT = 200


def _silent(_: Phrase) -> None:
    """Print nothing."""


@dataclass(frozen=True)
class DownloadOptions:
    """How to ask OpenStreetMap's services.

    Attributes
    ----------
    contact
        An address or a page of whoever asks; the services want to know. It goes into the user
        agent.
    overpass_url, nominatim_url
        The services; the first with its ``interpreter``, the second without ``/search``.
    cache
        Folder of the cache; None for `cache_folder`.
    refresh
        Ask again even for what the cache has.
    max_age_days
        How old an answer of the cache may be.
    tries
        How often one question is asked at most.
    request_s
        How long one question may take, in seconds.
    budget_s
        How long the whole download may take, pauses included, in seconds.
    pause_s
        Pause after a first failure, in seconds; it doubles with each further one.
    busy_pause_s
        Least pause after the service said that it is asked too often (429), in seconds.
    polite_s
        Pause before each request but the first, in seconds.
    tile_km
        A place wider or higher than this is asked in tiles.
    wait
        Sleeps for some seconds.
    clock
        Gives a number of seconds that only grows.
    tell
        Takes what happens, sentence by sentence.

    Raises
    ------
    UsageError
        When a value makes no sense.

    Examples
    --------
    >>> DownloadOptions(contact="patrouille@example.org").user_agent
    'reso_geo/... (patrouille@example.org)'
    """

    contact: str = ""
    overpass_url: str = "https://overpass-api.de/api/interpreter"
    nominatim_url: str = "https://nominatim.openstreetmap.org"
    cache: Path | None = None
    refresh: bool = False
    max_age_days: float = 30.0
    tries: int = 3
    request_s: float = 200.0
    budget_s: float = 1800.0
    pause_s: float = 15.0
    busy_pause_s: float = 30.0
    polite_s: float = 1.0
    tile_km: float = 50.0
    wait: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    tell: Callable[[Phrase], None] = _silent

    def __post_init__(self) -> None:
        """Check everything once, where the record is made."""
        positive = ("tries", "request_s", "budget_s", "tile_km")
        others = ("max_age_days", "pause_s", "busy_pause_s", "polite_s")
        wrong = [name for name in positive if not 0 < getattr(self, name) < float("inf")]
        wrong += [name for name in others if not 0 <= getattr(self, name) < float("inf")]
        wrong += [name for name in ("overpass_url", "nominatim_url") if not _is_url(self, name)]
        if wrong:
            values: dict[str, object] = {"name": wrong[0], "value": getattr(self, wrong[0])}
            raise UsageError(Phrase("download.bad_option", values))

    @property
    def user_agent(self) -> str:
        """What the services are told about who asks, in ASCII."""
        plain = unicodedata.normalize("NFKD", one_line(self.contact))
        contact = plain.encode("ascii", "ignore").decode()[:_LONGEST_CONTACT]
        return f"reso_geo/{version('reso_geo')}" + (f" ({contact})" if contact else "")


def _is_url(options: DownloadOptions, name: str) -> bool:
    try:
        parts = urlsplit(getattr(options, name))
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def cache_folder() -> Path:
    """Return the folder where answers are kept, by the rules of the platform.

    Returns
    -------
    Path
        The environment's ``RESO_GEO_CACHE``, else a folder ``reso_geo`` among the user's caches.
        It need not exist.

    Examples
    --------
    >>> cache_folder().name != ""
    True
    """
    asked_for = os.environ.get("RESO_GEO_CACHE")
    if asked_for:
        return Path(asked_for)
    if sys.platform == "win32":
        return _base("LOCALAPPDATA", "AppData/Local") / "reso_geo" / "cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "reso_geo"
    return _base("XDG_CACHE_HOME", ".cache") / "reso_geo"


def _base(variable: str, otherwise: str) -> Path:
    """Return the folder that a variable names; a relative one counts for nothing (XDG)."""
    folder = Path(os.environ.get(variable, ""))
    return folder if folder.is_absolute() else Path.home() / otherwise
