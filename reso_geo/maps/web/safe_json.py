"""The one passage between data and page: JSON that no parser on its way can take for code.

folium compiles rendered text as a Jinja template once more, and a browser looks for tags in it.
So the signs that begin a template or a tag are written as JSON escapes, which only the JSON parser
in the page turns back into what they were.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["chain", "deltas", "runs", "safe_json"]

_RISKY = re.compile(r"[<>&]|\{(?=[{%#])")


def safe_json(value: object) -> str:
    r"""Write a value as JSON that may stand inside a page and inside a template.

    Parameters
    ----------
    value
        Dictionaries, lists, texts, integers, finite numbers, booleans, None.

    Returns
    -------
    str
        ASCII on one line, without ``<``, ``>``, ``&`` and without ``{{``, ``{%``, ``{#``. In JSON
        a brace followed by one of these only stands inside a text, where an escape means the same.

    Raises
    ------
    ValueError
        When a number is not finite.

    Examples
    --------
    >>> safe_json({"name": "{{7*191}} <b>"})
    '{"name":"\\u007b{7*191}} \\u003cb\\u003e"}'
    """
    text = json.dumps(value, allow_nan=False, separators=(",", ":"))
    return _RISKY.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def deltas(points: NDArray[np.int64]) -> list[int]:
    """Write whole-numbered points as the first one and the steps to each next one.

    Parameters
    ----------
    points
        int64, shape (n, 2). A point equal to the one before is left out.

    Returns
    -------
    list of int
        ``x, y, dx, dy, dx, dy, ...``; empty for no point.

    Examples
    --------
    >>> deltas(np.array([[10, 20], [12, 20], [12, 20], [12, 25]]))
    [10, 20, 2, 0, 0, 5]
    """
    steps = np.diff(points, axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
    kept = (steps != 0).any(axis=1)
    kept[:1] = True
    flat: list[int] = steps[kept].ravel().tolist()
    return flat


def chain(points: NDArray[np.int64], of: NDArray[np.int64]) -> tuple[list[int], list[int]]:
    """Write lines one after the other, each point as the step from the one before it.

    The first point of a line is told from the last one of the line before, so that lines which
    follow each other on the ground take little room.

    Parameters
    ----------
    points
        int64, shape (n, 2). A point equal to the one before on the same line is left out.
    of
        int64, shape (n,): the line of each point, ascending from zero without gaps.

    Returns
    -------
    steps : list of int
        ``dx, dy, dx, dy, ...``; the first from the origin.
    counts : list of int
        Points of each line.

    Examples
    --------
    >>> chain(np.array([[10, 20], [12, 20], [12, 20], [13, 20]]), np.array([0, 0, 1, 1]))
    ([10, 20, 2, 0, 0, 0, 1, 0], [2, 2])
    """
    first = np.diff(of, prepend=-1) != 0
    moved = first.copy()
    moved[1:] |= (points[1:] != points[:-1]).any(axis=1)
    steps = np.diff(points[moved], axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
    flat: list[int] = steps.ravel().tolist()
    counts: list[int] = np.bincount(of[moved]).tolist()
    return flat, counts


def runs(values: NDArray[np.int64]) -> list[int]:
    """Write a list as runs of equal values: value, how many, value, how many, ...

    Parameters
    ----------
    values
        int64, shape (n,).

    Returns
    -------
    list of int
        Empty for no value.

    Examples
    --------
    >>> runs(np.array([3, 3, 3, -1, 5, 5]))
    [3, 3, -1, 1, 5, 2]
    """
    starts = np.flatnonzero(np.diff(values, prepend=values[:1] - 1))
    many = np.diff(starts, append=len(values))
    flat: list[int] = np.column_stack((values[starts], many)).ravel().tolist()
    return flat
