"""Boundaries: where the work takes place, from a file, a built-in name or the street source."""

from __future__ import annotations

from reso_geo.boundaries.box import Box, box_around
from reso_geo.boundaries.exchange import parts_of
from reso_geo.boundaries.lookup import read_boundary
from reso_geo.boundaries.osm_file import OsmFile, open_osm
from reso_geo.boundaries.passes import sweep
from reso_geo.boundaries.places import Place, builtin_places
from reso_geo.boundaries.record import Boundary
from reso_geo.boundaries.shapes import astride
from reso_geo.boundaries.tidy import numbered

__all__ = [
    "Boundary",
    "Box",
    "OsmFile",
    "Place",
    "astride",
    "box_around",
    "builtin_places",
    "numbered",
    "open_osm",
    "parts_of",
    "read_boundary",
    "sweep",
]
