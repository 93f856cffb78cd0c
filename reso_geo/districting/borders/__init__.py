"""Borders that people know: what they cost, and how two beats divide their streets along them."""

from reso_geo.districting.borders.costs import MeetingCosts, Streets, meeting_costs
from reso_geo.districting.borders.division import Aim, Division, Neighbours, divided, divisions
from reso_geo.districting.borders.search import BorderSearch, reconnected

__all__ = [
    "Aim",
    "BorderSearch",
    "Division",
    "MeetingCosts",
    "Neighbours",
    "Streets",
    "divided",
    "divisions",
    "meeting_costs",
    "reconnected",
]
