"""A journal and a collector as the service has them, fed with what the flow would tell."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from tests.daemon.journal.keeping import noise
from tests.daemon.journal.spooling import Told, in_file
from tests.desktop.rig.waiting import until

from sayso.corrections import Seen, Source
from sayso.corrections.collector import Collector
from sayso.corrections.settling import Margin
from sayso.events import (
    Corrected,
    Edit,
    Event,
    Span,
    TextStands,
    TimedWord,
    UtteranceCutShort,
    UtteranceDelivered,
    UtteranceFinished,
    UtteranceSaid,
    UtteranceStarted,
)
from sayso.journal import Begun, Correction, Damage, Decision, Utterance
from sayso.journal.database import Database
from sayso.journal.reading import corrections, lines
from sayso.journal.thread import JournalThread

T = TypeVar("T")
WAIT_SECONDS = 10.0
HEARD, MEANT = "it runs on cooper netties today", "it runs on Kubernetes today"


def said(utterance: int, text: str, confidence: float = 0.5) -> UtteranceSaid:
    """Words of half a second each, typed as they were said."""
    words = tuple(
        TimedWord(f" {word}", utterance * 10 + n / 2, utterance * 10 + n / 2 + 0.4, confidence)
        for n, word in enumerate(text.split())
    )
    spans, at = [], 0
    for n, word in enumerate(text.split()):
        size = len(word) + (n > 0)
        spans.append(Span(at, at + size, (n,)))
        at += size
    return UtteranceSaid(utterance, utterance * 10.0, words, "en", (text, text), Edit(0, text, tuple(spans)))


class Desk:
    """Somebody dictates and corrects. A context manager.

    Attributes:
        collector: what is tried.
        told: what it has told.
        learnt: the corrections that it has learnt from.
        learns: whether the person wants anything kept.

    """

    def __init__(self, state: Path, margin: Margin | None = None) -> None:
        self.learns = True
        self.told = Told()
        self.learnt: list[Correction] = []
        self.journal = JournalThread(state, self.told, in_file, learns=lambda: self.learns)
        self.collector = Collector(
            self.journal.ask, self.told, margin=margin, learn=self._learn, learns=lambda: self.learns
        )
        self.observers: list[Callable[[Event], None]] = [self.journal.watch, self.collector.watch]

    def __enter__(self) -> Self:
        self.journal.start()
        self.collector.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.collector.stop()
        self.journal.stop()

    def _learn(self, _database: Database, correction: Correction, _utterance: Utterance) -> None:
        self.learnt.append(correction)

    def tell(self, *events: Event) -> None:
        """The flow tells."""
        for event in events:
            for observer in self.observers:
                observer(event)

    def begin(self, utterance: int, text: str = HEARD) -> None:
        """Somebody begins to say something …"""
        self.journal.begin(Begun(utterance, 1_000.0 + utterance, "Editor", "tiny.en", "test", "cpu", self.learns))
        self.tell(UtteranceStarted(utterance, 0))
        self.journal.hear(utterance, noise(len(text.split()) / 2))

    def end(self, utterance: int, text: str = HEARD, place: int = 1, confidence: float = 0.5) -> None:
        """… and has said it, and it was typed."""
        told = said(utterance, text, confidence)
        self.tell(
            told,
            UtteranceFinished(utterance, told.typed, text, 0.0, 0),
            TextStands(utterance, text, "Editor", place, 0),
            UtteranceDelivered(utterance),
        )

    def dictate(self, utterance: int, text: str = HEARD, place: int = 1, confidence: float = 0.5) -> None:
        """Say something from its beginning to its end; returns when the journal has it."""
        self.begin(utterance, text)
        self.end(utterance, text, place, confidence)
        until(lambda: utterance in self.utterances, f"the journal to have utterance {utterance}")

    def take_back(self, utterance: int, place: int = 1) -> None:
        """Undo what was typed."""
        self.tell(UtteranceCutShort(utterance, "", place))

    def see(self, utterance: int, text: str = MEANT, source: Source = Source.EXPLICIT) -> Future[Correction]:
        """A text is seen."""
        return self.collector.take(Seen(utterance, source, text, 1_000.0))

    def settled(self, utterance: int, text: str = MEANT, source: Source = Source.EXPLICIT) -> Correction:
        """… and judged."""
        return self.see(utterance, text, source).result(WAIT_SECONDS)

    def asked(self, do: Callable[[Database], T]) -> T:
        """Something of the journal."""
        return self.journal.ask(do).result(WAIT_SECONDS)

    @property
    def utterances(self) -> list[int]:
        """Those that the journal has."""
        return self.asked(lambda database: [one.utterance for one in lines(database, None) if one.utterance])

    @property
    def kept(self) -> list[tuple[int, str, str, Decision]]:
        """Utterance, source, text and decision of all corrections that the journal has."""
        found = self.asked(lambda database: list(corrections(database)))
        return [
            (one.utterance, one.source, one.text, one.decision) for one in found if not isinstance(one, Damage)
        ]

    @property
    def corrected(self) -> list[Corrected]:
        """What was told of corrections."""
        return [event for event in self.told.events if isinstance(event, Corrected)]


class Gate:
    """Something that is waited for until the test lets it go on."""

    def __init__(self) -> None:
        self.reached, self.open = threading.Event(), threading.Event()

    def __call__(self) -> None:
        self.reached.set()
        assert self.open.wait(WAIT_SECONDS)
