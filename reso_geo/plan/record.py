"""The records of a plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.choices import check_choice
from reso_geo.errors import UsageError
from reso_geo.network import StreetNetwork, near_line, on_limit, project_shapes
from reso_geo.partition import check_districts
from reso_geo.plan.output import is_date
from reso_geo.travel import MODES, SEASONS
from reso_geo.words import Phrase

if TYPE_CHECKING:
    import shapely
    from numpy.typing import NDArray

    from reso_geo.boundaries import Boundary
    from reso_geo.demand import Anchors
    from reso_geo.partition import CutRequest, Partition
    from reso_geo.settings import PatrolSettings
    from reso_geo.travel import TravelTimes
    from reso_geo.workload import StreetLoad

__all__ = ["Ancestor", "Beat", "District", "Input", "ModeFigures", "Plan", "PlanRequest", "Post"]

_NEAR_LINE_M = 250.0


@dataclass(frozen=True)
class ModeFigures:
    """One beat in one mode, in the plan's season.

    Attributes
    ----------
    pass_s, deadhead_s, lower_bound_s
        One pass of all required segments, the part of it that covers nothing new, and what no tour
        can beat. None where no legal tour exists.
    exact
        True when tour and bound meet.
    verdict, margin, every_weeks, reasons
        See `reso_geo.assess.Verdict`.
    """

    pass_s: float | None
    deadhead_s: float | None
    lower_bound_s: float
    exact: bool
    verdict: str
    margin: float
    every_weeks: float | None
    reasons: tuple[str, ...]

    @property
    def gap(self) -> float | None:
        """Share of the tour that the bound leaves open; None where no legal tour exists."""
        if self.pass_s is None:
            return None
        return 1.0 - self.lower_bound_s / self.pass_s if self.pass_s else 0.0


@dataclass(frozen=True)
class Beat:
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
        Figures by mode.
    counts
        Calls counted in it, None where none were given.
    counts_load_s
        Seconds per week that they add to `load_s`, None likewise.
    description_fr, description_en
        What bounds it and what is inside, in words; empty where nothing can be said.
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
    counts: int | None = None
    counts_load_s: float | None = None
    description_fr: str = ""
    description_en: str = ""

    def description(self, lang: str) -> str:
        """Give what bounds it and what is inside.

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

    def figures(self, mode: str) -> ModeFigures:
        """Give the figures of a mode.

        Parameters
        ----------
        mode
            ``foot`` or ``bike``.

        Returns
        -------
        ModeFigures
            In the plan's season.
        """
        return self.foot if mode == "foot" else self.bike


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


def _counting(name: str) -> tuple[int, str]:
    """Sort D2 before D10."""
    return len(name), name


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


@dataclass(frozen=True)
class PlanRequest:
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

    Raises
    ------
    UsageError
        When the mode or the season is not known, the date is none, or there is to be less than one
        supervisor.
    InfeasibleError
        When there are to be more supervisors than beats.
    """

    cut: CutRequest
    mode: str = "foot"
    season: str = "summer"
    created: str | None = None
    supervisors: int | None = None

    def __post_init__(self) -> None:
        """Check the words and the date once."""
        check_choice(self.mode, MODES)
        check_choice(self.season, SEASONS)
        if self.created is not None and not is_date(self.created):
            raise UsageError(Phrase("plan.bad_date", {"value": self.created}))
        if self.supervisors is not None:
            check_districts(self.supervisors, self.cut.beats)


@dataclass(frozen=True)
class Plan:
    """A partition with its figures, and what they were computed from.

    Attributes
    ----------
    network
        The streets.
    boundary
        The cities, in EPSG:4326.
    settings
        All assumptions.
    request
        What was asked for.
    partition
        Which beat holds each segment.
    load
        Street load in the plan's mode, without that of counts, which is known for beats only.
    times
        Seconds per segment in the plan's season.
    beats
        Figures of each beat, in the order of the partition.
    shapes
        Polygon of each beat, in the network's CRS.
    anchors
        Places to visit.
    created
        Date of the plan (ISO 8601), empty where not known.
    warnings
        What the planner should know.
    counts_weeks
        How long calls were counted, None where none were given.
    inputs
        The files that it was made with, where they are known.
    posts, lineage
        Posts that there are and were, and where beats come from; empty for a first plan, whose
        posts are those of its beats.
    """

    network: StreetNetwork
    boundary: Boundary
    settings: PatrolSettings
    request: PlanRequest
    partition: Partition
    load: StreetLoad
    times: TravelTimes
    beats: tuple[Beat, ...]
    shapes: tuple[shapely.MultiPolygon, ...]
    anchors: Anchors
    created: str
    warnings: tuple[Phrase, ...]
    counts_weeks: float | None = None
    inputs: tuple[Input, ...] = ()
    posts: tuple[Post, ...] = ()
    lineage: tuple[Ancestor, ...] = ()

    @property
    def balance(self) -> tuple[float, float]:
        """Largest and smallest load per post, as a share of the mean."""
        shares = self._shares_of_mean(np.zeros(len(self.beats), dtype=np.int64))
        return float(shares.max()), float(shares.min())

    @property
    def balance_within(self) -> tuple[float, float]:
        """Largest and smallest load per post, each as a share of the mean of its city."""
        cities = np.unique([beat.city for beat in self.beats], return_inverse=True)[1]
        shares = self._shares_of_mean(cities.astype(np.int64))
        return float(shares.max()), float(shares.min())

    def _shares_of_mean(self, group: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the load per post of each beat as a share of the mean of its group."""
        loads = np.array([beat.load_s / beat.posts for beat in self.beats])
        shares: NDArray[np.float64] = (
            loads / (np.bincount(group, loads) / np.bincount(group))[group]
        )
        return shares

    @property
    def districts(self) -> tuple[District, ...]:
        """The districts, as the beats name them; empty where none are."""
        found = []
        for name in sorted({beat.district for beat in self.beats} - {""}, key=_counting):
            own = [beat for beat in self.beats if beat.district == name]
            posts, load_s = sum(beat.posts for beat in own), sum(beat.load_s for beat in own)
            found.append(District(name, tuple(beat.beat_id for beat in own), posts, load_s))
        return tuple(found)

    @property
    def all_posts(self) -> tuple[Post, ...]:
        """The posts that there are and were; of a first plan those of its beats."""
        return self.posts or tuple(
            Post(f"{beat.beat_id}/{number + 1}", beat.beat_id, self.created[:10], retired=False)
            for beat in self.beats
            for number in range(beat.posts)
        )

    @property
    def joined_ids(self) -> dict[str, list[str]]:
        """Segment ids, by beat id, that foot cannot reach inside their city."""
        return {
            self.partition.beat_id[beat]: self.network.segment_id[segments].tolist()
            for beat, segments in self.partition.joined.items()
        }

    @property
    def provisional(self) -> bool:
        """True when the outlines are generalised, so that streets near a line may change city."""
        return self.boundary.provisional

    @property
    def near_line(self) -> NDArray[np.bool_]:
        """Required segments within 250 m of a city line, shape (m,), where that is uncertain."""
        if not self.provisional:
            return np.zeros(len(self.network), dtype=bool)
        shapes = project_shapes(self.boundary, self.network.crs)
        return near_line(self.network, shapes, _NEAR_LINE_M)

    @property
    def on_limit(self) -> NDArray[np.bool_]:
        """Segments on a city limit, shape (m,): 80 % of each lies within 10 m of an outline."""
        return on_limit(self.network, self.boundary)
