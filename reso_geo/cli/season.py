"""What a planner adds to a source of streets, and the season of a date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from reso_geo.choices import check_choice
from reso_geo.errors import UsageError
from reso_geo.i18n import Phrase
from reso_geo.network import clear_streets, place_elevations
from reso_geo.travel import SEASONS

if TYPE_CHECKING:
    from pathlib import Path

    from reso_geo.network import StreetNetwork
    from reso_geo.settings import PatrolSettings

__all__ = ["Conditions", "season_of"]


@dataclass(frozen=True)
class Conditions:
    """What streets are judged by: the settings, and files that say more than their source.

    Attributes
    ----------
    settings
        All assumptions.
    cleared
        The network cleared for bicycles in winter; None for none.
    elevations
        A table of elevations; None for none.
    """

    settings: PatrolSettings
    cleared: Path | None = None
    elevations: Path | None = None

    def on(self, network: StreetNetwork) -> StreetNetwork:
        """Add what the files say.

        Parameters
        ----------
        network
            Segments placed in cities.

        Returns
        -------
        StreetNetwork
            With its cleared segments and elevations.
        """
        if self.elevations is not None:
            network = place_elevations(network, self.elevations)
        if self.cleared is not None:
            network = clear_streets(network, self.cleared, self.settings.streets)
        return network


def season_of(season: str, day: str | None, settings: PatrolSettings) -> str:
    """Return the season asked for, or that of a date.

    Parameters
    ----------
    season
        ``summer``, ``winter``, or ``auto`` for that of the date.
    day
        YYYY-MM-DD, with or without a time; None where not given.
    settings
        With the bike season.

    Returns
    -------
    str
        ``summer`` or ``winter``.

    Raises
    ------
    UsageError
        When the season is not known, or is that of a date and there is none.
    """
    check_choice(season, (*SEASONS, "auto"))
    if season != "auto":
        return season
    try:
        return settings.season_on(datetime.fromisoformat(day or ""))
    except ValueError as error:
        raise UsageError(Phrase("cli.auto_needs_date")) from error
