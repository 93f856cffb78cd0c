"""Walkable beats on real streets: cut, cover, judge and rebalance them."""

from typing import TYPE_CHECKING

from reso_geo.assess import (
    Assessment,
    AssessRequest,
    PostsNeeded,
    PostsRequest,
    Sector,
    assess,
    posts_needed,
    sector_in,
)
from reso_geo.boundaries import Boundary, Place, builtin_places, read_boundary
from reso_geo.coverage import Cover, cover, travel_graph
from reso_geo.demand import Anchors, read_anchors
from reso_geo.districting import DistrictingProblem
from reso_geo.errors import ResoGeoError
from reso_geo.growth import (
    Carried,
    FrontierPoint,
    PlanChange,
    RebalancedPlan,
    carry_over,
    frontier,
    grow,
    rebalance_plan,
)
from reso_geo.maps import ladder_map, overview_png, plan_map, save_map, save_picture
from reso_geo.network import StreetNetwork, load_network
from reso_geo.osm import DownloadOptions, download_network
from reso_geo.partition import CutRequest, Partition, cut_beats
from reso_geo.plan import (
    Absence,
    Beat,
    District,
    ModeFigures,
    Plan,
    PlanRequest,
    cover_absence,
    make_plan,
)
from reso_geo.plan_check import EditedPlan, PlanCheck, check_plan, read_edited_plan, save_check
from reso_geo.plan_file import load_plan, save_plan
from reso_geo.rebalance import OldBeats, Rebalanced, RebalanceRequest, rebalance
from reso_geo.report import plan_report, save_reach, save_sheet
from reso_geo.routes import Route, plan_route, save_route
from reso_geo.settings import PatrolSettings, load_settings
from reso_geo.travel import TravelTimes, travel_times
from reso_geo.workload import BeatLoad, StreetLoad, measure_load, street_load

if TYPE_CHECKING:
    from reso_geo.maps import PlanMap

__all__ = [
    "Absence",
    "Anchors",
    "AssessRequest",
    "Assessment",
    "Beat",
    "BeatLoad",
    "Boundary",
    "Carried",
    "Cover",
    "CutRequest",
    "District",
    "DistrictingProblem",
    "DownloadOptions",
    "EditedPlan",
    "FrontierPoint",
    "ModeFigures",
    "OldBeats",
    "Partition",
    "PatrolSettings",
    "Place",
    "Plan",
    "PlanChange",
    "PlanCheck",
    "PlanMap",
    "PlanRequest",
    "PostsNeeded",
    "PostsRequest",
    "RebalanceRequest",
    "Rebalanced",
    "RebalancedPlan",
    "ResoGeoError",
    "Route",
    "Sector",
    "StreetLoad",
    "StreetNetwork",
    "TravelTimes",
    "assess",
    "builtin_places",
    "carry_over",
    "check_plan",
    "cover",
    "cover_absence",
    "cut_beats",
    "download_network",
    "frontier",
    "grow",
    "ladder_map",
    "load_network",
    "load_plan",
    "load_settings",
    "make_plan",
    "measure_load",
    "overview_png",
    "plan_map",
    "plan_report",
    "plan_route",
    "posts_needed",
    "read_anchors",
    "read_boundary",
    "read_edited_plan",
    "rebalance",
    "rebalance_plan",
    "save_check",
    "save_map",
    "save_picture",
    "save_plan",
    "save_reach",
    "save_route",
    "save_sheet",
    "sector_in",
    "street_load",
    "travel_graph",
    "travel_times",
]


def __getattr__(name: str) -> type["PlanMap"]:
    """Return the class of the map, a folium map, only to who asks: folium is slow to load."""
    if name != "PlanMap":
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    from reso_geo.maps import PlanMap  # noqa: PLC0415 - see above

    return PlanMap
