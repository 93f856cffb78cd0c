"""A ladder of plans, step by step: as JSON, as a short table and as CSV."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from reso_geo.i18n import decimal, say
from reso_geo.report.rebalance import continuity_summary, rebalance_summary
from reso_geo.report.tables.csv_cells import number_cell, text_cell, write_rows
from reso_geo.travel import MODES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from reso_geo.growth import RebalancedPlan

__all__ = ["LADDER_COLUMNS", "ladder_row", "save_ladder", "step_summary"]

LADDER_COLUMNS = ("posts", "kept", "bound", "reachable", "first", "balance", *MODES, "moved")
_VERDICTS = ("yes", "borderline", "no")
_NUMBERS = (
    "grow.column.posts",
    "grow.csv.kept",
    "grow.csv.bound",
    "grow.csv.reachable",
    "grow.csv.first",
    "grow.csv.residents",
    "grow.csv.least",
    "grow.csv.most",
    "grow.csv.moved",
)


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


def ladder_row(made: RebalancedPlan, lang: str) -> list[str]:
    """Return the cells of a step, in the order of `LADDER_COLUMNS`.

    Parameters
    ----------
    made
        One of `reso_geo.grow`.
    lang
        ``fr`` or ``en``.

    Returns
    -------
    list of str
        Posts, shares in percent, beats with the verdicts yes, borderline and no, kilometres.
    """
    kept = made.continuity
    shares = (kept.load_share, kept.bound, kept.reachable, made.since_first.load_share)
    largest, smallest = made.plan.balance
    return [
        str(int(made.plan.partition.posts.sum())),
        *(decimal(lang, 100.0 * share) for share in shares),
        f"{decimal(lang, 100.0 * smallest, 0)}-{decimal(lang, 100.0 * largest, 0)}",
        *("/".join(map(str, _verdicts(made, mode))) for mode in MODES),
        decimal(lang, kept.moved_km),
    ]


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
    heads = [say(lang, "grow.column.step"), say(lang, "grow.csv.folder")]
    heads += [say(lang, key) for key in _NUMBERS]
    for mode in MODES:
        for verdict in _VERDICTS:
            heads.append(f"{say(lang, f'cli.{mode}')} : {say(lang, f'verdict.{verdict}')}")
    rows = [
        [str(number), text_cell(folder), *_cells(made, lang)]
        for number, (made, folder) in enumerate(zip(steps, folders, strict=True), 1)
    ]
    write_rows(path, lang, heads, rows)


def _cells(made: RebalancedPlan, lang: str) -> list[str]:
    kept, (largest, smallest) = made.continuity, made.plan.balance
    shares = [
        kept.load_share,
        kept.bound,
        kept.reachable,
        made.since_first.load_share,
        kept.resident_share,
        smallest,
        largest,
    ]
    return [
        str(int(made.plan.partition.posts.sum())),
        *(number_cell(lang, None if share is None else 100.0 * share) for share in shares),
        number_cell(lang, kept.moved_km),
        *(str(count) for mode in MODES for count in _verdicts(made, mode)),
    ]
