"""Reports: figures of a plan or of one sector, for a spreadsheet, a program or a reader."""

from reso_geo.report.absence import (
    absence_summary,
    absence_title,
    check_absence_target,
    save_absence,
)
from reso_geo.report.carry import carried_summary, save_carried
from reso_geo.report.change import save_change_letters, save_change_table
from reso_geo.report.check import CHECK_COLUMNS, check_effects, check_rows, check_summary
from reso_geo.report.frontier import (
    FRONTIER_COLUMNS,
    frontier_rows,
    frontier_summary,
    save_frontier,
    save_frontier_picture,
)
from reso_geo.report.ladder import LADDER_COLUMNS, ladder_row, save_ladder, step_summary
from reso_geo.report.plan import check_report_target, plan_report, plan_summary
from reso_geo.report.posts import (
    check_seats_target,
    posts_sentences,
    posts_summary,
    save_seats,
)
from reso_geo.report.rebalance import lineage_rows, rebalance_summary
from reso_geo.report.sector import sector_summary
from reso_geo.report.sector_sheet import (
    check_sector_target,
    save_reach,
    save_sector_note,
    save_sheet,
)
from reso_geo.report.sentences import VERDICT_COLUMNS, facts, sections, verdict_row

__all__ = [
    "CHECK_COLUMNS",
    "FRONTIER_COLUMNS",
    "LADDER_COLUMNS",
    "VERDICT_COLUMNS",
    "absence_summary",
    "absence_title",
    "carried_summary",
    "check_absence_target",
    "check_effects",
    "check_report_target",
    "check_rows",
    "check_seats_target",
    "check_sector_target",
    "check_summary",
    "facts",
    "frontier_rows",
    "frontier_summary",
    "ladder_row",
    "lineage_rows",
    "plan_report",
    "plan_summary",
    "posts_sentences",
    "posts_summary",
    "rebalance_summary",
    "save_absence",
    "save_carried",
    "save_change_letters",
    "save_change_table",
    "save_frontier",
    "save_frontier_picture",
    "save_ladder",
    "save_reach",
    "save_seats",
    "save_sector_note",
    "save_sheet",
    "sections",
    "sector_summary",
    "step_summary",
    "verdict_row",
]
