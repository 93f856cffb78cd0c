"""The posts of a plan that comes from another: who stays, who is new, who has left."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

from reso_geo.plan.parts import Post

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from reso_geo.plan.plan import Beat, Plan

__all__ = ["posts_after"]


def posts_after(
    before: Plan, beats: Sequence[Beat], since: str, returned: Collection[str] = ()
) -> tuple[Post, ...]:
    """Return the posts of the beats of a later plan, and those that are no more.

    Parameters
    ----------
    before
        The plan that it comes from.
    beats
        Of the later plan; one with its old id has its old posts.
    since
        Date of new posts, empty where not known.
    returned
        Ids of beats whose former posts, once retired, hold them again.

    Returns
    -------
    tuple of Post
        Those that there were in their order, then new ones; an id is never used twice.
    """
    wanted = {beat.beat_id: beat.posts for beat in beats}
    posts = []
    for post in before.all_posts:
        there = not post.retired or post.beat_id in returned
        stays = there and wanted.get(post.beat_id, 0) > 0
        if stays:
            wanted[post.beat_id] -= 1
        posts.append(replace(post, retired=not stays))
    used = {post.post_id for post in posts}
    for beat_id, more in wanted.items():
        free = (name for n in count(1) if (name := f"{beat_id}/{n}") not in used)
        for _ in range(more):
            posts.append(Post(next(free), beat_id, since, retired=False))
            used.add(posts[-1].post_id)
    return tuple(posts)
