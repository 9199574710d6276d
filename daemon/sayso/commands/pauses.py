"""Where somebody paused, as far as word times tell.

Times from attention leave hardly a gap between words: a pause is found in the length of the word before it, or of
the one after it. So a word's time beyond what its letters take at the speaker's own pace counts as silence.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from sayso.events import TimedWord

SECONDS_A_LETTER = (0.045, 0.11)  # from fast to slow speech, 4 to 5 letters a word
LEAST_LETTERS = 3  # "a" and "is" take as long
PHRASE_SECONDS = 0.5  # a pause that ends a phrase


def around(words: Sequence[TimedWord], first: int, end: int) -> tuple[float, float]:
    """How long it was silent before and after words [first, end), in seconds.

    Of the silence that their own length shows it is not known on which side it was: half of it counts for either.
    Of ordinary speech, 3 to 5 words in 100 seem to have 0.25 s on both sides (tiny.en and base, 2,422 words).
    """
    pace = _pace(words[1:first])
    before = _left(words, first, pace) if first else 0.0
    after = max(0.0, words[end].start_seconds - words[end - 1].end_seconds) if end < len(words) else 0.0
    own = sum(_slack(word, pace) for word in words[first:end])
    return before + own / 2, after + own / 2


def before(words: Sequence[TimedWord], first: int) -> float:
    """How long it was silent before a word, in seconds."""
    return _left(words, first, _pace(words[1:first])) if first else 0.0


def _left(words: Sequence[TimedWord], first: int, pace: float) -> float:
    gap = max(0.0, words[first].start_seconds - words[first - 1].end_seconds)
    return gap + _slack(words[first - 1], pace)


def _slack(word: TimedWord, pace: float) -> float:
    return max(0.0, word.end_seconds - word.start_seconds - pace * _letters(word))


def _pace(words: Sequence[TimedWord]) -> float:
    """Seconds a letter, of words but the first, which has the silence before it in its length."""
    fast, slow = SECONDS_A_LETTER
    spread = [(word.end_seconds - word.start_seconds) / _letters(word) for word in words]
    return min(slow, max(fast, median(spread))) if spread else (fast + slow) / 2


def _letters(word: TimedWord) -> int:
    return max(LEAST_LETTERS, sum(c.isalnum() for c in word.text))
