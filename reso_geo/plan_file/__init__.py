"""The plan's GeoPackage: layers that QGIS opens, and all that is needed to read the plan back."""

from reso_geo.plan_file.additions import added_things
from reso_geo.plan_file.adopted import ADOPTED, adopted_layers
from reso_geo.plan_file.assemble import assemble_plan, info_of
from reso_geo.plan_file.digests import ANCHOR_COLUMNS
from reso_geo.plan_file.extras import KEYS, Extras
from reso_geo.plan_file.layers import LAYERS, Layer, read_layer, tables_in
from reso_geo.plan_file.migrate import migrated_layers
from reso_geo.plan_file.projects import PROJECTS, carry_projects
from reso_geo.plan_file.read import NO_PLAN, check_schema, edited_layers, load_plan, no_plan, opened
from reso_geo.plan_file.styles import added_styles
from reso_geo.plan_file.tours import TOURS
from reso_geo.plan_file.write import refuse_held, save_plan

__all__ = [
    "ADOPTED",
    "ANCHOR_COLUMNS",
    "KEYS",
    "LAYERS",
    "NO_PLAN",
    "PROJECTS",
    "TOURS",
    "Extras",
    "Layer",
    "added_styles",
    "added_things",
    "adopted_layers",
    "assemble_plan",
    "carry_projects",
    "check_schema",
    "edited_layers",
    "info_of",
    "load_plan",
    "migrated_layers",
    "no_plan",
    "opened",
    "read_layer",
    "refuse_held",
    "save_plan",
    "tables_in",
]
