"""OSM in: ways with their tags understood. The only part of the package that knows tags.

`read_ways` opens ``.osm.pbf``, ``.osm``, Overpass ``.json`` and OSMnx ``.graphml`` and gives one
`Ways` table; `reso_geo.network` builds the street network from it. `download_network` fetches an
Overpass ``.json``.
"""

from reso_geo.osm.download import DownloadOptions, download_network
from reso_geo.osm.lines import Lines
from reso_geo.osm.sources import read_ways
from reso_geo.osm.tags import (
    NO_WAY,
    PUSH,
    RIDE,
    WAY_TAGS,
    WayRules,
    elevation_of,
    surface_of,
    understand,
)
from reso_geo.osm.ways import Source, Ways

__all__ = [
    "NO_WAY",
    "PUSH",
    "RIDE",
    "WAY_TAGS",
    "DownloadOptions",
    "Lines",
    "Source",
    "WayRules",
    "Ways",
    "download_network",
    "elevation_of",
    "read_ways",
    "surface_of",
    "understand",
]
