"""What a command says of a new plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reso_geo.i18n import duration, listed
from reso_geo.plan import assumptions_of, balance_phrase
from reso_geo.report import plan_summary

if TYPE_CHECKING:
    from pathlib import Path

    from reso_geo.cli.console import Talk
    from reso_geo.plan import Plan

__all__ = ["tell_plan"]


def tell_plan(talk: Talk, made: Plan, out: Path) -> None:
    """Describe what a plan came to, and where it was written.

    Parameters
    ----------
    talk
        How the command answers.
    made
        The plan.
    out
        Its folder.
    """
    talk.document(plan_summary(made, str(out / "plan.gpkg"), talk.lang))
    talk.beats(made)
    even = balance_phrase(made)
    talk.line(even.key, even.values)
    for each in made.districts:
        values = {
            "district": each.district,
            "hours": duration(talk.lang, each.load_s),
            "posts": each.posts,
            "beats": listed(each.beats, 40),
        }
        talk.line("cli.district", values)
    talk.warnings((*made.balance_why, *made.warnings))
    if made.provisional:
        talk.line("cli.provisional")
    talk.assumptions(assumptions_of(made))
    talk.line("cli.wrote_plan", {"folder": out})
