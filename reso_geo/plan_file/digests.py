"""Digests of what a hand edit of a plan's file can change, and the format's number."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import shapely

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["SCHEMA", "beats_hash", "segments_hash"]

SCHEMA = "4"


def segments_hash(
    segment_ids: Iterable[str], beat_ids: Iterable[str | None], required: Iterable[object]
) -> str:
    """Give the digest of what a hand edit of the segments can change.

    Parameters
    ----------
    segment_ids
        Of every segment.
    beat_ids
        The beat of each; None or an empty text for none.
    required
        True for those that patrol must pass.

    Returns
    -------
    str
        SHA-256 over the rows in the order of their ids.
    """
    rows = sorted(zip(segment_ids, beat_ids, required, strict=True), key=lambda row: row[0])
    lines = (f"{segment}\t{beat or ''}\t{int(bool(asked))}" for segment, beat, asked in rows)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def beats_hash(beat_ids: Iterable[str], shapes: Iterable[shapely.Geometry]) -> str:
    """Give the digest of what a hand edit of the polygons can change.

    Parameters
    ----------
    beat_ids
        Of every beat.
    shapes
        Its polygon.

    Returns
    -------
    str
        SHA-256 over ids and shapes in the order of the ids.
    """
    digest = hashlib.sha256()
    for beat_id, shape in sorted(zip(beat_ids, shapes, strict=True), key=lambda row: row[0]):
        digest.update(str(beat_id).encode() + b"\t" + shapely.to_wkb(shapely.normalize(shape)))
    return digest.hexdigest()
