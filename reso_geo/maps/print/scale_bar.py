"""The scale bar: a round length on the ground, as long as it is on the map."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyproj import Geod, Transformer

from reso_geo.i18n import decimal

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["ScaleBar", "scale_bar"]

_METRES_PER_KM = 1000.0


@dataclass(frozen=True)
class ScaleBar:
    """A bar of a round length.

    Attributes
    ----------
    length_m
        On the ground.
    drawn_m
        In metres of the map's CRS, which stretches a little.
    """

    length_m: float
    drawn_m: float

    def text(self, lang: str) -> str:
        """Write the length.

        Parameters
        ----------
        lang
            ``fr`` or ``en``.

        Returns
        -------
        str
            Such as ``500 m`` or ``2 km``.
        """
        if self.length_m < _METRES_PER_KM:
            return f"{decimal(lang, self.length_m, 0)}\u00a0m"
        return f"{decimal(lang, self.length_m / _METRES_PER_KM, 0)}\u00a0km"


def scale_bar(window: Sequence[float], crs: str, share: float = 0.25) -> ScaleBar:
    r"""Choose a bar for a map.

    Parameters
    ----------
    window
        West, south, east and north of the map, in metres of `crs`.
    crs
        Projected CRS in metres.
    share
        How much of the map's width the bar may take.

    Returns
    -------
    ScaleBar
        The longest of 1, 2 or 5 times a power of ten that has room; its length is geodesic, on the
        parallel through the middle of the map.

    Examples
    --------
    >>> bar = scale_bar((500_000, 5_470_000, 501_000, 5_471_000), "EPSG:32632")
    >>> bar.text("en").replace("\u00a0", " "), round(bar.drawn_m, 2)
    ('200 m', 199.92)
    """
    west, south, east, north = window
    middle = (south + north) / 2.0
    back = Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    (lon0, lon1), (lat0, lat1) = back.transform((west, east), (middle, middle))
    ground_m = float(Geod(ellps="WGS84").inv(lon0, lat0, lon1, lat1)[2])
    most = ground_m * share
    step = 10.0 ** math.floor(math.log10(most))
    length = max(n * step for n in (1.0, 2.0, 5.0) if n * step <= most)
    return ScaleBar(length, length * (east - west) / ground_m)
