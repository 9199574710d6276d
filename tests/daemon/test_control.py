"""Control from the terminal: keys on a terminal, lines on a pipe."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.control import KEYS, WORDS, Control, TerminalControl


@pytest.fixture
def pipe() -> Iterator[tuple[TerminalControl, int]]:
    reader, writer = os.pipe()
    control = TerminalControl(reader)
    yield control, writer
    control.close()
    os.close(reader)


def test_lines_of_a_pipe_are_controls_and_other_words_are_given_back_as_they_are(
    pipe: tuple[TerminalControl, int],
) -> None:
    control, writer = pipe
    os.write(writer, b"start\n  stop \n\nsing\n")
    assert control.read() == [Control.START, Control.STOP, "sing"]
    os.close(writer)
    assert control.read() is None


def test_what_a_pipe_asks_for_is_done_in_order_and_other_words_are_told_what_there_is(
    pipe: tuple[TerminalControl, int], capsys: pytest.CaptureFixture[str]
) -> None:
    control, writer = pipe
    asked: list[Control] = []
    hung_up: list[bool] = []
    os.write(writer, b"start\nsing\nstop\n")
    assert control.pass_on(asked.append, lambda: hung_up.append(True))
    assert asked == [Control.START, Control.STOP]
    assert "unknown command 'sing'; there are: start, stop" in capsys.readouterr().err
    os.close(writer)
    assert not control.pass_on(asked.append, lambda: hung_up.append(True))
    assert hung_up == []  # it was no terminal: a script may have said all that it had to say


def test_a_line_that_comes_in_pieces_counts_when_it_is_whole(pipe: tuple[TerminalControl, int]) -> None:
    control, writer = pipe
    os.write(writer, b"tog")
    assert control.read() == []
    os.write(writer, b"gle\nqu")
    assert control.read() == [Control.TOGGLE]
    os.close(writer)


def test_a_pipe_is_no_terminal_but_can_be_waited_on(pipe: tuple[TerminalControl, int]) -> None:
    control, writer = pipe
    assert (control.is_terminal, control.readable) == (False, True)
    os.close(writer)


def test_every_control_has_a_word() -> None:
    assert set(WORDS.values()) == set(Control)
    assert all(WORDS[control.value] is control for control in Control)


@given(st.binary(max_size=200))
def test_no_bytes_on_a_pipe_are_too_strange_to_be_read(data: bytes) -> None:
    reader, writer = os.pipe()
    with os.fdopen(reader, "rb", buffering=0), os.fdopen(writer, "wb", buffering=0) as file:
        control = TerminalControl(reader)
        file.write(data + b"\nquit\n")
        found = control.read()
        assert found is not None
        assert found[-1] is Control.QUIT


# A terminal of its own needs a process that leads a session.
ON_A_TERMINAL = """
import os, pty, sys, termios
child, master = pty.fork()
if child == 0:
    from sayso.control import TerminalControl
    before = termios.tcgetattr(0)
    control = TerminalControl()
    print(control.is_terminal, control.readable, flush=True)
    for _ in range(4):
        print(control.read(), flush=True)
    control.close()
    print("restored", termios.tcgetattr(0) == before, flush=True)
    os._exit(0)
seen = b""
def until(text):
    global seen
    while text not in seen:
        seen += os.read(master, 1000)
    seen = seen[seen.index(text) + len(text):]
until(b"True True")
for key, answer in ((b" ", b"TOGGLE"), (b"\\x1b", b"CANCEL"), (b"\\x1b[A", b"[]"), (b"q", b"QUIT")):
    os.write(master, key)
    until(answer)
until(b"restored True")
os.waitpid(child, 0)
"""


def test_keys_of_a_terminal_are_controls_at_once_and_the_terminal_is_left_as_it_was_found() -> None:
    subprocess.run([sys.executable, "-c", ON_A_TERMINAL], timeout=60, check=True)


def test_space_escape_q_and_end_of_input_are_the_keys() -> None:
    assert KEYS == {b" ": Control.TOGGLE, b"\x1b": Control.CANCEL, b"q": Control.QUIT, b"\x04": Control.QUIT}
