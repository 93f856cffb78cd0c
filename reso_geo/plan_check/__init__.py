"""A plan after a hand edit: what changed, what is wrong, what a repair does, and the new figures.

`read_edited_plan` reads any edited or damaged plan into an `EditedPlan`, where a check and a
rebalance start; `check_plan` goes on to repair and recompute it, `save_check` writes it.
"""

from reso_geo.plan_check.check import check_plan
from reso_geo.plan_check.findings import BeatRow, Edit, EditedPlan, PlanCheck, Problem, Repair
from reso_geo.plan_check.problems import annexed_now
from reso_geo.plan_check.read import read_edited_plan
from reso_geo.plan_check.recompute import OF_THE_CUT, counts_of, people_of
from reso_geo.plan_check.repair import repaired
from reso_geo.plan_check.truths import TRUTHS
from reso_geo.plan_check.write import save_check

__all__ = [
    "OF_THE_CUT",
    "TRUTHS",
    "BeatRow",
    "Edit",
    "EditedPlan",
    "PlanCheck",
    "Problem",
    "Repair",
    "annexed_now",
    "check_plan",
    "counts_of",
    "people_of",
    "read_edited_plan",
    "repaired",
    "save_check",
]
