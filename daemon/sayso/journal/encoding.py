"""What is known of an utterance as JSON, in the spool and in the database.

Pure. Texts may hold whatever an application or a model gave, also halves of characters that no UTF-8 has: JSON
escapes them.
"""

from __future__ import annotations

import json
import unicodedata
from typing import Any

from sayso.errors import JournalDamaged
from sayso.events import Edit, Span, TermWritten, TimedWord, UtteranceSaid
from sayso.journal import Begun


def dump(value: object) -> bytes:
    """JSON without spaces, in ASCII."""
    return json.dumps(value, separators=(",", ":")).encode("ascii")


def load(data: bytes, where: str) -> Any:
    """Read JSON.

    Args:
        data: as `dump` gave it.
        where: it lies, for the error.

    Raises:
        JournalDamaged: it is none.

    """
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise JournalDamaged(f"{where} holds nothing that can be read; the rest of the journal can") from error


def begun_as_json(begun: Begun) -> dict[str, Any]:
    """What was known when an utterance began."""
    return {
        "utterance": begun.utterance,
        "at": begun.at_seconds,
        "application": begun.application,
        "model": begun.model,
        "engine": begun.engine,
        "device": begun.device,
        "learns": begun.learns,
    }


def begun_from_json(told: Any, where: str) -> Begun:
    """The way back.

    Raises:
        JournalDamaged: it is something else.

    """
    try:
        return Begun(
            int(told["utterance"]),
            float(told["at"]),
            str(told["application"]),
            str(told["model"]),
            str(told["engine"]),
            str(told["device"]),
            bool(told["learns"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise _damaged(where) from error


def said_as_json(said: UtteranceSaid) -> dict[str, Any]:
    """What was recognised, and how text was made of it.

    Its prompt is left out, and of its terms all that do not stand in it: they are of other utterances, which may
    be confidential, or forgotten one day.
    """
    standing = {_letters(said.typed.insert[span.start : span.end]) for span in said.typed.spans} - {""}
    return {
        "utterance": said.utterance,
        "start": said.start_seconds,
        "words": [[word.text, word.start_seconds, word.end_seconds, word.confidence] for word in said.words],
        "language": said.language,
        "steps": said.steps,
        "typed": [said.typed.delete, said.typed.insert, [[s.start, s.end, s.words] for s in said.typed.spans]],
        "commands": said.commands,
        "vocabulary": [term for term in said.vocabulary if _letters(term) in standing],
        "terms": [[term.first, term.end, term.text] for term in said.terms],
    }


def said_from_json(told: Any, where: str) -> UtteranceSaid:
    """The way back; without the prompt, which an older version has written.

    Raises:
        JournalDamaged: it is something else.

    """
    try:
        delete, insert, spans = told["typed"]
        return UtteranceSaid(
            int(told["utterance"]),
            float(told["start"]),
            tuple(TimedWord(str(text), float(a), float(b), float(p)) for text, a, b, p in told["words"]),
            str(told["language"]),
            tuple(map(str, told["steps"])),
            Edit(int(delete), str(insert), tuple(Span(int(a), int(b), _numbers(w)) for a, b, w in spans)),
            _numbers(told["commands"]),
            vocabulary=tuple(map(str, told["vocabulary"])),
            # Rows of before terms were told have none.
            terms=tuple(TermWritten(int(a), int(b), str(text)) for a, b, text in told.get("terms", ())),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise _damaged(where) from error


def _letters(text: str) -> str:
    """The letters and digits of a text, by which a term is found in it."""
    folded = unicodedata.normalize("NFKC", text.casefold())
    return "".join(c for c in folded if unicodedata.category(c)[0] in "LMN")


def _numbers(told: Any) -> tuple[int, ...]:
    return tuple(int(number) for number in told)


def _damaged(where: str) -> JournalDamaged:
    return JournalDamaged(f"{where} is not what was written there; the rest of the journal can be read")
