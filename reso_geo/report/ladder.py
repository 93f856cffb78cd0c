"""A ladder of plans, step by step: as JSON, as a short table and as CSV."""

from __future__ import annotations

from collections import Counter
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, NamedTuple

from reso_geo.i18n import Phrase, decimal
from reso_geo.report.rebalance import continuity_summary, rebalance_summary
from reso_geo.report.tables.csv_cells import write_csv
from reso_geo.report.tables.table import Column, Table, table_of
from reso_geo.travel import MODES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from reso_geo.growth import RebalancedPlan

__all__ = ["ladder_table", "save_ladder", "step_summary"]

_VERDICTS = ("yes", "borderline", "no")
_SHARES = {
    "kept": "made.continuity.load_share",
    "bound": "made.continuity.bound",
    "reachable": "made.continuity.reachable",
    "first": "made.since_first.load_share",
}


class _Step(NamedTuple):
    """A step of a ladder: its number, its plan, and the folder that the plan was written to."""

    number: int
    made: RebalancedPlan
    folder: str = ""


_NUMBER: Column[_Step] = Column("grow.column.step", "number", "whole")
_POSTS: Column[_Step] = Column(
    "grow.column.posts", lambda step: int(step.made.plan.partition.posts.sum()), "whole"
)


def step_summary(made: RebalancedPlan, step: int, path: str, lang: str) -> dict[str, object]:
    """Return one step of what `grow` answers as JSON: that of `rebalance`, and some more.

    Parameters
    ----------
    made
        One of `reso_geo.growth.grow`.
    step
        Its number, from 1.
    path
        Where the plan was written.
    lang
        ``fr`` or ``en``.

    Returns
    -------
    dict
        With the number of the step, what is with its first holder, and how many beats have which
        verdict.
    """
    verdicts = {mode: dict(zip(_VERDICTS, _verdicts(made, mode), strict=True)) for mode in MODES}
    return {
        "step": step,
        **rebalance_summary(made, path, lang),
        "since_first": continuity_summary(made.since_first),
        "verdicts": verdicts,
    }


def _verdicts(made: RebalancedPlan, mode: str) -> list[int]:
    held = Counter(beat.figures(mode).verdict for beat in made.plan.beats)
    return [held[each] for each in _VERDICTS]


def _slashed(mode: str, step: _Step) -> str:
    return "/".join(map(str, _verdicts(step.made, mode)))


def _counted(mode: str, verdict: int, step: _Step) -> int:
    return _verdicts(step.made, mode)[verdict]


def _balance(step: _Step) -> str:
    return "-".join(decimal("en", 100.0 * share, 0) for share in reversed(step.made.plan.balance))


def ladder_table(steps: Sequence[RebalancedPlan]) -> Table:
    """Return the steps for a terminal.

    Parameters
    ----------
    steps
        From `reso_geo.growth.grow`.

    Returns
    -------
    Table
        Posts, shares, beats with the verdicts yes, borderline and no, kilometres.
    """
    columns: list[Column[_Step]] = [
        _NUMBER,
        _POSTS,
        *(Column(f"grow.column.{name}", path, "percent") for name, path in _SHARES.items()),
        Column("grow.column.balance", _balance),
        *(Column(f"grow.column.{mode}", partial(_slashed, mode)) for mode in MODES),
        Column("grow.column.moved", "made.continuity.moved_km", "tenth"),
    ]
    return table_of("", columns, map(_Step, count(1), steps))


def save_ladder(
    steps: Sequence[RebalancedPlan], folders: Sequence[str], path: Path, lang: str = "fr"
) -> None:
    """Write a row a step, as a spreadsheet of the language opens it.

    Parameters
    ----------
    steps
        From `reso_geo.growth.grow`.
    folders
        Name of the folder of each.
    path
        The ``.csv`` file to make or replace.
    lang
        ``fr`` or ``en``.

    Raises
    ------
    OutputError
        When the file cannot be written.
    """
    shares = {**_SHARES, "residents": "made.continuity.resident_share"}
    columns: list[Column[_Step]] = [
        _NUMBER,
        Column("grow.csv.folder", "folder"),
        _POSTS,
        *(Column(f"grow.csv.{name}", path, "percent") for name, path in shares.items()),
        Column("grow.csv.least", lambda step: step.made.plan.balance[1], "percent"),
        Column("grow.csv.most", lambda step: step.made.plan.balance[0], "percent"),
        Column("grow.csv.moved", "made.continuity.moved_km", "tenth"),
    ]
    for mode in MODES:
        for place, verdict in enumerate(_VERDICTS):
            told = {"mode": Phrase(f"cli.{mode}"), "verdict": Phrase(f"verdict.{verdict}")}
            head = Phrase("grow.csv.verdict", told)
            columns.append(Column(head, partial(_counted, mode, place), "whole"))
    write_csv(table_of("", columns, map(_Step, count(1), steps, folders)), path, lang)
