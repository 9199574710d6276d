"""The clipboard of a RemoteDesktop session: lent a text for the length of a paste, with what was there put back.

A session serves what it owns: each program that pastes makes the portal ask for the text, and gets it through a
pipe that the compositor made. What another program had copied is read before, in all its types, and served after.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from dbus_fast import Message, Variant

from sayso.errors import BusError
from sayso.portal import CLIPBOARD
from sayso.portal.requests import Portals

TEXT_TYPES: Final = ("text/plain;charset=utf-8", "text/plain", "UTF8_STRING", "STRING", "TEXT")
USUAL_TYPES: Final[tuple[str, ...]] = ("text/plain;charset=utf-8", "text/plain", "text/html", "image/png")
SECRET_HINT: Final = "x-kde-passwordManagerHint"  # clipboard managers leave out of their history what carries it
AHEAD_SECONDS: Final = 0.03  # for clipboard managers, which read whatever is copied
RESTORE_SECONDS: Final = 0.5  # after the paste: some programs ask twice, and the next words are often near
UNTAKEN_SECONDS: Final = 20.0  # a window that hangs has the keys in its queue, and pastes what it finds later
PIPE_SECONDS: Final = 2.0  # for a program that offers something and does not deliver, or asks and does not read
MOST_BYTES: Final = 32 * 1024 * 1024  # of what is saved; more is not put back
MOST_TYPES: Final = 16
PIECE: Final = 65536  # a pipe's usual capacity


@dataclass(frozen=True, slots=True, eq=False)
class Offer:
    """A text that is being lent.

    Attributes:
        struck: set by whoever tells a window to paste.
        taken: set when the text was read after that.
        over: set when it is on offer no longer.

    """

    struck: threading.Event = field(default_factory=threading.Event)
    taken: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)


class PortalClipboard:
    """The clipboard of a session. On the thread of the portals' connection alone.

    Args:
        portals: the connection's.
        session: the path of its session.

    Attributes:
        on_late: called when a text that was left (`leave`) has been taken, or is on offer no longer.

    """

    def __init__(self, portals: Portals, session: str) -> None:
        self.on_late: Callable[[], None] = lambda: None
        self._late: Offer | None = None
        self._portals = portals
        self._session = session
        self._theirs = USUAL_TYPES  # of what another program has copied, until it is told
        self._saved: dict[str, bytes] = {}
        self._served: Mapping[str, bytes] = {}
        self._offer: Offer | None = None
        self._asked_at = 0.0
        self._is_ours = False
        self._doing: set[asyncio.Future[Any]] = set()  # asyncio itself keeps none alive
        self._restoring: asyncio.TimerHandle | None = None

    def hear(self, message: Message) -> None:
        """Take a signal of the portal."""
        if message.interface != CLIPBOARD:
            return
        if message.member == "SelectionTransfer" and message.signature == "osu":
            self._do(self._serve(str(message.body[1]), int(message.body[2])))
        elif message.member == "SelectionOwnerChanged" and message.signature == "oa{sv}":
            told = {name: value.value for name, value in message.body[1].items()}
            self._is_ours = bool(told.get("session_is_owner"))
            if not self._is_ours:  # somebody copied something: that is what belongs there now
                types = told.get("mime_types", ())
                self._theirs = tuple(types[0] if len(types) == 1 and isinstance(types[0], list) else types)
                self._saved = {}
                self._end_offer()

    async def lend(self, text: str) -> Offer:
        """Put a text there to be pasted; returns when whoever reads all that is copied has read it.

        Raises:
            BusError: the session is over.

        """
        self._stop_restoring()
        if self._offer is None and not self._is_ours:
            self._saved = await self._read_all()
        self._end_offer()
        offer = self._offer = Offer()
        await self._set(_as_types(text) | {SECRET_HINT: b"secret"})
        loop = asyncio.get_running_loop()
        self._asked_at = loop.time()
        while (rest := self._asked_at + AHEAD_SECONDS - loop.time()) > 0:
            await asyncio.sleep(rest)
        return offer

    def release(self, offer: Offer) -> None:
        """The text was pasted, or never will be: put back what was there before, in a moment."""
        if offer is self._offer:
            self._restore_in(RESTORE_SECONDS if offer.taken.is_set() else 0.0)

    def leave(self, offer: Offer) -> None:
        """The text was not taken in time: leave it there for as long as a window that hangs may need."""
        if offer is self._offer:
            self._late = offer
            self._restore_in(UNTAKEN_SECONDS)

    async def keep(self, text: str) -> None:
        """Put a text there to stay.

        Raises:
            BusError: the session is over.

        """
        self._stop_restoring()
        self._end_offer()
        self._saved = _as_types(text)
        await self._set(self._saved)

    async def close(self) -> None:
        """Put back what was there."""
        if self._offer is not None:
            self._stop_restoring()
            with contextlib.suppress(BusError):
                await self._give_back()

    def _end_offer(self) -> None:
        offer, self._offer = self._offer, None
        if offer is not None:
            offer.over.set()
            self._tell_late(offer)

    def _tell_late(self, offer: Offer) -> None:
        if offer is self._late:
            self._late = None
            self.on_late()

    def _restore_in(self, seconds: float) -> None:
        self._stop_restoring()
        loop = asyncio.get_running_loop()
        self._restoring = loop.call_later(seconds, lambda: self._do(self._give_back()))

    def _stop_restoring(self) -> None:
        if self._restoring is not None:
            self._restoring.cancel()
            self._restoring = None

    async def _give_back(self) -> None:
        self._end_offer()
        await self._set(self._saved)

    async def _set(self, served: Mapping[str, bytes]) -> None:
        self._served = served
        options = {"mime_types": Variant("as", list(served))} if served else {}  # none: it is given up
        self._is_ours = bool(served)
        await self._portals.call(CLIPBOARD, "SetSelection", "oa{sv}", [self._session, options])

    # ── pipes ─────────────────────────────────────────────────────────────────────────────────────

    def _do(self, what: Any) -> None:
        task = asyncio.ensure_future(_swallowed(what))
        self._doing.add(task)
        task.add_done_callback(self._doing.discard)

    async def _serve(self, kind: str, serial: int) -> None:
        offer, data = self._offer, self._served.get(kind)
        self._asked_at = asyncio.get_running_loop().time()
        was_struck = offer is not None and offer.struck.is_set()
        is_done = False
        answer = await self._portals.call(CLIPBOARD, "SelectionWrite", "ou", [self._session, serial])
        pipe = answer.unix_fds[answer.body[0]]
        try:
            if data is not None:
                is_done = await _write(pipe, data)
        finally:
            os.close(pipe)
            await self._portals.call(CLIPBOARD, "SelectionWriteDone", "oub", [self._session, serial, is_done])
        if offer is not None and was_struck and is_done and kind in TEXT_TYPES:
            offer.taken.set()
            if offer is self._late:
                self._restore_in(RESTORE_SECONDS)
                self._tell_late(offer)

    async def _read_all(self) -> dict[str, bytes]:
        """What another program has copied, in its types; without those that it does not deliver."""
        found: dict[str, bytes] = {}
        for kind in self._theirs[:MOST_TYPES]:
            with contextlib.suppress(BusError, OSError):
                answer = await self._portals.call(CLIPBOARD, "SelectionRead", "os", [self._session, kind])
                pipe = answer.unix_fds[answer.body[0]]
                try:
                    data = await _read(pipe, MOST_BYTES - sum(map(len, found.values())))
                finally:
                    os.close(pipe)
                if data is not None:
                    found[kind] = data
        return found


def _as_types(text: str) -> dict[str, bytes]:
    return dict.fromkeys(TEXT_TYPES, text.encode())


async def _swallowed(what: Any) -> None:
    with contextlib.suppress(BusError, OSError):  # the session is over, and nobody waits for it
        await what


async def _write(pipe: int, data: bytes) -> bool:
    """Write all of it; False where it is not read in time."""
    os.set_blocking(pipe, False)
    rest = memoryview(data)
    try:
        async with asyncio.timeout(PIPE_SECONDS):
            while rest:
                try:
                    rest = rest[os.write(pipe, rest[:PIECE]) :]
                except BlockingIOError:
                    await _until_ready(pipe, writing=True)
    except (TimeoutError, OSError):
        return False
    return True


async def _read(pipe: int, most: int) -> bytes | None:
    """Read to the end; None where that does not come in time, or after too many bytes."""
    os.set_blocking(pipe, False)
    found = bytearray()
    try:
        async with asyncio.timeout(PIPE_SECONDS):
            while len(found) <= most:
                try:
                    piece = os.read(pipe, PIECE)
                except BlockingIOError:
                    await _until_ready(pipe, writing=False)
                    continue
                if not piece:
                    return bytes(found)
                found += piece
    except (TimeoutError, OSError):
        return None
    return None


async def _until_ready(pipe: int, *, writing: bool) -> None:
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    (loop.add_writer if writing else loop.add_reader)(pipe, ready.set)
    try:
        await ready.wait()
    finally:
        (loop.remove_writer if writing else loop.remove_reader)(pipe)
