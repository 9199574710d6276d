"""What the person made of a text that the input method typed is seen when it types the next one there."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.desktop.ibus.fields import Field
from tests.desktop.rig.editing import Hands, strokes
from tests.desktop.rig.ibus import IBusRig
from tests.desktop.rig.waiting import until
from tests.desktop.rig.windows import TextWindow
from tests.desktop.rig.x11 import X11Rig

from sayso.corrections import Seen
from sayso.corrections.surrounding import Surrounding
from sayso.events import Edit, Event, UtteranceDelivered
from sayso.ibus.windows import XPlaces
from sayso.typist.delivery import Delivery
from sayso.typist.ibus import IBusTypist
from sayso.typist.session import SessionTypist, Way


class Writing:
    """A session in which the input method types, and somebody at its keyboard."""

    def __init__(self, x11: X11Rig, ibus: IBusRig) -> None:
        self.seen: list[Seen] = []
        self.surrounding = Surrounding(self.seen.append)
        self.hands = Hands(x11, seed=1)
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        places = XPlaces.alone(lambda: x11.display)
        way = Way("ibus", lambda: IBusTypist(places, ibus.address))
        self.typist = SessionTypist(places, [way])  # type: ignore[arg-type]  # it is asked for its target alone
        self.surrounding.listen(self.typist)
        self._delivery = Delivery(self.typist, self._emit)
        self._utterance = 0

    def _emit(self, event: Event) -> None:
        self.surrounding.watch(event)
        self._events.put(event)

    def dictate(self, window: TextWindow, text: str) -> None:
        """Have a text typed in a window."""

        def has_it() -> bool:
            target = self.typist.target()
            return target is not None and target.key & 0xFFFF_FFFF == window.window_id

        until(has_it, "the typist to see the focus")
        self._utterance += 1
        self._delivery.begin(self._utterance)
        self._delivery(self._utterance, Edit(0, text), last=True)
        while not isinstance(self._events.get(timeout=10), UtteranceDelivered):
            pass

    def write(self, script: str) -> None:
        """Strike keys."""
        for stroke in strokes(script):
            self.hands.strike(stroke)


@pytest.fixture
def writing(x11: X11Rig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Writing]:
    """A session with an input method."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    with IBusRig(x11) as ibus:
        writing = Writing(x11, ibus)
        yield writing
        writing.typist.close()
    assert not {thread.name for thread in threading.enumerate()} & {"sayso-focus", "sayso-ibus"}


@pytest.mark.parametrize("kind", ["entry", "view"])
def test_a_word_that_was_put_right_is_seen_with_the_next_text(x11: X11Rig, writing: Writing, kind: str) -> None:
    with Field(x11, kind) as field:
        writing.dictate(field, "Ask Johan about it.")
        field.wait_for_text("Ask Johan about it.")
        writing.write("{Home}{Right 9}n{End}")
        field.wait_for_text("Ask Johann about it.")
        assert not writing.seen
        writing.dictate(field, " He knows.")
        field.wait_for_text("Ask Johann about it. He knows.")
        assert [(one.utterance, one.text) for one in writing.seen] == [(1, "Ask Johann about it.")]
        assert writing.typist.surrounding() == "Ask Johann about it. He knows."


def test_what_was_only_continued_is_not(x11: X11Rig, writing: Writing) -> None:
    with Field(x11) as field:
        for text in ("The first one.", " The second."):
            writing.dictate(field, text)
            field.wait_until(lambda now, text=text: now.endswith(text), "what was dictated")
            writing.write(" And so on.")
            field.wait_until(lambda now: now.endswith(" And so on."), "what was written")
        writing.dictate(field, " The third.")
        assert not writing.seen
