"""Which window an input context is in: IBus does not say, so it is taken from what got the focus when."""

from __future__ import annotations

import math
from dataclasses import dataclass

SLACK_SECONDS = 0.25
"""A context may be seen to have the focus a moment before its window is: they are told on two connections."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a context is.

    Attributes:
        program: whose window it is.
        window: its number.

    """

    program: str
    window: int


class Owners:
    """Contexts and the windows that they are in.

    One that had the focus before a window got it is not in it, unless it is known to be. That is how a client
    that hangs is known: it does not tell the daemon that it has lost the focus, and text would go to it, though a
    window has the focus that knows nothing of IBus.
    """

    def __init__(self) -> None:
        self._current = ""
        self._since = -math.inf
        self._owners: dict[str, Owner] = {}

    def saw(self, path: str, now: float) -> None:
        """A context has the focus, seen at a time in seconds, monotonic."""
        if path != self._current:
            self._current = path
            self._since = now

    def settled(self, owner: Owner) -> None:
        """The context and the window that have the focus have had it for a while, and neither has moved."""
        self._owners.setdefault(self._current, owner)

    def owns(self, owner: Owner, path: str, focused_since: float, *, stays_in_window: bool) -> bool:
        """Whether the context that has the focus is in the window that has it.

        Args:
            owner: the window.
            path: the context.
            focused_since: when that window got it, in seconds, monotonic.
            stays_in_window: the context is of one field; otherwise it may serve all windows of its program.

        """
        known = self._owners.get(path)
        if known is not None and (known == owner if stays_in_window else known.program == owner.program):
            return True
        # A context stays one program's: another's it can only be if that was a mistake.
        slack = SLACK_SECONDS if known is None else 0.0
        if path != self._current or self._since < focused_since - slack:
            return False
        self._owners[path] = owner
        return True
