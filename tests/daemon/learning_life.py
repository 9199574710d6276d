"""What learns, as the service has it, with somebody who dictates and corrects."""

from __future__ import annotations

import time
from concurrent.futures import Future
from pathlib import Path
from typing import cast

from tests.daemon.corrections.collecting import HEARD, MEANT, WAIT_SECONDS, said
from tests.daemon.journal.keeping import noise
from tests.daemon.journal.spooling import Told

from sayso.config import load_settings
from sayso.engines.resident import Presence, ResidentEngine
from sayso.events import Event, TextStands, UtteranceDelivered, UtteranceFinished, UtteranceStarted
from sayso.journal import Begun, Decision
from sayso.learning import Learning
from sayso.sight import Sight


class FakeSight(Sight):
    """Sees what the test says is selected."""

    def __init__(self, mark: Path) -> None:
        super().__init__(mark)
        self.selected: str | None = None

    def selection(self) -> str | None:
        return self.selected


class Resting:
    """An engine that is not loaded."""

    presence = Presence.UNLOADED


class Life:
    """One run of the service, as far as it learns. A context manager.

    Attributes:
        told: what was told to everybody.
        refreshed: how often the bus was asked to look again.
        clipboard: what was put into it.

    """

    def __init__(self, folder: Path, **settings: str) -> None:
        self.told = Told()
        self.refreshed: list[bool] = []
        self.clipboard: list[str] = []
        self.sight = FakeSight(folder / "mark")
        loaded = load_settings(None, {"journal.key": "file", **settings})
        engine = cast(ResidentEngine, Resting())
        self.learning = Learning(loaded, self.told, self.sight, engine, lambda: self.refreshed.append(True))

    def __enter__(self) -> Life:
        self.learning.journal.start()
        self.learning.start(self._keep)
        self.learning.begin(lambda _: said(1, "nothing"))
        return self

    def __exit__(self, *_: object) -> None:
        self.learning.stop()
        self.learning.journal.stop()

    def _keep(self, text: str) -> Future[None]:
        self.clipboard.append(text)
        done: Future[None] = Future()
        done.set_result(None)
        return done

    def answer(self, on: bool) -> None:
        """The person says whether anything may be kept."""
        self.learning.give_consent(on).result(WAIT_SECONDS)

    def tell(self, *events: Event) -> None:
        """Something happens in the flow."""
        for event in events:
            self.learning.journal.watch(event)
            self.learning.watch(event)

    def dictate(self, utterance: int, text: str = HEARD) -> None:
        """Somebody says something, and it is typed."""
        journal = self.learning.journal
        journal.begin(Begun(utterance, time.time(), "Editor", "tiny.en", "test", "cpu", journal.learns()))
        self.tell(UtteranceStarted(utterance, 0))
        journal.hear(utterance, noise(len(text.split()) / 2))
        heard = said(utterance, text)
        self.tell(
            heard,
            UtteranceFinished(utterance, heard.typed, text, 0.0, 0),
            TextStands(utterance, text, "Editor", 1, 0),
            UtteranceDelivered(utterance),
        )

    def correct(self, utterance: int, text: str = MEANT) -> Decision:
        """They say what it was to be."""
        return self.learning.correct(utterance, text).result(WAIT_SECONDS).decision

    @property
    def terms(self) -> list[str]:
        """The words that the flow knows."""
        return [term.text for term in self.learning.vocabulary.snapshot.terms]
