"""Borders that people know: what they cost, and how two beats divide their streets along them."""

from reso_geo.districting.borders.costs import MeetingCosts, Streets, meeting_costs
from reso_geo.districting.borders.division import Division, divisions
from reso_geo.districting.borders.search import BorderSearch, reconnected, surely_apart

__all__ = [
    "BorderSearch",
    "Division",
    "MeetingCosts",
    "Streets",
    "divisions",
    "meeting_costs",
    "reconnected",
    "surely_apart",
]
