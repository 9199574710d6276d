"""While the keyring does not give the key: what waits, what is forgotten meanwhile, what the person is told."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from tests.daemon.journal.spooling import (
    PIECE,
    TEXT,
    Net,
    begun,
    hand_over,
    in_file,
    said,
    spoken,
    tone,
    until_on_disk,
)

from sayso.errors import KeyLocked
from sayso.events import (
    Problem,
    ProblemCleared,
    ProblemName,
    UtteranceDelivered,
    UtteranceFailed,
)
from sayso.journal import Outcome, recovery, thread
from sayso.journal.confidential import Found, Kind
from sayso.journal.forgetting import What
from sayso.journal.keys import Key


class Ring:
    """A keyring that can be locked."""

    def __init__(self) -> None:
        self.is_locked = True

    def find(self, folder: Path) -> Key:
        if self.is_locked:
            raise KeyLocked("the keyring is locked; unlock it")
        return in_file(folder)


def test_with_the_keyring_locked_nothing_is_lost_and_rows_are_made_when_it_opens(learning: Net) -> None:
    learning.key  # noqa: B018  # it was made on another day
    ring = Ring()
    with learning.running(ring.find) as journal:
        hand_over(journal, *spoken(1, learns=True), UtteranceDelivered(1))  # type: ignore[arg-type]
        learning.told.wait(1)
        assert learning.told.problems == [ProblemName.JOURNAL_LOCKED]
        with pytest.raises(KeyLocked):
            journal.ask(lambda database: database).result(10)
        assert [path.name for path in learning.spooled] == ["1.spool"]
        ring.is_locked = False
        assert journal.ask(lambda database: 5).result(10) == 5
    assert [type(event) for event in learning.told.events] == [Problem, ProblemCleared]
    assert learning.kept == {1: (Outcome.DELIVERED, TEXT, 2 * PIECE)}
    assert learning.spooled == []


def test_while_there_is_no_key_at_all_audio_waits_in_memory(net: Net, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thread, "AGAIN_SECONDS", 0.05)
    ring = Ring()
    with net.running(ring.find) as journal:
        hand_over(journal, begun(1), (1, tone(PIECE)))
        net.told.wait(1)
        assert net.told.problems == [ProblemName.JOURNAL_LOCKED]
        assert net.spooled == []
        ring.is_locked = False
        until_on_disk(net, 1, PIECE)


def test_what_waits_for_the_keyring_is_not_kept_where_learning_has_ended_meanwhile(learning: Net) -> None:
    learning.key  # noqa: B018  # it was made on another day
    ring = Ring()
    with learning.running(ring.find) as journal:
        hand_over(journal, *spoken(1, learns=True), UtteranceDelivered(1))  # type: ignore[arg-type]
        hand_over(journal, *spoken(2, learns=True), UtteranceFailed(2, TEXT))  # type: ignore[arg-type]
        learning.told.wait(1)
        learning.learns = False
        ring.is_locked = False
        journal.ask(lambda _: None).result(10)
    assert list(learning.kept) == [2]
    assert learning.spooled == []


@pytest.mark.parametrize(
    ("what", "left"),
    [
        (What(everything=True), [3]),
        (What(utterance=1), [2, 3]),
        (What(application="kate"), [1, 3]),
        (What(last_seconds=60.0), [3]),
        (What(last_seconds=-60.0), [1, 2, 3]),
    ],
)
def test_what_waits_in_memory_is_forgotten_and_what_is_still_spoken_goes_on(
    learning: Net, what: What, left: list[int]
) -> None:
    ring = Ring()
    with learning.running(ring.find) as journal:
        for number, application in ((1, "Editor"), (2, "Kate")):
            of_it = spoken(number, learns=True)
            of_it[1] = begun(number, learns=True, application=application)
            hand_over(journal, *of_it, UtteranceDelivered(number))  # type: ignore[arg-type]
        hand_over(journal, begun(3, learns=True), (3, tone(PIECE)))
        assert journal.forget(what).result(10) == 3 - len(left)
        ring.is_locked = False
        hand_over(journal, said(3, TEXT), UtteranceDelivered(3))
    assert sorted(learning.kept) == left
    assert learning.spooled == []


def test_that_something_confidential_was_said_is_forgotten_while_it_waits(
    learning: Net, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recovery, "confidential", lambda text: (Found(Kind.CODE, 0, len(text)),))
    ring = Ring()
    with learning.running(ring.find) as journal:
        hand_over(journal, *spoken(1, learns=True), UtteranceDelivered(1))  # type: ignore[arg-type]
        assert journal.forget(What(everything=True)).result(10) == 1
        ring.is_locked = False
    assert learning.told.problems in ([], [ProblemName.JOURNAL_LOCKED])
    assert learning.kept == {}


def test_a_keyring_that_is_locked_at_the_end_is_named_and_not_the_disk(net: Net) -> None:
    with net.running(Ring().find) as journal:
        hand_over(journal, begun(1), (1, tone(PIECE)))
    assert set(net.told.problems) == {ProblemName.JOURNAL_LOCKED}
    assert any(message.endswith("lost: the keyring is locked; unlock it") for message in net.told.messages)
    assert "Free" not in "".join(net.told.messages)


def test_a_key_that_cannot_be_made_for_whatever_reason_does_not_end_the_thread(net: Net) -> None:
    def stumble(folder: Path) -> Key:
        if not asked.is_set():
            asked.set()
            raise ValueError("secret words")
        return in_file(folder)

    asked = threading.Event()
    with net.running(stumble) as journal:
        hand_over(journal, begun(1), (1, tone(PIECE)))
        assert asked.wait(10)
        assert journal.ask(lambda database: 5).result(10) == 5
