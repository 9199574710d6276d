"""What is known of edits that were begun and are not done, until each is tried again."""

from __future__ import annotations

from typing import Final, Generic, TypeVar

from sayso.events import Edit

T = TypeVar("T")
MOST: Final = 32  # as many windows as text is remembered of (`Tails`): each has one at most that is still wanted


class BegunEdits(Generic[T]):
    """Something about each of the edits begun last; two that say the same are two.

    Args:
        most: how many; of more the one that was put first is forgotten.

    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._known: dict[int, tuple[Edit, T]] = {}  # the edit is kept, so that no other gets its identity

    def take(self, edit: Edit) -> T | None:
        """What was put for an edit, which is forgotten with that; None where nothing was."""
        known = self._known.pop(id(edit), None)
        return None if known is None else known[1]

    def put(self, edit: Edit, state: T) -> None:
        """Remember something until the edit is tried again."""
        self._known.pop(id(edit), None)
        self._known[id(edit)] = edit, state
        if len(self._known) > self._most:
            del self._known[next(iter(self._known))]
