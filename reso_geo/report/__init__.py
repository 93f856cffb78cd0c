"""Reports: figures of a plan or of one sector, for a spreadsheet, a program or a reader."""

from reso_geo.report.absence import (
    absence_summary,
    absence_table,
    absence_title,
    check_absence_target,
    save_absence,
)
from reso_geo.report.carry import carried_summary, save_carried
from reso_geo.report.change import (
    save_change_letters,
    save_change_sheets,
    save_change_table,
)
from reso_geo.report.check import check_effects, check_summary, check_table
from reso_geo.report.frontier import frontier_table, save_frontier, save_frontier_picture
from reso_geo.report.ladder import ladder_table, save_ladder, step_summary
from reso_geo.report.plan import check_report_target, plan_report, plan_summary
from reso_geo.report.posts import (
    check_seats_target,
    curve_table,
    needed_table,
    posts_sentences,
    posts_summary,
    save_seats,
)
from reso_geo.report.rebalance import lineage_table, rebalance_summary
from reso_geo.report.sector.figures import sector_summary
from reso_geo.report.sector.sentences import (
    VERDICT_COLUMNS,
    answer,
    judged_by,
    sections,
    sector_facts,
    verdict_row,
    verdict_table,
)
from reso_geo.report.sector.sheet import (
    check_sector_target,
    save_matters,
    save_reach,
    save_sector_note,
    save_sheet,
)
from reso_geo.report.tables.beat_columns import beats_table
from reso_geo.report.tables.table import Column, Table, table_of

__all__ = [
    "VERDICT_COLUMNS",
    "Column",
    "Table",
    "absence_summary",
    "absence_table",
    "absence_title",
    "answer",
    "beats_table",
    "carried_summary",
    "check_absence_target",
    "check_effects",
    "check_report_target",
    "check_seats_target",
    "check_sector_target",
    "check_summary",
    "check_table",
    "curve_table",
    "frontier_table",
    "judged_by",
    "ladder_table",
    "lineage_table",
    "needed_table",
    "plan_report",
    "plan_summary",
    "posts_sentences",
    "posts_summary",
    "rebalance_summary",
    "save_absence",
    "save_carried",
    "save_change_letters",
    "save_change_sheets",
    "save_change_table",
    "save_frontier",
    "save_frontier_picture",
    "save_ladder",
    "save_matters",
    "save_reach",
    "save_seats",
    "save_sector_note",
    "save_sheet",
    "sections",
    "sector_facts",
    "sector_summary",
    "step_summary",
    "table_of",
    "verdict_row",
    "verdict_table",
]
