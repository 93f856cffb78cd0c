"""Demand: places to visit, residents, counts and posts, read from tables and put on segments."""

from reso_geo.demand.anchors import Anchors, no_anchors, place_anchors, read_anchors, stop_seconds
from reso_geo.demand.counts import Counts, count_per_segment
from reso_geo.demand.population import Population, Residents, place_population, read_population
from reso_geo.demand.seats import read_seats

__all__ = [
    "Anchors",
    "Counts",
    "Population",
    "Residents",
    "count_per_segment",
    "no_anchors",
    "place_anchors",
    "place_population",
    "read_anchors",
    "read_population",
    "read_seats",
    "stop_seconds",
]
