"""Names of beats: the places and streets that residents know them by."""

from __future__ import annotations

from itertools import chain, combinations, count
from typing import TYPE_CHECKING

from reso_geo.choices import folded
from reso_geo.naming.place_names import distinctive_places
from reso_geo.naming.streets import bare_name, distinctive_streets

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reso_geo.naming.place_names import DistinctivePlace
    from reso_geo.network import StreetNetwork
    from reso_geo.partition import Partition

__all__ = ["name_beats"]

_LONGEST = 40
_JOIN = " / "
_CHOICES = 5


def name_beats(
    network: StreetNetwork, partition: Partition, earlier: Mapping[str, str] | None = None
) -> tuple[str, ...]:
    """Return a name for each beat: its places, else its streets: ``Churchill / Vieux-Parc``.

    A beat that holds two thirds of one place has its name, one that holds less of it has its name
    and that of the beat's most distinctive street, one with two places or more has the names of
    two. One without a place is named after its two most distinctive streets. See
    `distinctive_places` and `distinctive_streets` for what that is, `bare_name` for what is left
    out. A beat whose best name is taken has the next one; one without a place or a named street,
    its id.

    Parameters
    ----------
    network
        The streets.
    partition
        Beats over them.
    earlier
        Names of beats by id, from the plan before: a beat that is still there keeps its own.

    Returns
    -------
    tuple of str
        One name a beat; no two differ only in capitals, accents or the order of their parts.
    """
    names: dict[str, str] = {}
    taken: set[frozenset[str]] = set()
    for beat_id in partition.beat_id:
        name = (earlier or {}).get(beat_id, "")
        if name and _key(name) not in taken:
            names[beat_id] = name
            taken.add(_key(name))
    there = distinctive_places(network, partition)
    everywhere = {folded(place.name) for places in there for place in places}
    for beat_id, places, streets in zip(
        partition.beat_id, there, distinctive_streets(network, partition), strict=True
    ):
        if beat_id not in names:
            own = {folded(place.name) for place in places}
            proposals = _proposals(beat_id, places, _unlike(streets, everywhere - own))
            names[beat_id] = next(name for name in proposals if _key(name) not in taken)
            taken.add(_key(names[beat_id]))
    return tuple(names[beat_id] for beat_id in partition.beat_id)


def _key(name: str) -> frozenset[str]:
    """Return what two names that people would mix up have in common."""
    return frozenset(folded(part) or part for part in name.split(_JOIN))


def _proposals(
    beat_id: str, places: tuple[DistinctivePlace, ...], streets: tuple[str, ...]
) -> Iterator[str]:
    """Return names for a beat, the best first; one of them is always free."""
    parts = _parts([bare_name(street) for street in streets])
    best = [*_of_places(places, parts), *_pairs(parts)] or parts
    yield from best
    first = f"{best[0]} ({beat_id}" if best else beat_id
    yield from chain(
        (f"{first})" if best else beat_id,),
        (f"{first}, {n})" if best else f"{beat_id} ({n})" for n in count(2)),
    )


def _unlike(streets: tuple[str, ...], places: set[str]) -> tuple[str, ...]:
    """Drop streets that have the name of a place in another beat, unless all have."""
    others = tuple(street for street in streets if folded(bare_name(street)) not in places)
    return others or streets


def _parts(names: list[str]) -> list[str]:
    """Return the first names that differ, short enough to be read on a map."""
    parts = [part for part in map(_shortened, filter(None, names)) if part]
    return list({folded(part): part for part in parts[::-1]}.values())[::-1][:_CHOICES]


def _pairs(parts: list[str]) -> list[str]:
    """Join names two by two, the best ones first."""
    pairs = sorted(combinations(range(len(parts)), 2), key=lambda pair: (sum(pair), pair))
    return [_JOIN.join(parts[place] for place in pair) for pair in pairs]


def _of_places(places: tuple[DistinctivePlace, ...], streets: list[str]) -> list[str]:
    """Return the names that begin with a place of the beat.

    Of two places the larger stands first, wherever the cut runs.
    """
    by_part = {_shortened(place.name): place for place in places[::-1]}
    parts = _apart(_parts([place.name for place in places]))
    if not parts:
        return []
    pairs = [
        sorted(pair, key=lambda part: (-round(by_part[part].size_m), part))
        for pair in combinations(parts, 2)
    ]
    alone = parts[:1] if by_part[parts[0]].whole else []
    along = [_JOIN.join((parts[0], part)) for part in streets if _apart([parts[0], part])[1:]]
    return [*map(_JOIN.join, pairs), *alone, *along] or parts


def _apart(parts: Sequence[str]) -> list[str]:
    """Drop names that say an earlier one again, such as ``Gamprin-Bendern`` after Gamprin."""
    kept: list[str] = []
    for part in parts:
        words = set(folded(part).split())
        if not any(words <= own or own <= words for own in (set(folded(p).split()) for p in kept)):
            kept.append(part)
    return kept


def _shortened(name: str) -> str:
    """Begin a name with a capital and leave out words at the end of a long one.

    Nothing is left of one endless word.
    """
    name = name[0].upper() + name[1:]
    if len(name) <= _LONGEST:
        return name
    whole = name[: _LONGEST + 1].rpartition(" ")[0].rstrip(" -\u2013,;:/(")
    return f"{whole}\u00a0…" if whole else ""
