"""Beats as people name them: any letter case, blanks and hyphens, by id or by name."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from reso_geo.boundaries.boundary import clean_name
from reso_geo.choices import folded, id_form, suggestion
from reso_geo.errors import UsageError
from reso_geo.i18n import Phrase, listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["beat_place", "beats_meant", "near_ids", "one_beat"]

_ALIKE = 0.6
_MOST = 3


def near_ids(text: str, known: Iterable[str], alike: float = _ALIKE) -> list[str]:
    """Return the ids that somebody may have meant.

    Parameters
    ----------
    text
        What was typed.
    known
        The ids that there are.
    alike
        How alike two must be, from 0 to 1.

    Returns
    -------
    list of str
        Those that are most alike, in their order; none that is less alike than the best.

    Examples
    --------
    >>> near_ids("VED-02", ["VDE-01", "VDE-02"])
    ['VDE-02']
    """
    wanted = text.casefold()
    ratio = {
        each: difflib.SequenceMatcher(None, wanted, each.casefold(), autojunk=False).ratio()
        for each in known
    }
    best = max(ratio.values(), default=0.0)
    return [each for each, found in ratio.items() if found >= max(best - 1e-9, alike)]


def one_beat(ids: Sequence[str], names: Sequence[str], word: str) -> tuple[int, ...]:
    """Find the beats that a word may stand for.

    Parameters
    ----------
    ids, names
        Of the beats.
    word
        An id or a name, in any case.

    Returns
    -------
    tuple of int
        Places of the beats: one where the word is clear, none where no beat is called so.

    Examples
    --------
    >>> one_beat(["GRE-01", "GRE-02"], ["Vieux-Parc", "Étang"], "etang")
    (1,)
    """
    if word in ids:
        return (ids.index(word),)
    for form, texts in ((id_form, ids), (folded, names)):
        wanted = form(word)
        found = tuple(at for at, text in enumerate(texts) if wanted and form(text) == wanted)
        if found:
            return found
    return ()


def beat_place(ids: Sequence[str], names: Sequence[str], word: str) -> int:
    """Find the beat that a word stands for.

    Parameters
    ----------
    ids, names
        Of the beats.
    word
        An id or a name, in any case.

    Returns
    -------
    int
        Its place among them.

    Raises
    ------
    UsageError
        When no beat is called so, or several are; near ids are named.
    """
    places = one_beat(ids, names, word)
    if len(places) == 1:
        return places[0]
    values: dict[str, object] = {"beat": clean_name(word) or "-"}
    if places:
        values["known"] = listed([ids[at] for at in places], 20)
        raise UsageError(Phrase("plan.ambiguous_beat", values))
    meant = near_ids(word, ids)[:_MOST]
    if meant:
        raise UsageError(Phrase("plan.unknown_beat_near", {**values, "meant": suggestion(meant)}))
    raise UsageError(Phrase("plan.unknown_beat", {**values, "known": listed(ids, 20)}))


def beats_meant(ids: Sequence[str], names: Sequence[str], words: Iterable[str]) -> tuple[str, ...]:
    """Return the ids of the beats that words stand for.

    Parameters
    ----------
    ids, names
        Of the beats.
    words
        Ids or names, in any case.

    Returns
    -------
    tuple of str
        In the order of the words, each once.

    Raises
    ------
    UsageError
        When no beat is called so, or several are; near ids are named.
    """
    return tuple(dict.fromkeys(ids[beat_place(ids, names, word)] for word in words))
