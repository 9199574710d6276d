"""Files of the spool become rows of the database; and all else that a service does with that.

On a thread of its own, because a keyring may take seconds to answer, and a disk for ever.
"""

from __future__ import annotations

import contextlib
import logging
import queue
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from sayso.errors import JournalError, KeyLocked, StorageError
from sayso.events import Event, Problem, ProblemCleared, ProblemName
from sayso.journal import Outcome, Spooled, reading, writing
from sayso.journal.database import Database
from sayso.journal.forgetting import What
from sayso.journal.keys import Key, public_key
from sayso.journal.retention import Retention
from sayso.journal.spool import discard, held, read_spool

log = logging.getLogger(__name__)
T = TypeVar("T")

AGAIN_SECONDS = 60.0  # until what could not be done is tried again: a keyring is opened once a day
SPEECH_SECONDS = 30.0  # so long somebody may speak on before it is done all the same: it takes some 10 ms
HELD_SECONDS = 0.25  # so long somebody who only looks at a file may hold it
LATER = "; that is done as soon as it can be"


@dataclass(slots=True, eq=False)
class Ended:
    """An utterance that is over and becomes a row.

    Attributes:
        outcome: what became of it.
        path: its file, which nobody writes any more; None where it has none.
        spooled: what is to be kept of it; None: what the file has.
        then: called once, on this thread: with True when there is a row, with False when that must wait.
        since: when it ended, by the monotonic clock.

    """

    outcome: Outcome
    path: Path | None
    spooled: Spooled | None = None
    then: Callable[[bool], None] | None = None
    since: float = field(default_factory=time.monotonic)

    def tell(self, is_kept: bool) -> None:
        """Call `then`."""
        then, self.then = self.then, None
        if then is not None:
            then(is_kept)


