"""The keyboard's layout, asked of a real X server and a real sway."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.desktop.rig.indicator_sway import SwayRig
from tests.desktop.rig.waiting import until
from tests.desktop.rig.x11 import KEY_MENU, X11Rig

from sayso.language.layout import LOOK_SECONDS, KeyboardLayout, describe_layout, look_at_sway

DESKTOP = ("DISPLAY", "WAYLAND_DISPLAY", "SWAYSOCK")
HEADER = struct.Struct("=6sII")
SLACK_SECONDS = 2.0  # a busy machine


@pytest.fixture(autouse=True)
def no_desktop(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing leads to another desktop."""
    for variable in DESKTOP:
        monkeypatch.delenv(variable, raising=False)


@pytest.fixture
def layout(x11: X11Rig, monkeypatch: pytest.MonkeyPatch) -> Iterator[KeyboardLayout]:
    """The layout of the display."""
    monkeypatch.setenv("DISPLAY", x11.display)
    layout = KeyboardLayout()
    yield layout
    layout.close()


def soon(layout: KeyboardLayout, language: str | None) -> None:
    """Wait until the layout is of that language: a first answer includes connecting, and may come too late."""
    until(lambda: layout() == language, f"the layout to be of {language}")


def test_the_language_is_that_of_the_group_in_force(x11: X11Rig, layout: KeyboardLayout) -> None:
    for code, language in (("de", "de"), ("us", "en"), ("fr", "fr"), ("br", "pt"), ("be", None)):
        x11.set_layout(code)
        soon(layout, language)
    x11.set_layout("us,il")
    soon(layout, "en")
    x11.key_down(KEY_MENU)
    x11.key_up(KEY_MENU)
    soon(layout, "he")
    assert describe_layout() == "X11"


def test_asking_again_takes_less_than_speech_would_notice(x11: X11Rig, layout: KeyboardLayout) -> None:
    x11.set_layout("de")  # the server may have begun anew since it was told one, and knows none then
    x11.set_layout("us")
    soon(layout, "en")
    took = []
    for _ in range(20):
        began = time.perf_counter()
        assert layout() == "en"
        took.append(time.perf_counter() - began)
    assert min(took) < 0.01


def test_a_display_that_is_not_there_tells_nothing_and_is_asked_again(
    x11: X11Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    layout = KeyboardLayout()
    monkeypatch.setenv("DISPLAY", ":999999")
    assert layout() is None
    monkeypatch.setenv("DISPLAY", x11.display)
    x11.set_layout("de")
    soon(layout, "de")
    layout.close()


def test_without_a_desktop_and_on_one_that_tells_nobody_the_layout_is_not_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert KeyboardLayout()() is None
    assert "no desktop session" in describe_layout()
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    monkeypatch.setenv("DISPLAY", ":0")
    assert KeyboardLayout()() is None
    assert "language: en,de" in describe_layout()


def test_a_real_sway_without_a_keyboard_tells_no_language() -> None:
    with SwayRig() as sway:  # its seat has no keyboard, as it has no hardware
        assert look_at_sway(sway.env["SWAYSOCK"]) is None


@contextmanager
def answering(path: Path, answer: bytes | None) -> Iterator[None]:
    """Somebody at a socket who answers the one question that sway is asked; None never answers."""
    done = threading.Event()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                magic, length, kind = HEADER.unpack(connection.recv(HEADER.size))
                assert (magic, length, kind) == (b"i3-ipc", 0, 100)
                if answer is not None:
                    for part in (answer[:7], answer[7:]):  # a stream has no messages
                        connection.sendall(part)
                done.wait(10)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()


def test_the_layout_of_sways_keyboard_is_known_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyboard = {"type": "keyboard", "identifier": "1:1:AT", "xkb_active_layout_name": "German (Switzerland)"}
    text = json.dumps([keyboard]).encode()
    monkeypatch.setenv("SWAYSOCK", str(tmp_path / "sway"))
    with answering(tmp_path / "sway", HEADER.pack(b"i3-ipc", len(text), 100) + text):
        assert KeyboardLayout()() == "de"
    assert KeyboardLayout()() is None, "it is gone"


@pytest.mark.parametrize("answer", [None, HEADER.pack(b"nobody", 0, 0), HEADER.pack(b"i3-ipc", 3, 100) + b"[{]"])
def test_who_does_not_answer_as_sway_does_holds_nobody_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: bytes | None
) -> None:
    monkeypatch.setenv("SWAYSOCK", str(tmp_path / "sway"))
    with answering(tmp_path / "sway", answer):
        began = time.monotonic()
        assert KeyboardLayout()() is None
        assert time.monotonic() - began < LOOK_SECONDS + SLACK_SECONDS
