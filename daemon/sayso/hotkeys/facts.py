"""What hotkeys are for, and how they stand: the words that this package and its users share."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Protocol

from sayso.control import Control
from sayso.events import Event

Ask = Callable[[Control], object]
"""Takes what a key asks for; any thread; returns at once."""

Report = Callable[[Event], None]
"""Takes `Problem` and `ProblemCleared`; any thread; must not block."""

FindDisplay = Callable[[], str | None]
"""Says the name of the X display of this session, such as ":0"; None while there is none. Asked on every try."""


class Action(StrEnum):
    """What a hotkey can be for, as the settings name it."""

    TOGGLE = "toggle"
    HOLD = "hold"
    CANCEL = "cancel"
    UNDO = "undo"
    LEARN = "learn"
    HERE = "here"
    BACK = "back"
    COPY = "copy"


PRESSED = {action: Control(action.value) for action in Action}
"""What is asked when a key goes down."""

LET_GO = {Action.HOLD: Control.RELEASE}
"""What is asked when a key goes up, for whichever reason."""


class Standing(StrEnum):
    """What has become of a hotkey; the value is how `status` says it after the key."""

    ACTIVE = ""
    TAKEN = " (taken by another program)"
    TWIN = " (the same key as another hotkey, on this keyboard)"
    WAITING = " (no display to watch it on)"
    NO_KEYBOARD = " (no keyboard to watch it on)"
    UNWATCHED = " (the desktop offers no way to watch it)"
    PORTALS_AWAY = " (waits for the desktop portals)"
    ASKING = " (waits for your permission)"
    NOT_ALLOWED = " (not allowed)"
    UNTOLD = " (the desktop has not said on which key)"


class Hotkeys(Protocol):
    """Keys that are being watched."""

    def describe(self) -> dict[str, str]:
        """Action → its key and what stands in its way, for `status`; disabled ones are left out.

        Called by any thread; returns at once.
        """
        ...

    def close(self) -> None:
        """Watch no more, and leave every key as it was found; blocks until that is done. Never raises.

        A key that is being held counts as let go.
        """
        ...
