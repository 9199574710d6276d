"""The journal that the settings mean."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import cast

from sayso import paths
from sayso.config import Settings
from sayso.errors import KeyMissing, StorageError
from sayso.events import Event
from sayso.instance import journal_lock
from sayso.journal.keys import Choice, Key, find_key
from sayso.journal.retention import Limits
from sayso.journal.thread import JournalThread


def journal_from(
    settings: Settings, emit: Callable[[Event], None], learns: Callable[[], bool] = lambda: False
) -> JournalThread:
    """The person's journal.

    Args:
        settings: as loaded.
        emit: told of what is in the way; not before `start`.
        learns: whether audio and text are kept once they have arrived.

    Raises:
        AlreadyRunning: another process has it, and numbers what it keeps.

    """
    choice = cast(Choice, settings.journal.key)  # one of these, as the settings were read
    lock = journal_lock()
    with contextlib.suppress(StorageError):  # where nothing can be written nobody numbers; the spool tells of it
        lock.take()
    return JournalThread(
        paths.state_dir(),
        emit,
        lambda folder: find_key(folder, choice),
        learns=learns,
        keeps=settings.journal.safety_net,
        limits=Limits(settings.journal.keep_days, settings.journal.keep_mb),
        early=lambda folder: find_key(folder, choice, is_early=True),
        release=lock.release,
    )


def no_journal() -> JournalThread:
    """One that keeps nothing, where utterances count from 1."""
    return JournalThread(None, lambda _: None, _no_key)


def _no_key(folder: Path) -> Key:
    raise KeyMissing(f"{folder}: nothing is kept")
