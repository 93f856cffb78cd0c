"""The records of a plan."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.assess import Sector, only
from reso_geo.demand import place_anchors, stop_seconds
from reso_geo.errors import PlanError
from reso_geo.i18n import Phrase
from reso_geo.network import StreetNetwork, near_line, on_limit, project_shapes
from reso_geo.partition import unserved_segments
from reso_geo.plan.api.equality import same_plan
from reso_geo.plan.api.methods import PlanMethods
from reso_geo.plan.beat_names import beat_place
from reso_geo.plan.evaluation_context import beat_keys
from reso_geo.plan.parts import DRAFT, Ancestor, Beat, BeatsEnough, District, Input, Post
from reso_geo.records import FieldCheck, Record, kind_of

if TYPE_CHECKING:
    import shapely
    from numpy.typing import NDArray

    from reso_geo.boundaries import Boundary
    from reso_geo.demand import Anchors
    from reso_geo.partition import Partition
    from reso_geo.plan.request import PlanRequest
    from reso_geo.plan.tours import KeptTours
    from reso_geo.settings import PatrolSettings
    from reso_geo.travel import TravelTimes
    from reso_geo.workload import StreetLoad

__all__ = ["Plan"]

_NEAR_LINE_M = 250.0


def _counting(name: str) -> tuple[int, str]:
    """Sort D2 before D10."""
    return len(name), name


@dataclass(frozen=True, eq=False, repr=False)
class Plan(PlanMethods, Record):
    """A partition with its figures, and what they were computed from.

    Two plans are equal when all fields are, but for what a file cannot keep: outlines and anchors
    are compared to a millimetre, `StreetNetwork.area` is not. So ``load_plan(path) == plan`` holds
    for a plan that was saved there.

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
    balance_why
        Why its balance is not better, where it misses the tolerance.
    tours
        The tours of its beats, as far as they are kept, in both modes and seasons.
    extra_s
        float64, shape (m,), read-only: seconds per week that a post gives each segment besides
        walking, contacts and anchors, as somebody asked; None where nobody did.
    enough
        How many beats have time enough, by mode and season, over the draws that all share.
    waiting_residents
        Residents along the streets that wait for an officer; None where not known.
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
    balance_why: tuple[Phrase, ...] = ()
    tours: tuple[KeptTours, ...] = ()
    extra_s: NDArray[np.float64] | None = None
    enough: tuple[BeatsEnough, ...] = ()
    waiting_residents: int | None = None

    def __eq__(self, other: object) -> bool:
        """Compare all that a file keeps; places to a millimetre, as projecting leaves.

        What area a segment is part of, which no file holds, is left aside.
        """
        return same_plan(self, other) if isinstance(other, Plan) else NotImplemented

    __hash__ = None

    def __post_init__(self) -> None:
        """Check once that the parts go together."""
        check, count, rows = (
            FieldCheck("Plan", PlanError),
            len(self.partition.beat_id),
            len(self.network),
        )
        check.length("beats", len(self.beats), count)
        check.length("shapes", len(self.shapes), count)
        check.length("partition.beat_of", len(self.partition.beat_of), rows)
        check.length("load", len(self.load.cadence), rows)
        check.length("times", len(self.times.foot_s), rows)
        check.text("created", self.created)
        if self.extra_s is not None:
            check.figures("extra_s", self.extra_s, 0.0, rows=rows)
            self.extra_s.flags.writeable = False

    def beat_at(self, word: str) -> int:
        """Find the place of a beat in the plan.

        Parameters
        ----------
        word
            Id or name of one of the plan's beats, in any case.

        Returns
        -------
        int
            Its place among the beats.

        Raises
        ------
        UsageError
            When no beat is called so, or several are; near ids are named.
        """
        kind_of("beat_id", word, str, "beat_id")
        return beat_place(self.partition.beat_id, [beat.name for beat in self.beats], word)

    def beat(self, beat_id: str) -> Sector:
        """Return a beat as a sector to assess, with its posts, base, anchors and counted calls.

        Parameters
        ----------
        beat_id
            Id or name of one of its beats, in any case.

        Returns
        -------
        Sector
            For `reso_geo.assess`, under any settings: the tours of the plan come with it, and are
            used only where nothing that they depend on differs.

        Raises
        ------
        UsageError
            When the plan has no such beat; names those that may be meant.
        """
        at = self.beat_at(beat_id)
        beat = self.beats[at]
        network = only(self.network, self.partition.beat_of == at, beat.name)
        notes = [Phrase(f"cli.{each}") for each in self.unsettled]
        return Sector(
            name=f"{beat.beat_id} {beat.name}",
            network=network,
            posts=beat.posts,
            base=int(self.partition.base[at]),
            base_name=self.partition.base_name[at],
            stop_s=self.stop_s,
            counts_per_week=self.calls_of(at),
            residents=beat.residents,
            notes=(*notes, *((Phrase("assess.counts_spread"),) if beat.counts else ())),
            known={
                each.toured_with: (each.pass_s, each.deadhead_s, each.lower_bound_s)
                for each in (beat.foot, beat.bike)
                if each.toured_with and each.pass_s is not None and each.deadhead_s is not None
            },
            settings=self.settings,
        )

    def calls_of(self, at: int) -> NDArray[np.float64] | None:
        """Spread the calls of a beat over its streets by length: all that a plan knows of them.

        Parameters
        ----------
        at
            Number of the beat.

        Returns
        -------
        ndarray of float64, shape (m,), or None
            Calls per week of each segment; None where none were counted.
        """
        counts = self.beats[at].counts
        if not counts or self.counts_weeks is None:
            return None
        own = self.network.required & (self.partition.beat_of == at)
        length_m = np.where(own, self.network.length_m, 0.0)
        spread: NDArray[np.float64] = counts / self.counts_weeks * length_m / length_m.sum()
        return spread

    @cached_property
    def stop_s(self) -> NDArray[np.float64]:
        """Seconds per week of anchor visits along each segment, and of what is asked besides."""
        placed = place_anchors(self.network, self.anchors)
        extra: NDArray[np.float64] | float = 0.0 if self.extra_s is None else self.extra_s
        return stop_seconds(self.network, self.anchors, placed) + extra

    @cached_property
    def kept_tours(self) -> dict[str, KeptTours]:
        """The tours by `reso_geo.coverage.TravelGraph.tour_key`."""
        return {each.toured_with: each for each in self.tours}

    @cached_property
    def beat_keys(self) -> tuple[str, ...]:
        """Digest of all that the figures of each beat depend on, as this plan has it."""
        return beat_keys(
            self.network,
            (self.settings, self.request.mode, self.request.season),
            self.partition,
            self.stop_s,
            [(beat.counts, self.counts_weeks) for beat in self.beats],
        )

    @cached_property
    def outdated(self) -> frozenset[int]:
        """Numbers of the beats whose figures were measured with something else than this plan."""
        pairs = zip(self.beats, self.beat_keys, strict=True)
        return frozenset(at for at, (beat, key) in enumerate(pairs) if beat.measured_with != key)

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

    def summary(self) -> Phrase:
        """Return its beats, posts, streets, mode, season and odds, in one sentence.

        Returns
        -------
        Phrase
            For people.
        """
        enough = self.enough_in(self.request.mode)
        values = {
            "count": len(self.beats),
            "posts": sum(beat.posts for beat in self.beats),
            "km": sum(beat.street_km for beat in self.beats),
            "case": Phrase(f"case.{self.request.mode}.{self.request.season}"),
            "enough": enough.central,
            "low": enough.low,
            "high": enough.high,
        }
        return Phrase("plan.facts", values)

    def enough_in(self, mode: str, season: str | None = None) -> BeatsEnough:
        """Return how many beats have time enough, over the draws that all share.

        Parameters
        ----------
        mode
            ``foot`` or ``bike``.
        season
            ``summer`` or ``winter``; None for that of the plan.

        Returns
        -------
        BeatsEnough
            Counted, never summed from chances.
        """
        asked = mode, season or self.request.season
        return next(each for each in self.enough if (each.mode, each.season) == asked)

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
    def annexed_ids(self) -> dict[str, list[str]]:
        """Segment ids, by beat id, that foot cannot reach inside their city."""
        return {
            self.partition.beat_id[beat]: self.network.segment_id[segments].tolist()
            for beat, segments in self.partition.annexed.items()
        }

    @property
    def draft(self) -> bool:
        """True when its tours were looked for fast, to try things: they may be some % too long."""
        return any(note.key == DRAFT for note in self.warnings)

    @property
    def unsettled(self) -> tuple[str, ...]:
        """What everything that is made of the plan has to say: ``draft``, ``provisional``."""
        return tuple(name for name in ("draft", "provisional") if getattr(self, name))

    @property
    def provisional(self) -> bool:
        """True when the outlines are generalised, so that streets near a line may change city."""
        return self.boundary.provisional

    @property
    def unserved(self) -> NDArray[np.bool_]:
        """Required segments that wait for an officer, shape (m,); none at full coverage."""
        return unserved_segments(self.network, self.partition.beat_of)

    @property
    def waiting_km(self) -> float:
        """Kilometres of streets to cover that wait for an officer."""
        return float(self.network.length_m[self.unserved].sum() / 1000.0)

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
