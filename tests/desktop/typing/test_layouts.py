"""Every character arrives as it is, under every layout, in every kind of window."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.desktop.rig.windows import GtkEntry, GtkTextView, TextWindow, XtermWindow
from tests.desktop.rig.x11 import KEY_MENU, X11Rig
from tests.desktop.typing.conftest import MIXED, SAMPLE, Aim
from Xlib.ext.xinput import AllDevices

from sayso.errors import TypistError
from sayso.events import Edit
from sayso.typist.x11 import MOST_STROKES, X11Typist
from sayso.x11.clipboard import Clipboard
from sayso.x11.connection import connect
from sayso.x11.keymap import character_strokes
from sayso.x11.xkb import CORE_KEYBOARD, KeyboardState, Xkb, parse

KEY_CAPS, KEY_NUM = 66, 77
LINES = "one\ntwo\tthree"
LONG = (MIXED * 60)[:2000]
LAYOUTS = ["us", "de", "fr", "il", "us,il with il on", "us with Caps Lock", "fr with Caps Lock"]
WINDOWS = [GtkEntry, GtkTextView, XtermWindow]


def keyboard(x11: X11Rig) -> tuple[KeyboardState, tuple[bytes, ...]]:
    """The layout and what is in force of it, to be compared."""
    display = connect(x11.display)
    xkb = Xkb(display)
    found = xkb.look(CORE_KEYBOARD)
    display.close()
    return found


def chunks(text: str) -> list[str]:
    """A text in pieces as live dictation commits it: one to four words at a time."""
    words = text.split(" ")
    pieces, at, size = [], 0, 1
    while at < len(words):
        pieces.append(" ".join(words[at : at + size]) + (" " if at + size < len(words) else ""))
        at, size = at + size, size % 4 + 1
    assert "".join(pieces) == text
    return pieces


@pytest.mark.parametrize("kind", WINDOWS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize(
    "layout", ["us", "de", "fr", "il", "us,il with il on", "us with Caps Lock", "fr with Caps Lock"]
)
def test_two_thousand_mixed_characters_arrive_exactly_under_any_layout(
    x11: X11Rig, typist: X11Typist, aim: Aim, kind: Callable[[X11Rig], TextWindow], layout: str
) -> None:
    x11.set_layout(layout.partition(" ")[0])
    switch = KEY_CAPS if "Caps" in layout else KEY_MENU if "," in layout else None
    if switch:
        x11.press(switch)
    with kind(x11) as window:
        target, before = aim(window), keyboard(x11)
        try:
            said = MIXED * 2
            for piece in [SAMPLE, *chunks(said)]:
                typist.type(Edit(0, piece), target)
            window.wait_for_text(SAMPLE + said)
            typist.type(Edit(0, LONG), target)
            window.wait_for_text(SAMPLE + said + LONG)
            assert keyboard(x11) == before
            assert x11.keys_down == []
        finally:
            if switch == KEY_CAPS:
                x11.press(KEY_CAPS)


@pytest.mark.parametrize("layout", ["us", "il"])
def test_num_lock_changes_nothing(
    x11: X11Rig, typist: X11Typist, aim: Aim, xterm: XtermWindow, layout: str
) -> None:
    x11.set_layout(layout)
    x11.press(KEY_NUM)
    try:
        typist.type(Edit(0, "Hello (1) " + SAMPLE), aim(xterm))
        xterm.wait_for_text("Hello (1) " + SAMPLE)
    finally:
        x11.press(KEY_NUM)


def test_line_breaks_and_tabs_are_text_and_no_orders(typist: X11Typist, aim: Aim, gtk_view: GtkTextView) -> None:
    typist.type(Edit(0, LINES), aim(gtk_view))
    gtk_view.wait_for_text(LINES)


def test_a_layout_of_its_own_on_the_keyboard_that_types_does_no_harm(
    x11: X11Rig, typist: X11Typist, aim: Aim, gtk_entry: GtkEntry
) -> None:
    display = connect(x11.display)
    devices = display.xinput_query_device(AllDevices).devices
    number = next(str(device.deviceid) for device in devices if "XTEST keyboard" in str(device.name))
    display.close()
    x11.run("setxkbmap", "-device", number, "fr", package="x11-xkb-utils")
    try:
        for word in ("quartz ", "Away ", SAMPLE):
            typist.type(Edit(0, word), aim(gtk_entry))
        gtk_entry.wait_for_text("quartz Away " + SAMPLE)
    finally:
        x11.run("setxkbmap", "-device", number, "us", package="x11-xkb-utils")


def test_the_layout_may_change_between_two_edits(
    x11: X11Rig, typist: X11Typist, aim: Aim, gtk_entry: GtkEntry
) -> None:
    typed = ""
    for layout in ("us", "fr", "de", "il", "us"):
        x11.set_layout(layout)
        typist.type(Edit(0, "quartz ya; "), aim(gtk_entry))
        typed += "quartz ya; "
        gtk_entry.wait_for_text(typed)


def test_what_only_the_new_layout_has_is_typed_by_keys_though_nothing_can_be_pasted(
    x11: X11Rig, typist: X11Typist, aim: Aim, gtk_entry: GtkEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise TypistError("the clipboard holds too much")

    monkeypatch.setattr(Clipboard, "offer", refuse)
    typed = ""
    for layout, text in (("il", "שלום "), ("us", "plain "), ("il", "עולם ")):
        x11.set_layout(layout)
        typist.type(Edit(0, text), aim(gtk_entry))
        typed += text
    gtk_entry.wait_for_text(typed)


def test_characters_are_taken_back_one_by_one(typist: X11Typist, aim: Aim, gtk_view: GtkTextView) -> None:
    target = aim(gtk_view)
    typist.type(Edit(0, "stays " + LONG), target)
    typist.type(Edit(len(LONG), "and 👍🏽e\u0301"), target)
    gtk_view.wait_for_text("stays and 👍🏽e\u0301")
    typist.type(Edit(4, "this — too"), target)
    gtk_view.wait_for_text("stays and this — too")


@pytest.mark.parametrize("caps_lock", [False, True], ids=["", "Caps Lock"])
@pytest.mark.parametrize("layout", ["us", "de", "fr", "il", "ru", "us(intl)"])
def test_every_character_that_a_layout_is_said_to_have_comes_from_its_keys(
    x11: X11Rig, typist: X11Typist, aim: Aim, gtk_entry: GtkEntry, layout: str, caps_lock: bool
) -> None:
    x11.set_layout(layout)
    if caps_lock:
        x11.press(KEY_CAPS)
    try:
        state, (raw,) = keyboard(x11)
        characters = "".join(character_strokes(parse(raw), state.group, state.locked))
        assert len(characters) > 90
        for at in range(0, len(characters), MOST_STROKES):
            typist.type(Edit(0, characters[at : at + MOST_STROKES]), aim(gtk_entry))
        gtk_entry.wait_for_text(characters)
    finally:
        if caps_lock:
            x11.press(KEY_CAPS)
