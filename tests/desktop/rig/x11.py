"""A private X display with a window manager and nobody's desktop: Xvfb and openbox, driven by key codes."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.desktop.rig.programs import COMMAND_SECONDS, Program, environment_without_desktop, need
from tests.desktop.rig.rig import Rig
from tests.desktop.rig.waiting import until
from Xlib import X
from Xlib.display import Display
from Xlib.error import BadWindow
from Xlib.ext import xtest
from Xlib.protocol.event import ClientMessage
from Xlib.xobject.drawable import Window

# Far from those that others take, which count from 0: a display that was killed must be free to be started again.
NUMBERS = range(1_000, 50_000)
ATTEMPTS = 5
SIZE = "1280x800x24"
KEY_D, KEY_X, KEY_Z, KEY_V, KEY_SPACE, KEY_F9 = 40, 53, 52, 55, 65, 75
KEY_SUPER, KEY_ALT, KEY_CONTROL, KEY_SHIFT = 133, 64, 37, 50
KEY_MENU = 135  # switches the group where there are two layouts
TOGGLE, HOLD = (KEY_SUPER, KEY_ALT, KEY_D), (KEY_SUPER, KEY_F9)  # sayso's default hotkeys
CANCEL, UNDO = (KEY_SUPER, KEY_ALT, KEY_X), (KEY_SUPER, KEY_ALT, KEY_Z)
KEY_KP_DIVIDE = 106
FROM_A_PAGER = 2  # openbox obeys a pager's request to focus without asking how old it is


class X11Rig(Rig):
    """A private display.

    Use as a context manager: entering starts the server and the window manager, leaving ends them. `env` is the
    whole environment for a program on it, `display` its name.
    """

    def __init__(self) -> None:
        self._xvfb = need("Xvfb", "xvfb")
        self._openbox = need("openbox", "openbox")
        self.folder = Path(tempfile.mkdtemp(prefix="sayso-x11-"))
        self.env = environment_without_desktop() | {
            "HOME": str(self.folder),
            "XDG_RUNTIME_DIR": str(self.folder),
            "XDG_CACHE_HOME": str(Path(tempfile.gettempdir()) / "sayso-x11-cache"),  # fontconfig's, made once
            "LC_ALL": "C.UTF-8",
            "GTK_IM_MODULE": "gtk-im-context-simple",
            "NO_AT_BRIDGE": "1",
            "GDK_BACKEND": "x11",
        }
        self.display = ""
        self._server: Program | None = None
        self._manager: Program | None = None
        self._eye: Display | None = None

    def _enter(self) -> None:
        self.start()

    def _leave(self) -> None:
        self._disconnect()
        for program in (self._manager, self._server):
            if program is not None and program.is_running:
                program.end()
        shutil.rmtree(self.folder)

    # ── the server ────────────────────────────────────────────────────────────────────────────────

    def start(self) -> None:
        """Start server and window manager; under the same name where there was one before."""
        for _ in range(1 if self.display else ATTEMPTS):
            self._server = self._try_server(self.display or f":{random.choice(NUMBERS)}")
            if self._server.is_running:
                break
        else:
            pytest.fail(f"Xvfb does not start: {self._server.output if self._server else ''}")
        self._eye = Display(self.display)
        self._start_manager()
        self.set_layout("us")

    def _try_server(self, display: str) -> Program:
        """Start the server; it runs, and has the display's name, or has ended because the name is taken."""
        reading, writing = os.pipe()
        command = [self._xvfb, display, "-displayfd", str(writing), "-screen", "0", SIZE, "-nolisten", "tcp"]
        try:
            server = Program([*command, "-noreset"], self.env, self.folder / "xvfb.log", keep=(writing,))
        finally:
            os.close(writing)
        with os.fdopen(reading) as told:
            if told.readline():
                self.display = self.env["DISPLAY"] = display
            else:
                server.end()
        return server

    def _start_manager(self) -> None:
        self._manager = Program([self._openbox, "--sm-disable"], self.env, self.folder / "openbox.log")
        check = self._atom("_NET_SUPPORTING_WM_CHECK")
        until(lambda: self.root.get_full_property(check, X.AnyPropertyType) is not None, "the window manager")

    def kill(self) -> None:
        """Take the display away, as a crash of the server does; every window goes with it."""
        assert self._server is not None
        assert self._manager is not None
        self._disconnect()
        self._server.kill()
        self._manager.end()

    def restart(self) -> None:
        """Start the display again after `kill`, under the same name."""
        self.start()

    def tidy(self) -> None:
        """After a test: the display runs, no key is down, and the layout is us."""
        if self._eye is None:
            self.restart()
        for keycode in self.keys_down:
            self.key_up(keycode)
        self.set_layout("us")

    @property
    def eye(self) -> Display:
        """The rig's own connection."""
        assert self._eye is not None, "the display has been killed"
        return self._eye

    @property
    def root(self) -> Window:
        """The root window."""
        return self.eye.screen().root

    def _disconnect(self) -> None:
        if self._eye is not None:
            self._eye.close()
            self._eye = None

    def _atom(self, name: str) -> int:
        return int(self.eye.intern_atom(name))

    # ── the keyboard ──────────────────────────────────────────────────────────────────────────────

    def set_layout(self, layout: str) -> None:
        """Set the keyboard's layout, or several (`us,il`), of which the first is on: KEY_MENU takes the next."""
        kept = self.root.get_full_property(self._atom("_XKB_RULES_NAMES"), X.AnyPropertyType)
        wanted = ("evdev", "pc105", layout, "", "grp:menu_toggle,grab:break_actions", "")
        # The server is asked, because others set it too: `ibus engine` takes the layout its engine is for.
        if kept is None or bytes(kept.value).decode() != "\0".join(wanted):
            self.run(
                *("setxkbmap", "-rules", "evdev", "-model", "pc105", "-layout", layout, "-variant", ""),
                *("-option", "", "-option", "grp:menu_toggle", "-option", "grab:break_actions"),
                package="x11-xkb-utils",
            )

    def key_down(self, keycode: int) -> None:
        """Press a key and hold it."""
        xtest.fake_input(self.eye, X.KeyPress, keycode)
        self.eye.sync()

    def key_up(self, keycode: int) -> None:
        """Let go of a key."""
        xtest.fake_input(self.eye, X.KeyRelease, keycode)
        self.eye.sync()

    def press(self, *keycodes: int) -> None:
        """Strike a key, the last, with the others held."""
        with self.held(*keycodes):
            pass

    @contextmanager
    def held(self, *keycodes: int) -> Iterator[None]:
        """Keys that are held down, pressed in this order and let go in reverse."""
        for keycode in keycodes:
            self.key_down(keycode)
        try:
            yield
        finally:
            for keycode in reversed(keycodes):
                self.key_up(keycode)

    def break_grabs(self) -> None:
        """Take the keyboard from whoever has grabbed it, unasked: what is let go then is let go unseen."""
        self.press(KEY_CONTROL, KEY_ALT, KEY_KP_DIVIDE)

    @property
    def keys_down(self) -> list[int]:
        """Which keys the server believes to be down."""
        return [
            8 * byte + bit
            for byte, bits in enumerate(self.eye.query_keymap())
            for bit in range(8)
            if bits & 1 << bit
        ]

    # ── windows ───────────────────────────────────────────────────────────────────────────────────

    @property
    def focused(self) -> int | None:
        """The id of the top-level window that keys go to; None where they go to no application's window."""
        window = self.eye.get_input_focus().focus
        state = self._atom("WM_STATE")
        try:
            while not isinstance(window, int) and window.id != self.root.id:
                if window.get_full_property(state, X.AnyPropertyType) is not None:
                    return int(window.id)
                window = window.query_tree().parent
        except BadWindow:  # it went while we looked
            pass
        return None

    @property
    def has_popup(self) -> bool:
        """Whether a menu or list is shown that the window manager leaves alone."""
        for window in self.root.query_tree().children:
            try:
                attributes, size = window.get_attributes(), window.get_geometry()
            except BadWindow:  # it went while we looked
                continue
            if attributes.override_redirect and attributes.map_state == X.IsViewable and size.height > 1:
                return True
        return False

    def focus(self, window_id: int) -> None:
        """Give a top-level window the focus, as a click on the task bar does; returns when it has it."""

        def has_it() -> bool:
            if self.focused == window_id:
                return True
            self._tell_manager("_NET_ACTIVE_WINDOW", window_id, FROM_A_PAGER)
            return False

        until(has_it, f"window {window_id:#x} to have the focus")

    def focus_nothing(self) -> None:
        """Show the desktop: the windows stay open, and none has the focus."""
        self._tell_manager("_NET_SHOWING_DESKTOP", self.root.id, 1)
        until(lambda: self.focused is None, "no window to have the focus")

    def _tell_manager(self, message: str, window_id: int, value: int) -> None:
        event = ClientMessage(
            window=self.eye.create_resource_object("window", window_id),
            client_type=self._atom(message),
            data=(32, [value, X.CurrentTime, 0, 0, 0]),
        )
        self.root.send_event(event, event_mask=X.SubstructureRedirectMask | X.SubstructureNotifyMask)
        self.eye.sync()

    # ── the clipboard, and pictures ───────────────────────────────────────────────────────────────

    def set_clipboard(self, text: str, selection: str = "clipboard") -> None:
        """Put text in the clipboard, or in `primary`; a process of its own keeps it there."""
        self.run("xclip", "-in", "-selection", selection, given=text, package="xclip")

    def clipboard(self, selection: str = "clipboard") -> str:
        """What is in the clipboard, or in `primary`; empty where nobody owns it."""
        done = self._try("xclip", "-out", "-selection", selection, package="xclip")
        return done.stdout if done.returncode == 0 else ""

    def screenshot(self, path: Path, window_id: int | None = None) -> None:
        """Make a picture of the screen, or of a window in its frame."""
        of = "root" if window_id is None else str(window_id)
        self.run("import", "-frame", "-window", of, str(path), package="imagemagick")

    def run(self, program: str, *arguments: str, package: str, given: str | None = None) -> str:
        """Run a program on this display to its end, and return what it prints."""
        done = self._try(program, *arguments, package=package, given=given)
        if done.returncode != 0:
            pytest.fail(f"{program} {' '.join(arguments)}: {done.stderr.strip()}")
        return done.stdout

    def _try(
        self, program: str, *arguments: str, package: str, given: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        with tempfile.TemporaryFile("w+") as out:  # what stays behind (xclip) would keep a pipe open
            done = subprocess.run(
                [need(program, package), *arguments],
                env=self.env,
                input=given if given is not None else "",
                stdout=out,
                stderr=subprocess.DEVNULL if given is not None else subprocess.PIPE,
                text=True,
                timeout=COMMAND_SECONDS,
                check=False,
            )
            out.seek(0)
            return subprocess.CompletedProcess(done.args, done.returncode, out.read(), done.stderr or "")
