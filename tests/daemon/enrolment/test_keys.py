from __future__ import annotations

import os
import pty
import termios
from collections.abc import Iterator

import pytest

from sayso.enrolment.keys import Key, Keyboard


@pytest.fixture
def terminal() -> Iterator[tuple[int, int]]:
    ours, theirs = pty.openpty()
    yield ours, theirs
    for end in (ours, theirs):
        try:
            os.close(end)
        except OSError:
            continue


@pytest.mark.parametrize(
    ("pressed", "key"),
    [
        (b"\r", Key.DONE),
        (b" ", Key.DONE),
        (b"s", Key.SKIP),
        (b"B", Key.BACK),
        (b"\x04", Key.QUIT),
        (b"xs", Key.SKIP),
        (b"x", None),
        (b"\x1b[B", None),
        ("שלום".encode(), None),
        (b"\xff\xfe", None),
        (b"this is a page that somebody pasted, and no key", None),
    ],
)
def test_keys_mean_what_is_told(terminal: tuple[int, int], pressed: bytes, key: Key | None) -> None:
    with Keyboard(terminal[1]) as keyboard:
        os.write(terminal[0], pressed)
        assert keyboard.wait(0.2) is key


def test_without_a_key_it_does_not_wait_longer(terminal: tuple[int, int]) -> None:
    with Keyboard(terminal[1]) as keyboard:
        assert keyboard.wait(0.01) is None


def test_whoever_waits_for_ever_is_not_woken_by_a_key_without_a_meaning(terminal: tuple[int, int]) -> None:
    with Keyboard(terminal[1]) as keyboard:
        os.write(terminal[0], b"xyz?p")
        assert keyboard.wait(None) is Key.PAUSE


def test_the_terminal_is_given_back_as_it_was(terminal: tuple[int, int]) -> None:
    before = termios.tcgetattr(terminal[1])
    with Keyboard(terminal[1]):
        assert termios.tcgetattr(terminal[1]) != before
    assert termios.tcgetattr(terminal[1]) == before


def test_a_terminal_that_was_closed_is_left(terminal: tuple[int, int]) -> None:
    with Keyboard(terminal[1]) as keyboard:
        os.close(terminal[0])
        assert keyboard.wait(5.0) is Key.QUIT
