"""Ids of beats: short, readable, unique."""

from __future__ import annotations

import re
import unicodedata
from itertools import count

__all__ = ["beat_ids"]


def beat_ids(cities: tuple[str, ...], city: list[int]) -> tuple[str, ...]:
    """Name beats by their city's initials and a number, such as ``SBM-03``.

    Parameters
    ----------
    cities
        Names.
    city
        City of each beat, as an index into `cities`; -1 for a beat that may cross lines.

    Returns
    -------
    tuple of str
        One id a beat.

    Examples
    --------
    >>> beat_ids(("Saint-Bruno-de-Montarville", "Brossard"), [0, 0, 1])
    ('SBDM-01', 'SBDM-02', 'BRO-01')
    """
    prefix = _prefixes(cities)
    width = max(2, len(str(max(city.count(c) for c in set(city)))))
    seen: dict[int, int] = {}
    ids = []
    for c in city:
        seen[c] = seen.get(c, 0) + 1
        ids.append(f"{prefix[c] if c >= 0 else 'S'}-{seen[c]:0{width}d}")
    return tuple(ids)


def _prefixes(cities: tuple[str, ...]) -> list[str]:
    """Give each city up to four capital letters, no two the same."""
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
