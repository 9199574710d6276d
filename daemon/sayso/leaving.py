"""How the service leaves: the last words arrive, the stages unwind, and what takes too long is left behind."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable
from typing import NoReturn

from sayso.flow import Flow
from sayso.typist.terminal import can_draw

LEAVE_SECONDS = 1.8  # from being told to leave to having left; systemd and people expect 2 s and no more …
UNWIND_SECONDS = 0.5  # … of which so much is for the stages to end, and the rest for the last words
SHOW_CURSOR = b"\x1b[?25h"  # rich hides it while it draws


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


def leave_behind(
    flow: Flow, status: int, close_terminal: Callable[[], None], say: Callable[[str], None], *, is_kept: bool
) -> NoReturn:
    """End at once, whatever the stages do: native libraries do not stand being unloaded under them.

    Args:
        flow: what does not end in time.
        status: to exit with.
        close_terminal: gives the terminal back.
        say: tells the person something.
        is_kept: whether the journal keeps audio until it has arrived.

    """
    if flow.status.facts.unfinished:
        kept = "; their audio is kept, and read at the next start, or now by: sayso history --recovered"
        say(f"the last words could not be recognised in time{kept if is_kept else ''}")
    with contextlib.suppress(OSError):  # the terminal may be gone
        if can_draw():
            os.write(1, SHOW_CURSOR)
    close_terminal()
    os._exit(status)
