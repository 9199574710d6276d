"""What is known of a correction when it is put to the ladder, and the limits that it is held to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from sayso.corrections import Source
from sayso.corrections.alignment import Block, Closeness, alike, slice_of, words_of


@dataclass(frozen=True, slots=True)
class Limits:
    """Where the rungs are.

    Attributes:
        least_seconds: of audio; less is a click.
        most_seconds: of audio; a model is trained on 30 s at most.
        least_voiced_seconds: of speech in it.
        most_ratio: how many times longer or shorter, in letters.
        most_changed: share of the words that may be others.
        few_changed: so many may be in any case, in a text of two words.
        most_together: words that may have changed in one stretch, on either side.
        accepted_nats: the recording fits (`acoustic`).
        rejected_nats: under it the recording does not.

    """

    least_seconds: float = 0.4
    most_seconds: float = 28.0
    least_voiced_seconds: float = 0.25
    most_ratio: float = 2.0
    most_changed: float = 0.5
    few_changed: int = 2
    most_together: int = 4
    accepted_nats: float = -1.0
    rejected_nats: float = -4.0


SEEN: Final = Limits()
TOLD: Final = Limits(most_ratio=3.0, most_changed=0.8, few_changed=4)
"""For what the person said by a command of its own (`Source.EXPLICIT`)."""


@dataclass(frozen=True, slots=True)
class Case:
    """What is known of a correction.

    Attributes:
        source: how it is known.
        is_kept: whether the utterance may be learnt from.
        is_made_up: letters and digits or signs in one word, or a long number, that was not typed by sayso.
        confidential: what there is in it that is never kept, in words; empty where there is nothing.
        seconds: of audio.
        voiced_seconds: of speech in it.
        is_same: the text is as it was typed, to the letter.
        is_continued: somebody wrote on, before, after or within it; what they wrote is not in `target`.
        heard: what is believed to have been said (`undoing.believed`), word for word: what was recognised, with
            the terms that were written in place of some of it.
        target: what was said, word for word; None where it cannot be told.
        blocks: both, aligned.
        confidences: of each word of `heard` (`words_of`), 0 to 1.
        closeness: of two texts, by sound or letters.
        margin: how well the recording fits the target; asked at most once, None where it cannot be told.

    """

    source: Source
    heard: str
    target: str | None
    blocks: tuple[Block, ...] = ()
    confidences: tuple[float, ...] = ()
    is_kept: bool = True
    is_made_up: bool = False
    confidential: str = ""
    seconds: float = 2.0
    voiced_seconds: float = 2.0
    is_same: bool = False
    is_continued: bool = False
    closeness: Closeness = alike
    margin: Callable[[], float | None] = field(default=lambda: None)

    @property
    def limits(self) -> Limits:
        """Those that it is held to."""
        return TOLD if self.is_told else SEEN

    @property
    def is_told(self) -> bool:
        """Whether the person says by a command what was said."""
        return self.source is Source.EXPLICIT

    @property
    def changes(self) -> tuple[tuple[str, str], ...]:
        """(heard, meant) of each stretch that changed."""
        return tuple(self.texts(block) for block in self.blocks if not block.is_equal)

    def texts(self, block: Block) -> tuple[str, str]:
        """The words of `heard` and of `target` in a block."""
        meant = self.target or ""
        return (
            slice_of(self.heard, words_of(self.heard), block.heard_start, block.heard_end),
            slice_of(meant, words_of(meant), block.meant_start, block.meant_end),
        )

    def confidence(self, block: Block) -> float:
        """Of the least sure word that was heard in a block; 0 where nothing was heard, or it is not known."""
        return min(self.confidences[block.heard_start : block.heard_end], default=0.0)
