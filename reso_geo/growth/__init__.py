"""Growth: plans that come from plans."""

from reso_geo.growth.carry import Carried, CarriedStreet, carry_over
from reso_geo.growth.change import AnchorChange, BeatChange, PlanChange, StreetChange
from reso_geo.growth.ladder import check_ladder, grow, ladder
from reso_geo.growth.step import RebalancedPlan, rebalance_plan

__all__ = [
    "AnchorChange",
    "BeatChange",
    "Carried",
    "CarriedStreet",
    "PlanChange",
    "RebalancedPlan",
    "StreetChange",
    "carry_over",
    "check_ladder",
    "grow",
    "ladder",
    "rebalance_plan",
]
