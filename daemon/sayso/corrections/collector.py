"""Takes what was seen of dictated text, decides what it counts for, and tells the journal and everybody else.

Beside the flow: it works while nobody speaks, but for what the person says themselves, and lets the journal wait
for nothing. An utterance may still be on its way to the journal when its text is seen; then it is waited for.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, TypeVar

from sayso.corrections import BY_THE_PERSON, Seen
from sayso.corrections.settling import (
    Learn,
    Margin,
    Record,
    is_news,
    keep,
    look_up,
    refuse_long,
    resolve,
    weigh,
    what_counts,
)
from sayso.errors import JournalError, KeyLocked, NoSuchUtterance, NotLearning
from sayso.events import (
    Corrected,
    Event,
    UtteranceDelivered,
    UtteranceDropped,
    UtteranceFailed,
    UtteranceHeld,
    UtteranceStarted,
)
from sayso.journal import Correction, Decision
from sayso.journal.database import Database

log = logging.getLogger(__name__)

T = TypeVar("T")

FIRST_PAUSE_SECONDS: Final = 0.05  # until an utterance that the journal has not got yet is looked for again …
LAST_PAUSE_SECONDS: Final = 2.0  # … twice as long each time, up to this
LOCKED_PAUSE_SECONDS: Final = 60.0  # the same where the journal waits for the keyring …
LOCKED_SECONDS: Final = 12 * 3_600.0  # … which may be opened in the evening
PATIENCE_SECONDS: Final = 60.0  # an utterance is in the journal 30 s after its end at the latest
PATIENCE_OF_A_PERSON_SECONDS: Final = 10.0  # who waits for the answer
JOURNAL_SECONDS: Final = 15.0  # one question of the journal: the disk may be asleep
MOST_WAITING: Final = 200  # texts that nobody waits for; the oldest go first
MOST_KNOWN: Final = 256  # utterances of this run

NOT_YET: Final = (
    "that dictation is not in the journal yet, which waits while somebody speaks: try again after that"
)
REPLACED: Final = "a later correction of that dictation has taken its place"
NOT_LEARNING: Final = (
    "sayso does not learn from what you dictate, so nothing is kept to correct: sayso learning on"
)


class Ask(Protocol):
    """The journal's door (`JournalThread.ask`)."""

    def __call__(self, do: Callable[[Database], T], /) -> Future[T]:
        """Have something done with the journal, on its thread."""
        ...


@dataclass(eq=False)
class _Job:
    """Something to be done on the collector's thread."""

    do: Callable[[], Any]
    is_urgent: bool
    until: float
    of: Seen | None = None
    done: Future[Any] = field(default_factory=Future)
    due: float = 0.0
    pause: float = FIRST_PAUSE_SECONDS


def _nothing(_database: Database, _correction: Correction, _utterance: object) -> None:
    return None


