"""The person's own words: names and terms that the model does not know, and what it hears instead of them.

Terms are pinned by the person or learnt from corrections; each has the ways in which it was misheard (its
soundings). They go into the prompt (`shortlist`), are found by their sound where the recogniser was unsure
(`matching`, `sounds`), and what is misheard the same way again and again becomes a rule (`rules`).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Term:
    """A word or name as it is to be written.

    Attributes:
        text: how it is written.
        soundings: what was heard instead of it, the last first.
        refused: what it was taken for and was itself what was said.
        uses: how often it was said.
        last_used_seconds: when it was said last, in seconds since 1970; 0 for never.
        is_pinned: the person wants it in every prompt, whether it is used or not.
        is_own: the person has added it by hand, or it is in the settings.
        language: Whisper code of the language that it was corrected in; empty for any.

    """

    text: str
    soundings: tuple[str, ...] = ()
    uses: int = 0
    last_used_seconds: float = 0.0
    is_pinned: bool = False
    language: str = ""
    is_own: bool = False
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """What is always meant where a certain thing is heard.

    Attributes:
        heard: the words as the recogniser gives them, in small letters.
        meant: what is to be written.
        confirmations: in how many utterances that was corrected.
        language: Whisper code of the language; empty for any.

    """

    heard: str
    meant: str
    confirmations: int
    language: str = ""
