"""The command line: ``reso-geo``, also ``python -m reso_geo``."""

from reso_geo.cli.run import main

__all__ = ["main"]
