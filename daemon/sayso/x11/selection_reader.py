"""Reading what another's selection holds, so that it can be put back: the requestor's side of ICCCM section 2.

One connection, its thread only.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass

from Xlib import X, Xatom
from Xlib.display import Display
from Xlib.error import BadAtom
from Xlib.protocol.event import PropertyNotify, SelectionNotify
from Xlib.xobject.drawable import Window

from sayso.errors import TypistError, Unable
from sayso.x11.selections import Value

ANSWER_SECONDS = 1.0  # an owner that has not said by then what it offers hangs
LOOK_SECONDS = 0.5  # between two looks whether it is still there
READ_SECONDS = 4.0  # a program may first have to compress a picture
MOST_BYTES = 64 << 20  # 0.7 s from xclip on an idle core (11 ms for each MiB), and 100 MB of memory
READ_WORDS = 1 << 18  # 1 MiB a request
ATOM_BITS = 32
HANGS = (
    "the program in which something was copied or selected does not answer, and a paste would lose what that was; "
    "copy or select something else, or close that program, and dictate again"
)
Wait = Callable[[Callable[[object], bool], float], object]

# Not contents but orders and questions, or numbers that mean something only to their owner.
NOT_CONTENTS = frozenset(
    [
        "TARGETS",
        "TIMESTAMP",
        "MULTIPLE",
        "SAVE_TARGETS",
        "DELETE",
        "INSERT_SELECTION",
        "INSERT_PROPERTY",
        "PIXMAP",
        "BITMAP",
        "DRAWABLE",
        "COLORMAP",
        "FOREGROUND",
        "BACKGROUND",
    ]
)


@dataclass(frozen=True, slots=True)
class Saved:
    """What a selection held.

    Attributes:
        values: by target (an atom); empty where nobody owned it, or where its owner does not answer.
        answered: whether its owner answered.

    """

    values: dict[int, Value]
    answered: bool = True


class Reader:
    """Reads selections.

    Args:
        display: the connection.
        window: our own window, whose property events we get.
        wait: dispatches events until one is accepted, which it returns; None at the deadline (monotonic clock).

    """

    def __init__(self, display: Display, window: Window, wait: Wait) -> None:
        self._display = display
        self._window = window
        self._wait = wait
        self._targets = display.intern_atom("TARGETS")
        self._incr = display.intern_atom("INCR")
        self._transfer = display.intern_atom("SAYSO_TRANSFER")
        self._text = [display.intern_atom("UTF8_STRING"), Xatom.STRING]

    def read(self, selection: int, now: int) -> Saved:
        """Read everything that a selection holds; blocks for 4 s at most.

        Raises:
            Unable: its owner answers, but what it holds is too much, or comes too slowly.

        """
        started = time.monotonic()
        answered, offered = self._convert(selection, self._targets, now, started + ANSWER_SECONDS, MOST_BYTES)
        if not answered:
            return Saved({}, answered=False)
        values: dict[int, Value] = {}
        room = MOST_BYTES
        for target in self._worth_keeping(self._targets_in(offered)):
            answered, value = self._convert(selection, target, now, started + READ_SECONDS, room)
            if not answered:
                if not self._is_owned(selection):  # it has ended: nothing is left
                    return Saved({})
                raise Unable(
                    "the clipboard's owner takes too long to hand over what it holds, which sayso would have to "
                    "put back after pasting; copy something smaller, and dictate again"
                )
            if value is not None:
                values[target] = value
                room -= len(value.data)
        return Saved(values)

    def holds(self, selection: int, text: str, now: int) -> bool:
        """Whether a selection, ours or another's, holds just this text; blocks for 1 s at most."""
        encoded, deadline = text.encode(), time.monotonic() + ANSWER_SECONDS
        try:
            _, value = self._convert(selection, self._text[0], now, deadline, len(encoded))
        except TypistError:  # it is longer
            return False
        return value is not None and value.data == encoded

    def _targets_in(self, offered: Value | None) -> list[int]:
        """What an owner says it offers; plain text where it does not say, or nothing that is a list of atoms."""
        if offered is None or offered.bits != ATOM_BITS:
            return self._text
        return list(memoryview(offered.data).cast("I"))

    def _worth_keeping(self, targets: list[int]) -> list[int]:
        names: dict[int, str] = {}
        for target in dict.fromkeys(targets):
            with contextlib.suppress(BadAtom):  # no atom: nothing that could be asked for
                names[target] = self._display.get_atom_name(target)
        pictures = [target for target, name in names.items() if name.startswith("image/")]
        png = next((target for target in pictures if names[target] == "image/png"), None)
        return [
            target
            for target, name in names.items()
            # Other formats of the same picture are made anew for each who asks, some tens of megabytes large.
            if name not in NOT_CONTENTS and (png is None or target == png or target not in pictures)
        ]

    def _convert(
        self, selection: int, target: int, now: int, deadline: float, room: int
    ) -> tuple[bool, Value | None]:
        """Have a selection converted: whether there was an answer in time, and the value unless it was refused."""
        self._window.delete_property(self._transfer)
        self._window.convert_selection(selection, target, self._transfer, now)
        event = self._wait_for_owner(
            selection,
            lambda event: (
                isinstance(event, SelectionNotify)
                and event.selection == selection
                and event.target == target
                and event.requestor.id == self._window.id
            ),
            deadline,
        )
        if not isinstance(event, SelectionNotify):
            return False, None
        if event.property == X.NONE:
            return True, None
        value = self._take(room)
        if value is not None and value.kind == self._incr:
            return self._gather(selection, deadline, room)
        return True, value

    def _wait_for_owner(self, selection: int, accept: Callable[[object], bool], deadline: float) -> object:
        """Dispatch events until one is accepted; None at the deadline, or soon after the owner has ended."""
        while True:
            until = min(deadline, time.monotonic() + LOOK_SECONDS)
            event = self._wait(accept, until)
            if event is not None or until == deadline or not self._is_owned(selection):
                return event

    def _is_owned(self, selection: int) -> bool:
        return not isinstance(self._display.get_selection_owner(selection), int)

    def _take(self, room: int) -> Value | None:
        """Read our property, whole, and delete it."""
        data, kind, bits = b"", X.NONE, 8
        while True:
            part = self._window.get_property(
                self._transfer, X.AnyPropertyType, len(data) // 4, READ_WORDS, delete=True
            )
            if part is None:
                return None
            kind, bits = part.property_type, part.format
            value = part.value
            data += value if isinstance(value, bytes) else value.tobytes()
            if len(data) + part.bytes_after > room:
                raise _too_much()
            if not part.bytes_after:
                return Value(kind, bits, data)

    def _gather(self, selection: int, deadline: float, room: int) -> tuple[bool, Value | None]:
        """Read what comes in pieces; deleting the first property has asked for the first piece."""
        pieces: list[bytes] = []
        size, kind, bits = 0, 0, 8
        while True:
            event = self._wait_for_owner(
                selection,
                lambda event: (
                    isinstance(event, PropertyNotify)
                    and event.window.id == self._window.id
                    and event.atom == self._transfer
                    and event.state == X.PropertyNewValue
                ),
                deadline,
            )
            if event is None:
                return False, None
            piece = self._take(room - size)
            if piece is None:
                continue  # the event of the property that said that pieces will come
            if not piece.data:
                return True, Value(kind, bits, b"".join(pieces))
            kind, bits = piece.kind, piece.bits
            pieces.append(piece.data)
            size += len(piece.data)


def _too_much() -> Unable:
    return Unable(
        f"the clipboard holds more than {MOST_BYTES // 1024 // 1024} MiB, which sayso would have to put back "
        "after pasting; copy something smaller, and dictate again"
    )
