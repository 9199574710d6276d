"""Pure: what is read of a field in which dictated text stands → what has become of each utterance's text there.

A field is read whenever its caret has moved, and what stands there is told when the person has stopped writing,
has gone elsewhere, or dictates more. Where it was emptied at once, as by sending a message, what stood there
before counts, if nothing was written between that reading and the emptying. A text that is gone when more is
dictated was deleted by the person, unless it may have been sent: nobody selects what they send.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from rapidfuzz.distance import Postfix, Prefix

from sayso.accessibility.comparison import letters
from sayso.accessibility.stretch import Stretch
from sayso.corrections.standing import Baseline, Fate, Ours, became, found, rebased

TOLD: Final = frozenset((Fate.FIXED, Fate.REWRITTEN))
"""What is told of a text; of one that is as it was, only that it is so again."""

MOST_MOVES: Final = 8
NOTHING: Final = Baseline("", ())


@dataclass(frozen=True, slots=True)
class Typed:
    """A text that was typed into a field.

    Attributes:
        utterance: whose.
        text: as it was typed.
        until_seconds: how long it is watched, by whichever clock; it is only compared.

    """

    utterance: int
    text: str
    until_seconds: float = 0.0


@dataclass(slots=True)
class WatchedField:
    """A field, and the texts that were typed into it.

    Attributes:
        stretch: what was read of it when its texts stood there as `baseline` says; for reading the same again.
        baseline: where they stood then.
        window: its number (`Target.key`).
        texts: what is watched, by utterance.
        last: what stood there by the last reading.
        moves: where the caret has been since that began.
        is_held: we are typing there, so that what stands there is not the person's doing.
        is_all_selected: all that stands there, or stood there until it was emptied, is selected.
        is_lost: somebody typed there unseen, or it may not be read any more: nothing more is told.

    """

    stretch: Stretch
    window: int
    baseline: Baseline = NOTHING
    texts: dict[int, Typed] = field(default_factory=dict)
    last: str = ""
    moves: list[int] = field(default_factory=list)
    is_held: bool = False
    is_all_selected: bool = False
    is_lost: bool = False
    _first: dict[int, str] = field(default_factory=dict)  # as each stood there first
    _told: dict[int, str] = field(default_factory=dict)
    _emptied_from: str | None = None
    _is_sent: bool = False  # it may have been sent when it was emptied

    # ── text of ours comes and goes ───────────────────────────────────────────────────────────────

    def add(self, stretch: Stretch, typed: Typed, *, is_watched: bool = True) -> list[int]:
        """We have typed a text, and nobody anything else since the last reading.

        Args:
            stretch: the field read anew, with all of that text in it.
            typed: the text.
            is_watched: what becomes of it is asked for; else it is only known to be ours.

        Returns:
            The other utterances that were watched and that the person has deleted, or had typed over.

        """
        here = find(stretch, typed)
        self.forget(typed.utterance)
        deleted = self._deleted(stretch, here)
        others = self._others(stretch.text, here)
        if here is not None and is_watched:
            others = (*others, here)
            self.texts[typed.utterance] = typed
            self._first[typed.utterance] = stretch.text[here.start : here.end]
        self.baseline = Baseline(stretch.text, tuple(sorted(others, key=lambda ours: ours.start)))
        self.stretch, self.last, self._emptied_from = stretch, stretch.text, None
        self.moves.clear()
        self.is_held = self.is_all_selected = False
        for utterance in set(self.texts) - {ours.utterance for ours in self.baseline.ours}:
            self.forget(utterance)
        return deleted

    def _deleted(self, stretch: Stretch, new: Ours | None) -> list[int]:
        is_all_read = stretch.start <= self.stretch.start and stretch.end >= min(stretch.length, self.stretch.end)
        if self.is_lost or not self.texts or not is_all_read:
            return []
        if self._emptied_from is not None:
            return [] if self._is_sent else list(self.texts)
        stands = became(self.baseline, _without(stretch.text, new)).stands
        return [one.utterance for one in stands if one.fate is Fate.GONE]

    def _others(self, text: str, new: Ours | None) -> tuple[Ours, ...]:
        """Where the texts that were there before stand now; not those that the new one was typed into."""
        if self._emptied_from is not None or not self.baseline.ours:
            return ()
        if new is None:
            return rebased(self.baseline, text).ours
        size = new.end - new.start
        old = rebased(self.baseline, _without(text, new)).ours
        return tuple(
            ours if ours.end <= new.start else replace(ours, start=ours.start + size, end=ours.end + size)
            for ours in old
            if ours.end <= new.start or ours.start >= new.start
        )

    def forget(self, utterance: int) -> None:
        """Nothing of an utterance is watched any more."""
        for known in (self.texts, self._first, self._told):
            known.pop(utterance, None)
        ours = tuple(ours for ours in self.baseline.ours if ours.utterance != utterance)
        self.baseline = replace(self.baseline, ours=ours)

    # ── the person writes ─────────────────────────────────────────────────────────────────────────

    def moved(self, offset: int) -> None:
        """The caret has moved. Of many moves before the next reading it is enough to know that there were."""
        if len(self.moves) < MOST_MOVES:
            self.moves.append(offset)
        elif offset:
            self.moves[-1] = offset

    def read(self, text: str, moves: Sequence[int]) -> list[tuple[int, str]]:
        """Take a reading.

        Args:
            text: what stands there now.
            moves: where the caret has been since the reading before that began.

        Returns:
            What is to be told at once, as `changed`: of a field that was emptied.

        """
        before, self.last = self.last, text
        if self._emptied_from is not None:
            if text == self._emptied_from:  # the emptying was undone
                self._emptied_from, self.is_all_selected = None, False
            return []
        if not self._is_emptied(before, text):
            return []
        changed = self._changed(before) if all(move == 0 for move in moves) else []
        self._emptied_from = before
        self._is_sent = not (self.is_all_selected or _is_cut(before, text))
        return changed

    def _is_emptied(self, before: str, text: str) -> bool:
        """Whether all of our text has gone in one go."""
        ours = sum(ours.end - ours.start for ours in self.baseline.ours)
        if len(before) - len(text) < max(1, ours // 2):
            return False
        return not text.strip() or all(one.fate is Fate.GONE for one in became(self.baseline, text).stands)

    def changed(self) -> list[tuple[int, str]]:
        """What is to be told by the last reading: (utterance, what stands in its place)."""
        return [] if self._emptied_from is not None else self._changed(self.last)

    def _changed(self, text: str) -> list[tuple[int, str]]:
        if self.is_lost or not self.texts or (text == self.baseline.text and not self._told):
            return []
        changed = []
        for one in became(self.baseline, text).stands:
            first = self._first[one.utterance]
            told = self._told.get(one.utterance, first)
            is_worth_telling = one.fate in TOLD or one.text.strip() == first.strip() or one.fate is Fate.SAME
            if is_worth_telling and one.text.strip() != told.strip():
                self._told[one.utterance] = one.text
                changed.append((one.utterance, one.text))
        return changed

    def untouched(self, utterance: int) -> str | None:
        """What stands of an utterance where it was left as it was typed; else None."""
        first = self._first.get(utterance)
        if first is None or self.is_lost or self._emptied_from is not None or utterance in self._told:
            return None
        is_same = any(
            one.utterance == utterance and one.text.strip() == first.strip()
            for one in became(self.baseline, self.last).stands
        )
        return first if is_same else None


def _without(text: str, ours: Ours | None) -> str:
    return text if ours is None else text[: ours.start] + text[ours.end :]


def _is_cut(before: str, text: str) -> bool:
    """Whether something was taken out of a text, and words are left of it."""
    kept = Prefix.similarity(before, text) + Postfix.similarity(before, text)
    return bool(text.strip()) and kept >= len(text)


def find(stretch: Stretch, typed: Typed) -> Ours | None:
    """Where a text that was just typed stands; applications may begin it with a capital, or write other quotes."""
    text, wanted = letters(stretch.text), letters(typed.text)
    here = found(text, wanted, typed.utterance, stretch.caret)
    return here or found(text, wanted, typed.utterance)


def texts_of(fields: Iterable[WatchedField]) -> list[tuple[WatchedField, Typed]]:
    """Every text that is watched, the oldest first."""
    pairs = [(one, typed) for one in fields for typed in one.texts.values()]
    return sorted(pairs, key=lambda pair: pair[1].until_seconds)
