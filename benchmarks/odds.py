"""How long odds take, and how little it matters that tours are measured at central paces.

Draws weigh measured tours again: a tour measured at the paces of a draw would be no longer. This
makes a plan, judges all its beats in both modes and seasons, and tours a sample of beats again at
the paces of the draws in which the two paces of a mode are farthest from their central ratio. The
two paces of a mode are one draw, so that this ratio moves little.

    python benchmarks/odds.py [SOURCE] [--officers 60] [--beats 6] [--draws 8]

Without a source it takes Heidelberg from the test data beside the checkout.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from reso_geo import Plan, load_network, load_plan, load_settings, make_plan
from reso_geo.assess import matters_of, odds_with, time_parts
from reso_geo.assess.odds import draws_of
from reso_geo.coverage import cover, travel_graph
from reso_geo.plan import tour_beats, yard_of
from reso_geo.travel import MODES, SEASONS, travel_times

HEIDELBERG = Path(__file__).resolve().parents[2] / "shared/data/networks/heidelberg.osm.pbf"


def timed(plan: Plan) -> None:
    """Print how long the odds of all beats take, in both modes and seasons."""
    yard = yard_of(plan)
    yards = [yard if s == plan.request.season else yard.in_season(s) for s in SEASONS]
    numbers, taken, with_matters, count = range(len(plan.beats)), 0.0, 0.0, 0
    draws_of(plan.settings)
    for each in yards:
        for mode in MODES:
            found = tour_beats(each, mode, plan.partition, numbers, plan.kept_tours, {})
            needs = each.needs[mode]
            for beat, (load, _) in found.items():
                start = time.perf_counter()
                parts, posts = time_parts(needs, load), int(plan.partition.posts[beat])
                odds_with(parts, needs.factors, posts)
                middle = time.perf_counter()
                matters_of(needs, parts, posts)
                taken += middle - start
                with_matters += time.perf_counter() - middle
                count += 1
    print(f"{count} chances: {taken:.2f} s; what matters to each: {with_matters:.2f} s")


def again(plan: Plan, beats: int, most: int) -> None:
    """Print how much shorter tours are that are measured at the paces of a draw."""
    network, draws = plan.network, draws_of(plan.settings)
    shorter, moved = [], []
    for mode in MODES:
        patrol, transit = (draws[f"{mode}_{part}_kmh"] for part in ("patrol", "transit"))
        central = travel_graph(network, travel_times(network, plan.settings), mode)
        extreme = np.argsort(patrol / transit)
        for draw in [*extreme[: most // 2], *extreme[len(extreme) - most // 2 :]]:
            drawn = {"patrol": float(patrol[draw]), "transit": float(transit[draw])}
            paces: dict[str, Any] = {f"{mode}_{part}_kmh": kmh for part, kmh in drawn.items()}
            fixed = load_settings(**paces)
            paces = {key: getattr(fixed, key) for key in paces}
            now = replace(plan.settings, **paces)
            graph = travel_graph(network, travel_times(network, now), mode)
            for beat in np.linspace(0, len(plan.beats) - 1, beats).astype(int).tolist():
                own = np.flatnonzero((plan.partition.beat_of == beat) & network.required)
                base = int(plan.partition.base[beat])
                known = cover(central, own, base)
                if not np.isfinite(known.pass_s):
                    continue
                weighed = float(known.steps.cost(graph).sum()) * graph.tick_s
                found = cover(graph, own, base).pass_s
                shorter.append(1.0 - min(found, weighed) / weighed)
                moved.append(abs(known.pass_s / weighed - 1.0))
    print(
        f"{len(shorter)} tours at the paces of extreme draws: weighed again they are at most "
        f"{100 * max(shorter):.3f} % longer than measured again (mean {100 * np.mean(shorter):.3f}"
        f" %), while the draw moves them by up to {100 * max(moved):.1f} %"
    )


def main() -> None:
    """Make the plan, and print both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", nargs="?", type=Path, default=HEIDELBERG)
    parser.add_argument("--officers", type=int, default=60)
    parser.add_argument("--beats", type=int, default=6)
    parser.add_argument("--draws", type=int, default=8)
    given = parser.parse_args()
    if not given.source.is_file():
        sys.exit(f"{given.source}: no such file")
    if given.source.suffix == ".gpkg":
        plan = load_plan(given.source)
    else:
        plan = make_plan(load_network(given.source), officers=given.officers, depth="fast")
    timed(plan)
    again(plan, given.beats, given.draws)


if __name__ == "__main__":
    main()
