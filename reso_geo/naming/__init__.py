"""Names and descriptions of beats, in words that residents know."""

from reso_geo.naming.describe import Bound, Surroundings, describe_beats
from reso_geo.naming.names import name_beats
from reso_geo.naming.streets import bare_name, in_french, telling_streets

__all__ = [
    "Bound",
    "Surroundings",
    "bare_name",
    "describe_beats",
    "in_french",
    "name_beats",
    "telling_streets",
]
