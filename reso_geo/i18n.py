"""The message catalogue: every sentence a user reads, in French and English.

The texts live in ``data/words/``, a file per module and a table per key with ``fr`` and ``en``.
Code names a key and the values that go into it; the language is chosen where the text is shown.
"""

from __future__ import annotations

import errno
import re
import tomllib
from dataclasses import dataclass, field
from functools import cache
from numbers import Real
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, get_args

from reso_geo.atomic_files import data_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Self

__all__ = [
    "AUDIENCES",
    "LANGUAGES",
    "Audience",
    "Language",
    "Phrase",
    "decimal",
    "duration",
    "in_words",
    "is_key",
    "listed",
    "month_day",
    "say",
    "worded",
]

Language = Literal["fr", "en"]
"""What people read."""
Audience = Literal["public", "internal", "restricted"]
"""Who reads it: the public sees no load, verdict, base or tour; some notes are for few."""
LANGUAGES: tuple[str, ...] = get_args(Language)
AUDIENCES: tuple[str, ...] = get_args(Audience)
_HEADING = re.compile(r'^\["([^"]+)"\]$', re.MULTILINE)
_NOTHING: Mapping[str, object] = MappingProxyType({})
_WHERE = re.compile(r"((?:\{\w+\}|--[a-z-]+(?: \{\w+\})?)(?:, [^:;.]*)?)\s?: ")
"""What a sentence of an error begins with, where it names a file, a row or an option first."""
_ADVICE = (r"[.!?](?: |(?=\{meant\}))", r"\s?; ", r"\s?: (?!\{)")
"""What stands before the advice of an error, the best first: it is the last of its sentences."""
_PLACES = ("path", "file", "origin", "source", "layer", "row", "column", "key", "option", "area")
"""Values that name a place, where the sentence does not begin with one."""


@cache
def _catalogue() -> Mapping[str, str]:
    """Find where each key stands, once for the life of the process; few of them are ever asked for.

    Reading all texts as TOML would take longer than a page of help.
    """
    found: dict[str, str] = {}
    for path in sorted(data_file("words").glob("*.toml")):
        _, *parts = _HEADING.split(path.read_text(encoding="utf-8"))
        found |= dict(zip(parts[::2], parts[1::2], strict=True))
    return MappingProxyType(found)


@cache
def _text(lang: str, key: str) -> str:
    return str(tomllib.loads(_catalogue()[key])[lang])


def is_key(key: str) -> bool:
    """Return whether the catalogue has a text for a key.

    Parameters
    ----------
    key
        Such as ``column.name``.

    Returns
    -------
    bool
        True where `say` knows it.
    """
    return key in _catalogue()


def say(lang: str, key: str, values: Mapping[str, object] = _NOTHING) -> str:
    """Return the text of a key in a language.

    Parameters
    ----------
    lang
        ``fr`` or ``en``.
    key
        A key of the catalogue.
    values
        What goes into the text's ``{places}``. A number with a fraction is written for the
        language, a `Phrase` in the same language, an `OSError` as what the system refused, another
        exception as the quoted words of a reader, which are English; a place like
        ``{count:street|streets}`` takes the one word or the other by the number.

    Returns
    -------
    str
        The sentence.

    Raises
    ------
    KeyError
        When the catalogue has no such key or language, or a place has no value.

    Examples
    --------
    >>> say("fr", "column.street_km")
    'Rues (km)'
    """
    shown = {name: _shown(lang, value) for name, value in values.items()}
    return _text(lang, key).format_map(shown)


def worded(lang: str, group: str, word: str) -> str:
    """Write a word of a file, such as a street class, as people of a language say it.

    Parameters
    ----------
    lang
        ``fr`` or ``en``.
    group
        What such words are: ``street``, ``kind`` or ``source``.
    word
        As the file has it.

    Returns
    -------
    str
        The word itself where the catalogue does not know it: it may be anyone's.

    Examples
    --------
    >>> worded("fr", "street", "cycleway"), worded("fr", "kind", "Chez Nous")
    ('pistes cyclables', 'Chez Nous')
    """
    found = in_words(group, word)
    return found if isinstance(found, str) else found.say(lang)


def in_words(group: str, word: str) -> Phrase | str:
    """Return what a word of a file is called, to be written in any language.

    Parameters
    ----------
    group, word
        As for `worded`.

    Returns
    -------
    Phrase or str
        The word itself where the catalogue does not know it.
    """
    key = f"{group}.{word}"
    return Phrase(key) if key in _catalogue() else word


class _Shown(str):
    """A value as it is shown; ``{count:street|streets}`` chooses a word by it.

    ``{first:day}`` writes MM-DD as a day of the year.
    """

    __slots__ = ("_lang", "_one")
    _lang: str
    _one: bool

    def __new__(cls, text: str, lang: str, *, one: bool) -> Self:
        shown = super().__new__(cls, text)
        shown._lang = lang
        shown._one = one
        return shown

    def __format__(self, words: str) -> str:
        if words == "day":
            return month_day(self._lang, self)
        one, between, several = words.partition("|")
        if not between:
            return super().__format__(words)
        return one if self._one else several


def _shown(lang: str, value: object) -> str:
    if isinstance(value, Phrase):
        return value.say(lang)
    if isinstance(value, OSError):
        return _refusal(lang, value)
    if isinstance(value, Exception):
        return say(lang, "system.quoted", {"text": str(value)})
    text = decimal(lang, value) if isinstance(value, float) else str(value)
    return _Shown(text, lang, one=isinstance(value, Real) and _is_one(lang, float(value)))


