"""dbus-fast's bus, mended where a flood or a bus that does not read would break it. Bus thread only."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct

from dbus_fast import ErrorType, Message
from dbus_fast.aio import MessageBus

SERIAL_OFFSET = 8  # of a message's serial number, four bytes, in every message
ANY_SERIAL = 0x5A5A5A5A  # not zero, and not to be found in text
CALLERS = 256  # whose answers are kept ready
WAITING_BYTES = 256 * 1024  # 1,500 answers; beyond that the bus does not read, and they are not sent


class PatientBus(MessageBus):
    """A bus that waits where the other end does not read, and swallows what can no longer be sent.

    dbus-fast 5.2 drops the connection when the socket is full instead of waiting until it is writable, which a
    flood brings about within a second (python-dbus-next issue 153); and it goes on with the messages it has read
    after a connection broke, and logs a traceback for each answer that it then cannot write.
    """

    async def connect(self) -> MessageBus:
        """Connect; see `MessageBus`."""
        await super().connect()
        assert self._writer is not None
        assert self._sock is not None
        self._writer.sock = _PatientSocket(self._sock)  # type: ignore[assignment]  # all that a writer needs
        return self

    def send(self, msg: Message) -> asyncio.Future[None]:  # type: ignore[override]  # as in MessageBus
        """Send a message; the future is done when it is written, or never can be."""
        if self.connected:
            with contextlib.suppress(OSError):  # it broke while this was written
                sent: asyncio.Future[None] = super().send(msg)
                return sent
        swallowed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        swallowed.set_result(None)
        return swallowed

    def send_bytes(self, messages: bytearray) -> asyncio.Future[None]:
        """Send messages that are ready for the wire; the future is as that of `send`."""
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if self.connected and self._writer is not None:
            self._writer.messages.append((messages, None, written))
            self._writer.schedule_write()
        else:
            written.set_result(None)
        return written


class _PatientSocket:
    """A socket that has taken nothing when it is full."""

    def __init__(self, full: socket.socket) -> None:
        self._socket = full

    def send(self, data: memoryview) -> int:
        try:
            return self._socket.send(data)
        except BlockingIOError:
            return 0


class Refusals:
    """Answers one error to very many calls: ready for the wire but for two numbers, and written many at a time.

    Args:
        bus: to answer on.
        error: its name.
        text: its message.

    """

    def __init__(self, bus: PatientBus, error: ErrorType, text: str) -> None:
        self._bus = bus
        self._error = error
        self._text = text
        self._ready: dict[str | None, tuple[bytearray, int]] = {}
        self._waiting = bytearray()
        self._written: asyncio.Future[None] | None = None

    def refuse(self, call: Message) -> None:
        """Answer a call, soon."""
        if len(self._waiting) >= WAITING_BYTES:
            return
        ready = self._ready.get(call.sender)
        if ready is None:
            ready = self._prepare(call)
        answer, offset = ready
        struct.pack_into("<I", answer, SERIAL_OFFSET, self._bus.next_serial())
        struct.pack_into("<I", answer, offset, call.serial)
        if not self._waiting and (self._written is None or self._written.done()):
            asyncio.get_running_loop().call_soon(self._write)
        self._waiting += answer

    def _prepare(self, call: Message) -> tuple[bytearray, int]:
        """An answer for this caller, and where in it the number of the call is."""
        if len(self._ready) >= CALLERS:
            self._ready.clear()
        answer = Message.new_error(call, self._error, self._text)
        answer.serial = 1
        answer.reply_serial = ANY_SERIAL
        wire = bytearray(answer._marshall(False))
        ready = self._ready[call.sender] = (wire, wire.index(struct.pack("<I", ANY_SERIAL)))
        return ready

    def _write(self, _: asyncio.Future[None] | None = None) -> None:
        if self._waiting:
            waiting, self._waiting = self._waiting, bytearray()
            self._written = self._bus.send_bytes(waiting)
            self._written.add_done_callback(self._write)
