"""Borders that people know: what they cost, and how two beats divide their streets along them."""

from reso_geo.districting.borders.costs import MeetingCosts, Streets, meeting_costs
from reso_geo.districting.borders.division import (
    Aim,
    Division,
    Neighbours,
    divided,
    divisions,
    reconnected,
)
from reso_geo.districting.borders.search import BorderSearch

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
