"""Words of which one has to be chosen: a language, a mode, a season, an audience."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reso_geo.errors import UsageError
from reso_geo.words import Phrase, listed

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["check_choice"]


def check_choice(value: object, known: Collection[str]) -> None:
    """Refuse a word that is none of those that are known.

    Parameters
    ----------
    value
        As a user wrote it.
    known
        The words to choose from.

    Raises
    ------
    UsageError
        When it is none of them; the message names them.

    Examples
    --------
    >>> check_choice("boat", ("foot", "bike"))
    Traceback (most recent call last):
    ...
    reso_geo.errors.UsageError: "boat" is not known. Choose one of foot, bike.
    """
    if value not in known:
        raise UsageError(Phrase("choices.unknown", {"value": value, "known": listed(known, 20)}))
