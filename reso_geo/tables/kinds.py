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
            Column("name", "nom"),
            Column("kind", "genre", ("type",)),
            Column(
                "visits_per_week", "visites_par_semaine", ("visits", "visites"), (0, _MOST_VISITS)
            ),
            Column("minutes", "minutes", ("duree_minutes", "min"), (0, _MOST_MINUTES)),
        ),
        "population": (
            Column("population", "population", ("residents", "habitants"), (0, _MOST_PEOPLE)),
        ),
        "seats": (
            Column("city", "ville", ("municipalite", "municipality"), filled=True),
            Column(
                "posts", "postes", ("seats", "officers", "agents"), (0, _MOST_POSTS), whole=True
            ),
        ),
        "counts": (Column("n", "nombre", ("count", "compte"), (0, _MOST_PEOPLE), whole=True),),
        "bases": (
            Column("name", "nom"),
            Column("beat_id", "secteur", ("beat", "id_secteur"), optional=True),
        ),
        "roster": (
            Column("post", "poste", ("post_id", "code"), filled=True),
            Column("beat_id", "secteur", ("beat", "id_secteur"), filled=True),
            Column("from", "du", ("since", "debut"), optional=True),
            Column("to", "au", ("until", "fin"), optional=True),
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
