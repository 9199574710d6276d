"""What is taken back and dictated again was misheard the first time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.daemon.corrections.collecting import HEARD, MEANT, Desk, said
from tests.desktop.rig.waiting import until

from sayso.corrections import Seen, Source
from sayso.corrections.repetition import Repetition
from sayso.events import TextStands, UtteranceCutShort
from sayso.journal import Decision


class Taking:
    """What repetition takes for a correction."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self.repetition = Repetition(self.seen.append, wall=lambda: 1_000.0)

    def say(self, utterance: int, text: str, place: int = 1) -> None:
        """Something is said and stands in a window; it begins 10 s after the one before."""
        self.repetition.watch(said(utterance, text))
        self.repetition.watch(TextStands(utterance, text, "Editor", place, 0))

    def take_back(self, utterance: int, standing: str = "") -> None:
        """… and does not any more."""
        self.repetition.watch(UtteranceCutShort(utterance, standing, 1))


@pytest.fixture
def taking() -> Taking:
    """Nothing yet."""
    return Taking()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Somebody who dictates, and lets sayso learn."""
    with Desk(tmp_path / "state") as one:
        one.observers.append(Repetition(one.collector.take).watch)
        yield one


def test_what_is_said_again_after_it_was_taken_back_is_what_was_meant(taking: Taking) -> None:
    taking.say(1, HEARD)
    taking.take_back(1)
    taking.say(2, f"{MEANT} ")
    assert taking.seen == [Seen(1, Source.AGAIN, MEANT, 1_000.0)]
    taking.say(3, MEANT)
    assert len(taking.seen) == 1


def test_it_reaches_the_journal_as_a_correction_of_the_first(desk: Desk) -> None:
    desk.dictate(1)
    desk.take_back(1)
    desk.dictate(2, MEANT)
    until(lambda: desk.kept != [], "a correction")
    assert desk.kept == [(1, "again", MEANT, Decision.ACCEPTED)]


@pytest.mark.parametrize(
    ("standing", "then", "utterance", "place"),
    [
        (HEARD, MEANT, 2, 1),  # it still stands: nothing was taken back
        ("it runs", MEANT, 2, 1),  # a part of it does
        ("", "what a lovely day it is", 2, 1),  # something else is said
        ("", HEARD, 2, 1),  # the same is said: nobody knows what was wrong
        ("", MEANT, 2, 7),  # elsewhere
        ("", MEANT, 9, 1),  # long after
    ],
)
def test_what_is_no_repetition_corrects_nothing(
    taking: Taking, standing: str, then: str, utterance: int, place: int
) -> None:
    taking.say(1, HEARD)
    taking.take_back(1, standing)
    taking.say(utterance, then, place)
    assert taking.seen == []


def test_what_never_stood_anywhere_is_no_correction_of_anything(taking: Taking) -> None:
    taking.repetition.watch(said(1, HEARD))
    taking.take_back(1)
    taking.say(2, MEANT)
    assert taking.seen == []


def test_of_two_that_were_taken_back_the_later_is_said_again(taking: Taking) -> None:
    taking.say(1, "it runs on cooper nettles today")
    taking.say(2, HEARD)
    taking.take_back(2)
    taking.take_back(1)
    taking.say(3, MEANT)
    assert [one.utterance for one in taking.seen] == [2]


def test_what_was_deleted_by_hand_may_be_told_of_after_it_was_said_again(taking: Taking) -> None:
    taking.say(1, HEARD)
    taking.say(2, MEANT)
    assert taking.seen == []
    taking.repetition.gone(1)
    taking.repetition.gone(1)
    assert taking.seen == [Seen(1, Source.AGAIN, MEANT, 1_000.0)]


def test_what_was_said_before_it_does_not_say_again_what_is_deleted(taking: Taking) -> None:
    taking.say(1, MEANT)
    taking.say(2, HEARD)
    taking.repetition.gone(2)
    assert taking.seen == []
