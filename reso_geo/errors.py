"""Every error that a user can meet, and the exit code that it ends the command line with.

A message says what is wrong, where, and what to do. It is any object whose ``str()`` is the
English text; the command line asks it for another language (see `reso_geo.i18n.Phrase`).
"""

from __future__ import annotations

__all__ = [
    "BoundaryError",
    "InfeasibleError",
    "NetworkError",
    "PlanError",
    "ResoGeoError",
    "SettingsError",
    "TableError",
    "UsageError",
]


class ResoGeoError(ValueError):
    """An input or a request that cannot be used as it stands.

    Parameters
    ----------
    message
        What is wrong, where, and what to do; ``str(message)`` is English.

    Attributes
    ----------
    message
        The object given, so that a caller can ask it for another language.
    exit_code
        What the command line exits with: 2 for bad input, 1 for an impossible request.

    Examples
    --------
    >>> ResoGeoError("no such file: streets.osm.pbf").exit_code
    2
    """

    exit_code = 2

    def __init__(self, message: object) -> None:
        super().__init__(str(message))
        self.message = message


class UsageError(ResoGeoError):
    """A request with a value out of range, or values that contradict each other."""


class SettingsError(ResoGeoError):
    """A settings file with an unknown key or a value that makes no sense."""


class BoundaryError(ResoGeoError):
    """A boundary that cannot be found, read or used."""


class NetworkError(ResoGeoError):
    """A street source that cannot be read, or that holds no usable street."""


class TableError(ResoGeoError):
    """An input table (anchors, seats) with a missing column or an unusable row."""


class PlanError(ResoGeoError):
    """A plan file that cannot be read, or that is not a plan."""


class InfeasibleError(ResoGeoError):
    """A well-formed request that no plan can satisfy."""

    exit_code = 1
