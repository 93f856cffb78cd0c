"""Demand: places to visit and to start from, residents, counts and posts, put on segments."""

from reso_geo.demand.anchors import (
    Anchors,
    distances_note,
    far_note,
    is_shelter,
    no_anchors,
    place_anchors,
    read_anchors,
    stop_seconds,
)
from reso_geo.demand.bases import (
    Bases,
    far_bases_note,
    far_bases_phrase,
    place_bases,
    read_bases,
)
from reso_geo.demand.counts import YEAR_WEEKS, Counts, count_per_segment
from reso_geo.demand.given import anchors_of, bases_of, counts_of, people_of
from reso_geo.demand.nearest import Nearest
from reso_geo.demand.population import Population, Residents, place_population, read_population
from reso_geo.demand.roster import RosterRow, day_of, read_roster
from reso_geo.demand.seats import read_seats
from reso_geo.demand.shifts import LEAST_POSTS, LEAST_SHIFTS, Shifts, calibrated, read_shifts

__all__ = [
    "LEAST_POSTS",
    "LEAST_SHIFTS",
    "YEAR_WEEKS",
    "Anchors",
    "Bases",
    "Counts",
    "Nearest",
    "Population",
    "Residents",
    "RosterRow",
    "Shifts",
    "anchors_of",
    "bases_of",
    "calibrated",
    "count_per_segment",
    "counts_of",
    "day_of",
    "distances_note",
    "far_bases_note",
    "far_bases_phrase",
    "far_note",
    "is_shelter",
    "no_anchors",
    "people_of",
    "place_anchors",
    "place_bases",
    "place_population",
    "read_anchors",
    "read_bases",
    "read_population",
    "read_roster",
    "read_seats",
    "read_shifts",
    "stop_seconds",
]
