"""Recovery: what a crash, a power cut or a failed engine left in the spool is taken up into the journal.

Whose text was recognised gets it back; the rest is transcribed from its audio. Each file is held while that is
done, and goes when there is a row, so that whoever is killed meanwhile leaves it to the next one.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from sayso.audio import Pcm
from sayso.engines import Engine
from sayso.errors import JournalError, SaysoError
from sayso.events import Edit, Span, TimedWord, UtteranceSaid
from sayso.journal import Damage, Outcome, Spooled, unsealed, writing
from sayso.journal.confidential import confidential
from sayso.journal.database import Database
from sayso.journal.keys import Key
from sayso.journal.numbers import next_number, taken
from sayso.journal.spool import SUFFIX, discard, held, is_being_written, number_of, read_spool, remove_stumps

log = logging.getLogger(__name__)

TAKEN = (
    "another utterance has its number, because two sayso ran at the same time; it gets another one when the "
    "service is started next. To let it go: rm {path}"
)

Transcribe = Callable[[Pcm], UtteranceSaid]
"""Audio, shape (n,) → what was said in it; raises SaysoError where that cannot be told now."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What has been taken up.

    Attributes:
        recovered: utterances that were cut short, and can be read now.
        damaged: files that cannot be read; they stay.
        left: so many files wait for another time, as the engine or somebody else is in the way.

    """

    recovered: tuple[int, ...] = ()
    damaged: tuple[Damage, ...] = ()
    left: int = 0


def spare_numbers(state: Path) -> range:
    """Numbers for what has one that another utterance has, too; those after them nobody has had.

    What an older version left without a number gets one before these.
    """
    first = unsealed.give_numbers(state / "spool", next_number(state))
    return range(first, first + taken(state))


def unfinished(state: Path) -> tuple[Path, ...]:
    """Files of utterances that no living process writes, oldest first; needs no key.

    Args:
        state: the folder with `spool` and `journal` in it; it need not exist.

    """
    spool = state / "spool"
    found = [path for suffix in (SUFFIX, *unsealed.SUFFIXES) for path in spool.glob(f"*{suffix}")]
    texts = {path for path in found if path.suffix == ".json" and path.with_suffix(".wav") in found}
    return tuple(
        sorted((path for path in found if path not in texts and not is_being_written(path)), key=_by_number)
    )


def _by_number(path: Path) -> tuple[int, str]:
    return (number_of(path) or 0, path.name)


def recover(state: Path, key: Key, transcribe: Transcribe, *, learns: Callable[[], bool]) -> Taken:
    """Take up all that is left, with the service or without. Blocks for as long as transcribing takes.

    Args:
        state: the folder with `spool` and `journal` in it.
        key: of the journal.
        transcribe: for what was not recognised.
        learns: whether what has arrived is kept, as the person says now.

    Raises:
        JournalError: the journal cannot be written.
        OSError: the disk refuses.

    """
    remove_stumps(state / "spool")
    if not unfinished(state):
        return Taken()
    unsealed.give_numbers(state / "spool", next_number(state))
    database = Database(state / "journal", key, write=True)

    def keep(spooled: Spooled, outcome: Outcome) -> bool:
        return writing.add(database, spooled, outcome)

    try:
        return take_up(state, key.private, keep, transcribe, learns=learns)
    finally:
        database.close()


def take_up(
    state: Path,
    private: bytes,
    keep: Callable[[Spooled, Outcome], bool],
    transcribe: Transcribe,
    wait: Callable[[], None] = lambda: None,
    *,
    learns: Callable[[], bool],
    spare: Iterator[int] | None = None,
) -> Taken:
    """Take up what is left.

    Args:
        state: as for `recover`.
        private: the key that opens files of the spool, 32 bytes.
        keep: makes a row; False where another utterance has the number. It may raise JournalError and OSError,
            which end it.
        transcribe: for what was not recognised.
        wait: called before each transcription, until it may be.
        learns: whether what has arrived is kept, as the person says now.
        spare: numbers for what has one that another utterance has, too; without one it stays.

    """
    recovered: list[int] = []
    damaged: list[Damage] = []
    left = 0
    for path in unfinished(state):
        with held(path) as is_ours:
            if not is_ours:
                continue
            try:
                spooled = read_spool(path, private) if path.suffix == SUFFIX else unsealed.read_unsealed(path)
            except (JournalError, OSError) as error:
                damaged.append(Damage(str(path), str(error), number_of(path)))
                continue
            try:
                kept = None if spooled is None else completed(spooled, transcribe, wait, learns=learns())
            except SaysoError as error:
                log.debug("%s is not taken up yet: %s", path.name, type(error).__name__)
                left += 1
                continue
            if kept is not None:
                taken_up = _kept(*kept, keep, spare)
                if taken_up is None:
                    damaged.append(Damage(str(path), TAKEN.format(path=path), number_of(path)))
                    continue
                if kept[1] in (Outcome.RECOVERED, Outcome.UNDELIVERED):
                    recovered.append(taken_up)
            for gone in {path, path.with_suffix(".json")}:
                discard(gone)
    return Taken(tuple(recovered), tuple(damaged), left)


def _kept(
    spooled: Spooled, outcome: Outcome, keep: Callable[[Spooled, Outcome], bool], spare: Iterator[int] | None
) -> int | None:
    """Under which number there is a row of it now; None where there is none."""
    if keep(spooled, outcome):
        return spooled.begun.utterance
    number = None if spare is None else next(spare, None)
    if number is None:
        return None
    said = None if spooled.said is None else replace(spooled.said, utterance=number)
    spooled = replace(spooled, begun=replace(spooled.begun, utterance=number), said=said)
    return number if keep(spooled, outcome) else None


def completed(
    spooled: Spooled, transcribe: Transcribe, wait: Callable[[], None] = lambda: None, *, learns: bool = True
) -> tuple[Spooled, Outcome] | None:
    """What a row is made of, and what became of the utterance; None where nothing is to be kept.

    Args:
        spooled: as the spool has it.
        transcribe: for what was not recognised.
        wait: called before that, until it may be.
        learns: whether what has arrived is kept: as the person says now, and not only as they said then.

    Raises:
        SaysoError: it has to be transcribed, and cannot be now.

    """
    begun, said = spooled.begun, spooled.said
    if spooled.outcome is Outcome.WITHHELD:
        return withheld(spooled)
    if spooled.outcome is Outcome.UNDELIVERED:
        return spooled, Outcome.UNDELIVERED
    if spooled.outcome is Outcome.DELIVERED or spooled.typed is not None:  # it stood, and only that was not noted
        is_learnt = learns and begun.learns and said is not None and bool(said.words)
        return (spooled, Outcome.DELIVERED) if is_learnt else None
    if said is None:
        if not len(spooled.audio):
            return None
        wait()
        said = replace(transcribe(spooled.audio), utterance=begun.utterance)
    if not said.words:  # nobody said anything, as the live flow would have found
        return None
    if is_confidential(said.typed.insert, *said.steps[:1]):
        return withheld(spooled)
    return replace(spooled, said=said), Outcome.RECOVERED


def is_confidential(*texts: str) -> bool:
    """Whether anything in them is; what cannot be judged is."""
    try:
        return any(confidential(text) for text in texts)
    except Exception as error:  # its words may quote the text
        log.error("what was said could not be judged: %s", type(error).__name__)
        return True


def withheld(spooled: Spooled) -> tuple[Spooled, Outcome]:
    """That something was said and when, and nothing else of it."""
    return Spooled(spooled.begun, np.zeros(0, dtype=np.int16)), Outcome.WITHHELD


def transcriber(engine: Engine, language: str | None) -> Transcribe:
    """Transcribe with an engine as it transcribes recordings.

    Args:
        engine: the loaded model.
        language: Whisper code; None lets the model decide.

    """

    def transcribe(audio: Pcm) -> UtteranceSaid:
        try:
            heard = engine.transcribe(audio, language)
        except SaysoError:
            raise
        except Exception as error:  # whatever an engine raises; its words may quote what was said
            raise SaysoError(f"the engine {engine.name!r} failed: {type(error).__name__}") from None
        words: list[TimedWord] = []
        for segment in heard.segments:
            words += [TimedWord(w.text, w.start_seconds, w.end_seconds, w.confidence) for w in segment.words]
            if not segment.words and segment.text.strip():
                words.append(TimedWord(segment.text, segment.start_seconds, segment.end_seconds, 0.0))
        return said_of(tuple(words), heard.language)

    return transcribe


def said_of(words: tuple[TimedWord, ...], language: str) -> UtteranceSaid:
    """Words as they would have been typed, without commands and formatting."""
    text, spans = "", []
    for index, word in enumerate(words):
        piece = word.text if text else word.text.lstrip()
        spans.append(Span(len(text), len(text) + len(piece), (index,)))
        text += piece
    return UtteranceSaid(0, 0.0, words, language, (text,), Edit(0, text, tuple(spans)))
