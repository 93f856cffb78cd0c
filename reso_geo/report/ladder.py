"""A ladder of plans, step by step: as JSON, as a short table and as CSV."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from reso_geo.i18n import Phrase, decimal
from reso_geo.report.rebalance import continuity_summary, rebalance_summary
from reso_geo.report.tables.csv_cells import write_csv
from reso_geo.report.tables.table import Column, Table
from reso_geo.travel import MODES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from reso_geo.growth import RebalancedPlan
    from reso_geo.report.tables.table import Cell

__all__ = ["ladder_table", "save_ladder", "step_summary"]

_VERDICTS = ("yes", "borderline", "no")
_SHARES = ("kept", "bound", "reachable", "first")


def step_summary(made: RebalancedPlan, step: int, path: str, lang: str) -> dict[str, object]:
    """Return one step of what `grow` answers as JSON: that of `rebalance`, and some more.

    Parameters
    ----------
    made
        One of `reso_geo.grow`.
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
    count = Counter(beat.figures(mode).verdict for beat in made.plan.beats)
    return [count[each] for each in _VERDICTS]


def ladder_table(steps: Sequence[RebalancedPlan]) -> Table:
    """Return the steps for a terminal.

    Parameters
    ----------
    steps
        From `reso_geo.grow`.

    Returns
    -------
    Table
        Posts, shares, beats with the verdicts yes, borderline and no, kilometres.
    """
    columns: list[Column[None]] = [
        Column("grow.column.step", kind="whole"),
        Column("grow.column.posts", kind="whole"),
        *(Column(f"grow.column.{name}", kind="percent") for name in _SHARES),
        *(Column(f"grow.column.{name}") for name in ("balance", *MODES)),
        Column("grow.column.moved", kind="tenth"),
    ]
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            number,
            _posts(made),
            *_shares(made),
            "-".join(decimal("en", 100.0 * share, 0) for share in reversed(made.plan.balance)),
            *("/".join(map(str, _verdicts(made, mode))) for mode in MODES),
            made.continuity.moved_km,
        )
        for number, made in enumerate(steps, 1)
    )
    return Table("", tuple(columns), rows)


def _posts(made: RebalancedPlan) -> int:
    return int(made.plan.partition.posts.sum())


def _shares(made: RebalancedPlan) -> tuple[float, ...]:
    kept = made.continuity
    return kept.load_share, kept.bound, kept.reachable, made.since_first.load_share


def save_ladder(
    steps: Sequence[RebalancedPlan], folders: Sequence[str], path: Path, lang: str = "fr"
) -> None:
    """Write a row a step, as a spreadsheet of the language opens it.

    Parameters
    ----------
    steps
        From `reso_geo.grow`.
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
    counted = [
        {"mode": Phrase(f"cli.{mode}"), "verdict": Phrase(f"verdict.{verdict}")}
        for mode in MODES
        for verdict in _VERDICTS
    ]
    columns: list[Column[None]] = [
        Column("grow.column.step", kind="whole"),
        Column("grow.csv.folder"),
        Column("grow.column.posts", kind="whole"),
        *(
            Column(f"grow.csv.{name}", kind="percent")
            for name in (*_SHARES, "residents", "least", "most")
        ),
        Column("grow.csv.moved", kind="tenth"),
        *(Column(Phrase("grow.csv.verdict", values), kind="whole") for values in counted),
    ]
    rows = tuple(
        (
            number,
            folder,
            _posts(made),
            *_shares(made),
            made.continuity.resident_share,
            *reversed(made.plan.balance),
            made.continuity.moved_km,
            *(count for mode in MODES for count in _verdicts(made, mode)),
        )
        for number, (made, folder) in enumerate(zip(steps, folders, strict=True), 1)
    )
    write_csv(Table("", tuple(columns), rows), path, lang)
