"""The journal: is its key to be had, can all of it be read, and how long does the disk take to have something?"""

from __future__ import annotations

import itertools
import os
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from sayso import paths
from sayso.config import Settings
from sayso.doctor import Finding, Light
from sayso.errand import Errand, Overdue
from sayso.errors import KeyLocked, SaysoError
from sayso.journal import Damage
from sayso.journal.consent import Answer, Consent
from sayso.journal.database import Database
from sayso.journal.durable import keep_private
from sayso.journal.keys import DATABASE_NAME, FILE_NAME, KEYRING, find_key, public_key, to_begin_anew
from sayso.journal.reading import damage

PART: Final = "journal"
LOOK_SECONDS: Final = 30.0  # for reading all of it: 2 GB of audio
LEAST_SQLITE: Final = (3, 37)  # for its STRICT tables
# Half a second of speech may be lost in a power cut; a piece of 0.256 s is written before it is synced.
MOST_SYNC_SECONDS: Final = 0.5 - 0.256
TOLD_DAMAGES: Final = 3


@dataclass(frozen=True, slots=True)
class State:
    """What was found.

    Attributes:
        sqlite: version of SQLite.
        learning: how the person has answered.
        is_there: whether there is a journal.
        where: its key lies; empty where that is not known.
        is_locked: the key cannot be had now, and may be later.
        error: why nothing can be read; empty where it can.
        utterances: that are kept.
        audio_mb: of their audio.
        damaged: what cannot be read.
        more_damaged: so many are not among those.
        sync_seconds: that the disk takes to have a piece of audio; None where it cannot be written.
        exposed: files and folders that others can get at, and that cannot be taken back from them.

    """

    sqlite: tuple[int, ...]
    learning: Answer
    is_there: bool = False
    where: str = ""
    is_locked: bool = False
    error: str = ""
    utterances: int = 0
    audio_mb: float = 0.0
    damaged: Sequence[Damage] = field(default_factory=tuple)
    more_damaged: int = 0
    sync_seconds: float | None = None
    exposed: Sequence[str] = field(default_factory=tuple)


def check_journal(settings: Settings) -> Iterator[Finding]:
    """Read all of it. Blocks for as long as that takes, at most half a minute."""
    try:
        state = Errand(lambda: find_state(settings)).wait(LOOK_SECONDS)
    except Overdue:
        message = f"it could not be read within {LOOK_SECONDS:g} s"
        yield Finding(PART, Light.AMBER, message, "Try again when the disk is less busy")
    else:
        yield from judge_journal(state)


def find_state(settings: Settings) -> State:
    """Find out; makes neither a key nor a journal."""
    folder = paths.journal_dir()
    learning = Consent(paths.learning_file(), settings.learning).answer
    first = State(sqlite3.sqlite_version_info, learning, sync_seconds=_sync_seconds(), exposed=_exposed(folder))
    if public_key(folder) is None and not (folder / DATABASE_NAME).exists():
        return first
    try:
        key = find_key(folder, "auto")
        with closing(Database(folder, key, write=False)) as database:
            query = "SELECT count(*), coalesce(sum(audio_bytes), 0) FROM utterance"
            utterances, audio_bytes = database.connection.execute(query).fetchone()
            found = damage(database)
            told = tuple(itertools.islice(found, TOLD_DAMAGES))
            return replace(
                first,
                is_there=True,
                where=key.where,
                utterances=utterances,
                audio_mb=round(audio_bytes / 1e6, 1),
                damaged=told,
                more_damaged=sum(1 for _ in found),
            )
    except (SaysoError, OSError, sqlite3.Error) as error:
        why = str(error) if isinstance(error, SaysoError) else _remedy(error, folder)
        return replace(first, is_there=True, is_locked=isinstance(error, KeyLocked), error=why)


