"""The typist: edits → text where the person writes.

A `Typist` is one way to deliver text, found by name through the entry-point group `sayso.typists`. The
`DeliveryThread` gives it edits in order on a thread of its own, so that a slow window never holds up recognition.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from typing import Protocol

from sayso.errors import TypistError
from sayso.events import Edit

GROUP = "sayso.typists"


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a backend can do.

    Attributes:
        unicode: any character arrives as it is.
        delete: it can take back characters that it typed.
        preedit: it can show the unstable tail without committing it.
        read_back: it can read what stands in the window.

    """

    unicode: bool
    delete: bool
    preedit: bool = False
    read_back: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """A place where text goes.

    Attributes:
        key: the backend's own number for it: the same for as long as it is the same place (an X11 window).
        application: what the desktop calls its application (the class of WM_CLASS); empty where it has no name.
        is_ours: it is the terminal in which this service runs: what is typed there would control it.
        pid: the process whose window it is, by what the desktop says; 0 where it does not.
        is_chosen: the person has said that text goes there, whatever has the focus in it; it is the same place.

    """

    key: int
    application: str = ""
    is_ours: bool = False
    pid: int = 0
    is_chosen: bool = field(default=False, compare=False)


HERE = Target(0)
"""The only place there is, for backends that know no windows."""


class OnePlace:
    """The window half of a `Typist`, for a backend that has no windows."""

    def go_to(self, target: Target) -> None:
        """There is no other place to come back from."""

    def target(self) -> Target | None:
        """Always here."""
        return HERE

    def on_focus(self, tell: Callable[[], None]) -> None:
        """Never: there is no other place."""

    def absence(self) -> str | None:
        """Never anything in the way that is known before it is tried."""
        return None

    def describe(self) -> str:
        """What it is called."""
        return type(self).__name__.removesuffix("Typist").lower()

    def keep(self, text: str) -> None:
        """There is nothing to keep it in."""
        raise TypistError("this typing backend has no clipboard")


class Typist(Protocol):
    """One way to deliver text. One thread calls its methods, which may block, except where they say otherwise."""

    @property
    def abilities(self) -> Abilities:
        """What it can do here and now."""
        ...

    def target(self) -> Target | None:
        """Where text would go now; None where nothing has the focus. Called by any thread; returns at once."""
        ...

    def on_focus(self, tell: Callable[[], None]) -> None:
        """Have `tell` called, from any thread, when the focus may be elsewhere, or `absence` another."""
        ...

    def absence(self) -> str | None:
        """Why nothing can be typed now, and what to do about it; None when it can. Any thread; returns at once."""
        ...

    def describe(self) -> str:
        """What it types into, in a few words for `status`. Any thread; returns at once."""
        ...

    def type(self, edit: Edit, target: Target) -> None:
        """Apply one edit at the target, and nowhere else.

        Raises:
            TargetAway: the target does not have the focus; nothing was typed, and it may be tried again.
            TakesNoText: it has, but nothing in it that takes text has; otherwise as above.
            TargetGone: the target no longer exists; nothing was typed.
            SecretField: it wants a password there; nothing was typed, and nothing of the text may be kept.
            Unable: it cannot do this edit there; nothing was typed, and another backend may be tried.
            NotBeforeCursor: what is to be deleted is not known to stand there; nothing was deleted.
            ArrivedInPart: its beginning stands there, and the rest does not.
            TypistError: it could not; nothing or only part of it was delivered.

        """
        ...

    def go_to(self, target: Target) -> None:
        """Give the focus to a target, as far as the desktop lets a program do that.

        Raises:
            TargetGone: it no longer exists.
            TypistError: the desktop does not let this program move the focus.

        """
        ...

    def keep(self, text: str) -> None:
        """Put text where the person can fetch it (the clipboard).

        Raises:
            TypistError: this backend has no such place.

        """
        ...

    def show(self, unstable: str, target: Target) -> None:
        """Show the tail that may still change at the target, where `abilities.preedit` says that it can.

        Instead of what was shown before; an empty one takes it away. Where the target does not have the focus
        nothing is shown.
        """
        ...

    def close(self) -> None:
        """Leave everything as it was found."""
        ...


class TypistFactory(Protocol):
    """What an entry point of the group resolves to."""

    def __call__(self) -> Typist:
        """Build the backend.

        Raises:
            TypistError: it cannot work here; the message names the next step.

        """
        ...


def load_typist(name: str) -> Typist:
    """Find a typing backend by name.

    Raises:
        TypistError: no such backend, or it cannot work here.

    """
    factory: TypistFactory = require_backend(name).load()
    return factory()


def require_backend(name: str) -> EntryPoint:
    """See that there is a typing backend of that name.

    Raises:
        TypistError: there is none.

    """
    points = {point.name: point for point in entry_points(group=GROUP)}
    if name not in points:
        near = difflib.get_close_matches(name, points, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"installed: {', '.join(sorted(points)) or 'none'}."
        raise TypistError(f"typing backend {name!r} is not installed; {hint} Set typist.backend in the settings.")
    return points[name]
