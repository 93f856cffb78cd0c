"""Ids of beats: short, readable, unique."""

from __future__ import annotations

import re
import unicodedata
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

__all__ = ["beat_ids", "city_of_id"]


def beat_ids(
    cities: Sequence[str], city: Sequence[int], taken: Collection[str] = ()
) -> tuple[str, ...]:
    """Return ids of beats: their city's initials and a number, such as ``SBM-03``.

    Parameters
    ----------
    cities
        Names.
    city
        City of each beat, as an index into `cities`; -1 for a beat that may cross lines.
    taken
        Ids that are in use already; their numbers are left out.

    Returns
    -------
    tuple of str
        One id a beat.

    Examples
    --------
    >>> beat_ids(("Saint-Bruno-de-Montarville", "Brossard"), [0, 0, 1])
    ('SBDM-01', 'SBDM-02', 'BRO-01')
    >>> beat_ids(("Brossard",), [0, 0], taken=["BRO-01"])
    ('BRO-02', 'BRO-03')
    """
    prefix = _prefixes(cities)
    width = max([2, *(len(str(list(city).count(c))) for c in set(city))])
    free = {c: _free(prefix[c] if c >= 0 else "S", width, set(taken)) for c in dict.fromkeys(city)}
    return tuple(next(free[c]) for c in city)


def city_of_id(cities: Sequence[str], beat_id: str) -> int | None:
    """Return from its id in which city a beat lies.

    Parameters
    ----------
    cities
        Names.
    beat_id
        As `beat_ids` gives them.

    Returns
    -------
    int or None
        Index into `cities`; None when no city has such ids.
    """
    prefix = beat_id.rpartition("-")[0]
    prefixes = _prefixes(cities)
    return prefixes.index(prefix) if prefix in prefixes else None


def _free(prefix: str, width: int, taken: set[str]) -> Iterator[str]:
    ids = (f"{prefix}-{number:0{width}d}" for number in count(1))
    return (beat_id for beat_id in ids if beat_id not in taken)


def _prefixes(cities: Sequence[str]) -> list[str]:
    """Assign each city up to four capital letters, no two the same."""
    used: set[str] = set()
    prefixes = []
    for city in cities:
        plain = unicodedata.normalize("NFKD", city).encode("ascii", "ignore").decode().upper()
        words = re.findall(r"[A-Z0-9]+", plain) or ["S"]
        letters = "".join(w[0] for w in words)[:4] if len(words) > 1 else words[0][:3]
        free = (letters if n == 1 else f"{letters}{n}" for n in count(1))
        prefixes.append(next(prefix for prefix in free if prefix not in used))
        used.add(prefixes[-1])
    return prefixes
