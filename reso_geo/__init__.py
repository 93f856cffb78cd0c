"""Walkable beats on real streets: cut, cover, judge and rebalance them.

The names here are those that most work needs. Whatever else there is stands where it belongs:
readers and writers of all kinds in `reso_geo.io`, plans in `reso_geo.plan`, pictures in
`reso_geo.maps`, verdicts in `reso_geo.assess`, changes in `reso_geo.growth`.
"""

from importlib.metadata import version

from reso_geo.assess import assess, posts_needed, sector_in
from reso_geo.boundaries import read_boundary
from reso_geo.demand import read_anchors
from reso_geo.errors import ResoGeoError
from reso_geo.growth import rebalance_plan
from reso_geo.maps import plan_map, save_map
from reso_geo.network import StreetNetwork, load_network
from reso_geo.partition import CutRequest
from reso_geo.plan import Plan, PlanRequest, make_plan, plan_from_beats
from reso_geo.plan_check import check_plan, read_edited_plan
from reso_geo.plan_file import load_plan, save_plan
from reso_geo.rebalance import RebalanceRequest
from reso_geo.report import plan_report
from reso_geo.settings import load_settings

__all__ = [
    "CutRequest",
    "Plan",
    "PlanRequest",
    "RebalanceRequest",
    "ResoGeoError",
    "StreetNetwork",
    "__version__",
    "assess",
    "check_plan",
    "load_network",
    "load_plan",
    "load_settings",
    "make_plan",
    "plan_from_beats",
    "plan_map",
    "plan_report",
    "posts_needed",
    "read_anchors",
    "read_boundary",
    "read_edited_plan",
    "rebalance_plan",
    "save_map",
    "save_plan",
    "sector_in",
]

__version__ = version("reso_geo")
