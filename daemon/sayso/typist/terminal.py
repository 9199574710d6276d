"""The typist that draws on a terminal: what stands in plain text, the tail that may still change in grey."""

from __future__ import annotations

import contextlib
import sys

from rich.console import Console
from rich.live import Live
from rich.text import Text

from sayso.errors import TypistError
from sayso.events import Edit
from sayso.typist import HERE, Abilities, OnePlace, Target

LINE_BREAK_AFTER = ".?!…。？！"


class TerminalTypist(OnePlace):
    """Draws the line being spoken anew at each change; a finished line scrolls up and is left alone.

    Args:
        console: where to draw; it must be a terminal.

    Raises:
        TypistError: it is not a terminal, or one that cannot move its cursor.

    """

    def __init__(self, console: Console | None = None) -> None:
        self._console = console if console is not None else Console(highlight=False)
        if not can_draw(self._console):
            raise TypistError("standard output is not a terminal that can be drawn on; set typist.backend: stdout")
        self._line = ""
        self._tail = ""
        self._live = Live(
            console=self._console, auto_refresh=False, transient=True, redirect_stderr=sys.stderr.isatty()
        )

    @property
    def abilities(self) -> Abilities:
        """Everything but reading back, within the line being spoken."""
        return Abilities(unicode=True, delete=True, preedit=True)

    def type(self, edit: Edit, target: Target = HERE) -> None:
        """Apply one edit."""
        if not can_draw(self._console):  # rich would draw nothing, and say nothing
            raise TypistError("the terminal is gone")
        if edit.delete > len(self._line) and not edit.insert:
            raise TypistError("only the line being spoken can be changed on a terminal")
        # A line that has scrolled up stays: what takes its place is drawn once more, as it is now.
        self._line = self._line[: max(0, len(self._line) - edit.delete)] + edit.insert
        self._tail = ""
        try:
            self._break_line()
            self._draw()
        except OSError as error:
            raise TypistError(f"the terminal cannot be written: {error.strerror}") from error

    def show(self, unstable: str, target: Target) -> None:
        """Draw the tail in grey."""
        self._tail = unstable
        self._draw()

    def close(self) -> None:
        """Leave the last line standing."""
        with contextlib.suppress(OSError):  # it may be gone
            self._live.stop()
            if self._line.strip():
                self._console.print(Text(self._line.strip()))
        self._line = ""

    def _break_line(self) -> None:
        """Let full lines go, at a sentence's end where there is one: a live area must not outgrow the screen."""
        room = max(20, self._console.width - 1) * 2
        if len(self._line) < room:
            return
        ends = [i + 1 for i, c in enumerate(self._line[:room]) if c in LINE_BREAK_AFTER]
        at = ends[-1] if ends else self._line.rfind(" ", 0, room)
        if at > 0:
            self._live.update(Text(""), refresh=True)
            self._console.print(Text(self._line[:at].strip()))
            self._line = self._line[at:]

    def _draw(self) -> None:
        if not self._live.is_started:  # from here on the cursor is hidden
            self._live.start()
        self._live.update(Text.assemble(self._line.lstrip(), (self._tail, "grey50")), refresh=True)


def can_draw(console: Console | None = None) -> bool:
    """Whether standard output (or the console given) is a terminal that can redraw a line; TERM=dumb cannot."""
    console = console if console is not None else Console()
    return console.is_terminal and not console.is_dumb_terminal
