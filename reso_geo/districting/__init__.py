"""The engine: connected regions, their beats, what a beat measures, moves, local search."""

from reso_geo.districting.problem import DistrictingProblem
from reso_geo.districting.starts import Starts, base_of, starts_of

__all__ = ["DistrictingProblem", "Starts", "base_of", "starts_of"]
