"""The records of how many posts are needed: what is asked, what was tried, what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reso_geo.assess.posts.curve import CurvePoint, best_so_far, knee_of, total_curve
from reso_geo.errors import UsageError
from reso_geo.i18n import Phrase, listed
from reso_geo.partition import SEAT_RULES
from reso_geo.records import FieldCheck, Shown
from reso_geo.travel import MODES, SEASONS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reso_geo.network import StreetNetwork
    from reso_geo.settings import PatrolSettings

__all__ = [
    "ASKED",
    "CERTAINTIES",
    "CityPosts",
    "OneFewer",
    "PostsNeeded",
    "PostsRequest",
    "PostsTrial",
]

CERTAINTIES = ("proven", "measured", "uncertain", "uneven")
"""How sure it is that one post fewer fails, see `OneFewer`."""
ASKED = (0.7, 0.8, 0.9)
"""Chances whose posts stand beside each other."""


def _or_dash(count: int | None) -> int | str:
    return "-" if count is None else count


@dataclass(frozen=True)
class PostsRequest:
    """What is asked.

    Attributes
    ----------
    mode
        ``foot`` or ``bike``.
    season
        ``summer`` or ``winter``.
    seats_rule
        How posts are shared among cities in proportion to load, a key of
        `reso_geo.partition.SEAT_RULES`.
    seats
        Posts of each city by name that are to be judged too; None for none.
    most
        The most posts in all that are tried; None to go as far as the search has to, at most four
        times the proven bound of each city and eight more.
    tolerance
        How far the load of a beat may be from the mean, as a share of it, in the cuts that are
        tried.
    seed
        Of all that is drawn by chance.

    Raises
    ------
    UsageError
        When a word is not known or a figure is out of range.
    """

    mode: str = "foot"
    season: str = "summer"
    seats_rule: str = "sainte-lague"
    seats: Mapping[str, int] | None = None
    most: int | None = None
    tolerance: float = 0.05
    seed: int = 0

    def __post_init__(self) -> None:
        """Check the words and the figures once."""
        check = FieldCheck("PostsRequest", UsageError)
        check.word("mode", self.mode, MODES)
        check.word("season", self.season, SEASONS)
        check.word("seats_rule", self.seats_rule, tuple(SEAT_RULES))
        check.counts("seats", self.seats, 0)
        check.number("tolerance", self.tolerance)
        check.number("seed", self.seed, whole=True)
        if self.most is not None:
            check.number("most", self.most, whole=True)
        if self.most is not None and self.most < 1:
            raise UsageError(Phrase("posts.bad_most", {"most": self.most}))
        if not 0.0 < self.tolerance < 1.0:
            raise UsageError(Phrase("partition.bad_tolerance", {"tolerance": self.tolerance}))
        if self.seed < 0:
            raise UsageError(Phrase("partition.bad_seed", {"seed": self.seed}))


@dataclass(frozen=True)
class PostsTrial:
    """A city cut into a number of beats, one post each, and judged.

    Attributes
    ----------
    posts
        How many.
    worst_margin
        The least margin of its beats, see `reso_geo.assess.Verdict`; None where one has none.
    beats_ok
        How many have the verdict yes.
    over
        The most time that a beat needs as a share of what a post has, with the chance of a yes.
    mean_over
        Likewise of the mean beat: what each would need if the same load were shared evenly.
    load_s
        Seconds per week of all beats, central values.
    codes
        Codes of `reso_geo.assess.REASONS` of beats that fail though they have time enough.
    verdicts
        How many have each verdict, in the order of `reso_geo.assess.VERDICTS`.
    unreached
        Name of a street and kilometres of each beat that no tour covers: set aside, named.
    """

    posts: int
    worst_margin: float | None
    beats_ok: int
    over: float
    mean_over: float
    load_s: float
    codes: tuple[str, ...] = ()
    verdicts: tuple[int, int, int] = (0, 0, 0)
    unreached: tuple[tuple[str, float], ...] = ()

    @property
    def passes(self) -> bool:
        """True when every beat that a tour covers has the verdict yes, and one does."""
        return self.beats_ok > 0 and self.beats_ok + len(self.unreached) == self.posts

    @property
    def hopeless(self) -> bool:
        """True when no beat passes though all have time enough: more posts would change nothing."""
        return self.beats_ok == 0 and self.over <= 1.0


@dataclass(frozen=True)
class OneFewer:
    """What happens with one post fewer than needed.

    Attributes
    ----------
    trial
        The cut that was judged, tours at the final depth.
    certainty
        ``proven``: the streets alone, without any detour, need more time than these posts have.
        ``measured``: the cut fails, and would with its load shared evenly. ``uncertain``: shared
        evenly its load would fit, and the worst beat is within the tolerance of the mean, so that
        another seed or a smaller tolerance may do. ``uneven``: likewise, but the worst beat is
        farther from the mean, as when a part that foot cannot reach from the rest of the city
        holds whole beats of its own.
    """

    trial: PostsTrial
    certainty: str


@dataclass(frozen=True)
class CityPosts:
    """The posts of one city.

    Attributes
    ----------
    city
        Its name.
    bound
        A number of posts below which some beat must fail, however the city is cut.
    trials
        All numbers that were tried, ascending.
    needed
        The smallest number found at which every beat has the verdict yes, judged at the final
        depth; None where none was found.
    one_fewer
        What happens just below; None where nothing is, or none was found.
    other_ok
        With the posts needed: how many beats the other mode can cover, in summer; None where none
        were found.
    given
        The trial with the posts that were given; None where none were.
    why
        Why no number was found; None where one was.
    by_chance
        The smallest number at which every beat has a chance, for each of `ASKED`; None where none
        was found.
    """

    city: str
    bound: int
    trials: tuple[PostsTrial, ...]
    needed: int | None
    one_fewer: OneFewer | None
    other_ok: int | None
    given: PostsTrial | None
    why: Phrase | None
    by_chance: tuple[tuple[float, int | None], ...] = ()

    @property
    def unreached(self) -> tuple[tuple[str, float], ...]:
        """What no tour covers at the number needed, else at the largest that was tried."""
        at = [each for each in self.trials if each.posts == self.needed] or self.trials[-1:]
        return at[0].unreached

    @property
    def load_s(self) -> float:
        """Seconds per week of the city as one beat, central values."""
        return self.trials[0].load_s

    @property
    def curve(self) -> tuple[CurvePoint, ...]:
        """The best margin found with so many posts or fewer, at each number that was tried."""
        points = [CurvePoint(t.posts, t.worst_margin, t.beats_ok, t.verdicts) for t in self.trials]
        return best_so_far(points)


@dataclass(frozen=True, repr=False)
class PostsNeeded(Shown):
    """How many posts are needed.

    Attributes
    ----------
    request
        What was asked.
    settings
        All assumptions.
    cities
        Those with streets to cover, in the order of the network.
    network
        The streets.
    counted
        True when counted calls are in the loads.
    warnings
        What the planner should know.
    """

    request: PostsRequest
    settings: PatrolSettings
    cities: tuple[CityPosts, ...]
    network: StreetNetwork
    counted: bool
    warnings: tuple[Phrase, ...]

    def summary(self) -> Phrase:
        """Return how many posts the cities need, in one sentence.

        Returns
        -------
        Phrase
            For people.
        """
        cities = listed((f"{each.city} {_or_dash(each.needed)}" for each in self.cities), 5)
        case = Phrase(f"case.{self.request.mode}.{self.request.season}")
        values = {"total": _or_dash(self.total), "case": case, "cities": cities}
        return Phrase("posts.facts", values)

    @property
    def total(self) -> int | None:
        """The sum of what the cities need; None where one of them found none."""
        found = [city.needed for city in self.cities if city.needed is not None]
        return sum(found) if len(found) == len(self.cities) else None

    @property
    def by_chance(self) -> tuple[tuple[float, int | None], ...]:
        """The posts of all cities for each of `ASKED`; None where one of them found none."""
        found = []
        for place, chance in enumerate(ASKED):
            posts = [city.by_chance[place][1] for city in self.cities]
            known = [each for each in posts if each is not None]
            found.append((chance, sum(known) if len(known) == len(posts) else None))
        return tuple(found)

    @property
    def curve(self) -> tuple[CurvePoint, ...]:
        """All cities together: each total, shared as the worst margin asks for."""
        points = total_curve(
            [city.curve for city in self.cities], [city.needed for city in self.cities]
        )
        most = self.request.most
        return tuple(point for point in points if most is None or point.posts <= most)

    @property
    def knee(self) -> int | None:
        """The posts of the whole curve from which on more of them bring less; None for none."""
        return knee_of(self.curve)

    def seats(self, rule: str, total: int) -> dict[str, int]:
        """Share posts among the cities in proportion to their loads.

        Parameters
        ----------
        rule
            A key of `reso_geo.partition.SEAT_RULES`.
        total
            How many, at least one for each city.

        Returns
        -------
        dict of str to int
            Posts by city.
        """
        shared = SEAT_RULES[rule]([city.load_s for city in self.cities], total, None)
        return {city.city: posts for city, posts in zip(self.cities, shared, strict=True)}

    def enough(self, rule: str) -> int | None:
        """Return the smallest total that a rule shares so that each city gets what it needs.

        Parameters
        ----------
        rule
            A key of `reso_geo.partition.SEAT_RULES`.

        Returns
        -------
        int or None
            At least `total`; None where that is.
        """
        if self.total is None:
            return None
        posts = self.total
        while any(self.seats(rule, posts)[city.city] < (city.needed or 0) for city in self.cities):
            posts += 1
        return posts
