"""The service in the foreground: the live flow on the microphone, obeying signals and standard input.

SIGTERM and SIGINT finish what is being said and leave; SIGHUP applies the settings anew. Everything here runs on
the main thread, which waits for signals, input and changes of state, and does nothing in between.
"""

from __future__ import annotations

import contextlib
import logging
import selectors
import signal
import socket
import sys
import threading
from collections.abc import Callable
from types import FrameType

from sayso import paths
from sayso.capture import Source
from sayso.capture.microphone import open_microphone
from sayso.clock import WallClock
from sayso.config import Mode, Settings, changed
from sayso.control import KEYS_HELP, WORDS, Control, TerminalControl
from sayso.engines import Engine
from sayso.errors import SaysoError
from sayso.events import (
    CaptureOpened,
    Event,
    Problem,
    ProblemCleared,
    ProblemName,
    State,
    StateChanged,
)
from sayso.flow import Flow
from sayso.loading import engine_from
from sayso.typist import Typist, load_typist
from sayso.typist.terminal import can_draw
from sayso.vad import make_detector

log = logging.getLogger(__name__)

FINISH_SECONDS = 2.0  # how long leaving waits for the last words: systemd and people expect no more
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCONT)


class Service:
    """One run of the service.

    Args:
        settings: as loaded.
        reload_settings: loads them again, for SIGHUP.

    """

    def __init__(self, settings: Settings, reload_settings: Callable[[], Settings]) -> None:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)  # until `run`: there is nothing to reload
        self._settings = settings
        self._reload_settings = reload_settings
        self._awake, self._wake = socket.socketpair()
        for end in (self._awake, self._wake):
            end.setblocking(False)
        self._signals: list[int] = []
        self._leaving = False
        self._broken = False
        self._later: list[Callable[[], None]] = []  # what waits until nobody speaks
        self._toggled_on = settings.mode is Mode.HANDS_FREE
        self._engine = engine_from(settings)
        self._flow = Flow(
            settings,
            microphone_from(settings),
            self._engine,
            make_detector(),
            typist_from(settings),
            paths.state_dir() / "spool" if settings.journal.safety_net else None,
            WallClock(),
            (self._watch,),
        )

    def run(self) -> int:
        """Run until told to leave; return the exit status."""
        control = TerminalControl()
        previous = {number: signal.signal(number, self._on_signal) for number in SIGNALS}
        threading.excepthook = self._on_thread_death
        wakeup_before = signal.set_wakeup_fd(self._wake.fileno(), warn_on_full_buffer=False)
        try:
            self._start(control)
            self._obey_until_told_to_leave(control)
            signal.signal(signal.SIGINT, previous[signal.SIGINT])  # a second Ctrl-C waits for nothing
            self._finish()
        finally:
            signal.set_wakeup_fd(wakeup_before)
            for number, handler in previous.items():
                signal.signal(number, handler)
            threading.excepthook = threading.__excepthook__
            control.close()
        return 1 if self._broken else 0

    def _start(self, control: TerminalControl) -> None:
        left = self._flow.journal.left_behind()
        self._flow.start()
        if self._settings.mode is Mode.HANDS_FREE:
            self._flow.listen()
        keys = f" {KEYS_HELP}" if control.is_terminal else ""
        say(f"ready ({self._settings.mode.value}): {self._engine.model.name} on {self._engine.device}.{keys}")
        if left:
            shown = " ".join(str(path) for path in left[:3]) + (" …" if len(left) > 3 else "")
            say(
                f"{len(left)} dictation(s) of an earlier run were not delivered; their audio is kept in "
                f"{left[0].parent}. Read them with: sayso transcribe {shown}"
            )

    def _obey_until_told_to_leave(self, control: TerminalControl) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._awake, selectors.EVENT_READ)
            if control.readable:
                # epoll refuses regular files, /dev/null and a closed input: nobody types there.
                with contextlib.suppress(OSError, ValueError):
                    selector.register(control.fd, selectors.EVENT_READ)
            while not self._leaving:
                for key, _ in selector.select():
                    if key.fileobj is self._awake:
                        self._drain()
                        continue
                    asked = control.read()
                    if asked is None:
                        selector.unregister(control.fd)
                        self._leaving = control.is_terminal  # it was closed: nobody could stop us any more
                    for one in asked or ():
                        self._obey(one)
                while self._signals and not self._leaving:
                    self._obey_signal(self._signals.pop(0), control)
                if self._later and self._flow.status.state is not State.SPEAKING:
                    self._later.pop(0)()

    def _finish(self) -> None:
        self._flow.stop_listening()
        self._flow.status.wait_until_finished(FINISH_SECONDS)
        self._flow.stop()

    # ── what the outside asks ─────────────────────────────────────────────────────────────────────

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        self._signals.append(number)

    def _on_thread_death(self, death: threading.ExceptHookArgs) -> None:
        """A stage that died cannot be mended from here: leave what can be saved, and let systemd start anew."""
        name = death.thread.name if death.thread else "a thread"
        log.critical(
            "%s died", name, exc_info=(death.exc_type, death.exc_value or death.exc_type(), death.exc_traceback)
        )
        say(f"{name} failed ({death.exc_type.__name__}); leaving. Audio not delivered is kept")
        self._broken = self._leaving = True
        self._nudge()

    def _obey_signal(self, number: int, control: TerminalControl) -> None:
        if number == signal.SIGHUP:
            self._reload()
        elif number == signal.SIGCONT:
            control.resume()
        else:
            self._leaving = True

    def _obey(self, asked: Control | str) -> None:
        match asked:
            case Control.START:
                self._listen(True)
            case Control.STOP:
                self._listen(False)
            case Control.TOGGLE:
                self._listen(not self._toggled_on)
            case Control.CANCEL:
                self._toggled_on = False
                self._flow.cancel()
                if self._settings.mode is Mode.HANDS_FREE:
                    self._listen(True)
            case Control.QUIT:
                self._leaving = True
            case _:
                say(f"unknown command {asked!r}; there are: {', '.join(WORDS)}")

    def _listen(self, on: bool) -> None:
        self._toggled_on = on
        if on:
            self._flow.listen()
        else:
            self._flow.stop_listening()

    # ── reload ────────────────────────────────────────────────────────────────────────────────────

    def _reload(self) -> None:
        try:
            settings = self._reload_settings()
            keys = changed(self._settings, settings)
            engine = self._engine
            if any(key.startswith("engine.") or key == "language" for key in keys):
                engine = engine_from(settings)
            typist = typist_from(settings) if "typist.backend" in keys else None
        except SaysoError as error:
            self._flow.emit(Problem(ProblemName.CONFIG_INVALID, f"{error}\nthe settings in use stay as they are"))
            return
        self._flow.emit(ProblemCleared(ProblemName.CONFIG_INVALID))
        self._apply(settings, keys, engine, typist)

    def _apply(self, settings: Settings, keys: frozenset[str], engine: Engine, typist: Typist | None) -> None:
        self._settings, self._engine = settings, engine
        self._flow.apply(settings, engine)
        if typist is not None:
            self._later.append(lambda: self._flow.replace_typist(typist))
        if any(key.startswith("audio.") and key != "audio.pre_roll_ms" for key in keys):
            self._later.append(lambda: self._flow.replace_source(microphone_from(settings)))
        if "mode" in keys:
            self._listen(settings.mode is Mode.HANDS_FREE)
        if "log.level" in keys:
            logging.getLogger().setLevel(settings.log.level.upper())
        what = ", ".join(sorted(keys)) or "nothing"
        late = " (journal.safety_net: from the next start on)" if "journal.safety_net" in keys else ""
        say(f"settings applied; changed: {what}{late}")
        self._nudge()

    # ── what happens inside ───────────────────────────────────────────────────────────────────────

    def _watch(self, event: Event) -> None:
        """Called on the stages' threads."""
        match event:
            case Problem(_, message):
                say(message)
            case CaptureOpened(device, rate_hz):
                say(f"microphone: {device} at {rate_hz} Hz")
            case StateChanged():
                self._nudge()
            case _:
                pass

    def _nudge(self) -> None:
        with contextlib.suppress(BlockingIOError):  # then it has more than enough to wake up for
            self._wake.send(b"\0")

    def _drain(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while self._awake.recv(4096):
                pass


def say(line: str) -> None:
    """Tell the person something; standard output is for what they dictate."""
    sys.stderr.write(f"sayso: {line}\n")  # one write: two threads must not tear each other's lines
    sys.stderr.flush()


def microphone_from(settings: Settings) -> Source:
    """The microphone that the settings name."""
    audio = settings.audio
    return open_microphone(audio.device, audio.sample_rate_hz, audio.silence_warning_seconds)


def typist_from(settings: Settings) -> Typist:
    """The typing backend that the settings name; standard output is drawn live where it is a terminal."""
    name = settings.typist.backend
    return load_typist("terminal" if name == "stdout" and can_draw() else name)