class Ingestion:
    """Thread `sayso-journal-database`, the only one of the process that has the database open for writing.

    Args:
        folder: of the journal.
        find: finds its key; may block for seconds. Raises JournalError.
        emit: told of what is in the way, and that it no longer is.
        refused: told why a disk refuses, and None when it no longer does.
        found: called when there is a key that there was not before.
        is_idle: whether nobody speaks.
        retention: looks for what is to go.
        learns: whether what has arrived is kept, as the person says now.

    """

    def __init__(
        self,
        folder: Path,
        find: Callable[[Path], Key],
        emit: Callable[[Event], None],
        refused: Callable[[str | None], None],
        found: Callable[[], None],
        is_idle: Callable[[], bool],
        retention: Retention,
        learns: Callable[[], bool],
    ) -> None:
        self._folder = folder
        self._find = find
        self._emit = emit
        self._refused = refused
        self._tell_found = found
        self._is_idle = is_idle
        self._retention = retention
        self._learns = learns
        self._queue: queue.SimpleQueue[Callable[[], None] | Ended | None] = queue.SimpleQueue()
        self._ended: deque[Ended] = deque()
        self._key: Key | None = None
        self._database: Database | None = None
        self._problem: ProblemName | None = None
        self._is_over = False
        self._is_lost = False  # there is audio that the database does not know
        self._makes_key = False  # that is asked for, and not done yet
        self._tried_at = -AGAIN_SECONDS
        self._thread = threading.Thread(target=self._run, name="sayso-journal-database", daemon=True)

    # ── from any thread ───────────────────────────────────────────────────────────────────────────

    def ask(self, do: Callable[[Database], T]) -> Future[T]:
        """Do something with the database; the future has what it gave, or a JournalError. Returns at once."""
        return self._asked(lambda: do(self._opened()))

    def ask_for_key(self) -> Future[Key]:
        """The journal's key, made where there is none. Returns at once."""
        return self._asked(self._found)

    def _asked(self, do: Callable[[], T]) -> Future[T]:
        future: Future[T] = Future()

        def run() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                if self._is_over:
                    raise JournalError("sayso is leaving, and nothing can be done with the journal any more")
                future.set_result(do())
            except BaseException as error:  # it is the one's who asked
                future.set_exception(_of_ours(error))

        self._queue.put(run)
        if self._is_over:
            self._refuse_the_rest()
        return future

    def make_key(self, find: Callable[[Path], Key] | None = None, *, tells: bool) -> None:
        """Make the key where there is none, since files of the spool are sealed to it. Returns at once.

        Args:
            find: finds or makes it, in place of what finds it otherwise.
            tells: whether anything waits for it, so that it is told what is in the way.

        """
        if not self._makes_key:
            self._makes_key = True
            self._queue.put(lambda: self._make_key(find or self._find, tells=tells))

    def take(self, ended: Ended) -> None:
        """Make a row of an utterance when nobody speaks."""
        self._queue.put(ended)

    def forget(self, what: What, others: int, done: Future[int]) -> None:
        """Let go of what is in memory and no file; the future gets how many that and the others were."""

        def drop() -> None:
            gone = [one for one in self._ended if _is_meant(one, what)]
            for one in gone:
                self._ended.remove(one)
            done.set_result(others + len(gone))

        self._queue.put(drop)

    def look(self) -> None:
        """Nobody speaks any more, perhaps."""
        self._queue.put(lambda: None)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Do what was asked, and what can be done at once of the rest; blocks. What cannot stays in the spool."""
        self._queue.put(None)
        self._thread.join()
        self._is_over = True
        self._refuse_the_rest()

    def _refuse_the_rest(self) -> None:
        """Nobody is to wait for what nobody will do."""
        with contextlib.suppress(queue.Empty):
            while True:
                item = self._queue.get_nowait()
                if callable(item):
                    item()

    # ── on the thread ─────────────────────────────────────────────────────────────────────────────

    def _run(self) -> None:
        """Thread `sayso-journal-database`: may block on the disk and the keyring; only who asks waits for it."""
        while (item := self._next()) is not None:
            if isinstance(item, Ended):
                self._ended.append(item)
            else:
                item()
            if self._ended and self._is_time():
                self._ingest()
            if not self._retention.wait_seconds and self._is_idle():
                self._retain()
        self._ingest()
        if self._database is not None:
            self._database.close()

    def _next(self) -> Callable[[], None] | Ended | None:
        try:
            return self._queue.get(timeout=self._patience())
        except queue.Empty:
            return lambda: None

    def _patience(self) -> float | None:
        """Seconds until there is something to do though nobody asks; None: whoever stops speaking says so."""
        retention = self._retention.wait_seconds if self._is_idle() else None
        if not self._ended:
            return retention
        now = time.monotonic()
        if self._problem is not None:
            ingestion = max(0.0, self._tried_at + AGAIN_SECONDS - now)
        else:
            ingestion = max(0.0, self._ended[0].since + SPEECH_SECONDS - now)
        return ingestion if retention is None else min(ingestion, retention)

    def _is_time(self) -> bool:
        now = time.monotonic()
        if self._problem is not None and now - self._tried_at < AGAIN_SECONDS:
            return False
        return self._is_idle() or now - self._ended[0].since >= SPEECH_SECONDS

    def _ingest(self) -> None:
        """Make rows of all that has ended, until the key, the database or the disk is in the way."""
        while self._ended:
            ended, is_kept = self._ended[0], False
            try:
                is_kept = self._keep(ended)
            except (JournalError, StorageError, sqlite3.Error, OSError) as error:
                self._in_the_way(error)
                for waiting in self._ended:
                    waiting.tell(False)
                return
            except Exception as error:  # the next one needs the thread; the error may quote what was said
                log.error("an utterance could not be kept: %s", type(error).__name__)
            self._ended.popleft()
            ended.tell(is_kept)

    def _keep(self, ended: Ended) -> bool:
        """Make a row; False where that must wait for the next start, or for whoever has the file."""
        database = self._opened()  # the keyring is not asked while a file is held
        if ended.path is None:
            return self._keep_of(ended, None, database)
        patience = time.monotonic() + HELD_SECONDS
        while True:
            with held(ended.path) as is_ours:  # so that it is not forgotten between its reading and its row
                if is_ours:
                    return self._keep_of(ended, ended.path, database)
                if not ended.path.exists():  # somebody else has taken it up, or it was forgotten
                    return True
            if time.monotonic() > patience:
                return False
            time.sleep(HELD_SECONDS / 10)

    def _keep_of(self, ended: Ended, path: Path | None, database: Database) -> bool:
        spooled = ended.spooled
        is_kept = ended.outcome is not Outcome.DELIVERED or self._learns()  # it may have waited for long
        if path is not None and spooled is None and is_kept:
            try:
                spooled = read_spool(path, self._found().private)
            except JournalError as error:  # only this one: the next start names it
                log.error("%s cannot be read: %s", path.name, type(error).__name__)
                return False
        if spooled is not None and not writing.add(database, spooled, ended.outcome) and path is not None:
            log.error("%s: another utterance has its number; two sayso run at the same time", path.name)
            return False
        self._clear()
        if path is not None:
            discard(path)
        return True

    def _retain(self) -> None:
        is_there = self._database is not None and not self._database.has_gone()
        try:
            self._retention.look(self._database if is_there else None)
        except Exception as error:  # the next utterance needs the thread
            log.warning("what is too old could not be forgotten: %s", type(error).__name__)

    def _make_key(self, find: Callable[[Path], Key], *, tells: bool) -> None:
        if self._is_over:
            return
        try:
            self._found(find)
        except (JournalError, StorageError, OSError) as error:
            if tells:
                self._in_the_way(error)
        except Exception as error:  # what others ask needs the thread
            log.error("the journal's key could not be made: %s", type(error).__name__)
        else:
            if self._problem in (ProblemName.JOURNAL_LOCKED, ProblemName.STORAGE_FAILED):
                self._clear()
            self._tell_found()
        finally:
            self._makes_key = False

    def _found(self, find: Callable[[Path], Key] | None = None) -> Key:
        """The key; looked for again where the journal in the folder has another one by now."""
        if self._key is None or public_key(self._folder) != self._key.public:
            self._tried_at = time.monotonic()
            self._key = (find or self._find)(self._folder)
        return self._key

    def _opened(self) -> Database:
        if self._database is not None and self._database.has_gone():  # the person has put the journal away
            self._database.close()
            self._database = None
        if self._database is None:
            key = self._found()
            self._tried_at = time.monotonic()
            self._database = Database(self._folder, key, write=True)
            self._clear()
            self._tell_lost(self._database)
        return self._database

    def _tell_lost(self, database: Database) -> None:
        lost = bool(found := reading.lost(database))
        if lost:
            self._emit(Problem(ProblemName.JOURNAL_DAMAGED, f"{found[0].where}: {found[0].why}"))
        elif self._is_lost:
            self._emit(ProblemCleared(ProblemName.JOURNAL_DAMAGED))
        self._is_lost = lost

    def _in_the_way(self, error: Exception) -> None:
        self._tried_at = time.monotonic()
        if isinstance(error, OSError | StorageError):
            why = str(error)  # ours name the file
            if isinstance(error, OSError):
                why = f"{self._folder}: {error.strerror or type(error).__name__}"
            self._refused(why)
            self._problem = self._problem or ProblemName.STORAGE_FAILED  # told by whoever writes the spool
            return
        name = ProblemName.JOURNAL_LOCKED if isinstance(error, KeyLocked) else ProblemName.JOURNAL_DAMAGED
        if name is self._problem:
            return
        self._clear()
        self._problem = name
        self._emit(Problem(name, f"what was dictated is not in the journal yet: {_of_ours(error)}{LATER}"))

    def _clear(self) -> None:
        if self._problem in (ProblemName.JOURNAL_LOCKED, ProblemName.JOURNAL_DAMAGED):
            self._emit(ProblemCleared(self._problem))
        if self._problem is not None:
            self._refused(None)
        self._problem = None


def _is_meant(one: Ended, what: What) -> bool:
    """Whether it is nowhere but here, and to be forgotten; it ended a moment ago, or the keyring is in its way."""
    now = time.time()
    ended_at = now - (time.monotonic() - one.since)
    begun = None if one.spooled is None else one.spooled.begun
    return begun is not None and what.means(begun.utterance, begun.application, ended_at, now)


def _of_ours(error: BaseException) -> BaseException:
    """An error of the tree, whose words may be shown."""
    if isinstance(error, sqlite3.Error):
        return JournalError(f"the journal cannot be used ({error.sqlite_errorname}); see: sayso doctor")
    if isinstance(error, OSError):
        why = error.strerror or type(error).__name__
        return JournalError(f"the journal cannot be used ({why}); see: sayso doctor")
    return error
