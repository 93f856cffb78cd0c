"""Coverage time: the shortest closed tour from a base through every required segment of a beat."""

from reso_geo.coverage.cover import Depth, SearchDepth, Tour, cover, nested_tours
from reso_geo.coverage.exact.branch_and_cut import Effort
from reso_geo.coverage.graph import TravelGraph, travel_graph
from reso_geo.coverage.reachability import AsideRule, Reached, reached
from reso_geo.coverage.tour import Loop, closed_walks, patrolled, shift_loops, walk_order
from reso_geo.coverage.trail_pairing import tails_and_heads
from reso_geo.coverage.traversals import Traversals

__all__ = [
    "AsideRule",
    "Depth",
    "Effort",
    "Loop",
    "Reached",
    "SearchDepth",
    "Tour",
    "TravelGraph",
    "Traversals",
    "closed_walks",
    "cover",
    "nested_tours",
    "patrolled",
    "reached",
    "shift_loops",
    "tails_and_heads",
    "travel_graph",
    "walk_order",
]
