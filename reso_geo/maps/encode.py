"""The one door between data and page: JSON that no parser on its way can take for code.

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

__all__ = ["deltas", "safe_json"]

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
