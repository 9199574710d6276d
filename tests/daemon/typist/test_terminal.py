"""The terminal typist, drawn on a screen small enough to look at."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from sayso.errors import TypistError
from sayso.events import Edit
from sayso.typist import HERE
from sayso.typist.terminal import TerminalTypist, can_draw

WIDTH = 30


@pytest.fixture(scope="module", autouse=True)
def _colours() -> Iterator[None]:
    """A terminal that can draw, wherever the tests run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TERM", "xterm-256color")
        patch.delenv("NO_COLOR", raising=False)
        yield


class Screen(io.StringIO):
    """A terminal: what is written to it, as a person sees it."""

    def look(self) -> list[str]:
        """The lines that are not empty, from the top."""
        lines, row, column = [""], 0, 0
        for piece in re.findall(r"\x1b\[[0-9;?]*[A-Za-z]|.|\n", self.getvalue(), re.DOTALL):
            if piece == "\n":
                row, column = row + 1, 0
                lines += [""] * (row + 1 - len(lines))
            elif piece == "\r":
                column = 0
            elif piece.endswith("A") and piece.startswith("\x1b"):
                row = max(0, row - int(piece[2:-1] or 1))
            elif piece == "\x1b[2K":
                lines[row] = ""
            elif not piece.startswith("\x1b"):
                lines[row] = lines[row].ljust(column)[:column] + piece + lines[row][column + 1 :]
                column += 1
        return [line.rstrip() for line in lines if line.strip()]


class Desk:
    """A typist on a screen."""

    def __init__(self) -> None:
        self.screen = Screen()
        self.console = Console(file=self.screen, force_terminal=True, width=WIDTH, height=24, highlight=False)
        self.typist = TerminalTypist(self.console)


def test_what_stands_and_what_may_still_change_are_drawn_on_one_line() -> None:
    desk = Desk()
    desk.typist.type(Edit(0, "So it"))
    desk.typist.show(" goes", HERE)
    assert desk.screen.look() == ["So it goes"]
    desk.typist.show(" grows on", HERE)
    assert desk.screen.look() == ["So it grows on"]
    desk.typist.close()


def test_the_tail_is_grey_and_what_stands_is_not() -> None:
    desk = Desk()
    desk.typist.type(Edit(0, "So it"))
    desk.typist.show(" goes", HERE)
    assert re.search(r"So it\x1b\[[0-9;]+m goes\x1b\[0m", desk.screen.getvalue())
    desk.typist.close()


def test_new_text_takes_the_place_of_the_tail() -> None:
    desk = Desk()
    desk.typist.show("so hit", HERE)
    desk.typist.type(Edit(0, "So it"))
    assert desk.screen.look() == ["So it"]
    desk.typist.close()


def test_closing_leaves_what_stands_and_takes_the_tail_away() -> None:
    desk = Desk()
    desk.typist.type(Edit(0, "So it goes."))
    desk.typist.show(" And", HERE)
    desk.typist.close()
    assert desk.screen.look() == ["So it goes."]
    assert desk.screen.getvalue().endswith("\n")


def test_closing_twice_leaves_one_line() -> None:
    desk = Desk()
    desk.typist.type(Edit(0, "Once."))
    desk.typist.close()
    desk.typist.close()
    assert desk.screen.look() == ["Once."]


def test_text_that_was_not_typed_here_cannot_be_taken_back() -> None:
    desk = Desk()
    desk.typist.type(Edit(0, "abc"))
    desk.typist.type(Edit(2, "x"))
    assert desk.screen.look() == ["ax"]
    with pytest.raises(TypistError, match="only the line being spoken"):
        desk.typist.type(Edit(3, ""))
    desk.typist.close()


def test_text_that_has_scrolled_up_stays_and_what_takes_its_place_is_drawn_below_it() -> None:
    desk = Desk()
    desk.typist.type(Edit(0, "So it goes. " * 6))
    above = desk.screen.look()
    desk.typist.type(Edit(70, "And it went."))
    assert " ".join(desk.screen.look()).endswith("And it went.")
    assert desk.screen.look()[0] == above[0]
    desk.typist.close()


def test_marks_that_mean_something_to_a_terminal_library_are_only_text() -> None:
    desk = Desk()
    desk.typist.type(Edit(0, "[bold]:smile: [/x]"))
    desk.typist.close()
    assert desk.screen.look() == ["[bold]:smile: [/x]"]


def test_a_stream_that_is_no_terminal_is_refused_with_the_setting_to_use() -> None:
    with pytest.raises(TypistError, match=r"typist\.backend: stdout"):
        TerminalTypist(Console(file=io.StringIO(), force_terminal=False))


@given(
    pieces=st.lists(
        st.tuples(st.lists(st.sampled_from(["a", "so", "goes.", "longer", "Why?"]), max_size=9), st.booleans()),
        max_size=8,
    )
)
def test_whatever_is_typed_every_word_stands_on_the_screen_once_and_in_order(
    pieces: list[tuple[list[str], bool]],
) -> None:
    desk, typed = Desk(), []
    for words, with_tail in pieces:
        if with_tail:
            desk.typist.show(" perhaps", HERE)
        desk.typist.type(Edit(0, "".join(f" {word}" for word in words)))
        typed += words
    assert " ".join(desk.screen.look()).split() == typed
    desk.typist.close()
    assert " ".join(desk.screen.look()).split() == typed
    assert all(len(line) <= WIDTH for line in desk.screen.look())


def test_a_terminal_that_cannot_move_its_cursor_is_not_drawn_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    console = Console(file=io.StringIO(), force_terminal=True)
    assert not can_draw(console)
    with pytest.raises(TypistError, match="can be drawn on"):
        TerminalTypist(console)
