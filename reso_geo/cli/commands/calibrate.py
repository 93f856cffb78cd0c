"""The command that narrows ranges by observed shifts."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer asks for it at run time
from typing import TYPE_CHECKING, Annotated

import typer

from reso_geo.cli.options import keep_input, output_for
from reso_geo.demand import calibrated, read_shifts
from reso_geo.i18n import Phrase
from reso_geo.output_files import output_file
from reso_geo.plan import setting_phrase
from reso_geo.settings import LEVELS, load_settings, ranges_of, settings_toml

if TYPE_CHECKING:
    from reso_geo.cli.console import Output
    from reso_geo.settings import PatrolSettings

__all__ = ["calibrate", "observed_settings"]


def calibrate(
    context: typer.Context,
    source: Annotated[Path, typer.Argument(help="help.shifts")],
    out: Annotated[Path, typer.Option(help="help.calibrate_out")],
    settings: Annotated[Path | None, typer.Option(help="help.settings")] = None,
) -> None:
    """Narrow the ranges of paces, contacts and patrol share."""
    output = output_for(context)
    keep_input(source, out)
    found = observed_settings(output, settings, source)
    measured = {key: value for key, value in ranges_of(found).items() if value.shifts}
    with output_file(out) as aside:
        aside.write_text(settings_toml(measured), encoding="utf-8", newline="\n")
    output.document(
        {
            "settings": str(out),
            "measured": {
                key: {**{level: value.at(level) for level in LEVELS}, "shifts": value.shifts}
                for key, value in measured.items()
            },
        }
    )
    for key, value in measured.items():
        values = {level: float(value.at(level)) for level in LEVELS}
        named = {"name": setting_phrase(key), "shifts": value.shifts}
        output.line(Phrase("shifts.measured", values | named))
    output.line("cli.wrote", {"path": out})


def observed_settings(
    output: Output, settings: Path | None, observed: Path | None
) -> PatrolSettings:
    """Read settings, and narrow their ranges by observed shifts where there are any.

    Parameters
    ----------
    output
        How the command answers: it says what the table was taken for.
    settings
        A settings file; None for the defaults.
    observed
        A table of shifts; None for none.

    Returns
    -------
    PatrolSettings
        All values.
    """
    found = load_settings(settings)
    return found if observed is None else calibrated(found, read_shifts(observed, output.note))
