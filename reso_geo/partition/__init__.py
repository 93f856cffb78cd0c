"""Partition: beats over the streets, their invariants, and how they are cut."""

from reso_geo.districting.params import CutParams
from reso_geo.partition.annexed import annexed_beats, annexed_parts, parts_of
from reso_geo.partition.apportion.methods import (
    SEAT_RULES,
    huntington_hill,
    sainte_lague,
    seats_by_city,
)
from reso_geo.partition.bases import keep_bases, median_junction, start_beats
from reso_geo.partition.cut import cut_beats
from reso_geo.partition.districts.districts import (
    check_districts,
    district_beats,
    neighbouring_beats,
)
from reso_geo.partition.locks import LockedBeats, lock_beats, no_locks
from reso_geo.partition.neighbourhoods import held_neighbourhoods
from reso_geo.partition.partition import (
    Partition,
    beats_met,
    broken_beats,
    held_segments,
    in_order,
    sorted_by,
    trading_groups,
    unserved_segments,
)
from reso_geo.partition.refine import attachment_of, even_from_bases, refine_beats
from reso_geo.partition.request import CutRequest
from reso_geo.partition.result import CutResult

__all__ = [
    "SEAT_RULES",
    "CutParams",
    "CutRequest",
    "CutResult",
    "LockedBeats",
    "Partition",
    "annexed_beats",
    "annexed_parts",
    "attachment_of",
    "beats_met",
    "broken_beats",
    "check_districts",
    "cut_beats",
    "district_beats",
    "even_from_bases",
    "held_neighbourhoods",
    "held_segments",
    "huntington_hill",
    "in_order",
    "keep_bases",
    "lock_beats",
    "median_junction",
    "neighbouring_beats",
    "no_locks",
    "parts_of",
    "refine_beats",
    "sainte_lague",
    "seats_by_city",
    "sorted_by",
    "start_beats",
    "trading_groups",
    "unserved_segments",
]
