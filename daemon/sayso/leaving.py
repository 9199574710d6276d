"""How the service leaves: the last words arrive, the stages unwind, and what takes too long is left behind."""

from __future__ import annotations

import contextlib
import logging
import os
import threading
import time
import traceback
from collections.abc import Callable
from types import TracebackType
from typing import NoReturn, Self

from sayso.flow import Flow
from sayso.saying import say
from sayso.typist.terminal import can_draw

log = logging.getLogger(__name__)

LEAVE_SECONDS = 1.8  # from being told to leave to having left; systemd and people expect 2 s and no more …
UNWIND_SECONDS = 0.5  # … of which so much is for the stages to end, and the rest for the last words
SHOW_CURSOR = b"\x1b[?25h"  # rich hides it while it draws


class ThreadDeaths:
    """Has the service leave when a thread dies. A context manager: it holds `threading.excepthook` meanwhile.

    A stage that died cannot be mended from here: what can be saved is left, and systemd starts anew.

    Args:
        leave: has the service leave; called on the thread that dies.

    Attributes:
        status: to exit with: 0, or 1 once a thread has died.

    """

    def __init__(self, leave: Callable[[], None]) -> None:
        self.status = 0
        self._leave = leave

    def __enter__(self) -> Self:
        self._before, threading.excepthook = threading.excepthook, self._died
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        threading.excepthook = self._before

    def _died(self, death: threading.ExceptHookArgs) -> None:
        self.status = 1
        self._leave()
        name = death.thread.name if death.thread else "a thread"
        # Without the error's own words: they may quote what was dictated.
        log.critical("%s died at\n%s", name, "".join(traceback.format_tb(death.exc_traceback)))
        say(f"{name} failed ({death.exc_type.__name__}); leaving")


def finish(flow: Flow, unwind: Callable[[], None], leave_behind: Callable[[], NoReturn]) -> None:
    """Let the last words arrive, then unwind.

    Thread `sayso-unwind` may block on every stage; the main thread waits a while for it.
    """
    deadline = time.monotonic() + LEAVE_SECONDS
    flow.stop_listening()
    flow.status.wait_until_finished(LEAVE_SECONDS - UNWIND_SECONDS)
    closing = threading.Thread(target=unwind, name="sayso-unwind", daemon=True)
    closing.start()
    closing.join(deadline - time.monotonic())
    if closing.is_alive():
        leave_behind()


def leave_behind(flow: Flow, status: int, close_terminal: Callable[[], None]) -> NoReturn:
    """End at once, whatever the stages do: native libraries do not stand being unloaded under them.

    Args:
        flow: what does not end in time.
        status: to exit with.
        close_terminal: gives the terminal back.

    """
    if flow.status.facts.unfinished:
        kept = "; their audio is kept, and read at the next start, or now by: sayso history --recovered"
        say(f"the last words could not be recognised in time{kept if flow.journal.keeps else ''}")
    with contextlib.suppress(OSError):  # the terminal may be gone
        if can_draw():
            os.write(1, SHOW_CURSOR)
    close_terminal()
    os._exit(status)
