"""The seat's input method, while we are it: what the field with the focus says of itself, and text put into it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from sayso.wayland.privileged import INPUT_METHOD_MANAGER
from sayso.wayland.wire import Connection, Object

MOST_BYTES = 3800  # of one commit: with what goes with it, it fits the compositor's message buffer of 4096
SHOWN_BYTES = 1000  # of a tail that may still change
PASSWORD, PIN, TERMINAL = 8, 9, 13  # purposes, of text-input-unstable-v3
HIDDEN_TEXT = 0x40  # a hint


@dataclass(frozen=True, slots=True)
class Field:
    """What a field of text says of itself.

    Attributes:
        before: the text before the cursor, or its end; None where the field does not tell.
        has_selection: what is written takes the place of what is selected.
        is_secret: a password's field.
        is_terminal: what is written goes to a program.

    """

    before: str | None = None
    has_selection: bool = False
    is_secret: bool = False
    is_terminal: bool = False


class Fate(Enum):
    """What became of a commit."""

    KEPT = auto()  # it was not made: the field said something at the last look
    PUT = auto()  # it went to the field that was meant
    SAME_FIELD = auto()  # or was not accepted: the field said something at the same moment
    ASTRAY = auto()  # it went to another field, or nowhere


class InputMethod:
    """A place as the seat's input method, of which there is one: it is taken only for as long as we type.

    Args:
        connection: to the compositor.
        seat: whose input method we are.

    Attributes:
        field: the field with the focus; None where none has, or it takes no input method.
        is_refused: another input method has the place.
        serial: grows with everything that the field says.
        answered_at: the serial when the compositor had carried out what was put last.
        moves: grows whenever another field has the focus, or none.
        moved_at: when it last did, by the monotonic clock.

    Raises:
        DisplayError: the compositor knows no input methods.

    """

    def __init__(self, connection: Connection, seat: Object) -> None:
        self._connection = connection
        self._seat = seat
        self._manager = connection.bind(INPUT_METHOD_MANAGER)
        self._method: Object | None = None
        self._is_active = False
        self._pending = Field()
        self._pending_active = False
        self.field: Field | None = None
        self.is_refused = False
        self.serial = 0
        self.answered_at = 0
        self.moves = 0
        self.moved_at = 0.0

    @property
    def is_taken(self) -> bool:
        """Whether we have the place, or have asked for it."""
        return self._method is not None

    def take(self) -> None:
        """Take the place; whether it is ours is known after a roundtrip (`is_refused`)."""
        assert self._method is None
        method = self._method = self._manager.make("get_input_method", self._seat)
        self.serial, self.is_refused = 0, False
        self._pending, self._pending_active = Field(), False
        method.on("activate", self._activated)
        method.on("deactivate", self._deactivated)
        method.on("surrounding_text", self._surrounded)
        method.on("content_type", self._typed)
        method.on("done", self._done)
        method.on("unavailable", self._unavailable)

    def leave(self) -> None:
        """Give the place back."""
        if self._method is not None:
            self._method.send("destroy")
            self._method = self.field = None
            self._move()

    def put(
        self, text: str, delete_bytes: int, look: Callable[[], None], claim: Callable[[], None] = lambda: None
    ) -> Fate:
        """Write into the field, MOST_BYTES at most, and take away so many bytes before the cursor first.

        Args:
            text: to write.
            delete_bytes: to take away before.
            look: the last look at who has the focus, right before; what it raises is raised, and nothing is put.
            claim: sends what goes right before it, to the compositor in one go with it.

        Raises:
            DisplayError: the compositor went away.

        """
        assert self._method is not None
        method, serial, moves = self._method, self.serial, self.moves
        moves_then = moves

        def ask() -> None:
            claim()
            if delete_bytes:
                method.send("delete_surrounding_text", delete_bytes, 0)
            if text:
                method.send("commit_string", text)
            method.send("commit", serial)

        def then() -> None:
            nonlocal moves_then
            self.answered_at, moves_then = self.serial, self.moves

        parcel = self._connection.pack(ask, then)
        try:
            look()
        except BaseException:
            self._connection.drop(parcel)
            raise
        if (self.serial, self.moves) != (serial, moves):
            self._connection.drop(parcel)
            return Fate.KEPT
        self._connection.post(parcel)  # what comes behind the answer may be of the text itself
        if moves_then != moves:
            return Fate.ASTRAY
        return Fate.PUT if self.answered_at == serial else Fate.SAME_FIELD

    def show(self, unstable: str) -> None:
        """Show what may still change at the cursor, in place of what was shown; waits in the buffer."""
        assert self._method is not None
        shown = fitting(unstable, SHOWN_BYTES)
        end = len(shown.encode())
        self._method.send("set_preedit_string", shown, end, end)
        self._method.send("commit", self.serial)

    # ── events; what they say counts from `done` on ───────────────────────────────────────────────

    def _activated(self) -> None:
        self._pending, self._pending_active = Field(), True
        self._move()

    def _deactivated(self) -> None:
        self._pending_active = False
        self._move()

    def _move(self) -> None:
        self.moves += 1
        self.moved_at = time.monotonic()

    def _surrounded(self, text: str | None, cursor: int, anchor: int) -> None:
        before = (text or "").encode()[:cursor].decode(errors="ignore")
        known = self._pending
        self._pending = Field(before, cursor != anchor, known.is_secret, known.is_terminal)

    def _typed(self, hint: int, purpose: int) -> None:
        is_secret = purpose in (PASSWORD, PIN) or bool(hint & HIDDEN_TEXT)  # sensitive data is no password
        known = self._pending
        self._pending = Field(known.before, known.has_selection, is_secret, purpose == TERMINAL)

    def _done(self) -> None:
        self.serial = (self.serial + 1) & 0xFFFF_FFFF
        self.field = self._pending if self._pending_active else None

    def _unavailable(self) -> None:
        self.leave()
        self.is_refused = True


def fitting(text: str, most_bytes: int) -> str:
    """The end of a text that is no longer than that in UTF-8."""
    return text if len(text.encode()) <= most_bytes else text.encode()[-most_bytes:].decode(errors="ignore")


def pieces(text: str, most_bytes: int = MOST_BYTES) -> list[str]:
    """A text in parts of at most so many bytes in UTF-8, each of whole code points; one empty part of none."""
    found = [""]
    size = 0
    for character in text:
        width = len(character.encode())
        if size + width > most_bytes:
            found.append("")
            size = 0
        found[-1] += character
        size += width
    return found
