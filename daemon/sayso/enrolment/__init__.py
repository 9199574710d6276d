"""Guided recording: sentences that hold the person's terms, read aloud one at a time.

Terms come from a file (`term_list`) or are those that keep failing (`failing`); `sentences` makes prompts of them.
`guide` shows one at a time, `recorder` hears it being read, `level` says whether the recording is fit to learn
from, `comparison` whether it is of that sentence, and `dataset` keeps it as the trainer reads it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a sentence is there for."""

    TARGET = "target"  # it holds a term
    ORDINARY = "ordinary"  # so that everything else is not forgotten
    HARD = "hard"  # similar sounds, numbers, length


@dataclass(frozen=True, slots=True)
class Prompt:
    """A sentence that is to be read aloud.

    Attributes:
        text: as it is written, and as it will be learnt.
        kind: what it is there for.
        term: that it holds; empty where it is not there for one.

    """

    text: str
    kind: Kind
    term: str = ""
