"""What a rebalance came to, as JSON and as a short table."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from reso_geo.i18n import Phrase, decimal, say
from reso_geo.plan.balance import leaving_phrase
from reso_geo.report.change import change_summary
from reso_geo.report.plan import plan_summary
from reso_geo.report.tables.table import Column, Table, values_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reso_geo.growth import RebalancedPlan
    from reso_geo.rebalance import PlanContinuity
    from reso_geo.rebalance.continuity import Share

__all__ = ["continuity_summary", "lineage_table", "rebalance_summary"]

_LEAST = 0.005
_MOST_PARENTS = 3


def rebalance_summary(made: RebalancedPlan, path: str, lang: str) -> dict[str, object]:
    """Return what `rebalance` answers as JSON: that of a plan, and what kept its post.

    Parameters
    ----------
    made
        From `reso_geo.growth.rebalance_plan`.
    path
        Where the plan was written.
    lang
        ``fr`` or ``en``.

    Returns
    -------
    dict
        As in the contract.
    """
    return {
        **plan_summary(made.plan, path, lang),
        "continuity": continuity_summary(made.continuity),
        "left": [
            {"beat_id": one.beat_id, "why": leaving_phrase(one).say(lang)}
            for one in made.found.left
        ],
        "new": list(made.found.new),
        "returned": list(made.returned),
        "change": change_summary(made.change),
    }


def continuity_summary(kept: PlanContinuity) -> dict[str, object]:
    """Return what kept its post as JSON.

    Parameters
    ----------
    kept
        Between two plans.

    Returns
    -------
    dict
        As in the contract.
    """
    return {
        **values_of(kept, "load_share", "bound", "reachable", "resident_share", "moved_km"),
        "lineage": [
            {
                "beat_id": share.beat_id,
                "from": share.from_id or None,
                "kept_share": share.kept_share,
            }
            for share in kept.lineage
        ],
    }


def lineage_table(kept: PlanContinuity, beat_ids: Sequence[str]) -> Table:
    """Return a row a beat: what it keeps of its old streets, and whose streets it has.

    Parameters
    ----------
    kept
        Between two plans.
    beat_ids
        Of the newer one, in its order.

    Returns
    -------
    Table
        Beat, share kept, origins.
    """
    rows = []
    for beat in beat_ids:
        shares = [share for share in kept.lineage if share.beat_id == beat]
        own = [share.kept_share for share in shares if share.from_id == beat]
        others = [s for s in shares if s.from_id != beat and s.load_share >= _LEAST]
        keeps = own[0] if own else Phrase("rebalance.new")
        rows.append((beat, keeps, partial(_origins, others[:_MOST_PARENTS])))
    columns: tuple[Column[None], ...] = (
        Column("column.beat_id"),
        Column("rebalance.column.kept", kind="share"),
        Column("rebalance.column.from"),
    )
    return Table("", columns, tuple(rows))


def _origins(shares: Sequence[Share], lang: str) -> str:
    nobody = say(lang, "rebalance.nobody")
    return ", ".join(
        f"{share.from_id or nobody} {decimal(lang, 100.0 * share.load_share, 0)} %"
        for share in shares
    )
