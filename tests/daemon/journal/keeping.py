"""A journal to look into, and what is put in it."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np

from sayso.audio import Pcm
from sayso.errors import KeyLocked
from sayso.events import Edit, Span, TimedWord, UtteranceSaid
from sayso.journal import Begun, Correction, Decision, Outcome, Spooled
from sayso.journal.database import Database
from sayso.journal.keyring import Ring
from sayso.journal.keys import Key
from sayso.journal.writing import add

KEY = Key(bytes(range(32)), "file")
OTHER_KEY = Key(bytes(range(1, 33)), "file")


class MemoryRing:
    """A keyring that is open, locked or absent, as a test says."""

    def __init__(self, state: Ring = Ring.OPEN) -> None:
        self.state = state
        self.secrets: dict[str, bytes] = {}
        self.loses = False

    def look(self) -> Ring:
        """How it is now."""
        return self.state

    def load(self, name: str) -> bytes | None:
        """What it has."""
        self._must_be_open()
        return self.secrets.get(name)

    def every(self) -> tuple[bytes, ...]:
        """All that it has."""
        self._must_be_open()
        return tuple(self.secrets.values())

    def store(self, name: str, secret: bytes) -> None:
        """Keep it, if it keeps anything."""
        self._must_be_open()
        if not self.loses:
            self.secrets[name] = secret

    def remove(self, name: str) -> None:
        """Forget it."""
        self._must_be_open()
        self.secrets.pop(name, None)

    def _must_be_open(self) -> None:
        if self.state is not Ring.OPEN:
            raise KeyLocked("the keyring is locked")


def noise(seconds: float = 0.5, seed: int = 0) -> Pcm:
    """Audio that nothing compresses, shape (n,)."""
    return np.random.default_rng(seed).integers(-8000, 8000, round(seconds * 16_000)).astype(np.int16)


def said(number: int, text: str) -> UtteranceSaid:
    """That this was said, and typed with a great letter at its beginning."""
    words = tuple(TimedWord(f" {word}", at * 0.3, at * 0.3 + 0.25, 0.875) for at, word in enumerate(text.split()))
    spans = (Span(0, len(text), tuple(range(len(words)))),)
    typed = Edit(0, text[:1].upper() + text[1:], spans)
    return UtteranceSaid(number, 0.5, words, "en", (text, typed.insert), typed, (0,), "before it", ("Kubernetes",))


def spooled(
    number: int,
    text: str = "hello world",
    *,
    application: str = "Gedit",
    at: float | None = None,
    seconds: float = 0.5,
) -> Spooled:
    """An utterance as the spool has it; it began a moment ago."""
    told = said(number, text)
    begun = Begun(
        number, time.time() - 10 if at is None else at, application, "tiny.en", "ctranslate2", "cpu", True
    )
    return Spooled(begun, noise(seconds, number), told, told.typed.insert, Outcome.DELIVERED, 0.25)


def correction(
    number: int,
    text: str = "Hello there",
    *,
    decision: Decision = Decision.ACCEPTED,
    source: str = "in-place",
    trust: float = 0.7,
    is_by_person: bool = False,
) -> Correction:
    """What the person made of it."""
    changes = (("world", "there"),)
    return Correction(
        number, source, trust, decision, ("it sounds alike",), text, text, changes, is_by_person, 5.0
    )


def opened(folder: Path, key: Key | None = KEY, *, write: bool = True) -> Database:
    """The journal in a folder."""
    return Database(folder, key, write=write)


def filled(folder: Path, count: int) -> Database:
    """A journal with so many utterances, numbered from 1."""
    db = opened(folder)
    for number in range(1, count + 1):
        add(db, spooled(number, f"utterance {number}"), Outcome.DELIVERED)
    return db
