"""Observed shifts: what narrows the ranges of paces, contacts and patrol share to one's own.

No name, post or shift is kept: ranges come from many shifts of several posts together.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from reso_geo.errors import TableError
from reso_geo.i18n import Phrase
from reso_geo.records import Record
from reso_geo.settings import LEVELS
from reso_geo.tables import KINDS, Fault, read_table
from reso_geo.travel import MODES

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from reso_geo.settings import PatrolSettings, Range
    from reso_geo.tables.frames import TableSource

__all__ = ["LEAST_POSTS", "LEAST_SHIFTS", "Shifts", "calibrated", "read_shifts"]

LEAST_POSTS, LEAST_SHIFTS = 5, 30
_WEIGHT = 20.0
"""The ranges of the settings count as so many shifts."""
_PERCENTILES = (10.0, 50.0, 90.0)
_WORDS = {
    "foot": ("foot", "pied", "a pied", "à pied", "on foot", "walk", "marche"),
    "bike": ("bike", "velo", "vélo", "a velo", "à vélo", "by bike", "bicycle"),
}


@dataclass(frozen=True, eq=False)
class Shifts(Record):
    """Shifts as observed, arrays of shape (n,); a post is a number that says no more than which.

    Attributes
    ----------
    post
        int64: which shifts are of the same post.
    mode
        object (str): ``foot`` or ``bike``.
    hours, km, contacts
        float64: hours on patrol, kilometres and contacts of the shift.
    """

    post: NDArray[np.int64]
    mode: NDArray[np.object_]
    hours: NDArray[np.float64]
    km: NDArray[np.float64]
    contacts: NDArray[np.float64]


def read_shifts(source: TableSource, tell: Callable[[Phrase], object] | None = None) -> Shifts:
    """Read observed shifts.

    Parameters
    ----------
    source
        A DataFrame, or a file: CSV, XLSX, ODS, XLS with the columns ``date``, ``post``, ``mode``
        (``foot`` or ``bike``), ``hours`` (on patrol), ``km`` and ``contacts``.
    tell
        Called with each sentence about what the file was taken for.

    Returns
    -------
    Shifts
        In the order of the file.

    Raises
    ------
    TableError
        When the file cannot be read or has no row, a column is missing, or a row cannot be used.
    """
    table = read_table(source, KINDS["shifts"], filled=True)
    words = {word: mode for mode, known in _WORDS.items() for word in known}
    told = [text.strip().lower() for text in table.text("mode")]
    faults = {
        (at, "mode"): Fault(text, Phrase("shifts.no_mode"))
        for at, text in enumerate(told)
        if text not in words
    }
    table.where.refuse(faults)
    for phrase in table.understood if tell else ():
        tell(phrase)  # type: ignore[misc]
    _, post = np.unique(np.array(list(table.text("post")), dtype=str), return_inverse=True)
    figures = {name: np.asarray(table.number(name)) for name in ("hours", "km", "contacts")}
    return Shifts(
        post.astype(np.int64), np.array([words[text] for text in told], object), **figures
    )


def calibrated(settings: PatrolSettings, shifts: Shifts) -> PatrolSettings:
    """Narrow the ranges of paces, contacts and patrol share by observed shifts.

    Each of low, central and high becomes (n q + 20 d) / (n + 20): q the 10th, 50th or 90th
    percentile of n shifts, d the figure of the settings. Pace is km in the hours on patrol that
    contacts leave, at the minutes of a contact that the settings have.

    Parameters
    ----------
    settings
        With the ranges to narrow.
    shifts
        From `read_shifts`.

    Returns
    -------
    PatrolSettings
        Ranges that were measured say from how many shifts. The pace of a mode with too few shifts
        or posts stays as it is.

    Raises
    ------
    TableError
        When there are fewer than 30 shifts or 5 posts in all.
    SettingsError
        When what comes of it is no setting.
    """
    everything = np.ones(len(shifts.post), dtype=bool)
    if not _enough(shifts, everything):
        values = {
            "shifts": len(shifts.post),
            "posts": len(np.unique(shifts.post)),
            "least_shifts": LEAST_SHIFTS,
            "least_posts": LEAST_POSTS,
        }
        raise TableError(Phrase("shifts.too_few", values))
    talk_h = shifts.contacts * settings.contact_min.central / 60.0
    moving_h = np.maximum(shifts.hours - talk_h, shifts.hours / 5.0)
    changed: dict[str, Any] = {
        "contacts_per_patrol_h": _narrowed(
            settings.contacts_per_patrol_h, shifts.contacts / shifts.hours
        ),
        "patrol_share": _narrowed(
            settings.patrol_share, np.minimum(shifts.hours / settings.shift_h.central, 1.0)
        ),
    }
    for mode in MODES:
        own = shifts.mode == mode
        if _enough(shifts, own):
            name = f"{mode}_patrol_kmh"
            pace = shifts.km[own] / moving_h[own]
            changed[name] = _narrowed(getattr(settings, name), pace)
    return replace(settings, **changed)


def _enough(shifts: Shifts, own: NDArray[np.bool_]) -> bool:
    return bool(own.sum() >= LEAST_SHIFTS and len(np.unique(shifts.post[own])) >= LEAST_POSTS)


def _narrowed(value: Range, observed: NDArray[np.float64]) -> Range:
    """Return a range between what is known and what was observed, rounded: no shift is in it."""
    count = len(observed)
    figures: dict[str, Any] = {
        level: round(float(count * q + _WEIGHT * value.at(level)) / (count + _WEIGHT), 4)
        for level, q in zip(LEVELS, np.percentile(observed, _PERCENTILES), strict=True)
    }
    return replace(value, **figures, assumption=False, shifts=count)
