"""What the input method is told before it types says what the person has made of what was typed before."""

from __future__ import annotations

from sayso.corrections import Seen, Source
from sayso.corrections.surrounding import Surrounding
from sayso.events import TextStands, UtteranceCutShort


class Seeing:
    """A memory of what was typed, and what was seen."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self.surrounding = Surrounding(self.seen.append, now=lambda: 7.0)

    def typed(self, utterance: int, text: str, window: int = 1) -> None:
        self.surrounding.watch(TextStands(utterance, text, "editor", window, 5))

    def told(self) -> list[tuple[int, str]]:
        told = [(one.utterance, one.text.strip()) for one in self.seen]
        self.seen.clear()
        return told


def test_a_correction_is_seen_with_the_next_text_and_told_once() -> None:
    seeing = Seeing()
    seeing.typed(1, "Ask Johan about it.")
    for _ in range(2):
        seeing.surrounding.around(1, "Hello. Ask Johann about it. ")
    assert seeing.seen == [Seen(1, Source.SURROUNDING, "Ask Johann about it.", 7.0)]


def test_text_that_was_added_or_taken_away_is_none() -> None:
    seeing = Seeing()
    seeing.typed(1, "Ask Johan about it.")
    for text in ("Ask Johan about it.", "Ask Johan about it. And so on", "", "Something else", "Dear all, "):
        seeing.surrounding.around(1, text)
    assert seeing.told() == []


def test_a_window_says_nothing_of_what_was_typed_in_another() -> None:
    seeing = Seeing()
    seeing.typed(1, "Ask Johan about it.")
    seeing.surrounding.around(2, "Ask Johann about it.")
    assert seeing.told() == []


def test_texts_that_follow_each_other_are_told_apart() -> None:
    seeing = Seeing()
    seeing.typed(1, "Ask Johan. ")
    seeing.typed(2, "Bring the flower.")
    seeing.surrounding.around(1, "Ask Johann. Bring the flour.")
    assert seeing.told() == [(1, "Ask Johann."), (2, "Bring the flour.")]


def test_what_we_took_back_ourselves_is_forgotten() -> None:
    seeing = Seeing()
    seeing.typed(1, "Ask Johan about it.")
    seeing.surrounding.watch(UtteranceCutShort(1, "Ask Johan"))
    seeing.surrounding.around(1, "Ask Johann")
    assert seeing.told() == []


def test_only_the_last_texts_are_remembered() -> None:
    seeing = Seeing()
    for number in range(1, 100):
        seeing.typed(number, f"Ask Johan number {number}. ", window=number)
    for number in range(1, 10):
        seeing.typed(100 + number, f"Ask Johan number {number}. ", window=99)
    assert sum(len(texts) for texts in seeing.surrounding._windows.values()) <= 16 * 4
