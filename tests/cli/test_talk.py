"""What the command line says is short: the rest stands in the files."""

from __future__ import annotations

import io

from reso_geo.cli.console import Output
from reso_geo.i18n import Phrase


def _said(phrases: list[Phrase]) -> list[str]:
    out = io.StringIO()
    Output("en", as_json=False, quiet=False, out=out).warnings(phrases)
    return out.getvalue().splitlines()


def test_at_most_five_warnings_of_a_kind_are_written_then_how_many_more() -> None:
    many = [Phrase("boundary.unknown_name", {"name": f"N{k}", "meant": "-"}) for k in range(28)]
    other = Phrase("cli.interrupted")
    said = _said([*many[:10], other, *many[10:]])
    assert sum("N" in line and "No boundary" in line for line in said) == 5
    assert said[-1] == "And 23 more of this kind: see plan.gpkg."
    assert len(said) == 7


def test_five_of_a_kind_are_all_written() -> None:
    said = _said([Phrase("boundary.unknown_name", {"name": "N", "meant": "-"})] * 5)
    assert len(said) == 5


def test_assumptions_are_counted_and_named_when_asked() -> None:
    for verbose, named in ((False, False), (True, True)):
        out = io.StringIO()
        output = Output("fr", as_json=False, quiet=False, out=out, verbose=verbose)
        output.assumptions(("bike_patrol_kmh", "contact_min"))
        assert ("Minutes" in out.getvalue()) == named
        assert ("2 hypothèses" in out.getvalue()) != named
