"""Programme: a linear or whole-number programme in HiGHS, grown column by column, row by row.

It uses highspy rather than scipy's interface to HiGHS: rows can be added to a solved programme, and
the next solve starts from the last one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import highspy
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Outcome", "Programme"]

_STATUS = highspy.HighsModelStatus
_INFEASIBLE = (_STATUS.kInfeasible, _STATUS.kUnboundedOrInfeasible)
_DEVEX = 1
_WHOLE = highspy.HighsVarType.kInteger


@dataclass(frozen=True)
class Outcome:
    """What a solve came to.

    Attributes
    ----------
    values
        float64, shape (c,): the solution found; empty when none was.
    bound
        No solution costs less; infinite when there is none at all.
    found
        All solutions that a search with whole values came by, the last one among them.
    """

    values: NDArray[np.float64]
    bound: float
    found: tuple[NDArray[np.float64], ...] = ()


class Programme:
    """Minimise cost times values, within bounds and rows.

    Parameters
    ----------
    cost, low, high
        float64, shape (c,): of each column.
    once
        True for a programme that is solved once: on a small one presolve takes longer than all
        steps that it spares.
    """

    def __init__(
        self,
        cost: NDArray[np.float64],
        low: NDArray[np.float64],
        high: NDArray[np.float64],
        *,
        once: bool = False,
    ) -> None:
        # `highspy.Highs` prints a banner as it is made, before it can be told to be silent.
        self._solver = highspy._Highs()  # type: ignore[attr-defined]  # noqa: SLF001
        self._solver.setOptionValue("output_flag", False)  # noqa: FBT003 - HiGHS's own way
        self._solver.setOptionValue("threads", 1)
        # Exact weights would be worked out again after each new row, for a few steps from there.
        self._solver.setOptionValue("simplex_dual_edge_weight_strategy", _DEVEX)
        self._solver.setOptionValue("mip_improving_solution_save", True)  # noqa: FBT003
        if once:
            self._solver.setOptionValue("presolve", "off")
        self.add_columns(cost, low, high)

    @property
    def columns(self) -> int:
        """Number of columns."""
        return int(self._solver.getNumCol())

    @property
    def rows(self) -> int:
        """Number of rows."""
        return int(self._solver.getNumRow())

    def add_columns(
        self, cost: NDArray[np.float64], low: NDArray[np.float64], high: NDArray[np.float64]
    ) -> None:
        """Add columns that no row uses yet.

        Parameters
        ----------
        cost, low, high
            float64, shape (k,): of each new column.
        """
        none = np.empty(0, dtype=np.int32)
        starts = np.zeros(len(cost), dtype=np.int32)
        self._solver.addCols(
            len(cost), cost, low, high, 0, starts, none, np.empty(0, dtype=np.float64)
        )

    def add_rows(
        self,
        entries: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]],
        low: NDArray[np.float64],
        high: NDArray[np.float64],
    ) -> None:
        """Add rows: low <= sum of value times column <= high.

        Parameters
        ----------
        entries
            Row (int64, the first new one is 0), column (int64) and value (float64) of each, shape
            (k,); no place twice.
        low, high
            float64, shape (r,): what each new row's sum must keep within.
        """
        row, column, value = entries
        order = np.lexsort((column, row))
        starts = np.searchsorted(row[order], np.arange(len(low))).astype(np.int32)
        self._solver.addRows(
            len(low), low, high, len(order), starts, column[order].astype(np.int32), value[order]
        )

    def drop_rows(self, rows: NDArray[np.int64]) -> None:
        """Remove rows; those that follow move up.

        Parameters
        ----------
        rows
            int64: ascending.
        """
        self._solver.deleteRows(len(rows), rows.astype(np.int32))

    def close_columns(self, columns: NDArray[np.int64]) -> None:
        """Fix columns at zero.

        Parameters
        ----------
        columns
            int64.
        """
        zero = np.zeros(len(columns))
        self._solver.changeColsBounds(len(columns), columns.astype(np.int32), zero, zero)

    def make_whole(self, columns: NDArray[np.int64]) -> None:
        """Require whole values of `solve_whole`.

        Parameters
        ----------
        columns
            int64: columns whose values must be whole.
        """
        kinds = np.full(len(columns), _WHOLE)
        self._solver.changeColsIntegrality(len(columns), columns.astype(np.int32), kinds)

    def solve(self) -> Outcome:
        """Solve the linear programme, from the last solution on.

        Returns
        -------
        Outcome
            Without values when the programme is infeasible.

        Raises
        ------
        RuntimeError
            When the solver gives up.
        """
        self._solver.run()
        status = self._solver.getModelStatus()
        if status in _INFEASIBLE:
            return Outcome(np.empty(0), math.inf)
        if status != _STATUS.kOptimal:
            message = f"HiGHS ended with {self._solver.modelStatusToString(status)}"
            raise RuntimeError(message)
        values = np.array(self._solver.getSolution().col_value)
        return Outcome(values, float(self._solver.getInfo().objective_function_value))

    def reduced_costs(self) -> NDArray[np.float64]:
        """Return what each column's cost exceeds its worth by, after `solve`, shape (c,)."""
        return np.array(self._solver.getSolution().col_dual)

    def row_duals(self) -> NDArray[np.float64]:
        """Return each row's price after `solve`, shape (r,)."""
        return np.array(self._solver.getSolution().row_dual)

    def solve_whole(self, nodes: int, seconds: float, worth: float) -> Outcome:
        """Search for the best solution whose asked columns are whole.

        Parameters
        ----------
        nodes
            Most nodes of the search tree.
        seconds
            Most seconds; infinite for no limit (then the outcome is the same on every machine).
        worth
            Solutions that cost this or more are of no use.

        Returns
        -------
        Outcome
            Without values when none of use was found.
        """
        for option, value in (
            ("mip_max_nodes", nodes),
            ("mip_rel_gap", 0.0),
            ("mip_abs_gap", 0.5),
            ("objective_bound", worth),
            ("time_limit", self._solver.getRunTime() + seconds),
        ):
            self._solver.setOptionValue(option, value)
        self._solver.run()
        status, info = self._solver.getModelStatus(), self._solver.getInfo()
        if status in _INFEASIBLE or status == _STATUS.kObjectiveBound:
            return Outcome(np.empty(0), worth)
        found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        if not found:
            return Outcome(np.empty(0), float(info.mip_dual_bound))
        values = np.array(self._solver.getSolution().col_value)
        before = (np.array(s.col_value) for s in self._solver.getSavedMipSolutions())
        return Outcome(values, float(info.mip_dual_bound), (*before, values))
