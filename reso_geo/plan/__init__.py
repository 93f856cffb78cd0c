"""Plan: an adopted partition with everything needed to recompute it, assembled from the parts."""

from reso_geo.plan.absence import Absence, Taker, cover_absence
from reso_geo.plan.assumptions import (
    assumption_label,
    assumption_text,
    assumptions_of,
    posts_assumptions,
    sector_assumptions,
)
from reso_geo.plan.make import balance_why, make_plan
from reso_geo.plan.measure import Yardstick, measure_plan, yardstick
from reso_geo.plan.record import (
    Ancestor,
    Beat,
    District,
    Input,
    ModeFigures,
    Plan,
    PlanRequest,
    Post,
)
from reso_geo.plan.roster import posts_after
from reso_geo.plan.sector import beat_sector

__all__ = [
    "Absence",
    "Ancestor",
    "Beat",
    "District",
    "Input",
    "ModeFigures",
    "Plan",
    "PlanRequest",
    "Post",
    "Taker",
    "Yardstick",
    "assumption_label",
    "assumption_text",
    "assumptions_of",
    "balance_why",
    "beat_sector",
    "cover_absence",
    "make_plan",
    "measure_plan",
    "posts_after",
    "posts_assumptions",
    "sector_assumptions",
    "yardstick",
]
