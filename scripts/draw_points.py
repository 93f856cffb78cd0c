"""Write `data/sobol.csv`: what makes the points that all draws of assumptions come from.

    python scripts/draw_points.py

Point i of a scrambled Sobol sequence is a shift, together (exclusive or) with the direction numbers
of the bits of i in Gray code. A row of the file stands for one dimension: its shift, then twelve
direction numbers, which make 4,096 points. They are read off `scipy.stats.qmc.Sobol`, so that the
draws are the same whatever version of SciPy is there, and nobody waits for it to load.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from scipy.stats import qmc

SEED, DIMENSIONS, BITS = 20_260, 64, 12
SCALE = 2**30


def main() -> None:
    """Write the file."""
    points = qmc.Sobol(DIMENSIONS, rng=SEED).random(2**BITS) * SCALE
    whole = points.astype(np.int64)
    if not np.array_equal(whole, points):
        message = "the points have more than 30 bits"
        raise RuntimeError(message)
    # The Gray codes of 2^j - 1 and of 2^j differ in bit j alone.
    directions = [whole[2**j] ^ whole[2**j - 1] for j in range(BITS)]
    rows = np.column_stack([whole[0], *directions])
    path = Path(__file__).parents[1] / "data" / "sobol.csv"
    np.savetxt(path, rows, fmt="%d", delimiter=",")


if __name__ == "__main__":
    main()
