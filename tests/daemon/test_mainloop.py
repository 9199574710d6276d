"""The main thread's loop: what is asked from anywhere is done there, in order."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable

import pytest

from sayso.mainloop import MainLoop


def nothing() -> None:
    """Do nothing after a round."""


def run(loop: MainLoop, elsewhere: Callable[[], None]) -> None:
    """Run the loop here while something else happens on another thread; it must tell the loop to leave."""
    thread = threading.Thread(target=elsewhere)
    with loop:
        thread.start()
        loop.run(nothing)
    thread.join()


def test_what_other_threads_ask_is_done_on_this_one_in_order() -> None:
    loop = MainLoop((), lambda _: None)
    done: list[tuple[int, threading.Thread]] = []

    def ask() -> None:
        for number in range(100):
            loop.call(lambda number=number: done.append((number, threading.current_thread())))  # type: ignore[misc]
        loop.call(loop.leave)

    run(loop, ask)
    assert done == [(number, threading.current_thread()) for number in range(100)]


def test_who_asked_is_told_what_went_wrong_and_the_loop_lives_on() -> None:
    loop = MainLoop((), lambda _: None)
    errors: list[BaseException | None] = []

    def fail() -> None:
        raise ValueError("no")

    def ask() -> None:
        errors.append(loop.call(fail).exception(10))
        errors.append(loop.call(nothing).exception(10))
        loop.leave()

    run(loop, ask)
    assert isinstance(errors[0], ValueError)
    assert errors[1] is None


def test_after_the_end_nobody_waits_for_an_answer() -> None:
    loop = MainLoop((), lambda _: None)
    run(loop, loop.leave)
    assert loop.call(nothing).cancelled()


def test_a_signal_is_taken_outside_its_handler_and_given_back_at_the_end() -> None:
    seen: list[int] = []
    before = signal.getsignal(signal.SIGUSR1)

    def take(number: int) -> None:
        seen.append(number)
        loop.leave()

    loop = MainLoop((signal.SIGUSR1,), take)
    run(loop, lambda: os.kill(os.getpid(), signal.SIGUSR1))
    assert seen == [signal.SIGUSR1]
    assert signal.getsignal(signal.SIGUSR1) is before


def test_a_file_is_read_until_its_reader_has_enough() -> None:
    reading, writing = os.pipe()
    loop = MainLoop((), lambda _: None)
    read: list[bytes] = []

    def take() -> bool:
        read.append(os.read(reading, 1))
        if len(read) == 2:
            loop.leave()
        return len(read) < 2

    loop.read(reading, take)
    os.write(writing, b"abc")
    run(loop, nothing)
    assert read == [b"a", b"b"]
    for fd in (reading, writing):
        os.close(fd)


@pytest.mark.timeout(10)
def test_a_beat_comes_without_anything_else_happening() -> None:
    loop = MainLoop((), lambda _: None)
    beats: list[None] = []

    def beat() -> None:
        beats.append(None)
        if len(beats) == 3:
            loop.leave()

    loop.beat(0.01, beat)
    run(loop, nothing)
    assert len(beats) == 3


@pytest.mark.timeout(10)
def test_there_is_another_round_when_patience_ends_though_nothing_happens() -> None:
    loop = MainLoop((), lambda _: None)
    rounds: list[None] = []

    def after_each() -> None:
        rounds.append(None)
        if len(rounds) == 3:
            loop.leave()

    with loop:
        loop.run(after_each, lambda: 0.01)
    assert len(rounds) == 3
