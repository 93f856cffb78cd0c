"""Spots along lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["middles"]


def middles(
    lines: NDArray[np.object_], step_m: float
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return where the middles of equal pieces of lines lie.

    Parameters
    ----------
    lines
        object (LineString), shape (m,), in metres.
    step_m
        The length that no piece exceeds.

    Returns
    -------
    along_m
        float64, shape (p,): from the start of the line.
    of
        int64, shape (p,), ascending: which line.

    Examples
    --------
    >>> along_m, of = middles(np.array([shapely.LineString([(0, 0), (30, 0)])]), 20.0)
    >>> along_m.tolist(), of.tolist()
    ([7.5, 22.5], [0, 0])
    """
    length = shapely.length(lines)
    count = np.maximum(np.ceil(length / step_m).astype(np.int64), 1)
    of = np.repeat(np.arange(len(lines)), count)
    place = np.arange(len(of)) - np.repeat(np.cumsum(count) - count, count)
    along_m: NDArray[np.float64] = (place + 0.5) * (length / count)[of]
    return along_m, of
