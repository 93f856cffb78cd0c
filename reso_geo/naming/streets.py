"""Streets as people speak of them, and which ones tell of a beat."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.choices import folded
from reso_geo.naming.junk import is_junk

if TYPE_CHECKING:
    from reso_geo.network import StreetNetwork
    from reso_geo.partition import Partition

__all__ = ["bare_name", "distinctive_streets", "in_french"]

_KIND = re.compile(r"(?:rue|boulevard|avenue|chemin|place) +", re.IGNORECASE)
_PARTICLE = re.compile(r"de la |de l['\u2019]|du |des |de |d['\u2019]")
_TOWARDS = re.compile(r"(?<=\S) (?:nord|sud|est|ouest)$", re.IGNORECASE)
_ARTICLES = (
    ("l'", "allée|anse|autoroute|avenue|escalier|esplanade|étang|impasse"),
    ("la ", "côte|forêt|jetée|montée|passerelle|place|plage|promenade|rangée|rivière|route|rue"),
    ("la ", "ruelle|terrasse|traverse|voie"),
    ("le ", "bois|boulevard|canal|carré|chemin|cimetière|cours|croissant|faubourg|fleuve|jardin"),
    ("le ", "lac|mail|parc|passage|pont|port|quai|rang|rond-point|ruisseau|sentier|square|tunnel"),
    ("les ", "berges|escaliers|jardins|lacets"),
)
_ARTICLE_OF = {word: article for article, words in _ARTICLES for word in words.split("|")}
_NUMBERED = re.compile(r"\d+(?:re|er|e|ère|ème) (?P<kind>\w+)", re.IGNORECASE)
_ENGLISH = re.compile(r" (?:avenue|drive|lane|road|street)$", re.IGNORECASE)
_FEWEST_LETTERS = 3
_KNOWN = {"primary": 1.5, "secondary": 1.5, "tertiary": 1.5, "pedestrian": 1.5}
"""How much better known a street of a class is than another of its length."""
PATHS = {"footway": 0.5, "path": 0.5, "cycleway": 0.5}


def bare_name(name: str) -> str:
    """Drop what a resident leaves out: the kind of a French street, and its direction.

    Parameters
    ----------
    name
        As on the map.

    Returns
    -------
    str
        ``Churchill`` for ``boulevard Churchill Est``; the name itself where it has no French kind
        in front, or where too little would be left.

    Examples
    --------
    >>> bare_name("Rue de l'Église"), bare_name("Hauptstraße"), bare_name("Rue 12")
    ('Église', 'Hauptstraße', 'Rue 12')
    """
    kind = _KIND.match(name)
    if kind is None:
        return name
    # A small particle belongs to the kind (rue de la Gare), a large one to the name (rue De Lorme).
    particle = _PARTICLE.match(name, kind.end())
    rest = _TOWARDS.sub("", name[(particle or kind).end() :].strip())
    if sum(sign.isalpha() for sign in rest) < _FEWEST_LETTERS or _TOWARDS.match(f"x {rest}", 1):
        return name
    return rest[0].upper() + rest[1:]


def in_french(name: str) -> str:
    """Return a name as it stands in a French sentence.

    Parameters
    ----------
    name
        As on the map.

    Returns
    -------
    str
        With its article where it begins with a French kind of street, water or green land, else
        the name itself.

    Examples
    --------
    >>> in_french("Boulevard Churchill"), in_french("5e Avenue"), in_french("Hauptstraße")
    ('le boulevard Churchill', 'la 5e Avenue', 'Hauptstraße')
    """
    numbered = _NUMBERED.match(name)
    if numbered and numbered["kind"].lower() in ("rue", "avenue"):
        return f"la {name}"
    kind = name.partition(" ")[0]
    article = _ARTICLE_OF.get(kind.lower())
    if article is None or kind == name or _ENGLISH.search(name):
        return name
    return f"{article}{kind.lower()}{name[len(kind) :]}"


def distinctive_streets(
    network: StreetNetwork, partition: Partition
) -> tuple[tuple[str, ...], ...]:
    """List the streets of each beat, the most distinctive first.

    A street tells of a beat when it is long there, lies nowhere else and is well known: its length
    in the beat, times the share of its whole length that lies in it, times one and a half for a
    main street and a half for a path. Streets that differ in kind, direction, capitals or accents
    only count as one, under the name of the longest.

    Parameters
    ----------
    network
        The streets.
    partition
        Beats over them.

    Returns
    -------
    tuple of tuple of str
        Names as on the map, one list a beat.
    """
    held = (partition.beat_of >= 0) & network.required & (network.name != "")
    there = set(network.name[held].tolist())
    held &= ~np.isin(network.name, [name for name in there if is_junk(name)])
    key_of = {name: folded(bare_name(name)) for name in there}
    inside_m: dict[tuple[int, str], dict[str, float]] = {}
    whole_m: dict[str, float] = {}
    for segment in np.flatnonzero(held).tolist():
        name, highway = network.name[segment], network.highway[segment]
        metres = float(network.length_m[segment])
        known_m = metres * _KNOWN.get(highway, PATHS.get(highway, 1.0))
        own = inside_m.setdefault((int(partition.beat_of[segment]), key_of[name]), {})
        own[name] = own.get(name, 0.0) + known_m
        whole_m[key_of[name]] = whole_m.get(key_of[name], 0.0) + known_m
    streets: list[list[tuple[float, str]]] = [[] for _ in partition.beat_id]
    for (beat, key), names in inside_m.items():
        inside = sum(names.values())
        longest = min(names, key=lambda name: (-round(names[name], 3), name))
        streets[beat].append((-round(inside * inside / whole_m[key], 3), longest))
    return tuple(tuple(name for _, name in sorted(found)) for found in streets)
