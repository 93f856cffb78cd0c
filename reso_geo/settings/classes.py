"""The words of OpenStreetMap that are known, the classes of streets and paths among them."""

from __future__ import annotations

import tomllib
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from reso_geo.atomic_files import data_file

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["HIGHWAYS", "TAG_WORDS"]

TAG_WORDS: Mapping[str, Any] = MappingProxyType(
    tomllib.loads(data_file("tags.toml").read_text(encoding="utf-8"))
)
"""Keys and values of tags in groups of one meaning."""
HIGHWAYS: tuple[str, ...] = tuple(TAG_WORDS["highways"])
"""Those that mappers use or have used; a word that is none of them is a slip of the pen."""
