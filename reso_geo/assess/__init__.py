"""The verdict: can one post cover this, on foot or by bike, why not, and what would fix it."""

from reso_geo.assess.assessment import Assessment, AssessRequest, Judgement, assess
from reso_geo.assess.evaluation import Case, case_of, far_seconds, judged_streets
from reso_geo.assess.matters import Matter, chances_at_ends, matters_of, odds_with
from reso_geo.assess.obstacle import Obstacle, obstacle_of
from reso_geo.assess.odds import (
    DRAWS,
    TENTH,
    VERDICTS,
    Odds,
    cadence_phrase,
    chance_phrase,
    in_percent,
    in_tenths,
    percentiles,
    rule_phrase,
    short_figure,
    verdict_of,
    verdict_phrase,
)
from reso_geo.assess.paces import Paces
from reso_geo.assess.posts import (
    CERTAINTIES,
    CityPosts,
    CurvePoint,
    OneFewer,
    PostsNeeded,
    PostsRequest,
    PostsTrial,
    posts_needed,
)
from reso_geo.assess.reach import Reach, reach_shape
from reso_geo.assess.reasons import REASONS, Reason
from reso_geo.assess.remedies import FIXES, Fix, Part, fewest_posts
from reso_geo.assess.sector import Sector, only, sector_in
from reso_geo.assess.set_aside import SetAside, set_aside_of
from reso_geo.assess.time_budget import Needs, needs_of, time_parts
from reso_geo.assess.tours import LIMITED, with_known
from reso_geo.assess.verdict import Verdict, judge

__all__ = [
    "CERTAINTIES",
    "DRAWS",
    "FIXES",
    "LIMITED",
    "REASONS",
    "TENTH",
    "VERDICTS",
    "AssessRequest",
    "Assessment",
    "Case",
    "CityPosts",
    "CurvePoint",
    "Fix",
    "Judgement",
    "Matter",
    "Needs",
    "Obstacle",
    "Odds",
    "OneFewer",
    "Paces",
    "Part",
    "PostsNeeded",
    "PostsRequest",
    "PostsTrial",
    "Reach",
    "Reason",
    "Sector",
    "SetAside",
    "Verdict",
    "assess",
    "cadence_phrase",
    "case_of",
    "chance_phrase",
    "chances_at_ends",
    "far_seconds",
    "fewest_posts",
    "in_percent",
    "in_tenths",
    "judge",
    "judged_streets",
    "matters_of",
    "needs_of",
    "obstacle_of",
    "odds_with",
    "only",
    "percentiles",
    "posts_needed",
    "reach_shape",
    "rule_phrase",
    "sector_in",
    "set_aside_of",
    "short_figure",
    "time_parts",
    "verdict_of",
    "verdict_phrase",
    "with_known",
]
