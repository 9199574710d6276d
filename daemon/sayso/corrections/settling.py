"""What is done about a text that was seen: the utterance is looked up, the text judged, and what is news is kept.

The steps are apart because they belong to different threads: the first and the last need the journal for moments,
the judging between them may need the engine for a second.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from sayso.audio import Pcm
from sayso.corrections import BY_THE_PERSON, Seen, Source
from sayso.corrections.judgement import judge
from sayso.errors import Confidential, JournalDamaged, JournalError
from sayso.journal import Correction, Damage, Decision, Utterance
from sayso.journal.confidential import confidential
from sayso.journal.database import Database
from sayso.journal.reading import audio, correction, corrections, utterance
from sayso.journal.writing import correct, decide, withdraw

UNREADABLE: Final = frozenset({"Cc", "Cf", "Cs"})
"""General categories of Unicode."""

MOST_CHARACTERS: Final = 20_000
"""Of a corrected text: half an hour of fast speech is no longer."""

TOO_LONG: Final = f"that is more than one dictation: a correction has at most {MOST_CHARACTERS} characters"

Learn = Callable[[Database, Correction, Utterance], object]
"""Takes a correction that counts, or one that does not count any more, and the utterance that it is of."""

Margin = Callable[[Utterance, Pcm, str, str], float | None]
"""How much better an utterance's audio fits the second text than the first (`acoustic`); None: unknown."""


@dataclass(frozen=True, slots=True)
class Record:
    """What the journal has of an utterance whose text was seen.

    Attributes:
        utterance: all but its audio.
        standing: the correction that counts until now; None where there is none.
        audio: shape (n,); None where it is not kept any more, or was not asked for.

    """

    utterance: Utterance
    standing: Correction | None
    audio: Pcm | None = None


def look_up(database: Database, number: int, *, with_audio: bool) -> Record:
    """Read what there is of an utterance.

    Raises:
        NoSuchUtterance: nothing is kept under that number.
        JournalDamaged: it cannot be read.

    """
    found = utterance(database, number)
    if isinstance(found, Damage):
        raise JournalDamaged(f"{found.where}: {found.why}")
    known = [one for one in corrections(database, utterance=number) if isinstance(one, Correction)]
    heard = None
    if with_audio and found.line.has_audio:
        try:
            heard = audio(database, number)
        except JournalError:
            heard = None  # damaged: it is judged by its words alone
    return Record(found, standing(known), heard)


def standing(known: list[Correction]) -> Correction | None:
    """The one that counts: the person's own word, then the most trusted, then the newest."""
    return max(known, key=lambda one: (one.is_by_person, one.trust, one.made_at_seconds, one.id), default=None)


def refuse_long(seen: Seen) -> None:
    """See that a text is not too long to be what was said.

    Raises:
        JournalError: it is.

    """
    if len(seen.text) > MOST_CHARACTERS:
        raise JournalError(TOO_LONG)


def weigh(record: Record, seen: Seen, margin: Margin | None = None) -> Correction:
    """Judge what was seen.

    Raises:
        Confidential: there is something in it that is not kept.
        JournalError: it is too long to be what was said.

    """
    refuse_long(seen)
    seen = replace(seen, text=readable(seen.text))
    if record.utterance.begun.learns and confidential(seen.text):
        raise Confidential(
            "nothing was learnt: there is something confidential in that text, which sayso does not keep "
            "(docs/corrections.md says what counts)"
        )
    heard = record.audio
    if margin is None or heard is None:
        made = judge(seen, record.utterance, secret="")
    else:
        made = judge(
            seen,
            record.utterance,
            secret="",
            margin=lambda said, meant: margin(record.utterance, heard, said, meant),
        )
    return replace(made, made_at_seconds=made.made_at_seconds or seen.at_seconds)


def readable(text: str) -> str:
    """A text without what nobody sees and a program may obey: control characters, and marks of direction.

    What joins letters or parts them (Persian, Hindi, emoji) stays.
    """
    return "".join(c for c in text if c in "\n\t\u200c\u200d" or unicodedata.category(c) not in UNREADABLE)


def is_news(record: Record, made: Correction) -> bool:
    """Whether a correction says more than what is known: the more trusted wins, among equals the later.

    What the person said themselves is changed by nobody else; what stands as it was typed is no news from those
    who only watch.
    """
    before = record.standing
    if made.source in BY_THE_PERSON:
        return before is None or (before.text, before.decision) != (made.text, made.decision)
    if before is None:
        return made.text != record.utterance.line.typed or made.source == Source.LEFT
    if before.is_by_person or before.source in BY_THE_PERSON or before.trust > made.trust:
        return False
    if not before.text and (before.source, before.reasons) == (made.source, made.reasons):
        return False  # of what was rejected there is no text to compare
    return before.text != made.text


def keep(database: Database, record: Record, made: Correction, learn: Learn) -> Correction | None:
    """Write a correction that is news, and learn from it where it counts.

    Where the person has undone in its window what they had corrected there, that is withdrawn: nothing is known of
    the utterance then but what was typed, and what they make of it next is news again.

    Returns:
        It, with its number where it is written; None where the journal has what counts more, and nothing changed.

    """
    before = record.standing
    if is_taken_back(record, made) and before is not None:
        withdraw(database, before.id)
        learn(database, replace(before, decision=Decision.REJECTED), record.utterance)
        return made
    if made.decision is Decision.REJECTED and made.source not in BY_THE_PERSON:
        made = replace(made, text="", target=None, changes=())  # what people write by hand is not ours to keep
    number = correct(database, made)
    if number is None:
        return None
    kept = replace(made, id=number)
    if kept.decision is Decision.ACCEPTED:
        learn(database, kept, record.utterance)
    return kept


def is_taken_back(record: Record, made: Correction) -> bool:
    """Whether a text that was corrected in its window stands there again as it was typed."""
    return (
        record.standing is not None
        and record.standing.decision is Decision.ACCEPTED
        and made.decision is not Decision.ACCEPTED
        and made.source not in BY_THE_PERSON
        and made.text == record.utterance.line.typed
    )


def settle(database: Database, seen: Seen, learn: Learn) -> Correction:
    """All of it at once, without an engine: for the command line.

    Raises:
        JournalError: as the steps do.

    """
    record = look_up(database, seen.utterance, with_audio=False)
    made = weigh(record, seen)
    if not is_news(record, made):
        return made
    return keep(database, record, made, learn) or what_counts(database, made)


def what_counts(database: Database, made: Correction) -> Correction:
    """What the journal has of an utterance in place of a correction that it did not take."""
    known = [one for one in corrections(database, utterance=made.utterance) if isinstance(one, Correction)]
    return standing(known) or made


def resolve(database: Database, number: int, decision: Decision, learn: Learn) -> Correction:
    """Let the person decide about a correction (`sayso review`).

    Raises:
        NoSuchUtterance: there is no such correction.
        JournalDamaged: it cannot be read.
        JournalError: it cannot be accepted, because nobody knows what was said.

    """
    found = correction(database, number)
    if isinstance(found, Damage):
        raise JournalDamaged(f"{found.where}: {found.why}")
    if decision is Decision.ACCEPTED and found.target is None:
        raise JournalError(
            "what was said cannot be told from that text, so nothing can be learnt from it as it is; edit it "
            "until it says what you said"
        )
    decide(database, number, decision)
    decided = replace(found, decision=decision, is_by_person=True)
    learn(database, decided, look_up(database, found.utterance, with_audio=False).utterance)
    return decided
