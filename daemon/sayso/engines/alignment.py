"""Tokens and where the model attended to for each of them → words with times and confidences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from sayso.engines import Word
from sayso.engines.network import Alignment
from sayso.languages import UNSPACED_LANGUAGES

POSITIONS_PER_SECOND = 50  # the encoder's: a position is 20 ms

_OPENING = "\"'“¿([{-"
_CLOSING = "\"'.。,，!！?？:：”)]}、…"  # openai/whisper's append_punctuations, and the ellipsis


def words_from(tokenizer: Any, tokens: Sequence[int], alignment: Alignment) -> tuple[Word, ...]:
    """The words of an alignment, as openai/whisper's `timing.py` finds them.

    Args:
        tokenizer: faster-whisper's, of the language that is spoken.
        tokens: of the text.
        alignment: of these tokens.

    """
    pieces, token_groups = tokenizer.split_to_word_tokens([*tokens, tokenizer.eot])
    if len(token_groups) <= 1:
        return ()
    edges = np.cumsum([0, *(len(group) for group in token_groups[:-1])])
    token_of, position_of = alignment.path.T
    jumps = np.diff(token_of, prepend=-1).astype(bool)
    times = position_of[jumps] / POSITIONS_PER_SECOND
    probabilities = np.asarray(alignment.probabilities)
    words = attach_punctuation(
        [
            Word(piece, float(times[low]), float(times[high]), float(probabilities[low:high].mean()))
            for piece, low, high in zip(pieces, edges[:-1], edges[1:], strict=False)
        ]
    )
    if words and tokenizer.language_code not in UNSPACED_LANGUAGES and not words[0].text.startswith(" "):
        # Whisper now and then starts without the space that separates this from what was typed before.
        return (replace(words[0], text=" " + words[0].text), *words[1:])
    return words


def attach_punctuation(words: Sequence[Word]) -> tuple[Word, ...]:
    """Join marks that stand as words of their own to the word they belong to.

    The space decides for marks that both open and close: `"` with one before it opens.
    """
    out: list[Word] = []
    opening = ""
    for word in words:
        bare = word.text.strip()
        if not bare:
            continue
        if out and not opening and all(c in _CLOSING for c in bare) and not word.text.startswith(" "):
            last = out[-1]
            out[-1] = Word(last.text + word.text, last.start_seconds, word.end_seconds, last.confidence)
        elif all(c in _OPENING for c in bare) and word.text.startswith(" "):
            opening += word.text
        else:
            text = opening + (word.text.lstrip() if opening else word.text)
            out.append(Word(text, word.start_seconds, word.end_seconds, word.confidence))
            opening = ""
    if opening and out:  # an opening mark with nothing after it
        out[-1] = replace(out[-1], text=out[-1].text + opening)
    return tuple(out)
