"""Maps on paper: the overview of a plan as a picture, and an atlas for print.

matplotlib is slow to load, so that it is loaded only by who draws.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reso_geo.choices import check_choice
from reso_geo.errors import UsageError
from reso_geo.i18n import AUDIENCES, LANGUAGES, Phrase
from reso_geo.output_files import day_drawn, output_file
from reso_geo.plan import Plan, current_plan
from reso_geo.records import kind_of, path_of

if TYPE_CHECKING:
    from os import PathLike

__all__ = ["STILL_ENDINGS", "overview_png", "save_picture"]

STILL_ENDINGS = (".png", ".pdf")
"""How the names of pictures end."""


def save_picture(
    plan: Plan,
    path: str | PathLike[str],
    lang: str = "fr",
    audience: str = "internal",
    *,
    date: str | None = None,
) -> None:
    """Save a plan's map as a picture, or for print.

    Parameters
    ----------
    plan
        From `reso_geo.make_plan` or a plan file.
    path
        The file to make or replace: ``.png`` for the overview, ``.pdf`` for an atlas of 11 by 17
        inches with the overview and a page for each beat. The same plan and day, the same bytes.
    lang
        ``fr`` or ``en``.
    audience
        ``public`` (no bases, no loads, no anchors, counts under 10 masked), ``internal`` or
        ``restricted``; printed on every page.
    date
        The day that it says it was drawn on; see `reso_geo.output_files.day_drawn`.

    Raises
    ------
    UsageError
        When the name has another ending, the language or the audience is not known, or the date
        is none.
    OutputError
        When the file cannot be written; the old one then stands unchanged.

    Examples
    --------
    >>> from pathlib import Path
    >>> save_picture(None, Path("map.jpg"))
    Traceback (most recent call last):
    ...
    reso_geo.errors.UsageError: map.jpg: the map is saved as a web page (.html), ...
    """
    path = path_of(path)
    ending = path.suffix.lower()
    if ending not in STILL_ENDINGS:
        raise UsageError(Phrase("stills.ending", {"name": path.name}))
    kind_of("plan", plan, Plan, "plan")
    check_choice(lang, LANGUAGES)
    check_choice(audience, AUDIENCES)
    from reso_geo.maps.print.save import write_pdf, write_png  # noqa: PLC0415 - see above

    drawn = day_drawn(date)
    write = write_png if ending == ".png" else write_pdf
    with output_file(path) as aside:
        write(current_plan(plan), aside, lang, audience, drawn)


def overview_png(plan: Plan, lang: str = "fr", audience: str = "internal") -> bytes:
    """Draw a plan's map small enough for a letter: 6.5 by 4.6 inches, with scale and credit.

    Parameters
    ----------
    plan
        From `reso_geo.make_plan` or a plan file.
    lang
        ``fr`` or ``en``.
    audience
        ``public``, ``internal`` or ``restricted``; printed below it.

    Returns
    -------
    bytes
        A PNG, the same for the same plan.

    Raises
    ------
    UsageError
        When the language or the audience is not known.
    """
    kind_of("plan", plan, Plan, "plan")
    check_choice(lang, LANGUAGES)
    check_choice(audience, AUDIENCES)
    from reso_geo.maps.print.save import small_png  # noqa: PLC0415 - see above

    return small_png(current_plan(plan), lang, audience)
