"""Streets keep the rules that they were chosen by: other settings do not choose them again."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING

from reso_geo.errors import UsageError
from reso_geo.i18n import Phrase, listed
from reso_geo.settings import load_settings

if TYPE_CHECKING:
    from reso_geo.network.street_network import StreetNetwork
    from reso_geo.settings import PatrolSettings, StreetRules

__all__ = ["with_own_rules"]

_LATER = frozenset({"cleared_distance_m", "cleared_share"})
"""Rules that are asked when a cleared network is given, long after streets were chosen."""


def with_own_rules(
    network: StreetNetwork, settings: PatrolSettings
) -> tuple[PatrolSettings, tuple[Phrase, ...]]:
    """Return settings that hold the rules by which the streets of a network were chosen.

    Parameters
    ----------
    network
        From `reso_geo.load_network`, or of a plan; one without rules fits any settings.
    settings
        All assumptions.

    Returns
    -------
    tuple of PatrolSettings and tuple of Phrase
        The same settings where their rules are those of the network. Where they ask for nothing of
        their own (the rules by default), settings with the network's rules, and what to say.

    Raises
    ------
    UsageError
        When the settings ask for other rules: the streets have to be read again.

    Examples
    --------
    >>> from reso_geo import load_network, load_settings
    >>> from reso_geo.atomic_files import data_file
    >>> settings = load_settings()
    >>> network = load_network(data_file("sample/sample.osm.pbf"), basemap=False)
    >>> with_own_rules(network, settings) == (settings, ())
    True
    """
    own, asked = network.rules, settings.streets
    differing = () if own is None else _differing(own, asked)
    if own is None or not differing:
        return settings, ()
    values = {"source": network.source.name, "rules": listed(differing)}
    if _differing(asked, load_settings().streets):
        raise UsageError(Phrase("network.other_rules", values))
    later = {name: getattr(asked, name) for name in _LATER}
    kept = replace(settings, streets=replace(own, **later))
    return kept, (Phrase("network.own_rules", values),)


def _differing(one: StreetRules, other: StreetRules) -> tuple[str, ...]:
    """Return the names of the rules that differ; classes of streets in any order are the same."""
    names = [f.name for f in fields(one) if f.name not in _LATER]
    return tuple(name for name in names if _plain(one, name) != _plain(other, name))


def _plain(rules: StreetRules, name: str) -> object:
    value = getattr(rules, name)
    return sorted(value) if isinstance(value, tuple) else value
