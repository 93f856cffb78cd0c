"""What public functions are given: the wrong kind is one sentence naming the argument."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TypeVar

from reso_geo.errors import UsageError
from reso_geo.i18n import Phrase

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["hearer", "kind_of", "path_of", "refuse_kind"]

_Kind = TypeVar("_Kind")
_TENTHS = 10


def refuse_kind(argument: str, given: object, wanted: str) -> NoReturn:
    """Refuse an argument of a wrong kind.

    Parameters
    ----------
    argument
        Its name.
    given
        As it came.
    wanted
        What it may be: the last part of a key of the catalogue that begins with ``argument.``.

    Raises
    ------
    UsageError
        Always, with one sentence.

    Examples
    --------
    >>> refuse_kind("path", 5, "path")
    Traceback (most recent call last):
    ...
    reso_geo.errors.UsageError: path: int is not taken here; it takes a path, as text or a Path.
    """
    values = {"argument": argument, "kind": type(given).__name__}
    raise UsageError(Phrase("argument.kind", {**values, "wanted": Phrase(f"argument.{wanted}")}))


def kind_of(argument: str, given: object, kind: type[_Kind], wanted: str) -> _Kind:
    """Return an argument that is of a kind, and refuse all others.

    Parameters
    ----------
    argument, given
        As for `refuse_kind`.
    kind
        The class that it must have.
    wanted
        As for `refuse_kind`.

    Returns
    -------
    object
        As it came.

    Raises
    ------
    UsageError
        When it has another one.
    """
    if not isinstance(given, kind):
        refuse_kind(argument, given, wanted)
    return given


def path_of(given: object, argument: str = "path") -> Path:
    """Return a path, given as text or not.

    Parameters
    ----------
    given
        As it came.
    argument
        Its name.

    Returns
    -------
    Path
        The same one.

    Raises
    ------
    UsageError
        When it is none.

    Examples
    --------
    >>> path_of("plan.gpkg").suffix
    '.gpkg'
    """
    if isinstance(given, os.PathLike):
        given = os.fspath(given)
    return Path(kind_of(argument, given, str, "path"))


def hearer(progress: object) -> Callable[..., object] | None:
    """Return what hears how far the work is.

    Parameters
    ----------
    progress
        A function, called with the key of a stage, the share that is done, or both; True for a
        line each on standard error; None or False for silence.

    Returns
    -------
    callable or None
        None for silence.

    Raises
    ------
    UsageError
        When it is none of these.
    """
    if progress is None or progress is False:
        return None
    if progress is True:
        return _Lines().write
    if not callable(progress):
        refuse_kind("progress", progress, "progress")
    return progress


class _Lines:
    """Writes a line for every stage, and for every tenth of it that is done."""

    def __init__(self) -> None:
        self._last: tuple[str, int] | None = None

    def write(self, *what: str | float) -> None:
        """Write a line, unless it says what the last one said."""
        key = next((each for each in what if isinstance(each, str)), "")
        share = next((each for each in what if not isinstance(each, str)), None)
        now = key, 0 if share is None else int(share * _TENTHS)
        if now == self._last and share is not None:
            return
        self._last = now
        done = [] if share is None else [f"{100 * now[1] // _TENTHS} %"]
        sys.stderr.write(" ".join([*([str(Phrase(key))] if key else []), *done]) + "\n")
