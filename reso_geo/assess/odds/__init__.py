"""The odds: every assumption drawn within its range, and how often the time is enough."""

from reso_geo.assess.odds.chance import (
    TENTH,
    VERDICTS,
    Odds,
    odds_of,
    percentiles,
    verdict_of,
    with_chance,
)
from reso_geo.assess.odds.draws import DRAWS, Draws, drawn_settings, draws_of
from reso_geo.assess.odds.factors import Factors, WayKinds, factors_of, ways_of
from reso_geo.assess.odds.said import (
    cadence_phrase,
    chance_phrase,
    in_percent,
    in_tenths,
    rule_phrase,
    short_figure,
    verdict_phrase,
)

__all__ = [
    "DRAWS",
    "TENTH",
    "VERDICTS",
    "Draws",
    "Factors",
    "Odds",
    "WayKinds",
    "cadence_phrase",
    "chance_phrase",
    "drawn_settings",
    "draws_of",
    "factors_of",
    "in_percent",
    "in_tenths",
    "odds_of",
    "percentiles",
    "rule_phrase",
    "short_figure",
    "verdict_of",
    "verdict_phrase",
    "ways_of",
    "with_chance",
]
