"""The doctor types into its own window: what it says is so, and everything is left as it was found."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from tests.desktop.hotkeys.keyboards import Keyboard
from tests.desktop.rig.waiting import until
from tests.desktop.rig.windows import GtkEntry
from tests.desktop.rig.x11 import KEY_MENU, KEY_SHIFT, KEY_X, X11Rig
from tests.desktop.typing.copying import copy, read
from Xlib import X
from Xlib.display import Display
from Xlib.protocol import request

from sayso.config import Settings, load_settings
from sayso.doctor import Finding, Light
from sayso.doctor import typing as typing_check
from sayso.doctor.typing import WRITTEN, Arrival, check_typing, differing, judge
from sayso.events import Edit
from sayso.typist import Target, Typist
from sayso.typist.x11 import X11Typist
from sayso.x11.connection import connect
from sayso.x11.xkb import CORE_KEYBOARD, KeyboardState, Xkb

LIMIT_SECONDS = 7.0  # five, and what a busy machine adds
MANAGED, UNMANAGED = "openbox", "no window manager"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    return load_settings()


@pytest.fixture
def on_display(x11: X11Rig, monkeypatch: pytest.MonkeyPatch) -> X11Rig:
    """A display that is this process's own, too."""
    monkeypatch.setenv("DISPLAY", x11.display)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    return x11


