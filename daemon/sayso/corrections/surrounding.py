"""What dictated text has become by the time that more is typed, where only the input method sees it.

An input method is told what stands around the cursor when it types, and at no other time. So what the person made
of the last texts in a window is seen with the next one, and not at all where no more is dictated there.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final, Protocol, runtime_checkable

from sayso.corrections import Seen, Source
from sayso.corrections.standing import Baseline, Fate, Ours, became
from sayso.events import Event, TextStands, UtteranceCutShort

MOST_TEXTS: Final = 4  # of a window: its client may tell the line of the cursor alone
MOST_WINDOWS: Final = 16


@runtime_checkable
class Tells(Protocol):
    """A typist that says what stands around the cursor before it types: the window's number, and the text."""

    told_around: Callable[[int, str], None]


class Surrounding:
    """Remembers what was typed in each window. Any thread.

    Args:
        take: told what was seen, on the thread that types; must return at once.
        now: seconds since 1970.

    """

    def __init__(self, take: Callable[[Seen], None], now: Callable[[], float] = time.time) -> None:
        self._take = take
        self._now = now
        self._lock = threading.Lock()
        self._windows: dict[int, dict[int, str]] = {}
        self._told: dict[int, str] = {}

    def listen(self, typist: object) -> None:
        """Hear of what stands around the cursor from a typist, if it can tell."""
        if isinstance(typist, Tells):
            typist.told_around = self.around

    def watch(self, event: Event) -> None:
        """Hear what is typed."""
        if isinstance(event, TextStands):
            with self._lock:
                self._forget(event.utterance)
                texts = self._windows.pop(event.window_key, {})
                self._windows[event.window_key] = texts | {event.utterance: event.text}
                if len(texts) >= MOST_TEXTS:
                    self._forget(next(iter(texts)))
                if len(self._windows) > MOST_WINDOWS:
                    for utterance in tuple(self._windows[next(iter(self._windows))]):
                        self._forget(utterance)
                    del self._windows[next(iter(self._windows))]
        elif isinstance(event, UtteranceCutShort):
            with self._lock:
                self._forget(event.utterance)

    def around(self, window: int, text: str) -> None:
        """Hear what stands around the cursor in a window, before anything is typed there."""
        with self._lock:
            texts = dict(self._windows.get(window, {}))
            changed = [one for one in _changed(texts, text) if self._told.get(one[0]) != one[1]]
            self._told.update(changed)
        for utterance, now in changed:
            self._take(Seen(utterance, Source.SURROUNDING, now, self._now()))

    def _forget(self, utterance: int) -> None:
        self._told.pop(utterance, None)
        for texts in self._windows.values():
            texts.pop(utterance, None)


def _changed(texts: dict[int, str], now: str) -> list[tuple[int, str]]:
    """What stands now instead of texts that were typed one after the other; only of those that are others."""
    joined, ours = "", []
    for utterance, text in texts.items():
        ours.append(Ours(utterance, len(joined), len(joined) + len(text)))
        joined += text
    if not ours or not now.strip():
        return []
    stands = became(Baseline(joined, tuple(ours)), now).stands
    return [(one.utterance, one.text) for one in stands if one.fate is Fate.FIXED]
