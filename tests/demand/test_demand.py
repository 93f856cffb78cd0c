"""Anchors, residents, counts and posts: read from tables, put on streets, nothing lost or kept."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from drawing import degrees, draw, load
from hypothesis import given
from hypothesis import strategies as st

from reso_geo.atomic_files import data_file
from reso_geo.demand import (
    Population,
    count_per_segment,
    distances_note,
    far_note,
    place_anchors,
    place_population,
    read_anchors,
    read_population,
    read_seats,
)
from reso_geo.errors import TableError, UsageError
from reso_geo.i18n import LANGUAGES
from reso_geo.tables import write_template

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from reso_geo import StreetNetwork

ENDINGS = (".csv", ".xlsx", ".geojson")


@pytest.fixture(scope="module")
def square() -> StreetNetwork:
    """Return four streets of 200 m around a square, A in its north-west corner at (0, 0)."""
    return load(draw("A-B\n| |\nC-D", step_m=100.0))


def spot(east_m: float, north_m: float) -> shapely.Point:
    return shapely.Point(degrees(east_m, north_m))


def area(west_m: float, south_m: float, east_m: float, north_m: float) -> shapely.Polygon:
    corners = [(west_m, south_m), (east_m, south_m), (east_m, north_m), (west_m, north_m)]
    return shapely.Polygon([degrees(*corner) for corner in corners])


def population(shapes: Sequence[BaseGeometry], people: Sequence[float]) -> Population:
    held = [s if isinstance(s, shapely.Point) else shapely.MultiPolygon([s]) for s in shapes]
    rows = np.arange(1, len(held) + 1, dtype=np.int64)
    return Population(np.array(held, dtype=object), np.array(people, dtype=float), rows)


def save_features(path: Path, rows: Sequence[tuple[dict[str, object], BaseGeometry]]) -> Path:
    features = [
        {"type": "Feature", "properties": values, "geometry": json.loads(shapely.to_geojson(s))}
        for values, s in rows
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


# -- anchors ------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_templates_of_anchors_seats_and_population_read_back_alike_from_every_format(
    lang: str, tmp_path: Path
) -> None:
    for ending in ENDINGS:
        for kind in ("anchors", "seats", "population"):
            write_template(kind, tmp_path / f"{kind}{ending}", lang)
    read = [read_anchors(tmp_path / f"anchors{ending}") for ending in ENDINGS]
    for each in read:
        assert each.name.tolist() == read[0].name.tolist()
        assert each.visits_per_week.tolist() == [2.0, 1.5, 0.5]
        assert each.lon.tolist() == read[0].lon.tolist()
        assert each.understood
    posts = [read_seats(tmp_path / f"seats{ending}") for ending in ENDINGS]
    assert posts[0] == posts[1] == posts[2]
    assert sum(posts[0].values()) == 17
    people = [read_population(tmp_path / f"population{ending}") for ending in ENDINGS]
    assert [each.people.tolist() for each in people] == [[240.0, 85.5]] * 3


def test_shelters_are_dropped_and_told_as_a_number_only(tmp_path: Path) -> None:
    kinds = ["Maison d'hébergement", "refuge", "Women's Shelter", "school", "community"]
    names = ["Secret 1", "Secret 2", "Secret 3", "École", "Maison d\u2019hébergement Secret 4"]
    lines = [f"{n},{k},1,10,-72.6,45.9" for n, k in zip(names, kinds, strict=True)]
    path = tmp_path / "a.csv"
    path.write_text("\n".join(["name,kind,visits_per_week,minutes,lon,lat", *lines]), "utf-8")
    anchors = read_anchors(path)
    assert anchors.name.tolist() == ["École"]
    assert len(anchors) == len(anchors.lon) == 1
    assert anchors.shelters == 4
    assert "Secret" not in repr(anchors)
    assert "4." in str(anchors.understood[-1])


def test_anchor_drawn_as_a_building_stands_inside_it(tmp_path: Path) -> None:
    values: dict[str, object] = {"nom": "a\u202eb", "genre": "x", "visites": 1, "minutes": 5}
    building = area(0, 0, 20, 20)
    anchors = read_anchors(save_features(tmp_path / "a.geojson", [(values, building)]))
    assert shapely.Point(anchors.lon[0], anchors.lat[0]).within(building)
    assert anchors.name.tolist() == ["ab"]
    assert not anchors.name.flags.writeable
    assert not anchors.lon.flags.writeable


def test_empty_table_is_fine_for_anchors_and_an_error_for_seats_and_population(
    tmp_path: Path,
) -> None:
    path = tmp_path / "t.csv"
    path.write_text("name,kind,visits_per_week,minutes,lon,lat\n")
    assert len(read_anchors(path)) == 0
    path.write_text("city,posts\n")
    with pytest.raises(TableError, match="no row below its headers"):
        read_seats(path)
    path.write_text("population,lon,lat\n")
    with pytest.raises(TableError, match="no row below its headers"):
        read_population(path)


def test_anchor_goes_to_the_nearest_street_to_cover_or_to_none_beyond_500_m(
    square: StreetNetwork, tmp_path: Path
) -> None:
    spots = [spot(100, 30), spot(-450, -100), spot(-550, -100), shapely.Point(-73.5, 45.5)]
    values: dict[str, object] = {"kind": "", "visits_per_week": 1, "minutes": 5}
    rows = [(values | {"name": name}, each) for name, each in zip("abcd", spots, strict=True)]
    path = save_features(tmp_path / "a.geojson", rows)
    anchors = read_anchors(path)
    placed = place_anchors(square, anchors)
    assert square.name[placed.index[:2]].tolist() == ["AB", "AC"]
    assert placed.index[2:].tolist() == [-1, -1]
    assert placed.distance_m[:3] == pytest.approx([30.0, 450.0, 550.0], rel=0.01)
    near, far = distances_note(anchors, placed), far_note(anchors, placed)
    assert "2, 240 m away in the median, 450 m at most (b)" in str(near)
    assert "2 anchors" in str(far)
    assert "c (550 m)" in str(far)


def test_anchors_all_far_have_no_distances_and_all_near_no_warning(
    square: StreetNetwork, tmp_path: Path
) -> None:
    values: dict[str, object] = {"name": "a", "kind": "", "visits_per_week": 1, "minutes": 5}
    for east_m, said in ((100.0, [True, False]), (9000.0, [False, True])):
        path = save_features(tmp_path / "a.geojson", [(values, spot(east_m, 0.0))])
        anchors = read_anchors(path)
        placed = place_anchors(square, anchors)
        notes = distances_note(anchors, placed), far_note(anchors, placed)
        assert [note is not None for note in notes] == said


# -- seats --------------------------------------------------------------------------------------


def test_city_given_twice_is_an_error_that_names_the_row(tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    path.write_text("Ville;Postes\nA;1\nB;2\n A ;3\n")
    with pytest.raises(TableError, match=r"row 4 .*“A”: city given above already"):
        read_seats(path)


def test_seats_tell_what_was_understood(tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    path.write_text("Ville;Postes\nA;1\n")
    said: list[object] = []
    assert read_seats(path, said.append) == {"A": 1}
    assert "Ville → city" in str(said[1])


# -- population ---------------------------------------------------------------------------------


def test_population_column_is_the_one_that_is_named(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("Population;C1_COUNT_TOTAL;x;y\n5;7;-72,6;45,9\n")
    assert read_population(path).people.tolist() == [5.0]
    assert read_population(path, "POPULATION").people.tolist() == [5.0]
    assert read_population(path, "c1_count_total").people.tolist() == [7.0]
    with pytest.raises(TableError, match="missing columns: adults"):
        read_population(path, "adults")


def test_line_is_no_population_area_and_a_bow_tie_is_mended(tmp_path: Path) -> None:
    values: dict[str, object] = {"population": 5}
    line = shapely.LineString([degrees(0, 0), degrees(9, 9)])
    path = save_features(tmp_path / "p.geojson", [(values, spot(0, 0)), (values, line)])
    with pytest.raises(TableError, match=r"feature 2.*“LineString”: neither polygon nor point"):
        read_population(path)
    tie = shapely.Polygon([degrees(*c) for c in ((0, 0), (90, 90), (90, 0), (0, 90))])
    save_features(path, [(values, tie)])
    assert read_population(path).shapes[0].is_valid


def test_people_of_an_area_are_spread_by_the_length_of_street_inside(
    square: StreetNetwork,
) -> None:
    # All of AB (200 m), and AC and BD down to 90 m with the 10 m that belong to the edge.
    placed = place_population(square, population([area(-50, -90, 250, 50)], [400.0]))
    share = dict(zip(square.name, placed.people, strict=True))
    assert share["AB"] == pytest.approx(200.0, rel=0.02)
    assert [share["AC"], share["BD"]] == pytest.approx([100.0, 100.0], rel=0.02)
    assert share["CD"] == 0.0
    assert placed.unplaced == 0.0


def test_block_bounded_by_streets_spreads_over_all_its_sides(square: StreetNetwork) -> None:
    placed = place_population(square, population([area(4, -196, 196, -4)], [100.0]))
    assert placed.people == pytest.approx([25.0] * 4, abs=0.5)


def test_point_and_area_without_streets_go_to_the_nearest_street_within_500_m(
    square: StreetNetwork,
) -> None:
    shapes = [spot(100, 60), area(-300, -120, -250, -80), area(5000, 0, 5100, 100), spot(1e6, 0)]
    placed = place_population(square, population(shapes, [10.0, 20.0, 30.0, 40.0]))
    share = dict(zip(square.name, placed.people.tolist(), strict=True))
    assert share == {"AB": 10.0, "AC": 20.0, "BD": 0.0, "CD": 0.0}
    assert placed.unplaced == 70.0
    assert "70.0 people of 2 rows" in str(placed.notes[0])
    assert "(rows: 3, 4)" in str(placed.notes[0])


def test_nobody_lives_on_a_street_that_patrol_does_not_pass() -> None:
    network = load(draw("A-B\n| |\nC-D", {"AB": {"highway": "track"}}, step_m=100.0))
    placed = place_population(network, population([spot(100, 0)], [8.0]))
    assert placed.people[~network.required].sum() == 0.0
    assert placed.people.sum() == 8.0


@given(
    st.lists(
        st.tuples(
            st.integers(-2000, 2000), st.integers(-2000, 2000), st.integers(0, 900),
            st.floats(0, 1e6),
        ),
        min_size=1, max_size=12,
    )
)  # fmt: skip
def test_no_resident_is_lost_or_invented(
    square: StreetNetwork, rows: list[tuple[int, int, int, float]]
) -> None:
    shapes = [area(x, y, x + w, y + w) if w > 5 else spot(x, y) for x, y, w, _ in rows]
    people = [people for *_, people in rows]
    placed = place_population(square, population(shapes, people))
    assert placed.people.shape == (len(square),)
    assert placed.people.min() >= 0.0
    assert placed.people.sum() + placed.unplaced == pytest.approx(sum(people))
    assert bool(placed.notes) == (placed.unplaced > 0)


def test_residents_of_the_sample_template_land_on_its_streets(
    sample_network: StreetNetwork, tmp_path: Path
) -> None:
    write_template("population", tmp_path / "p.geojson", "en")
    placed = place_population(sample_network, read_population(tmp_path / "p.geojson"))
    assert placed.people.sum() == pytest.approx(325.5)
    assert np.count_nonzero(placed.people) > 2


# -- counts -------------------------------------------------------------------------------------


def test_counts_are_added_up_per_street_and_their_points_are_not_kept(
    square: StreetNetwork, tmp_path: Path
) -> None:
    rows: list[tuple[dict[str, object], BaseGeometry]] = [
        ({"nombre": 3, "note": "x"}, spot(40, 7)),
        ({"nombre": 4, "note": "y"}, spot(160, -7)),
        ({"nombre": 5, "note": "z"}, spot(190, -100)),
        ({"nombre": 6, "note": "far"}, spot(9000, 0)),
    ]
    counts = count_per_segment(square, save_features(tmp_path / "c.geojson", rows))
    assert dict(zip(square.name, counts.n.tolist(), strict=True)) == {
        "AB": 7, "AC": 0, "BD": 5, "CD": 0,
    }  # fmt: skip
    assert counts.n.dtype == np.int64
    assert counts.left_out == 6
    assert "1 row more than 500 m" in str(counts.notes[0])
    assert set(vars(counts)) == {"n", "weeks", "left_out", "far_rows", "understood"}
    told = [repr(counts), *map(str, counts.understood), *map(str, counts.notes)]
    assert not any(secret in text for secret in ("8.7", "49.4", "[") for text in told)


def test_counts_are_whole_and_read_alike_from_every_format(
    sample_network: StreetNetwork, tmp_path: Path
) -> None:
    totals = []
    for ending in ENDINGS:
        write_template("counts", tmp_path / f"c{ending}", "fr")
        totals.append(count_per_segment(sample_network, tmp_path / f"c{ending}").n)
    assert totals[0].sum() == 49
    assert (totals[0] == totals[1]).all()
    assert (totals[0] == totals[2]).all()


BAD_COUNTS = {
    "no header": ("4711,8.7001,49.4001\n4712,8.7002,49.4002\n", "missing columns: n, lon, lat"),
    "no column": ("n,lon\n4711,8.7001\n", "missing columns: lat"),
    "negative": ("n,lon,lat\n-4711,8.7001,49.4001\n", "column n: out of range"),
    "not a number": ("n,lon,lat\nNaN,8.7001,49.4001\n", "column n: not a number"),
    "text": ("n,lon,lat\ncall 4711,8.7001,49.4001\n", "column n: not a number"),
    "half": ("n,lon,lat\n4711.5,8.7001,49.4001\n", "column n: not a whole number"),
    "blank": ("n,lon,lat\n,8.7001,49.4001\n", "column n: empty cell"),
    "swapped": ("n,lon,lat\n4711,45.4001,-73.4711\n", "latitude and longitude seem swapped"),
    "nowhere": ("n,lon,lat\n4711,0,0\n", "longitude 0 and latitude 0"),
    "empty": ("", "is empty"),
    "no row": ("n,lon,lat\n", "no row below its headers"),
}


@pytest.mark.parametrize("kind", BAD_COUNTS)
def test_counts_that_cannot_be_read_get_one_line_that_tells_no_value(
    square: StreetNetwork, tmp_path: Path, kind: str
) -> None:
    text, why = BAD_COUNTS[kind]
    path = tmp_path / "c.csv"
    path.write_text(text)
    with pytest.raises(TableError) as error:
        count_per_segment(square, path)
    said = [error.value.message.say(lang) for lang in LANGUAGES]
    assert why in said[LANGUAGES.index("en")]
    assert not any(secret in line for secret in ("471", "8.70", "49.4") for line in said)
    assert not any("\n" in line for line in said)


@pytest.mark.parametrize("weeks", [0.0, -1.0, float("nan"), float("inf")])
def test_weeks_of_counts_are_a_positive_number(
    square: StreetNetwork, tmp_path: Path, weeks: float
) -> None:
    path = tmp_path / "c.csv"
    write_template("counts", path, "en")
    with pytest.raises(UsageError, match="weeks: give the number"):
        count_per_segment(square, path, weeks)


def test_built_in_sample_has_its_anchors(sample_network: StreetNetwork) -> None:
    anchors = read_anchors(data_file("sample/anchors.geojson"))
    assert (place_anchors(sample_network, anchors).index >= 0).all()
