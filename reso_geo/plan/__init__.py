"""Plan: an adopted partition with everything needed to recompute it, assembled from the parts."""

from reso_geo.plan.absence import Absence, Taker, cover_absence
from reso_geo.plan.assumptions import (
    assumption_label,
    assumption_text,
    assumptions_of,
    posts_assumptions,
    season_text,
    sector_assumptions,
    settings_used,
    source_text,
)
from reso_geo.plan.audience import (
    FEW,
    audience_text,
    reason_phrases,
    sees_inside,
    told_count,
    told_notes,
    told_total,
)
from reso_geo.plan.balance import balance_figures, balance_phrase, balance_why
from reso_geo.plan.beat_names import beats_meant, near_ids, one_beat
from reso_geo.plan.current import current_plan, spread_counts, spread_people
from reso_geo.plan.evaluate import Yardstick, measure_plan, yardstick
from reso_geo.plan.figures import ModeFigures
from reso_geo.plan.holds import beat_keys
from reso_geo.plan.make import make_plan
from reso_geo.plan.parts import Ancestor, District, Input, Post
from reso_geo.plan.plan import Beat, Plan
from reso_geo.plan.request import PlanRequest
from reso_geo.plan.roster import posts_after

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
    "balance_figures",
    "balance_phrase",
    "balance_why",
    "beat_keys",
    "beats_meant",
    "cover_absence",
    "current_plan",
    "make_plan",
    "measure_plan",
    "near_ids",
    "one_beat",
    "posts_after",
    "posts_assumptions",
    "reason_phrases",
    "season_text",
    "sector_assumptions",
    "sees_inside",
    "settings_used",
    "source_text",
    "spread_counts",
    "spread_people",
    "told_count",
    "told_notes",
    "told_total",
    "yardstick",
]
