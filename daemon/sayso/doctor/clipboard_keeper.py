"""Keeps what a person has copied, on a desktop without a clipboard manager, when the doctor has gone.

The contents of the X clipboard live in the program that copied them. Whoever pastes through it becomes its owner,
puts back what was there, and takes that along at its end, unless a manager of the clipboard takes it over. Where
there is none, this process is one for once: it stays until somebody copies something else, as xclip does.
"""

from __future__ import annotations

import contextlib
import os
import select
import subprocess
import sys
import time
from collections.abc import Callable

from Xlib import X
from Xlib.display import Display
from Xlib.protocol import request
from Xlib.protocol.event import PropertyNotify, SelectionClear, SelectionNotify, SelectionRequest
from Xlib.xobject.drawable import Window

from sayso.errors import DisplayError, TypistError
from sayso.x11.connection import LOST, client_of, connect, unheard
from sayso.x11.selection_reader import Reader
from sayso.x11.selections import Holding, Owner, server_time

START_SECONDS = 2.0  # a Python that starts: 0.1 to 0.3 s
HANDOVER_SECONDS = 10.0  # from its start until the doctor hands over
MANAGER = "CLIPBOARD_MANAGER"


def is_at_risk(display: Display) -> bool:
    """Whether something is in the clipboard that nobody would keep."""
    selections = (display.intern_atom(name) for name in ("CLIPBOARD", MANAGER))
    copied, manager = (_owner_of(display, selection) for selection in selections)
    return copied is not None and manager is None


def start(name: str) -> bool:
    """Start the process that keeps it; whether it is there, after 2 s at most."""
    command = [sys.executable, "-m", __name__, name]
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            timeout=START_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _owner_of(display: Display, selection: int) -> int | None:
    """The window that owns a selection; None for nobody."""
    owner: object = display.get_selection_owner(selection)
    return int(owner.id) if isinstance(owner, Window) else None


class _Keeper:
    """A manager of the clipboard that takes over once."""

    def __init__(self, name: str) -> None:
        self._display = connect(name)
        self._display.set_error_handler(unheard)
        self._window = self._display.screen().root.create_window(
            0, 0, 1, 1, 0, X.CopyFromParent, event_mask=X.PropertyChangeMask
        )
        self._manager, self._stamp = (self._display.intern_atom(name) for name in (MANAGER, "SAYSO_STAMP"))
        self._selections = [self._display.intern_atom("CLIPBOARD"), self._display.intern_atom("PRIMARY")]
        self._owner = Owner(self._display)
        self._reader = Reader(self._display, self._window, self._wait)

    def offer_itself(self) -> bool:
        """Become the manager; whether it is."""
        self._window.set_selection_owner(self._manager, self._now())
        return _owner_of(self._display, self._manager) == int(self._window.id)

    def run(self) -> None:
        """Take over, and keep it until somebody copies something else."""
        asked = self._wait(
            lambda event: isinstance(event, SelectionRequest) and event.selection == self._manager,
            time.monotonic() + HANDOVER_SECONDS,
        )
        if not isinstance(asked, SelectionRequest):
            return
        for selection in self._selections:
            self._take_over(selection, client_of(self._display, int(asked.requestor.id)))
        self._answer(asked)
        if self._owner.holdings:
            self._wait(lambda _: not self._owner.holdings, None)

    def _take_over(self, selection: int, client: int) -> None:
        held_by = _owner_of(self._display, selection)
        if held_by is None or client_of(self._display, held_by) != client:
            return
        with contextlib.suppress(TypistError):  # too large: it was too large for who hands it over, too
            values = self._reader.read(selection, self._now()).values
            now = self._now()
            self._window.set_selection_owner(selection, now)
            self._owner.holdings[selection] = Holding(values, now)

    def _answer(self, asked: SelectionRequest) -> None:
        answer = SelectionNotify(
            time=asked.time,
            requestor=asked.requestor,
            selection=asked.selection,
            target=asked.target,
            property=asked.property,
        )
        asked.requestor.send_event(answer, onerror=unheard)
        request.SetSelectionOwner(
            display=self._display.display, window=X.NONE, selection=self._manager, time=X.CurrentTime
        )
        self._display.sync()

    def _now(self) -> int:
        return server_time(self._window, self._stamp, self._wait)

    def _wait(self, accept: Callable[[object], bool], deadline: float | None) -> object:
        """Dispatch events until one is accepted, which is returned; None at the deadline."""
        while True:
            while self._display.pending_events():
                event = self._display.next_event()
                self._dispatch(event)
                if accept(event):
                    return event
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0:
                return None
            select.select([self._display.fileno()], [], [], left)

    def _dispatch(self, event: object) -> None:
        if isinstance(event, SelectionRequest) and event.selection != self._manager:
            self._owner.on_request(event)
        elif isinstance(event, PropertyNotify):
            self._owner.on_property(event)
        elif isinstance(event, SelectionClear):
            self._owner.holdings.pop(event.atom, None)


def main(name: str) -> int:
    """The process: ends for who started it when it can be handed something, and lives on in a child."""
    try:
        keeper = _Keeper(name)
        if not keeper.offer_itself():
            return 1
        if os.fork():
            os._exit(0)  # the connection is the child's now
        keeper.run()
    except (DisplayError, *LOST):
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
