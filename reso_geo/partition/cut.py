"""cut_beats: posts to cities, beats to regions, balance on load with deadhead."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reso_geo.choices import check_ids
from reso_geo.districting.evaluator import Evaluator
from reso_geo.errors import InfeasibleError
from reso_geo.i18n import Phrase
from reso_geo.partition.apportion.beat_ids import beat_ids
from reso_geo.partition.apportion.beats_per_city import beats_per_area, host_cities
from reso_geo.partition.bases import start_beats
from reso_geo.partition.components import city_segments
from reso_geo.partition.cut_city import Cutter
from reso_geo.partition.locks import no_locks
from reso_geo.partition.partition import broken_beats, held_segments, sorted_by
from reso_geo.partition.refine import refine_beats
from reso_geo.partition.result import CutResult

if TYPE_CHECKING:
    from reso_geo.districting.problem import DistrictingProblem
    from reso_geo.network import StreetNetwork
    from reso_geo.partition.locks import LockedBeats
    from reso_geo.partition.request import CutRequest

__all__ = ["cut_beats"]


def cut_beats(
    problem: DistrictingProblem, request: CutRequest, locked: LockedBeats | None = None
) -> CutResult:
    """Cut the streets into connected, compact beats of equal load per post, deadhead included.

    Each city is cut on its own. A balanced network Voronoi diagram gives connected parts that walk
    least (see `reso_geo.partition.construct.power_diagram`), on one side of a barrier where whole
    beats allow. The deadhead of each is measured and shared out to its streets, the diagram drawn
    again; then beats trade streets two by two, and a trade stands when both, measured again, are
    nearer to their targets. Small places are searched through (`reso_geo.partition.best_first`).
    Last, each beat gets its base, is evened from there, and streets of one name are gathered where
    loads allow (see `reso_geo.partition.refine_beats`). The same seed gives the same beats, in
    whatever order the streets stand.

    Parameters
    ----------
    problem
        Streets, how they are travelled, what they ask, where patrols start.
    request
        Posts, tolerance, time, and the figures that the search goes by.
    locked
        Beats of an earlier cut of the same streets that stay exactly as they are; None for none.

    Returns
    -------
    CutResult
        Of the network as it was given: every held segment in exactly one beat, every beat
        connected, each with its base; and what there is to know of them. Locked beats come first
        within their city.

    Raises
    ------
    InfeasibleError
        When there are more beats than required segments, fewer than cities, or none left for
        streets outside of the locked beats.
    UsageError
        When the seats name an unknown city or do not sum to the officers, or a beat named in the
        request or by a place to start from is none of the cut.

    Examples
    --------
    >>> from reso_geo import CutRequest, load_network, load_settings
    >>> from reso_geo.districting import DistrictingProblem
    >>> from reso_geo.coverage import travel_graph
    >>> from reso_geo.travel import travel_times
    >>> from reso_geo.workload import street_load
    >>> from reso_geo.atomic_files import data_file
    >>> settings = load_settings()
    >>> network = load_network(data_file("sample/sample.osm.pbf"))
    >>> times = travel_times(network, settings)
    >>> graph = travel_graph(network, times, "foot")
    >>> load = street_load(network, times, settings, "foot")
    >>> problem = DistrictingProblem.of(network, graph, load)
    >>> len(cut_beats(problem, CutRequest(officers=3)).partition.beat_id)
    3
    """
    network, rules, evaluator = problem.network, request.rules(), Evaluator(problem)
    kept = (locked or no_locks()).sorted_by(problem.order)
    made = _cut(Cutter(problem, evaluator, request, rules), network, request, kept)
    started = start_beats(network, problem.walk, problem.kept_s, made.partition, problem.starts)
    refined = refine_beats(problem, evaluator, started.partition, rules, kept.beat_id)
    partition = refined.partition
    broken = sorted(set(broken_beats(network, partition)))
    if broken:
        message = f"beats {[partition.beat_id[beat] for beat in broken]} are not connected"
        raise RuntimeError(message)
    found = dict.fromkeys((*made.diagnostics, *started.diagnostics, *refined.diagnostics))
    return CutResult(sorted_by(partition, problem.order.back()), tuple(found))


def _cut(
    cutter: Cutter, network: StreetNetwork, request: CutRequest, locked: LockedBeats
) -> CutResult:
    """Cut city after city."""
    held, crossing = held_segments(network), request.cross_cities
    required = int((network.required & held).sum())
    if request.beats > required:
        values = {"beats": request.beats, "segments": required}
        raise InfeasibleError(Phrase("partition.more_beats_than_segments", values))
    for own in locked.segments:
        held[own] = False
    areas = city_segments(network, held, cross=crossing and request.seats is None)
    if request.cross_cities and request.seats is not None:
        areas, seats = host_cities(network, areas, request.seats)
        request = replace(request, seats=seats, cross_cities=False)
    counts = beats_per_area(
        network,
        request,
        locked,
        [city for city, _ in areas],
        [int(network.required[segments].sum()) for _, segments in areas],
        lambda: [cutter.estimate(segments, len(areas)) for _, segments in areas],
    )
    cities = [city for (city, _), beats in zip(areas, counts, strict=True) for _ in range(beats)]
    ids = beat_ids(network.cities, cities, locked.beat_id)
    check_ids("partition.unknown_posts", request.posts or (), ids)
    first = 0
    for (city, segments), beats in zip(areas, counts, strict=True):
        cutter.cut(-1 if crossing else city, segments, ids[first : first + beats])
        first += beats
    cutter.keep(locked)
    return cutter.result()
