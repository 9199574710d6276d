"""Speaks Wayland: a connection, its objects, requests and events, in pure Python.

    connection = Connection("/run/user/1000/wayland-1")
    compositor = connection.bind(WL_COMPOSITOR)         # DisplayError where the compositor has none
    surface = compositor.make("create_surface")         # a request that makes an object gives it
    surface.on("enter", lambda output: ...)             # called while events are dispatched
    surface.send("commit")                              # any other request; waits in a buffer
    connection.roundtrip()                              # all sent, carried out, and what it led to told
    connection.wait(lambda: surface_is_configured, 5.0)
    connection.close()

Interfaces are data (`sayso.wayland.interfaces`); a new one needs no code. An argument is an int, a float (fixed),
a str, an `Object` (None where the protocol allows it), bytes (array) or a file descriptor; new objects are left
out, the connection numbers them. A descriptor that is sent is closed once it is on its way; one that comes with an
event belongs to whoever handles it, and is closed where nobody does.

A connection belongs to one thread at a time; whoever needs Wayland in another thread opens another. Nothing blocks
for longer than it is told, or `ANSWER_SECONDS`: a compositor that hangs is a `DisplayError`, as is one that goes
away or finds a mistake in what it was asked. After that error the connection is of no use but to be closed.

Source: the Wayland book's chapter on the wire format, https://wayland-book.com/protocol-design/wire-protocol.html.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import struct
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sayso.errors import DisplayError
from sayso.wayland.interfaces import DESTROY, WL_DISPLAY, Interface, Message
from sayso.wayland.marshalling import marshalled, unmarshalled

ANSWER_SECONDS = 5.0
FIRST_OF_THE_SERVER = 0xFF00_0000  # the numbers of objects that the compositor makes
MOST_BYTES = 4096  # of a message: the buffer of compositors before libwayland 1.23
MOST_DESCRIPTORS = 28  # that libwayland takes in one go
READ_BYTES = 65_536
HEADER = struct.Struct("=IHH")  # object, opcode, size of all of it in bytes

Handler = Callable[..., None]


class RequestRefused(DisplayError):
    """The compositor did not allow, or did not understand, what it was asked, and has ended the connection."""


@dataclass(frozen=True, slots=True)
class Global:
    """Something that the compositor has to offer: its number, and the version that it knows."""

    name: int
    interface: str
    version: int


@dataclass(frozen=True, slots=True)
class Parcel:
    """Requests that are ready to be sent in one go; see `Connection.pack`."""

    data: bytes
    answer: Object


class Object:
    """An object on a connection. Made by `Connection.bind`, `make`, or an event that brings one.

    Attributes:
        interface: what can be asked of it.
        version: which it was bound with, or its maker.
        number: on the wire; used again once it is destroyed.
        is_destroyed: nothing more may be asked of it.

    """

    def __init__(self, connection: Connection, interface: Interface, version: int, number: int) -> None:
        self.interface = interface
        self.version = version
        self.number = number
        self.is_destroyed = False
        self._connection = connection
        self._handlers: dict[str, Handler] = {}

    def on(self, event: str, handler: Handler) -> None:
        """Have a handler called with the arguments of each such event, in place of the one before."""
        assert any(known.name == event for known in self.interface.events), f"{self.interface.name} has no {event}"
        self._handlers[event] = handler

    def send(self, request: str, *arguments: Any) -> None:
        """Ask something of it; waits in the buffer until the next `flush`, `dispatch` or `roundtrip`."""
        self._connection.request(self, request, arguments)

    def make(self, request: str, *arguments: Any) -> Object:
        """Ask for a new object; the request's other arguments are given in order."""
        made = self._connection.request(self, request, arguments)
        assert made is not None, f"{self.interface.name}.{request} makes nothing"
        return made

    def handle(self, event: Message, arguments: list[Any]) -> None:
        """Tell what was told."""
        handler = None if self.is_destroyed else self._handlers.get(event.name)
        if handler is not None:
            handler(*arguments)
            return
        for kind, value in zip(event.signature.replace("?", ""), arguments, strict=True):
            if kind == "h":
                os.close(value)
            elif kind == "n" and DESTROY in value.interface.requests:
                value.send("destroy")


