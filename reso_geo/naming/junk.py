"""Names that are none: remarks of mappers that stand where a name should."""

from __future__ import annotations

import re

from reso_geo.choices import folded

__all__ = ["is_junk"]

_SIGNS = re.compile(r"!{2,}|\?{2,}|://|<|>|\bfix ?me\b|\bto ?do\b", re.IGNORECASE)
_STATES = (
    "abandoned abandonne abandonnee abgerissen closed construction demoli demolie demolished"
    " destroyed detruit detruite disused ferme fermee inconnu inconnue name n/a na nom no"
    " noname none null private prive privee proposed removed sans supprime supprimee"
    " temporary temporaire"
    " test unbekannt unknown unnamed"
)
_REMARKS = frozenset(_STATES.split())
"""A name of nothing but these words says something of the map, not of the place."""
_JOINTS = frozenset(
    ["a", "de", "des", "do", "du", "entry", "la", "le", "not", "of", "open", "the", "to", "yet"]
)


def is_junk(name: str) -> bool:
    """Return whether what stands as a name is a remark.

    Parameters
    ----------
    name
        As on the map.

    Returns
    -------
    bool
        True for what nobody calls a street or a place.

    Examples
    --------
    >>> [is_junk(name) for name in ("Destroyed!!", "fixme", "Sans nom", "-", "Rue du Test")]
    [True, True, True, True, False]
    """
    words = set(folded(name).split())
    if not any(sign.isalnum() for sign in name) or _SIGNS.search(name):
        return True
    return bool(words & _REMARKS) and words <= _REMARKS | _JOINTS
