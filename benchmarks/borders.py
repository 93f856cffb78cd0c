"""Draw the borders of plans, and measure how well people could say them.

    python benchmarks/borders.py PLAN.gpkg... --out FOLDER

Of each plan one row (JSON): length of the borders between beats of a city where a street is
within 100 m, the rest of them, shares along main streets or barriers and along any street (within
40 m, barriers 60 m, turned by at most 25 degrees), medians of Polsby-Popper and of area to hull,
vertices, and beats that pinch (opened by 15 m they fall apart); besides, free of drawing, the
junctions where beats meet, the loose ones and the share of the others (`cutting_measures.meetings`;
`cutting.py` has METIS beside them). Two pictures: the whole plan, and where its beats meet nearest
to their middle.

Pictures before and after a change of what cuts or draws, the commit before it being BEFORE:

    git worktree add ../before BEFORE && cp -r data/leaflet ../before/data/
    plans() {  # where the code is, and a folder for its plans
        data=../shared/data/networks
        export PYTHONPATH=$1 folder=$2
        run() { python -P -m reso_geo plan "$2" --officers $3 --out $folder/$1 --quiet "${@:4}"; }
        run sample data/sample/sample.osm.pbf 17 --boundary osm:admin_level=8
        run montreal_nord $data/montreal_nord_walk.graphml 8
        run monaco $data/monaco.osm.pbf 12
        run heidelberg_17 $data/heidelberg.osm.pbf 17
        run heidelberg_60 $data/heidelberg.osm.pbf 60
    }
    plans ../before plans/before && plans . plans/after
    for when in before after; do
        python benchmarks/borders.py plans/$when/*/plan.gpkg --out plans/$when
    done

Each plan has two files then, such as ``sample_plan.png`` and ``sample_plan_near.png``. A planner's
own view of the two, with what changes, and a resident's, as Debian's Chromium shows the page:

    python -m reso_geo map plans/after/sample/plan.gpkg --compare plans/before/sample/plan.gpkg \
        --out plans/change.html
    python -m reso_geo map plans/after/sample/plan.gpkg --audience public --out plans/public.html
    chromium --headless --window-size=1280,900 --virtual-time-budget=10000 \
        --screenshot=plans/public.png file://$PWD/plans/public.html
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
import shapely
from cutting_measures import meetings
from matplotlib import pyplot as plt
from matplotlib.collections import LineCollection

from reso_geo import load_plan
from reso_geo.tiling.fronts import MAIN_RANKS, rank_of
from reso_geo.tiling.samples import middles, normals

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo import Plan

STEP_M, NEAR_M, BARRIER_M, FAR_M = 15.0, 40.0, 60.0, 100.0
TURN = np.cos(np.radians(25.0))
OPEN_M, CLOSE_UP_M = 15.0, 600.0


def borders(plan: Plan) -> NDArray[np.object_]:
    """Return the lines that two beats of one city share."""
    shapes = np.array(plan.shapes, dtype=object)
    one, two = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    kept = (one < two) & (plan.partition.city[one] == plan.partition.city[two])
    edge = shapely.boundary(shapes)
    shared = shapely.get_parts(shapely.intersection(edge[one[kept]], edge[two[kept]]))
    lines = shapely.get_parts(shapely.line_merge(shapely.union_all(shared)))
    return np.asarray(shapely.simplify(lines[shapely.get_dimensions(lines) == 1], STEP_M / 2.0))


def along(
    border: tuple[NDArray[np.float64], NDArray[np.float64]],
    lines: NDArray[np.object_],
    near_m: float,
) -> NDArray[np.bool_]:
    """Tell which spots of a border, with their directions, have a line along them."""
    found = np.zeros(len(border[0]), dtype=bool)
    if len(lines):
        at_m, of = middles(lines, STEP_M)
        spot, left = normals(lines[of], at_m, STEP_M)
        one, two = shapely.STRtree(np.asarray(shapely.points(spot))).query(
            shapely.points(border[0]), predicate="dwithin", distance=near_m + STEP_M / 2.0
        )
        found[one[np.abs((border[1][one] * left[two]).sum(axis=1)) >= TURN]] = True
    return found


def figures(plan: Plan) -> dict[str, float]:
    """Measure the borders and the shapes of a plan."""
    network, lines = plan.network, borders(plan)
    at_m, of = middles(lines, STEP_M)
    border = normals(lines[of], at_m, STEP_M)
    piece_km = (shapely.length(lines) / np.bincount(of))[of] / 1000.0
    main = rank_of(network) < MAIN_RANKS
    streets = network.geometry[network.foot | main]
    near = np.zeros(len(of), dtype=bool)
    spots = shapely.points(border[0])
    near[shapely.STRtree(streets).query(spots, predicate="dwithin", distance=FAR_M)[0]] = True
    known = along(border, network.geometry[main], NEAR_M)
    known |= along(border, np.array(network.barriers.geometry, dtype=object), BARRIER_M)
    any_line = known | along(border, streets, NEAR_M)
    shapes = np.array(plan.shapes, dtype=object)
    opened = shapely.buffer(shapely.buffer(shapes, -OPEN_M), OPEN_M)
    pinched = shapely.get_num_geometries(opened) > shapely.get_num_geometries(shapes)
    area, near_km = shapely.area(shapes), piece_km[near].sum()
    beat_of = plan.partition.beat_of
    city_of = np.append(plan.partition.city, -1)[beat_of]
    met = meetings(network, beat_of, city_of)
    return {
        "km": round(near_km, 1),
        "far_km": round(piece_km.sum() - near_km, 1),
        "known": round(piece_km[near & known].sum() / near_km, 2),
        "any": round(piece_km[near & any_line].sum() / near_km, 2),
        "polsby_popper": round(float(np.median(4 * np.pi * area / shapely.length(shapes) ** 2)), 3),
        "hull": round(float(np.median(area / shapely.area(shapely.convex_hull(shapes)))), 2),
        "vertices": int(shapely.get_num_coordinates(shapes).sum()),
        "pinched": int(pinched.sum()),
        "junctions": met.junctions,
        "loose": met.loose,
        "junctions_known": round(met.share, 2),
    }


def draw(plan: Plan, path: Path, centre: NDArray[np.float64] | None = None) -> None:
    """Draw beats and streets in the colour of their beat, all or around a spot."""
    colour = [mpl.colormaps["tab20"](7 * beat % 20) for beat in range(len(plan.shapes))]
    figure, axes = plt.subplots(figsize=(14.0, 14.0))
    for shade, shape in zip(colour, plan.shapes, strict=True):
        for part in shape.geoms:
            axes.fill(*part.exterior.xy, color=shade, alpha=0.25, linewidth=0.0)
            for ring in (part.exterior, *part.interiors):
                axes.plot(*ring.xy, color="black", linewidth=1.6)
    network = plan.network
    axes.add_collection(
        LineCollection(
            [shapely.get_coordinates(line) for line in network.geometry],
            colors=[colour[beat] if beat >= 0 else "0.7" for beat in plan.partition.beat_of],
            linewidths=np.where(rank_of(network) < MAIN_RANKS, 2.6, 0.9),
        )
    )
    axes.set_aspect("equal")
    axes.axis("off")
    if centre is not None:
        axes.set_xlim(centre[0] - CLOSE_UP_M, centre[0] + CLOSE_UP_M)
        axes.set_ylim(centre[1] - CLOSE_UP_M, centre[1] + CLOSE_UP_M)
    figure.savefig(path, dpi=75, bbox_inches="tight")
    plt.close(figure)


def main() -> None:
    """Measure and draw every plan given."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("plans", nargs="+", type=Path)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    for path in options.plans:
        plan = load_plan(path)
        print(path, json.dumps(figures(plan)))
        if options.out is not None:
            options.out.mkdir(parents=True, exist_ok=True)
            spots = shapely.get_coordinates(borders(plan))
            middle = spots[np.hypot(*(spots - np.median(spots, axis=0)).T).argmin()]
            name = f"{path.parent.name}_{path.stem}"
            draw(plan, options.out / f"{name}.png")
            draw(plan, options.out / f"{name}_near.png", middle)


if __name__ == "__main__":
    main()
