"""Input tables: CSV, workbooks, GeoJSON and GeoPackage in French and English habits."""

from reso_geo.tables.fault import Fault
from reso_geo.tables.headers import plain
from reso_geo.tables.kinds import KINDS, InputColumn
from reso_geo.tables.read import InputTable, read_table
from reso_geo.tables.template import write_template

__all__ = ["KINDS", "Fault", "InputColumn", "InputTable", "plain", "read_table", "write_template"]
