"""Helper: a second process that does a part of the same work, where the system can copy this one.

SciPy's shortest paths and half of the matching hold Python's lock, so that threads gain nothing
there. A copy of this process (fork) has all streets at once, with nothing to send but a question
and its answer. Where there is none (Windows, macOS, a single processor, other threads at work, a
process that may not have children) all is done here. The answers are the same either way.
"""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import signal
import sys
import threading
import warnings
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.sharedctypes import Synchronized

    _Number = Synchronized[int]

__all__ = ["MANY_SEGMENTS", "Helper", "side_by_side"]

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")

MANY_SEGMENTS = 5000
"""Of work that goes through all streets, so many make a second process worth its start."""


class Helper(Generic[Asked, Answer]):
    """A second process that knows one function, and all that this process knew at the start.

    It ends when this object is no longer used, and with this process.

    Parameters
    ----------
    function
        Gives the answer to one question, whatever it was asked before.

    Examples
    --------
    >>> Helper(abs).each([-1, 2, -3])
    [1, 2, 3]
    """

    def __init__(self, function: Callable[[Asked], Answer]) -> None:
        self._function = function
        self._there: Connection | None = None
        # No second process to be had, for whatever reason of the system, is no reason to stop.
        with contextlib.suppress(OSError, ImportError, MemoryError):
            if _can_copy():
                self._start()

    def _start(self) -> None:
        context = multiprocessing.get_context("fork")
        here, there = context.Pipe()
        self._next = context.Value("q")
        self._process = context.Process(
            target=_serve, args=(self._function, self._next, (there, here)), daemon=True
        )
        with warnings.catch_warnings():
            # Python warns of any other thread, as those with which NumPy multiplies matrices.
            warnings.simplefilter("ignore", DeprecationWarning)
            self._process.start()
        there.close()
        # When nobody uses this object any more, its end of the pipe is closed, which ends the
        # process: no more than that, since an interrupt is lost in what Python calls last.
        self._there = here

    @property
    def alone(self) -> bool:
        """Whether there is no second process, or no longer."""
        return self._there is None

    def each(self, asked: Sequence[Asked]) -> list[Answer]:
        """Answer questions; each process takes the next one as soon as it is free.

        Parameters
        ----------
        asked
            The questions.

        Returns
        -------
        list
            The answers, in the order of the questions.
        """
        if self._there is None or len(asked) < 2:  # noqa: PLR2004 - two processes
            return [self._function(question) for question in asked]
        try:
            self._next.value = 0
            self._there.send(asked)
            answers = _answers(self._function, self._next, asked)
            answers.update(self._there.recv())
        except (EOFError, OSError):
            self._leave()
            return self.each(asked)
        except BaseException:
            self._leave()
            raise
        return [answers[number] for number in range(len(asked))]

    def _leave(self) -> None:
        """Go on without the second process."""
        if self._there is not None:
            self._there.close()
            self._there = None
            self._process.kill()
            self._process.join()


def side_by_side(
    function: Callable[[Asked], Answer], asked: Sequence[Asked], *, worth: bool = True
) -> list[Answer]:
    """Answer some questions with a helper that is there for these alone.

    Parameters
    ----------
    function, asked
        As for `Helper`.
    worth
        False for so little work that copying this process would take longer.

    Returns
    -------
    list
        The answers, in the order of the questions.

    Examples
    --------
    >>> side_by_side(abs, [-1, 2, -3])
    [1, 2, 3]
    """
    if worth and len(asked) > 1:
        return Helper(function).each(asked)
    return [function(question) for question in asked]


def _can_copy() -> bool:
    """Return whether this process can have a copy that runs beside it.

    Not while other threads run: a copy would wait for ever for the locks that they hold.
    """
    if sys.platform != "linux" or multiprocessing.current_process().daemon:
        return False
    return threading.active_count() == 1 and len(os.sched_getaffinity(0)) > 1


def _serve(
    function: Callable[[Asked], Answer], following: _Number, ends: tuple[Connection, Connection]
) -> None:
    """Answer until nobody asks; an error ends it, and shows where the question came from."""
    there, here = ends
    here.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.freeze()
    while True:
        try:
            answers = _answers(function, following, there.recv())
        except Exception:  # noqa: BLE001 - it comes up again where the question came from
            os._exit(0)
        try:
            there.send(answers)
        except OSError:  # nobody waits for them any more
            os._exit(0)


def _answers(
    function: Callable[[Asked], Answer], following: _Number, asked: Sequence[Asked]
) -> dict[int, Answer]:
    """Answer the questions that this process is the first to take."""
    answers: dict[int, Answer] = {}
    while True:
        with following.get_lock():
            number = following.value
            following.value += 1
        if number >= len(asked):
            return answers
        answers[number] = function(asked[number])
