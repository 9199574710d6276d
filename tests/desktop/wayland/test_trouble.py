"""What is in the way of typing on Wayland is said, and typing goes on when it is over."""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.desktop.rig.programs import Program, environment_without_desktop, need
from tests.desktop.rig.sway import FootWindow, GtkOnSway, PersonsKeyboard, SwayRig
from tests.desktop.rig.waiting import is_listened_to, until
from tests.desktop.wayland.texts import MATRIX, WITHOUT_INPUT_METHOD, meet, write

from sayso.errors import TargetGone, TypistError, Unable
from sayso.events import Edit
from sayso.typist import Target
from sayso.typist.wlroots import WlrootsTypist
from sayso.wayland.interfaces import WL_SEAT
from sayso.wayland.privileged import INPUT_METHOD_MANAGER
from sayso.wayland.wire import Connection

CONTROL, CAPS_LOCK = 4, 2
KEY_A, KEY_LEFT_CONTROL = 30, 29


@pytest.fixture
def weston() -> Iterator[Path]:
    """The socket of a compositor that lets programs neither see windows nor type."""
    folder = Path(tempfile.mkdtemp(prefix="sayso-weston-"))
    env = environment_without_desktop() | {"XDG_RUNTIME_DIR": str(folder), "HOME": str(folder)}
    command = [need("weston", "weston"), "--backend=headless-backend.so", "--socket=refusing", "--idle-time=0"]
    program = Program(command, env, folder / "log")
    until(lambda: is_listened_to(folder / "refusing"), "weston")
    yield folder / "refusing"
    program.end()
    shutil.rmtree(folder)


def test_a_compositor_that_refuses_is_an_error_that_says_what_it_lacks_and_what_to_do(weston: Path) -> None:
    with pytest.raises(TypistError) as caught:
        WlrootsTypist(lambda: str(weston))
    assert "zwlr_foreign_toplevel_manager_v1" in str(caught.value)
    assert "typist.backend" in str(caught.value)
    assert "sayso-wayland" not in [thread.name for thread in threading.enumerate()]


def test_a_compositor_that_comes_later_and_refuses_leaves_the_text_to_other_ways_until_it_is_gone(
    weston: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sayso.wayland.thread.RETRY_SECONDS", (0.05,))
    path: str | None = None
    told = threading.Event()
    typist = WlrootsTypist(lambda: path)
    typist.on_focus(told.set)
    try:
        with pytest.raises(TypistError, match="WAYLAND_DISPLAY") as absent:
            typist.type(Edit(0, "words"), Target(1))
        assert not isinstance(absent.value, Unable)
        path = str(weston)
        assert told.wait(5.0)
        assert "zwlr_foreign_toplevel_manager_v1" in (typist.absence() or "")
        with pytest.raises(Unable, match="zwlr_foreign_toplevel_manager_v1"):
            typist.type(Edit(0, "words"), Target(1))
        told.clear()
        path = None
        assert told.wait(5.0)
        assert "WAYLAND_DISPLAY" in (typist.absence() or "")
        with pytest.raises(TypistError, match="WAYLAND_DISPLAY") as absent:
            typist.type(Edit(0, "words"), Target(1))
        assert not isinstance(absent.value, Unable)
    finally:
        typist.close()


def test_without_a_compositor_it_waits_and_says_so() -> None:
    typist = WlrootsTypist(lambda: None)
    try:
        assert "WAYLAND_DISPLAY" in (typist.absence() or "")
        assert typist.target() is None
        with pytest.raises(TypistError, match="WAYLAND_DISPLAY"):
            typist.keep("words")
    finally:
        typist.close()
    with pytest.raises(TypistError):
        typist.keep("words")


def test_a_compositor_that_ends_is_told_and_typing_goes_on_when_it_is_back() -> None:
    with SwayRig() as sway:
        typist = WlrootsTypist(sway.find)
        try:
            told = threading.Event()
            typist.on_focus(told.set)
            window = FootWindow(sway)
            with window:
                before = meet(typist, window)
                typist.type(Edit(0, "before"), before)
                window.wait_for_text("before")
                sway.kill()
            told.clear()
            until(lambda: typist.absence() is not None, "the typist to miss the compositor")
            assert typist.target() is None
            with pytest.raises(TypistError, match="dictate again"):
                typist.type(Edit(0, "meanwhile"), before)
            sway.start()
            until(lambda: typist.absence() is None, "the typist to find the compositor")
            assert told.is_set()
            with FootWindow(sway) as again:
                write(typist, again, "after")
                again.wait_for_text("after")
                with pytest.raises(TargetGone):
                    typist.type(Edit(0, "old"), before)
        finally:
            typist.close()


def test_another_input_method_keeps_its_place_and_text_goes_by_a_paste(
    sway: SwayRig, typist: WlrootsTypist
) -> None:
    connection = Connection(str(sway.socket))
    connection.bind(INPUT_METHOD_MANAGER).make("get_input_method", connection.bind(WL_SEAT))
    connection.roundtrip()
    try:
        with GtkOnSway(sway, 3, "view") as window:
            write(typist, window, MATRIX["accents"])
            window.wait_for_text(MATRIX["accents"])
            assert not typist.abilities.preedit
    finally:
        connection.close()


@pytest.mark.parametrize("env", [{}, WITHOUT_INPUT_METHOD], ids=["input method", "keys and paste"])
def test_modifiers_held_and_caps_lock_change_nothing_and_stay_as_they_are(
    sway: SwayRig, typist: WlrootsTypist, env: dict[str, str]
) -> None:
    text = "a Q; é? " + "x" * 80
    with GtkOnSway(sway, 3, "view", **env) as window, PersonsKeyboard(sway, "us") as keyboard:
        keyboard.modifiers(0, locked=CAPS_LOCK)
        keyboard.press(KEY_A)
        window.wait_for_text("A")
        write(typist, window, "Keys. ")
        write(typist, window, text)
        window.wait_for_text(f"AKeys. {text}")
        keyboard.press(KEY_A)
        window.wait_for_text(f"AKeys. {text}A")
        keyboard.down(KEY_LEFT_CONTROL)
        keyboard.modifiers(CONTROL)
        write(typist, window, "Keys. ")
        write(typist, window, text)
        window.wait_for_text(f"AKeys. {text}AKeys. {text}")
        keyboard.up(KEY_LEFT_CONTROL)
        keyboard.modifiers(0)
        keyboard.press(KEY_A)
        window.wait_for_text(f"AKeys. {text}AKeys. {text}a")


def test_a_window_of_the_terminal_that_the_service_runs_in_is_known_as_ours(
    sway: SwayRig, typist: WlrootsTypist, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FootWindow(sway) as terminal:
        assert not meet(typist, terminal).is_ours
        monkeypatch.setattr("sayso.wayland.thread.ancestors_of", lambda _: frozenset({os.getpid(), terminal.pid}))
        again = WlrootsTypist(sway.find)
        try:
            assert meet(again, terminal).is_ours
        finally:
            again.close()
