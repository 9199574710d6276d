"""When a word of a hypothesis is believed: decodes in a row agree on it, and are sure enough of it between them.

Local agreement (Liu et al., 2020, "Low-latency sequence-to-sequence speech recognition and translation by
partial hypothesis selection") commits what two decodes in a row have in common. Here it depends on how sure
they are: one that is certain is enough, two that are not so sure are, too. Were they independent, all of them
would be wrong with the product of the probabilities that each is; the evidence is its negative logarithm. They
are not, so what counts is measured (benchmarks/README.md, "When a word is committed"). A word that nothing makes
certain does not hold up those after it for ever: by then the model has heard all that will help it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from sayso.events import TimedWord

ENOUGH_NATS = 2.5  # one decode at 0.92, two at 0.72, three at 0.57
GUARD_SECONDS = 0.1  # heard after a word before it is believed; more is needless, as the last word never is
PATIENCE_SECONDS = 0.8  # heard after a word until less is enough …
PATIENCE_DECODES, PATIENCE_NATS = 2, 1.0  # … that is, so many in a row, and so sure between them
AT_LAST_SECONDS = 2.0  # heard after a word until it is taken, whatever was said before: the model knows no better
MOST_SURE = 0.999  # certainty is not infinite: 7 nats


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a word.

    Attributes:
        nats: negative logarithm of the product of the probabilities that each decode was wrong about it.
        decodes: in a row that had it there.
        as_spelled: of these the last ones, that also had the same marks and capitals.

    """

    nats: float = 0.0
    decodes: int = 0
    as_spelled: int = 0


def accumulate(
    tail: Sequence[TimedWord], evidence: Sequence[Evidence], words: Sequence[TimedWord]
) -> tuple[Evidence, ...]:
    """The evidence for each of the words with which a hypothesis goes on.

    Args:
        tail: with which the one before went on.
        evidence: for each word of it.
        words: of the new one.

    """
    out = []
    for n, word in enumerate(words):
        before, spelled = Evidence(), False
        if n < len(tail) and letters(tail[n].text) == letters(word.text):
            before, spelled = evidence[n], tail[n].text == word.text
        nats = -math.log(1.0 - min(word.confidence, MOST_SURE))
        out.append(
            Evidence(before.nats + nats, before.decodes + 1, before.as_spelled + 1 if spelled else 1),
        )
    return tuple(out)


def believed(words: Sequence[TimedWord], evidence: Sequence[Evidence], heard_seconds: float) -> int:
    """How many leading words are believed when so much has been heard; the last one never is."""
    return next(
        (n for n, word in enumerate(words[:-1]) if not _is_believed(word, evidence[n], heard_seconds)),
        max(0, len(words) - 1),
    )


def _is_believed(word: TimedWord, evidence: Evidence, heard_seconds: float) -> bool:
    since = heard_seconds - word.end_seconds
    if since < GUARD_SECONDS:
        return False
    if since >= PATIENCE_SECONDS:
        agreed = evidence.decodes >= PATIENCE_DECODES and evidence.nats >= PATIENCE_NATS
        return since >= AT_LAST_SECONDS or agreed or evidence.nats >= ENOUGH_NATS
    settled = evidence.as_spelled >= 2 or not ends_with_a_mark(word.text)  # it may yet become another, or none
    return settled and evidence.nats >= ENOUGH_NATS


def ends_with_a_mark(text: str) -> bool:
    """Whether punctuation follows the word."""
    return bool(text) and not text[-1].isalnum()


def letters(text: str) -> str:
    """The word without case and punctuation: what is compared where only what was said counts."""
    return "".join(c for c in text.casefold() if c.isalnum()) or text.strip()
