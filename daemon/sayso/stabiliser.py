"""The stabiliser: hypotheses in, stable words out. Pure functions; nothing here knows audio or typing.

Each hypothesis is a fresh decode of its window, so words already committed are found again at its beginning,
possibly spelled otherwise. `continuation` finds where they end; what follows is the tail. Its leading words are
committed as far as they are believed (`agreement`). Committed words are never taken back, but by a final that is
told how many of them it may mend.
"""

from __future__ import annotations

from dataclasses import dataclass

from sayso.agreement import Evidence, accumulate, believed, letters
from sayso.events import Hypothesis, TimedWord

MAX_REPEATS = 3  # the same words this often in a row are a decoder's loop, if nobody speaks as fast
PHRASE_WORDS = 3  # so many words or more are one when they come a second time in no time
MAX_LOOP_WORDS = 24  # longest n-gram looked at: a sentence
LOOP_SECONDS_PER_WORD = 0.15  # fast speech is 5 words a second, 0.2 s a word
NO_SECONDS_PER_WORD = 0.05  # what the decoder repeats at a window's end has no length: its times end there
TIME_SECONDS = 0.08  # word times from attention are right to about 60 ms, and the cut is where it is quietest
SAME_SECONDS = 0.2  # one word's middle in two decodes: further apart it is rather the word said twice
EDIT, ODD = 1_000, 1  # a word that differs outweighs all that is odd about the times
LOST_SHARE = 0.5  # a partial that contradicts more of the committed words than this is not believed


