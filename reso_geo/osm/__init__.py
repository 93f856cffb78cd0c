"""OSM in: ways with their tags understood. The only part of the package that knows tags.

`read_ways` opens ``.osm.pbf``, ``.osm``, Overpass ``.json`` and OSMnx ``.graphml`` and gives one
`Ways` table; `reso_geo.network` builds the street network from it. `read_land` gives what lies
around the streets: water, parks, woods, and the names of places. `download_network` fetches an
Overpass ``.json``.
"""

from reso_geo.osm.barrier_tags import BarrierLines
from reso_geo.osm.download import DownloadOptions, download_network
from reso_geo.osm.ground_tags import elevation_of, surface_of
from reso_geo.osm.land import LAND_KINDS, PLACE_KINDS, LandArea, LandCover, NamedPlace
from reso_geo.osm.land_readers import read_land
from reso_geo.osm.readers import read_ways, street_source
from reso_geo.osm.tags import NO_WAY, NODE_TAGS, PUSH, RIDE, WAY_TAGS, WayRules, understand
from reso_geo.osm.ways import Source, Ways

__all__ = [
    "LAND_KINDS",
    "NODE_TAGS",
    "NO_WAY",
    "PLACE_KINDS",
    "PUSH",
    "RIDE",
    "WAY_TAGS",
    "BarrierLines",
    "DownloadOptions",
    "LandArea",
    "LandCover",
    "NamedPlace",
    "Source",
    "WayRules",
    "Ways",
    "download_network",
    "elevation_of",
    "read_land",
    "read_ways",
    "street_source",
    "surface_of",
    "understand",
]
