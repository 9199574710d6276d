"""Everything that typing on one display takes: a connection, its windows, its keyboard, its clipboard."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable

from Xlib import Xatom

from sayso.x11.clipboard import STRUCK, Clipboard, Offer
from sayso.x11.connection import LOST, connect, unheard
from sayso.x11.keyboard import Keyboard
from sayso.x11.windows import Windows


class Desk:
    """One display, opened; one thread uses it, except for the clipboard, which has a thread of its own.

    Args:
        name: the display.
        on_late: called, from another thread, when a text has been taken that came late (`Clipboard.leave_to`).

    Raises:
        DisplayError: it cannot be opened, or lacks XTEST or XKB.

    """

    def __init__(self, name: str, on_late: Callable[[], None] = lambda: None) -> None:
        self._display = connect(name)
        self._display.set_error_handler(unheard)  # of windows that are gone; replies raise theirs
        try:
            self.windows = Windows(self._display)
            self.keyboard = Keyboard(self._display)
            self._struck = self._display.intern_atom(STRUCK)
            self.clipboard = Clipboard(name, on_late)
        except BaseException:
            with contextlib.suppress(*LOST):
                self._display.close()
            raise

    def is_on_offer(self, offer: Offer, selections: Iterable[int]) -> bool:
        """Whether the text that is lent is what a paste would take now.

        Args:
            offer: the text.
            selections: those that the paste may take (atoms).

        """
        ours: object = self._display.create_resource_object("window", offer.owner)
        return all(
            selection in offer.selections and ours == self._display.get_selection_owner(selection)
            for selection in selections
        )

    def mark_struck(self, offer: Offer) -> None:
        """Have the clipboard know what was asked for before the keys that are struck next, and what after."""
        owner = self._display.create_resource_object("window", offer.owner)
        owner.change_property(self._struck, Xatom.STRING, 8, b"")

    def close(self) -> None:
        """Give the clipboard back, end its thread, close the connection. Never raises."""
        self.clipboard.close()
        with contextlib.suppress(*LOST):
            self._display.close()
