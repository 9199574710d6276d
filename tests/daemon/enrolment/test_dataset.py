from __future__ import annotations

import random
import resource
import signal
import subprocess
import sys
import wave
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.audio import Pcm
from sayso.enrolment.dataset import TRAIN, VALIDATION, Dataset, Recording, part_for
from sayso.enrolment.sentences import plan, sentences_with
from sayso.errors import StorageError

KEEPING = """
import sys
from pathlib import Path
import numpy as np
from sayso.enrolment.dataset import Dataset
with Dataset(Path(sys.argv[1])) as dataset:
    for number in range(100_000):
        dataset.keep(f"sentence {number}", np.full(16_000, 1000, dtype=np.int16))
        if number == 0:
            print("begun", flush=True)
"""


def sound(seconds: float = 0.5) -> Pcm:
    return np.arange(round(seconds * 16_000), dtype=np.int16)


def read(path: Path) -> Pcm:
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 16_000)
        return np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")


def test_a_recording_is_sound_and_text_that_only_their_owner_can_read(tmp_path: Path) -> None:
    with Dataset(tmp_path / "to") as dataset:
        kept = dataset.keep("Grüße an Zoë.", sound())
    path = tmp_path / "to" / kept.part / f"{kept.name}.wav"
    assert np.array_equal(read(path), sound())
    assert path.with_suffix(".txt").read_text("utf-8") == "Grüße an Zoë.\n"
    assert {entry.stat().st_mode & 0o777 for entry in path.parent.iterdir()} == {0o600}
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_recordings_of_another_time_are_known_and_their_names_are_not_taken_again(tmp_path: Path) -> None:
    with Dataset(tmp_path) as dataset:
        first = [dataset.keep(f"sentence {number}", sound()) for number in range(5)]
    with Dataset(tmp_path) as dataset:
        assert sorted(dataset.recordings, key=lambda one: one.name) == first
        assert dataset.keep("another", sound()).name not in {one.name for one in first}


def test_another_reading_takes_the_place_of_the_first(tmp_path: Path) -> None:
    with Dataset(tmp_path) as dataset:
        kept = dataset.keep("sentence", sound())
        dataset.replace(kept, sound(1.0))
        assert len(dataset.recordings) == 1
    assert len(read(tmp_path / kept.part / f"{kept.name}.wav")) == 16_000


def test_halves_of_ours_are_swept_away_and_other_files_are_left_alone(tmp_path: Path) -> None:
    train = tmp_path / "train"
    train.mkdir()
    for name in ("enrol-0001.txt", "enrol-0002.wav.xy.part", "enrol-0003.wav", "notes.txt", "own.wav", "own.txt"):
        (train / name).write_text("text")
    with Dataset(tmp_path) as dataset:
        assert [one.name for one in dataset.recordings] == ["own"]
        assert dataset.keep("sentence", sound()).name == "enrol-0004"
    names = {path.name for path in (*train.iterdir(), *(tmp_path / "validation").iterdir())}
    assert {"enrol-0003.wav", "notes.txt", "own.wav", "own.txt"} <= names
    assert not {"enrol-0001.txt", "enrol-0002.wav.xy.part"} & names


@pytest.mark.parametrize("seed", range(6))
def test_a_kill_at_any_moment_leaves_only_whole_recordings(tmp_path: Path, seed: int) -> None:
    child = subprocess.Popen([sys.executable, "-c", KEEPING, str(tmp_path)], stdout=subprocess.PIPE)
    assert child.stdout is not None
    assert child.stdout.readline() == b"begun\n"
    with pytest.raises(subprocess.TimeoutExpired):
        child.wait(random.Random(seed).uniform(0.02, 0.15))
    child.send_signal(signal.SIGKILL)
    child.wait(10)
    child.stdout.close()
    sounds = [*tmp_path.glob("*/*.wav")]
    assert sounds
    for path in sounds:
        assert len(read(path)) == 16_000
        assert path.with_suffix(".txt").read_text().startswith("sentence ")
    with Dataset(tmp_path) as dataset:
        assert len(dataset.recordings) == len(sounds)
        assert len([*tmp_path.glob("*/*")]) == 2 * len(sounds)


def test_a_full_disk_is_told_and_leaves_nothing_of_that_sentence(tmp_path: Path) -> None:
    with Dataset(tmp_path) as dataset:
        dataset.keep("fits", sound())
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, before[1]))
        try:
            with pytest.raises(StorageError, match="Make room, and go on with the same command"):
                dataset.keep("does not fit", sound())
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
            signal.signal(signal.SIGXFSZ, ignored)
        assert len([*tmp_path.glob("*/*")]) == 2
        dataset.keep("fits again", sound())
    assert len([*tmp_path.glob("*/*")]) == 4


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="choose another with --to"), Dataset(tmp_path / "file" / "to"):
        pass


def test_two_do_not_record_into_one_folder_and_one_after_the_other_do(tmp_path: Path) -> None:
    with Dataset(tmp_path), pytest.raises(StorageError, match="another sayso enrol"), Dataset(tmp_path):
        pass
    with Dataset(tmp_path):
        pass


def test_no_file_is_left_open(tmp_path: Path) -> None:
    before = len([*Path("/proc/self/fd").iterdir()])
    with Dataset(tmp_path) as dataset:
        dataset.keep("sentence", sound())
    assert len([*Path("/proc/self/fd").iterdir()]) == before


@given(st.integers(1, 4), st.integers(1, 40), st.randoms(use_true_random=False), st.integers(0, 30))
def test_no_sentence_is_in_both_parts_and_each_term_is_as_soon_as_it_was_read_twice(
    terms: int, count: int, dice: random.Random, skipped: int
) -> None:
    names = tuple(f"Term{number}" for number in range(terms))
    prompts = list(plan(names, count, "en"))
    dice.shuffle(prompts)
    recordings: list[Recording] = []
    for number, prompt in enumerate(prompts[min(skipped, count - 1) :]):
        siblings = sentences_with(prompt.term, "en") if prompt.term else ()
        part = part_for(prompt.text, siblings, recordings)
        recordings.append(Recording(part, str(number), prompt.text))
        for name in names:
            of_term = {one.text: one.part for one in recordings if one.text in sentences_with(name, "en")}
            assert len(of_term) < 2 or set(of_term.values()) == {TRAIN, VALIDATION}
    texts = {part: {one.text for one in recordings if one.part == part} for part in (TRAIN, VALIDATION)}
    assert not texts[TRAIN] & texts[VALIDATION]


def test_most_is_to_learn_from() -> None:
    names = tuple(f"Term{number}" for number in range(30))
    recordings: list[Recording] = []
    for number, prompt in enumerate(plan(names, 150, "en")):
        siblings = sentences_with(prompt.term, "en") if prompt.term else ()
        recordings.append(Recording(part_for(prompt.text, siblings, recordings), str(number), prompt.text))
    assert 0.2 <= sum(one.part == VALIDATION for one in recordings) / len(recordings) <= 0.35
