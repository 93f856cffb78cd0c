"""Streets on a city limit, gaps and overlaps between limits, and the rules that streets keep."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest
import shapely
from commands import answer, run
from drawing import Drawing, degrees, load
from hypothesis import given
from hypothesis import strategies as st
from plans import sql, town, town_streets

from reso_geo import (
    CutRequest,
    Plan,
    PlanRequest,
    StreetNetwork,
    assess,
    load_plan,
    make_plan,
    posts_needed,
    save_plan,
)
from reso_geo.boundaries import Boundary
from reso_geo.errors import BoundaryError, UsageError
from reso_geo.network import CityStreets, load_streets, project_shapes, save_streets, with_own_rules

if TYPE_CHECKING:
    from pathlib import Path

    from reso_geo.settings import PatrolSettings

Ring = list[tuple[float, float]]
LINE = "Line Street"
HOME = {"highway": "residential", "name": "Home Street"}


def polygon(ring: Ring) -> shapely.MultiPolygon:
    return shapely.MultiPolygon([shapely.Polygon([_fine(*spot) for spot in ring])])


def _fine(east: float, north: float) -> tuple[float, float]:
    """Return a spot in degrees, true to a micrometre: an outline is not rounded as points are."""
    (west, south), (e, n) = degrees(0.0, 0.0), degrees(10_000.0, 10_000.0)
    return west + east * (e - west) / 10_000.0, south + north * (n - south) / 10_000.0


def box(west: float, south: float, east: float, north: float) -> shapely.MultiPolygon:
    return polygon([(west, south), (east, south), (east, north), (west, north)])


def cities(**shapes: shapely.MultiPolygon) -> Boundary:
    return Boundary(tuple(shapes), tuple(shapes.values()), "precise", "drawn", ())


def ladder(rungs: int = 3) -> Drawing:
    """Draw a street from south to north at 0, 100 m between rungs that reach 150 m to each side."""
    spots = {}
    ways = []
    for rung in range(rungs + 1):
        west, middle, east = "abcdef"[rung], "ABCDEF"[rung], "uvwxyz"[rung]
        spots |= {
            west: (-150.0, 100.0 * rung), middle: (0.0, 100.0 * rung), east: (150.0, 100.0 * rung)
        }  # fmt: skip
        ways += [(west + middle, HOME), (middle + east, HOME)]
    line = "ABCDEF"[: rungs + 1]
    return Drawing(spots, [*ways, (line, {"highway": "residential", "name": LINE})])


def holders(network: StreetNetwork, name: str = LINE) -> set[str]:
    """Return the cities that hold a street; empty text for none."""
    return {(*network.cities, "")[c] for c in network.city[network.name == name]}


def told(network: StreetNetwork) -> dict[str, tuple[float, str]]:
    return {n.key: (round(n.values["km"], 2), n.values["names"]) for n in network.notes}


@pytest.mark.parametrize("case", ["a_gap2cm", "b_overlap2cm"])
def test_a_street_where_two_outlines_do_not_quite_meet_counts_once(
    shared_cases: Path, tmp_path: Path, case: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = shared_cases / "37_limit_two_cities"
    source, boundary = folder / "grid.osm", folder / f"{case}.geojson"
    asked = ("plan", source, "--boundary", boundary, "--officers", "2", "--lang", "en")
    status, said = answer(capsys, *asked, "--out", tmp_path)
    assert status == 0
    assert said["required_km"] == pytest.approx(4.906, abs=0.001)
    assert sum(beat["street_km"] for beat in said["beats"]) == pytest.approx(4.906, abs=0.001)
    assert len(said["on_limit"]) == 4
    segments = gpd.read_file(tmp_path / "plan.gpkg", layer="segments").set_index("segment_id")
    assert set(segments.index[segments["on_limit"]]) == set(said["on_limit"])
    rows = segments.loc[said["on_limit"]]
    assert set(rows["name"]) == {"Avenue 3"}
    assert set(rows["city"]) == {"Est"}
    status, checked = answer(capsys, "check", tmp_path / "plan.gpkg", "--lang", "en")
    assert status == 0
    assert checked["valid"]


def test_streets_between_two_cities_in_none_are_named_with_km(
    shared_cases: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = shared_cases / "37_limit_two_cities"
    source, boundary = folder / "grid.osm", folder / "c_gap20m.geojson"
    asked = ("plan", source, "--boundary", boundary, "--officers", "2", "--out", tmp_path)
    for lang, words in (("en", "0.4 km of streets lie between"), ("fr", "0,4 km de rues sont")):
        status, said = answer(capsys, *asked, "--lang", lang)
        assert status == 0
        (note,) = [note for note in said["warnings"] if words in note]
        assert "Avenue 3" in note


@pytest.mark.parametrize("off_m", [-3.0, -0.003, 0.0, 0.003, 3.0])
def test_millimetres_and_metres_of_a_limit_do_not_decide_who_holds_a_street(off_m: float) -> None:
    boundary = cities(West=box(-400.0, -50.0, off_m, 400.0), East=box(off_m, -50.0, 400.0, 400.0))
    network = load(ladder(), boundary)
    assert holders(network) == {"East"}
    assert network.required_km == pytest.approx(1.5, abs=0.001)


@pytest.mark.parametrize(("off_m", "km"), [(9.9, 0.3), (10.0, 0.3), (10.1, 0.0)])
def test_ten_metres_from_the_outer_limit_count_as_inside(off_m: float, km: float) -> None:
    network = load(ladder(), cities(Town=box(-400.0, -50.0, -off_m, 400.0)))
    own = network.required & (network.name == LINE)
    assert network.length_m[own].sum() / 1000 == pytest.approx(km, abs=0.001)
    assert told(network) == ({"network.on_limit": (km, LINE)} if km else {})


def test_a_street_beside_the_limit_belongs_to_the_first_city_by_name() -> None:
    boundary = cities(Zed=box(-400.0, -50.0, -8.0, 400.0), Alpha=box(-8.0, -50.0, 400.0, 400.0))
    assert holders(load(ladder(), boundary)) == {"Alpha"}
    named = dataclasses.replace(boundary, names=("Alpha", "Zed"))
    network = load(ladder(), named)
    assert holders(network) == {"Alpha"}
    assert told(network) == {"network.on_limit": (0.3, LINE)}


def test_less_than_four_fifths_along_a_limit_belongs_where_most_of_it_lies() -> None:
    spots = {"a": (0.0, 0.0), "b": (0.0, 75.0), "c": (40.0, 75.0), "d": (90.0, 0.0)}
    ways = [("abc", {"highway": "residential", "name": LINE}), ("cd", HOME), ("ad", HOME)]
    shapes = {"Alpha": box(-400.0, -50.0, -2.0, 400.0), "Beta": box(-2.0, -50.0, 400.0, 400.0)}
    assert holders(load(Drawing(spots, ways), cities(**shapes))) == {"Beta"}
    longer = spots | {"c": (15.0, 75.0)}
    assert holders(load(Drawing(longer, ways), cities(**shapes))) == {"Alpha"}


def test_a_city_that_only_touches_the_end_of_a_street_does_not_hold_it() -> None:
    boundary = cities(
        Alpha=box(-400.0, 200.0, 400.0, 500.0),
        West=box(-400.0, -50.0, 0.0, 200.0),
        East=box(0.0, -50.0, 400.0, 200.0),
    )
    network = load(ladder(2), boundary)
    assert holders(network) == {"East"}
    north = np.flatnonzero(
        (network.node_xy[network.u] + network.node_xy[network.v])[:, 1] / 2
        > network.node_xy[:, 1].max() - 1.0
    )
    assert {network.cities[c] for c in network.city[north]} == {"Alpha"}


def test_a_street_along_two_limits_in_turn_belongs_to_the_first_of_both() -> None:
    boundary = cities(
        South=box(-400.0, -50.0, 0.0, 50.0),
        North=box(-400.0, 50.0, 0.0, 400.0),
    )
    network = load(ladder(1), boundary)
    assert holders(network) == {"North"}


@pytest.mark.parametrize("width_m", [-4.5, -0.02, 0.02, 4.5])
def test_a_narrow_gap_or_overlap_changes_nothing(defaults: PatrolSettings, width_m: float) -> None:
    def plan_of(wide_m: float) -> Plan:
        boundary = cities(
            West=box(-400.0, -50.0, 60.0 - wide_m / 2, 400.0),
            East=box(60.0 + wide_m / 2, -50.0, 400.0, 400.0),
        )
        network = load(ladder(), boundary, defaults)
        return make_plan(
            network,
            settings=defaults,
            request=PlanRequest(CutRequest(officers=2)),
            boundary=boundary,
        )

    plan, exact = plan_of(width_m), plan_of(0.0)
    np.testing.assert_array_equal(plan.network.city, exact.network.city)
    np.testing.assert_array_equal(plan.network.required, exact.network.required)
    assert not plan.network.notes
    outlines = project_shapes(plan.boundary, plan.network.crs)
    by_city = {beat.city: shape for beat, shape in zip(plan.beats, plan.shapes, strict=True)}
    for name, outline in zip(plan.boundary.names, outlines, strict=True):
        assert by_city[name].symmetric_difference(outline).area <= 1.0
    assert shapely.intersection(*plan.shapes).area <= 1.0


def test_beats_that_cross_limits_tile_cities_with_a_gap(defaults: PatrolSettings) -> None:
    boundary = cities(West=box(-400.0, -50.0, 58.0, 400.0), East=box(62.0, -50.0, 400.0, 400.0))
    network = load(ladder(), boundary, defaults)
    cut = CutRequest(officers=3, cross_cities=True)
    plan = make_plan(network, settings=defaults, request=PlanRequest(cut), boundary=boundary)
    whole = shapely.union_all(project_shapes(boundary, network.crs))
    assert shapely.union_all(plan.shapes).symmetric_difference(whole).area <= 1.0


def test_an_overlap_wider_than_a_strip_is_refused() -> None:
    with pytest.raises(BoundaryError, match="West"):
        cities(West=box(-400.0, 0.0, 6.0, 400.0), East=box(0.0, 0.0, 400.0, 400.0))


def test_ground_that_two_limits_share_is_left_to_the_first_by_name() -> None:
    boundary = cities(West=box(-400.0, 0.0, 2.0, 400.0), East=box(-2.0, 0.0, 400.0, 400.0))
    west, east = boundary.shapes
    assert west.bounds[2] == pytest.approx(east.bounds[0], abs=1e-12)
    assert east.bounds[0] == pytest.approx(_fine(-2.0, 0.0)[0], abs=1e-12)


@given(
    st.lists(st.floats(-0.004, 0.004), min_size=6, max_size=6),
    st.floats(-9.0, 9.0),
)
def test_outlines_shaken_by_millimetres_never_change_who_holds_a_street(
    shifts: list[float], off_m: float
) -> None:
    def halves(shake: list[float]) -> Boundary:
        a, b, c, d, e, f = shake
        west: Ring = [
            (-400.0, -50.0), (off_m + a, -50.0), (off_m + b, 160.0), (off_m + c, 400.0),
            (-400.0, 400.0),
        ]  # fmt: skip
        east: Ring = [
            (400.0, -50.0), (400.0, 400.0), (off_m + d, 400.0), (off_m + e, 160.0),
            (off_m + f, -50.0),
        ]  # fmt: skip
        return cities(West=polygon(west), East=polygon(east))

    shaken, still = load(ladder(), halves(shifts)), load(ladder(), halves([0.0] * 6))
    np.testing.assert_array_equal(shaken.city, still.city)
    assert shaken.required_km == pytest.approx(1.5, abs=0.001)


def test_the_hull_of_the_streets_is_no_limit(defaults: PatrolSettings) -> None:
    plan = make_plan(load(ladder()), settings=defaults, request=PlanRequest(CutRequest(officers=1)))
    assert not plan.on_limit.any()


def on_line(settings: PatrolSettings) -> Plan:
    boundary = cities(West=box(-400.0, -50.0, -0.01, 400.0), East=box(0.01, -50.0, 400.0, 400.0))
    network = load(ladder(), boundary, settings)
    return make_plan(
        network, settings=settings, request=PlanRequest(CutRequest(officers=2)), boundary=boundary
    )


def test_a_plan_read_again_keeps_what_is_on_a_limit(
    defaults: PatrolSettings, tmp_path: Path
) -> None:
    plan = on_line(defaults)
    path = tmp_path / "plan.gpkg"
    save_plan(plan, path)
    back = load_plan(path)
    assert plan.on_limit.sum() == 3
    np.testing.assert_array_equal(back.on_limit, plan.on_limit)
    assert back.network.notes == plan.network.notes
    sql(path, "UPDATE segments SET on_limit = 0")
    np.testing.assert_array_equal(load_plan(path).on_limit, plan.on_limit)


def test_an_older_plan_without_the_column_tells_what_is_on_a_limit(
    defaults: PatrolSettings, tmp_path: Path
) -> None:
    plan = on_line(defaults)
    path = tmp_path / "plan.gpkg"
    save_plan(plan, path)
    sql(path, "ALTER TABLE segments DROP COLUMN on_limit")
    np.testing.assert_array_equal(load_plan(path).on_limit, plan.on_limit)


def test_check_writes_again_what_is_on_a_limit(defaults: PatrolSettings, tmp_path: Path) -> None:
    path, mended = tmp_path / "plan.gpkg", tmp_path / "mended.gpkg"
    save_plan(on_line(defaults), path)
    name = "UPDATE beats SET name = 'New name' WHERE beat_id LIKE 'EST%' OR beat_id LIKE 'EAS%'"
    sql(path, "UPDATE segments SET on_limit = 0", name)
    assert run("check", path, "--repair", "--out", mended) == 0
    segments = gpd.read_file(mended, layer="segments")
    assert set(segments.loc[segments["on_limit"], "name"]) == {LINE}


@pytest.fixture(scope="module")
def strict(defaults: PatrolSettings) -> PatrolSettings:
    """Return settings by which side streets are not to be covered."""
    fewer = tuple(kind for kind in defaults.streets.required if kind != "unclassified")
    return dataclasses.replace(
        defaults, streets=dataclasses.replace(defaults.streets, required=fewer)
    )


def test_a_plan_never_records_other_street_rules_than_those_of_its_streets(
    defaults: PatrolSettings, strict: PatrolSettings
) -> None:
    request = PlanRequest(CutRequest(officers=2))
    with pytest.raises(UsageError, match=r"\[streets\].*required"):
        make_plan(load(ladder(), settings=defaults), settings=strict, request=request)
    network = load(ladder(), settings=strict)
    plan = make_plan(network, settings=defaults, request=request)
    assert plan.settings.streets == strict.streets
    assert plan.warnings[0].key == "network.own_rules"
    again = make_plan(network, settings=strict, request=request)
    assert again.settings == plan.settings
    assert not again.warnings


def test_verdicts_and_posts_are_not_told_by_rules_that_the_streets_do_not_keep(
    defaults: PatrolSettings, strict: PatrolSettings
) -> None:
    plan = town(defaults)
    sector = plan.beat(plan.beats[0].beat_id)
    for refused in (
        lambda: assess(sector, strict),
        lambda: posts_needed(plan.network, strict),
    ):
        with pytest.raises(UsageError, match=r"\[streets\]"):
            refused()


def test_rules_for_cleared_streets_and_paces_are_no_other_streets(
    defaults: PatrolSettings,
) -> None:
    later = dataclasses.replace(defaults.streets, cleared_distance_m=3.0)
    asked = dataclasses.replace(defaults, streets=later, foot_transit_kmh=defaults.foot_patrol_kmh)
    network = load(ladder(), settings=defaults)
    assert with_own_rules(network, asked) == (asked, ())


def test_kept_streets_keep_their_rules(strict: PatrolSettings, tmp_path: Path) -> None:
    boundary = cities(Town=box(-400.0, -50.0, 400.0, 400.0))
    network = load(ladder(), boundary, strict)
    save_streets(CityStreets(network, boundary), tmp_path / "streets.gpkg", "key")
    back = load_streets(tmp_path / "streets.gpkg", "key").network
    assert back.rules == network.rules == strict.streets
    assert back.notes == network.notes


def test_a_plan_as_source_keeps_its_street_rules_through_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = town_streets().write(tmp_path / "town.json")
    own, other = (tmp_path / f"{name}.toml" for name in ("own", "other"))
    own.write_text('[streets]\nrequired = ["residential"]\n', encoding="utf-8")
    other.write_text('[streets]\nrequired = ["residential", "tertiary"]\n', encoding="utf-8")
    first = tmp_path / "first"
    assert run("plan", source, "--officers", 2, "--settings", own, "--out", first) == 0
    plan = first / "plan.gpkg"
    again = ("plan", plan, "--officers", "3", "--out", tmp_path / "again", "--lang", "en")
    beat = load_plan(plan).beats[0].beat_id
    for asked in (again, ("assess", plan, "--beat", beat, "--lang", "en")):
        assert run(*asked, "--settings", other) == 2
        assert "chosen by other [streets] rules" in capsys.readouterr().err
    status, said = answer(capsys, *again)
    assert status == 0
    assert [note for note in said["warnings"] if "keep the [streets] rules" in note]
    assert load_plan(tmp_path / "again" / "plan.gpkg").settings.streets.required == ("residential",)
