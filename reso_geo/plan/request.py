"""PlanRequest: what the planner asks for."""

from __future__ import annotations

from dataclasses import dataclass

from reso_geo.errors import UsageError
from reso_geo.i18n import Phrase
from reso_geo.output_files import is_date
from reso_geo.partition import CutRequest, check_districts
from reso_geo.records import FieldCheck, Shown
from reso_geo.travel import MODES, SEASONS

__all__ = ["COVERAGES", "PlanRequest"]

COVERAGES = ("full", "partial")
"""Whether every street to cover is in a beat, or some wait for an officer."""


@dataclass(frozen=True, repr=False)
class PlanRequest(Shown):
    """What the planner asks for.

    Attributes
    ----------
    cut
        Posts, seats, tolerance, seed.
    mode
        The mode that the load is balanced in: ``foot`` or ``bike``.
    season
        ``summer`` or ``winter``.
    created
        Date of the plan, YYYY-MM-DD with or without a time; None takes that of the extract.
    supervisors
        How many districts the beats are grouped into, one a supervisor; None for no districts.
    coverage
        ``full`` where every street to cover is in a beat, ``partial`` where some may wait.

    Raises
    ------
    UsageError
        When the mode, the season or the coverage is not known, the date is none, or there is to be
        less than one supervisor.
    InfeasibleError
        When there are to be more supervisors than beats.
    """

    cut: CutRequest
    mode: str = "foot"
    season: str = "summer"
    created: str | None = None
    supervisors: int | None = None
    coverage: str = "full"

    def summary(self) -> Phrase:
        """Return what it is in one sentence.

        Returns
        -------
        Phrase
            For people.
        """
        values = {"cut": self.cut.summary(), "case": Phrase(f"case.{self.mode}.{self.season}")}
        return Phrase("plan.request", values)

    def __post_init__(self) -> None:
        """Check the words and the date once."""
        check = FieldCheck("PlanRequest", UsageError)
        if not isinstance(self.cut, CutRequest):
            check.refuse("cut", self.cut, Phrase("record.kind", {"kind": "CutRequest"}))
        check.word("mode", self.mode, MODES)
        check.word("season", self.season, SEASONS)
        check.word("coverage", self.coverage, COVERAGES)
        if self.created is not None:
            check.text("created", self.created)
        if self.supervisors is not None:
            check.number("supervisors", self.supervisors, whole=True)
        if self.created is not None and not is_date(self.created):
            raise UsageError(Phrase("plan.bad_date", {"value": self.created}))
        if self.supervisors is not None:
            check_districts(self.supervisors, self.cut.beats)
