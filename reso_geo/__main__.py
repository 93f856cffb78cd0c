"""Run the command line as ``python -m reso_geo``."""

from reso_geo.cli import main

main()
