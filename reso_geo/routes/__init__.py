"""Routes: the tour of a beat as loops that a person can follow, for a GPS or a map."""

from reso_geo.routes.files import check_target, route_summary, save_route
from reso_geo.routes.make import plan_route
from reso_geo.routes.route import Leg, Route, RouteLoop

__all__ = [
    "Leg",
    "Route",
    "RouteLoop",
    "check_target",
    "plan_route",
    "route_summary",
    "save_route",
]
