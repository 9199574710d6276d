"""The journal's safety net: audio is on disk until its text is delivered, and nothing waits for the disk."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from sayso.audio import Pcm
from sayso.events import (
    Event,
    Problem,
    ProblemCleared,
    ProblemName,
    UtteranceDelivered,
    UtteranceDropped,
    UtteranceFailed,
    UtteranceStarted,
    WindowFailed,
)
from sayso.history import read_history
from sayso.journal import Journal
from sayso.recording import read_recording


def tone(count: int) -> Pcm:
    return (np.arange(count) % 1_000).astype(np.int16)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "state" / "sayso" / "spool"


class Net:
    """A journal, and what it told."""

    def __init__(self, folder: Path | None) -> None:
        self.events: list[Event] = []
        self.journal = Journal(folder, self.events.append)

    def take(self, *items: Event | tuple[int, Pcm]) -> list[Event]:
        """Take audio and events, write everything, and end."""
        self.journal.start()
        for item in items:
            if isinstance(item, tuple):
                self.journal.hear(*item)
            else:
                self.journal.watch(item)
        self.journal.stop()
        return self.events


def test_the_audio_of_an_utterance_in_flight_is_a_recording_that_only_its_owner_can_read(folder: Path) -> None:
    audio = tone(20_000)
    assert Net(folder).take((1, audio[:8_000]), (1, audio[8_000:])) == []
    (path,) = folder.iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert np.array_equal(read_recording(path), audio)


@pytest.mark.parametrize("end", [UtteranceDelivered(1), UtteranceDropped(1)])
def test_the_file_is_gone_when_the_text_is_delivered_or_the_utterance_dropped(folder: Path, end: Event) -> None:
    assert Net(folder).take((1, tone(8_000)), (2, tone(100)), end) == []
    assert len(list(folder.iterdir())) == 1  # the other one's


def test_after_a_failure_the_file_is_kept_and_how_to_read_it_is_told(folder: Path) -> None:
    (problem,) = Net(folder).take((1, tone(8_000)), UtteranceFailed(1))
    (path,) = folder.iterdir()
    assert isinstance(problem, Problem)
    assert problem.name is ProblemName.DICTATION_UNFINISHED
    assert problem.message.endswith(f"sayso transcribe {path}")
    assert np.array_equal(read_recording(path), tone(8_000))


@pytest.mark.parametrize(("end", "is_kept"), [(UtteranceDelivered(1), True), (UtteranceDropped(1), False)])
def test_of_an_utterance_with_a_part_that_was_not_recognised_all_audio_is_kept_unless_it_was_cancelled(
    folder: Path, end: Event, is_kept: bool
) -> None:
    events = Net(folder).take((1, tone(8_000)), WindowFailed(1), (1, tone(9_000)), end)
    assert [len(read_recording(path)) for path in folder.iterdir()] == [17_000] * is_kept
    told = [event.message for event in events if isinstance(event, Problem)]
    assert [message.partition(";")[0] for message in told] == [
        "a part of a dictation was not recognised"
    ] * is_kept


def test_what_is_heard_of_an_utterance_after_it_failed_gets_a_file_of_its_own(folder: Path) -> None:
    events = Net(folder).take((1, tone(8_000)), UtteranceFailed(1), (1, tone(9_000)))
    assert [event.name for event in events if isinstance(event, Problem)] == [ProblemName.DICTATION_UNFINISHED]
    assert sorted(len(read_recording(path)) for path in folder.iterdir()) == [8_000, 9_000]


def test_an_utterance_of_which_nothing_was_heard_leaves_nothing(folder: Path) -> None:
    events = Net(folder).take(UtteranceStarted(1, 0), UtteranceDelivered(1), UtteranceFailed(2))
    assert events == []
    assert not folder.exists()


def test_with_the_safety_net_off_nothing_is_written_or_found() -> None:
    net = Net(None)
    assert net.take((1, tone(100)), UtteranceFailed(1)) == []
    assert net.journal.left_behind() == []


def test_what_this_process_is_writing_is_not_left_behind(folder: Path) -> None:
    told = threading.Event()
    journal = Journal(folder, lambda _event: told.set())
    journal.start()
    journal.hear(1, tone(100))
    journal.hear(2, tone(100))
    journal.watch(UtteranceFailed(2))  # told when everything before it is on disk
    assert told.wait(10)
    assert [path.name[-8:] for path in Journal(folder, lambda _event: None).left_behind()] == ["0002.wav"]
    journal.stop()


SPEAK_AND_DIE = """
import os, sys, threading
from pathlib import Path
import numpy as np
from sayso.events import UtteranceFailed
from sayso.history import read_history
from sayso.journal import Journal
told = threading.Event()
journal = Journal(Path(sys.argv[1]), lambda event: told.set())
journal.start()
journal.hear(1, np.arange(5_000, dtype=np.int16))
journal.hear(2, np.arange(100, dtype=np.int16))
journal.watch(UtteranceFailed(2))
told.wait(10)
os.kill(os.getpid(), 9)
"""


def test_what_a_killed_process_left_behind_is_found_and_can_be_read(folder: Path) -> None:
    done = subprocess.run([sys.executable, "-c", SPEAK_AND_DIE, str(folder)], timeout=60, check=False)
    assert done.returncode == -9
    found = Journal(folder, lambda event: None).left_behind()
    assert [len(read_recording(path)) for path in found] == [5_000, 100]
    assert np.array_equal(read_recording(found[0]), np.arange(5_000, dtype=np.int16))


def test_before_anything_was_dictated_nothing_is_left_behind(folder: Path) -> None:
    assert Journal(folder, lambda event: None).left_behind() == []


def test_a_folder_that_cannot_be_written_is_told_once_and_dictation_goes_on(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where a folder should be")
    (problem,) = Net(tmp_path / "state" / "spool").take(
        (1, tone(100)), (1, tone(100)), UtteranceDelivered(1), (2, tone(100)), UtteranceFailed(2)
    )
    assert isinstance(problem, Problem)
    assert problem.name is ProblemName.STORAGE_FAILED
    assert "dictation goes on" in problem.message
    assert "XDG_STATE_HOME" in problem.message


def test_when_the_folder_can_be_written_again_the_problem_is_over(tmp_path: Path) -> None:
    blocker = tmp_path / "spool"
    blocker.write_text("")
    net = Net(blocker)

    def unblock(event: Event) -> None:
        net.events.append(event)
        if isinstance(event, Problem):
            blocker.unlink()

    net.journal = Journal(blocker, unblock)
    events = net.take((1, tone(100)), (1, tone(100)))
    assert [type(event) for event in events] == [Problem, ProblemCleared]
    assert len(list(blocker.iterdir())) == 1


FILL_THE_DISK = """
import resource, sys
from pathlib import Path
import numpy as np
from sayso.history import read_history
from sayso.journal import Journal
events = []
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, resource.RLIM_INFINITY))
journal = Journal(Path(sys.argv[1]), events.append)
journal.start()
for _ in range(5):
    journal.hear(1, np.ones(8_000, dtype=np.int16))
