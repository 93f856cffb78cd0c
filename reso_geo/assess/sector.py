"""Sector: the streets that a verdict is about, and where its patrols start."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.coverage import travel_graph
from reso_geo.demand import (
    anchors_of,
    bases_of,
    counts_of,
    far_bases_note,
    people_of,
    place_anchors,
    stop_seconds,
)
from reso_geo.districting import starts_of
from reso_geo.errors import BoundaryError, UsageError
from reso_geo.fingerprint import fingerprint
from reso_geo.i18n import Phrase, listed
from reso_geo.network import check_network, components
from reso_geo.partition import held_segments, median_junction
from reso_geo.records import FieldCheck, Record, Shown, kind_of
from reso_geo.settings import settings_of
from reso_geo.travel import travel_times
from reso_geo.workload import street_load

if TYPE_CHECKING:
    from collections.abc import Mapping
    from os import PathLike

    from numpy.typing import NDArray

    from reso_geo.coverage import TravelGraph
    from reso_geo.demand import Anchors, Bases, Counts, Residents
    from reso_geo.network import StreetNetwork
    from reso_geo.settings import PatrolSettings
    from reso_geo.tables.frames import TableSource

__all__ = ["Sector", "only", "sector_in", "with_middle_base"]


@dataclass(frozen=True, eq=False, repr=False)
class Sector(Shown, Record):
    """The streets that a verdict is about.

    Attributes
    ----------
    name
        For people.
    network
        All streets around it, with nothing required and nothing in a city but the sector's own.
    posts
        How many posts hold it.
    base
        Junction where its patrols start.
    base_name
        What that place is called; empty for the middle of the load.
    stop_s
        float64, shape (m,): seconds per week of anchor visits.
    counts_per_week
        float64, shape (m,): counted calls; None for none.
    residents
        Residents along its streets; None where not known.
    notes
        What the planner should know.
    known
        Seconds of one pass of a tour that was measured before, its deadhead and its bound, by the
        `reso_geo.coverage.TravelGraph.tour_key` of all that they depend on; read-only.
    settings
        The assumptions it comes with, used where none are given; None for the defaults.
    middle
        The middle of its load, with the digest of what that was found by; None for none. A base
        that stands there moves with the load.

    Raises
    ------
    UsageError
        When it has less than one post.
    """

    name: str
    network: StreetNetwork
    posts: int
    base: int
    base_name: str
    stop_s: NDArray[np.float64]
    counts_per_week: NDArray[np.float64] | None = None
    residents: int | None = None
    notes: tuple[Phrase, ...] = ()
    known: Mapping[str, tuple[float, float, float]] = field(default_factory=dict)
    settings: PatrolSettings | None = None
    middle: tuple[int, str] | None = None

    def __post_init__(self) -> None:
        """Check all once; freeze what is known."""
        check, count = FieldCheck("Sector", UsageError), len(self.network)
        check.text("name", self.name)
        check.number("posts", self.posts, whole=True)
        check.number("base", self.base, 0, len(self.network.node_id) - 1, whole=True)
        check.text("base_name", self.base_name)
        check.figures("stop_s", self.stop_s, 0.0, rows=count)
        self.stop_s.flags.writeable = False
        if self.counts_per_week is not None:
            check.figures("counts_per_week", self.counts_per_week, 0.0, rows=count)
            self.counts_per_week.flags.writeable = False
        if self.residents is not None:
            check.number("residents", self.residents, 0.0)
        object.__setattr__(self, "known", MappingProxyType(dict(self.known)))
        if self.posts < 1:
            raise UsageError(Phrase("assess.bad_posts", {"posts": self.posts}))

    def summary(self) -> Phrase:
        """Return its name, its streets and its posts, in one sentence.

        Returns
        -------
        Phrase
            For people.
        """
        count, values = len(self.required), {"name": self.name, "posts": self.posts}
        return Phrase("assess.sector", {**values, "km": self.street_km, "count": count})

    @property
    def required(self) -> NDArray[np.int64]:
        """Its required segments, ascending."""
        return np.flatnonzero(self.network.required)

    @property
    def street_km(self) -> float:
        """Length of its required segments."""
        return self.network.required_km


def only(network: StreetNetwork, held: NDArray[np.bool_], name: str) -> StreetNetwork:
    """Return a network where nothing is held or required but some of the segments.

    Parameters
    ----------
    network
        Segments placed in cities.
    held
        bool, shape (m,): the segments to keep as one city.
    name
        Of that city.

    Returns
    -------
    StreetNetwork
        The other segments are there for getting around.
    """
    return replace(
        network,
        cities=(name,),
        city=np.where(held, 0, -1).astype(np.int64),
        required=network.required & held,
    )


def sector_in(  # noqa: PLR0913 - all that one sector is made of
    network: StreetNetwork,
    settings: PatrolSettings | str | PathLike[str] | None = None,
    name: str = "",
    *,
    anchors: Anchors | TableSource | None = None,
    people: NDArray[np.float64] | Residents | TableSource | None = None,
    counts: Counts | TableSource | None = None,
    bases: Bases | TableSource | None = None,
    posts: int = 1,
) -> Sector:
    """Return everything in the cities of a network that can be walked as one sector.

    Parameters
    ----------
    network
        From `reso_geo.load_network` with the area as its boundary, or placed in it by
        `reso_geo.network.place_in`: a segment is in it when at least half of it lies there, or it
        runs along its limit.
    settings
        All assumptions, or the path of a file of them; None for the defaults.
    name
        For people; empty for the names of the cities.
    anchors
        Places to visit, as `reso_geo.read_anchors` reads them; None for none.
    people
        Residents: float64, shape (m,), along each segment, or areas and points as
        `reso_geo.demand.read_population` reads them; None where not known.
    counts
        Calls counted along each segment, or as `reso_geo.demand.count_per_segment` reads those of
        a year; None for none.
    bases
        Places where patrols start, as `reso_geo.demand.read_bases` reads them, the nearest to the
        load is taken; None for the junction with the least mean walk to the load (its exact
        1-median).
    posts
        How many posts hold it.

    Returns
    -------
    Sector
        For `reso_geo.assess`.

    Raises
    ------
    BoundaryError
        When no street to cover lies in the area.
    UsageError
        When an argument is of another kind, or there is less than one post.

    Examples
    --------
    >>> from reso_geo import load_network, load_settings, read_boundary
    >>> from reso_geo.atomic_files import data_file
    >>> area = read_boundary(str(data_file("sample/sector.geojson")))
    >>> network = load_network(data_file("sample/sample.osm.pbf"), area)
    >>> sector = sector_in(network, load_settings(), area.names[0])
    >>> round(sector.street_km)
    50
    """
    check_network(network)
    settings = settings_of(settings)
    name = kind_of("name", name, str, "name") or listed(network.cities)
    (visits, of_anchors), (counts, of_counts) = anchors_of(anchors), counts_of(network, counts)
    residents, of_people = people_of(network, people)
    bases, of_bases = bases_of(bases)
    inside = only(network, held_segments(network), name)
    if not inside.required.any():
        raise BoundaryError(Phrase("assess.nothing_to_cover", {"area": name}))
    stop_s = stop_seconds(inside, visits, place_anchors(inside, visits))
    walk, load_s = _walk_and_load(inside, settings, stop_s)
    required = np.flatnonzero(inside.required)
    notes = (*of_anchors, *of_people, *of_counts, *of_bases, *_apart_notes(inside, name))
    base, base_name = None, ""
    middle = None
    if bases is not None:
        starts = starts_of(inside, walk, load_s, bases)
        found = starts.nearest(required)
        far = far_bases_note(bases, starts.placed)
        notes += (far,) if far else ()
        if found is None:
            notes += (Phrase("assess.no_base", {"area": name}),)
        else:
            base, base_name = int(starts.junction[found]), str(bases.name[found])
    if base is None:
        middle = _middle(inside, walk, load_s)
        base = middle[0]
    return Sector(
        name=name,
        network=inside,
        posts=posts,
        base=base,
        base_name=base_name,
        stop_s=stop_s,
        counts_per_week=None if counts is None else counts.per_week,
        residents=None if residents is None else round(float(residents[required].sum())),
        notes=notes,
        settings=settings,
        middle=middle,
    )


def with_middle_base(sector: Sector, settings: PatrolSettings) -> Sector:
    """Move a base that stands in the middle of the load to where that is under some settings.

    Parameters
    ----------
    sector
        Streets and base.
    settings
        All assumptions.

    Returns
    -------
    Sector
        The same one where its base was given, or the load lies as it lay.
    """
    if sector.middle is None or sector.middle[0] != sector.base:
        return sector
    walk, load_s = _walk_and_load(sector.network, settings, sector.stop_s)
    if sector.middle[1] == _load_key(sector.network, walk, load_s):
        return sector
    middle = _middle(sector.network, walk, load_s)
    return replace(sector, base=middle[0], middle=middle)


def _walk_and_load(
    network: StreetNetwork, settings: PatrolSettings, stop_s: NDArray[np.float64]
) -> tuple[TravelGraph, NDArray[np.float64]]:
    """Return the walks in summer, and what each street asks there."""
    times = travel_times(network, settings)
    load_s = street_load(network, times, settings, "foot", stop_s).total_s
    return travel_graph(network, times, "foot"), load_s


def _load_key(network: StreetNetwork, walk: TravelGraph, load_s: NDArray[np.float64]) -> str:
    return fingerprint(walk.fingerprint, load_s, held_segments(network), network.required)


def _middle(
    network: StreetNetwork, walk: TravelGraph, load_s: NDArray[np.float64]
) -> tuple[int, str]:
    """Find the junction with the least mean walk to the load; with the digest of these."""
    own, required = np.flatnonzero(held_segments(network)), np.flatnonzero(network.required)
    base = median_junction(walk, network.node_id, load_s, own, required)
    return base, _load_key(network, walk, load_s)


def _apart_notes(network: StreetNetwork, name: str) -> tuple[Phrase, ...]:
    """Warn when the sector's own streets do not are connected, as across a river."""
    own = held_segments(network)
    label = components(len(network.node_id), network.u[own], network.v[own])
    pieces = len(set(label[network.u[network.required & own]].tolist()))
    if pieces <= 1:
        return ()
    return (Phrase("assess.pieces", {"area": name, "pieces": pieces}),)
