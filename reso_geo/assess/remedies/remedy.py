"""The record of a fix: something that makes a sector feasible, and was run to see that it does."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import reduce
from types import MappingProxyType
from typing import TYPE_CHECKING

from reso_geo.assess.odds import chance_phrase, in_percent
from reso_geo.i18n import Phrase, in_words

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["FIXES", "Fix", "Part"]

FIXES = ("mode", "posts", "cadence", "patrol_share", "pace", "drop_class")


@dataclass(frozen=True)
class Part:
    """One part of a sector that was cut.

    Attributes
    ----------
    street_km
        Length of its required segments.
    base
        OSM id of the junction where its patrols start.
    verdict, chance, margin
        See `reso_geo.assess.Verdict`; for one post.
    segment_ids
        Its required segments.
    """

    street_km: float
    base: int
    verdict: str
    chance: float
    margin: float | None
    segment_ids: tuple[str, ...]


@dataclass(frozen=True)
class Fix:
    """Something that gives the verdict yes: it was run, and does.

    Attributes
    ----------
    kind
        One of `FIXES`.
    mode, season
        In which it was run.
    figures
        By name, what has to be known of it.
    parts
        For ``posts``: the parts.
    """

    kind: str
    mode: str
    season: str
    figures: Mapping[str, float | int | str | None] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()

    def __post_init__(self) -> None:
        """Freeze the figures."""
        object.__setattr__(self, "figures", MappingProxyType(dict(self.figures)))

    def __reduce__(self) -> tuple[type[Fix], tuple[object, ...]]:
        """Return what a copy is made of, since frozen figures cannot be copied themselves."""
        return Fix, (self.kind, self.mode, self.season, dict(self.figures), self.parts)

    @property
    def phrase(self) -> Phrase:
        """The sentence with its figures; shares are told in per cent."""
        shown: dict[str, object] = {
            name: in_percent(value)
            if name.endswith(("margin", "share", "share_low", "share_high"))
            and isinstance(value, float)
            else value
            for name, value in self.figures.items()
        }
        if isinstance(chance := self.figures.get("worst_chance"), float):
            shown["odds"] = chance_phrase(chance, "yes")
        shown["mode"] = Phrase(f"assess.{self.mode}")
        shown["season"] = Phrase(f"assess.{self.season}")
        if isinstance(classes := self.figures.get("highway"), str):
            names = [in_words("street", each) for each in classes.split(", ")]
            shown["highway"] = reduce(
                lambda first, then: Phrase("office.then", {"first": first, "then": then}), names
            )
        return Phrase(f"fix.{self.kind}", shown)
