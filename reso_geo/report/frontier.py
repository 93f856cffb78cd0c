"""The frontier of tolerance and continuity: as JSON, as a table, as CSV and as a picture."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from reso_geo.i18n import decimal, say
from reso_geo.output_files import output_file
from reso_geo.report.tables.csv_cells import number_cell, write_rows

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from reso_geo.growth import FrontierPoint

__all__ = [
    "FRONTIER_COLUMNS",
    "frontier_rows",
    "frontier_summary",
    "save_frontier",
    "save_frontier_picture",
]

FRONTIER_COLUMNS = ("tolerance", "kept", "bound", "reachable", "least", "most", "moved")
_WHOLE = {"fr": ",0", "en": ".0"}
_INCHES, _DPI = (7.0, 4.5), 150
_KEPT, _REACHABLE, _BOUND = "#0b3c5d", "#b4430c", "#5b6770"


def _figures(point: FrontierPoint) -> list[float]:
    shares = (
        point.tolerance,
        point.load_share,
        point.bound,
        point.reachable,
        point.min_over_mean,
        point.max_over_mean,
    )
    return [*(100.0 * share for share in shares), point.moved_km]


def frontier_summary(points: Sequence[FrontierPoint]) -> list[dict[str, float]]:
    """Return the points for JSON.

    Parameters
    ----------
    points
        From `reso_geo.frontier`.

    Returns
    -------
    list of dict
        Shares and kilometres, the strictest tolerance first.
    """
    return [asdict(point) for point in points]


def frontier_rows(points: Sequence[FrontierPoint], lang: str) -> list[list[str]]:
    """Return the points as rows of a short table, in the order of `FRONTIER_COLUMNS`.

    Parameters
    ----------
    points
        From `reso_geo.frontier`.
    lang
        ``fr`` or ``en``.

    Returns
    -------
    list of list of str
        Percents and kilometres.
    """
    return [[decimal(lang, figure) for figure in _figures(point)] for point in points]


def save_frontier(points: Sequence[FrontierPoint], path: Path, lang: str = "fr") -> None:
    """Write a row a tolerance, as a spreadsheet of the language opens it.

    Parameters
    ----------
    points
        From `reso_geo.frontier`.
    path
        The ``.csv`` file to make or replace.
    lang
        ``fr`` or ``en``.

    Raises
    ------
    OutputError
        When the file cannot be written.
    """
    heads = [say(lang, f"frontier.{column}") for column in FRONTIER_COLUMNS]
    rows = [[number_cell(lang, figure) for figure in _figures(point)] for point in points]
    write_rows(path, lang, heads, rows)


def save_frontier_picture(points: Sequence[FrontierPoint], path: Path, lang: str = "fr") -> None:
    """Draw what keeps its post over the tolerance, beside what is possible at most.

    Parameters
    ----------
    points
        From `reso_geo.frontier`.
    path
        The ``.png`` file to make or replace.
    lang
        ``fr`` or ``en``.

    Raises
    ------
    OutputError
        When the file cannot be written.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415 - slow to load
    from matplotlib.figure import Figure  # noqa: PLC0415 - slow to load
    from matplotlib.ticker import FuncFormatter  # noqa: PLC0415 - slow to load

    figure = Figure(figsize=_INCHES, dpi=_DPI, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    table = list(zip(*map(_figures, points), strict=True))
    tolerance, kept, bound, reachable = table[:4]
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
        figure.savefig(aside, format="png", metadata={"Software": None})
