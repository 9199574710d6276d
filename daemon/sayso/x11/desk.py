"""Everything that typing on one display takes: a connection, its windows, its keyboard, its clipboard."""

from __future__ import annotations

import contextlib

from sayso.x11.clipboard import Clipboard, Offer
from sayso.x11.connection import LOST, connect, unheard
from sayso.x11.keyboard import Keyboard
from sayso.x11.windows import Windows


class Desk:
    """One display, opened; one thread uses it, except for the clipboard, which has a thread of its own.

    Args:
        name: the display.

    Raises:
        DisplayError: it cannot be opened, or lacks XTEST or XKB.

    """

    def __init__(self, name: str) -> None:
        self._display = connect(name)
        self._display.set_error_handler(unheard)  # of windows that are gone; replies raise theirs
        try:
            self.windows = Windows(self._display)
            self.keyboard = Keyboard(self._display)
            self.clipboard = Clipboard(name)
        except BaseException:
            with contextlib.suppress(*LOST):
                self._display.close()
            raise

    def is_on_offer(self, offer: Offer, primary_only: bool) -> bool:
        """Whether the text that is lent is what a paste would take now.

        Args:
            offer: the text.
            primary_only: nothing but the primary selection is pasted.

        """
        ours: object = self._display.create_resource_object("window", offer.owner)
        selections = (self.clipboard.primary,) if primary_only else offer.selections
        return all(ours == self._display.get_selection_owner(selection) for selection in selections)

    def close(self) -> None:
        """Give the clipboard back, end its thread, close the connection. Never raises."""
        self.clipboard.close()
        with contextlib.suppress(*LOST):
            self._display.close()
