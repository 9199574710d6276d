"""Into which field of a window was typed last; who watches what becomes of it is told before more is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sayso.accessibility import Field, Place
from sayso.accessibility.watch import AccessibilityWatch

MOST_WINDOWS: Final = 32
Tell = Callable[[Place], None]


class TypedFields:
    """One thread types; any may ask.

    Args:
        watch: the connection to the accessibility bus.

    Attributes:
        watch: the same.

    """

    def __init__(self, watch: AccessibilityWatch) -> None:
        self.watch = watch
        self._fields: dict[int, Field] = {}
        self._told: list[Tell] = []

    def on_typing(self, tell: Tell) -> None:
        """Have `tell` called before something is typed into a field, on the thread that types, which may wait."""
        self._told.append(tell)

    def typing(self, window: int, field: Field | None) -> None:
        """Something is about to be typed.

        Args:
            window: into which window (`Target.key`).
            field: into which field of it; None where that is not known.

        """
        known = self._fields
        fields = {key: known[key] for key in list(known)[-MOST_WINDOWS:] if key != window}
        if field is not None:
            fields[window] = field
        self._fields = fields
        if field is not None:
            for tell in self._told:
                tell(field.place)

    def of(self, window: int) -> Field | None:
        """The field of a window that was typed into last; None where it is not known. Any thread."""
        return self._fields.get(window)
