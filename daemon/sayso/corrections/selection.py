"""Pure: a text that the person has selected, or the line in which they are → the utterance that it was.

They ask to learn from it: what they selected may be one word of what they dictated, all of it, or more than it.
They have mostly corrected what they dictated last, so a later utterance is taken before one that fits a little
better; and where the text stands in one as it was typed, what is older is not looked at: to select what is right
teaches nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from rapidfuzz import fuzz

from sayso.corrections.standing import Baseline, Fate, Ours, became
from sayso.journal import Line

LEAST_PERCENT: Final = 70.0
"""How alike what stands there and what was typed, or words of it, must be, by their letters without spaces."""

LEAST_PERCENT_OF_FEW: Final = 75.0
"""The same of a selection of FEW_WORDS or fewer: some word like it is in every text."""

FEW_WORDS: Final = 2

MARGIN_PERCENT: Final = 15.0
"""How much better an older utterance must fit than a later one."""

FEWEST: Final = 3
"""Letters; fewer are found in everything."""

MARKS: Final = ".,;:!?…)”’\"'"
FOUND: Final = frozenset((Fate.SAME, Fate.FIXED, Fate.CONTINUED))


def match(text: str, lines: Sequence[Line]) -> tuple[int, str] | None:
    """Find the utterance of which a text is the corrected one.

    Args:
        text: what is selected, or the line.
        lines: the last utterances, the newest first.

    Returns:
        Its number, and all of its text as it is to be, which may be as it was typed; None where it was none of
        these.

    """
    text = " ".join(text.split())
    if len(text) < FEWEST:
        return None
    changed: list[tuple[float, int, str]] = []
    same: tuple[int, str] | None = None
    for line in lines:
        typed = " ".join(line.typed.split())
        corrected = _corrected(typed, text) if len(typed) >= FEWEST else None
        if corrected is not None and corrected[1] == typed:
            same = line.utterance, typed
            break
        if corrected is not None:
            changed.append((corrected[0], line.utterance, corrected[1]))
    best = max((percent for percent, _, _ in changed), default=0.0)
    newest = next((one[1:] for one in changed if one[0] >= best - MARGIN_PERCENT), None)
    return newest or same


def _corrected(typed: str, text: str) -> tuple[float, str] | None:
    """How alike they are, and what was typed with the text in its place; None where they are not."""
    ways = [way for way in (_as_part(typed, text), _as_more(typed, text)) if way is not None]
    return max(ways, default=None)


def _as_part(typed: str, text: str) -> tuple[float, str] | None:
    """As words of what was typed."""
    words = [word.span() for word in re.finditer(r"\S+", typed)]
    count = len(text.split())
    least = LEAST_PERCENT_OF_FEW if count <= FEW_WORDS else LEAST_PERCENT
    sought = _letters(text)
    best: tuple[float, int, int] | None = None
    for first, (start, _) in enumerate(words):
        for last in range(first, min(len(words), first + 2 * count + 1)):
            whole_end = words[last][1]
            for end in (start + len(typed[start:whole_end].rstrip(MARKS)), whole_end):
                percent = fuzz.ratio(_letters(typed[start:end]), sought, score_cutoff=least)
                if percent and (best is None or percent > best[0]):
                    best = percent, start, end
    return None if best is None else (best[0], typed[: best[1]] + text + typed[best[2] :])


def _letters(text: str) -> str:
    return text.casefold().replace(" ", "")


def _as_more(typed: str, text: str) -> tuple[float, str] | None:
    """As what was typed, and something around it."""
    stands = became(Baseline(typed, (Ours(0, 0, len(typed)),)), text).stands[0]
    now = " ".join(stands.text.split())
    percent = fuzz.ratio(typed.casefold(), now.casefold())
    return (percent, now) if stands.fate in FOUND and percent >= LEAST_PERCENT else None
