"""Every error that a user can meet, and the exit code that it ends the command line with.

A message says what is wrong, where, and what to do, in any language (see `reso_geo.i18n.Phrase`).
"""

from __future__ import annotations

from reso_geo.i18n import Phrase

__all__ = [
    "BoundaryError",
    "InfeasibleError",
    "NetworkError",
    "OutputError",
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
        What is wrong, where, and what to do: a sentence of the catalogue, or a text of one's own.

    Attributes
    ----------
    message
        The sentence, which can be asked for another language; ``str()`` of the error is English.
    code
        A word that stays the same whatever the sentence and its language: the sentence's key.
    where, what, do
        The parts of the English sentence; empty where it does not say one of them.
    exit_code
        What the command line exits with: 2 for bad input, 1 for an impossible request.

    Examples
    --------
    >>> error = ResoGeoError(Phrase("cli.out_is_file", {"path": "plans"}))
    >>> error.exit_code, error.code, error.where, error.do
    (2, 'cli.out_is_file', 'plans', 'Give --out a folder.')
    """

    exit_code = 2

    def __init__(self, message: object) -> None:
        super().__init__(str(message))
        if not isinstance(message, Phrase):
            message = Phrase("error.other", {"text": str(message)})
        self.message = message
        self.code = self.message.key
        self.where, self.what, self.do = self.message.parts("en")


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


class OutputError(ResoGeoError):
    """A file that cannot be written; what stood there stands unchanged."""


class InfeasibleError(ResoGeoError):
    """A well-formed request that no plan can satisfy."""

    exit_code = 1
