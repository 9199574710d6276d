"""How much anybody may ask: a pure count over one-second windows."""

from __future__ import annotations

PER_SENDER = 200  # a second: a level meter asks 60 times
ALL_TOGETHER = 1_000  # a second; at 0.15 ms each that is 15 % of one core
EVEN_SO = 5  # what each may ask when all together ask too much: the innocent are answered too
HARD_STOP = 2 * ALL_TOGETHER  # a crowd of connections must not add up to a flood


class Gate:
    """Admits messages by sender. Knows no clock and takes a microsecond: it stands in the way of a flood."""

    def __init__(self) -> None:
        self._window = 0
        self._admitted = 0
        self._asked: dict[str | None, int] = {}

    def admits(self, sender: str | None, now_seconds: float) -> bool:
        """Whether to deal with one more message of this sender now.

        Args:
            sender: its unique name on the bus.
            now_seconds: by any clock that only goes forward.

        """
        window = int(now_seconds)
        if window != self._window:
            self._window, self._admitted = window, 0
            self._asked = {}  # memory: no more senders than a second has messages
        asked = self._asked[sender] = self._asked.get(sender, 0) + 1
        limit = PER_SENDER if self._admitted < ALL_TOGETHER else EVEN_SO
        if asked > limit or self._admitted >= HARD_STOP:
            return False
        self._admitted += 1
        return True
