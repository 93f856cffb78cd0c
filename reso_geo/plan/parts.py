"""The small records of a plan: beats and their figures, districts, posts, lineage, inputs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reso_geo.assess import VERDICTS, verdict_phrase
from reso_geo.errors import PlanError
from reso_geo.i18n import Phrase
from reso_geo.records import FieldCheck, Shown
from reso_geo.travel import MODES, SEASONS

if TYPE_CHECKING:
    from reso_geo.assess import SetAside

__all__ = [
    "DRAFT",
    "Ancestor",
    "Beat",
    "BeatsEnough",
    "District",
    "Input",
    "ModeFigures",
    "PlanMatter",
    "Post",
]

DRAFT = "plan.fast_tours"
"""The warning that makes a plan a draft."""
_TEXTS = ("description_fr", "description_en", "measured_with")


@dataclass(frozen=True)
class ModeFigures:
    """One beat in one mode and season.

    Attributes
    ----------
    pass_s, deadhead_s, lower_bound_s
        One pass of all required segments, the part of it that covers nothing new, and what no tour
        can beat. None where no legal tour exists.
    exact
        True when tour and bound meet.
    verdict, chance, margin, every_weeks, reasons
        See `reso_geo.assess.Verdict`; no margin where no tour exists or no bike is ridden.
    toured_with
        `reso_geo.coverage.TravelGraph.tour_key` of all that the tour depends on; empty where that
        is not known, so that it is used for nothing else.
    reserve, low_s, high_s
        The margin that is left with the chance that a yes asks for; 10th and 90th percentile of the
        seconds needed per week; likewise.
    to_measure
        The assumption that decides on its own, a key of the settings; empty for none.
    cadence_share
        The share of all cadences that fits with the chance that a yes asks for.
    set_aside
        What tours leave out since the mode cannot reach it.
    """

    pass_s: float | None
    deadhead_s: float | None
    lower_bound_s: float
    exact: bool
    verdict: str
    chance: float
    margin: float | None
    every_weeks: float | None
    reasons: tuple[str, ...]
    toured_with: str = ""
    reserve: float | None = None
    low_s: float | None = None
    high_s: float | None = None
    to_measure: str = ""
    cadence_share: float | None = None
    set_aside: tuple[SetAside, ...] = ()

    def __post_init__(self) -> None:
        """Check the figures once."""
        check = FieldCheck("ModeFigures", PlanError)
        for name in ("pass_s", "deadhead_s", "every_weeks", "low_s", "high_s", "cadence_share"):
            if getattr(self, name) is not None:
                check.number(name, getattr(self, name), 0.0)
        check.number("lower_bound_s", self.lower_bound_s, 0.0)
        check.flag("exact", self.exact)
        check.word("verdict", self.verdict, VERDICTS)
        check.number("chance", self.chance, 0.0, 1.0)
        for name in ("margin", "reserve"):
            if getattr(self, name) is not None:
                check.number(name, getattr(self, name))
        check.texts("reasons", self.reasons)
        check.text("toured_with", self.toured_with)
        check.text("to_measure", self.to_measure)

    @property
    def said(self) -> Phrase:
        """The verdict with its chance, for people."""
        return verdict_phrase(self.verdict, self.chance, self.to_measure)

    @property
    def short(self) -> Phrase:
        """The verdict and its chance where there is little room."""
        return verdict_phrase(self.verdict, self.chance, self.to_measure, short=True)

    @property
    def word(self) -> str:
        """The code of the word that is shown: the verdict, or ``measure``."""
        return "measure" if self.to_measure else self.verdict

    @property
    def gap(self) -> float | None:
        """Share of the tour that the bound leaves open; None where no legal tour exists."""
        if self.pass_s is None:
            return None
        return 1.0 - self.lower_bound_s / self.pass_s if self.pass_s else 0.0


@dataclass(frozen=True, repr=False)
class Beat(Shown):
    """One beat of a plan.

    Attributes
    ----------
    beat_id
        Unique; stays while its post stays.
    name
        From its streets.
    city
        Name of its city; empty when it may cross city lines.
    district
        Group of beats under one supervisor; empty where there are none.
    posts
        How many posts hold it.
    residents
        Residents, None where not known.
    street_km
        Length of its required segments.
    load_s
        Seconds per week in the plan's mode, deadhead included.
    locked
        True when a new cut must keep it.
    foot, bike
        Figures by mode, in the plan's season.
    foot_other, bike_other
        Figures by mode in the other season, from tours of the fast depth.
    counts
        Calls counted in it, None where none were given.
    counts_load_s
        Seconds per week that they add to `load_s`, None likewise.
    description_fr, description_en
        What bounds it and what is inside, in words; empty where nothing can be said.
    border_named
        Share of its outline that runs along what these words name; None where it has none, and
        where an older plan did not keep it.
    measured_with
        Digest of all that its figures depend on, from `reso_geo.plan.beat_keys`; empty where that
        is not known, so that they count as out of date.
    """

    beat_id: str
    name: str
    city: str
    district: str
    posts: int
    residents: int | None
    street_km: float
    load_s: float
    locked: bool
    foot: ModeFigures
    bike: ModeFigures
    foot_other: ModeFigures
    bike_other: ModeFigures
    counts: int | None = None
    counts_load_s: float | None = None
    description_fr: str = ""
    description_en: str = ""
    border_named: float | None = None
    measured_with: str = ""

    def summary(self) -> Phrase:
        """Return what it is in one sentence.

        Returns
        -------
        Phrase
            For people.
        """
        verdicts = {mode: self.figures(mode).said for mode in MODES}
        values = {"id": self.beat_id, "name": self.name, "posts": self.posts, "km": self.street_km}
        return Phrase("plan.beat", {**values, **verdicts})

    def _rows(self) -> list[tuple[object, ...]]:
        """Return a row a mode."""
        heads = tuple(Phrase(f"plan.head.{head}") for head in ("mode", "verdict", "margin"))
        rows: list[tuple[object, ...]] = [heads]
        for mode in MODES:
            figures = self.figures(mode)
            margin = "-" if figures.margin is None else f"{100.0 * figures.margin:.0f} %"
            rows.append((Phrase(f"mode.{mode}"), figures.said, margin))
        return rows

    def __post_init__(self) -> None:
        """Check the figures once."""
        check = FieldCheck("Beat", PlanError)
        for name in ("beat_id", "name", "city", "district", *_TEXTS):
            check.text(name, getattr(self, name))
        check.number("posts", self.posts, 1, whole=True)
        for name in ("residents", "counts"):
            if getattr(self, name) is not None:
                check.number(name, getattr(self, name), 0, whole=True)
        check.number("street_km", self.street_km, 0.0)
        check.number("load_s", self.load_s, 0.0)
        for name, most in (("counts_load_s", math.inf), ("border_named", 1.0)):
            if getattr(self, name) is not None:
                check.number(name, getattr(self, name), 0.0, most)
        check.flag("locked", self.locked)

    def description(self, lang: str) -> str:
        """Return what bounds it and what is inside.

        Parameters
        ----------
        lang
            ``fr`` or ``en``.

        Returns
        -------
        str
            Empty where nothing can be said.
        """
        return self.description_fr if lang == "fr" else self.description_en

    def figures(self, mode: str, *, other: bool = False) -> ModeFigures:
        """Return the figures of a mode.

        Parameters
        ----------
        mode
            ``foot`` or ``bike``.
        other
            True for the season that is not the plan's.

        Returns
        -------
        ModeFigures
            In that season.
        """
        if mode == "foot":
            return self.foot_other if other else self.foot
        return self.bike_other if other else self.bike


@dataclass(frozen=True)
class PlanMatter:
    """One assumption at either end of its range, all others drawn, over a whole plan.

    Attributes
    ----------
    setting
        Its key, as in the settings file; the paces of a mode are one.
    beats_low, beats_high
        How many beats have time enough at its low and at its high end, the mean over the draws.
    """

    setting: str
    beats_low: float
    beats_high: float


@dataclass(frozen=True)
class BeatsEnough:
    """How many beats of a plan have time enough, counted draw by draw: all share their draws.

    Attributes
    ----------
    mode, season
        Of the verdicts.
    low, central, high
        10th percentile, median and 90th percentile of the number of beats.
    all_chance
        Share of the draws in which all beats have.
    matters
        How far each assumption moves that number, the largest move first.
    """

    mode: str
    season: str
    low: int
    central: int
    high: int
    all_chance: float
    matters: tuple[PlanMatter, ...] = ()

    def __post_init__(self) -> None:
        """Check the figures once."""
        check = FieldCheck("BeatsEnough", PlanError)
        check.word("mode", self.mode, MODES)
        check.word("season", self.season, SEASONS)
        for name in ("low", "central", "high"):
            check.number(name, getattr(self, name), 0, whole=True)
        check.number("all_chance", self.all_chance, 0.0, 1.0)


@dataclass(frozen=True)
class District:
    """Beats under one supervisor.

    Attributes
    ----------
    district
        Its id, such as ``D1``.
    beats
        Ids of its beats.
    posts
        Posts of its beats.
    load_s
        Seconds per week, deadhead included.
    """

    district: str
    beats: tuple[str, ...]
    posts: int
    load_s: float


@dataclass(frozen=True)
class Post:
    """One place in the roster.

    Attributes
    ----------
    post_id, beat_id
        Its id, and the beat that it holds or held.
    since
        Date from which there is such a post, empty where not known.
    retired
        True when it is no more.
    """

    post_id: str
    beat_id: str
    since: str
    retired: bool


@dataclass(frozen=True)
class Ancestor:
    """Where the streets of a beat come from.

    Attributes
    ----------
    beat_id, parent_beat_id
        The beat, and one of the plan before; empty for streets of no beat.
    load_share
        Share of the beat's street load.
    step
        Which change it was, from 0 for the first plan.
    """

    beat_id: str
    parent_beat_id: str
    load_share: float
    step: int


@dataclass(frozen=True)
class Input:
    """A file that a plan was made with, besides its streets.

    Attributes
    ----------
    role
        What it was given as, such as ``anchors``.
    name
        File name, without folders.
    sha256
        Digest of the file.
    """

    role: str
    name: str
    sha256: str
