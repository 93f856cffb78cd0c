"""Plan: an adopted partition with everything needed to recompute it, assembled from the parts."""

from reso_geo.plan.absence import Absence, CoveringBeat, cover_absence
from reso_geo.plan.api.beats_by_street import beats_by_street
from reso_geo.plan.api.beats_file import id_text, read_beats
from reso_geo.plan.api.from_beats import plan_from_beats
from reso_geo.plan.api.given import tour_depth
from reso_geo.plan.assumptions import (
    assumption_label,
    assumption_text,
    assumptions_of,
    posts_assumptions,
    season_text,
    sector_assumptions,
    setting_phrase,
    settings_used,
    source_text,
)
from reso_geo.plan.audience import (
    FEW,
    audience_text,
    reason_phrases,
    sees_inside,
    shown_count,
    shown_notes,
    shown_total,
)
from reso_geo.plan.balance import balance_figures, balance_phrase, enough_phrase, waiting_phrase
from reso_geo.plan.beat_names import beats_meant, near_ids, one_beat
from reso_geo.plan.build import Given, build_plan
from reso_geo.plan.current import (
    current_plan,
    judged_again,
    spread_counts,
    spread_people,
    yard_of,
)
from reso_geo.plan.evaluate import judged_figures
from reso_geo.plan.evaluation_context import EvaluationContext, beat_keys, evaluation_context
from reso_geo.plan.make import make_plan
from reso_geo.plan.parts import (
    DRAFT,
    Ancestor,
    Beat,
    BeatsEnough,
    District,
    Input,
    ModeFigures,
    PlanMatter,
    Post,
)
from reso_geo.plan.plan import Plan
from reso_geo.plan.request import PlanRequest
from reso_geo.plan.tours import KeptTours, tour_beats

__all__ = [
    "DRAFT",
    "FEW",
    "Absence",
    "Ancestor",
    "Beat",
    "BeatsEnough",
    "CoveringBeat",
    "District",
    "EvaluationContext",
    "Given",
    "Input",
    "KeptTours",
    "ModeFigures",
    "Plan",
    "PlanMatter",
    "PlanRequest",
    "Post",
    "assumption_label",
    "assumption_text",
    "assumptions_of",
    "audience_text",
    "balance_figures",
    "balance_phrase",
    "beat_keys",
    "beats_by_street",
    "beats_meant",
    "build_plan",
    "cover_absence",
    "current_plan",
    "enough_phrase",
    "evaluation_context",
    "id_text",
    "judged_again",
    "judged_figures",
    "make_plan",
    "near_ids",
    "one_beat",
    "plan_from_beats",
    "posts_assumptions",
    "read_beats",
    "reason_phrases",
    "season_text",
    "sector_assumptions",
    "sees_inside",
    "setting_phrase",
    "settings_used",
    "shown_count",
    "shown_notes",
    "shown_total",
    "source_text",
    "spread_counts",
    "spread_people",
    "tour_beats",
    "tour_depth",
    "waiting_phrase",
    "yard_of",
]
