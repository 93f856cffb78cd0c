"""Posts of each city, with the arithmetic of the rule that shares them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reso_geo.i18n import Phrase, decimal
from reso_geo.partition import sainte_lague

if TYPE_CHECKING:
    from reso_geo.plan import Beat, Plan

__all__ = ["CitySeats", "LastSeat", "Seats", "beats_by_city", "seats_of", "seats_sentences"]

_HOUR_S = 3600.0


@dataclass(frozen=True)
class CitySeats:
    """One city.

    Attributes
    ----------
    city
        Its name.
    beats
        Its beats.
    load_s
        Seconds per week that they ask for, deadhead included.
    posts
        Posts that it has.
    exact
        Posts that would be in exact proportion to loads.
    by_rule
        Posts that Sainte-Laguë gives it.
    last_s
        Its load / (2 x shares - 1), shares being those that the rule gives it: what it won the last
        one with. Every city has its first without asking.
    next_s
        Its load / (2 x shares + 1): what it asks for one more with.
    """

    city: str
    beats: tuple[Beat, ...]
    load_s: float
    posts: int
    exact: float
    by_rule: int
    last_s: float
    next_s: float


@dataclass(frozen=True)
class LastSeat:
    """The last share that the rule gives.

    Attributes
    ----------
    winner, runner_up
        Who gets it, and who would have got it otherwise.
    winner_had, runner_up_had
        Their shares before.
    """

    winner: CitySeats
    winner_had: int
    runner_up: CitySeats
    runner_up_had: int


@dataclass(frozen=True)
class Seats:
    """The posts of all cities.

    Attributes
    ----------
    cities
        In the order of their names on the map.
    size
        Posts of one share: those of each beat.
    how
        ``rule`` where the posts are those of Sainte-Laguë, ``given`` where the planner gave them,
        ``carried`` where they come from an earlier plan, ``near`` where a cut with single beats of
        several posts, locked beats or loads known only after it came out otherwise.
    last
        None where every city has one share, or there is one city.
    """

    cities: tuple[CitySeats, ...]
    size: int
    how: str
    last: LastSeat | None


def beats_by_city(plan: Plan) -> dict[str, tuple[Beat, ...]]:
    """Return the beats of each city.

    Parameters
    ----------
    plan
        A complete plan.

    Returns
    -------
    dict of str to tuple of Beat
        In the order of the beats; empty where beats may cross city lines, so that cities have none.
    """
    names = dict.fromkeys(beat.city for beat in plan.beats)
    if "" in names:
        return {}
    return {name: tuple(beat for beat in plan.beats if beat.city == name) for name in names}


def seats_of(plan: Plan) -> Seats | None:
    """Share the posts of a plan among its cities once more, by the loads that its beats have.

    Parameters
    ----------
    plan
        A complete plan.

    Returns
    -------
    Seats or None
        None where beats may cross city lines, so that cities have no posts.
    """
    by_city = beats_by_city(plan)
    if not by_city:
        return None
    names, of_city = list(by_city), list(by_city.values())
    load_s = [sum(beat.load_s for beat in own) for own in of_city]
    posts = [sum(beat.posts for beat in own) for own in of_city]
    size = _size(plan)
    shares = sum(posts) // size
    given = sainte_lague(load_s, shares)
    whole_s = max(sum(load_s), 1e-9)
    cities = tuple(
        CitySeats(
            city=names[k],
            beats=of_city[k],
            load_s=load_s[k],
            posts=posts[k],
            exact=sum(posts) * load_s[k] / whole_s,
            by_rule=size * given[k],
            last_s=load_s[k] / (2.0 * given[k] - 1.0),
            next_s=load_s[k] / (2.0 * given[k] + 1.0),
        )
        for k in range(len(names))
    )
    return Seats(cities, size, _how(plan, cities), _last(cities, load_s, shares))


def _size(plan: Plan) -> int:
    """Return the posts of a share: of every beat, where all have as many."""
    sizes = {beat.posts for beat in plan.beats}
    return sizes.pop() if len(sizes) == 1 else 1


def _how(plan: Plan, cities: tuple[CitySeats, ...]) -> str:
    if plan.request.cut.seats is not None:
        return "given"
    if plan.lineage:
        return "carried"
    return "rule" if all(city.posts == city.by_rule for city in cities) else "near"


def _last(cities: tuple[CitySeats, ...], load_s: list[float], shares: int) -> LastSeat | None:
    if len(cities) == 1 or shares <= len(cities):
        return None
    before, after = sainte_lague(load_s, shares - 1), sainte_lague(load_s, shares)
    won = next(k for k in range(len(cities)) if after[k] > before[k])
    others = [k for k in range(len(cities)) if k != won]
    second = max(others, key=lambda k: load_s[k] / (2.0 * before[k] + 1.0))
    return LastSeat(cities[won], before[won], cities[second], before[second])


def seats_sentences(seats: Seats, lang: str) -> tuple[str, ...]:
    """Write by which rule posts are shared, and how it came to the last one.

    Parameters
    ----------
    seats
        From `seats_of`.
    lang
        ``fr`` or ``en``.

    Returns
    -------
    tuple of str
        Sentences.
    """
    said = [Phrase("seats.rule" if seats.size == 1 else "seats.rule_shares", {"size": seats.size})]
    last = seats.last
    if last is not None:
        hours = (last.winner.load_s / _HOUR_S, last.runner_up.load_s / _HOUR_S)
        values = {
            "what": Phrase("seats.post" if seats.size == 1 else "seats.share"),
            "winner": last.winner.city,
            "load": hours[0],
            "had": last.winner_had,
            "quotient": decimal(lang, hours[0] / (2.0 * last.winner_had + 1.0), 2),
            "other": last.runner_up.city,
            "other_load": hours[1],
            "other_had": last.runner_up_had,
            "other_quotient": decimal(lang, hours[1] / (2.0 * last.runner_up_had + 1.0), 2),
        }
        said.append(Phrase("seats.last", values))
    if seats.how != "rule":
        said.append(Phrase(f"seats.{seats.how}"))
    return tuple(phrase.say(lang) for phrase in said)
