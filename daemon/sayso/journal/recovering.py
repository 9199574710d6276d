"""Recovery while a service runs: in the background, when nobody speaks."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from pathlib import Path

from sayso.errors import KeyLocked, SaysoError
from sayso.events import Event, Problem, ProblemCleared, ProblemName, Recovered
from sayso.journal import Outcome, Spooled, writing
from sayso.journal.ingestion import Ingestion
from sayso.journal.keys import Key
from sayso.journal.recovery import Taken, Transcribe, take_up, unfinished
from sayso.journal.spool import remove_stumps

AGAIN_SECONDS = 30.0  # until a locked keyring is looked at again


class _Leaving(Exception):
    """The service leaves; what is left waits for the next one."""


class Recovering:
    """Thread `sayso-recovery`: takes up what is left, once.

    Args:
        state: the folder with `spool` and `journal` in it; None where nothing is kept.
        ingestion: has the key and the database.
        idle: set while nobody speaks.
        emit: told of what was recovered.
        learns: whether what has arrived is kept.
        spare: numbers for what has one that another utterance has, too.

    Attributes:
        recovered: utterances that were.

    """

    def __init__(
        self,
        state: Path | None,
        ingestion: Ingestion,
        idle: threading.Event,
        emit: Callable[[Event], None],
        learns: Callable[[], bool],
        spare: range,
    ) -> None:
        self.recovered: tuple[int, ...] = ()
        self._state = state
        self._ingestion = ingestion
        self._idle = idle
        self._emit = emit
        self._learns = learns
        self._spare = iter(spare)
        self._leaving = threading.Event()
        self._is_told = False  # why it has to wait
        self._thread: threading.Thread | None = None

    def start(self, transcribe: Transcribe) -> None:
        """Begin. Returns at once."""
        if self._state is None or self._thread is not None:
            return
        with contextlib.suppress(OSError):
            remove_stumps(self._state / "spool")
        if unfinished(self._state):
            self._thread = threading.Thread(
                target=self._run, args=(self._state, transcribe), name="sayso-recovery", daemon=True
            )
            self._thread.start()

    def stop(self) -> None:
        """End after the file that is under way; blocks as long as that takes."""
        self._leaving.set()
        if self._thread is not None:
            self._idle.set()
            self._thread.join()

    def _run(self, state: Path, transcribe: Transcribe) -> None:
        """Thread `sayso-recovery`: may block on the disk, the keyring and the engine; nothing waits for it."""
        count = len(unfinished(state))
        try:
            private = self._key(count).private
            taken = take_up(
                state, private, self._keep, transcribe, self._wait, learns=self._learns, spare=self._spare
            )
        except _Leaving:
            pass
        except Exception as error:  # whatever it is, dictation goes on; its words may quote what was said
            self._tell_waiting(count, str(error) if isinstance(error, SaysoError) else type(error).__name__)
        else:
            self._tell_damage(taken)
        self._tell_recovered()

    def _key(self, count: int) -> Key:
        """The journal's key; a keyring that is locked is waited for: it is opened some time after a login."""
        while True:
            try:
                return self._ingestion.ask_for_key().result()
            except KeyLocked as error:
                self._tell_waiting(count, str(error))
                if self._leaving.wait(AGAIN_SECONDS):
                    raise _Leaving from error

    def _tell_waiting(self, count: int, why: str) -> None:
        if not self._is_told:
            self._is_told = True
            message = f"{_dictations(count)} of an earlier run cannot be taken up yet: {why}"
            self._emit(Problem(ProblemName.DICTATION_UNFINISHED, message))

    def _keep(self, spooled: Spooled, outcome: Outcome) -> bool:
        if not self._ingestion.ask(lambda database: writing.add(database, spooled, outcome)).result():
            return False
        if outcome in (Outcome.RECOVERED, Outcome.UNDELIVERED):
            self.recovered += (spooled.begun.utterance,)
        return True

    def _wait(self) -> None:
        """Until nobody speaks."""
        self._idle.wait()
        if self._leaving.is_set():
            raise _Leaving

    def _tell_damage(self, taken: Taken) -> None:
        if self._is_told:
            self._emit(ProblemCleared(ProblemName.DICTATION_UNFINISHED))
        if taken.damaged:
            self._emit(Problem(ProblemName.JOURNAL_DAMAGED, taken.damaged[0].why))

    def _tell_recovered(self) -> None:
        if self.recovered:
            self._emit(Recovered(self.recovered))


def _dictations(count: int) -> str:
    return "a dictation" if count == 1 else f"{count} dictations"
