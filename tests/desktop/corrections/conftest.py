"""Text that is dictated into real windows, edited there by hand, and watched."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from dbus_fast import Message
from tests.daemon.corrections.collecting import said
from tests.desktop.corrections.scripted import Judged, Scripted, judged
from tests.desktop.rig.accessibility import AccessibilityRig
from tests.desktop.rig.editing import EditedWindow, Hands, strokes
from tests.desktop.rig.waiting import until
from tests.desktop.rig.windows import GtkEntry, TextWindow, XtermWindow
from tests.desktop.rig.x11 import X11Rig

from sayso.corrections import Seen
from sayso.corrections.field_watch import FieldWatch
from sayso.corrections.repetition import Repetition
from sayso.events import Edit, Event, TextStands, UtteranceCutShort, UtteranceDelivered
from sayso.sight import Sight
from sayso.typist.delivery import Delivery
from sayso.typist.delivery_thread import DeliveryThread
from sayso.typist.opening import open_session

IDLE_SECONDS = 0.15
PATIENCE_SECONDS = 10.0
LIMITS = {
    "accessibility.atspi.ANSWER": 10.0,
    "corrections.field_watch.HOLD": 10.0,
    "corrections.following.UNMOVED": 10.0,
    "corrections.field_watch.ARRIVAL": 2.0,
}
"""Seconds that programs are waited for. Beside other tests they take longer; what is not waited for is lost."""


class Desk:
    """A delivery on its thread, whose text is watched, as in the service; and somebody who writes."""

    def __init__(self, rig: AccessibilityRig, sight: Sight) -> None:
        self.x11 = rig.display
        self.sight = sight
        self.seen: queue.SimpleQueue[Seen] = queue.SimpleQueue()
        self.events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self.repetition = Repetition(self.seen.put)
        self.watch = FieldWatch(
            sight.typed, self.seen.put, 10, deleted=self.repetition.gone, idle_seconds=IDLE_SECONDS
        )
        self.typist = open_session(sight.windows, sight)
        self.delivery = Delivery(self.typist, self._emit)
        self.thread = DeliveryThread(self.delivery)
        sight.on_focus(self.thread.retry)
        self.hands = Hands(self.x11, seed=1)
        self.utterance = 0
        self.is_for_all = True  # what is dictated now may be learnt from, as the flow says
        self.thread.start()
        self.watch.start()

    def _emit(self, event: Event) -> None:
        if self.is_for_all or not isinstance(event, TextStands):
            self.repetition.watch(event)
            self.watch.watch(event)
        self.events.put(event)

    def end(self) -> None:
        """Leave no thread behind."""
        self.watch.stop()
        self.thread.stop()
        self.typist.close()

    def aim(self, window: TextWindow) -> None:
        """Wait until the typist and accessibility know that a window has the focus."""

        def has_it() -> bool:
            target = self.typist.target()
            return target is not None and target.key & 0xFFFF_FFFF == window.window_id

        until(has_it, "the typist to see the focus")

    def _play_in_terminal(self, scripted: Scripted, window: EditedWindow, other: GtkEntry) -> Judged:
        with XtermWindow(self.x11) as xterm:
            self.aim(xterm)
            texts = {self.dictate(scripted.typed[0], xterm): scripted.typed[0]}
            self.write(scripted.keys, window, other)
            xterm.wait_for_text(scripted.becomes)
            self.settle()
        return judged(scripted, texts, self.all_seen())

    def await_field(self) -> None:
        """Wait until accessibility sees that a field has the focus."""

        def is_there() -> bool:
            field = self.sight._watch.confirm()
            return field is not None and field.has_text and field.is_editable

        until(is_there, "a field")

    def play_all(self, rig: AccessibilityRig, toolkit: str, edits: Sequence[Scripted]) -> list[Judged]:
        """Play edits one after the other in one window of a toolkit."""
        with GtkEntry(self.x11) as other, EditedWindow(rig, toolkit) as window:
            return [self.play(one, window, other) for one in edits]

    def play(self, scripted: Scripted, window: EditedWindow, other: GtkEntry) -> Judged:
        """Dictate and edit as an edit says; what is accepted of what was seen of it."""
        if scripted.field == "terminal":
            return self._play_in_terminal(scripted, window, other)
        window.focus()
        self.aim(window)
        window.begin(scripted.field, scripted.before)
        self.await_field()
        first, *more = scripted.typed
        texts = {self.dictate(first, window): first}
        texts |= zip(self.write(scripted.keys, window, other, more), more, strict=True)
        window.wait_for_text(scripted.becomes)
        self.settle()
        return judged(scripted, texts, [one for one in self.all_seen() if one.utterance in texts])

    def dictate(self, text: str, window: TextWindow | None = None) -> int:
        """Have a text typed where the focus is, which is watched then; returns the utterance's number.

        Args:
            text: what is said.
            window: in which somebody sees the text before they do anything else.

        """
        self.utterance += 1
        self.delivery.begin(self.utterance)
        self.repetition.watch(said(self.utterance, text))
        self.thread(self.utterance, Edit(0, text), True)
        self.wait(UtteranceDelivered)
        if window is not None:
            wanted = text.strip().casefold()
            window.wait_until(lambda now: wanted in now.casefold(), "what was dictated")
        self.settle()
        return self.utterance

    def wait(self, kind: type[Event]) -> Event:
        """Until there is an event of a type."""
        while not isinstance(event := self.events.get(timeout=PATIENCE_SECONDS), kind):
            pass
        return event

    def write(self, script: str, window: EditedWindow, other: GtkEntry, more: Sequence[str] = ()) -> list[int]:
        """Do what a script says; returns the numbers of the utterances that were dictated meanwhile."""
        dictated: list[int] = []
        rest = list(more)
        for stroke in strokes(script):
            match stroke.key if stroke.is_order else "":
                case "":
                    self.hands.strike(stroke)
                case "say":
                    dictated.append(self.dictate(rest.pop(0), window))
                case "away":
                    self._leave(other)
                case "back":
                    window.focus()
                    self.aim(window)
                    self.await_field()
                case "hide":
                    window.hide()
                case "settle":
                    self.settle()
                case "list":
                    until(lambda: self.x11.has_popup, "a list of completions")
                case "selected":
                    until(self._is_all_selected, "all to be selected")
                case "undo":
                    self.thread.undo()
                    self.wait(UtteranceCutShort)
                case unknown:
                    pytest.fail(f"there is no order {unknown!r}")
        return dictated

    def _leave(self, other: TextWindow) -> None:
        """Give another window the focus until its program knows: Qt tells nothing of one left for 0.1 s."""
        watch, left = self.sight._watch, threading.Event()
        window = watch.window

        def hear(message: Message) -> None:
            if window is not None and message.member == "Deactivate" and message.path == window.place.path:
                left.set()

        watch.hear(hear)
        try:
            other.focus()
            if window is not None and not left.wait(PATIENCE_SECONDS):
                pytest.fail("the window does not say that it was left")
        finally:
            watch.unhear(hear)

    def settle(self) -> None:
        """Wait until the watch has told what it will."""
        self.sight._watch.confirm()  # what was told before its answer has come by then
        until(self._is_settled, "the watch to settle")

    def _is_settled(self) -> bool:
        async def look() -> bool:
            if self.watch._coming != self.watch._come or self.watch._one.locked():
                return False
            return not any(one._timers or one._tasks or one._one.locked() for one in self.watch._fields.values())

        return self.sight._watch.do(look, 1.0) is True

    def _is_all_selected(self) -> bool:
        return any(one.field.is_all_selected for one in list(self.watch._fields.values()))

    def all_seen(self) -> list[Seen]:
        """What has been seen since this was asked last."""
        found = []
        while not self.seen.empty():
            found.append(self.seen.get())
        return found


@pytest.fixture
def rig(x11: X11Rig, monkeypatch: pytest.MonkeyPatch) -> Iterator[AccessibilityRig]:
    """An accessibility bus."""
    with AccessibilityRig(x11) as rig:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", rig.session.address)
        yield rig


@pytest.fixture
def desk(rig: AccessibilityRig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A desk that has found the accessibility bus."""
    monkeypatch.setenv("DISPLAY", rig.display.display)
    monkeypatch.setenv("XDG_SESSION_TYPE", "x11")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    for limit, seconds in LIMITS.items():
        monkeypatch.setattr(f"sayso.{limit}_SECONDS", seconds)
    sight = Sight(tmp_path / "mark")
    sight.start()
    until(lambda: sight._watch.absence is None, "the accessibility bus")
    desk = Desk(rig, sight)
    try:
        yield desk
    finally:
        desk.end()
        sight.stop()
    assert "sayso-accessibility" not in [thread.name for thread in threading.enumerate()]
