"""The overlay: views, as they come, on the screen, at most fifteen times a second. Lives on an event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from sayso.errors import DisplayError
from sayso.indicator.model import View
from sayso.indicator.surface import Opener, Surface

if TYPE_CHECKING:
    from sayso.indicator.picture import Painter

REDRAW_SECONDS: Final = 1 / 15
RETRY_SECONDS: Final = 2.0  # until a display that is not there is looked for again


class Overlay:
    """Shows views.

    Args:
        opener: opens a surface.
        painter: makes what draws for a surface of that scale and room; raises DisplayError where it cannot.
        report: told in words why there is no overlay, each reason once.

    """

    def __init__(
        self,
        opener: Opener,
        painter: Callable[[float, tuple[int, int]], Painter],
        report: Callable[[str], None],
    ) -> None:
        self._open = opener
        self._make_painter = painter
        self._report = report
        self._loop = asyncio.get_running_loop()
        self._surface: Surface | None = None
        self._watched = -1
        self._painter: Painter | None = None
        self._wanted: View | None = None
        self._shown: View | None = None
        self._drawing: asyncio.TimerHandle | None = None
        self._drawn_seconds = -RETRY_SECONDS
        self._reasons: set[str] = set()

    def show(self, view: View | None) -> None:
        """Have a view shown, soon; None for nothing. What is replaced before it is drawn never is."""
        self._wanted = view
        if view == self._shown:
            return
        if self._drawing is None:
            due = max(self._loop.time(), self._drawn_seconds + REDRAW_SECONDS)
            self._drawing = self._loop.call_at(due, self._draw)

    def close(self) -> None:
        """Take it off the screen."""
        if self._drawing is not None:
            self._drawing.cancel()
        self._leave()

    def _draw(self) -> None:
        self._drawing = None
        if self._wanted == self._shown:
            return
        self._drawn_seconds = self._loop.time()
        try:
            self._put_on_screen(self._wanted)
        except DisplayError as error:
            self._fail(error)

    def _put_on_screen(self, view: View | None) -> None:
        if view is None:
            if self._surface is not None:
                self._surface.hide()
        else:
            surface = self._surface or self._enter()
            if self._painter is None or self._shown is None:  # it may appear on another monitor than before
                self._painter = self._make_painter(surface.scale, surface.room())
            surface.show(self._painter.paint(view), view.words)
        self._shown = view

    def _enter(self) -> Surface:
        self._surface = surface = self._open()
        self._watched = surface.fileno()
        self._loop.add_reader(self._watched, self._attend)
        return surface

    def _attend(self) -> None:
        try:
            if self._surface is not None:
                self._surface.attend()
        except DisplayError as error:
            self._fail(error)

    def _fail(self, error: DisplayError) -> None:
        self._leave()
        if str(error) not in self._reasons:
            self._reasons.add(str(error))
            self._report(f"no overlay: {error}")
        if self._wanted is not None and self._drawing is None:
            self._drawing = self._loop.call_later(RETRY_SECONDS, self._draw)

    def _leave(self) -> None:
        if self._surface is not None:
            self._loop.remove_reader(self._watched)  # one that is lost no longer tells its number
            self._surface.close()
        self._surface = self._painter = self._shown = None
