"""Pure: from what programs tell → the window that is active and the object that has the focus.

Programs do not agree about the order. GTK 4 tells of the focus before its window is activated, GTK 3 after it; Qt
tells that its window is no longer active up to 0.1 s after another one is, and takes no object's focus then.
"""

from __future__ import annotations

from sayso.accessibility import Place


class Focus:
    """What has been told so far."""

    def __init__(self) -> None:
        self._window: Place | None = None
        self._focused: dict[str, Place] = {}  # the last object of each program
        self._with_windows: set[str] = set()  # programs that tell of windows
        self._loose: str | None = None  # a program without windows that has told since one was activated

    @property
    def window(self) -> Place | None:
        """The window that is active; None where none is, or its program tells nothing."""
        return self._window

    @property
    def place(self) -> Place | None:
        """The object that has the focus; None where nothing is known of it.

        The process that draws a web page for WebKit is a program of its own on the bus, and has no window there.
        """
        program = self._loose or (self._window.name if self._window else None)
        return self._focused.get(program) if program else None

    def activated(self, window: Place) -> None:
        """A window has become active."""
        self._window = window
        self._with_windows.add(window.name)
        self._loose = None

    def deactivated(self, window: Place) -> None:
        """A window is no longer active, or is gone."""
        if window == self._window:
            self._window = None
            self._loose = None

    def focused(self, place: Place) -> None:
        """An object has got the focus of its program."""
        self._focused[place.name] = place
        if place.name not in self._with_windows:
            self._loose = place.name

    def unfocused(self, place: Place) -> None:
        """An object has lost it."""
        if self._focused.get(place.name) == place:
            del self._focused[place.name]

    def left(self, program: str) -> None:
        """A program is no longer on the bus."""
        self._focused.pop(program, None)
        self._with_windows.discard(program)
        if self._loose == program:
            self._loose = None
        if self._window is not None and self._window.name == program:
            self._window = None