@dataclass(frozen=True, slots=True)
class Stable:
    """What is known of one utterance.

    Attributes:
        committed: words handed on for good, in order.
        tail: what the last hypothesis said after them.
        evidence: for each word of the tail, what speaks for it.
        from_seconds: where the window began in which the first of them were heard.
        instead: how the last hypothesis had the committed words, where it was not believed for that.

    """

    committed: tuple[TimedWord, ...] = ()
    tail: tuple[TimedWord, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    from_seconds: float = 0.0
    instead: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """What one hypothesis changed.

    Attributes:
        stable: the new state.
        added: words newly committed, which it ends with; what the final mends is among them.
        contradicted: committed words of this window that the hypothesis has otherwise or not at all, and words
            it has between them.
        lost: the hypothesis was not believed: it loops, or has lost what is committed.

    """

    stable: Stable
    added: tuple[TimedWord, ...]
    contradicted: int
    lost: bool = False


def advance(stable: Stable, hypothesis: Hypothesis, mendable: int = 0) -> Step:
    """Take the next hypothesis of the utterance; a final one commits everything it has left to say.

    Args:
        stable: what is known so far.
        hypothesis: of the utterance's present window.
        mendable: how many of the last committed words a final may have otherwise, as far as its window goes.

    """
    begin = stable.from_seconds if stable.committed else hypothesis.window_start_seconds
    maybe, surely = 0, 0  # the first window hears all of them
    if hypothesis.window_start_seconds > begin:
        maybe, surely = heard_again(stable.committed, hypothesis.window_start_seconds)
    again = stable.committed[maybe:]
    words = hypothesis.words[: loop_start(hypothesis.words)]
    split, contradicted = continuation(again, words, surely - maybe)
    tail = words[split:]
    if hypothesis.final:
        firm = max(len(stable.committed) - mendable, surely)
        kept, added = _settle(stable.committed, words, firm, maybe, surely)
        return Step(Stable(stable.committed[:kept] + added, from_seconds=begin), added, contradicted)
    instead: tuple[str, ...] = ()
    if contradicted > LOST_SHARE * len(again):
        instead = tuple(letters(word.text) for word in words[:split])
        # Where two in a row say the same instead, they are not lost: what stands is wrong.
        if not stable.instead or instead[: len(stable.instead)] != stable.instead:
            lost = Stable(stable.committed, from_seconds=begin, instead=instead)
            return Step(lost, (), contradicted, lost=True)
    evidence = accumulate(stable.tail, stable.evidence, tail)
    sure = believed(tail, evidence, hypothesis.window_end_seconds)
    now = Stable(stable.committed + tail[:sure], tail[sure:], evidence[sure:], begin, instead)
    return Step(now, tail[:sure], contradicted, lost=len(words) < len(hypothesis.words))


def heard_again(committed: tuple[TimedWord, ...], window_start_seconds: float) -> tuple[int, int]:
    """Where in the committed words a window begins.

    Returns:
        (i, j): the window may hear committed[i:] again, and surely hears committed[j:]; the few between, at its
        edge, have times too rough to tell.

    """

    def first_after(seconds: float) -> int:
        earlier = (n for n in range(len(committed), 0, -1) if committed[n - 1].middle_seconds < seconds)
        return next(earlier, 0)

    return first_after(window_start_seconds - TIME_SECONDS), first_after(window_start_seconds + TIME_SECONDS)


def _settle(
    committed: tuple[TimedWord, ...], words: tuple[TimedWord, ...], firm: int, maybe: int, surely: int
) -> tuple[int, tuple[TimedWord, ...]]:
    """How many committed words a final leaves as they are, and the words with which it goes on from there."""
    split, _ = continuation(committed[maybe:firm], words, surely - maybe)
    same = _agreeing([word.text for word in committed[firm:]], [word.text for word in words[split:]])
    return firm + same, words[split + same :]


def continuation(
    committed: tuple[TimedWord, ...], words: tuple[TimedWord, ...], doubtful: int = 0
) -> tuple[int, int]:
    """Where the committed words end in a new hypothesis.

    Minimises the word edit distance between the committed words and a prefix of the hypothesis (one row of the
    Levenshtein table holds it for all prefixes). Times decide what the text leaves open: among equals, words that
    are paired should be near in time, and then as little as possible lie on the wrong side of the split.

    Args:
        committed: the words looked for.
        words: those of the hypothesis.
        doubtful: so many of the committed words, the first ones, may not have been heard this time.

    Returns:
        (k, distance): words[k:] is new; the distance counts how the first k differ from the committed.

    """
    if not committed:
        return 0, 0
    spelled = [letters(word.text) for word in words]
    row = [EDIT * j for j in range(len(words) + 1)]
    for i, old in enumerate(committed):
        sought = letters(old.text)
        diagonal, row[0] = row[0], row[0] + (ODD if i < doubtful else EDIT)
        for j, new in enumerate(words, start=1):
            cost = diagonal + EDIT
            if spelled[j - 1] == sought:
                far = abs(new.middle_seconds - old.middle_seconds) > SAME_SECONDS
                cost = diagonal + (ODD if far else 0)
            diagonal, row[j] = row[j], min(cost, row[j] + EDIT, row[j - 1] + EDIT)
    end = committed[-1].end_seconds

    def astray_seconds(k: int) -> float:
        return sum(max(0.0, w.middle_seconds - end) for w in words[:k]) + sum(
            max(0.0, end - w.middle_seconds) for w in words[k:]
        )

    least = min(row)
    best = min((k for k, cost in enumerate(row) if cost == least), key=astray_seconds)
    return best, least // EDIT


def loop_start(words: tuple[TimedWord, ...]) -> int:
    """Index from which the words are a decoder's loop; len(words) if they are not.

    A loop is an n-gram three times in a row, faster than anyone speaks: "one two, one two, one two" is a
    microphone test, unless it took half a second. Or it is a phrase that the words end with, and that has come
    again in no time at all, even where the decoder was stopped in the middle of it: whoever says "I want to, I
    want to go" takes his time.
    """
    spelled = [letters(word.text) for word in words]
    for size in range(1, MAX_LOOP_WORDS + 1):
        rounds = (MAX_REPEATS - 1) * size
        for again in range(size, len(words)):
            same = _agreeing(spelled[again - size :], spelled[again:])
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
