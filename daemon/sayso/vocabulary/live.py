"""The person's terms and rules as the live flow has them: one snapshot, replaced as a whole.

Whoever learns (`learning`), or changes them by hand, hands all of them over; `commands.sources` makes of them what
words are looked for in and what decodes are prompted with.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sayso.vocabulary import Rule, Term


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Terms and rules of all languages."""

    terms: tuple[Term, ...] = ()
    rules: tuple[Rule, ...] = ()

    def terms_of(self, language: str) -> tuple[Term, ...]:
        """The terms that may be said in a language."""
        return tuple(term for term in self.terms if term.language in ("", language))

    def rules_of(self, language: str) -> tuple[Rule, ...]:
        """The rules that hold in a language."""
        return tuple(rule for rule in self.rules if rule.language in ("", language))


class LiveVocabulary:
    """What of the person's words the live flow knows. Any thread.

    Attributes:
        snapshot: all of it, as it is now; replaced as a whole.

    """

    def __init__(self) -> None:
        self.snapshot = Snapshot()
        self._watchers: list[Callable[[], None]] = []

    def watch(self, changed: Callable[[], None]) -> None:
        """Call this after each change, on the thread of whoever changes it."""
        self._watchers.append(changed)

    def replace(self, terms: Sequence[Term], rules: Sequence[Rule]) -> None:
        """From the next utterance on these hold.

        Takes a third of a millisecond a term with espeak-ng, the first time that it is asked for it.
        """
        self.snapshot = Snapshot(tuple(terms), tuple(rules))
        for changed in self._watchers:
            changed()
