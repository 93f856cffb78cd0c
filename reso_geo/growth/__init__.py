"""Growth: plans that come from plans."""

from reso_geo.growth.carry import CarriedPlan, CarriedStreet, carry_over
from reso_geo.growth.change import AnchorChange, BeatChange, PlanChange, StreetChange
from reso_geo.growth.frontier import TOLERANCES, FrontierPoint, frontier
from reso_geo.growth.ladder import check_ladder, grow, ladder
from reso_geo.growth.step import RebalancedPlan, rebalance_plan

__all__ = [
    "TOLERANCES",
    "AnchorChange",
    "BeatChange",
    "CarriedPlan",
    "CarriedStreet",
    "FrontierPoint",
    "PlanChange",
    "RebalancedPlan",
    "StreetChange",
    "carry_over",
    "check_ladder",
    "frontier",
    "grow",
    "ladder",
    "rebalance_plan",
]
