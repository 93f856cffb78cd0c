"""Beats that begin by a new id on streets alone, told from ids that were mistyped."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from reso_geo.choices import id_form
from reso_geo.i18n import listed
from reso_geo.network import components
from reso_geo.plan import near_ids
from reso_geo.plan_check.findings import BeatRow, Edit
from reso_geo.plan_check.ids import MISTYPED

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from reso_geo.network import StreetNetwork
    from reso_geo.plan_check.beats import BeatRows

__all__ = ["begin_beats", "meant_ids"]

_LARGE = 0.10
"""Who gives this share of a beat's mean load another id means a beat of its own."""
_SEVERAL = 2
_MOST = 3


def begin_beats(
    network: StreetNetwork,
    load_s: NDArray[np.float64],
    was: NDArray[np.object_],
    now: NDArray[np.object_],
    rows: BeatRows,
) -> BeatRows:
    """Add the beats that planners began by writing a new id into ``segments`` alone.

    Such a beat holds a tenth of a beat's mean load or more, or several streets to cover that are
    connected. An id that is nearly one of the plan's is a mistake, unless its streets come from
    that very beat, or it goes on in the plan's numbers.

    Parameters
    ----------
    network
        The streets.
    load_s
        float64, shape (m,): street load of each segment, seconds per week.
    was, now
        object (str), shape (m,): beat of each segment in the adopted plan, and as it is written;
        empty for none and for segments that no beat holds.
    rows
        The beats that have a row.

    Returns
    -------
    BeatRows
        With a beat of one post for each such id, in the district that its streets come from.
    """
    known = [row.beat_id for row in rows.beats]
    mean_s = float(load_s[was != ""].sum()) / max(len(set(was.tolist()) - {""}), 1)
    beats, edits = list(rows.beats), list(rows.edits)
    for beat_id in sorted(set(now.tolist()) - {"", *known}):
        own = np.flatnonzero(now == beat_id)
        if not _is_meant(network, load_s, own, was, beat_id, known, mean_s):
            continue
        km = float(network.length_m[own[network.required[own]]].sum() / 1000.0)
        weight_s = {each: load_s[own[was[own] == each]].sum() for each in set(was[own].tolist())}
        givers = sorted(weight_s, key=lambda each: (-weight_s[each], each))
        district = next((row.district for row in beats if row.beat_id == givers[0]), "")
        beats.append(BeatRow(beat_id, "", district, 1, locked=False, city=-1))
        values = {"km": km, "before": listed(each or "-" for each in givers)}
        edits.append(Edit("beat_begun", (beat_id,), values))
    begun = [row.beat_id for row in beats[len(rows.beats) :]]
    if not begun:
        return rows
    return replace(
        rows,
        beats=tuple(beats),
        shapes=(*rows.shapes, *(shapely.MultiPolygon() for _ in begun)),
        begun=frozenset(begun),
        edits=tuple(edits),
    )


def meant_ids(beat_id: str, known: Collection[str], beside: Collection[str]) -> list[str]:
    """Return the ids that a mistyped one may stand for.

    Parameters
    ----------
    beat_id
        As it was written.
    known
        The plan's ids.
    beside
        Those of the beats that hold or meet the streets with that id.

    Returns
    -------
    list of str
        Three at most, those beside first; none where no id is alike.
    """
    near = near_ids(beat_id, known)
    return sorted(near, key=lambda each: each not in beside)[:_MOST]


def _is_meant(
    network: StreetNetwork,
    load_s: NDArray[np.float64],
    own: NDArray[np.int64],
    was: NDArray[np.object_],
    beat_id: str,
    known: list[str],
    mean_s: float,
) -> bool:
    """Return whether some streets were given a new id on purpose."""
    required = int(network.required[own].sum())
    label = components(len(network.node_id), network.u[own], network.v[own])[network.u[own]]
    connected = len(np.unique(label)) == 1
    large = float(load_s[own].sum()) >= _LARGE * mean_s
    if not required or not (large or (connected and required >= _SEVERAL)):
        return False
    near = near_ids(beat_id, known, MISTYPED)
    if not near or set(was[own].tolist()) <= set(near):
        return True
    return _goes_on(beat_id, known) or (large and connected and _in_series(beat_id, known))


def _parts(beat_id: str) -> tuple[tuple[str, ...], list[int]]:
    form = id_form(beat_id)
    letters = tuple("#" if part.isdecimal() else part for part in form)
    return letters, [int(part) for part in form if part.isdecimal()]


def _in_series(beat_id: str, known: list[str]) -> bool:
    """Return whether an id differs from one of the plan's in its number only."""
    letters, numbers = _parts(beat_id)
    return bool(numbers) and any(_parts(each)[0] == letters for each in known)


def _goes_on(beat_id: str, known: list[str]) -> bool:
    """Return whether an id has the number that follows those of its kind."""
    letters, numbers = _parts(beat_id)
    before = [_parts(each)[1] for each in known if _parts(each)[0] == letters]
    if not numbers or not before:
        return False
    last = max(before)
    return numbers == [*last[:-1], last[-1] + 1]
