"""The frontier of tolerance and continuity: as JSON, as a table, as CSV and as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reso_geo.i18n import decimal, say
from reso_geo.output_files import output_file
from reso_geo.report.tables.csv_cells import write_csv
from reso_geo.report.tables.table import Column, Table, table_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from reso_geo.growth import FrontierPoint

__all__ = ["frontier_table", "save_frontier", "save_frontier_picture"]

_COLUMNS: tuple[Column[FrontierPoint], ...] = (
    Column("frontier.tolerance", "tolerance", "percent"),
    Column("frontier.kept", "load_share", "percent"),
    Column("frontier.bound", "bound", "percent"),
    Column("frontier.reachable", "reachable", "percent"),
    Column("frontier.least", "min_over_mean", "percent"),
    Column("frontier.most", "max_over_mean", "percent"),
    Column("frontier.moved", "moved_km", "tenth"),
)
_WHOLE = {"fr": ",0", "en": ".0"}
_INCHES = (7.0, 4.5)
_KEPT, _REACHABLE, _BOUND = "#0b3c5d", "#b4430c", "#5b6770"


def frontier_table(points: Sequence[FrontierPoint]) -> Table:
    """Return what each tolerance buys.

    Parameters
    ----------
    points
        From `reso_geo.growth.frontier`.

    Returns
    -------
    Table
        Shares and kilometres, the strictest tolerance first.
    """
    return table_of("", _COLUMNS, points)


def save_frontier(points: Sequence[FrontierPoint], path: Path, lang: str = "fr") -> None:
    """Write a row a tolerance, as a spreadsheet of the language opens it.

    Parameters
    ----------
    points
        From `reso_geo.growth.frontier`.
    path
        The ``.csv`` file to make or replace.
    lang
        ``fr`` or ``en``.

    Raises
    ------
    OutputError
        When the file cannot be written.
    """
    write_csv(frontier_table(points), path, lang)


def save_frontier_picture(points: Sequence[FrontierPoint], path: Path, lang: str = "fr") -> None:
    """Draw what keeps its post over the tolerance, beside what is possible at most.

    Parameters
    ----------
    points
        From `reso_geo.growth.frontier`.
    path
        The ``.png`` file to make or replace.
    lang
        ``fr`` or ``en``.

    Raises
    ------
    OutputError
        When the file cannot be written.
    """
    from matplotlib.ticker import FuncFormatter  # noqa: PLC0415 - slow to load

    from reso_geo.maps.print.small_figure import new_figure, png_of  # noqa: PLC0415 - likewise

    figure, axes = new_figure(_INCHES)
    tolerance = [100.0 * each.tolerance for each in points]
    kept = [100.0 * each.load_share for each in points]
    bound, reachable = zip(*((100.0 * p.bound, 100.0 * p.reachable) for p in points), strict=True)
    axes.plot(tolerance, bound, "--", color=_BOUND, label=say(lang, "frontier.bound"))
    axes.plot(tolerance, reachable, ":", color=_REACHABLE, label=say(lang, "frontier.reachable"))
    axes.plot(tolerance, kept, "o-", color=_KEPT, label=say(lang, "frontier.kept"))
    for x, y in zip(tolerance, kept, strict=True):
        axes.annotate(
            decimal(lang, y),
            (x, y),
            xytext=(0, -13),
            textcoords="offset points",
            ha="center",
            fontsize=8,
        )
    axes.set_xlabel(say(lang, "frontier.tolerance"))
    axes.set_ylabel(say(lang, "frontier.share"))
    axes.margins(x=0.06, y=0.16)
    ticks = [decimal(lang, value).removesuffix(_WHOLE[lang]) for value in tolerance]
    axes.set_xticks(tolerance, ticks)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: decimal(lang, value)))
    axes.grid(alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(loc="best", frameon=False, fontsize=9)
    axes.set_title(say(lang, "frontier.title"), fontsize=11)
    with output_file(path) as aside:
        aside.write_bytes(png_of(figure))
