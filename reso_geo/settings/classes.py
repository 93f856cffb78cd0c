"""The classes of streets and paths: the values of OpenStreetMap's ``highway`` tag on ways."""

from __future__ import annotations

__all__ = ["HIGHWAYS"]

HIGHWAYS = (
    "motorway", "motorway_link", "trunk", "trunk_link", "primary", "primary_link", "secondary",
    "secondary_link", "tertiary", "tertiary_link", "unclassified", "residential", "living_street",
    "service", "road", "track", "busway", "bus_guideway", "escape", "raceway", "pedestrian",
    "footway", "path", "cycleway", "bridleway", "steps", "corridor", "platform", "elevator",
    "access_ramp", "crossing", "ladder", "via_ferrata", "rest_area", "services", "byway",
    "unsurfaced", "minor", "alley", "emergency_bay", "emergency_access_point", "construction",
    "proposed", "planned", "abandoned", "disused", "razed", "no", "yes",
)  # fmt: skip
"""Those that mappers use or have used; a word that is none of them is a slip of the pen."""
