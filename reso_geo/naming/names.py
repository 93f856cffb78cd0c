"""Names of beats: the streets that residents know them by."""

from __future__ import annotations

from itertools import chain, combinations, count
from typing import TYPE_CHECKING

from reso_geo.boundaries.names import folded
from reso_geo.naming.streets import bare_name, telling_streets

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reso_geo.network import StreetNetwork
    from reso_geo.partition import Partition

__all__ = ["name_beats"]

_LONGEST = 40
_JOIN = " / "
_CHOICES = 5


def name_beats(
    network: StreetNetwork, partition: Partition, earlier: Mapping[str, str] | None = None
) -> tuple[str, ...]:
    """Name each beat after its two most telling streets, such as ``Churchill / Vieux-Parc``.

    See `telling_streets` for what tells, `bare_name` for what is left out. A beat whose two best
    streets name another one already takes the next ones; one without a named street, its id.

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
        One name a beat; no two differ only in capitals, accents or the order of the streets.
    """
    names: dict[str, str] = {}
    taken: set[frozenset[str]] = set()
    for beat_id in partition.beat_id:
        name = (earlier or {}).get(beat_id, "")
        if name and _key(name) not in taken:
            names[beat_id] = name
            taken.add(_key(name))
    for beat_id, streets in zip(
        partition.beat_id, telling_streets(network, partition), strict=True
    ):
        if beat_id not in names:
            names[beat_id] = next(n for n in _proposals(beat_id, streets) if _key(n) not in taken)
            taken.add(_key(names[beat_id]))
    return tuple(names[beat_id] for beat_id in partition.beat_id)


def _key(name: str) -> frozenset[str]:
    """Give what two names that people would mix up have in common."""
    return frozenset(folded(part) or part for part in name.split(_JOIN))


def _proposals(beat_id: str, streets: tuple[str, ...]) -> Iterator[str]:
    """Give names for a beat, the best first; one of them is always free."""
    parts = [part for part in (_shortened(bare_name(street)) for street in streets) if part]
    parts = list({folded(part): part for part in parts[::-1]}.values())[::-1][:_CHOICES]
    pairs = sorted(combinations(range(len(parts)), 2), key=lambda pair: (sum(pair), pair))
    best = [_JOIN.join(parts[place] for place in pair) for pair in pairs] or parts
    yield from best
    first = f"{best[0]} ({beat_id}" if best else beat_id
    yield from chain(
        (f"{first})" if best else beat_id,),
        (f"{first}, {n})" if best else f"{beat_id} ({n})" for n in count(2)),
    )


def _shortened(name: str) -> str:
    """Begin a name with a capital and leave out words at the end of a long one.

    Nothing is left of one endless word.
    """
    name = name[0].upper() + name[1:]
    if len(name) <= _LONGEST:
        return name
    whole = name[: _LONGEST + 1].rpartition(" ")[0].rstrip(" -\u2013,;:/(")
    return f"{whole}\u00a0…" if whole else ""
