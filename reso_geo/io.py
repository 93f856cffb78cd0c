"""Everything that reads and everything that writes, in one place to look for it."""

from reso_geo.boundaries import builtin_places, read_boundary
from reso_geo.demand import (
    count_per_segment,
    place_population,
    read_anchors,
    read_bases,
    read_population,
    read_roster,
    read_seats,
)
from reso_geo.maps import save_map, save_picture
from reso_geo.network import clear_streets, load_network, place_elevations
from reso_geo.osm import DownloadOptions, download_network
from reso_geo.plan_check import read_edited_plan, save_check
from reso_geo.plan_file import load_plan, save_plan
from reso_geo.report import plan_report, save_reach, save_sheet
from reso_geo.routes import save_route
from reso_geo.settings import load_settings
from reso_geo.tables import write_template

__all__ = [
    "DownloadOptions",
    "builtin_places",
    "clear_streets",
    "count_per_segment",
    "download_network",
    "load_network",
    "load_plan",
    "load_settings",
    "place_elevations",
    "place_population",
    "plan_report",
    "read_anchors",
    "read_bases",
    "read_boundary",
    "read_edited_plan",
    "read_population",
    "read_roster",
    "read_seats",
    "save_check",
    "save_map",
    "save_picture",
    "save_plan",
    "save_reach",
    "save_route",
    "save_sheet",
    "write_template",
]
