"""Plan: an adopted partition with everything needed to recompute it, assembled from the parts."""

from reso_geo.plan.absence import Absence, Taker, cover_absence
from reso_geo.plan.assumptions import (
    assumption_label,
    assumption_text,
    assumptions_of,
    posts_assumptions,
    sector_assumptions,
    settings_used,
)
from reso_geo.plan.audience import (
    FEW,
    audience_text,
    sees_inside,
    told_count,
    told_notes,
    told_total,
)
from reso_geo.plan.balance import balance_phrase, balance_why
from reso_geo.plan.make import make_plan
from reso_geo.plan.measure import Yardstick, measure_plan, yardstick
from reso_geo.plan.output import day_drawn, output_file
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
    "FEW",
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
    "audience_text",
    "balance_phrase",
    "balance_why",
    "beat_sector",
    "cover_absence",
    "day_drawn",
    "make_plan",
    "measure_plan",
    "output_file",
    "posts_after",
    "posts_assumptions",
    "sector_assumptions",
    "sees_inside",
    "settings_used",
    "told_count",
    "told_notes",
    "told_total",
    "yardstick",
]
