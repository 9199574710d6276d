"""Where the focus is, for ways of typing that only strike keys: somebody else tells them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from sayso.typist import OnePlace, Target


class Windows(Protocol):
    """Who knows where the focus is; what types does not."""

    def target(self) -> Target | None:
        """Where text would go now. Any thread; returns at once."""
        ...

    def on_focus(self, tell: Callable[[], None]) -> None:
        """Have `tell` called when that may be elsewhere."""
        ...

    def absence(self) -> str | None:
        """Why that cannot be known, and what to do about it; None where it can. Any thread; returns at once."""
        ...

    def check(self, target: Target) -> None:
        """See that the target has the focus now; returns within milliseconds.

        Raises:
            TargetAway: something else has it.
            TargetGone: the target is no more.

        """
        ...


class AnyWindow(OnePlace):
    """Nobody knows where the focus is: there is one place, and it always has it."""

    def check(self, target: Target) -> None:
        """It cannot be said."""