def _exposed(folder: Path) -> tuple[str, ...]:
    """What is still open to others after it has been taken back from them, as whoever writes it does."""
    private = (folder, folder / FILE_NAME, paths.spool_dir())
    return tuple(paths.shown(path) for path in private if not keep_private(path))


def _remedy(error: OSError | sqlite3.Error, folder: Path) -> str:
    if isinstance(error, OSError):
        why = error.strerror or type(error).__name__
        return f"{why}: see that {paths.shown(folder)} and all in it are yours, and that its disk can be read"
    name = getattr(error, "sqlite_errorname", type(error).__name__)
    return f"{name}: see that its disk works. Restore it from a backup, or {to_begin_anew(folder)}"


def _sync_seconds() -> float | None:
    """The middle of five times that the disk takes for 256 ms of audio (8 kB); None where it cannot be tried."""
    folder = next((one for one in (paths.spool_dir(), *paths.spool_dir().parents) if one.is_dir()), None)
    took = []
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            for _ in range(5):
                file.write(bytes(8192))
                file.flush()
                began = time.perf_counter()
                os.fdatasync(file.fileno())
                took.append(time.perf_counter() - began)
    except OSError:
        return None
    return statistics.median(took)


def judge_journal(state: State) -> Iterator[Finding]:
    """What is to be said about it, the worst first."""
    facts: dict[str, float | int | str | bool | None] = {
        "key": "" if not state.where else "keyring" if state.where == KEYRING else "file",
        "learning": state.learning.value,
        "utterances": state.utterances,
        "audio_mb": state.audio_mb,
        "damaged": len(state.damaged) + state.more_damaged,
        "sync_ms": None if state.sync_seconds is None else round(state.sync_seconds * 1000, 1),
        "sqlite": ".".join(map(str, state.sqlite)),
    }
    found = sorted(_faults(state), key=lambda finding: -finding.light)
    if not found:
        yield Finding(PART, Light.GREEN, _in_words(state), facts=facts)
    for finding in found:
        yield Finding(finding.part, finding.light, finding.message, finding.remedy, facts)
        facts = {}


def _faults(state: State) -> Iterator[Finding]:
    if state.sqlite < LEAST_SQLITE:
        version, least = (".".join(map(str, one)) for one in (state.sqlite, LEAST_SQLITE))
        message = f"SQLite {version} is too old for it: nothing can be kept"
        yield Finding(PART, Light.RED, message, f"Use a Python that was built with SQLite {least} or newer")
    if state.is_locked:
        yield Finding(
            PART, Light.AMBER, "its key cannot be had now: what is said is kept sealed, and not read", state.error
        )
    elif state.error:
        yield Finding(PART, Light.RED, "it cannot be read", state.error)
    for path in state.exposed:
        message = f"{path} can be read by others, and that cannot be changed"
        yield Finding(
            PART, Light.AMBER, message, "Set XDG_STATE_HOME to a disk that knows modes, and see that it is yours"
        )
    for one in state.damaged:
        yield Finding(PART, Light.AMBER, f"damaged: {one.where}", one.why)
    if state.more_damaged:
        yield Finding(
            PART,
            Light.AMBER,
            f"{state.more_damaged} more parts of it are damaged",
            "See: sayso history --limit all",
        )
    if state.sync_seconds is not None and state.sync_seconds > MOST_SYNC_SECONDS:
        message = (
            f"the disk takes {state.sync_seconds:.1f} s to keep a piece of audio: a power cut may cost as much"
        )
        yield Finding(PART, Light.AMBER, message, "Set XDG_STATE_HOME to a faster disk")


def _in_words(state: State) -> str:
    learns = "sayso learns from it" if state.learning is Answer.ON else "what has arrived is not kept"
    if not state.is_there:
        return f"there is none yet; {learns}"
    size = f"{state.utterances} dictations, {state.audio_mb:g} MB of audio" if state.utterances else "it is empty"
    return f"{size}; its key is in {state.where if state.where != KEYRING else 'the keyring'}; {learns}"
