"""Walkable beats on real streets: cut, cover, judge and rebalance them.

The names here are those that most work needs. Whatever else there is stands where it belongs:
readers and writers of all kinds in `reso_geo.io`, plans in `reso_geo.plan`, pictures in
`reso_geo.maps`, verdicts in `reso_geo.assess`, changes in `reso_geo.growth`.
"""

# ruff: noqa: TC004 - what type checkers read here is loaded when it is asked for.

import sys
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    __version__: str
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

_HOMES = {
    "CutRequest": "reso_geo.partition",
    "Plan": "reso_geo.plan",
    "PlanRequest": "reso_geo.plan",
    "RebalanceRequest": "reso_geo.rebalance",
    "ResoGeoError": "reso_geo.errors",
    "StreetNetwork": "reso_geo.network",
    "assess": "reso_geo.assess",
    "check_plan": "reso_geo.plan_check",
    "load_network": "reso_geo.network",
    "load_plan": "reso_geo.plan_file",
    "load_settings": "reso_geo.settings",
    "make_plan": "reso_geo.plan",
    "plan_from_beats": "reso_geo.plan",
    "plan_map": "reso_geo.maps",
    "plan_report": "reso_geo.report",
    "posts_needed": "reso_geo.assess",
    "read_anchors": "reso_geo.demand",
    "read_boundary": "reso_geo.boundaries",
    "read_edited_plan": "reso_geo.plan_check",
    "rebalance_plan": "reso_geo.growth",
    "save_map": "reso_geo.maps",
    "save_plan": "reso_geo.plan_file",
    "sector_in": "reso_geo.assess",
}


class _OnDemand(ModuleType):
    """The package itself: what has a name in it is loaded when somebody first asks for it.

    Whoever wants one page of help, or one thing of it, need not wait for all the rest.
    """

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - functions, classes and modules
        """Load what has a name here, and keep it; a module of the package as well."""
        if name == "__version__":
            found = import_module("importlib.metadata").version(__name__)
        elif name in _HOMES:
            found = getattr(import_module(_HOMES[name]), name)
        elif not name.startswith("_") and find_spec(f"{__name__}.{name}"):
            found = import_module(f"{__name__}.{name}")
        else:
            message = f"module {__name__!r} has no attribute {name!r}"
            raise AttributeError(message)
        super().__setattr__(name, found)
        return found

    def __setattr__(self, name: str, value: object) -> None:
        """Keep a name for what it stands for here, when a module of that name is loaded."""
        if not (name in _HOMES and isinstance(value, ModuleType)):
            super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        """Return all names, loaded or not."""
        return sorted({*super().__dir__(), *__all__})


sys.modules[__name__].__class__ = _OnDemand
