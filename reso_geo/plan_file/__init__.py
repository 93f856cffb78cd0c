"""The plan's GeoPackage: layers that QGIS opens, and all that is needed to read the plan back."""

from reso_geo.plan_file.read import load_plan
from reso_geo.plan_file.write import save_plan

__all__ = ["load_plan", "save_plan"]
