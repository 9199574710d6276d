"""The journal's thread: what is spoken goes to the spool while it is spoken, and nothing waits for that.

The live flow hands over copies through a queue. One thread writes them, another syncs them (`syncing`), a third
makes rows of what has ended (`ingestion`), a fourth takes up what an earlier run left (`recovering`). Where the
disk is full or slow, audio waits in memory up to a limit, and dictation goes on.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from sayso.audio import Pcm
from sayso.errors import JournalError, KeyLocked, KeyMissing, SaysoError, StorageError, WrongKey
from sayso.events import (
    Decoded,
    Event,
    Problem,
    ProblemName,
    TextStands,
    UtteranceDelivered,
    UtteranceDropped,
    UtteranceFailed,
    UtteranceFinished,
    UtteranceSaid,
    UtteranceStarted,
    WindowFailed,
)
from sayso.journal import Begun, Outcome, Spooled
from sayso.journal.database import Database
from sayso.journal.forgetting import What
from sayso.journal.ingestion import Ended, Ingestion
from sayso.journal.keys import Key, public_key
from sayso.journal.recovering import Recovering
from sayso.journal.recovery import Transcribe, spare_numbers
from sayso.journal.refusals import Refusals
from sayso.journal.retention import Limits, Retention
from sayso.journal.spool import Disk, SpoolFile
from sayso.journal.spooling import End, Fate, Spooling
from sayso.journal.syncing import Syncing

log = logging.getLogger(__name__)
T = TypeVar("T")

MEMORY_BYTES = 64 * 1024 * 1024  # of audio that waits for the disk: 35 minutes
AGAIN_SECONDS = 1.0  # until a disk that refused is tried again
KEY_SECONDS = 1.0  # so long the end of a run waits for the first key
UNDELIVERED = "a dictation could not be delivered; its text is kept, see: sayso history"
UNKEPT = "a dictation could not be delivered; it seems confidential, so it was not kept: say it again"
UNHEARD = "a dictation was not recognised to its end; its audio is kept, and read by: sayso history --recovered"


@dataclass(frozen=True, slots=True)
class _Audio:
    utterance: int
    audio: Pcm | None  # None: the memory for it was full


@dataclass(frozen=True, slots=True)
class _KeyFound:
    pass


@dataclass(frozen=True, slots=True)
class _Forget:
    what: What
    done: Future[int]


_Item = Event | Begun | _Audio | _KeyFound | _Forget
_WATCHED = (
    UtteranceStarted
    | UtteranceFinished
    | UtteranceSaid
    | Decoded
    | TextStands
    | WindowFailed
    | UtteranceDelivered
    | UtteranceDropped
    | UtteranceFailed
)


class JournalThread:
    """The journal of one process. Any thread may call it; everything but `stop` returns at once.

    Args:
        state: the folder with `spool` and `journal` in it, made when first needed; None keeps nothing.
        emit: told when the disk or the keyring is in the way, and of what did not arrive.
        find: finds the journal's key in a folder, or makes one; may block. Raises JournalError.
        learns: whether audio and text are kept once they have arrived.
        keeps: False keeps nothing, and only knows the numbers.
        limits: how much is kept of what is.
        disk: the edge.
        early: makes the journal's key before anything needs it; may block, and refuse. None waits until then.
        release: called when it has ended: another process may have the journal.

    Attributes:
        first_utterance: the number of the first utterance of this process.
        learns: as given.

    """

    def __init__(
        self,
        state: Path | None,
        emit: Callable[[Event], None],
        find: Callable[[Path], Key],
        *,
        learns: Callable[[], bool] = lambda: False,
        keeps: bool = True,
        limits: Limits | None = None,
        disk: Disk | None = None,
        early: Callable[[Path], Key] | None = None,
        release: Callable[[], None] = lambda: None,
    ) -> None:
        spare = range(1, 1) if state is None else spare_numbers(state)
        self.first_utterance = spare.stop
        self.learns = learns
        self._state = state
        self._folder = state / "spool" if state is not None and keeps else None
        self._emit = emit
        self._early = early
        self._release = release
        self._disk = disk or Disk()
        self._queue: queue.SimpleQueue[_Item | None] = queue.SimpleQueue()
        self._heard_bytes = 0  # put into the queue; only the pipeline's thread changes it
        self._taken_bytes = 0  # taken out of it; only the journal's does …
        self._waiting_bytes = 0  # … and what of it the disk has not taken
        self._writing: dict[int, Spooling] = {}
        self._speaking: set[int] = set()
        self._idle = threading.Event()
        self._idle.set()
        self._public: bytes | None = None
        journal = (state or Path()) / "journal"
        self._refusals = Refusals(emit, journal.with_name("spool"), journal)
        self._syncing = Syncing(self._refusals.spool)
        self._ingestion = Ingestion(
            journal,
            find,
            emit,
            self._refusals.journal,
            lambda: self._queue.put(_KeyFound()),
            self._idle.is_set,
            Retention(journal, limits or Limits(), self.first_utterance),
            learns,
        )
        self._recovering = Recovering(state, self._ingestion, self._idle, emit, learns, spare)
        self._thread = threading.Thread(target=self._run, name="sayso-journal", daemon=True)

    # ── from any thread ───────────────────────────────────────────────────────────────────────────

    @property
    def keeps(self) -> bool:
        """Whether anything is kept, if only until it has arrived."""
        return self._folder is not None

    @property
    def recovered(self) -> tuple[int, ...]:
        """Utterances of earlier runs that this one has taken up."""
        return self._recovering.recovered

    def begin(self, begun: Begun) -> None:
        """An utterance begins of which something may be kept."""
        if self._folder is not None:
            self._queue.put(begun)

    def hear(self, utterance: int, audio: Pcm) -> None:
        """Take a piece of one, shape (n,), while it is spoken. One thread alone calls this."""
        if self._folder is None:
            return
        if self._heard_bytes - self._taken_bytes + self._waiting_bytes + audio.nbytes > MEMORY_BYTES:
            self._queue.put(_Audio(utterance, None))
            return
        self._heard_bytes += audio.nbytes
        self._queue.put(_Audio(utterance, audio))

    def watch(self, event: Event) -> None:
        """Take what happened."""
        if self._folder is not None and isinstance(event, _WATCHED):
            self._queue.put(event)

    def ask(self, do: Callable[[Database], T]) -> Future[T]:
        """Do something with the database, on its thread; the future has what it gave, or a JournalError."""
        if self._state is not None:
            return self._ingestion.ask(do)
        future: Future[T] = Future()
        future.set_exception(JournalError("there is no journal here; nothing is kept"))
        return future

    def forget(self, what: What) -> Future[int]:
        """Let go of dictations that are over and wait in memory; the future has how many there were."""
        done: Future[int] = Future()
        if self._folder is None:
            done.set_result(0)
        else:
            self._queue.put(_Forget(what, done))
        return done

    def recover(self, transcribe: Transcribe) -> None:
        """Take up what earlier runs have left, while nobody speaks, and tell of it; once."""
        if self._folder is not None:
            self._recovering.start(transcribe)

    def start(self) -> None:
        """Start the threads."""
        if self._state is not None:
            self._ingestion.start()
        if self._folder is not None:
            self._syncing.start()
            self._thread.start()

    def stop(self) -> None:
        """Write what is queued, then end; blocks. Files of utterances that are still in flight stay."""
        self._recovering.stop()
        if self._folder is not None:
            self._queue.put(None)
            self._thread.join()
            self._syncing.stop()
        if self._state is not None:
            self._ingestion.stop()
        self._release()

    # ── the thread ────────────────────────────────────────────────────────────────────────────────

    def _run(self) -> None:
        """Thread `sayso-journal`: may block on the disk; nothing waits for it, and nothing ends it but `stop`."""
        self._make_key_early()
        while (item := self._next()) is not None:
            try:
                self._take(item)
                self._flush()
            except Exception as error:  # the next utterance needs the thread; the error may quote what was said
                what = type(item).__name__.lstrip("_")
                log.error("the journal could not take %s: %s", what, type(error).__name__)
            waiting = (one for one in self._writing.values() if one.is_to_be_written)
            self._waiting_bytes = sum(one.file.waiting_bytes for one in waiting)
            if isinstance(item, _Audio) and item.audio is not None:
                self._taken_bytes += item.audio.nbytes
        if self._waiting_bytes and self._public is None:
            try:
                self._ingestion.ask_for_key().result(KEY_SECONDS)
            except Exception as error:
                self._tell_lost(error)
        try:
            self._flush()
        except Exception as error:  # see above
            log.error("the journal could not write all: %s", type(error).__name__)
        for one in self._writing.values():
            self._syncing.last(one.file, lambda: None)

    def _next(self) -> _Item | None:
        try:
            return self._queue.get(timeout=AGAIN_SECONDS if self._waiting_bytes else None)
        except queue.Empty:
            return _KeyFound()  # or room on the disk, perhaps

    def _take(self, item: _Item) -> None:
        match item:
            case Begun(utterance):
                assert self._folder is not None  # nothing is queued without one
                self._writing[utterance] = Spooling(item, SpoolFile(self._folder, utterance, self._disk))
                self._public = None  # the journal may be another one by now
                self._key(tells=False)  # where it must be made first, that takes a moment
            case _Audio(utterance, audio):
                if (heard := self._going(utterance)) is not None:
                    heard.hear(audio)
            case _Forget(what, done):
                self._forget(what, done)
            case UtteranceStarted(utterance):
                self._speaking.add(utterance)
                self._idle.clear()
            case UtteranceFinished(utterance):
                self._is_over(utterance)
            case UtteranceSaid() | Decoded() | TextStands() | WindowFailed():
                if (noted := self._going(item.utterance)) is not None:
                    noted.note(item)
            case UtteranceDelivered(utterance) | UtteranceDropped(utterance) | UtteranceFailed(utterance):
                self._is_over(utterance)
                if (ended := self._going(utterance)) is not None:
                    self._end(ended, item)
            case _:
                pass

    def _going(self, utterance: int) -> Spooling | None:
        """An utterance that is kept and has not ended."""
        one = self._writing.get(utterance)
        return one if one is not None and one.then is None else None

    def _is_over(self, utterance: int) -> None:
        self._speaking.discard(utterance)
        if not self._speaking and not self._idle.is_set():
            self._idle.set()
            self._ingestion.look()

    def _end(self, one: Spooling, end: End) -> None:
        one.ended_at = time.time()
        match one.fate(end, learns=one.begun.learns and self.learns()):
            case Fate.REMOVED:
                self._remove(one)
            case Fate.LEFT:
                one.then = lambda: self._emit(Problem(ProblemName.DICTATION_UNFINISHED, UNHEARD))
            case Fate.WITHHELD:
                self._withhold(one)
                if isinstance(end, UtteranceFailed):
                    self._emit(Problem(ProblemName.DICTATION_UNFINISHED, UNKEPT))
            case Fate.DELIVERED:
                one.end(Outcome.DELIVERED)
                one.then = lambda: self._ingestion.take(Ended(Outcome.DELIVERED, one.file.path))
            case Fate.UNDELIVERED:
                assert isinstance(end, UtteranceFailed)  # nothing else has that fate
                one.end(Outcome.UNDELIVERED, end.application, end.text)
                ended = Ended(Outcome.UNDELIVERED, one.file.path, then=self._tell_undelivered)
                one.then = lambda: self._ingestion.take(ended)

    # ── what becomes of a file ────────────────────────────────────────────────────────────────────

    def _tell_undelivered(self, is_kept: bool) -> None:
        how = "" if is_kept else " (once the journal can be opened)"
        self._emit(Problem(ProblemName.DICTATION_UNFINISHED, UNDELIVERED + how))

    def _withhold(self, one: Spooling) -> None:
        self._remove(one)
        nothing = Spooled(one.begun, np.zeros(0, dtype=np.int16), computing_seconds=one.computing_seconds)
        self._ingestion.take(Ended(Outcome.WITHHELD, None, nothing))

    def _remove(self, one: Spooling) -> None:
        del self._writing[one.begun.utterance]
        try:
            one.file.remove()
        finally:
            self._syncing.last(one.file, lambda: None)

    def _forget(self, what: What, done: Future[int]) -> None:
        now = time.time()
        meant = [one for one in self._writing.values() if one.is_meant(what, now)]
        try:
            for one in meant:
                self._remove(one)
        except OSError as error:
            done.set_exception(StorageError(f"what waits in memory is not all forgotten: {error.strerror}"))
        else:
            self._ingestion.forget(what, len(meant), done)

    # ── the disk ──────────────────────────────────────────────────────────────────────────────────

    def _flush(self) -> None:
        """Write what waits, the oldest utterance first; what is over and written goes on."""
        for utterance, one in tuple(self._writing.items()):
            if not one.is_to_be_written:
                continue
            if one.file.waiting_bytes:
                public = self._key(tells=True)
                if public is None:
                    return
                try:
                    one.file.flush(public)
                except OSError as error:
                    self._refusals.spool_file(one.file.path, error)
                    return
                self._syncing.soon(one.file)
                self._refusals.spool_is_written()
            if one.then is not None:
                self._syncing.last(one.file, one.then)
                del self._writing[utterance]

    def _key(self, *, tells: bool) -> bytes | None:
        """The key that files are sealed to; the first one of all is made on another thread, and there later."""
        if self._public is None and self._state is not None:
            self._public = public_key(self._state / "journal")
            if self._public is None:
                self._ingestion.make_key(tells=tells)
        return self._public

    def _make_key_early(self) -> None:
        """So that the first utterance of all is on the disk while it is spoken, however slow the keyring is."""
        if self._early is not None and self._state is not None and public_key(self._state / "journal") is None:
            self._ingestion.make_key(self._early, tells=False)

    def _tell_lost(self, error: Exception) -> None:
        """There is no key at the end of a run, and what is in memory goes with it."""
        why = str(error) if isinstance(error, SaysoError) else type(error).__name__
        if isinstance(error, KeyLocked | KeyMissing | WrongKey):
            name = ProblemName.JOURNAL_LOCKED if isinstance(error, KeyLocked) else ProblemName.JOURNAL_DAMAGED
            self._emit(Problem(name, f"what was dictated last is not in the journal, and lost: {why}"))
        else:
            self._refusals.spool(why)
