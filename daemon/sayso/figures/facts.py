"""What figures are made of, read from the journal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, tzinfo

from sayso import paths
from sayso.config import Settings
from sayso.errors import NoSuchUtterance
from sayso.figures import Fixed, Judged, Spoken
from sayso.figures.calibration import judge_words
from sayso.journal import Correction, Damage, Decision, Line, Outcome, Utterance, reading
from sayso.journal.database import Database
from sayso.journal.keys import DATABASE_NAME, find_key

MOST_LOOKED_AT = 2000  # corrected utterances whose words are compared: some 0.1 ms each


@dataclass(frozen=True, slots=True)
class Facts:
    """The journal of some days, as far as it can be read.

    Attributes:
        spoken: every utterance, newest first.
        fixed: their accepted corrections.
        judged: the words of those that were corrected, or left alone while the window was watched.
        damaged: so many rows cannot be read.

    """

    spoken: tuple[Spoken, ...] = ()
    fixed: tuple[Fixed, ...] = ()
    judged: tuple[Judged, ...] = ()
    damaged: int = 0


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    """The person's journal, for reading.

    Raises:
        JournalError: nothing is kept, the key is missing or locked, or it is damaged.

    """
    folder = paths.journal_dir()
    if not (folder / DATABASE_NAME).exists():
        raise NoSuchUtterance("nothing is kept yet; to have what you dictate kept from now on: sayso learning on")
    database = Database(folder, find_key(folder, settings.journal.key), write=False)
    try:
        yield database
    finally:
        database.close()


def gather(db: Database, since_seconds: float, zone: tzinfo | None = None) -> Facts:
    """Read what was said since then, in seconds since 1970.

    Args:
        db: the journal.
        since_seconds: utterances that ended before are left out.
        zone: whose days; None for the machine's.

    Raises:
        KeyLocked: the key cannot be had now.
        JournalError, StorageError: it cannot be read.

    """
    spoken: list[Spoken] = []
    damaged = 0
    for line in reading.lines(db, None):
        if isinstance(line, Damage):
            damaged += 1
        elif line.ended_at_seconds >= since_seconds and line.outcome is not Outcome.WITHHELD:
            spoken.append(_spoken(line, zone))
    known = {one.utterance for one in spoken}
    corrections: list[Correction] = []
    for correction in reading.corrections(db, decision=Decision.ACCEPTED):
        if isinstance(correction, Damage):
            damaged += 1
        elif correction.utterance in known:
            corrections.append(correction)
    judged = _judged(db, corrections[-MOST_LOOKED_AT:])
    return Facts(tuple(spoken), tuple(map(_fixed, corrections)), tuple(judged), damaged)


def _spoken(line: Line, zone: tzinfo | None) -> Spoken:
    return Spoken(
        utterance=line.utterance,
        day=datetime.fromtimestamp(line.ended_at_seconds, zone).date(),
        application=line.application,
        model=line.model,
        words=line.words,
        seconds=line.seconds,
        computing_seconds=line.computing_seconds,
        text=line.now,
    )


def _fixed(correction: Correction) -> Fixed:
    return Fixed(correction.utterance, correction.changes)


def _judged(db: Database, corrections: Sequence[Correction]) -> Iterator[Judged]:
    for correction in corrections:
        try:
            found = reading.utterance(db, correction.utterance)
        except NoSuchUtterance:  # forgotten meanwhile
            continue
        if isinstance(found, Utterance) and found.said is not None:
            words = [(word.text, word.confidence) for word in found.said.words]
            yield from judge_words(words, correction.changes)
