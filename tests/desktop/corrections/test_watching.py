"""Watching costs little, asks for no more than it needs, and looks at no password."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from dbus_fast import Message, MessageType
from tests.desktop.corrections.conftest import IDLE_SECONDS, Desk
from tests.desktop.rig.accessibility import AccessibilityRig, hanging
from tests.desktop.rig.editing import EditedWindow, strokes
from tests.desktop.rig.waiting import until
from tests.desktop.rig.windows import GtkEntry

from sayso.accessibility import Place
from sayso.accessibility.atspi import Asking
from sayso.corrections import Source
from sayso.corrections.following import UNMOVED_SECONDS
from sayso.events import Edit, TextStands, UtteranceDelivered

SENTENCE = "Please send the report to Kate tomorrow."
MOVES = 200
MOST_MS = 2.0


class Asked:
    """Counts what is asked on the accessibility bus."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.members: Counter[str] = Counter()
        self.texts: list[str] = []
        ask = Asking.ask

        async def counted(asking: Asking, place: Any, interface: str, member: str, *rest: Any, **how: Any) -> Any:
            self.members[member] += 1
            answer: Message = await ask(asking, place, interface, member, *rest, **how)
            if member == "GetText" and answer.message_type is MessageType.METHOD_RETURN:
                self.texts.append(answer.body[0])
            return answer

        monkeypatch.setattr(Asking, "ask", counted)


@pytest.fixture
def window(rig: AccessibilityRig, desk: Desk) -> Iterator[EditedWindow]:
    """A window whose line has the focus."""
    with EditedWindow(rig, "gtk3") as window:
        window.focus()
        desk.aim(window)
        desk.await_field()
        yield window


def cpu_seconds(desk: Desk) -> float:
    """What the thread of accessibility has computed so far."""

    async def ask() -> float:
        return time.thread_time()

    return desk.sight._watch.do(ask, 1.0) or 0.0


def test_a_move_of_the_caret_costs_less_than_2_ms_and_walks_no_tree(
    desk: Desk, window: EditedWindow, monkeypatch: pytest.MonkeyPatch, figure: Callable[[str], None]
) -> None:
    desk.dictate(SENTENCE, window)
    asked = Asked(monkeypatch)
    (field,) = desk.watch._fields.values()
    before = cpu_seconds(desk)
    (left,), (right,) = strokes("{Left}"), strokes("{Right}")
    for number in range(MOVES):
        stroke = right if number % 2 else left
        desk.x11.press(desk.hands.keycode(stroke))
        until(lambda number=number: asked.members["GetText"] > number, "the field to be read")
    cost = 1000 * (cpu_seconds(desk) - before) / MOVES
    figure(f"corrections: {cost:.2f} ms of processor for each move of the caret; asked: {dict(asked.members)}")
    assert cost < MOST_MS
    assert set(asked.members) == {"GetRole", "Get", "GetText"}
    assert asked.members.total() <= 4.2 * MOVES
    assert max(map(len, asked.texts)) <= len(SENTENCE)
    assert field.field.last == SENTENCE


