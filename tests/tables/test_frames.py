"""Tables in memory pass the same checks as files: same rows, same sentences."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from drawing import degrees, draw, load

from reso_geo import read_anchors, read_boundary
from reso_geo.demand import (
    count_per_segment,
    place_population,
    read_bases,
    read_population,
    read_roster,
    read_seats,
)
from reso_geo.errors import BoundaryError, ResoGeoError, TableError, UsageError
from reso_geo.network import clear_streets, place_elevations

if TYPE_CHECKING:
    from collections.abc import Callable

    from reso_geo import StreetNetwork
    from reso_geo.settings import PatrolSettings

SQUARE = shapely.box(-73.5, 45.4, -73.4, 45.5)


def places(**changed: object) -> pd.DataFrame:
    """Return three anchors with columns of their own for the places."""
    columns: dict[str, Any] = {
        "Nom": ["École", "Parc", "Marché"],
        "genre": ["school", "park", "market"],
        "visites_par_semaine": [2.0, 3.0, 1.0],
        "minutes": [15, 10, 20],
        "lon": [-73.5, -73.51, -73.52],
        "lat": [45.5, 45.51, 45.52],
    }
    return pd.DataFrame(columns | changed)


def located(crs: str | None = "EPSG:4326", **changed: object) -> gpd.GeoDataFrame:
    """Return the same anchors with points."""
    rows = places(**changed)
    points = gpd.points_from_xy(rows.pop("lon"), rows.pop("lat"), crs="EPSG:4326")
    frame = gpd.GeoDataFrame(rows, geometry=points)
    return frame.set_crs(None, allow_override=True) if crs is None else frame.to_crs(crs)


def test_a_frame_and_its_files_are_read_alike(tmp_path: Path) -> None:
    path, layer = tmp_path / "places.csv", tmp_path / "places.gpkg"
    places().to_csv(path, index=False)
    located().to_file(layer, driver="GPKG")
    of_file = read_anchors(str(path))
    for source in (places(), located(), located("EPSG:32188"), layer):
        anchors = read_anchors(source)
        assert anchors.name.tolist() == of_file.name.tolist()
        assert anchors.minutes.tolist() == [15.0, 10.0, 20.0]
        assert anchors.lon == pytest.approx(of_file.lon, abs=1e-9)
        assert anchors.lat == pytest.approx(of_file.lat, abs=1e-9)


def test_what_a_frame_was_taken_for_is_said() -> None:
    said = [str(each) for each in read_anchors(located("EPSG:32188")).understood]
    assert "GeoDataFrame" in said[0]
    assert "EPSG:32188" in said[0]
    assert "rows: 3" in said[0]
    assert "Nom → name" in said[1]


@pytest.mark.parametrize(
    ("changed", "row", "word"),
    [
        ({"minutes": [15, -3, 20]}, 2, "minutes"),
        ({"minutes": [15, 10, np.nan]}, 3, "minutes"),
        ({"minutes": [None, 10, 20]}, 1, "minutes"),
        ({"minutes": ["a lot", 10, 20]}, 1, "minutes"),
        ({"visites_par_semaine": [2.0, 1000.0, 1.0]}, 2, "visites_par_semaine"),
        ({"lon": [0.0, -73.5, -73.6], "lat": [0.0, 45.5, 45.6]}, 1, "0 / 0"),
        ({"lon": [-73.5, 45.51, -73.52], "lat": [45.5, -73.51, 45.52]}, 2, "swapped"),
    ],
)
def test_a_bad_row_of_a_frame_is_refused_with_the_sentence_of_a_file(
    tmp_path: Path, changed: dict[str, Any], row: int, word: str
) -> None:
    path = tmp_path / "places.geojson"
    rows = located(**changed)
    rows.to_file(path, driver="GeoJSON")
    said = []
    for source in (rows, path):
        with pytest.raises(TableError) as caught:
            read_anchors(source)
        said.append(str(caught.value).partition(",")[2])
    assert said[0] == said[1]
    assert f"feature {row}," in said[0]
    assert word in said[0]


def test_missing_column_of_a_frame_names_those_that_it_has() -> None:
    with pytest.raises(TableError, match=r"DataFrame: missing columns: minutes.*Nom"):
        read_anchors(places().drop(columns="minutes"))


def test_a_geometry_without_crs_is_refused_with_what_to_do() -> None:
    with pytest.raises(TableError, match="set_crs"):
        read_anchors(located(None))
    frame = gpd.GeoDataFrame({"name": ["A"]}, geometry=[SQUARE])
    with pytest.raises(BoundaryError, match="set_crs"):
        read_boundary(frame)


READERS: tuple[Callable[[Any], object], ...] = (
    read_anchors, read_bases, read_population, read_roster, read_seats,
)  # fmt: skip


@pytest.mark.parametrize("source", [None, 3, [1, 2], {"name": ["A"]}, np.zeros(3), b"x"])
def test_what_is_no_table_is_refused_in_a_sentence(source: object) -> None:
    for reader in READERS:
        with pytest.raises(UsageError, match="is no table"):
            reader(source)
    with pytest.raises(BoundaryError):
        read_boundary(source)  # type: ignore[arg-type]


def test_frames_without_a_row_are_refused() -> None:
    with pytest.raises(TableError, match="no row"):
        read_bases(gpd.GeoDataFrame({"name": []}, geometry=[], crs="EPSG:4326"))
    with pytest.raises(TableError, match="no row"):
        read_anchors(places().iloc[:0])


def test_index_with_a_name_is_a_column() -> None:
    assert read_anchors(places().set_index("Nom")).name.tolist() == ["École", "Parc", "Marché"]


def test_seats_bases_and_roster_are_read_from_frames() -> None:
    assert read_seats(pd.DataFrame({"ville": ["A", "B"], "postes": [3, 4]})) == {"A": 3, "B": 4}
    assert read_seats(pd.DataFrame({"ville": ["A"], "postes": np.array([3.0])})) == {"A": 3}
    with pytest.raises(TableError, match="feature 2"):
        read_seats(pd.DataFrame({"ville": ["A", "B"], "postes": [3, 4.5]}))
    assert read_bases(located()).name.tolist() == ["École", "Parc", "Marché"]
    roster = pd.DataFrame(
        {"post": ["P1", "P2"], "beat_id": ["A-1", "A-2"], "from": ["2025-01-06", None]}
    )
    assert [row.first for row in read_roster(roster)] == [date(2025, 1, 6), None]
    roster["from"] = pd.to_datetime(roster["from"])
    assert [row.first for row in read_roster(roster)] == [date(2025, 1, 6), None]


@pytest.fixture(scope="module")
def town(defaults: PatrolSettings) -> StreetNetwork:
    return load(draw("a---b---c\n|   |   |\nd---e---f"), None, defaults)


def test_population_counts_and_conditions_are_read_from_frames(
    town: StreetNetwork, defaults: PatrolSettings
) -> None:
    lon, lat = degrees(30.0, -30.0)
    people = gpd.GeoDataFrame(
        {"population": [120]}, geometry=[shapely.Point(lon, lat).buffer(0.001)], crs="EPSG:4326"
    )
    assert place_population(town, read_population(people)).people.sum() == pytest.approx(120.0)
    calls = pd.DataFrame({"n": [4, 5], "lon": [lon, lon], "lat": [lat, lat]})
    assert count_per_segment(town, calls).n.sum() == 9
    named = pd.DataFrame({"segment_id": town.segment_id[:2]})
    assert clear_streets(town, named, defaults.streets).cleared.sum() == 2
    lines = gpd.GeoDataFrame(geometry=town.geometry[:3], crs=town.crs)
    assert clear_streets(town, lines, defaults.streets).cleared[:3].all()
    lon, lat = degrees(0.0, 0.0)
    high = place_elevations(town, pd.DataFrame({"ele": [12.5], "lon": [lon], "lat": [lat]}))
    assert np.nanmax(high.node_ele_m) == 12.5


def test_no_value_of_private_counts_is_told(town: StreetNetwork) -> None:
    calls = pd.DataFrame({"n": ["secret", 5], "lon": [-73.5, -73.5], "lat": [45.5, 45.5]})
    with pytest.raises(TableError) as caught:
        count_per_segment(town, calls)
    assert "secret" not in str(caught.value)


def test_boundary_is_read_from_shapes_in_memory() -> None:
    other = shapely.box(-73.4, 45.4, -73.3, 45.5)
    frame = gpd.GeoDataFrame({"NOM": ["A", "B"]}, geometry=[SQUARE, other], crs="EPSG:4326")
    named = read_boundary({"A": SQUARE, "B": other})
    assert named.names == read_boundary(frame).names == ("A", "B")
    assert named.shapes == read_boundary(frame).shapes
    assert read_boundary(frame.to_crs("EPSG:32188")).names == ("A", "B")
    assert shapely.area(read_boundary(SQUARE).shapes[0]) == pytest.approx(0.01)
    assert read_boundary(shapely.MultiPolygon([SQUARE])).kind == "precise"


@pytest.mark.parametrize(
    ("source", "word"),
    [
        (shapely.Point(0, 1), "Point"),
        ({"A": shapely.Point(0, 1)}, "Point"),
        ({"A": None}, "1"),
        ({}, "dict"),
        (shapely.box(300_000, 5_000_000, 301_000, 5_001_000), "Polygon"),
        (shapely.box(45.4, -73.5, 45.5, -73.4), "Polygon"),
        ({"A": SQUARE, "B": SQUARE}, "A + B"),
    ],
)
def test_shape_that_is_no_boundary_is_refused_in_a_sentence(source: object, word: str) -> None:
    with pytest.raises(BoundaryError) as caught:
        read_boundary(source)  # type: ignore[arg-type]
    assert word in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_paths_are_texts_or_paths(tmp_path: Path) -> None:
    path = tmp_path / "postes.csv"
    path.write_text("Ville;Postes\nPort-Lajoie;3\n", encoding="utf-8")
    assert read_seats(str(path)) == read_seats(path) == {"Port-Lajoie": 3}
    area = tmp_path / "area.geojson"
    area.write_text(shapely.to_geojson(SQUARE), encoding="utf-8")
    assert read_boundary(area) == read_boundary(str(area))
    with pytest.raises(ResoGeoError, match="does not exist"):
        read_seats(Path("nowhere.csv"))
