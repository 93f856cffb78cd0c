"""Texts in pictures: shown literally, harmless whatever they hold, and no longer than their room.

All letters come from the fonts that matplotlib carries, so that pictures are the same everywhere.
Each sign that these fonts or a line of text cannot show stands as a replacement sign.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path

import matplotlib as mpl
from matplotlib.font_manager import FontProperties, get_font
from matplotlib.textpath import text_to_path

__all__ = ["BOLD", "ITALIC", "REGULAR", "face", "fitted", "plain", "width_pt", "wrapped"]

REGULAR, BOLD, ITALIC = "DejaVuSans", "DejaVuSans-Bold", "DejaVuSans-Oblique"
"""The faces that texts are set in."""
_MOST = 200
_UNKNOWN, _ELLIPSIS = "\ufffd", "\u2026"
_UNSEEN = frozenset({"Cf", "Co", "Cn", "Cs"})
_SPACES = frozenset({"Cc", "Zl", "Zp", "Zs"})
_NO_BREAK = "\u00a0\u202f"
_TRIED_PT = 10.0


@cache
def _file(name: str) -> str:
    return str(Path(mpl.get_data_path()) / "fonts" / "ttf" / f"{name}.ttf")


@cache
def _known() -> frozenset[int]:
    """Return the signs that all faces have."""
    maps = [set(get_font(_file(name)).get_charmap()) for name in (REGULAR, BOLD, ITALIC)]
    return frozenset(set.intersection(*maps))


def face(name: str, size: float) -> FontProperties:
    """Return a face for matplotlib.

    Parameters
    ----------
    name
        `REGULAR`, `BOLD` or `ITALIC`.
    size
        In points.

    Returns
    -------
    FontProperties
        Of the file that matplotlib carries, whatever is installed beside it.
    """
    return FontProperties(fname=_file(name), size=size)


def plain(text: str) -> str:
    r"""Return a text as it may stand in a picture.

    Parameters
    ----------
    text
        Anyone's, such as a street name.

    Returns
    -------
    str
        One line of at most 200 signs. Line ends and control characters are spaces; marks that
        turn the direction of writing or show nothing, and signs without a letter form here, are
        replacement signs.

    Examples
    --------
    >>> plain("line\u2028break $x$ {{7*191}}")
    'line break $x$ {{7*191}}'
    >>> plain("\u202eabc") == "\ufffdabc"
    True
    """
    signs = []
    for sign in text:
        kind = unicodedata.category(sign)
        if kind in _SPACES:
            signs.append(sign if sign in _NO_BREAK else " ")
        else:
            signs.append(_UNKNOWN if kind in _UNSEEN or ord(sign) not in _known() else sign)
    shown = "".join(signs).strip()
    return shown if len(shown) <= _MOST else shown[: _MOST - 1] + _ELLIPSIS


def width_pt(text: str, size: float, name: str = REGULAR) -> float:
    """Measure a text.

    Parameters
    ----------
    text
        From `plain`.
    size
        In points.
    name
        `REGULAR`, `BOLD` or `ITALIC`.

    Returns
    -------
    float
        Its width in points.
    """
    return _unit_width(text, name) * size


@cache
def _unit_width(text: str, name: str) -> float:
    width: float = text_to_path.get_text_width_height_descent(
        text, face(name, _TRIED_PT), ismath=False
    )[0]
    return width / _TRIED_PT


def fitted(text: str, size: float, width: float, name: str = REGULAR) -> str:
    """Cut a text with an ellipsis where it is too wide.

    Parameters
    ----------
    text
        From `plain`.
    size, width
        In points.
    name
        `REGULAR`, `BOLD` or `ITALIC`.

    Returns
    -------
    str
        As much of it as there is room for.

    Examples
    --------
    >>> fitted("avenue", 10.0, 100.0), fitted("avenue", 10.0, 30.0)
    ('avenue', 'ave…')
    """
    if width_pt(text, size, name) <= width:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        cut = text[:middle].rstrip() + _ELLIPSIS
        low, high = (middle, high) if width_pt(cut, size, name) <= width else (low, middle - 1)
    return text[:low].rstrip() + _ELLIPSIS


def wrapped(text: str, size: float, width: float, name: str = REGULAR) -> list[str]:
    """Break a text into lines.

    Parameters
    ----------
    text
        From `plain`.
    size, width
        In points.
    name
        `REGULAR`, `BOLD` or `ITALIC`.

    Returns
    -------
    list of str
        Each within the width; a single word that is too wide is cut.

    Examples
    --------
    >>> wrapped("by the river to the east", 10.0, 70.0)
    ['by the river', 'to the east']
    """
    lines: list[str] = []
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width_pt(longer, size, name) <= width:
            lines[-1] = longer
        elif word:
            lines.append(word)
    return [fitted(line, size, width, name) for line in lines]