def test_keys_that_come_at_once_are_read_together(
    desk: Desk, window: EditedWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.dictate(SENTENCE, window)
    asked = Asked(monkeypatch)
    (left,) = strokes("{Left}")
    for _ in range(MOVES):
        desk.x11.press(desk.hands.keycode(left))
    desk.settle()
    assert asked.members["GetText"] < MOVES


def test_of_a_long_text_only_what_is_around_ours_is_read(
    desk: Desk, window: EditedWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.begin("page", "Nobody dictated this. " * 2000)
    desk.await_field()
    desk.dictate(SENTENCE, window)
    asked = Asked(monkeypatch)
    for stroke in strokes("{Left 10}{BackSpace 4}Cate"):
        desk.hands.strike(stroke)
    desk.settle()
    assert [one.text for one in desk.all_seen()] == ["Please send the report to Cate tomorrow."]
    assert max(map(len, asked.texts)) <= 3 * len(SENTENCE) + 64


def test_nothing_is_read_of_a_field_whose_letters_were_hidden(
    desk: Desk, window: EditedWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.dictate("open sesame", window)
    window.hide()
    asked = Asked(monkeypatch)
    for stroke in strokes("{BackSpace 6}Simsim"):
        desk.hands.strike(stroke)
    window.wait_for_text("open Simsim")
    desk.settle()
    assert not asked.texts
    assert not desk.all_seen()
    until(lambda: not desk.watch._fields, "the field not to be watched any more")


def test_nothing_is_read_of_a_field_for_passwords(
    desk: Desk, window: EditedWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.begin("password")
    until(lambda: (field := desk.sight.focused()) is not None and field.is_password, "the password")
    asked = Asked(monkeypatch)
    desk.dictate("open sesame")
    window.wait_for_text("open sesame")
    desk.settle()
    assert not asked.texts
    assert not desk.watch._fields


def test_what_we_type_over_it_ourselves_is_no_correction(desk: Desk, window: EditedWindow) -> None:
    for number in range(1, 6):
        desk.delivery.begin(number)
        for piece in ("The first ", "words of ", "a text."):
            desk.thread(number, Edit(0, piece), piece.endswith("."))
        desk.wait(UtteranceDelivered)
        desk.thread.trim(number, 6)
        window.wait_for_text("The first words of a")
        desk.thread.undo(number)
        window.wait_for_text("")
    desk.settle()
    assert not desk.all_seen()


def test_where_text_is_said_to_stand_that_is_not_there_nothing_is_watched(
    desk: Desk, window: EditedWindow
) -> None:
    desk.dictate(SENTENCE, window)
    (field,) = desk.watch._fields.values()
    focused = desk.sight.focused()
    assert focused is not None
    desk.watch.watch(TextStands(2, "another text", "", field.field.window, focused.pid))
    until(lambda: not desk.watch._fields, "the field not to be watched any more")


def test_what_is_not_to_be_learnt_from_is_not_watched(
    desk: Desk, window: EditedWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = Asked(monkeypatch)
    desk.is_for_all = False
    desk.dictate("Not this one. ", window)
    assert not desk.watch._fields
    desk.is_for_all = True
    desk.dictate("Ask Johan. ", window)
    for stroke in strokes("{Left 2}n{End}"):
        desk.hands.strike(stroke)
    desk.is_for_all = False
    desk.dictate("Nor this.", window)
    for stroke in strokes("{BackSpace 5}that."):
        desk.hands.strike(stroke)
    window.wait_for_text("Not this one. Ask Johann. Nor that.")
    desk.settle()
    assert [(one.utterance, one.text.strip()) for one in desk.all_seen()] == [(2, "Ask Johann.")]
    assert asked.members["GetChildren"] == 0


def test_a_program_that_hangs_holds_up_nobody(
    desk: Desk, window: EditedWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sayso.corrections.following.UNMOVED_SECONDS", UNMOVED_SECONDS)
    desk.dictate("Ask Johan.", window)
    field = desk.sight.focused()
    assert field is not None
    (left,) = strokes("{Left}")
    with hanging(field.pid):
        desk.x11.press(desk.hands.keycode(left))
        begun = time.monotonic()
        desk.watch._before_typing(field.place)
        assert UNMOVED_SECONDS <= time.monotonic() - begun < 1.0
    assert not desk.watch._fields[field.place].field.is_lost
    for stroke in strokes("n"):
        desk.hands.strike(stroke)
    window.wait_for_text("Ask Johann.")


def test_of_a_bus_that_is_gone_nothing_is_watched_any_more(
    desk: Desk, window: EditedWindow, rig: AccessibilityRig
) -> None:
    desk.dictate("Ask Johan.", window)
    rig.end()
    until(lambda: desk.sight._watch.absence is not None, "the bus to be gone")
    assert not desk.watch._fields
    desk.watch._before_typing(Place(":1.1", "/nowhere"))


def test_text_that_is_left_as_it_is_is_told_when_it_is_watched_no_longer(desk: Desk, window: EditedWindow) -> None:
    desk.watch._seconds = 3 * IDLE_SECONDS
    desk.dictate(SENTENCE, window)
    until(lambda: not desk.seen.empty(), "what was left")
    (seen,) = desk.all_seen()
    assert (seen.utterance, seen.source, seen.text) == (1, Source.LEFT, SENTENCE)
    until(lambda: not desk.watch._fields, "the field not to be watched any more")


def test_what_was_corrected_is_told_before_the_watch_ends(desk: Desk, window: EditedWindow) -> None:
    desk.dictate("Ask Johan.", window)
    for stroke in strokes("{Left}n"):
        desk.hands.strike(stroke)
    window.wait_for_text("Ask Johann.")
    desk.sight._watch.confirm()
    desk.watch.stop()
    assert [one.text for one in desk.all_seen()] == ["Ask Johann."]


def test_what_was_corrected_in_a_window_that_is_closed_is_told(desk: Desk, rig: AccessibilityRig) -> None:
    with GtkEntry(desk.x11) as other, EditedWindow(rig, "gtk3") as window:
        window.focus()
        desk.aim(window)
        desk.await_field()
        desk.dictate("Ask Johan.", window)
        for stroke in strokes("{Left}n"):
            desk.hands.strike(stroke)
        window.wait_for_text("Ask Johann.")
        desk.sight._watch.confirm()
        window.close()
        other.focus()
        until(lambda: not desk.seen.empty(), "what was seen")
        assert [one.text for one in desk.all_seen()] == ["Ask Johann."]
