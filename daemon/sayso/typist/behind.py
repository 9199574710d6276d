"""What was typed, and is known to stand right before the cursor, in the windows typed into last."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sayso.events import Edit
from sayso.x11.backspaces import REMEMBERED, applied

MOST_WINDOWS: Final = 32  # more than there are utterances that can be taken back (`undoable`)


@dataclass(frozen=True, slots=True)
class _Typed:
    """What was typed into a window.

    Attributes:
        text: the end of it.
        is_seen: whether the last edit was seen to be done.
        certain: so many characters at its end are known to stand there, or are not known not to.

    """

    text: str = ""
    certain: int = 0
    is_seen: bool = True


class Behind:
    """What was typed into each window, and how much of it can be taken back."""

    def __init__(self) -> None:
        self._windows: dict[int, _Typed] = {}

    def typed(self, window: int, edit: Edit, *, is_certain: bool = True, is_seen: bool = False) -> None:
        """An edit was typed; certain unless the window was seen to have made something else of it.

        Args:
            window: in which.
            edit: what was typed.
            is_certain: whether it stands there, for all that is known.
            is_seen: whether the window was seen to have done it.

        """
        before = self._windows.pop(window, _Typed())
        certain = max(0, before.certain - edit.delete) + len(edit.insert) if is_certain else 0
        self._windows[window] = _Typed(applied(before.text, edit)[-REMEMBERED:], certain, is_seen)
        if len(self._windows) > MOST_WINDOWS:
            del self._windows[next(iter(self._windows))]

    def doubt(self, window: int) -> None:
        """Something may have been typed there, in part."""
        self.typed(window, Edit(0, ""), is_certain=False)

    def is_done(self, window: int) -> bool:
        """Whether what was typed there last was seen to be done, so that what is read there is not out of date."""
        return self._windows.get(window, _Typed()).is_seen

    def may_be_deleted(self, window: int, characters: int, stands: Callable[[str], bool] | None) -> bool:
        """Whether so many characters before the cursor are what was typed.

        Args:
            window: in which.
            characters: how many, one at least.
            stands: says whether a text stands right before the cursor; None where that cannot be seen.

        """
        known = self._windows.get(window, _Typed())
        if stands is None:
            return characters <= known.certain
        return len(known.text) >= min(characters, REMEMBERED) and stands(known.text[-characters:])
