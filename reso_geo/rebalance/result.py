"""What a rebalance comes to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reso_geo.districting.diagnostics import Diagnostic
    from reso_geo.i18n import Phrase
    from reso_geo.partition import Partition

__all__ = ["Left", "Rebalanced"]


@dataclass(frozen=True)
class Left:
    """A post that leaves.

    Attributes
    ----------
    beat_id
        Its beat.
    why
        That it leaves, who chose it and why.
    """

    beat_id: str
    why: Phrase


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
    left: tuple[Left, ...]
    new: tuple[str, ...]
    ended: bool
    diagnostics: tuple[Diagnostic, ...] = ()
