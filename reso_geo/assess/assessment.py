"""Assessment: the verdicts of one sector by mode and season, and all that stands beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reso_geo.assess.evaluation import Case, case_of
from reso_geo.assess.network_clip import nearby
from reso_geo.assess.paces import Paces, paces_of
from reso_geo.assess.reach import Reach, reach_of
from reso_geo.assess.remedies import Fix, fixes_for
from reso_geo.assess.sector import Sector, with_middle_base
from reso_geo.assess.tours import LIMITED
from reso_geo.choices import in_a_row
from reso_geo.coverage import travel_graph
from reso_geo.errors import UsageError
from reso_geo.i18n import Phrase
from reso_geo.network import with_own_rules
from reso_geo.records import FieldCheck, Shown, hearer, kind_of
from reso_geo.settings import settings_of
from reso_geo.travel import MODES, SEASONS, travel_notes, travel_times

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from os import PathLike

    import pandas as pd

    from reso_geo.coverage import Effort
    from reso_geo.settings import PatrolSettings

__all__ = ["AssessRequest", "Assessment", "Judgement", "assess"]

_MOST_MINUTES = 240.0


@dataclass(frozen=True)
class AssessRequest:
    """What is asked of a sector.

    Attributes
    ----------
    modes, seasons
        Which ones; see `reso_geo.travel`.
    minutes
        How far the reach from the base is shown, above 0 and at most 240.
    fixes
        True to look for what would fix a verdict that is not yes.
    seed
        Of all that is drawn by chance.

    Raises
    ------
    UsageError
        When a mode or season is not known, or minutes are out of range.
    """

    modes: tuple[str, ...] = MODES
    seasons: tuple[str, ...] = SEASONS
    minutes: tuple[float, ...] = (10.0, 20.0, 30.0)
    fixes: bool = True
    seed: int = 0

    def __post_init__(self) -> None:
        """Check the words and the figures once."""
        check = FieldCheck("AssessRequest", UsageError)
        for field, known in (("modes", MODES), ("seasons", SEASONS)):
            check.texts(field, getattr(self, field))
            for value in getattr(self, field):
                check.word(field, value, known)
        if not isinstance(self.minutes, tuple):
            check.refuse("minutes", self.minutes, Phrase("record.numbers"))
        check.flag("fixes", self.fixes)
        check.number("seed", self.seed, whole=True)
        for row, minutes in enumerate(self.minutes):
            check.number(f"minutes[{row}]", minutes)
            if not 0.0 < minutes <= _MOST_MINUTES:
                raise UsageError(Phrase("assess.bad_minutes", {"minutes": f"{minutes:g}"}))
        if self.seed < 0:
            raise UsageError(Phrase("partition.bad_seed", {"seed": self.seed}))


@dataclass(frozen=True)
class Judgement:
    """One verdict, and what stands beside it.

    Attributes
    ----------
    case
        The sector in its mode and season, with the verdict, and of the streets around it those that
        can matter to its tours.
    paces
        Shifts of one pass in two ways; None where the mode cannot tour the sector.
    reach
        What can be got to from the base, on all streets of `Assessment.sector`.
    """

    case: Case
    paces: Paces | None
    reach: tuple[Reach, ...]


@dataclass(frozen=True, repr=False)
class Assessment(Shown):
    """All verdicts of one sector.

    Attributes
    ----------
    sector
        The streets.
    settings
        All assumptions.
    request
        What was asked.
    judgements
        By mode and season.
    fixes
        What would fix the verdicts that are not yes; each was run.
    warnings
        What the planner should know.
    """

    sector: Sector
    settings: PatrolSettings
    request: AssessRequest
    judgements: Mapping[tuple[str, str], Judgement]
    fixes: tuple[Fix, ...]
    warnings: tuple[Phrase, ...]

    def summary(self) -> Phrase:
        """Return the sector and its verdicts, in one sentence.

        Returns
        -------
        Phrase
            For people.
        """
        verdicts = in_a_row(
            Phrase(
                "assess.fact",
                {"case": Phrase(f"case.{mode}.{season}"), "verdict": each.case.verdict.said},
            )
            for (mode, season), each in self.judgements.items()
        )
        return Phrase("assess.facts", {"sector": self.sector.summary(), "verdicts": verdicts})

    def _rows(self) -> list[tuple[object, ...]]:
        """Return a row a mode and season."""
        heads = tuple(Phrase(f"plan.head.{head}") for head in ("mode", "verdict", "margin"))
        rows: list[tuple[object, ...]] = [heads]
        for (mode, season), each in self.judgements.items():
            share = each.case.verdict.margin
            margin = "-" if share is None else f"{100.0 * share:.0f} %"
            rows.append((Phrase(f"case.{mode}.{season}"), each.case.verdict.said, margin))
        return rows

    def to_frame(self) -> pd.DataFrame:
        """Return the verdicts and their figures.

        Returns
        -------
        DataFrame
            By ``mode`` and ``season``: ``verdict`` and ``chance``; ``reserve`` and ``margin``
            (shares of the time available that are left: with the chance that a yes asks for, and
            at central values); ``to_measure``, a key of the settings; ``needed_s`` and
            ``available_s`` (seconds per week, central), with ``_low`` and ``_high``, the 10th and
            90th percentile;
            ``every_weeks``; ``cadence_share``, what fits of all cadences asked for; ``pass_s``,
            ``deadhead_s`` and ``pass_km`` of one pass; ``reasons``, codes between commas. What is
            not known, or has no tour, is missing.
        """
        import pandas as pd  # noqa: PLC0415 - slow to load

        index = pd.MultiIndex.from_tuples(self.judgements, names=["mode", "season"])
        return pd.DataFrame([_figures(each.case) for each in self.judgements.values()], index)


def _figures(case: Case) -> dict[str, object]:
    """Return the row of a frame."""
    verdict, once = case.verdict, case.beat.once
    row: dict[str, object] = {
        "verdict": verdict.verdict,
        "chance": verdict.chance,
        "reserve": verdict.reserve,
        "margin": verdict.margin,
        "to_measure": verdict.to_measure,
    }
    for name in ("needed_s", "available_s"):
        low, central, high = getattr(verdict, name)
        row |= {name: central, f"{name}_low": low, f"{name}_high": high}
    return row | {
        "every_weeks": verdict.every_weeks,
        "cadence_share": verdict.cadence_share,
        "pass_s": once.pass_s if case.toured else None,
        "deadhead_s": once.deadhead_s if case.toured else None,
        "pass_km": case.pass_km if case.toured else None,
        "reasons": ",".join(verdict.reasons),
    }


def assess(
    sector: Sector,
    settings: PatrolSettings | str | PathLike[str] | None = None,
    request: AssessRequest | None = None,
    *,
    progress: Callable[[str], object] | bool | None = None,
    effort: Effort = LIMITED,
) -> Assessment:
    """Judge a sector in each mode and season, say why, and what would fix it.

    Parameters
    ----------
    sector
        From `reso_geo.sector_in`, or a beat of a plan from `reso_geo.Plan.beat`.
    settings
        All assumptions, or the path of a file of them; None for those that the sector comes with.
        What was measured before is used only where it holds under them.
    request
        Modes, seasons, minutes; None for all modes and seasons.
    progress
        Called with the key of each stage as it begins; True for a line each on standard error.
    effort
        Where the final depth of the tours stops; by default after a few rounds of cuts.

    Returns
    -------
    Assessment
        Every verdict with its margin, its reasons and their figures, the cadence that fits, both
        ways to say pace, and which assumptions it depends on most.

    Raises
    ------
    UsageError
        When an argument is of another kind, the request is out of range, or the settings ask for
        other rules for streets than those that the network was read with.

    Examples
    --------
    >>> from reso_geo import load_network, load_settings, read_boundary, sector_in
    >>> from reso_geo.atomic_files import data_file
    >>> area, settings = read_boundary(str(data_file("sample/sector.geojson"))), load_settings()
    >>> network = load_network(data_file("sample/sample.osm.pbf"), area, settings)
    >>> found = assess(sector_in(network, settings, area.names[0]), settings)
    >>> found.judgements["bike", "summer"].case.verdict.verdict
    'yes'
    """
    sector = kind_of("sector", sector, Sector, "sector")
    if request is not None:
        kind_of("request", request, AssessRequest, "request")
    asked, hear = request or AssessRequest(), hearer(progress)
    begin = hear or (lambda _: None)
    given = sector.settings if settings is None else settings
    settings, own = with_own_rules(sector.network, settings_of(given))
    begin("progress.measure")
    sector = with_middle_base(sector, settings)
    found: dict[tuple[str, str], Judgement] = {}
    cases: list[Case] = []
    graphs = {
        (mode, season): travel_graph(
            sector.network, travel_times(sector.network, settings, season), mode
        )
        for mode in asked.modes
        for season in asked.seasons
    }
    near = nearby(sector, graphs.values())
    for mode in asked.modes:
        like = None
        for season in asked.seasons:
            limits = settings.set_aside.limits
            key = graphs[mode, season].tour_key(sector.required, sector.base, limits)
            known = sector.known.get(key)
            case = case_of(near, settings, mode, season, effort, like, known)
            like = like or case
            cases.append(case)
            reach = reach_of(case, asked.minutes, sector, graphs[mode, season])
            found[mode, season] = Judgement(case, paces_of(case), reach)
    fixes = fixes_for(cases, asked.seed, hear) if asked.fixes else ()
    notes = [*own, *sector.network.notes, *sector.notes]
    for season in asked.seasons:
        notes += travel_notes(sector.network, settings, season)
    once = {str(note): note for note in notes}
    return Assessment(sector, settings, asked, found, fixes, tuple(once.values()))
