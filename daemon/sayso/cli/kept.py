"""What is kept, for commands that read it and correct it: through the service where one runs, else in the journal.

Reading is done in the journal itself in either case; what is changed, the service changes while it runs, so that
it knows of it at once and has the engine to judge by.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sayso import paths
from sayso.audio import SAMPLE_RATE_HZ
from sayso.bus.client import CallRefused, NotAnswering, ask
from sayso.config import Settings
from sayso.corrections import Seen, Source
from sayso.corrections.settling import resolve, settle, standing
from sayso.errors import BusError, CaptureError, JournalDamaged, JournalError, NoSuchUtterance, NotLearning
from sayso.journal import Correction, Damage, Decision, Line
from sayso.journal.consent import Consent
from sayso.journal.database import Database
from sayso.journal.keys import DATABASE_NAME, find_key
from sayso.journal.reading import audio, corrections, lines, utterance
from sayso.vocabulary.learning import learn

SERVICE_SECONDS = 22.0  # it says itself after 20 s that it is busy
NOTHING_YET = "nothing is kept yet; sayso keeps what you dictate once you have said: sayso learning on"


@dataclass(frozen=True, slots=True)
class Asked:
    """A correction about which the person is asked, and the line of its utterance."""

    correction: Correction
    line: Line


class Reader:
    """The journal, open for reading.

    Args:
        database: of it.

    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def last(self, count: int) -> int:
        """The number of the last dictation that has text.

        Raises:
            NoSuchUtterance: there is none among so many.

        """
        for line in lines(self._database, count):
            if isinstance(line, Line) and line.typed:
                return line.utterance
        raise NoSuchUtterance(NOTHING_YET)

    def line(self, number: int) -> Line:
        """What a list shows of a dictation.

        Raises:
            NoSuchUtterance: nothing is kept under that number.
            JournalDamaged: it cannot be read.

        """
        found = utterance(self._database, number)
        if isinstance(found, Damage):
            raise JournalDamaged(f"{found.where}: {found.why}")
        return found.line

    def correction_of(self, number: int) -> Correction | None:
        """The correction of a dictation that counts; None where there is none."""
        known = corrections(self._database, utterance=number)
        return standing([one for one in known if isinstance(one, Correction)])

    def waiting(self, *, rejected: bool) -> list[Asked]:
        """The corrections about which the person has not decided, oldest first; one for each dictation.

        Args:
            rejected: also those that the checks are sure about.

        """
        wanted = (Decision.DOUBTFUL, Decision.REJECTED) if rejected else (Decision.DOUBTFUL,)
        undecided = {
            one.utterance
            for decision in wanted
            for one in corrections(self._database, decision=decision)
            if isinstance(one, Correction) and not one.is_by_person
        }
        counting = [self.correction_of(number) for number in undecided]
        asked = [one for one in counting if one is not None and one.decision in wanted and not one.is_by_person]
        found = [(one, utterance(self._database, one.utterance)) for one in asked]
        waiting = [Asked(one, kept.line) for one, kept in found if not isinstance(kept, Damage)]
        return sorted(waiting, key=lambda one: one.correction.id)

    def play(self, number: int) -> None:
        """Play a dictation's audio; blocks until it is over.

        Raises:
            CaptureError: there is no loudspeaker.
            JournalError: there is no audio, or it is damaged.

        """
        heard = audio(self._database, number)
        try:
            import sounddevice  # noqa: PLC0415  # fails without the C library, and takes 150 ms

            sounddevice.play(heard, SAMPLE_RATE_HZ, blocking=True)
        except Exception as error:  # its own, which cannot be named before it is imported
            raise CaptureError(f"the audio cannot be played: {error}") from error


class Kept:
    """What is kept, by the settings' key.

    Args:
        settings: as loaded.

    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @contextmanager
    def reading(self) -> Iterator[Reader]:
        """Open it for reading.

        Raises:
            JournalError: nothing is kept, the key is missing or locked, or it is damaged.

        """
        with self._open(write=False) as database:
            yield Reader(database)

    def correct(self, number: int, text: str) -> Correction | None:
        """Take what the person says a dictation was to be; the correction that counts then.

        Raises:
            JournalError: it cannot be taken, and why.

        """
        if not _by_the_service("Correct", "ts", [number, text]):
            if not Consent(paths.learning_file(), self._settings.learning).learns:
                raise NotLearning("sayso does not learn from what you dictate: sayso learning on")
            with self._open(write=True) as database:
                return settle(database, Seen(number, Source.EXPLICIT, text, time.time()), learn)
        with self.reading() as reader:
            return reader.correction_of(number)

    def decide(self, correction: int, decision: Decision) -> None:
        """Take the person's word about a correction.

        Raises:
            JournalError: it cannot be taken, and why.

        """
        if not _by_the_service("Decide", "ts", [correction, decision.value]):
            with self._open(write=True) as database:
                resolve(database, correction, decision, learn)

    @contextmanager
    def _open(self, *, write: bool) -> Iterator[Database]:
        folder = paths.journal_dir()
        if not (folder / DATABASE_NAME).exists():
            raise NoSuchUtterance(NOTHING_YET)
        key = find_key(folder, self._settings.journal.key)
        database = Database(folder, key, write=write)
        try:
            yield database
        finally:
            database.close()


def in_words(correction: Correction) -> str:
    """What a correction counts for, for a person."""
    why = "; ".join(correction.reasons)
    match correction.decision:
        case Decision.ACCEPTED:
            changes = ", ".join(changes_in_words(correction))
            return f"learnt: {changes}" if changes else "learnt: it is what you said"
        case Decision.DOUBTFUL:
            return f"kept, and not learnt from until you accept it (sayso review): {why}"
        case Decision.REJECTED:
            return f"kept, and not learnt from: {why}"


def changes_in_words(correction: Correction) -> list[str]:
    """What was changed to what, for a person; on either side there may be nothing."""
    return [f"{heard or '(nothing)'} → {meant or '(nothing)'}" for heard, meant in correction.changes]


def _by_the_service(member: str, signature: str, body: list[object]) -> bool:
    """Whether a service runs, and has done it."""
    try:
        ask(member, activate=False, signature=signature, body=body, seconds=SERVICE_SECONDS)
    except CallRefused as error:
        raise JournalError(str(error)) from None
    except NotAnswering:
        raise
    except BusError:  # none runs, or there is no bus on which it could be asked
        return False
    return True
