"""What a planner's tables ask of the streets: visits, residents, calls, and where to start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reso_geo.assess import short_figure
from reso_geo.demand import (
    YEAR_WEEKS,
    Anchors,
    Bases,
    Counts,
    Population,
    count_per_segment,
    distances_note,
    place_anchors,
    place_population,
    read_anchors,
    read_bases,
    read_population,
)
from reso_geo.errors import UsageError
from reso_geo.i18n import Phrase
from reso_geo.settings import LEVELS

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from reso_geo.network import StreetNetwork
    from reso_geo.settings import PatrolSettings

__all__ = ["DemandInputs", "PlacedDemand", "read_inputs"]


@dataclass(frozen=True)
class PlacedDemand:
    """The tables on the streets; None for what was not given.

    Attributes
    ----------
    people
        float64, shape (m,): residents along each segment.
    counts
        Calls along each segment.
    notes
        What to say about them.
    """

    people: NDArray[np.float64] | None
    counts: Counts | None
    notes: tuple[Phrase, ...]


@dataclass(frozen=True)
class DemandInputs:
    """The tables of a planner; None for one that was not given.

    Attributes
    ----------
    anchors, population, bases
        As they were read.
    counts
        A file: its points are forgotten as it is read, which takes the streets.
    counts_weeks
        How long it was counted; None where nobody said.

    Raises
    ------
    UsageError
        When weeks are given and nothing was counted.
    """

    anchors: Anchors | None = None
    population: Population | None = None
    bases: Bases | None = None
    counts: Path | None = None
    counts_weeks: float | None = None

    def __post_init__(self) -> None:
        """Refuse weeks without counts once."""
        if self.counts is None and self.counts_weeks is not None:
            raise UsageError(Phrase("demand.weeks_alone"))

    @property
    def understood(self) -> tuple[Phrase, ...]:
        """What the tables were taken for."""
        tables = (self.anchors, self.population, self.bases)
        return tuple(phrase for table in tables if table is not None for phrase in table.understood)

    def on(
        self, network: StreetNetwork, settings: PatrolSettings, anchors: Anchors | None
    ) -> PlacedDemand:
        """Place the tables on streets.

        Parameters
        ----------
        network
            Segments placed in cities.
        settings
            With the minutes of a call.
        anchors
            The anchors that the plan gets.

        Returns
        -------
        PlacedDemand
            With the notes about all of them.
        """
        people, counts = None, None
        notes: tuple[Phrase, ...] = ()
        if anchors is not None:
            far = distances_note(anchors, place_anchors(network, anchors))
            notes += () if far is None else (far,)
        if self.population is not None:
            residents = place_population(network, self.population)
            people, notes = residents.people, notes + residents.notes
        if self.counts is not None:
            weeks = YEAR_WEEKS if self.counts_weeks is None else self.counts_weeks
            counts = count_per_segment(network, self.counts, weeks)
            notes += (*counts.understood, _counted(counts, settings))
            if self.counts_weeks is None:
                notes += (Phrase("demand.counts_year"),)
        return PlacedDemand(people, counts, notes)


def read_inputs(
    anchors: Path | None,
    population: tuple[Path | None, str],
    bases: Path | None,
    counts: Path | None,
    counts_weeks: float | None,
) -> DemandInputs:
    """Read the tables that a planner gives; None for one that is not given.

    Parameters
    ----------
    anchors
        A file.
    population
        A file, and its column with the residents.
    bases, counts
        Files.
    counts_weeks
        How long it was counted.

    Returns
    -------
    DemandInputs
        With what was read.

    Raises
    ------
    TableError
        When a file cannot be read.
    UsageError
        When weeks are given and nothing was counted.
    """
    people, column = population
    return DemandInputs(
        None if anchors is None else read_anchors(anchors),
        None if people is None else read_population(people, column),
        None if bases is None else read_bases(bases),
        counts,
        counts_weeks,
    )


def _counted(counts: Counts, settings: PatrolSettings) -> Phrase:
    """Describe what the counts add to the load, all of them together."""
    rate = settings.count_min
    values = {
        "n": int(counts.n.sum()),
        "weeks": short_figure(counts.weeks),
        "hours": float(counts.per_week.sum() * rate.central / 60.0),
        **{level: short_figure(rate.at(level)) for level in LEVELS},
    }
    return Phrase("demand.counted", values)
