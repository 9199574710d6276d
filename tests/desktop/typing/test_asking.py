"""Real windows: what waits for its window is typed where the person says, or fetched, or goes with them back."""

from __future__ import annotations

import queue
from collections.abc import Iterator

import pytest
from tests.desktop.rig.waiting import until
from tests.desktop.rig.windows import GtkEntry, GtkTextView
from tests.desktop.rig.x11 import X11Rig
from tests.desktop.typing.conftest import SAMPLE, Aim

from sayso.errors import TargetGone
from sayso.events import Edit, Event, UtteranceDelivered, UtteranceFailed, UtteranceHeld
from sayso.typist.delivery import Delivery
from sayso.typist.delivery_thread import DeliveryThread
from sayso.typist.x11 import X11Typist


class Desk:
    """A delivery on its thread, as in the service."""

    def __init__(self, typist: X11Typist) -> None:
        self.events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self.delivery = Delivery(typist, self.events.put)
        self.thread = DeliveryThread(self.delivery)
        self.thread.start()

    def wait(self, kind: type) -> Event:
        """Until there is an event of a type."""
        while not isinstance(event := self.events.get(timeout=10), kind):
            pass
        return event


@pytest.fixture
def desk(typist: X11Typist) -> Iterator[Desk]:
    desk = Desk(typist)
    yield desk
    desk.thread.stop()


@pytest.fixture
def other(x11: X11Rig) -> Iterator[GtkTextView]:
    with GtkTextView(x11) as window:
        yield window


@pytest.fixture
def held(desk: Desk, aim: Aim, gtk_entry: GtkEntry, other: GtkTextView) -> Desk:
    """The sample was said to the entry, and waits while the other window has the focus."""
    gtk_entry.focus()
    aim(gtk_entry)
    desk.delivery.begin(1)
    other.focus()
    aim(other)
    desk.thread(1, Edit(0, SAMPLE), True)
    desk.wait(UtteranceHeld)
    return desk


def test_going_back_raises_the_window_which_gets_its_text(
    held: Desk, gtk_entry: GtkEntry, other: GtkTextView
) -> None:
    held.thread.back()
    held.wait(UtteranceDelivered)
    gtk_entry.wait_for_text(SAMPLE)
    assert other.text == ""


def test_what_waits_is_typed_here(held: Desk, gtk_entry: GtkEntry, other: GtkTextView) -> None:
    held.thread.here()
    held.wait(UtteranceDelivered)
    other.wait_for_text(SAMPLE)
    gtk_entry.focus()
    assert gtk_entry.text == ""


def test_what_waits_is_in_the_clipboard(held: Desk, x11: X11Rig, gtk_entry: GtkEntry, other: GtkTextView) -> None:
    held.thread.copy()
    held.wait(UtteranceDelivered)
    assert x11.clipboard() == SAMPLE
    assert (gtk_entry.text, other.text) == ("", "")


def test_a_window_that_is_closed_while_its_text_waits_fails_with_all_of_it(
    held: Desk, gtk_entry: GtkEntry, typist: X11Typist
) -> None:
    target = next(iter(held.delivery._texts.values())).target
    assert target is not None
    gtk_entry.close()
    failed = held.wait(UtteranceFailed)
    assert failed == UtteranceFailed(1, SAMPLE, "Gtk_window.py")
    until(lambda: typist.target() != target, "the focus to be elsewhere")
    with pytest.raises(TargetGone):
        typist.go_to(target)
