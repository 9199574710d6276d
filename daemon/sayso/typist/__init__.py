"""The typist: edits → text where the person writes.

A `Typist` is one way to deliver text, found by name through the entry-point group `sayso.typists`. The
`DeliveryThread` gives it edits in order on a thread of its own, so that a slow window never holds up recognition.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from importlib.metadata import entry_points
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


class Typist(Protocol):
    """One way to deliver text. Used by one thread; may block."""

    @property
    def abilities(self) -> Abilities:
        """What it can do here and now."""
        ...

    def type(self, edit: Edit) -> None:
        """Apply one edit.

        Raises:
            TypistError: it could not; nothing or only part of it was delivered.

        """
        ...

    def show(self, unstable: str) -> None:
        """Show the tail that may still change, where `abilities.preedit` says that it can."""
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
    points = {point.name: point for point in entry_points(group=GROUP)}
    if name not in points:
        near = difflib.get_close_matches(name, points, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"installed: {', '.join(sorted(points)) or 'none'}."
        raise TypistError(f"typing backend {name!r} is not installed; {hint} Set typist.backend in the settings.")
    factory: TypistFactory = points[name].load()
    return factory()
