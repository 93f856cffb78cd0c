"""A tornado: how far a figure moves between the ends of each assumption, the widest bar on top."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from matplotlib.ticker import MaxNLocator

from reso_geo.maps.print.small_figure import empty_figure, png_of
from reso_geo.maps.print.text import fitted, plain, wrapped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

__all__ = ["Tornado", "TornadoBar", "Zone", "tornado_png"]

_WIDTH_IN, _BAR_IN, _AROUND_IN, _TITLE_IN = 7.0, 0.36, 1.0, 0.5
_NAME_PT, _NAME_SIZE, _TITLE_SIZE = 190.0, 8.0, 11.0
_BAR, _INK, _USUAL = "#2f6f9f", "#22303a", "#b4430c"
_ZONES = ("#ececec", "#f7f7f7", "#e3eef5")
"""Light enough for ink on them, and apart in grey: each stands beside its word anyway."""
_ROOM = 0.13


@dataclass(frozen=True)
class TornadoBar:
    """One assumption.

    Attributes
    ----------
    name
        Of the assumption.
    low, high
        Its two ends, in words.
    at_low, at_high
        The figure at each.
    """

    name: str
    low: str
    high: str
    at_low: float
    at_high: float


@dataclass(frozen=True)
class Zone:
    """Part of the axis that has a word of its own.

    Attributes
    ----------
    word
        What it is called.
    left, right
        Its two ends.
    """

    word: str
    left: float
    right: float


@dataclass(frozen=True)
class Tornado:
    """One question.

    Attributes
    ----------
    title
        What was asked.
    axis
        What the figure counts.
    usual
        The figure where all assumptions are drawn.
    most
        The largest figure that there can be; the least is 0.
    bars
        The widest first.
    zones
        Of the axis, from left to right; none where a figure has no words.
    """

    title: str
    axis: str
    usual: float
    most: float
    bars: tuple[TornadoBar, ...]
    zones: tuple[Zone, ...] = ()


def tornado_png(title: str, asked: Sequence[Tornado], foot: str) -> bytes:
    """Draw one tornado under another.

    Parameters
    ----------
    title
        Over all of them.
    asked
        At least one, each with a bar.
    foot
        A line below: how to read it.

    Returns
    -------
    bytes
        A PNG.
    """
    heights = [_AROUND_IN + _BAR_IN * len(each.bars) for each in asked]
    figure = empty_figure((_WIDTH_IN, sum(heights) + 2.0 * _TITLE_IN))
    room_pt = (_WIDTH_IN - 0.4) * 72.0
    figure.suptitle(
        fitted(plain(title), _TITLE_SIZE, room_pt), fontsize=_TITLE_SIZE, parse_math=False
    )
    room = figure.subplots(len(asked), 1, squeeze=False, height_ratios=heights)
    for each, axes in zip(asked, room[:, 0], strict=True):
        _draw(axes, each)
    lines = wrapped(plain(foot), _NAME_SIZE, room_pt)
    figure.supxlabel("\n".join(lines), fontsize=_NAME_SIZE, parse_math=False)
    return png_of(figure)


def _draw(axes: Axes, asked: Tornado) -> None:
    count = len(asked.bars)
    for zone, colour in zip(asked.zones, _ZONES, strict=False):
        axes.axvspan(zone.left, zone.right, color=colour, lw=0.0, zorder=0)
        middle = (zone.left + zone.right) / 2.0
        axes.text(
            middle, -0.68, plain(zone.word), ha="center", va="bottom", fontsize=7.0, color=_INK,
            parse_math=False,
        )  # fmt: skip
    for place, bar in enumerate(asked.bars):
        left, right = sorted((bar.at_low, bar.at_high))
        axes.barh(place, right - left, left=left, height=0.55, color=_BAR, zorder=2)
        _ends(axes, place, bar)
    axes.axvline(asked.usual, color=_USUAL, lw=1.4, ls="--", zorder=3)
    axes.set_ylim(count - 0.4, -0.7 if asked.zones else -0.5)
    axes.set_xlim(-_ROOM * asked.most, (1.0 + _ROOM) * asked.most)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=10, integer=True))
    axes.set_xticks([tick for tick in axes.get_xticks() if 0 <= tick <= asked.most])
    names = ["\n".join(wrapped(plain(bar.name), _NAME_SIZE, _NAME_PT)) for bar in asked.bars]
    axes.set_yticks(range(count), names, fontsize=_NAME_SIZE, parse_math=False)
    axes.tick_params(axis="y", length=0)
    axes.tick_params(axis="x", labelsize=_NAME_SIZE)
    axes.set_xlabel(plain(asked.axis), fontsize=_NAME_SIZE, parse_math=False)
    room_pt = 16.0 if asked.zones else 6.0
    axes.set_title(plain(asked.title), fontsize=9, loc="left", parse_math=False, pad=room_pt)
    axes.spines[["top", "right", "left"]].set_visible(False)


def _ends(axes: Axes, place: int, bar: TornadoBar) -> None:
    """Write the figure of the assumption beside the end of the bar that it leads to."""
    rising = bar.at_low <= bar.at_high
    for text, at, is_left in ((bar.low, bar.at_low, rising), (bar.high, bar.at_high, not rising)):
        axes.annotate(
            plain(text), (at, place), xytext=(-4 if is_left else 4, 0), zorder=4,
            textcoords="offset points", ha="right" if is_left else "left", va="center",
            fontsize=7.5, color=_INK, parse_math=False,
        )  # fmt: skip
