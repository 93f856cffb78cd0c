"""Plan: an adopted partition with everything needed to recompute it, assembled from the parts."""

from reso_geo.plan.assumptions import assumption_label, assumption_text, assumptions_of
from reso_geo.plan.make import balance_why, make_plan
from reso_geo.plan.record import Beat, District, ModeFigures, Plan, PlanRequest

__all__ = [
    "Beat",
    "District",
    "ModeFigures",
    "Plan",
    "PlanRequest",
    "assumption_label",
    "assumption_text",
    "assumptions_of",
    "balance_why",
    "make_plan",
]
