"""The command line: ``reso-geo``, also ``python -m reso_geo``."""

from reso_geo.cli.app import main

__all__ = ["main"]
