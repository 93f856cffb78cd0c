"""A cell that cannot be used, one that holds nothing, and how a message shows either."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from reso_geo.i18n import Phrase

__all__ = ["Fault", "is_blank", "shown"]

_MOST_SHOWN = 60


@dataclass(frozen=True)
class Fault:
    """A cell that cannot be used: what it shows, and why."""

    value: str
    why: Phrase


def shown(value: object) -> str:
    r"""Return a value as a message shows it: on one line, not too long.

    Parameters
    ----------
    value
        Anything that a cell holds.

    Returns
    -------
    str
        At most 60 characters.

    Examples
    --------
    >>> shown("two\nlines")
    'two lines'
    """
    signs = (" " if unicodedata.category(sign)[0] == "C" else sign for sign in str(value))
    text = " ".join("".join(signs).split())
    return text if len(text) <= _MOST_SHOWN else f"{text[: _MOST_SHOWN - 1]}…"


def is_blank(cell: object) -> bool:
    """Return whether a cell holds nothing.

    Parameters
    ----------
    cell
        As the file gives it.

    Returns
    -------
    bool
        True for nothing, blanks, and the NULL of a GeoPackage.

    Examples
    --------
    >>> is_blank(" "), is_blank(0)
    (True, False)
    """
    if isinstance(cell, str):
        return not cell.strip()
    if isinstance(cell, np.datetime64):
        return bool(np.isnat(cell))
    return cell is None or (isinstance(cell, float | np.floating) and bool(np.isnan(cell)))