@pytest.fixture(params=[MANAGED, UNMANAGED])
def any_display(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[X11Rig]:
    """A display with a window manager, and one whose manager has ended."""
    with X11Rig() as rig:
        monkeypatch.setenv("DISPLAY", rig.display)
        monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
        until(lambda: not isinstance(rig.eye.get_input_focus().focus, int), "the manager to have taken the focus")
        if request.param == UNMANAGED:
            end_manager(rig)
        yield rig


def end_manager(rig: X11Rig) -> None:
    assert rig._manager is not None
    rig._manager.kill()
    is_free = X.SubstructureRedirectMask
    until(lambda: not rig.root.get_attributes().all_event_masks & is_free, "nobody to manage windows")


def check(settings: Settings, open_typist: Callable[[Settings], Typist] | None = None) -> Finding:
    """The one finding, in time, with no thread left behind."""
    finding = check_in_time(settings, open_typist)
    until(lambda: not {"sayso-focus", "sayso-clipboard"} & {t.name for t in threading.enumerate()}, "all threads")
    return finding


def check_in_time(settings: Settings, open_typist: Callable[[Settings], Typist] | None = None) -> Finding:
    began = time.monotonic()
    (finding,) = check_typing(settings) if open_typist is None else check_typing(settings, open_typist)
    assert time.monotonic() - began < LIMIT_SECONDS
    return finding


def keyboard(rig: X11Rig) -> tuple[KeyboardState, tuple[bytes, ...]]:
    display = connect(rig.display)
    found = Xkb(display).look(CORE_KEYBOARD)
    display.close()
    return found


def keepers(rig: X11Rig) -> list[str]:
    """The processes that keep the clipboard of a display."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"sayso.doctor.clipboard_keeper" in words and rig.display.encode() in words:
            found.append(process.name)
    return found


class Wrapped(X11Typist):
    """A typist with something done before each edit, and the edit changed."""

    def __init__(
        self, before: Callable[[], object] = lambda: None, changed: Callable[[Edit], Edit] = lambda edit: edit
    ) -> None:
        self._before, self._changed = before, changed
        super().__init__()

    def type(self, edit: Edit, target: Target) -> None:
        self._before()
        super().type(self._changed(edit), target)


@contextmanager
def grabbed_keyboard(rig: X11Rig) -> Iterator[Display]:
    """Another program that takes all keys, as a locked screen does."""
    lock = Display(rig.display)
    window = lock.screen().root.create_window(0, 0, 50, 50, 0, X.CopyFromParent, event_mask=X.KeyPressMask)
    window.map()
    lock.sync()
    until(lambda: window.get_attributes().map_state == X.IsViewable, "the lock to be seen")
    assert window.grab_keyboard(False, X.GrabModeAsync, X.GrabModeAsync, X.CurrentTime) == X.GrabSuccess
    yield lock
    lock.close()


def clear_clipboard(rig: X11Rig) -> None:
    """As where nobody has copied anything yet."""
    clipboard = rig.eye.intern_atom("CLIPBOARD")
    rig.root.set_selection_owner(clipboard, X.CurrentTime)
    request.SetSelectionOwner(display=rig.eye.display, window=X.NONE, selection=clipboard, time=X.CurrentTime)
    rig.eye.sync()


def keys_seen(display: Display) -> int:
    display.sync()
    return sum(display.next_event().type == X.KeyPress for _ in range(display.pending_events()))


# ── what is found where all is well ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize("layout", ["us", "de", "il", "us,il with il on"])
def test_under_every_layout_all_characters_arrive_and_keyboard_and_clipboard_are_left_as_they_were(
    on_display: X11Rig, settings: Settings, layout: str
) -> None:
    on_display.set_layout(layout.partition(" ")[0])
    if "," in layout:
        on_display.press(KEY_MENU)
    copy(on_display, "copied é")
    copy(on_display, "selected", "primary")
    before = keyboard(on_display)
    finding = check(settings)
    assert finding.light is Light.GREEN, finding
    assert finding.remedy == ""
    assert 0 < int(str(finding.facts["milliseconds"])) < 1000 * LIMIT_SECONDS
    assert keyboard(on_display) == before
    assert on_display.keys_down == []
    assert on_display.clipboard() == "copied é"
    assert on_display.clipboard("primary") == "selected"


def test_with_and_without_a_window_manager_it_is_green_and_the_focus_is_where_it_was(
    any_display: X11Rig, settings: Settings
) -> None:
    before = any_display.eye.get_input_focus().focus
    assert check(settings).light is Light.GREEN
    until(lambda: any_display.eye.get_input_focus().focus == before, "the focus to be back")


def test_the_window_that_had_the_focus_has_it_again_and_nothing_was_typed_into_it(
    on_display: X11Rig, settings: Settings, gtk_entry: GtkEntry
) -> None:
    with GtkEntry(on_display) as other:
        gtk_entry.focus()  # not the one that was opened last
        assert check(settings).light is Light.GREEN
        assert on_display.focused == gtk_entry.window_id
        assert gtk_entry.text == other.text == ""


def test_what_is_copied_stays_in_all_its_formats_until_something_else_is_and_then_no_process_stays(
    on_display: X11Rig, settings: Settings
) -> None:
    picture = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 2000
    path = on_display.folder / "picture.png"
    path.write_bytes(picture)
    copy(on_display, "selected", "primary")  # what was pasted with Shift and Insert before is kept from then, too
    on_display.run(*("xclip", "-sel", "clipboard", "-t", "image/png", "-i", str(path)), package="xclip", given="")
    until(lambda: read(on_display, "image/png") == picture, "the picture to be copied")
    assert check(settings).light is Light.GREEN
    assert read(on_display, "image/png") == picture
    assert keepers(on_display) != [], "nobody else could have kept it"
    assert check(settings).light is Light.GREEN
    assert read(on_display, "image/png") == picture
    copy(on_display, "something else")
    until(lambda: keepers(on_display) == [], "the process that kept it to end")


def test_an_empty_clipboard_stays_empty_and_no_process_stays(on_display: X11Rig, settings: Settings) -> None:
    clear_clipboard(on_display)
    until(lambda: on_display.clipboard() == "", "an empty clipboard")
    assert check(settings).light is Light.GREEN
    assert on_display.clipboard() == ""
    assert keepers(on_display) == []


def test_what_cannot_be_kept_is_not_risked(
    on_display: X11Rig, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy(on_display, "copied")
    monkeypatch.setattr(typing_check, "start", lambda name: False)
    finding = check(settings)
    assert finding.light is Light.AMBER
    assert "lost" in finding.message
    assert on_display.clipboard() == "copied"


def test_a_sayso_that_runs_and_has_pasted_is_in_nobody_s_way(
    on_display: X11Rig, settings: Settings, gtk_entry: GtkEntry
) -> None:
    copy(on_display, "copied")
    with closing(X11Typist()) as running:
        until(lambda: running.target() is not None, "the running typist to see the focus")
        target = running.target()
        assert target is not None
        running.type(Edit(0, "é ש "), target)
        gtk_entry.wait_for_text("é ש ")
        until(lambda: on_display.clipboard() == "copied", "what was copied to be there again")
        finding = check_in_time(settings)
        assert finding.light is Light.GREEN, finding
        assert on_display.clipboard() == "copied"
        until(lambda: running.target() == target, "the running typist to see the focus again")
        running.type(Edit(0, "שלום"), target)
        gtk_entry.wait_for_text("é ש שלום")
        until(lambda: on_display.clipboard() == "copied", "what was copied to be there again")


# ── what is found where it is not ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("broken", "wrong"),
    [
        (lambda text: text.replace("é", ""), 1),
        (lambda text: text.replace("😀", "?"), 1),
        (lambda text: text.replace("wrote", "wwrote"), 1),
        (lambda text: text.replace("é ש — 😀", ""), 7),
    ],
    ids=["a lost character", "a changed one", "a doubled one", "nothing of what is pasted"],
)
def test_a_typist_that_loses_or_changes_characters_is_red(
    on_display: X11Rig, settings: Settings, broken: Callable[[str], str], wrong: int
) -> None:
    finding = check(settings, lambda _: Wrapped(changed=lambda edit: Edit(edit.delete, broken(edit.insert))))
    assert finding.light is Light.RED
    assert finding.facts["differing_characters"] == wrong
    assert str(wrong) in finding.message
    assert finding.remedy


def test_a_typist_that_does_not_take_back_is_red(on_display: X11Rig, settings: Settings) -> None:
    finding = check(settings, lambda _: Wrapped(changed=lambda edit: Edit(0, edit.insert)))
    assert finding.light is Light.RED


def test_a_person_who_types_meanwhile_is_no_fault_of_the_typist(on_display: X11Rig, settings: Settings) -> None:
    hand = Keyboard(on_display.display)
    finding = check(settings, lambda _: Wrapped(before=lambda: hand.strike(KEY_X)))
    hand.close()
    assert finding.light is Light.AMBER
    assert "somebody typed as well (3 keys)" in finding.message


def test_where_the_focus_goes_elsewhere_typing_stops_and_nothing_arrives_there(
    on_display: X11Rig, settings: Settings, gtk_entry: GtkEntry
) -> None:
    finding = check(settings, lambda _: Wrapped(before=gtk_entry.focus))
    assert finding.light is Light.AMBER
    assert "focus" in finding.message
    assert gtk_entry.is_quiet_for(0.1)
    assert gtk_entry.text == ""
    assert on_display.focused == gtk_entry.window_id


def test_while_another_program_has_the_keyboard_it_is_amber_and_that_program_sees_nothing(
    any_display: X11Rig, settings: Settings
) -> None:
    copy(any_display, "copied")
    with grabbed_keyboard(any_display) as lock:
        finding = check(settings)
        assert finding.light is Light.AMBER
        assert "locked screen" in finding.message
        assert keys_seen(lock) == 0
    assert any_display.keys_down == []
    assert any_display.clipboard() == "copied"


def test_a_key_that_is_held_down_is_left_alone(on_display: X11Rig, settings: Settings) -> None:
    with on_display.held(KEY_SHIFT):
        finding = check(settings)
        assert on_display.keys_down == [KEY_SHIFT]
    assert finding.light is Light.AMBER
    assert "held down" in finding.message


def test_a_window_manager_that_gives_no_focus_is_amber(any_display: X11Rig, settings: Settings) -> None:
    if any_display.root.get_attributes().all_event_masks & X.SubstructureRedirectMask:
        end_manager(any_display)
    idle = Display(any_display.display)
    idle.screen().root.change_attributes(event_mask=X.SubstructureRedirectMask)
    idle.sync()
    finding = check(settings)
    idle.close()
    assert finding.light is Light.AMBER
    assert "did not give" in finding.message


def test_a_display_that_hangs_costs_no_more_than_five_seconds(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with X11Rig() as rig:
        monkeypatch.setenv("DISPLAY", rig.display)
        assert rig._server is not None
        server = rig._server._process
        server.send_signal(signal.SIGSTOP)
        try:
            finding = check_in_time(settings)
        finally:
            server.send_signal(signal.SIGCONT)
        until(lambda: not any(t.name.startswith("sayso-") for t in threading.enumerate()), "the check to end")
    assert finding.light is Light.RED
    assert "does not answer" in finding.message


# ── where there is nothing to try ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("wayland", "remedy"), [("", "desktop session"), ("wayland-0", "XWayland")])
def test_without_a_display_it_is_amber(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, wayland: str, remedy: str
) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
    monkeypatch.setenv("WAYLAND_DISPLAY", wayland)
    finding = check(settings)
    assert finding.light is Light.AMBER
    assert remedy in finding.remedy


def test_a_display_that_cannot_be_opened_is_amber(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":59000")
    finding = check(settings)
    assert finding.light is Light.AMBER
    assert ":59000 cannot be opened" in finding.message


def test_in_a_wayland_session_it_says_which_windows_it_speaks_of(
    on_display: X11Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    finding = check(load_settings(None, {"typist.backend": "x11"}))
    assert finding.light is Light.AMBER
    assert "X11 windows only" in finding.message


@pytest.mark.parametrize(
    ("backend", "light"),
    [("stdout", Light.AMBER), ("terminal", Light.AMBER), ("recording", Light.AMBER), ("x12", Light.RED)],
)
def test_a_backend_that_types_into_no_window_is_not_let_loose(
    on_display: X11Rig, settings: Settings, gtk_entry: GtkEntry, backend: str, light: Light
) -> None:
    finding = check(load_settings(None, {"typist.backend": backend}))
    assert finding.light is light
    assert backend in finding.message
    assert gtk_entry.text == ""


def test_a_backend_that_breaks_is_red_and_its_own_words_are_not_repeated(
    on_display: X11Rig, settings: Settings
) -> None:
    def fail() -> None:
        raise RuntimeError("private")

    finding = check(settings, lambda _: Wrapped(before=fail))
    assert finding.light is Light.RED
    assert "RuntimeError" in finding.message
    assert "private" not in finding.message


# ── what is said ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("arrived", "count"),
    [(WRITTEN, 0), (WRITTEN[:-1], 1), ("x" + WRITTEN, 1), (WRITTEN.replace("é ש", "? ?"), 2), ("", len(WRITTEN))],
)
def test_characters_that_differ_are_counted(arrived: str, count: int) -> None:
    assert differing(WRITTEN, arrived) == count


@pytest.mark.parametrize("by_hand", [0, 2])
def test_text_that_arrived_whole_is_green_whatever_the_person_did(by_hand: int) -> None:
    assert judge(Arrival(WRITTEN, 80, by_hand, is_xwayland=False)).light is Light.GREEN


def test_the_edits_make_the_text_that_is_expected() -> None:
    text = ""
    for edit in typing_check.EDITS:
        text = text[: len(text) - edit.delete] + edit.insert
    assert text == WRITTEN
