"""Borders that people know: what they cost, and how two beats divide their streets along them."""

from reso_geo.districting.borders.costs import MeetingCosts, Streets, meeting_costs
from reso_geo.districting.borders.division import Neighbours, divided, reconnected
from reso_geo.districting.borders.minimum_cuts import PairedStreets, cuts_at_prices
from reso_geo.districting.borders.search import BorderSearch

__all__ = [
    "BorderSearch",
    "MeetingCosts",
    "Neighbours",
    "PairedStreets",
    "Streets",
    "cuts_at_prices",
    "divided",
    "meeting_costs",
    "reconnected",
]
