"""FieldCheck: what records are checked for where they are made.

Whatever a user builds by hand meets the same checks as what a file holds: one line says the record,
the field, the row and the value that cannot be, and what it has to be.
"""

from __future__ import annotations

import math
import operator
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from reso_geo.i18n import Phrase, listed

if TYPE_CHECKING:
    from collections.abc import Collection

    from reso_geo.errors import ResoGeoError

__all__ = ["FieldCheck", "usual_length"]

_LONGEST = 60


def usual_length(*arrays: object) -> int:
    """Return how long most of some arrays are, so that the odd one is named.

    Parameters
    ----------
    *arrays
        As they were given; what has no length counts for nothing.

    Returns
    -------
    int
        0 where none has a length.
    """
    lengths = Counter(len(each) for each in arrays if isinstance(each, np.ndarray) and each.ndim)
    return max(lengths, key=lambda length: lengths[length], default=0)


@dataclass(frozen=True)
class FieldCheck:
    """Checks the fields of one record.

    Attributes
    ----------
    record
        Name of the record.
    error
        What is raised.
    """

    record: str
    error: type[ResoGeoError]

    def refuse(self, field: str, value: object, wanted: Phrase) -> NoReturn:
        """Refuse a value.

        Parameters
        ----------
        field
            Its field, with the row where it stands in an array.
        value
            As it was given.
        wanted
            What it has to be.

        Raises
        ------
        ResoGeoError
            Always.
        """
        said = value if isinstance(value, Phrase) else _short(value)
        values = {"record": self.record, "field": field, "value": said, "wanted": wanted}
        raise self.error(Phrase("record.refused", values))

    def number(
        self,
        field: str,
        value: object,
        low: float = -math.inf,
        high: float = math.inf,
        *,
        whole: bool = False,
        endless: bool = False,
    ) -> None:
        """Check a number.

        Parameters
        ----------
        field
            Its field.
        value
            As it was given.
        low, high
            What it lies between, both included.
        whole
            True for a whole number.
        endless
            True where it may be infinite.

        Raises
        ------
        ResoGeoError
            When it is no number, not finite, no whole one, or beyond.
        """
        if endless and isinstance(value, float) and value == math.inf:
            return
        if not (_is_whole(value) if whole else _is_finite(value)) or not low <= value <= high:  # type: ignore[operator]
            self.refuse(field, value, _wanted(low, high, whole=whole))

    def flag(self, field: str, value: object) -> None:
        """Check a truth value.

        Parameters
        ----------
        field
            Its field.
        value
            As it was given.

        Raises
        ------
        ResoGeoError
            When it is neither True nor False.
        """
        if not isinstance(value, (bool, np.bool_)):
            self.refuse(field, value, Phrase("record.flag"))

    def text(self, field: str, value: object) -> None:
        """Check a text.

        Parameters
        ----------
        field
            Its field.
        value
            As it was given.

        Raises
        ------
        ResoGeoError
            When it is none.
        """
        if not isinstance(value, str):
            self.refuse(field, value, Phrase("record.text"))

    def texts(self, field: str, value: object) -> None:
        """Check a tuple of texts.

        Parameters
        ----------
        field
            Its field.
        value
            As it was given.

        Raises
        ------
        ResoGeoError
            When it is no tuple, or one of its values is no text.
        """
        if not isinstance(value, tuple):
            self.refuse(field, value, Phrase("record.tuple"))
        for row, each in enumerate(value):
            self.text(f"{field}[{row}]", each)

    def word(self, field: str, value: object, known: Collection[str]) -> None:
        """Check a word of which there are some.

        Parameters
        ----------
        field
            Its field.
        value
            As it was given.
        known
            The words to choose from.

        Raises
        ------
        ResoGeoError
            When it is none of them.
        """
        if not isinstance(value, str):
            self.refuse(field, value, Phrase("record.word", {"known": listed(known, 20)}))
        if value not in known:
            values = {"field": field, "value": value, "known": listed(known, 20)}
            raise self.error(Phrase("record.unknown_word", values))

    def counts(self, field: str, value: object, low: float = 1) -> None:
        """Check a mapping of texts to whole numbers.

        Parameters
        ----------
        field
            Its field.
        value
            As it was given; None for none.
        low
            What each number is at least.

        Raises
        ------
        ResoGeoError
            When it is no such mapping.
        """
        if value is None:
            return
        if not isinstance(value, Mapping):
            self.refuse(field, value, Phrase("record.mapping"))
        for key, count in value.items():
            self.text(field, key)
            self.number(f"{field}[{key!r}]", count, low, whole=True)

    def array(
        self,
        field: str,
        value: object,
        kind: str,
        rows: int | None = None,
        columns: int | None = None,
    ) -> None:
        """Check what an array holds and how long it is.

        Parameters
        ----------
        field
            Its field.
        value
            As it was given.
        kind
            ``float64``, ``int64``, ``int8``, ``uint8``, ``bool`` or ``object``.
        rows
            How long it has to be; None for any length.
        columns
            How wide; None for an array of one dimension.

        Raises
        ------
        ResoGeoError
            When it is no such array.
        """
        form = "(n,)" if columns is None else f"(n, {columns})"
        wanted = Phrase("record.array", {"kind": kind, "shape": form})
        if not isinstance(value, np.ndarray):
            self.refuse(field, value, wanted)
        shape = value.shape[:1] if columns is None else (*value.shape[:1], columns)
        if not value.ndim or value.dtype != np.dtype(kind) or value.shape != shape:
            found = Phrase("record.found", {"kind": str(value.dtype), "shape": str(value.shape)})
            self.refuse(field, found, wanted)
        if rows is not None:
            self.length(field, len(value), rows)

    def length(self, field: str, found: int, count: int) -> None:
        """Check that a field is as long as those that go with it.

        Parameters
        ----------
        field
            Its field.
        found
            Its length.
        count
            What it has to be.

        Raises
        ------
        ResoGeoError
            When it is another.
        """
        if found != count:
            values = {"record": self.record, "field": field, "found": found, "count": count}
            raise self.error(Phrase("record.lengths", values))

    def figures(
        self,
        field: str,
        value: object,
        low: float = -math.inf,
        high: float = math.inf,
        *,
        rows: int | None = None,
        kind: str = "float64",
    ) -> None:
        """Check an array of numbers.

        Parameters
        ----------
        field
            Its field.
        value
            As it was given.
        low, high
            What each lies between, both included.
        rows
            How long it has to be; None for any length.
        kind
            As in `array`.

        Raises
        ------
        ResoGeoError
            When it is no such array, or a number is not finite or beyond; names the first one.
        """
        self.array(field, value, kind, rows)
        known = np.asarray(value)
        bad = np.flatnonzero(~(np.isfinite(known) & (known >= low) & (known <= high)))
        if len(bad):
            wanted = _wanted(low, high, whole=known.dtype.kind != "f")
            self.refuse(f"{field}[{bad[0]}]", known[bad[0]].item(), wanted)

    def labels(self, field: str, value: object, rows: int | None = None) -> None:
        """Check an array of texts.

        Parameters
        ----------
        field
            Its field.
        value
            As it was given.
        rows
            How long it has to be; None for any length.

        Raises
        ------
        ResoGeoError
            When it is no such array, or one of its values is no text; names the first one.
        """
        self.array(field, value, "object", rows)
        if set(map(type, np.asarray(value).tolist())) <= {str}:
            return
        for row, each in enumerate(np.asarray(value).tolist()):
            self.text(f"{field}[{row}]", each)


def _short(value: object) -> str:
    """Write any value on part of a line; some of them cannot be written at all."""
    try:
        text = " ".join(repr(value).split())
    except ValueError:  # a whole number of thousands of digits
        text = type(value).__name__
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _is_whole(value: object) -> bool:
    if isinstance(value, (bool, np.bool_)):
        return False
    try:
        operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        return False
    return True


def _is_finite(value: Any) -> bool:  # noqa: ANN401 - whatever was given
    number = isinstance(value, (int, float, np.integer, np.floating))
    if not number or isinstance(value, bool):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def _wanted(low: float, high: float, *, whole: bool) -> Phrase:
    """Describe what a number has to be."""
    kind = Phrase("record.whole" if whole else "record.number")
    values = {"kind": kind, "low": f"{low:g}", "high": f"{high:g}"}
    if math.isinf(low) and math.isinf(high):
        return kind
    if math.isinf(high):
        return Phrase("record.least", values)
    return Phrase("record.most" if math.isinf(low) else "record.between", values)
