"""A stand-in for the overview."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

if TYPE_CHECKING:
    from reso_geo.plan import Plan

__all__ = ["overview_png"]


def overview_png(plan: Plan, lang: str, audience: str) -> bytes:
    """Draw.

    Parameters
    ----------
    plan, lang, audience
        Whatever.

    Returns
    -------
    bytes
        PNG.
    """
    figure = Figure(figsize=(7, 6), dpi=150, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.set_aspect("equal")
    axes.set_axis_off()
    palette = ("#b85078", "#5098e8", "#404808", "#909808", "#1010f0", "#681058")
    for k, (beat, shape) in enumerate(zip(plan.beats, plan.shapes, strict=True)):
        for part in shape.geoms:
            x, y = part.exterior.xy
            axes.fill(x, y, color=palette[k % 6], alpha=0.5, ec="white")
        spot = shape.representative_point()
        axes.text(spot.x, spot.y, beat.beat_id.replace("$", r"\$"), ha="center", fontsize=7)
    stream = io.BytesIO()
    figure.savefig(stream, format="png", metadata={"Software": None})
    return stream.getvalue()
