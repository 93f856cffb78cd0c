"""A text that a spreadsheet would change stays the text that it is."""

from __future__ import annotations

import pytest

from reso_geo.report.tables.csv_cells import text_cell


@pytest.mark.parametrize(
    "name",
    ["00012", "1E5", "MARS1", "MAR-01", "12 mars", "1/2", "+1450", "=1", "\uff1d1", "VRAI", "5 %"],
)
def test_a_text_that_a_spreadsheet_would_change_gets_an_apostrophe(name: str) -> None:
    assert text_cell(name) == f"'{name}"


@pytest.mark.parametrize("name", ["VDE-01", "rue 12", "12e Avenue", "Marquette 12", "D10", "Mai"])
def test_other_texts_stay_as_they_are(name: str) -> None:
    assert text_cell(name) == name
