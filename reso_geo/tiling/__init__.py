"""Polygons of beats, for display: they tile each city, with borders along streets."""

from reso_geo.tiling.inside import share_inside
from reso_geo.tiling.tile import tile

__all__ = ["share_inside", "tile"]
