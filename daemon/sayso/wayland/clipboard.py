"""The clipboard of a Wayland session: lends it a text for a paste, and puts back what was there, in all types."""

from __future__ import annotations

import contextlib
import logging
import os
import select
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from sayso.errors import DisplayError
from sayso.wayland.privileged import DATA_CONTROL_MANAGERS
from sayso.wayland.wire import Connection, Object

log = logging.getLogger(__name__)
SAVE_SECONDS = 2.0  # for all types together; a picture is offered in a dozen of them
READ_BYTES = 65_536
MOST_BYTES = 64 << 20  # of all types together
TEXT_TYPES = ("text/plain;charset=utf-8", "text/plain", "UTF8_STRING", "TEXT", "STRING")
SECRET_TYPE, SECRET = "x-kde-passwordManagerHint", b"secret"  # clipboard managers do not keep what has it

Types = dict[str, bytes]


@dataclass(slots=True, eq=False)
class Holding:
    """What we have put into the clipboard.

    Attributes:
        values: by MIME type.
        reads: how often a text of it was asked for.
        is_held: nobody has copied something else since.
        text: what is kept there for the person to paste; None for what is lent or put back.
        source: what it is to the compositor.
        on_read: called when a text of it is asked for.

    """

    values: Types = field(repr=False)
    reads: int = 0
    is_held: bool = True
    text: str | None = field(default=None, repr=False)
    source: Object | None = None
    on_read: Callable[[], None] = lambda: None


class Clipboard:
    """The clipboard of a seat. Works while its connection is dispatched and `write_on` is called.

    Args:
        connection: to the compositor.
        seat: whose clipboard it is.

    Raises:
        DisplayError: the compositor lets nobody at it.

    """

    def __init__(self, connection: Connection, seat: Object) -> None:
        self._connection = connection
        known = next((manager for manager in DATA_CONTROL_MANAGERS if connection.find(manager)), None)
        if known is None:
            raise DisplayError(f"this compositor does not know {DATA_CONTROL_MANAGERS[-1].name}")
        self._manager = connection.bind(known)
        self._device = self._manager.make("get_data_device", seat)
        self._device.on("data_offer", self._introduced)
        self._device.on("selection", self._selected)
        self._device.on("primary_selection", self._forget)
        self._types: dict[int, list[str]] = {}
        self._offer: Object | None = None
        self._holding: Holding | None = None
        self._saved: Holding | None = None  # what was there before what is lent; without values where nothing was
        self._writes: list[tuple[int, memoryview]] = []
        connection.roundtrip()

    def lend(self, text: str) -> Holding:
        """Put a text there to be pasted, after saving what is there; takes a second or two where that is large.

        Raises:
            DisplayError: the compositor went away.

        """
        if self._saved is None:
            self._saved = self._save()
        return self._own(Holding({**_text_values(text), SECRET_TYPE: SECRET}))

    def give_back(self) -> None:
        """Put back what was there before a text was lent, if that is still there."""
        saved, self._saved = self._saved, None
        if saved is None or self._holding is None:
            return
        if saved.values:
            self._own(Holding(saved.values, text=saved.text))
        else:
            self._device.send("set_selection", None)
            self._drop()
        self._connection.flush()

    def keep(self, text: str) -> None:
        """Put a text there to stay, after what was kept there before if that is still there."""
        self.give_back()
        before = self._holding.text if self._holding is not None else None
        whole = f"{before} {text}" if before else text
        self._own(Holding(_text_values(whole), text=whole))

    @property
    def is_writing(self) -> bool:
        """Whether somebody who asked for the text has not taken all of it yet."""
        return bool(self._writes)

    def write_on(self) -> None:
        """Give out as much as is taken at once."""
        for descriptor, data in tuple(self._writes):
            self._writes.remove((descriptor, data))
            self._write(descriptor, data)

    def close(self) -> None:
        """Put back what was there, and end what is being given out. Never raises."""
        with contextlib.suppress(DisplayError):
            self.give_back()
        for descriptor, _ in self._writes:
            os.close(descriptor)
        self._writes.clear()

    # ── what others have copied ───────────────────────────────────────────────────────────────────

    def _introduced(self, offer: Object) -> None:
        types = self._types[offer.number] = []
        offer.on("offer", types.append)

    def _selected(self, offer: Object | None) -> None:
        self._forget(self._offer)
        self._offer = offer

    def _forget(self, offer: Object | None) -> None:
        if offer is not None:
            self._types.pop(offer.number, None)
            offer.send("destroy")

    def _save(self) -> Holding:
        if self._holding is not None:
            return self._holding
        if self._offer is None:
            return Holding({})
        reading: dict[int, str] = {}
        for kind in dict.fromkeys(self._types[self._offer.number]):
            read_end, write_end = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
            self._offer.send("receive", kind, write_end)
            reading[read_end] = kind
        self._connection.flush()
        return Holding(_read_all(reading))

    # ── what we have put there ────────────────────────────────────────────────────────────────────

    def _own(self, holding: Holding) -> Holding:
        source = self._manager.make("create_data_source")
        for kind in holding.values:
            source.send("offer", kind)
        source.on("send", lambda kind, descriptor: self._asked(holding, kind, descriptor))
        source.on("cancelled", lambda: self._lost(holding))
        holding.source = source
        self._drop()
        self._holding = holding
        self._device.send("set_selection", source)
        self._connection.roundtrip()
        return holding

    def _asked(self, holding: Holding, kind: str, descriptor: int) -> None:
        if kind in TEXT_TYPES:
            holding.reads += 1
            holding.on_read()
        os.set_blocking(descriptor, False)
        self._write(descriptor, memoryview(holding.values.get(kind, b"")))

    def _write(self, descriptor: int, data: memoryview) -> None:
        try:
            while data:
                data = data[os.write(descriptor, data) :]
        except BlockingIOError:
            self._writes.append((descriptor, data))
            return
        except OSError:  # whoever asked does not want it any more
            pass
        os.close(descriptor)

    def _lost(self, holding: Holding) -> None:
        """Another program has copied something: that is what is to stay."""
        if holding is self._holding:
            self._drop()
            self._saved = None

    def _drop(self) -> None:
        holding, self._holding = self._holding, None
        if holding is not None:
            holding.is_held = False
            if holding.source is not None:
                holding.source.send("destroy")


def _text_values(text: str) -> Types:
    return dict.fromkeys(TEXT_TYPES, text.encode())


def _read_all(reading: dict[int, str]) -> Types:
    """What comes through pipes, each to its end; one that does not end in time is left out, and that is logged."""
    deadline = time.monotonic() + SAVE_SECONDS
    values: dict[str, list[bytes]] = {kind: [] for kind in reading.values()}
    unread = set(reading)
    size = 0
    poll = select.poll()
    for descriptor in reading:
        poll.register(descriptor, select.POLLIN)
    while unread and size <= MOST_BYTES and (left := deadline - time.monotonic()) > 0:
        for descriptor, _ in poll.poll(left * 1000):
            data = os.read(descriptor, READ_BYTES)
            values[reading[descriptor]].append(data)
            size += len(data)
            if not data:
                unread.discard(descriptor)
                poll.unregister(descriptor)
    for descriptor in reading:
        os.close(descriptor)
    if unread:
        log.warning("the clipboard's owner does not answer: not all it held can be put back after pasting")
    left_out = {reading[descriptor] for descriptor in unread}
    return {kind: b"".join(parts) for kind, parts in values.items() if kind not in left_out}
