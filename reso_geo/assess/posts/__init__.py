"""How many posts it takes until one post can cover each beat, city by city, by search."""

from reso_geo.assess.posts.curve import CurvePoint
from reso_geo.assess.posts.needed import posts_needed
from reso_geo.assess.posts.result import (
    CERTAINTIES,
    CityPosts,
    OneFewer,
    PostsNeeded,
    PostsRequest,
    PostsTrial,
)
from reso_geo.assess.posts.search import fewest_that_pass

__all__ = [
    "CERTAINTIES",
    "CityPosts",
    "CurvePoint",
    "OneFewer",
    "PostsNeeded",
    "PostsRequest",
    "PostsTrial",
    "fewest_that_pass",
    "posts_needed",
]
