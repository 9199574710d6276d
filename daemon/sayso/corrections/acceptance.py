"""The acceptance ladder: whether what a text was corrected to is what was said, and if not, why.

Each rung looks at one thing. The first that is certain that it is not what was said rejects it, and the first that
is not sure leaves it in doubt: then the person is asked. How well the recording fits is asked last, as it costs a
decode; it settles the doubts that are about sound. What the person told by a command is held to wider limits than
what was seen in a window, where people also reword what they said.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from sayso.corrections import BY_THE_PERSON, TRUST, Source
from sayso.corrections.alignment import Block, Change, compared, words_of
from sayso.corrections.case import Case
from sayso.journal import Decision

SURE: Final = 0.9
"""Confidence from which a word is hardly ever misheard: of 149 misheard terms 99 % had less, 97 % under 0.75."""

UNSURE: Final = 0.75

SHORT_LETTERS: Final = 3
"""Of words that have letters in common by chance."""

ALIKE: Final = 0.45
"""How alike by sound or letters what was misheard mostly is: 90 % of these terms; 95 % are over 0.32."""

HARDLY_ALIKE: Final = 0.3


FEW_GROWN: Final = 2
"""Letters that a word may have more or fewer at its end, and have been misheard and not been completed."""


@dataclass(frozen=True, slots=True)
class Reason:
    """What a rung says.

    Attributes:
        decision: what it would be by this rung alone.
        text: why, in words for the person, without a word of what they dictated.
        is_about_sound: whether a recording that fits settles it.

    """

    decision: Decision
    text: str
    is_about_sound: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a correction counts for."""

    decision: Decision
    reasons: tuple[str, ...]
    trust: float


def verdict(case: Case) -> Verdict:
    """Climb the ladder, and keep nothing that is in doubt and may be a password typed by hand."""
    found = _climbed(case)
    doubt = typing(case)
    if found.decision is Decision.DOUBTFUL and doubt is not None:
        return _verdict(case, replace(doubt, decision=Decision.REJECTED))
    return found


def _climbed(case: Case) -> Verdict:
    doubts: list[Reason] = []
    for rung in RUNGS:
        reason = rung(case)
        if reason is None:
            continue
        if reason.decision is not Decision.DOUBTFUL:
            return _verdict(case, reason)
        doubts.append(reason)
    fits = recording(case)
    if fits is not None and fits.decision is not Decision.ACCEPTED:
        return _verdict(case, fits, *doubts)
    doubts = [doubt for doubt in doubts if fits is None or not doubt.is_about_sound]
    if doubts:
        return _verdict(case, *doubts)
    return _verdict(case, fits or Reason(Decision.ACCEPTED, "it sounds like what was recognised"))


def _verdict(case: Case, *reasons: Reason) -> Verdict:
    return Verdict(reasons[0].decision, tuple(reason.text for reason in reasons), TRUST[case.source])


# ── the rungs ─────────────────────────────────────────────────────────────────────────────────────


def consent(case: Case) -> Reason | None:
    """Nothing is learnt where the person did not want it to be kept."""
    if case.is_kept:
        return None
    return Reason(Decision.REJECTED, "it was dictated while learning was off")


def secrecy(case: Case) -> Reason | None:
    """Nothing confidential is kept."""
    if not case.confidential:
        return None
    return Reason(Decision.REJECTED, f"something in it is never kept: {case.confidential}")


def length(case: Case) -> Reason | None:
    """A clip must have something to learn from, and be short enough to be heard at once."""
    limits = case.limits
    if case.seconds < limits.least_seconds or case.voiced_seconds < limits.least_voiced_seconds:
        return Reason(Decision.REJECTED, f"there are only {case.voiced_seconds:.1f} s of speech in it")
    if case.seconds > limits.most_seconds:
        return Reason(
            Decision.REJECTED,
            f"it is {case.seconds:.0f} s long, and a model is taught {limits.most_seconds:.0f} s at once at most",
        )
    return None


def unchanged(case: Case) -> Reason | None:
    """What was left as it was is what was said, as far as anybody has looked."""
    if case.is_same and not case.is_continued:
        if case.source in (Source.LEFT, Source.EXPLICIT):
            return Reason(Decision.ACCEPTED, "it was left as it was typed")
        return Reason(Decision.REJECTED, "nothing was changed in it")
    return None


def undone(case: Case) -> Reason | None:
    """What was said must be known word for word."""
    if case.target is not None:
        return None
    return Reason(
        Decision.DOUBTFUL,
        "what was said cannot be told from it: what a command, a replacement or formatting made was changed",
    )


def writing(case: Case) -> Reason | None:
    """Writing on is no correction, nor is another way to write the same words."""
    if case.target is None:
        return None
    if not any(_is_word_changed(case, block) for block in case.blocks):
        if case.is_continued:
            return Reason(Decision.REJECTED, "what was dictated is as it was: somebody has only written on")
        return Reason(
            Decision.REJECTED,
            "only capitals, marks and spaces are others: that is how it is written, not what was said",
        )
    return None


