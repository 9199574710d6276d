"""The gate between the PortAudio callback and the ring: nothing unverified passes.

When a microphone is unplugged, the sound server moves our stream to another source without a word. The
server's event arrives within a millisecond, but finding out what it means takes a few. For that long the gate
holds the blocks back; they are let through in order when the route is found good, and forgotten when it is
not.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

from sayso.audio import Pcm
from sayso.ring import NEVER, Ring

HELD_BLOCKS = 2000  # 2000 x 32 ms = 64 s, as much as the ring holds; a look takes milliseconds


class Gate:
    """What the callback writes to.

    Doubt and trust are counted in routing events, so that trust in what was read before the newest event does
    not open the gate. Only the callback writes; two integers are all that other threads touch, until one shuts it.

    Args:
        into: where good blocks go: the ring, or the ring of the native rate.
        overflows: where lost input is counted, and from which the audio is taken in the end.
        on_first: called once, at the first block; must not block.
        is_open: False where the route must be verified before the first block passes.
        on_wanted: called when somebody begins to wait for audio, and when nobody does any more; must not block.

    """

    def __init__(
        self,
        into: Ring,
        overflows: Ring,
        on_first: Callable[[], None],
        *,
        is_open: bool,
        on_wanted: Callable[[bool], None] = lambda _: None,
    ) -> None:
        self._into = into
        self._overflows = overflows
        self._on_first = on_first
        self._on_wanted = on_wanted
        self._is_wanted = False
        self._doubted = 0
        self._trusted = 0 if is_open else -1
        self._held: deque[Pcm] = deque(maxlen=HELD_BLOCKS)
        self._blocks = 0
        self._is_shut = False
        self._writing = threading.Lock()  # nobody else takes it but `shut`, once

    @property
    def blocks(self) -> int:
        """How many blocks the callback has brought; standing still means that the stream has stalled."""
        return self._blocks

    @property
    def is_open(self) -> bool:
        """Whether blocks pass."""
        return self._doubted <= self._trusted

    def doubt(self, serial: int) -> None:
        """Hold blocks back: the routing event of that number has come and is not understood yet."""
        self._doubted = serial

    def trust(self, serial: int) -> None:
        """Let blocks pass: the route was found good after the event of that number."""
        self._trusted = max(serial, self._trusted)

    def trust_blindly(self) -> None:
        """Let blocks pass although nobody can tell the route: there is no server to ask."""
        self.trust(self._doubted)

    def shut(self) -> None:
        """Let nothing pass any more, whatever becomes of the callback; when this returns, nothing is written."""
        with self._writing:
            self._is_shut = True

    def write(self, block: Pcm, overflowed: bool) -> None:
        """Take a block, shape (n,). PortAudio's callback thread: never blocks; copies only while closed."""
        with self._writing:
            if not self._is_shut:
                self._write(block, overflowed)

    def _write(self, block: Pcm, overflowed: bool) -> None:
        self._blocks += 1
        if overflowed:
            self._overflows.note_overflow()
        if self._doubted > self._trusted:
            self._held.append(block.copy())
        else:
            while self._held:
                self._into.write(self._held.popleft())
            self._into.write(block)
        if self._blocks == 1:
            self._on_first()
        is_wanted = self._overflows.wake_at != NEVER
        if is_wanted is not self._is_wanted:
            self._is_wanted = is_wanted
            self._on_wanted(is_wanted)
