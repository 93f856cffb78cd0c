"""Boundaries: where patrol takes place, from a file, a built-in name or the street source."""

from __future__ import annotations

from reso_geo.boundaries.boundary import Boundary
from reso_geo.boundaries.box import BoundingBox, box_around
from reso_geo.boundaries.built_in_places import Place, builtin_places
from reso_geo.boundaries.exchange import parts_of
from reso_geo.boundaries.layers import Outlines, read_outlines
from reso_geo.boundaries.lookup import read_boundary
from reso_geo.boundaries.shapes import astride
from reso_geo.osm_files.block_reader import sweep
from reso_geo.osm_files.sorting import numbered
from reso_geo.osm_files.source_file import OsmFile, open_osm

__all__ = [
    "Boundary",
    "BoundingBox",
    "OsmFile",
    "Outlines",
    "Place",
    "astride",
    "box_around",
    "builtin_places",
    "numbered",
    "open_osm",
    "parts_of",
    "read_boundary",
    "read_outlines",
    "sweep",
]
