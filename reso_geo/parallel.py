"""Workers: other processes that do a part of the same work, where the system can copy this one.

SciPy's shortest paths and half of the matching hold Python's lock, so that threads gain nothing
there. Copies of this process (fork), one for each further processor, have all streets at once, with
nothing to send but questions and answers: a pool of `concurrent.futures` would pickle them, and its
threads would forbid further copies. Where there are none (Windows, macOS, a single processor, other
threads at work, a process that may not have children) all is done here, and the log says so. The
answers are the same either way.
"""

from __future__ import annotations

import gc
import logging
import multiprocessing
import os
import signal
import sys
import threading
import warnings
from functools import partial
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess
    from multiprocessing.sharedctypes import Synchronized

    _Number = Synchronized[int]

__all__ = ["MANY_SEGMENTS", "Meanwhile", "Workers", "side_by_side"]

_LOG = logging.getLogger(__name__)
Task = TypeVar("Task")
Answer = TypeVar("Answer")

MANY_SEGMENTS = 5000
"""Of work that goes through all streets, so many make other processes worth their start."""


class Workers(Generic[Task, Answer]):
    """Processes that know one function, and all that this process knew when they began.

    They begin with the first questions and end when this object is no longer used, and with this
    process.

    Parameters
    ----------
    function
        Gives the answer to one question, whatever it was asked before.

    Examples
    --------
    >>> Workers(abs).each([-1, 2, -3])
    [1, 2, 3]
    """

    def __init__(self, function: Callable[[Task], Answer]) -> None:
        self._function = function
        self._others: list[_Worker] | None = None

    @property
    def alone(self) -> bool:
        """Whether there is no other process, or no longer."""
        return not self._begun()

    def each(self, tasks: Sequence[Task]) -> list[Answer]:
        """Answer questions; each process takes the next one as soon as it is free.

        Parameters
        ----------
        tasks
            The questions.

        Returns
        -------
        list
            The answers, in the order of the questions.
        """
        if len(tasks) < 2 or not (others := self._begun()):  # noqa: PLR2004 - two processes
            return [self._function(task) for task in tasks]
        try:
            self._next.value = 0
            for other in others:
                other.pipe.send(tasks)
            answers = _answers(self._function, self._next, tasks)
            for other in others:
                answers.update(other.pipe.recv())
        except (EOFError, OSError) as error:
            self._leave(f"one of them ended ({error})")
            return self.each(tasks)
        except BaseException:
            self._leave("their work was stopped")
            raise
        return [answers[number] for number in range(len(tasks))]

    def _begun(self) -> list[_Worker]:
        """Return the other processes, begun where they can be."""
        if self._others is None:
            self._others = []
            why = _why_alone()
            # No other process to be had, for whatever reason of the system, is no reason to stop.
            try:
                if not why:
                    self._begin(self._others)
            except (OSError, ImportError, MemoryError) as error:
                why = str(error)
            if not self._others:
                _LOG.debug("all is done by this process: %s", why)
        return self._others

    def _begin(self, others: list[_Worker]) -> None:
        context = multiprocessing.get_context("fork")
        self._next = context.Value("q")
        for _ in range(len(os.sched_getaffinity(0)) - 1):
            # When nobody uses this object any more, its ends of the pipes are closed, which ends
            # the processes: no more than that, since an interrupt is lost in what Python calls
            # last.
            others.append(_copied(partial(_serve, self._function, self._next), others))

    def _leave(self, why: str) -> None:
        """Go on without the other processes."""
        for other in self._others or ():
            other.pipe.close()
            other.process.kill()
            other.process.join()
        self._others = []
        _LOG.debug("all else is done by this process: %s", why)


class _Worker(NamedTuple):
    """Another process, and this end of the pipe to it."""

    process: BaseProcess
    pipe: Connection


