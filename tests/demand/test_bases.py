"""Bases given by hand: read from tables and put on junctions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from drawing import degrees, draw, load

from reso_geo.demand import (
    Bases,
    far_bases_note,
    place_bases,
    read_bases,
)
from reso_geo.errors import TableError
from reso_geo.i18n import LANGUAGES
from reso_geo.tables import write_template

if TYPE_CHECKING:
    from pathlib import Path

ENDINGS = (".csv", ".xlsx", ".geojson")


# -- bases --------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_templates_of_bases_read_back_alike_from_every_format(lang: str, tmp_path: Path) -> None:
    read = []
    for ending in ENDINGS:
        write_template("bases", tmp_path / f"b{ending}", lang)
        read.append(read_bases(tmp_path / f"b{ending}"))
    for each in read:
        assert each.name.tolist() == read[0].name.tolist()
        assert each.beat_id.tolist() == ["", ""]
        assert each.lat.tolist() == read[0].lat.tolist()
    assert len(read[0]) == 2


def test_beat_of_a_base_may_be_left_out_and_is_named_once(tmp_path: Path) -> None:
    path = tmp_path / "b.csv"
    path.write_text("nom;x;y\nPoste;8,7;49,4\n")
    assert read_bases(path).beat_id.tolist() == [""]
    path.write_text("nom;secteur;x;y\nPoste;A-01;8,7;49,4\n")
    assert read_bases(path).beat_id.tolist() == ["A-01"]
    path.write_text("name,beat_id,lon,lat\nOne,A-01,8.7,49.4\nTwo,A-01,8.7,49.4\n")
    with pytest.raises(TableError, match=r"rows 2, 3 .*“A-01”: another row names this beat"):
        read_bases(path)
    path.write_text("name,lon,lat\n")
    with pytest.raises(TableError, match="no row below its headers"):
        read_bases(path)


def test_bases_of_one_name_are_refused_with_their_rows(tmp_path: Path) -> None:
    path = tmp_path / "b.csv"
    path.write_text("name,lon,lat\nOne,8.7,49.4\nTwo,8.7,49.4\n One,8.8,49.4\n")
    with pytest.raises(TableError, match=r"“One”: rows 2, 4 have the same name"):
        read_bases(path)


def test_base_goes_to_the_nearest_junction_on_foot_or_to_none_beyond_500_m() -> None:
    # D hangs on a way where nobody walks: the nearest junction on foot to it is B.
    network = load(draw("A-B-D\n|\nC", {"BD": {"highway": "motorway"}}, step_m=100.0))
    spots = [degrees(*place) for place in ((20.0, 30.0), (390.0, 0.0), (5000.0, 0.0))]
    lon, lat = np.array(spots).T
    bases = Bases(np.array(["a", "b", "far"], object), np.array([""] * 3, object), lon, lat)
    placed = place_bases(network, bases)
    assert [chr(network.node_id[at]) for at in placed.index[:2]] == ["A", "B"]
    assert placed.index[2] == -1
    assert placed.distance_m == pytest.approx([36.1, 190.0, 4800.0], rel=0.01)
    assert "1 base more" in str(far_bases_note(bases, placed))
    assert f"far ({placed.distance_m[2]:.0f} m)" in str(far_bases_note(bases, placed))
