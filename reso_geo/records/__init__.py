"""Records: what they are checked for where they are made, how they are compared and copied."""

from reso_geo.records.field_check import FieldCheck, usual_length
from reso_geo.records.given import hearer, kind_of, path_of, refuse_kind
from reso_geo.records.record import Record, freeze, same_values
from reso_geo.records.shown import Shown

__all__ = [
    "FieldCheck",
    "Record",
    "Shown",
    "freeze",
    "hearer",
    "kind_of",
    "path_of",
    "refuse_kind",
    "same_values",
    "usual_length",
]