journal.stop()
print(*(event.name for event in events))
"""


def test_a_disk_that_fills_up_is_told_once_and_what_fitted_can_be_read(folder: Path) -> None:
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[1] in (resource.RLIM_INFINITY, -1)
    done = subprocess.run(
        [sys.executable, "-c", FILL_THE_DISK, str(folder)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        env={**os.environ},
    )
    assert done.stdout.split() == [ProblemName.STORAGE_FAILED]
    (path,) = folder.iterdir()
    assert len(read_recording(path)) == (10_000 - 44) // 2


def test_text_that_cannot_be_encoded_is_kept_but_for_what_cannot(folder: Path) -> None:
    (problem,) = Net(folder).take((1, tone(8_000)), UtteranceFailed(1, "so \ud83d it is", "\udcff"))
    assert isinstance(problem, Problem)
    assert problem.name is ProblemName.DICTATION_UNFINISHED
    (entry,) = read_history(folder)
    assert (entry.text, entry.app) == ("so ? it is", "?")


def test_nothing_that_one_utterance_brings_ends_the_journal(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken(np.ndarray):  # type: ignore[type-arg]
        def tobytes(self, order: object = "C") -> bytes:
            raise ValueError("secret words")

    events = Net(folder).take(
        (1, tone(100).view(Broken)), (2, tone(8_000)), UtteranceFailed(2, "heard"), UtteranceDropped(1)
    )
    assert [event.name for event in events if isinstance(event, Problem)] == [ProblemName.DICTATION_UNFINISHED]
    assert [entry.text for entry in read_history(folder)] == ["heard"]
    assert "ValueError" in caplog.text
    assert "secret" not in caplog.text
