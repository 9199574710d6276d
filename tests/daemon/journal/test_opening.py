"""The journal that the settings mean belongs to one process at a time, and dictation to none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.daemon.journal.spooling import Told, begun, hand_over, said

from sayso.config import load_settings
from sayso.errors import AlreadyRunning
from sayso.events import ProblemName, UtteranceFailed
from sayso.journal.opening import journal_from
from sayso.journal.thread import JournalThread

Open = Callable[[], JournalThread]


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: Told) -> Open:
    """Opens the journal of this test's own home."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    settings = load_settings(None, {"journal.key": "file"})
    return lambda: journal_from(settings, told)


def test_of_two_that_would_number_alike_the_second_is_refused_until_the_first_has_ended(
    opened: Open, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    first = opened()
    first.start()
    hand_over(first, begun(1), said(1, "so it goes"), UtteranceFailed(1, "so it goes"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "elsewhere"))
    with pytest.raises(AlreadyRunning, match="has the journal"):
        opened()
    first.stop()
    second = opened()
    second.start()
    second.stop()
    assert (first.first_utterance, second.first_utterance) == (1, 2)


def test_where_the_lock_cannot_be_made_the_journal_tells_of_it_and_nobody_is_refused(
    opened: Open, told: Told, tmp_path: Path
) -> None:
    (tmp_path / "state").write_text("a file where a folder should be")
    journal = opened()
    journal.start()
    hand_over(journal, begun(1), said(1, "so it goes"), UtteranceFailed(1, "so it goes"))
    told.wait(1)
    journal.stop()
    assert told.problems == [ProblemName.STORAGE_FAILED]
