"""Growth: plans that come from plans."""

from reso_geo.growth.step import RebalancedPlan, rebalance_plan

__all__ = ["RebalancedPlan", "rebalance_plan"]
