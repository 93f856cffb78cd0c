"""Rebalance: from old beats to balanced ones that keep who holds which streets."""

from reso_geo.rebalance.bound import continuity_bound
from reso_geo.rebalance.continuity import Continuity, Share, continuity_of
from reso_geo.rebalance.make import rebalance
from reso_geo.rebalance.record import Left, Rebalanced
from reso_geo.rebalance.request import KEEPS, OldBeats, RebalanceRequest

__all__ = [
    "KEEPS",
    "Continuity",
    "Left",
    "OldBeats",
    "RebalanceRequest",
    "Rebalanced",
    "Share",
    "continuity_bound",
    "continuity_of",
    "rebalance",
]
