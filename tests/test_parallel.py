"""Other processes: the same answers as without them, and none left behind."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest
from cutting import on_foot

from reso_geo import CutRequest, load_network
from reso_geo.districting import DistrictingProblem
from reso_geo.parallel import Meanwhile, Workers
from reso_geo.partition import cut_beats

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OWN = os.getpid()
PROCESSORS = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
SEVERAL = PROCESSORS > 1
needs_two = pytest.mark.skipif(not SEVERAL, reason="one processor, or a system without copies")


@pytest.fixture
def one_processor() -> Iterator[None]:
    """Leave this process a single processor."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    yield
    os.sched_setaffinity(0, before)


def slow_square(number: int) -> tuple[int, int]:
    """Return a square, and who worked it out."""
    time.sleep(0.01)
    return number * number, os.getpid()


@needs_two
def test_two_processes_answer_in_the_order_of_the_questions() -> None:
    answers = Workers(slow_square).each(range(20))
    assert [square for square, _ in answers] == [number**2 for number in range(20)]
    assert len({process for _, process in answers}) == PROCESSORS


@needs_two
def test_as_many_processes_answer_as_there_are_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(5)))
    answers = Workers(slow_square).each(range(60))
    assert [square for square, _ in answers] == [number**2 for number in range(60)]
    assert len({process for _, process in answers}) == 5


@needs_two
def test_why_all_is_done_by_one_process_is_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    def inside(_: int) -> str:
        with caplog.at_level("DEBUG", "reso_geo.parallel"):
            assert Workers(abs).each([-1, -2]) == [1, 2]
        return caplog.text

    told = Workers(inside).each(range(4))
    assert any("a worker itself" in text for text in told)


@needs_two
def test_the_second_process_knows_what_this_one_knew() -> None:
    known = np.arange(1000)
    workers = Workers(lambda number: (int(known[number]), slow_square(number)[1]))
    assert [found for found, _ in workers.each([5, 7, 9])] == [5, 7, 9]


@needs_two
def test_an_error_comes_from_this_process_and_ends_the_other() -> None:
    workers = Workers(lambda number: 12 // number)
    with pytest.raises(ZeroDivisionError):
        workers.each([1, 2, 0, 3, 0])
    assert workers.alone
    assert workers.each([1, 2]) == [12, 6]


@needs_two
def test_a_second_process_that_is_killed_costs_no_answer() -> None:
    asked = multiprocessing.get_context("fork").Event()

    def answer(number: int) -> int:
        if os.getpid() != OWN:
            asked.set()
            os.kill(os.getpid(), signal.SIGKILL)
        assert asked.wait(60.0)
        return -number

    workers = Workers(answer)
    assert workers.each([1, 2, 3]) == [-1, -2, -3]
    assert workers.alone


@needs_two
def test_the_second_process_ends_with_its_owner() -> None:
    before = set(multiprocessing.active_children())
    workers = Workers(slow_square)
    assert set(multiprocessing.active_children()) == before
    workers.each([1, 2])
    assert len(set(multiprocessing.active_children()) - before) == PROCESSORS - 1
    del workers
    until = time.monotonic() + 10.0
    while set(multiprocessing.active_children()) != before and time.monotonic() < until:
        time.sleep(0.01)
    assert set(multiprocessing.active_children()) == before


@needs_two
def test_a_second_process_has_none_of_its_own() -> None:
    def alone(_: int) -> tuple[int, bool]:
        time.sleep(0.02)
        return os.getpid(), Workers(abs).alone

    assert {alone for process, alone in Workers(alone).each(range(6)) if process != OWN} == {True}


@needs_two
def test_there_is_no_second_process_while_other_threads_run() -> None:
    """It would wait for ever for a lock that one of them held when it was copied."""
    done = threading.Event()
    other = threading.Thread(target=done.wait)
    other.start()
    try:
        assert Workers(abs).alone
    finally:
        done.set()
        other.join()
    assert not Workers(abs).alone


@needs_two
def test_an_interrupt_stops_both_processes_without_a_word_from_the_second() -> None:
    code = (
        "import os, time\n"
        "from reso_geo.parallel import Workers\n"
        "def wait(number):\n"
        "    os.write(1, b'%d\\n' % os.getpid())\n"
        "    time.sleep(60)\n"
        "try:\n"
        "    Workers(wait).each([1, 2])\n"
        "except KeyboardInterrupt:\n"
        "    print('interrupted')\n"
    )
    asked = [sys.executable, "-c", code]
    with subprocess.Popen(
        asked, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as run:
        assert run.stdout is not None
        processes = {int(run.stdout.readline()) for _ in range(2)}
        os.killpg(run.pid, signal.SIGINT)
        out, err = run.communicate(timeout=20)
    assert (out, err, run.returncode) == ("interrupted\n", "", 0)
    assert run.pid in processes
    for process in processes:
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)


@needs_two
def test_one_piece_of_work_is_done_meanwhile_by_another_process() -> None:
    begun = multiprocessing.get_context("fork").Event()

    def answer() -> int:
        begun.set()
        return os.getpid()

    meanwhile = Meanwhile(answer)
    assert begun.wait(60.0)
    assert meanwhile.answer() != OWN
    assert Meanwhile(os.getpid, worth=False).answer() == OWN


@needs_two
def test_an_error_meanwhile_is_raised_where_the_answer_is_waited_for() -> None:
    meanwhile = Meanwhile(lambda: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        meanwhile.answer()


@needs_two
def test_work_meanwhile_that_is_killed_is_done_again() -> None:
    def answer() -> int:
        if os.getpid() != OWN:
            os.kill(os.getpid(), signal.SIGKILL)
        return os.getpid()

    assert Meanwhile(answer).answer() == OWN


@needs_two
@pytest.mark.usefixtures("one_processor")
def test_one_processor_does_all_by_itself() -> None:
    workers = Workers(slow_square)
    assert workers.alone
    assert {process for _, process in workers.each(range(3))} == {os.getpid()}


@needs_two
def test_beats_are_the_same_with_one_processor_as_with_two(
    shared_data: Path, request: pytest.FixtureRequest
) -> None:
    network, graph, load = on_foot(
        load_network(shared_data / "networks" / "montreal_nord_walk.graphml")
    )
    asked = CutRequest(24, seed=1)
    two = cut_beats(DistrictingProblem.of(network, graph, load), asked).partition
    request.getfixturevalue("one_processor")
    one = cut_beats(DistrictingProblem.of(network, graph, load), asked).partition
    np.testing.assert_array_equal(one.beat_of, two.beat_of)
    np.testing.assert_array_equal(one.base, two.base)


@needs_two
def test_answers_that_cannot_be_sent_are_told_of(capfd: pytest.CaptureFixture[str]) -> None:
    asked = multiprocessing.get_context("fork").Event()

    def answer(number: int) -> object:
        if os.getpid() != OWN:
            asked.set()
        assert asked.wait(60.0)
        return lambda: number

    workers = Workers(answer)
    assert [found() for found in workers.each([1, 2])] == [1, 2]
    assert workers.alone
    assert "pickle" in capfd.readouterr().err