def _is_one(lang: str, number: float) -> bool:
    """Return whether a language speaks of so many in the singular: French does of all below two."""
    shown = abs(round(number, 1))
    return shown < 2.0 if lang == "fr" else shown == 1.0  # noqa: PLR2004 - see above


def _refusal(lang: str, error: OSError) -> str:
    """Describe why the system refused a file, without the path that it was asked for."""
    key = f"system.{errno.errorcode.get(error.errno or 0, '')}"
    if key in _catalogue():
        return _text(lang, key)
    return error.strerror or str(error)


def month_day(lang: str, text: str) -> str:
    r"""Write a day of the year.

    Parameters
    ----------
    lang
        ``fr`` or ``en``.
    text
        MM-DD.

    Returns
    -------
    str
        With the name of the month.

    Examples
    --------
    >>> month_day("fr", "04-01"), month_day("en", "10-31")
    ('1er\xa0avril', '31\xa0October')
    """
    month, _, day = text.partition("-")
    number = "1er" if lang == "fr" and int(day) == 1 else str(int(day))
    return f"{number}\u00a0{say(lang, f'month.{int(month)}')}"


def decimal(lang: str, value: float, places: int = 1) -> str:
    """Write a number with the language's decimal mark and thousands separator.

    Parameters
    ----------
    lang
        ``fr`` or ``en``.
    value
        Any finite number.
    places
        Digits after the decimal mark.

    Returns
    -------
    str
        ``1 234,5`` in French (no-break space), ``1,234.5`` in English.

    Examples
    --------
    >>> decimal("en", 1234.56), decimal("fr", 0.5)
    ('1,234.6', '0,5')
    """
    text = f"{value:,.{places}f}"
    return text if lang == "en" else text.replace(",", "\u00a0").replace(".", ",")


def duration(lang: str, seconds: float) -> str:
    r"""Write a duration in hours and minutes, as people of the language do.

    Parameters
    ----------
    lang
        ``fr`` or ``en``.
    seconds
        A duration of zero or more, in seconds; rounded to the minute.

    Returns
    -------
    str
        ``5 h 07`` in French (no-break spaces), ``5 h 07 min`` in English.

    Examples
    --------
    >>> duration("en", 18_420)
    '5\xa0h\xa007\xa0min'
    """
    hours, minutes = divmod(round(seconds / 60), 60)
    text = f"{hours}\u00a0h\u00a0{minutes:02d}"
    return text if lang == "fr" else f"{text}\u00a0min"


def listed(items: Iterable[object], most: int = 8) -> str:
    """Write items with commas, the first few when there are many.

    Parameters
    ----------
    items
        What to list, in order.
    most
        How many to write out.

    Returns
    -------
    str
        One line.

    Examples
    --------
    >>> listed(range(12))
    '0, 1, 2, 3, 4, 5, 6, 7, … (12)'
    """
    texts = [str(item) for item in items]
    if len(texts) <= most:
        return ", ".join(texts)
    return ", ".join([*texts[:most], f"… ({len(texts)})"])


@dataclass(frozen=True, repr=False)
class Phrase:
    """A sentence of the catalogue with its values, still in no language.

    Attributes
    ----------
    key
        A key of the catalogue.
    values
        What goes into the text's places.

    Examples
    --------
    >>> str(Phrase("column.street_km"))
    'Streets (km)'
    """

    key: str
    values: Mapping[str, object] = field(default_factory=dict)

    def say(self, lang: str) -> str:
        """Return the sentence in a language.

        Parameters
        ----------
        lang
            ``fr`` or ``en``.

        Returns
        -------
        str
            The sentence.
        """
        return say(lang, self.key, self.values)

    def parts(self, lang: str) -> tuple[str, str, str]:
        """Return where an error is, what is wrong and what to do, each cut out of the sentence.

        Parameters
        ----------
        lang
            ``fr`` or ``en``.

        Returns
        -------
        tuple of (str, str, str)
            Where, what, do; empty where the sentence does not say it.

        Examples
        --------
        >>> Phrase("cli.out_is_file", {"path": "a.txt"}).parts("en")
        ('a.txt', 'this is a file.', 'Give --out a folder.')
        """
        text = _text(lang, self.key)
        head = _WHERE.match(text)
        where, rest = (head[1], text[head.end() :]) if head else ("", text)
        body = rest.removesuffix("{meant}")
        ends = ([each.end() for each in re.finditer(sign, body)] for sign in _ADVICE)
        cut = next((found[-1] for found in ends if found), len(body))
        shown = {name: _shown(lang, value) for name, value in self.values.items()}
        where, what, do = (
            part.format_map(shown).strip() for part in (where, rest[:cut], rest[cut:])
        )
        why = self.values.get("why")
        inside, _, advice = why.parts(lang) if isinstance(why, Phrase) else ("", "", "")
        place = ", ".join(shown[name] for name in _PLACES if name in shown)
        return where or place or inside, what.rstrip(" ;:"), do or advice

    def __repr__(self) -> str:
        """Return the key and the sentence; the values where they do not fill it."""
        try:
            said: object = str(self)
        except (KeyError, IndexError):
            said = dict(self.values)
        return f"<{self.key}: {said}>"

    def __str__(self) -> str:
        """Return the sentence in English, the language of code and logs."""
        return self.say("en")