def extent(case: Case) -> Reason | None:
    """Most of it must be as it was heard: a text that was rewritten says something else."""
    if case.target is None:
        return None
    words = len(words_of(case.heard))
    changed = sum(
        max(b.heard_end - b.heard_start, b.meant_end - b.meant_start) for b in case.blocks if not b.is_equal
    )
    one, other = len(compared(case.heard)), len(compared(case.target))
    is_longer = max(one, other) > case.limits.most_ratio * max(1, min(one, other))
    if is_longer or changed > max(case.limits.few_changed, case.limits.most_changed * words):
        return Reason(Decision.REJECTED, f"it was rewritten: {changed} of its {words} words are others")
    return None


def sound(case: Case) -> Reason | None:
    """What was changed must sound like what was heard, or be spelt like it."""
    for block in case.blocks:
        if block.change is not Change.CHANGED:
            continue
        is_long = max(block.heard_end - block.heard_start, block.meant_end - block.meant_start) > (
            case.limits.most_together
        )
        near = case.closeness(*case.texts(block))
        if case.is_told and near < HARDLY_ALIKE and case.confidence(block) >= UNSURE:
            return Reason(Decision.DOUBTFUL, "it neither sounds like what was heard nor is spelt like it", True)
        if case.is_told:
            continue
        if is_long or near < HARDLY_ALIKE:
            return Reason(Decision.REJECTED, "it neither sounds like what was heard nor is spelt like it")
        if near < ALIKE:
            return Reason(Decision.DOUBTFUL, "it hardly sounds like what was heard", True)
    return None


def number_of_words(case: Case) -> Reason | None:
    """A word that was left out, or put in, may have been misheard or be another wording."""
    if case.is_told:
        return None
    added = [b for b in case.blocks if b.change is Change.ADDED]
    removed = [b for b in case.blocks if b.change is Change.REMOVED]
    if any(b.heard_end - b.heard_start > 1 for b in removed):
        return Reason(Decision.REJECTED, "words were taken out of it")
    if added or removed:
        return Reason(Decision.DOUBTFUL, "a word was put in or taken out, which may be another wording", True)
    return None


def completion(case: Case) -> Reason | None:
    """A word that grew may have been completed by an editor; one that lost a part may be another wording.

    Where the recogniser was unsure, a last letter or two may have been misheard ("Johan", "Johann"); of more, and
    of a beginning, only the recording can tell ("agree", "disagree").
    """
    if case.is_told:
        return None
    for block in case.blocks:
        if block.change is not Change.CHANGED:
            continue
        one, other = (compared(text) for text in case.texts(block))
        short, long = sorted((one, other), key=len)
        is_little = long.startswith(short) and len(long) - len(short) <= FEW_GROWN
        if is_little and case.confidence(block) < UNSURE:
            continue
        if one != other and (long.startswith(short) or long.endswith(short)):
            return Reason(
                Decision.DOUBTFUL,
                "a word only grew or shrank at its beginning or end, as editors complete words",
                True,
            )
    return None


def typing(case: Case) -> Reason | None:
    """What is no word may be a password that was typed over what was dictated, unless it is heard to be said."""
    if case.is_made_up and case.source not in BY_THE_PERSON:
        return Reason(Decision.DOUBTFUL, "something that is no word was typed there, as passwords are", True)
    return None


def wording(case: Case) -> Reason | None:
    """Short words are alike without being misheard, and words that the recogniser was sure of seldom are."""
    changed = [block for block in case.blocks if block.change is Change.CHANGED]
    if case.is_told or not changed:
        return None
    sure = [case.confidence(block) for block in changed]
    is_short = all(max(len(compared(text)) for text in case.texts(block)) <= SHORT_LETTERS for block in changed)
    if is_short and min(sure) >= UNSURE:
        return Reason(Decision.DOUBTFUL, "only words of a few letters are others: it may be another wording", True)
    if min(sure) >= SURE:
        return Reason(
            Decision.DOUBTFUL, "the recogniser was sure of what it heard: it may be another wording", True
        )
    return None


def recording(case: Case) -> Reason | None:
    """The recording must fit what was said according to the person."""
    if case.target is None:
        return None
    margin = case.margin()
    if margin is None:
        return None
    if margin >= case.limits.accepted_nats:
        return Reason(
            Decision.ACCEPTED, f"it sounds like what was recognised, and the recording fits it ({margin:+.1f})"
        )
    if margin >= case.limits.rejected_nats or case.is_told:
        return Reason(
            Decision.DOUBTFUL, f"the recording fits it less well than what was recognised ({margin:+.1f})"
        )
    return Reason(Decision.REJECTED, f"the recording does not fit it ({margin:+.1f})")


def _is_word_changed(case: Case, block: Block) -> bool:
    """Whether other words are there, and not the same ones written in another way ("Email", "e-mail").

    Words that were run together are others: "war saw" is what was heard of Warsaw.
    """
    if block.is_equal:
        return False
    heard, meant = case.texts(block)
    is_hyphenated = "-" in heard or "-" in meant
    return compared(heard) != compared(meant) or (len(heard.split()) != len(meant.split()) and not is_hyphenated)


RUNGS: Final[Sequence[Callable[[Case], Reason | None]]] = (
    consent,
    secrecy,
    length,
    unchanged,
    undone,
    writing,
    extent,
    sound,
    number_of_words,
    completion,
    typing,
    wording,
)
"""In order: the first that rejects or accepts decides; `recording` is asked after them."""
