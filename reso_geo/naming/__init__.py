"""Names and descriptions of beats, in words that residents know."""

from reso_geo.naming.bounds import Bound
from reso_geo.naming.describe import NAMED_ENOUGH, BeatSurroundings, describe_beats
from reso_geo.naming.names import name_beats
from reso_geo.naming.streets import bare_name, distinctive_streets, in_french

__all__ = [
    "NAMED_ENOUGH",
    "BeatSurroundings",
    "Bound",
    "bare_name",
    "describe_beats",
    "distinctive_streets",
    "in_french",
    "name_beats",
]