class Collector:
    """One thread, `sayso-corrections`, and what waits for it.

    Args:
        ask: the journal's door.
        emit: told of each correction that is kept.
        margin: how much likelier a correction is than what was heard, by the model; may take a second.
        learn: takes each accepted correction, on the journal's thread.
        learns: whether anything is kept at all.
        clock: seconds, monotonic.

    """

    def __init__(
        self,
        ask: Ask,
        emit: Callable[[Event], None],
        *,
        margin: Margin | None = None,
        learn: Learn = _nothing,
        learns: Callable[[], bool] = lambda: True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ask = ask
        self._emit = emit
        self.margin = margin
        self._learn = learn
        self._learns = learns
        self._clock = clock
        self._changed = threading.Condition()
        self._jobs: list[_Job] = []
        self._spoken: set[int] = set()  # utterances whose end nobody has told yet
        self._coming: dict[int, None] = {}  # … and those of this run that the journal has or will have
        self._is_over = False
        self._thread = threading.Thread(target=self._run, name="sayso-corrections", daemon=True)

    # ── any thread ────────────────────────────────────────────────────────────────────────────────

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def stop(self) -> None:
        """End after what is being done now; what waits is refused. Blocks for JOURNAL_SECONDS at most."""
        with self._changed:
            self._is_over = True
            self._changed.notify_all()
        if self._thread.is_alive():
            self._thread.join(JOURNAL_SECONDS)

    def take(self, seen: Seen) -> Future[Correction]:
        """Take a text that was seen; returns at once. Any thread.

        Of an utterance's texts from one source that wait, the newest counts; those before it are cancelled, or
        fail where they are the person's own.

        The future has the correction, which may be one that was no news and is not kept. It fails with:
            NotLearning: nothing is kept.
            NoSuchUtterance: nothing is kept under that number, and it is not on its way either.
            Confidential, JournalError: see `sayso.corrections.settling`.

        """
        is_urgent = seen.source in BY_THE_PERSON
        try:
            if not self._learns():
                raise NotLearning(NOT_LEARNING)
            refuse_long(seen)  # before it waits
        except JournalError as error:
            refused: Future[Correction] = Future()
            refused.set_exception(error)
            return refused
        patience = PATIENCE_OF_A_PERSON_SECONDS if is_urgent else PATIENCE_SECONDS
        return self._put(_Job(lambda: self.settle(seen), is_urgent, self._clock() + patience, seen))

    def decide(self, correction: int, decision: Decision) -> Future[Correction]:
        """Let the person decide about a correction; fails as `sayso.corrections.settling.resolve` does."""
        return self.do(lambda: self._resolve(correction, decision))

    def do(self, what: Callable[[], T]) -> Future[T]:
        """Have something done on the collector's thread, whether somebody speaks or not. Any thread."""
        return self._put(_Job(what, is_urgent=True, until=self._clock()))

    def do_once(self, what: Callable[[], T]) -> Future[T]:
        """The same, where it does not wait to be done already: then that is what is waited for. Any thread."""
        with self._changed:
            waiting = next((one for one in self._jobs if one.of is None and one.do == what), None)
            return waiting.done if waiting is not None else self.do(what)

    def watch(self, event: Event) -> None:
        """Follow who speaks, and which utterances are on their way. Any thread; returns at once."""
        match event:
            case UtteranceStarted(utterance):
                with self._changed:
                    self._spoken.add(utterance)
                    if self._learns():
                        self._coming[utterance] = None
                        if len(self._coming) > MOST_KNOWN:
                            del self._coming[next(iter(self._coming))]
            case UtteranceDropped(utterance):
                with self._changed:
                    self._coming.pop(utterance, None)
                self._ended(utterance)
            case UtteranceDelivered(utterance) | UtteranceFailed(utterance) | UtteranceHeld(utterance):
                self._ended(utterance)
            case _:
                pass

    def _ended(self, utterance: int) -> None:
        with self._changed:
            self._spoken.discard(utterance)
            self._changed.notify_all()

    def _put(self, job: _Job) -> Future[Any]:
        with self._changed:
            if self._is_over:
                job.done.cancel()
                return job.done
            self._make_room(job)
            self._jobs.append(job)
            self._changed.notify_all()
        return job.done

    def _make_room(self, job: _Job) -> None:
        """Drop what the newcomer takes the place of, and the oldest where too many wait."""
        new = job.of
        if new is None:
            return
        for old in self._jobs[:]:
            if old.of is not None and (old.of.utterance, old.of.source) == (new.utterance, new.source):
                self._drop(old)
        if not job.is_urgent:
            watched = [one for one in self._jobs if not one.is_urgent]
            for old in watched[: max(0, len(watched) + 1 - MOST_WAITING)]:
                self._drop(old)

    def _drop(self, job: _Job) -> None:
        self._jobs.remove(job)
        if job.is_urgent:  # somebody waits for the answer
            job.done.set_exception(JournalError(REPLACED))
        else:
            job.done.cancel()

    # ── its own thread ────────────────────────────────────────────────────────────────────────────

    def _run(self) -> None:
        """Thread `sayso-corrections`: blocks on the journal, and on the engine where the audio is asked."""
        while (job := self._next()) is not None:
            self._work(job)

    def _next(self) -> _Job | None:
        """Wait for a job that may be done now; None when it is over."""
        with self._changed:
            while not self._is_over:
                now = self._clock()
                may = [job for job in self._jobs if job.is_urgent or not self._spoken]
                ready = [job for job in may if job.due <= now]
                if ready:
                    job = min(ready, key=lambda one: not one.is_urgent)  # a person's first, then as they came
                    self._jobs.remove(job)
                    return job
                self._changed.wait(min((job.due - now for job in may), default=None))
            for job in self._jobs:
                job.done.cancel()
            self._jobs.clear()
            return None

    def _work(self, job: _Job) -> None:
        if job.pause == FIRST_PAUSE_SECONDS and not job.done.set_running_or_notify_cancel():
            return
        try:
            done = job.do()
        except (NoSuchUtterance, KeyLocked) as error:
            if self._waits(job, error):
                return
            is_coming = job.of is not None and job.of.utterance in self._coming
            job.done.set_exception(
                JournalError(NOT_YET) if is_coming and not isinstance(error, KeyLocked) else error
            )
        except BaseException as error:
            if not isinstance(error, JournalError):  # its own words may quote what was dictated
                log.error("a correction could not be taken: %s", type(error).__name__)
            job.done.set_exception(error)
        else:
            job.done.set_result(done)

    def _waits(self, job: _Job, error: JournalError) -> bool:
        """Whether what could not be done is tried again: the utterance is on its way to the journal."""
        now, is_locked = self._clock(), isinstance(error, KeyLocked)
        until = job.until + (LOCKED_SECONDS if is_locked else 0.0)
        if job.of is None or now >= until or (job.is_urgent and is_locked):
            return False
        with self._changed:
            if self._is_over or job.of.utterance not in self._coming:
                return False
            job.due = now + job.pause
            job.pause = min(2 * job.pause, LOCKED_PAUSE_SECONDS if is_locked else LAST_PAUSE_SECONDS)
            self._jobs.append(job)
        return True

    # ── its own thread, for what `do` was given ───────────────────────────────────────────────────

    def settle(self, seen: Seen) -> Correction:
        """Judge what was seen, and keep what is news; fails as `take` says.

        Returns it; or what counts in the journal, which did not take it.

        The model is asked only while nobody speaks: it is needed for what they say.
        """
        margin = None if self._spoken else self.margin

        def look(database: Database) -> Record:
            return look_up(database, seen.utterance, with_audio=margin is not None)

        record = self.asked(look)
        made = weigh(record, seen, margin)
        if not is_news(record, made):
            return made
        kept = self.asked(lambda database: keep(database, record, made, self._learn))
        if kept is None:
            return self.asked(lambda database: what_counts(database, made))
        self._tell(kept)
        return kept

    def asked(self, do: Callable[[Database], T]) -> T:
        """Have something done with the journal, and wait for it.

        Raises:
            JournalError: the journal does not answer, or refuses.

        """
        try:
            return self._ask(do).result(JOURNAL_SECONDS)
        except FutureTimeoutError:
            raise JournalError(
                f"the journal has not answered within {JOURNAL_SECONDS:g} s; its disk may be slow: try again"
            ) from None

    def _resolve(self, correction: int, decision: Decision) -> Correction:
        decided = self.asked(lambda database: resolve(database, correction, decision, self._learn))
        self._tell(decided)
        return decided

    def _tell(self, made: Correction) -> None:
        if not made.text and made.decision is Decision.REJECTED:
            return  # nothing is kept of what it has become
        is_accepted = made.decision is Decision.ACCEPTED
        self._emit(Corrected(made.utterance, made.text, made.source, is_accepted))
