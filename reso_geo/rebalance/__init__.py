"""Rebalance: from old beats to balanced ones that keep who holds which streets."""

from reso_geo.rebalance.continuity import PlanContinuity, Share, city_loads, continuity_of
from reso_geo.rebalance.continuity_bound import CityLoads, continuity_bound
from reso_geo.rebalance.params import RebalanceParams
from reso_geo.rebalance.rebalance import rebalance
from reso_geo.rebalance.request import KEEPS, OldBeats, RebalanceRequest
from reso_geo.rebalance.result import LeavingPost, Rebalanced

__all__ = [
    "KEEPS",
    "CityLoads",
    "LeavingPost",
    "OldBeats",
    "PlanContinuity",
    "RebalanceParams",
    "RebalanceRequest",
    "Rebalanced",
    "Share",
    "city_loads",
    "continuity_bound",
    "continuity_of",
    "rebalance",
]
