"""The choice of how little of a beat may be out of reach without failing it."""

from __future__ import annotations

from dataclasses import dataclass

from reso_geo.errors import SettingsError
from reso_geo.words import Phrase

__all__ = ["SetAsideRules"]


@dataclass(frozen=True)
class SetAsideRules:
    """How much of a beat is set aside where a mode cannot reach it, rather than failing it.

    Attributes
    ----------
    most_share
        Of the required length of the beat, for all of it together.
    most_m
        Metres of each connected part of it.

    Raises
    ------
    SettingsError
        When the share is above one.
    """

    most_share: float
    most_m: float

    def __post_init__(self) -> None:
        """Check once that the share is one."""
        if self.most_share > 1.0:
            raise SettingsError(Phrase("settings.no_share", {"key": "set_aside.most_share"}))

    @property
    def limits(self) -> tuple[float, float]:
        """Share of the length, and metres of each part, that may be set aside."""
        return self.most_share, self.most_m
