"""What a beat holds on the other side of a motorway, a railway or a river."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reso_geo.districting.region import apart_share, part_of, parts

if TYPE_CHECKING:
    from reso_geo.districting.assignment import Assignment

__all__ = ["across", "share_across", "whole"]


def share_across(assignment: Assignment, beat: int) -> float:
    """Return the share of a beat's load that lies across a barrier from its largest part.

    Parameters
    ----------
    assignment
        The beats.
    beat
        Which one.

    Returns
    -------
    float
        Zero when nothing does.
    """
    own = assignment.own(beat)
    if not assignment.region.barred[own].any():
        return 0.0
    part = part_of(assignment.region, own)
    return float(apart_share(part, np.zeros(len(own), dtype=np.int64), part.load_s, 1)[0])


def across(assignment: Assignment, beat: int) -> list[list[int]]:
    """Return what lies across a barrier from the largest part of a beat, part by part.

    Parameters
    ----------
    assignment
        The beats.
    beat
        Which one.

    Returns
    -------
    list of list of int
        Segments of each part, that with most load first; none of them crosses.
    """
    own = assignment.own(beat)
    own = own[~assignment.region.barred[own]]
    part = parts(assignment.region, own)
    load = np.bincount(part, assignment.region.load_s[own])
    order = np.argsort(-load, kind="stable")[1:]
    return [own[part == number].tolist() for number in order.tolist()]


def whole(assignment: Assignment, beat: int) -> bool:
    """Return whether a beat is connected.

    Parameters
    ----------
    assignment
        The beats.
    beat
        Which one.

    Returns
    -------
    bool
        Also false for a beat without a required segment.
    """
    return assignment.needed[beat] > 0 and not parts(assignment.region, assignment.own(beat)).any()
