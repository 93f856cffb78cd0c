"""What a rebalance comes to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from reso_geo.districting.diagnostics import Diagnostic
    from reso_geo.partition import Partition

__all__ = ["LeavingPost", "Rebalanced"]


@dataclass(frozen=True)
class LeavingPost:
    """A post that leaves.

    Attributes
    ----------
    beat_id
        Its beat.
    reason
        ``named``: the planner asked for it. ``chosen``: its streets can be taken with the fewest
        further changes. ``youngest``: it was in no smaller plan.
    near
        Ids of the beats that take its streets.
    moves_s
        Load that must change hands besides, seconds per week.
    posts
        Posts of the smallest plan that it was in.
    """

    beat_id: str
    reason: Literal["named", "chosen", "youngest"]
    near: tuple[str, ...] = ()
    moves_s: float = 0.0
    posts: int = 0


@dataclass(frozen=True)
class Rebalanced:
    """Beats that come from older ones.

    Attributes
    ----------
    partition
        The beats as they are now; who stayed has its old id.
    left
        The posts that left.
    new
        Ids of new beats.
    ended
        False when time was up before the search had ended.
    diagnostics
        What there is to know of the beats.
    """

    partition: Partition
    left: tuple[LeavingPost, ...]
    new: tuple[str, ...]
    ended: bool
    diagnostics: tuple[Diagnostic, ...] = ()
