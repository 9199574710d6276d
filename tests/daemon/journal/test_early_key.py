"""The first key of all is made before anybody speaks, and nobody waits for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.daemon.journal.spooling import PIECE, Net, begun, hand_over, in_file, said, tone
from tests.desktop.rig.waiting import until

from sayso.errors import KeyLocked
from sayso.events import UtteranceDelivered, UtteranceFinished, UtteranceStarted
from sayso.journal import Outcome
from sayso.journal.keys import Key, public_key
from sayso.journal.thread import JournalThread

SOON_SECONDS = 5.0  # half of what the keyring takes


class Keyring:
    """One that answers when the test says so."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.answers = threading.Event()
        self.refuses = False

    def find(self, folder: Path) -> Key:
        """What an early look gets."""
        self.asked.set()
        assert self.answers.wait(10)
        if self.refuses:
            raise KeyLocked("no keyring runs yet")
        return in_file(folder)


@pytest.fixture
def net(tmp_path: Path) -> Net:
    return Net(tmp_path / "state", learns=True)


@pytest.fixture
def keyring() -> Iterator[Keyring]:
    made = Keyring()
    yield made
    made.answers.set()


@contextmanager
def started(net: Net, find: Callable[[Path], Key], early: Callable[[Path], Key]) -> Iterator[JournalThread]:
    """One life of a journal."""
    journal = JournalThread(net.state, net.told, find, learns=lambda: net.learns, early=early)
    journal.start()
    try:
        yield journal
    finally:
        journal.stop()


def test_it_is_there_before_the_first_utterance(net: Net) -> None:
    with started(net, in_file, in_file):
        until(lambda: public_key(net.state / "journal") is not None, "the key")
    assert net.told.events == []


def test_a_keyring_that_hangs_delays_neither_the_start_nor_what_is_dictated(net: Net, keyring: Keyring) -> None:
    began = time.monotonic()
    with started(net, in_file, keyring.find) as journal:
        assert keyring.asked.wait(10)
        hand_over(journal, UtteranceStarted(1, 0), begun(1, learns=True), (1, tone(PIECE)), said(1, "so it goes"))
        assert time.monotonic() - began < SOON_SECONDS
        keyring.answers.set()
        until(lambda: bool(net.spooled), "its audio on the disk")
        finished = UtteranceFinished(1, said(1, "so it goes").typed, "so it goes", 0.0, 0)
        hand_over(journal, finished, UtteranceDelivered(1))
    assert net.kept == {1: (Outcome.DELIVERED, "so it goes", PIECE)}
    assert net.told.events == []


def test_where_it_cannot_be_made_early_nothing_is_said_and_the_first_utterance_makes_it(
    net: Net, keyring: Keyring
) -> None:
    keyring.refuses = True
    keyring.answers.set()
    with started(net, in_file, keyring.find) as journal:
        assert keyring.asked.wait(10)
        hand_over(journal, begun(1), (1, tone(PIECE)))
        until(lambda: bool(net.spooled), "its audio on the disk")
    assert net.told.events == []


def test_where_there_is_one_no_keyring_is_asked(net: Net, keyring: Keyring) -> None:
    net.key  # noqa: B018  # it was made in another run
    with started(net, in_file, keyring.find) as journal:
        journal.ask(lambda _: None).result(10)
    assert not keyring.asked.is_set()
