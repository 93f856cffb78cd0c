"""The small records of a plan: districts, posts, where beats come from, input files."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Ancestor", "District", "Input", "Post"]


@dataclass(frozen=True)
class District:
    """Beats under one supervisor.

    Attributes
    ----------
    district
        Its id, such as ``D1``.
    beats
        Ids of its beats.
    posts
        Posts of its beats.
    load_s
        Seconds per week, deadhead included.
    """

    district: str
    beats: tuple[str, ...]
    posts: int
    load_s: float


@dataclass(frozen=True)
class Post:
    """One place in the roster.

    Attributes
    ----------
    post_id, beat_id
        Its id, and the beat that it holds or held.
    since
        Date from which there is such a post, empty where not known.
    retired
        True when it is no more.
    """

    post_id: str
    beat_id: str
    since: str
    retired: bool


@dataclass(frozen=True)
class Ancestor:
    """Where the streets of a beat come from.

    Attributes
    ----------
    beat_id, parent_beat_id
        The beat, and one of the plan before; empty for streets of no beat.
    load_share
        Share of the beat's street load.
    step
        Which change it was, from 0 for the first plan.
    """

    beat_id: str
    parent_beat_id: str
    load_share: float
    step: int


@dataclass(frozen=True)
class Input:
    """A file that a plan was made with, besides its streets.

    Attributes
    ----------
    role
        What it was given as, such as ``anchors``.
    name
        File name, without folders.
    sha256
        Digest of the file.
    """

    role: str
    name: str
    sha256: str
