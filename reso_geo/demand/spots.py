"""Places with a name in longitude and latitude: what anchors and bases have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from reso_geo.boundaries.boundary import clean_name
from reso_geo.demand.nearest import with_distances
from reso_geo.i18n import Phrase, listed
from reso_geo.records import usual_length

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from reso_geo.demand.nearest import Nearest
    from reso_geo.records import FieldCheck

__all__ = ["NamedPoints", "clean_names", "far_phrase"]


def clean_names(texts: Iterable[str]) -> NDArray[np.object_]:
    """Return names as they are kept: in one line, without blanks around.

    Parameters
    ----------
    texts
        As they were written.

    Returns
    -------
    ndarray of object (str)
        In the same order.
    """
    return np.array([clean_name(text) for text in texts], dtype=object)


def far_phrase(key: str, names: Iterable[str], distances_m: Iterable[float]) -> Phrase:
    """Return a sentence that names places with how far they are from what is nearest.

    Parameters
    ----------
    key
        Of the sentence.
    names
        Of the places.
    distances_m
        Metres.

    Returns
    -------
    Phrase
        With their number.
    """
    far = [*with_distances(names, distances_m)]
    return Phrase(key, {"count": len(far), "names": listed(far)})


class NamedPoints:
    """Mixed into a record of r places, with arrays ``name``, ``lon`` and ``lat`` of shape (r,)."""

    name: NDArray[np.object_]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]

    def __len__(self) -> int:
        """Return the number of places."""
        return len(self.name)

    def check(self, check: FieldCheck) -> int:
        """Check names and places.

        Parameters
        ----------
        check
            Of the record.

        Returns
        -------
        int
            The length that all arrays have to have.
        """
        rows = usual_length(*vars(self).values())
        check.labels("name", self.name, rows)
        check.figures("lon", self.lon, -180.0, 180.0, rows=rows)
        check.figures("lat", self.lat, -90.0, 90.0, rows=rows)
        return rows

    @property
    def points(self) -> NDArray[np.object_]:
        """A point for each, in degrees."""
        return np.asarray(shapely.points(self.lon, self.lat), dtype=np.object_)

    def far(self, key: str, placed: Nearest) -> Phrase | None:
        """List the places that are near nothing, with how far they are from the nearest.

        Parameters
        ----------
        key
            Of the sentence.
        placed
            What each is nearest to.

        Returns
        -------
        Phrase or None
            None when each is near something.
        """
        far = np.flatnonzero(placed.index < 0)
        if not len(far):
            return None
        return far_phrase(key, self.name[far], placed.distance_m[far])
