"""Who knows where the focus is: the windows of X11, or IBus itself where no program may know windows."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Protocol

from Xlib.display import Display
from Xlib.error import XError

from sayso.errors import DisplayError, TargetAway, TargetGone, TypistError
from sayso.typist import Target
from sayso.x11.connection import LOST, connect, unheard
from sayso.x11.focus import FocusWatch
from sayso.x11.windows import Windows

FIRST_LOOK_SECONDS = 2.0


class Places(Protocol):
    """Where text may go. Any thread may call `target`, `absence` and `on_focus`; one alone the rest."""

    def target(self) -> Target | None:
        """The place that has the focus; None where none has."""
        ...

    def absence(self) -> str | None:
        """Why that cannot be known, and what to do about it; None where it can."""
        ...

    def on_focus(self, tell: Callable[[], None]) -> None:
        """Have `tell` called, from any thread, when another place may have the focus."""
        ...

    def focused_since(self) -> float:
        """When the place that has the focus got it, in seconds, monotonic."""
        ...

    def held(self, target: Target) -> AbstractContextManager[None]:
        """Keep the focus where it is, for milliseconds.

        Raises:
            TargetAway: the target does not have it.
            TargetGone: the target no longer exists.
            TypistError: it cannot be known.

        """
        ...

    def close(self) -> None:
        """Look no more."""
        ...


class XPlaces:
    """The windows of an X display.

    Args:
        focus: follows it; shared with whoever else types there, so that all mean the same by a target.
        on_focus: has what it is given called when `focus` has seen the focus move; as that of `X11Typist`.
        is_own: it is closed with this.

    """

    def __init__(
        self, focus: FocusWatch, on_focus: Callable[[Callable[[], None]], None], *, is_own: bool = False
    ) -> None:
        self._focus = focus
        self._is_own = is_own
        self._told: list[Callable[[], None]] = []
        self._last = focus.target
        self._since = time.monotonic()
        self._display: Display | None = None
        self._windows: Windows | None = None
        self._number = 0
        on_focus(self._moved)

    @classmethod
    def alone(cls, find_display: Callable[[], str | None]) -> XPlaces:
        """With a watch of its own; blocks until the focus is known, FIRST_LOOK_SECONDS at most."""
        told: list[Callable[[], None]] = []

        def moved() -> None:
            for tell in told:
                tell()

        focus = FocusWatch(find_display, moved)
        focus.wait_for_first_look(FIRST_LOOK_SECONDS)
        return cls(focus, told.append, is_own=True)

    def _moved(self) -> None:
        """Another window may have the focus. Any thread; returns at once."""
        if self._focus.target != self._last:
            self._last, self._since = self._focus.target, time.monotonic()
        for tell in self._told:
            tell()

    @property
    def display(self) -> str | None:
        """The name of the display; None while there is none. Any thread."""
        return self._focus.display

    def target(self) -> Target | None:
        """See `Places`."""
        return self._focus.target

    def absence(self) -> str | None:
        """See `Places`."""
        return self._focus.absence

    def on_focus(self, tell: Callable[[], None]) -> None:
        """See `Places`."""
        self._told.append(tell)

    def focused_since(self) -> float:
        """See `Places`."""
        return self._since

    @contextlib.contextmanager
    def held(self, target: Target) -> Iterator[None]:
        """See `Places`; the X server does nothing for others meanwhile."""
        try:
            windows = self._reach()
            with windows.grabbed():
                self._check(windows, target)
                yield
        except (*LOST, DisplayError) as error:
            self._leave()
            raise TypistError(f"the X display went away: {error}; dictate again when it is back") from error
        except XError as error:
            raise TypistError(f"the X server refused: {type(error).__name__}; dictate again") from error

    def _check(self, windows: Windows, target: Target) -> None:
        window = self._focus.window(target)
        focus = None if window is None else windows.focus(known=window)
        if focus is not None and focus.top_level == window:
            return
        if window is None or windows.is_gone(window):
            raise TargetGone("the window that the text is for was closed")
        raise TargetAway("the window that the text is for does not have the focus; focus it")

    def _reach(self) -> Windows:
        name, number = self._focus.display, self._focus.connections
        if name is None:
            self._leave()
            raise TypistError(self._focus.absence or "there is no X display; dictate again when it is back")
        if self._windows is None or self._number != number:
            self._leave()
            self._display = connect(name)
            self._display.set_error_handler(unheard)  # of windows that are gone; replies raise theirs
            self._windows, self._number = Windows(self._display), number
        return self._windows

    def _leave(self) -> None:
        display, self._display, self._windows = self._display, None, None
        if display is not None:
            with contextlib.suppress(*LOST):
                display.close()

    def close(self) -> None:
        """See `Places`."""
        self._leave()
        if self._is_own:
            self._is_own = False
            self._focus.close()
