"""Our engine in the place of the person's, and the person's back in its place.

Switching costs 3 ms there and 3 ms back (measured), and drops what the person's engine was composing. So it is
done with the first text or tail of an utterance, and undone when nothing has been typed or shown for
LINGER_SECONDS, or as soon as the person presses a key while nothing is shown: their engine may make more of it.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine
from typing import Any, Final

from dbus_fast import Message, MessageType

from sayso.errors import TypistError, Unable
from sayso.ibus import wire
from sayso.ibus.daemon import Daemon
from sayso.ibus.engine import Engine
from sayso.ibus.note import Note

LINGER_SECONDS: Final = 0.3
SHOWN_SECONDS: Final = 10.0  # a tail that nobody replaces or takes away
GONE_SECONDS, LOOK_SECONDS = 0.3, 0.002  # until the daemon has seen that we are gone; nothing tells it
NO_ENGINE = "IBus has no input source; add one with ibus-setup, or choose another typing backend"
NOT_TAKEN = "ibus-daemon does not turn sayso's engine on; restart it with: ibus restart"


class Switch:
    """Which engine is on, at one daemon. The link's thread only, but for `is_on`, which any may read.

    Args:
        daemon: asked.
        engine: ours.
        note: of the person's engine.

    Attributes:
        is_on: ours is on.
        own: the person's; None where it has none.

    """

    def __init__(self, daemon: Daemon, engine: Engine, note: Note) -> None:
        self.is_on = False
        self.own: str | None = None
        self._daemon = daemon
        self._engine = engine
        self._note = note
        self._is_shown = False
        self._timer: asyncio.TimerHandle | None = None
        self._lock = asyncio.Lock()
        self._tasks: set[asyncio.Future[None]] = set()  # asyncio itself keeps none alive

    async def start(self) -> None:
        """Learn which engine is the person's, and turn it on where a sayso that is gone has not."""
        now = await self._daemon.global_engine()
        own = self._note.read() if now in (None, wire.ENGINE) else now
        if own is not None:
            self._is_own(own)
            if own != now:
                await self._daemon.set_global_engine(own)

    async def turn_on(self) -> None:
        """Turn ours on, if it is off, and leave it so for a while.

        Raises:
            Unable: there is no engine to go back to, or the daemon does not take ours.

        """
        async with self._lock:
            if not self.is_on:
                await self._turn_on()
            self.linger(is_shown=self._is_shown)

    async def _turn_on(self) -> None:
        now = await self._daemon.global_engine()
        if now not in (None, wire.ENGINE, self.own):
            self._is_own(now)
        if self.own is None:
            raise Unable(NO_ENGINE)
        self.is_on = await self._daemon.set_global_engine(wire.ENGINE)
        if not self.is_on:
            raise Unable(NOT_TAKEN)
        if self._engine.field is not None and not self._engine.field.client:
            # It asks a new engine whether it wants to know the client only after it has told it of the focus.
            await self._daemon.set_global_engine(wire.ENGINE)

    async def turn_off(self) -> None:
        """Turn the person's on again."""
        async with self._lock:
            if not self.is_on:
                return
            self._is_off()
            is_ours = await self._daemon.global_engine() == wire.ENGINE  # otherwise somebody has chosen another
            if is_ours and self.own is not None:
                await self._daemon.set_global_engine(self.own)

    def _is_own(self, engine: str) -> None:
        self.own = engine
        self._note.write(engine)

    def linger(self, *, is_shown: bool) -> None:
        """From now on ours is on for as long as it is when something has been typed, or is shown."""
        self._is_shown = is_shown
        self.stop()
        seconds = SHOWN_SECONDS if is_shown else LINGER_SECONDS
        self._timer = asyncio.get_running_loop().call_later(seconds, self._turn_off_soon)

    def key_pressed(self) -> None:
        """The person uses the keyboard: it is for their engine as soon as may be."""
        if self.is_on and not self._is_shown:
            self._turn_off_soon()

    def hear(self, message: Message) -> None:
        """Take a message: the person, or a program, may choose another engine, and then that one stays."""
        if message.message_type is not MessageType.SIGNAL or message.member != "GlobalEngineChanged":
            return
        if message.signature == "s" and message.body[0] != wire.ENGINE and not self._lock.locked():
            self._is_off()
            self._is_own(message.body[0])

    def stop(self) -> None:
        """Leave everything as it is from now on."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _is_off(self) -> None:
        self.stop()
        self.is_on = False
        self._is_shown = False

    def _turn_off_soon(self) -> None:
        task = asyncio.ensure_future(_quietly(self.turn_off()))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def put_back(daemon: Daemon, own: str) -> None:
    """After our engine is gone, turn the person's on, which the daemon turns off then (see `note`)."""
    deadline = asyncio.get_running_loop().time() + GONE_SECONDS
    while await daemon.global_engine() == own:
        if asyncio.get_running_loop().time() > deadline:
            return  # a daemon that knows better
        await asyncio.sleep(LOOK_SECONDS)
    await daemon.set_global_engine(own)


async def _quietly(what: Coroutine[Any, Any, None]) -> None:
    with contextlib.suppress(TypistError, OSError, EOFError, TimeoutError):  # the daemon went away meanwhile
        await what
