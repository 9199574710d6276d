"""What a selection holds, and handing it out: the owner's side of ICCCM section 2.

One connection, its thread only.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from Xlib import X, Xatom
from Xlib.display import Display
from Xlib.protocol.event import PropertyNotify, SelectionNotify, SelectionRequest
from Xlib.xobject.drawable import Window

from sayso.x11.connection import unheard
from sayso.x11.windows import NO_WINDOW

CHUNK_BYTES = 196_608  # below the 256 KiB that a request without BIG-REQUESTS can carry
SECRET_HINT = "x-kde-passwordManagerHint"  # clipboard managers leave out of their history what carries it


@dataclass(frozen=True, slots=True)
class Value:
    """What a target is converted to: the property's type (an atom), format in bits, and bytes."""

    kind: int
    bits: int
    data: bytes


@dataclass(slots=True)
class Holding:
    """What we hand out as the owner of a selection.

    Attributes:
        values: by target (an atom).
        since: the server's time, in milliseconds, at which we became the owner.
        on_served: called with the requestor's window when one of the values has been put there; that of the moment
            of the request, where the value goes in pieces.
        apart: which requestors get something else, and what.

    """

    values: dict[int, Value]
    since: int = 0
    on_served: Callable[[int], None] = field(default=lambda window: None)
    apart: tuple[Callable[[int], bool], Holding] | None = None

    def of(self, requestor: int) -> Holding:
        """What a requestor gets."""
        return self.apart[1] if self.apart is not None and self.apart[0](requestor) else self


@dataclass(slots=True)
class _Transfer:
    """A value on its way in pieces."""

    value: Value
    on_served: Callable[[int], None]
    sent: int = 0


class Owner:
    """Answers who asks for the selections that we own.

    Attributes:
        holdings: by selection (an atom).

    """

    def __init__(self, display: Display) -> None:
        self._display = display
        self.holdings: dict[int, Holding] = {}
        self._transfers: dict[tuple[int, int], _Transfer] = {}
        self._targets = display.intern_atom("TARGETS")
        self._timestamp = display.intern_atom("TIMESTAMP")
        self._multiple = display.intern_atom("MULTIPLE")
        self._incr = display.intern_atom("INCR")

    def text_values(self, text: str) -> dict[int, Value]:
        """A text in the targets that applications ask for, marked as secret."""
        utf8 = self._display.intern_atom("UTF8_STRING")
        hint = self._display.intern_atom(SECRET_HINT)
        plain = self._display.intern_atom("text/plain;charset=utf-8")
        encoded = text.encode()
        values = {
            utf8: Value(utf8, 8, encoded),
            plain: Value(plain, 8, encoded),
            hint: Value(hint, 8, b"secret"),
        }
        # STRING is Latin-1 by definition: who knows nothing else gets nothing rather than question marks.
        with contextlib.suppress(UnicodeEncodeError):
            values[Xatom.STRING] = Value(Xatom.STRING, 8, text.encode("latin-1"))
        return values

    def on_request(self, event: SelectionRequest) -> None:
        """Convert as asked, and say so; a requestor that is gone is no harm."""
        requestor: Window = event.requestor
        holding = self.holdings.get(event.selection)
        if holding is not None:
            holding = holding.of(int(requestor.id))
        prop = event.property or event.target  # clients from before ICCCM name no property
        try:
            converted = holding is not None and self._convert(holding, requestor, event.target, prop)
        except NO_WINDOW:
            return
        answer = SelectionNotify(
            time=event.time,
            requestor=requestor,
            selection=event.selection,
            target=event.target,
            property=prop if converted else X.NONE,
        )
        requestor.send_event(answer, onerror=unheard)
        self._display.sync()  # the answer is in the requestor's queue, before any key struck from now on
        if converted and holding is not None and (int(requestor.id), int(prop)) not in self._transfers:
            self._tell(holding, int(event.target), int(requestor.id))

    def on_property(self, event: PropertyNotify) -> None:
        """Send the next piece to who has taken the last one."""
        key = (int(event.window.id), int(event.atom))
        transfer = self._transfers.get(key)
        if transfer is None or event.state != X.PropertyDelete:
            return
        piece = transfer.value.data[transfer.sent : transfer.sent + CHUNK_BYTES]
        event.window.change_property(event.atom, transfer.value.kind, transfer.value.bits, piece, onerror=unheard)
        self._display.sync()
        transfer.sent += len(piece)
        if not piece:
            del self._transfers[key]
            transfer.on_served(key[0])

    def _convert(self, holding: Holding, requestor: Window, target: int, prop: int) -> bool:
        if target == self._multiple:
            return self._convert_several(holding, requestor, prop)
        if target == self._targets:
            offered = [self._targets, self._timestamp, self._multiple, *holding.values]
            requestor.change_property(prop, Xatom.ATOM, 32, offered, onerror=unheard)
        elif target == self._timestamp:
            requestor.change_property(prop, Xatom.INTEGER, 32, [holding.since], onerror=unheard)
        elif target in holding.values:
            self._put(requestor, prop, holding.values[target], holding.on_served)
        else:
            return False
        return True

    def _convert_several(self, holding: Holding, requestor: Window, prop: int) -> bool:
        pairs = requestor.get_full_property(prop, X.AnyPropertyType)
        if pairs is None or len(pairs.value) % 2:
            return False
        atoms = list(pairs.value)
        for at in range(0, len(atoms), 2):
            if atoms[at] == self._multiple or not self._convert(holding, requestor, atoms[at], atoms[at + 1]):
                atoms[at + 1] = X.NONE
        requestor.change_property(prop, pairs.property_type, 32, atoms, onerror=unheard)
        self._display.sync()
        for target, converted in zip(atoms[::2], atoms[1::2], strict=True):
            if converted and (int(requestor.id), int(converted)) not in self._transfers:
                self._tell(holding, int(target), int(requestor.id))
        return True

    def _tell(self, holding: Holding, target: int, requestor: int) -> None:
        if target in holding.values:
            holding.on_served(requestor)

    def _put(self, requestor: Window, prop: int, value: Value, on_served: Callable[[int], None]) -> None:
        if len(value.data) <= CHUNK_BYTES:
            requestor.change_property(prop, value.kind, value.bits, value.data, onerror=unheard)
            return
        requestor.change_attributes(event_mask=X.PropertyChangeMask, onerror=unheard)
        requestor.change_property(prop, self._incr, 32, [len(value.data)], onerror=unheard)
        self._transfers[(int(requestor.id), int(prop))] = _Transfer(value, on_served)


def server_time(window: Window, stamp: int, wait: Callable[[Callable[[object], bool], float], object]) -> int:
    """The server's time in milliseconds, by a property event on a window of our own.

    Args:
        window: our own, whose property events we get.
        stamp: a property to touch.
        wait: dispatches events until one is accepted, which it returns; None at the deadline (monotonic clock).

    """
    window.change_property(stamp, Xatom.STRING, 8, b"", X.PropModeAppend)
    event = wait(
        lambda event: isinstance(event, PropertyNotify) and event.window.id == window.id and event.atom == stamp,
        time.monotonic() + 1.0,
    )
    return int(event.time) if isinstance(event, PropertyNotify) else X.CurrentTime
