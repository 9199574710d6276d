from __future__ import annotations

import io
import os

import pytest

from sayso.errors import TypistError
from sayso.events import Edit
from sayso.typist import HERE
from sayso.typist.stdout import StdoutTypist


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_text_is_written_as_it_becomes_stable_and_closing_ends_the_line() -> None:
    stream = io.StringIO()
    typist = StdoutTypist(stream)
    typist.type(Edit(0, "é ש"))
    typist.type(Edit(0, " — 😀"))
    assert stream.getvalue() == "é ש — 😀"
    typist.close()
    assert stream.getvalue() == "é ש — 😀\n"


def test_where_nothing_was_typed_closing_writes_nothing() -> None:
    stream = io.StringIO()
    typist = StdoutTypist(stream)
    typist.type(Edit(0, ""))
    typist.show("may change", HERE)
    typist.close()
    assert stream.getvalue() == ""


def test_what_went_into_a_pipe_cannot_be_taken_back_and_that_is_said() -> None:
    stream = io.StringIO()
    typist = StdoutTypist(stream)
    typist.type(Edit(0, "ab"))
    assert not typist.abilities.delete
    with pytest.raises(TypistError, match="not a terminal"):
        typist.type(Edit(1, "c"))
    assert stream.getvalue() == "ab"


def test_on_a_terminal_characters_are_taken_back_with_backspaces() -> None:
    stream = Terminal()
    typist = StdoutTypist(stream)
    assert typist.abilities.delete
    typist.type(Edit(0, "ab"))
    typist.type(Edit(2, "c"))
    assert stream.getvalue() == "ab\b \b\b \bc"


def test_a_reader_that_left_is_an_error_and_leaves_nothing_to_complain_about_at_exit() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with open(writer, "w", encoding="utf-8") as stream:  # noqa: PTH123  # a file descriptor has no path
        typist = StdoutTypist(stream)
        with pytest.raises(TypistError, match="standard output cannot be written"):
            typist.type(Edit(0, "gone"))
        typist.close()


def test_a_full_disk_is_an_error_and_closing_does_not_raise_again() -> None:
    with open("/dev/full", "w", encoding="utf-8") as stream:  # noqa: PTH123  # a device
        typist = StdoutTypist(stream)
        with pytest.raises(TypistError, match="No space left"):
            typist.type(Edit(0, "lost"))
        typist.close()


def test_a_stream_that_is_closed_already_is_an_error() -> None:
    stream = io.StringIO()
    typist = StdoutTypist(stream)
    stream.close()
    with pytest.raises(TypistError, match="standard output cannot be written"):
        typist.type(Edit(0, "x"))
