"""A journal of a test's own: what is told to it, what it tells, and what is in it afterwards."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from sayso.audio import Pcm
from sayso.events import (
    Decoded,
    Edit,
    Event,
    Problem,
    ProblemName,
    Span,
    TimedWord,
    UtteranceFinished,
    UtteranceSaid,
    UtteranceStarted,
)
from sayso.journal import Begun, Damage, Line, Outcome
from sayso.journal.database import Database
from sayso.journal.keys import Key, find_key
from sayso.journal.reading import audio as audio_of
from sayso.journal.reading import lines
from sayso.journal.spool import Disk, read_spool
from sayso.journal.thread import JournalThread

PIECE = 4_096
"""Samples in a piece of audio, as the flow hands them over: 256 ms."""

TEXT = "so it goes"
"""What is said, unless a test says otherwise."""

in_file: Callable[[Path], Key] = partial(find_key, choice="file")


def tone(count: int) -> Pcm:
    return (np.arange(count) % 1_000).astype(np.int16)


def begun(utterance: int, *, learns: bool = False, application: str = "Editor") -> Begun:
    return Begun(utterance, 1_000.0 + utterance, application, "tiny", "ctranslate2", "cpu", learns)


def said(utterance: int, text: str) -> UtteranceSaid:
    """Words of half a second each, typed as they were said."""
    words = tuple(TimedWord(f" {word}", n / 2, n / 2 + 0.4, 0.9) for n, word in enumerate(text.split()))
    spans, at = [], 0
    for n, word in enumerate(text.split()):
        size = len(word) + (n > 0)
        spans.append(Span(at, at + size, (n,)))
        at += size
    return UtteranceSaid(utterance, 0.0, words, "en", (text, text), Edit(0, text, tuple(spans)), prompt="before")


def spoken(utterance: int, *, learns: bool = False, text: str = TEXT, pieces: int = 2) -> list[object]:
    """All that the flow hands over of an utterance before its text has arrived."""
    audio = tone(pieces * PIECE)
    return [
        UtteranceStarted(utterance, 0),
        begun(utterance, learns=learns),
        *((utterance, audio[at : at + PIECE]) for at in range(0, len(audio), PIECE)),
        Decoded(utterance, True, 0.25),
        said(utterance, text),
        UtteranceFinished(utterance, said(utterance, text).typed, text, 0.0, 0),
    ]


class Told:
    """What a journal has told."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._changed = threading.Condition()

    def __call__(self, event: Event) -> None:
        with self._changed:
            self.events.append(event)
            self._changed.notify_all()

    def wait(self, count: int) -> None:
        """Until so many events have been told."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.events) >= count, 10), self.events

    @property
    def problems(self) -> list[ProblemName]:
        return [event.name for event in self.events if isinstance(event, Problem)]

    @property
    def messages(self) -> list[str]:
        return [event.message for event in self.events if isinstance(event, Problem)]


class Net:
    """A journal on a folder, one life of it after the other."""

    def __init__(self, state: Path, *, learns: bool = False, disk: Disk | None = None) -> None:
        self.state = state
        self.learns = learns
        self.told = Told()
        self.disk = disk

    @contextmanager
    def running(self, find: Callable[[Path], Key] = in_file) -> Iterator[JournalThread]:
        """One life, from start to stop."""
        journal = JournalThread(self.state, self.told, find, learns=lambda: self.learns, disk=self.disk)
        journal.start()
        try:
            yield journal
        finally:
            journal.stop()

    def take(self, *items: Event | Begun | tuple[int, Pcm]) -> list[Event]:
        """Begin, hear and watch in one life, and write everything."""
        with self.running() as journal:
            hand_over(journal, *items)
        return self.told.events

    @property
    def spooled(self) -> list[Path]:
        return sorted((self.state / "spool").glob("*"))

    @property
    def key(self) -> Key:
        return in_file(self.state / "journal")

    @property
    def rows(self) -> list[Line]:
        """What the journal has, oldest first."""
        return [line for line, _ in self._read()]

    @property
    def kept(self) -> dict[int, tuple[Outcome, str, int]]:
        """Number → outcome, text and samples of all that it has."""
        return {line.utterance: (line.outcome, line.typed, samples) for line, samples in self._read()}

    def _read(self) -> list[tuple[Line, int]]:
        database = Database(self.state / "journal", self.key, write=False)
        try:
            found: list[tuple[Line, int]] = []
            for line in lines(database, None):
                assert not isinstance(line, Damage), line
                found.append((line, len(audio_of(database, line.utterance)) if line.has_audio else 0))
            return found[::-1]
        finally:
            database.close()


def hand_over(journal: JournalThread, *items: Event | Begun | tuple[int, Pcm]) -> None:
    for item in items:
        if isinstance(item, tuple):
            journal.hear(*item)
        elif isinstance(item, Begun):
            journal.begin(item)
        else:
            journal.watch(item)


def until_on_disk(net: Net, utterance: int, samples: int) -> None:
    """Until so much of its audio can be read from the spool."""
    path = net.state / "spool" / f"{utterance}.spool"
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        spooled = read_spool(path, net.key.private) if path.exists() else None
        if spooled is not None and len(spooled.audio) >= samples:
            return
        time.sleep(0.002)  # a file tells nobody that it has grown
    pytest.fail(f"{samples} samples are not on disk after 10 s")