class Meanwhile(Generic[Answer]):
    """One piece of work that another process does while this one goes on.

    It ends when nobody waits for its answer any more, and with this process.

    Parameters
    ----------
    function
        Gives the answer.
    worth
        False for so little work that copying this process would take longer.

    Examples
    --------
    >>> Meanwhile(lambda: 2 + 2).answer()
    4
    """

    def __init__(self, function: Callable[[], Answer], *, worth: bool = True) -> None:
        self._function, self._other = function, None
        why = _why_alone() if worth else "it is little"
        try:
            if not why:
                self._other = _copied(partial(_tell, function))
        except (OSError, ImportError, MemoryError) as error:
            why = str(error)
        if why:
            _LOG.debug("nothing is done meanwhile: %s", why)

    def answer(self) -> Answer:
        """Return the answer, once it is there.

        Returns
        -------
        any
            What the function returns here where there is no other process, or it ended.
        """
        other, self._other = self._other, None
        if other is None:
            return self._function()
        try:
            found: Answer = other.pipe.recv()
        except (EOFError, OSError) as error:
            _LOG.debug("what was done meanwhile is done again: %s", error)
            return self._function()
        finally:
            other.pipe.close()
        return found


def _copied(
    serve: Callable[[Sequence[Connection]], None], others: Sequence[_Worker] = ()
) -> _Worker:
    """Begin a copy of this process, which is given its end of a pipe and those that it closes."""
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe()
    ends = [there, here, *(other.pipe for other in others)]
    process = context.Process(target=serve, args=(ends,), daemon=True)
    with warnings.catch_warnings():
        # Python warns of any other thread, as those with which NumPy multiplies matrices.
        warnings.simplefilter("ignore", DeprecationWarning)
        process.start()
    there.close()
    return _Worker(process, here)


def side_by_side(
    function: Callable[[Task], Answer], tasks: Sequence[Task], *, worth: bool = True
) -> list[Answer]:
    """Answer some questions with workers that are there for these alone.

    Parameters
    ----------
    function, tasks
        As for `Workers`.
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
    if worth and len(tasks) > 1:
        return Workers(function).each(tasks)
    return [function(task) for task in tasks]


def _why_alone() -> str:
    """Return why this process cannot have copies that run beside it; nothing when it can.

    Not while other threads run: a copy would wait for ever for the locks that they hold.
    """
    if sys.platform != "linux":
        return "this system has no copies of a process that are safe"
    if multiprocessing.current_process().daemon:
        return "it is a worker itself"
    if threading.active_count() > 1:
        return "it has other threads"
    return "" if len(os.sched_getaffinity(0)) > 1 else "there is one processor"


def _serve(
    function: Callable[[Task], Answer], following: _Number, ends: Sequence[Connection]
) -> None:
    """Answer until nobody asks; an error ends it, and shows where the question came from."""
    there = _own_end(ends)
    while True:
        try:
            answers = _answers(function, following, there.recv())
        except Exception:  # noqa: BLE001 - it comes up again where the question came from
            os._exit(0)
        try:
            there.send(answers)
        except OSError:  # nobody waits for them any more
            os._exit(0)


def _tell(function: Callable[[], Answer], ends: Sequence[Connection]) -> None:
    """Answer once; an error ends it, and shows where the answer is waited for."""
    there = _own_end(ends)
    try:
        there.send(function())
    except Exception:  # noqa: BLE001 - likewise
        os._exit(0)


def _own_end(ends: Sequence[Connection]) -> Connection:
    """Prepare a copy of this process, and return its end of the pipe: the first of those given."""
    there, *others = ends
    for end in others:
        end.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.freeze()
    return there


def _answers(
    function: Callable[[Task], Answer], following: _Number, tasks: Sequence[Task]
) -> dict[int, Answer]:
    """Answer the questions that this process is the first to take."""
    answers: dict[int, Answer] = {}
    while True:
        with following.get_lock():
            number = following.value
            following.value += 1
        if number >= len(tasks):
            return answers
        answers[number] = function(tasks[number])
