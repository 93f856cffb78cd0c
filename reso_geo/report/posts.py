"""How many posts are needed, as the JSON of the contract and as sentences."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING

from reso_geo.assess import VERDICTS, in_tenths, rule_phrase
from reso_geo.choices import in_a_row
from reso_geo.errors import InfeasibleError, UsageError
from reso_geo.i18n import Phrase, listed
from reso_geo.partition import SEAT_RULES
from reso_geo.plan import posts_assumptions
from reso_geo.report.tables.csv_cells import write_csv
from reso_geo.report.tables.table import Column, Table, table_of, values_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from reso_geo.assess import CityPosts, CurvePoint, OneFewer, PostsNeeded, PostsTrial

__all__ = [
    "check_seats_target",
    "curve_table",
    "needed_table",
    "posts_sentences",
    "posts_summary",
    "save_seats",
]


def posts_summary(found: PostsNeeded, lang: str = "fr") -> dict[str, object]:
    """Return how many posts are needed in the JSON of the contract.

    Parameters
    ----------
    found
        From `reso_geo.posts_needed`.
    lang
        Language of the sentences; keys and codes are the same in all.

    Returns
    -------
    dict
        Shares, not per cent; ready for ``json.dumps``.
    """
    total = found.total
    return {
        "mode": found.request.mode,
        "season": found.request.season,
        "required_km": found.network.required_km,
        "curve": _curve(found.curve),
        "knee": found.knee,
        "needed": {
            "total": total,
            "by_city": {city.city: city.needed for city in found.cities},
            "by_chance": [{"chance": chance, "posts": posts} for chance, posts in found.by_chance],
        },
        "odds": {**asdict(found.settings.odds), "rule": rule_phrase(found.settings).say(lang)},
        "verified": total is not None,
        "seats_rule": found.request.seats_rule,
        "seats": {} if total is None else {rule: found.seats(rule, total) for rule in SEAT_RULES},
        "enough": {rule: found.enough(rule) for rule in SEAT_RULES},
        "tolerance": found.request.tolerance,
        "seed": found.request.seed,
        "cities": [_city(city, lang) for city in found.cities],
        "why": [phrase.say(lang) for phrase in posts_sentences(found)],
        "assumptions": list(posts_assumptions(found)),
        "warnings": [phrase.say(lang) for phrase in found.warnings],
    }


def curve_table(curve: Sequence[CurvePoint]) -> Table:
    """Return what numbers of posts come to.

    Parameters
    ----------
    curve
        Of all cities, or of one.

    Returns
    -------
    Table
        A row a number of posts.
    """
    columns: tuple[Column[CurvePoint], ...] = (
        Column("posts.column.posts", "posts", "whole"),
        Column("posts.column.margin", "worst_margin", "share"),
        Column("posts.column.ok", "beats_ok", "whole"),
        *(
            Column(
                Phrase("posts.column.share", {"verdict": Phrase(f"short.{code}")}),
                partial(_beats_with, place),
                "tenth",
            )
            for place, code in enumerate(VERDICTS)
        ),
    )
    return table_of("", columns, curve)


def _beats_with(place: int, point: CurvePoint) -> float | None:
    """Return the share of beats with a verdict, in per cent."""
    count = sum(point.verdicts)
    return 100.0 * point.verdicts[place] / count if count else None


def _curve(curve: Sequence[CurvePoint]) -> list[dict[str, object]]:
    return [
        {
            **values_of(point, "posts", "worst_margin", "beats_ok"),
            "chances": dict(zip(VERDICTS, point.verdicts, strict=True)),
        }
        for point in curve
    ]


def needed_table(found: PostsNeeded) -> Table:
    """Return how many posts each city needs.

    Parameters
    ----------
    found
        From `reso_geo.posts_needed`.

    Returns
    -------
    Table
        A row a city; with the posts that the rule shares out, where enough were found.
    """
    rule, total = found.request.seats_rule, found.total
    columns: list[Column[CityPosts]] = [
        Column("column.city", "city"),
        Column("posts.column.bound", "bound", "whole"),
        Column("posts.column.needed", "needed", "whole"),
    ]
    shared = {} if total is None else found.seats(rule, total)
    if shared:
        head = Phrase("posts.column.seats", {"rule": Phrase(f"rule.{rule}")})
        columns.append(Column(head, lambda city: shared[city.city], "whole"))
    return table_of("", columns, found.cities)


def _trial(trial: PostsTrial) -> dict[str, object]:
    return values_of(trial, "posts", "worst_margin", "beats_ok", "over", "mean_over")


def _city(city: CityPosts, lang: str) -> dict[str, object]:
    fewer = city.one_fewer
    return {
        **values_of(city, "city", "bound", "needed", "load_s"),
        "curve": _curve(city.curve),
        "by_chance": [{"chance": chance, "posts": posts} for chance, posts in city.by_chance],
        "unreached": [{"street": street, "km": km} for street, km in city.unreached],
        "one_fewer": None
        if fewer is None
        else {**_trial(fewer.trial), "certainty": fewer.certainty},
        "other_mode_ok": city.other_ok,
        "given": None if city.given is None else _trial(city.given),
        "why_none": None if city.why is None else city.why.say(lang),
    }


def posts_sentences(found: PostsNeeded) -> tuple[Phrase, ...]:
    """Describe what happens at one fewer, in the other mode, and with given posts, city by city.

    Parameters
    ----------
    found
        From `reso_geo.posts_needed`.

    Returns
    -------
    tuple of Phrase
        In the order of the cities.
    """
    told = [
        Phrase("posts.for_chance", {"posts": posts, "tenths": in_tenths(chance)})
        for chance, posts in found.by_chance
        if posts is not None
    ]
    said: list[Phrase] = []
    if told:
        said.append(Phrase("posts.by_chance", {"posts": in_a_row(told)}))
    for city in found.cities:
        said += [] if city.why is None else [city.why]
        for street, km in city.unreached:
            said.append(Phrase("posts.unreached", {"city": city.city, "street": street, "km": km}))
        said += [] if city.one_fewer is None else [_fewer(found, city, city.one_fewer)]
        said += [_other(found, city)] if city.other_ok not in (None, city.needed) else []
        if city.given is not None:
            values = {"city": city.city, "posts": city.given.posts, "ok": city.given.beats_ok}
            said.append(Phrase("posts.given", values))
    rule = found.request.seats_rule
    enough = found.enough(rule)
    if enough is not None and len(found.cities) > 1:
        said.append(Phrase("posts.enough", {"rule": Phrase(f"rule.{rule}"), "total": enough}))
    return tuple(said)


def _fewer(found: PostsNeeded, city: CityPosts, fewer: OneFewer) -> Phrase:
    trial = fewer.trial
    values: dict[str, object] = {
        "city": city.city,
        "posts": trial.posts,
        "failed": trial.posts - trial.beats_ok,
        "over": 100.0 * (trial.over - 1.0),
        "mean": 100.0 * (trial.mean_over - 1.0),
        "above": 100.0 * (trial.over / trial.mean_over - 1.0),
        "tolerance": 100.0 * found.request.tolerance,
    }
    return Phrase(f"posts.{fewer.certainty}", values)


def _other(found: PostsNeeded, city: CityPosts) -> Phrase:
    other = "bike" if found.request.mode == "foot" else "foot"
    values = {
        "city": city.city,
        "posts": city.needed,
        "ok": city.other_ok,
        "mode": Phrase(f"assess.{other}"),
    }
    return Phrase("posts.other", values)


def check_seats_target(path: Path) -> None:
    """Refuse an ending that posts per city are not written with.

    Parameters
    ----------
    path
        The file to write.

    Raises
    ------
    UsageError
        Before anything is worked out.
    """
    if path.suffix.lower() != ".csv":
        raise UsageError(Phrase("report.unknown_kind", {"path": path}))


def save_seats(found: PostsNeeded, path: Path, lang: str = "fr") -> None:
    """Write the posts that each city needs, as a table that a plan takes for its seats.

    Parameters
    ----------
    found
        From `reso_geo.posts_needed`.
    path
        The ``.csv`` file to make or replace.
    lang
        ``fr`` or ``en``: headers and separator.

    Raises
    ------
    UsageError
        When the name has another ending.
    InfeasibleError
        When some city found no number of posts.
    OutputError
        When the file cannot be written.
    """
    check_seats_target(path)
    if found.total is None:
        none = [city.city for city in found.cities if city.needed is None]
        raise InfeasibleError(Phrase("posts.no_seats", {"path": path, "cities": listed(none)}))
    columns: tuple[Column[CityPosts], ...] = (
        Column("posts.seats.city", "city"),
        Column("posts.seats.posts", "needed", "whole"),
    )
    write_csv(table_of("", columns, found.cities), path, lang)
