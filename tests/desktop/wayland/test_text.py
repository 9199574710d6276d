"""Every character arrives as it is, by each way of typing, into each toolkit, whatever the person's layout."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
from tests.desktop.rig.sway import FootWindow, GtkOnSway, PersonsKeyboard, SwayRig, SwayWindow
from tests.desktop.rig.waiting import until
from tests.desktop.wayland.texts import MATRIX, WITHOUT_INPUT_METHOD, write

from sayso.typist.wlroots import WlrootsTypist
from sayso.wayland.keyboard import MOST_STROKES
from sayso.wayland.keymap import is_printable

LAYOUTS = ("us", "de", "fr", "il", "us(dvorak)")
KEY_Z_OF_US = 44
BY_LAYOUT = {"us": "z", "de": "y", "fr": "w", "il": "ז", "us(dvorak)": ";"}


def open_window(sway: SwayRig, kind: str) -> SwayWindow:
    match kind:
        case "GTK 3":
            return GtkOnSway(sway, 3, "view")
        case "GTK 4":
            return GtkOnSway(sway, 4, "view")
        case "GTK 3, no input method":
            return GtkOnSway(sway, 3, "view", **WITHOUT_INPUT_METHOD)
        case "GTK 4, no input method":
            return GtkOnSway(sway, 4, "view", **WITHOUT_INPUT_METHOD)
    return FootWindow(sway)


@pytest.fixture(params=["GTK 3", "GTK 4", "GTK 3, no input method", "GTK 4, no input method", "foot"])
def window(request: pytest.FixtureRequest, sway: SwayRig) -> Iterator[SwayWindow]:
    """A window of each kind in turn, with the focus."""
    with open_window(sway, request.param) as opened:
        yield opened


def test_every_text_arrives_exactly_on_every_layout(
    sway: SwayRig,
    typist: WlrootsTypist,
    window: SwayWindow,
    figure: Callable[[str], None],
    request: pytest.FixtureRequest,
) -> None:
    whole = ""
    seconds = 0.0
    for layout in LAYOUTS:
        with PersonsKeyboard(sway, layout) as keyboard:
            keyboard.press(KEY_Z_OF_US)
            whole += BY_LAYOUT[layout]
            window.wait_for_text(whole)
            for text in MATRIX.values():
                began = time.monotonic()
                write(typist, window, text)
                whole += text
                window.wait_for_text(whole)
                seconds += time.monotonic() - began
            keyboard.press(KEY_Z_OF_US)
            whole += BY_LAYOUT[layout]
            window.wait_for_text(whole)
    kind = request.node.callspec.id
    figure(f"sway, {kind}: {len(whole) / seconds:,.0f} characters/s until they stand there, none wrong")


def test_short_texts_go_by_keys_and_long_ones_by_a_paste(sway: SwayRig, typist: WlrootsTypist) -> None:
    """Where there is no input method; the clipboard is not touched for what keys can write."""
    with GtkOnSway(sway, 3, "view", **WITHOUT_INPUT_METHOD) as window, sway.copied(b"theirs"):
        short = [text for text in MATRIX.values() if is_printable(text) and len(text) <= MOST_STROKES]
        assert len(short) > 3
        for text in short:
            write(typist, window, text)
        window.wait_for_text("".join(short))
        assert "x-kde-passwordManagerHint" not in sway.clipboard_types()
        write(typist, window, "long " * 20)
        assert "x-kde-passwordManagerHint" in sway.clipboard_types()
        window.wait_for_text("".join(short) + "long " * 20)


def test_lines_reach_a_terminal_only_as_a_paste_that_is_marked(typist: WlrootsTypist, sway: SwayRig) -> None:
    with FootWindow(sway) as window:
        write(typist, window, "rm -r\n")
        until(lambda: window.raw.endswith(b"\x1b[201~"), "the end of the paste")
        assert window.raw == b"\x1b[200~rm -r\n\x1b[201~"
