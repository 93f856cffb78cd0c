"""What tags say of the ground: surface, deck (bridge, tunnel, layer, level), height."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reso_geo.settings.classes import TAG_WORDS

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["deck_of", "elevation_of", "surface_of"]

_DECKS = ("bridge", "tunnel")
_GROUP_OF: dict[str, str] = {
    value: group for group, values in TAG_WORDS["surfaces"].items() for value in values
}
_METRES = re.compile(r"([+-]?\d{1,4}(?:\.\d+|,\d{1,2}|,\d{4,})?)\s*(?:m|metres|meters)?", re.ASCII)
_LOWEST_M, _HIGHEST_M = -450.0, 9000.0


def surface_of(tags: Mapping[str, str]) -> str:
    """Return the group of a way's surface.

    Parameters
    ----------
    tags
        The way's tags.

    Returns
    -------
    str
        One of `reso_geo.settings.SURFACES`: ``unknown`` where no tag tells.

    Examples
    --------
    >>> surface_of({"surface": "concrete:plates"}), surface_of({"surface": "gravel;asphalt"})
    ('paved', 'compacted')
    """
    value = tags.get("surface", "").partition(";")[0].partition(":")[0]
    return _GROUP_OF.get(value.strip().lower(), "unknown")


def deck_of(tags: Mapping[str, str]) -> str:
    """Return what a way lies on, to tell a crossing on the level from one above another.

    Parameters
    ----------
    tags
        Of the way.

    Returns
    -------
    str
        Empty on the ground; else its layer, ``bridge`` or ``tunnel``, and its level behind an @.

    Examples
    --------
    >>> deck_of({"layer": "0"}), deck_of({"bridge": "yes", "layer": "1"}), deck_of({"level": "2"})
    ('', '1bridge', '0@2')
    """
    layer = tags.get("layer", "").strip() or "0"
    built = next((key for key in _DECKS if tags.get(key, "no") != "no"), "")
    level = tags.get("level", "").strip()
    known = f"{layer}{built}@{level}" if level not in ("", "0") else f"{layer}{built}"
    return "" if known == "0" else known


def elevation_of(text: str) -> float | None:
    """Read the ``ele`` tag of a node.

    Parameters
    ----------
    text
        Metres, with or without the unit, with a decimal point or comma.

    Returns
    -------
    float or None
        Metres; None for what is no height of the ground, or could be read in two ways (``1,234``).

    Examples
    --------
    >>> [elevation_of(text) for text in ("12.5 m", "12,5", "40 ft", "1,234", "nan")]
    [12.5, 12.5, None, None, None]
    """
    found = _METRES.fullmatch(text.strip().lower())
    if found is None:
        return None
    metres = float(found[1].replace(",", "."))
    return metres if _LOWEST_M <= metres <= _HIGHEST_M else None
