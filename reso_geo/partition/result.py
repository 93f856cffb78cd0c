"""CutResult: beats, and what was found out about them while they were made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from reso_geo.districting.diagnostics import Diagnostic
    from reso_geo.partition.partition import Partition

__all__ = ["CutResult"]


@dataclass(frozen=True)
class CutResult:
    """Beats, and what was found out about them while they were made.

    Attributes
    ----------
    partition
        The beats.
    diagnostics
        What there is to know of them.
    """

    partition: Partition
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def status(self) -> Literal["done", "out_of_time"]:
        """Whether the search was done, or gave the best so far when time was up."""
        late = any(one.kind == "cut_stopped" for one in self.diagnostics)
        return "out_of_time" if late else "done"
