"""The kinds of input tables and the columns of each."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from reso_geo.tables.headers import Column

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["KINDS", "LOCATED"]

_MOST_VISITS, _MOST_MINUTES, _MOST_POSTS, _MOST_PEOPLE = 100.0, 1440.0, 100_000.0, 1e8
_LOWEST_M, _HIGHEST_M = -450.0, 9000.0

KINDS: Mapping[str, tuple[Column, ...]] = MappingProxyType(
    {
        "anchors": (
            Column("name", "nom", ("lieu", "endroit", "place", "libellé", "label")),
            Column("kind", "genre", ("type", "catégorie", "category", "sorte")),
            Column(
                "visits_per_week",
                "visites_par_semaine",
                (
                    "visits",
                    "visites",
                    "visites hebdomadaires",
                    "weekly visits",
                    "visites sem",
                    "visits week",
                ),
                (0, _MOST_VISITS),
            ),
            Column(
                "minutes",
                "minutes",
                (
                    "duree_minutes",
                    "min",
                    "durée",
                    "duration",
                    "durée min",
                    "duration minutes",
                    "minutes visite",
                    "minutes visit",
                ),
                (0, _MOST_MINUTES),
            ),
        ),
        "population": (
            Column(
                "population",
                "population",
                (
                    "residents",
                    "résidents",
                    "habitants",
                    "inhabitants",
                    "pop",
                    "hab",
                    "personnes",
                    "people",
                    "population totale",
                    "total population",
                    "pop totale",
                ),
                (0, _MOST_PEOPLE),
            ),
        ),
        "seats": (
            Column(
                "city",
                "ville",
                ("municipalite", "municipality", "town", "commune", "nom", "name"),
                filled=True,
            ),
            Column(
                "posts",
                "postes",
                (
                    "seats",
                    "sièges",
                    "officers",
                    "agents",
                    "policiers",
                    "police officers",
                    "policières et policiers",
                    "policiers et policières",
                    "effectifs",
                ),
                (0, _MOST_POSTS),
                whole=True,
            ),
        ),
        "counts": (
            Column(
                "n",
                "nombre",
                ("count", "compte", "appels", "calls", "événements", "events"),
                (0, _MOST_PEOPLE),
                whole=True,
            ),
        ),
        "bases": (
            Column("name", "nom", ("base", "lieu", "place", "poste", "station")),
            Column("beat_id", "secteur", ("beat", "id_secteur"), optional=True),
        ),
        "roster": (
            Column("post", "poste", ("post_id", "code", "id poste", "code poste"), filled=True),
            Column("beat_id", "secteur", ("beat", "id_secteur", "code secteur"), filled=True),
            Column(
                "from",
                "du",
                ("since", "début", "date début", "start", "start date", "depuis"),
                optional=True,
                day=True,
            ),
            Column(
                "to",
                "au",
                ("until", "fin", "date fin", "end", "end date", "jusqu au"),
                optional=True,
                day=True,
            ),
        ),
        "elevations": (
            Column("ele", "altitude", ("elevation", "ele_m", "z"), (_LOWEST_M, _HIGHEST_M)),
        ),
        "cleared": (
            Column("id", "id", ("segment_id", "way_id", "osm_id", "osmid", "troncon"), filled=True),
        ),
    }
)
"""The columns of each kind, places left out."""

LOCATED = frozenset({"anchors", "population", "counts", "bases", "elevations"})
"""The kinds whose rows have places."""
