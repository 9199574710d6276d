"""The stabiliser: hypotheses in, stable words out. Pure functions; nothing here knows audio or typing.

Each hypothesis is a fresh decode of the whole window, so the words already committed are found again at its
beginning, possibly spelled otherwise. `continuation` finds where they end; what follows is the tail. A word of
the tail is committed when decodes in a row agree on it to the letter and their confidences add up to enough: two
that are sure, or more that are less so. The last word never is, nor one that ended just now: the decoder may have
heard only half of it. This is local agreement (Liu et al., 2020, "Low-latency sequence-to-sequence speech
recognition and translation by partial hypothesis selection") with the number of agreeing decodes made to depend on
how sure they are. Committed words are never taken back.
"""

from __future__ import annotations

from dataclasses import dataclass

from sayso.events import Hypothesis, TimedWord

MAX_REPEATS = 3  # the same words this often in a row are a decoder's loop, if nobody speaks as fast
PHRASE_WORDS = 3  # so many words or more are one when they come a second time in no time
MAX_LOOP_WORDS = 24  # longest n-gram looked at: a sentence
LOOP_SECONDS_PER_WORD = 0.15  # fast speech is 5 words a second, 0.2 s a word
NO_SECONDS_PER_WORD = 0.05  # what the decoder repeats at a window's end has no length: its times end there
ENOUGH_EVIDENCE = 1.2  # two decodes at 0.6, three at 0.4: ARCHITECTURE.md, "When a word is committed"
GUARD_SECONDS = 0.5  # heard after a word before it is believed: about two words of fast speech
LOST_SHARE = 0.5  # a partial that contradicts more of the committed words than this is not believed


@dataclass(frozen=True, slots=True)
class Stable:
    """What is known of one utterance.

    Attributes:
        committed: words handed on for good, in order.
        tail: what the last hypothesis said after them.
        evidence: for each word of the tail, its confidences added up over the decodes in a row that had it there.

    """

    committed: tuple[TimedWord, ...] = ()
    tail: tuple[TimedWord, ...] = ()
    evidence: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """What one hypothesis changed.

    Attributes:
        stable: the new state.
        added: words newly committed.
        contradicted: committed words of this window that the hypothesis has otherwise or not at all, and words
            it has between them.

    """

    stable: Stable
    added: tuple[TimedWord, ...]
    contradicted: int


def advance(stable: Stable, hypothesis: Hypothesis) -> Step:
    """Take the next hypothesis of the utterance; a final one commits everything it has left to say."""
    again = tuple(w for w in stable.committed if w.middle_seconds >= hypothesis.window_start_seconds)
    words = hypothesis.words[: loop_start(hypothesis.words)]
    split, contradicted = continuation(again, words)
    tail = words[split:]
    if hypothesis.final:
        return Step(Stable(stable.committed + tail), tail, contradicted)
    if contradicted > LOST_SHARE * len(again):
        return Step(Stable(stable.committed), (), contradicted)
    evidence = _accumulate(stable, tail)
    sure = _sure(tail, evidence, hypothesis.window_end_seconds - GUARD_SECONDS)
    now = Stable(stable.committed + tail[:sure], tail[sure:], evidence[sure:])
    return Step(now, tail[:sure], contradicted)


def continuation(committed: tuple[TimedWord, ...], words: tuple[TimedWord, ...]) -> tuple[int, int]:
    """Where the committed words end in a new hypothesis.

    Minimises the word edit distance between the committed words and a prefix of the hypothesis (one row of the
    Levenshtein table holds it for all prefixes); among equals takes the prefix that ends nearest in time.

    Returns:
        (k, distance): words[k:] is new; the distance counts how the first k differ from the committed.

    """
    if not committed:
        return 0, 0
    row = list(range(len(words) + 1))
    for i, old in enumerate(committed, start=1):
        diagonal, row[0] = row[0], i
        for j, new in enumerate(words, start=1):
            cost = diagonal + (_letters(old.text) != _letters(new.text))
            diagonal, row[j] = row[j], min(cost, row[j] + 1, row[j - 1] + 1)
    end = committed[-1].end_seconds

    def distance_in_time(k: int) -> float:
        return abs((words[k - 1].end_seconds if k else committed[0].start_seconds) - end)

    best = min(range(len(row)), key=lambda k: (row[k], distance_in_time(k)))
    return best, row[best]


def loop_start(words: tuple[TimedWord, ...]) -> int:
    """Index from which the words are a decoder's loop; len(words) if they are not.

    A loop is an n-gram three times in a row, faster than anyone speaks: "one two, one two, one two" is a
    microphone test, unless it took half a second. Or it is a phrase that the words end with, and that has come
    again in no time at all, even where the decoder was stopped in the middle of it: whoever says "I want to, I
    want to go" takes his time.
    """
    letters = [_letters(word.text) for word in words]
    for size in range(1, MAX_LOOP_WORDS + 1):
        rounds = (MAX_REPEATS - 1) * size
        for again in range(size, len(words)):
            same = _agreeing(letters[again - size :], letters[again:])
            if same >= rounds and _takes_less(words[again : again + rounds], LOOP_SECONDS_PER_WORD):
                return again
            is_last = again + same == len(words)
            if is_last and same >= PHRASE_WORDS and _takes_less(words[again:], NO_SECONDS_PER_WORD):
                return again
    return len(words)


def _takes_less(words: tuple[TimedWord, ...], seconds_a_word: float) -> bool:
    return words[-1].end_seconds - words[0].start_seconds < seconds_a_word * len(words)


def _agreeing(one: list[str], other: list[str]) -> int:
    """How many words two lists have in common from their beginning."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _accumulate(stable: Stable, tail: tuple[TimedWord, ...]) -> tuple[float, ...]:
    """The evidence for each word of a new tail."""
    before = [
        evidence if old.text == new.text else 0.0
        for old, new, evidence in zip(stable.tail, tail, stable.evidence, strict=False)
    ]
    before += [0.0] * (len(tail) - len(before))
    return tuple(evidence + word.confidence for evidence, word in zip(before, tail, strict=True))


def _sure(tail: tuple[TimedWord, ...], evidence: tuple[float, ...], until_seconds: float) -> int:
    """How many leading words of a tail ended by then and have enough evidence, the last one left out."""
    sure = 0
    for word, amount in zip(tail[:-1], evidence, strict=False):
        if amount < ENOUGH_EVIDENCE or word.end_seconds > until_seconds:
            break
        sure += 1
    return sure


def _letters(text: str) -> str:
    """The word without case and punctuation: what is compared where only what was said counts."""
    return "".join(c for c in text.casefold() if c.isalnum()) or text.strip()
