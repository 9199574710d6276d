"""What a text that was seen counts for: cut to what was dictated, undone to what was said, and put to the ladder.

Pure but for the margin, which decodes; how words sound is looked up in the machine's pronunciations, where it has
any.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from functools import cache
from typing import Final

from rapidfuzz.distance import Levenshtein

from sayso.corrections import Seen, Source
from sayso.corrections.acceptance import verdict
from sayso.corrections.alignment import Change, Closeness, align, alike, compared, words_of
from sayso.corrections.case import Case
from sayso.corrections.undoing import believed, parts, parts_in, recognised, spoken
from sayso.events import UtteranceSaid
from sayso.journal import Correction, Utterance
from sayso.journal.confidential import confidential
from sayso.vocabulary.sounds import Sounds, consonants, letters, sounds_of

MOST_PUT_IN: Final = 1  # words between others that a person puts back because they were not heard; more is writing

SIGNS: Final = frozenset("!@#$%^*=~|")
MARKS: Final = ".,;:!?…()[]\"'“”„«»"
LONG_NUMBER: Final = 4
MEASURED: Final = re.compile(r"\d+([.,:]\d+)?[^\W\d_]{1,2}")
"""What is ordinary of letters and digits together: 3rd, 10am, 4K."""


def judge(
    seen: Seen,
    utterance: Utterance,
    *,
    margin: Callable[[str, str], float | None] | None = None,
    voiced_seconds: float | None = None,
    closeness: Closeness | None = None,
    secret: str | None = None,
) -> Correction:
    """What a text that was seen counts for.

    Args:
        seen: what stands where the utterance's text was typed.
        utterance: all that is known of it.
        margin: how much better the recording fits the second text than the first, in nats a token that differs
            (`acoustic`); asked only where the rest leaves it open. None: without the recording.
        voiced_seconds: of speech in the recording; None: as long as its words are.
        closeness: of two texts, 0 to 1; None: by sound and letters, in the language that was spoken.
        secret: what is confidential in it, where that is known; None: it is looked for.

    Returns:
        The correction, with reasons. Of one that is confidential, or was dictated while nothing was to be kept,
        nothing but that: neither text nor target.

    """
    said, typed = utterance.said, utterance.line.typed
    learns = utterance.begun.learns
    if secret is None and learns:
        secret = ", ".join(dict.fromkeys(str(found.kind) for found in confidential(seen.text)))
    if said is None or secret or not learns:
        return _without_target(seen, utterance, secret or "")
    near = closeness or sounding(said.language)
    text, is_continued = (seen.text, False) if seen.source is Source.EXPLICIT else written_by_us(typed, seen.text)
    known, target = believed(said), spoken(text, said, near)
    near = _with_terms_refused(near, said)
    blocks = align(known, target, near) if target is not None else ()

    def fits() -> float | None:
        return margin(known, target) if margin is not None and target is not None else None

    case = Case(
        source=seen.source,
        heard=known,
        target=target,
        blocks=blocks,
        confidences=confidences(said),
        is_kept=learns,
        is_made_up=is_made_up(typed, text),
        seconds=utterance.line.seconds,
        voiced_seconds=_voiced(said) if voiced_seconds is None else voiced_seconds,
        is_same=text.split() == typed.split(),
        is_continued=is_continued,
        closeness=near,
        margin=fits,
    )
    found = verdict(case)
    return Correction(
        utterance=seen.utterance,
        source=seen.source,
        trust=found.trust,
        decision=found.decision,
        reasons=found.reasons,
        text=text,
        target=target,
        changes=_changes(case, said),
        made_at_seconds=seen.at_seconds,
    )


def _without_target(seen: Seen, utterance: Utterance, secret: str) -> Correction:
    """Of something confidential nothing is kept; of an utterance of which nothing is known, only the text."""
    is_kept = utterance.begun.learns
    made_up = is_made_up(utterance.line.typed, seen.text)
    found = verdict(Case(seen.source, "", None, is_kept=is_kept, is_made_up=made_up, confidential=secret))
    return Correction(
        utterance=seen.utterance,
        source=seen.source,
        trust=found.trust,
        decision=found.decision,
        reasons=found.reasons,
        text="" if secret or not is_kept else seen.text,
        target=None,
        made_at_seconds=seen.at_seconds,
    )


def is_made_up(typed: str, text: str) -> bool:
    """Whether a word that was not typed by us is none: letters with digits or signs, or a long number."""
    known = frozenset(typed.split())
    return any(_is_no_word(word.strip(MARKS)) for word in text.split() if word not in known)


def _is_no_word(word: str) -> bool:
    has_letter = any(c.isalpha() for c in word)
    has_sign = any(c.isdigit() or c in SIGNS for c in word)
    is_mixed = has_letter and has_sign and MEASURED.fullmatch(word) is None
    return is_mixed or (word.isdecimal() and len(word) >= LONG_NUMBER)


def written_by_us(typed: str, text: str) -> tuple[str, bool]:
    """A text without what somebody wrote before, after and within what was typed; whether they did.

    A single word within it stays: it may be one that was said and not heard.
    """
    words = words_of(text)
    blocks = align(typed, text)
    kept, at, is_continued = "", 0, False
    for n, block in enumerate(blocks):
        is_outside = n in (0, len(blocks) - 1)
        if block.change is not Change.ADDED or not (
            is_outside or block.meant_end - block.meant_start > MOST_PUT_IN
        ):
            continue
        is_continued = True
        is_last = block.meant_end == len(words)
        start = words[block.meant_start].start
        if is_last and block.meant_start:  # the marks after our last word stay, what follows them goes
            between = text[words[block.meant_start - 1].end : start]
            start -= len(between) - len(between.rstrip()) if between.strip() else len(between)
        kept += text[at:start]
        at = len(text) if is_last else words[block.meant_end].start
    return kept + text[at:], is_continued


def confidences(said: UtteranceSaid) -> tuple[float, ...]:
    """How sure the recogniser was of each word of what is believed to have been said (`words_of`), 0 to 1.

    Of a term that was written in place of what it recognised it says nothing: 0.
    """
    known = parts(said)
    text = "".join(part.text for part in known)
    skipped = len(text) - len(text.lstrip())
    ends = [end - skipped for end in itertools.accumulate(len(part.text) for part in known)]
    sure = [0.0 if part.is_term else said.words[part.first].confidence for part in known]
    out = []
    for word in words_of(text.strip()):
        first, last = bisect_right(ends, word.start), bisect_left(ends, word.end)
        out.append(min(sure[first : last + 1]))
    return tuple(out)


def _changes(case: Case, said: UtteranceSaid) -> tuple[tuple[str, str], ...]:
    """(heard, meant) of what changed: what was recognised where a term was written; none where that is back."""
    out = []
    for block in case.blocks:
        if block.is_equal:
            continue
        known, meant = case.texts(block)
        if any(part.is_term for part in parts_in(said, block.heard_start, block.heard_end)):
            known = recognised(said, block.heard_start, block.heard_end)
            if compared(known) == compared(meant):
                continue
        out.append((known, meant))
    return tuple(out)


def _with_terms_refused(near: Closeness, said: UtteranceSaid) -> Closeness:
    """The same, but what was recognised where a term was written is as near to the term as can be."""
    back = {
        (compared(part.text), compared("".join(word.text for word in said.words[part.first : part.end])))
        for part in parts(said)
        if part.is_term
    }
    return (
        (lambda one, other: 1.0 if (compared(one), compared(other)) in back else near(one, other))
        if back
        else near
    )


def _voiced(said: UtteranceSaid) -> float:
    return sum(word.end_seconds - word.start_seconds for word in said.words)


@cache
def sounding(language: str) -> Closeness:
    """How alike two texts of a language are: by their letters, or half by these and half by their sound."""
    sounds = sounds_of(language)

    def near(one: str, other: str) -> float:
        by_letters = alike(one, other)
        by_sound = Levenshtein.normalized_similarity(_sound(sounds, one), _sound(sounds, other))
        return max(by_letters, (by_letters + by_sound) / 2)

    return near


def _sound(sounds: Sounds, text: str) -> str:
    return sounds.phonemes(text) or consonants(letters(text))
