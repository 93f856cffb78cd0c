"""The verdict: can one post cover this, on foot or by bike, why not, and what would fix it."""

from reso_geo.assess.assessment import Assessment, AssessRequest, Judgement, assess
from reso_geo.assess.case import Case, case_of, far_seconds
from reso_geo.assess.contacts import Contacts
from reso_geo.assess.fixes import FIXES, Fix, Part, fewest_posts
from reso_geo.assess.needs import Needs, needs_of
from reso_geo.assess.obstacle import Obstacle, obstacle_of
from reso_geo.assess.paces import Paces
from reso_geo.assess.reach import Reach, reach_shape
from reso_geo.assess.reasons import INNER_REASONS, REASONS, Reason
from reso_geo.assess.sector import Sector, only, sector_in
from reso_geo.assess.tours import LIMITED
from reso_geo.assess.verdict import VERDICTS, Verdict, judge

__all__ = [
    "FIXES",
    "INNER_REASONS",
    "LIMITED",
    "REASONS",
    "VERDICTS",
    "AssessRequest",
    "Assessment",
    "Case",
    "Contacts",
    "Fix",
    "Judgement",
    "Needs",
    "Obstacle",
    "Paces",
    "Part",
    "Reach",
    "Reason",
    "Sector",
    "Verdict",
    "assess",
    "case_of",
    "far_seconds",
    "fewest_posts",
    "judge",
    "needs_of",
    "obstacle_of",
    "only",
    "reach_shape",
    "sector_in",
]