class Connection:
    """A connection to a compositor.

    Args:
        path: of its socket.

    Attributes:
        globals: what it has to offer, by number; kept up to date while events are dispatched.

    Raises:
        DisplayError: nobody listens there, or it does not answer.

    """

    def __init__(self, path: str) -> None:
        self.globals: dict[int, Global] = {}
        self._out = bytearray()
        self._out_descriptors: list[int] = []
        self._in = bytearray()
        self._in_descriptors: deque[int] = deque()
        self._objects: dict[int, Object] = {}
        self._free: list[int] = []
        self._next = 1
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
        try:
            self._socket.settimeout(ANSWER_SECONDS)
            self._socket.connect(path)
            self._socket.setblocking(False)
            self._display = self._number(WL_DISPLAY, 1)
            self._display.on("error", self._refused)
            self._display.on("delete_id", self._deleted)
            self._registry = self._display.make("get_registry")
            self._registry.on("global", self._offered)
            self._registry.on("global_remove", self._withdrawn)
            self.roundtrip()
        except OSError as error:
            self._socket.close()
            raise DisplayError(f"no Wayland compositor answers at {path}: {error.strerror or error}") from error
        except DisplayError:
            self.close()
            raise

    def find(self, interface: Interface) -> Global | None:
        """What the compositor offers of an interface: the first, where there are several."""
        return next((offer for offer in self.globals.values() if offer.interface == interface.name), None)

    def bind(self, interface: Interface, offer: Global | None = None) -> Object:
        """Take what is offered, by default the first of that interface.

        Raises:
            DisplayError: the compositor has none.

        """
        offer = self.find(interface) if offer is None else offer
        if offer is None:
            raise DisplayError(f"this compositor does not know {interface.name}")
        version = min(interface.version, offer.version)
        bound = self._number(interface, version)
        self._marshal(self._registry, 0, "usun", [offer.name, interface.name, version, bound.number])
        return bound

    def fileno(self) -> int:
        """For `select`: readable when there are events to dispatch, but see `has_pending`."""
        return self._socket.fileno()

    @property
    def has_pending(self) -> bool:
        """Whether a whole event has been read that is not dispatched yet."""
        return len(self._in) >= HEADER.size and len(self._in) >= HEADER.unpack_from(self._in)[2]

    def flush(self) -> None:
        """Send what waits in the buffer.

        Raises:
            DisplayError: the compositor went away, or takes nothing.

        """
        deadline = time.monotonic() + ANSWER_SECONDS
        while self._out:
            descriptors = self._out_descriptors[:MOST_DESCRIPTORS]
            try:
                sent = socket.send_fds(self._socket, [self._out], descriptors, socket.MSG_NOSIGNAL)
            except BlockingIOError:
                if not _is_ready([], [self], deadline):
                    raise DisplayError("the Wayland compositor does not answer") from None
                continue
            except OSError as error:
                with contextlib.suppress(OSError):
                    self._read()  # it may have said why, and that is worth more
                    self._dispatch_pending()
                raise DisplayError("the Wayland compositor went away") from error
            del self._out[:sent]
            del self._out_descriptors[: len(descriptors)]
            for descriptor in descriptors:
                os.close(descriptor)

    def dispatch(self, timeout_seconds: float | None = None, also: Iterable[int] = ()) -> None:
        """Send what waits, then call the handlers of all events that came; waits for one if there is none.

        Args:
            timeout_seconds: for which to wait; None waits for ever.
            also: descriptors that end the waiting when they can be read.

        Raises:
            DisplayError: the compositor went away, or refused something.

        """
        self.flush()
        deadline = None if timeout_seconds is None else time.monotonic() + timeout_seconds
        if not self.has_pending and _is_ready([self, *also], [], deadline):
            self._read()
        self._dispatch_pending()

    def wait(self, holds: Callable[[], bool], timeout_seconds: float) -> bool:
        """Dispatch events until something holds; False where it does not in time.

        Raises:
            DisplayError: the compositor went away, or refused something.

        """
        deadline = time.monotonic() + timeout_seconds
        while not holds():
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            self.dispatch(left)
        return True

    def sync(self, then: Callable[[], None] = lambda: None) -> Callable[[], bool]:
        """Ask to be told when everything sent so far is carried out; gives a question for `wait`.

        Args:
            then: called at that moment, between the events that were before it and those that came after.

        """
        callback = self._display.make("sync")
        callback.on("done", lambda _: then())
        return lambda: callback.is_destroyed

    def roundtrip(self, timeout_seconds: float = ANSWER_SECONDS, then: Callable[[], None] = lambda: None) -> None:
        """Send what waits, and dispatch events until all of it is carried out; `then` as for `sync`.

        Raises:
            DisplayError: the compositor went away, refused something, or does not answer.

        """
        if not self.wait(self.sync(then), timeout_seconds):
            raise DisplayError("the Wayland compositor does not answer")

    def pack(self, ask: Callable[[], None], then: Callable[[], None]) -> Parcel:
        """Make requests ready, so that no time is lost between a last look and sending them.

        Args:
            ask: sends requests that make no objects and carry no descriptors.
            then: called when they are carried out, as for `sync`.

        """
        self.flush()
        while not self._free:  # a number that was used before: new ones must arrive in their order
            self.roundtrip()
        ask()
        answer = self._display.make("sync")
        answer.on("done", lambda _: then())
        data = bytes(self._out)
        self._out.clear()
        return Parcel(data, answer)

    def post(self, parcel: Parcel) -> None:
        """Send what was packed, and dispatch events until it is carried out.

        Raises:
            DisplayError: the compositor went away, refused something, or does not answer.

        """
        self._out += parcel.data
        if not self.wait(lambda: parcel.answer.is_destroyed, ANSWER_SECONDS):
            raise DisplayError("the Wayland compositor does not answer")

    def drop(self, parcel: Parcel) -> None:
        """Do not send what was packed: the compositor has never heard of it."""
        self._deleted(parcel.answer.number)

    def close(self) -> None:
        """Leave; the compositor takes away all that was made. Never raises."""
        with contextlib.suppress(DisplayError):
            self.flush()
        self._socket.close()
        for descriptor in (*self._out_descriptors, *self._in_descriptors):
            os.close(descriptor)
        self._out_descriptors.clear()
        self._in_descriptors.clear()
        self._objects.clear()

    # ── requests ──────────────────────────────────────────────────────────────────────────────────

    def request(self, of: Object, name: str, arguments: Sequence[Any]) -> Object | None:
        """Put a request in the buffer; gives the object that it makes."""
        assert not of.is_destroyed, f"{of.interface.name}.{name} after it was destroyed"
        opcode = next(number for number, known in enumerate(of.interface.requests) if known.name == name)
        message = of.interface.requests[opcode]
        made = None if message.makes is None else self._number(message.makes, of.version)
        rest = iter(arguments)
        kinds = message.signature.replace("?", "")
        values = [made.number if kind == "n" and made is not None else next(rest) for kind in kinds]
        self._marshal(of, opcode, message.signature, values)
        if message.destroys:
            of.is_destroyed = True
            if of.number >= FIRST_OF_THE_SERVER:  # nobody says when such a number is free again
                self._objects.pop(of.number, None)
        return made

    def _number(self, interface: Interface, version: int) -> Object:
        if self._free:
            number = self._free.pop()
        else:
            number, self._next = self._next, self._next + 1
        return self._keep(interface, version, number)

    def _keep(self, interface: Interface, version: int, number: int) -> Object:
        kept = self._objects[number] = Object(self, interface, version, number)
        return kept

    def _marshal(self, of: Object, opcode: int, signature: str, values: Sequence[Any]) -> None:
        body = bytearray()
        descriptors = []
        for kind, value in zip(signature.replace("?", ""), values, strict=True):
            if kind == "h":
                descriptors.append(value)
            else:
                body += marshalled(kind, value)
        size = HEADER.size + len(body)
        if size > MOST_BYTES:
            raise ValueError(f"a request of {size} bytes; a compositor may take {MOST_BYTES} at most")
        if len(self._out_descriptors) + len(descriptors) > MOST_DESCRIPTORS:
            self.flush()
        self._out += HEADER.pack(of.number, opcode, size) + body
        self._out_descriptors += descriptors

    # ── events ────────────────────────────────────────────────────────────────────────────────────

    def _read(self) -> None:
        try:
            data, descriptors, _, _ = socket.recv_fds(
                self._socket, READ_BYTES, MOST_DESCRIPTORS, socket.MSG_CMSG_CLOEXEC
            )
        except BlockingIOError:
            return
        except OSError as error:
            raise DisplayError("the Wayland compositor went away") from error
        self._in_descriptors += descriptors
        if not data:
            raise DisplayError("the Wayland compositor went away")
        self._in += data

    def _dispatch_pending(self) -> None:
        while self.has_pending:
            number, opcode, size = HEADER.unpack_from(self._in)
            body = bytes(self._in[HEADER.size : size])
            del self._in[:size]
            of = self._objects.get(number)
            if of is None:  # of the compositor's making, destroyed here: what it still says carries no descriptor
                continue
            event = of.interface.events[opcode]
            arguments = self._unmarshal(of, event, body)
            of.handle(event, arguments)
            of.is_destroyed |= event.destroys

    def _unmarshal(self, of: Object, event: Message, body: bytes) -> list[Any]:
        values: list[Any] = []
        place = 0
        for kind in event.signature.replace("?", ""):
            if kind == "h":
                values.append(self._in_descriptors.popleft())
                continue
            value, place = unmarshalled(kind, body, place)
            if kind == "o":
                value = self._objects.get(value)
            elif kind == "n":
                assert event.makes is not None
                value = self._keep(event.makes, of.version, value)
            values.append(value)
        return values

    def _offered(self, name: int, interface: str, version: int) -> None:
        self.globals[name] = Global(name, interface, version)

    def _withdrawn(self, name: int) -> None:
        self.globals.pop(name, None)

    def _deleted(self, number: int) -> None:
        if self._objects.pop(number, None) is not None:
            self._free.append(number)

    def _refused(self, of: Object | None, code: int, message: str) -> None:
        name = "something" if of is None else of.interface.name
        raise RequestRefused(f"the Wayland compositor refused {name}: {message} ({code})")


def _is_ready(to_read: list[Any], to_write: list[Any], deadline: float | None) -> bool:
    """Wait until one of them can be read or written; False at the deadline."""
    left = None if deadline is None else max(0.0, deadline - time.monotonic())
    return any(select.select(to_read, to_write, [], left))
