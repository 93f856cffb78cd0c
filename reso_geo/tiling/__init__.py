"""Polygons of beats, for display: they tile each city, with borders along streets."""

from reso_geo.tiling.tile import share_inside, tile

__all__ = ["share_inside", "tile"]
