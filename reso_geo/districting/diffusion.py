"""How much load should flow between neighbouring beats.

The least-squares flow of optimal diffusion (Hu and Blake 1999).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["wanted_flows"]


def wanted_flows(
    excess_s: NDArray[np.float64], pairs: list[tuple[int, int]]
) -> list[tuple[float, int, int]]:
    """Return the smallest flows between neighbours that would even all loads.

    Parameters
    ----------
    excess_s
        float64, shape (k,): load above target of each beat, sum zero.
    pairs
        Beats that meet.

    Returns
    -------
    list of (float, int, int)
        Load, giver and taker, largest first.
    """
    count = len(excess_s)
    laplace = np.zeros((count, count))
    for a, b in pairs:
        laplace[[a, b], [a, b]] += 1.0
        laplace[[a, b], [b, a]] -= 1.0
    height = np.linalg.lstsq(laplace, excess_s, rcond=None)[0]
    flows = []
    for a, b in pairs:
        flow = float(height[a] - height[b])
        flows.append((flow, a, b) if flow > 0 else (-flow, b, a))
    return sorted(flows, key=lambda f: (-f[0], f[1], f[2]))
