"""A desktop without a screen: windows of which one has the focus, a delivery to them, and what it tells."""

from __future__ import annotations

import threading

from sayso.errors import TargetAway, TargetGone, TypistError
from sayso.events import Edit, Event, Problem, ProblemCleared, TextStands, UtteranceCutShort
from sayso.typist import HERE, Abilities, Target
from sayso.typist.delivery import Delivery
from sayso.typist.recording import RecordingTypist


class Window(RecordingTypist):
    """A window that can be closed and opened again."""

    def __init__(self, *, preedit: bool = False) -> None:
        super().__init__()
        self.is_open = True
        self.tails: list[str] = []
        self.threads: set[threading.Thread] = set()
        self._preedit = preedit

    @property
    def abilities(self) -> Abilities:
        return Abilities(unicode=True, delete=True, preedit=self._preedit)

    def type(self, edit: Edit, target: Target = HERE) -> None:
        self.threads.add(threading.current_thread())
        if not self.is_open:
            raise TypistError("the window is gone")
        super().type(edit, target)

    def show(self, unstable: str, target: Target) -> None:
        self.tails.append(unstable)


class Desktop(Window):
    """Windows by number, of which one has the focus."""

    def __init__(self) -> None:
        super().__init__()
        self.focused: int | None = 1
        self.texts = {1: "", 2: ""}
        self.clipboard = ""
        self.missing: str | None = None
        self.obeys = False
        self.refuses: TypistError | None = None
        self.secret: TypistError | None = None

    def target(self) -> Target | None:
        return None if self.focused is None else Target(self.focused)

    def absence(self) -> str | None:
        return self.missing

    def type(self, edit: Edit, target: Target = HERE) -> None:
        if self.secret is not None:
            raise self.secret
        if target.key not in self.texts:
            raise TargetGone("the window was closed")
        if target.key != self.focused:
            raise TargetAway("the focus is elsewhere")
        text = self.texts[target.key]
        assert edit.delete <= len(text)
        self.texts[target.key] = text[: len(text) - edit.delete] + edit.insert

    def go_to(self, target: Target) -> None:
        if self.refuses is not None:
            raise self.refuses
        if self.obeys:
            self.focused = target.key

    def keep(self, text: str) -> None:
        self.clipboard = text


def edit(text: str) -> Edit:
    return Edit(0, text)


class Bench:
    """A delivery on a desktop, and what it told."""

    def __init__(self, *, keeps: bool = False, mirror: RecordingTypist | None = None) -> None:
        self.desktop = Desktop()
        self.events: list[Event] = []
        self.locked = False
        self.deliver = Delivery(
            self.desktop, self.events.append, keeps=keeps, mirror=mirror, is_locked=lambda: self.locked
        )

    def focus(self, window: int | None) -> None:
        self.desktop.focused = window
        self.deliver.retry()

    def say(self, utterance: int, text: str) -> None:
        """An utterance begins, and all of its text comes in one edit."""
        self.deliver.begin(utterance)
        self.deliver(utterance, edit(text), True)

    @property
    def kinds(self) -> list[object]:
        """Names of problems told and cleared (with a minus), and types of the other events but of `standing`."""
        return [
            event.name
            if isinstance(event, Problem)
            else f"-{event.name}"
            if isinstance(event, ProblemCleared)
            else type(event)
            for event in self.events
            if not isinstance(event, UtteranceCutShort | TextStands)
        ]

    @property
    def stands(self) -> list[tuple[int, str, int]]:
        """Utterances of which all stands, their text, and in which window."""
        return [(e.utterance, e.text, e.window_key) for e in self.events if isinstance(e, TextStands)]

    @property
    def standing(self) -> list[tuple[int, str]]:
        """Utterances of which not everything stands, and what of them does."""
        return [(e.utterance, e.standing) for e in self.events if isinstance(e, UtteranceCutShort)]
