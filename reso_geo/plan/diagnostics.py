"""Sentences about beats, made of what whoever made them found out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reso_geo.demand import far_bases_phrase
from reso_geo.i18n import Phrase, listed

if TYPE_CHECKING:
    from reso_geo.districting.diagnostics import Diagnostic

__all__ = ["sentence_of"]

_TRADED, _JOINED = 3, 5
"""So many ids of segments are said, the others counted."""


def sentence_of(found: Diagnostic) -> Phrase:
    """Return the sentence for the planner.

    Parameters
    ----------
    found
        What there is to know.

    Returns
    -------
    Phrase
        With what is counted, and its size.
    """
    if found.kind == "far_bases":
        return far_bases_phrase(found.places, found.distances_m)
    if found.kind == "no_base":
        return Phrase("demand.no_base", {"beats": listed(found.beats)})
    if found.kind == "blocked":
        return _blocked(found)
    if found.kind == "joined":
        return _joined(found)
    if found.kind == "cut_stopped":
        return Phrase("partition.time_limit", {"limit": found.seconds})
    return Phrase("partition.no_load" if found.kind == "no_load" else "rebalance.time_limit", {})


def _blocked(found: Diagnostic) -> Phrase:
    beat, *others = found.beats
    off, *after = (100.0 * share for share in found.shares)
    values: dict[str, object] = {"beat": beat, "off": off}
    if not others:
        return Phrase("partition.blocked_alone", values)
    values |= {"other": others[0], "ids": listed(found.segment_ids, _TRADED)}
    return Phrase("partition.blocked", values | {"after": after[0], "other_after": after[1]})


def _joined(found: Diagnostic) -> Phrase:
    beat, *locks = found.beats
    values: dict[str, object] = {
        "beat": beat,
        "count": len(found.segment_ids),
        "km": found.length_m / 1000.0,
        "ids": listed(found.segment_ids, _JOINED),
    }
    if locks:
        return Phrase("partition.joined_by_lock", values | {"locks": listed(locks)})
    return Phrase("partition.joined", values)
