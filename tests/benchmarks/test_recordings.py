from __future__ import annotations

import json
import math
import wave
from pathlib import Path

import numpy as np
import pytest
from recordings import Part, Recording, clips_in, joined, room_tone
from scoring import Errors, errors_by_folder
from tests.daemon.fakes import phrase

from sayso.audio import SAMPLE_RATE_HZ, Pcm, samples


def folder_of(parent: Path, name: str, clips: dict[str, tuple[Pcm, str]]) -> Path:
    folder = parent / name
    folder.mkdir()
    for file, (audio, _) in clips.items():
        with wave.open(str(folder / file), "wb") as out:
            out.setparams((1, 2, SAMPLE_RATE_HZ, 0, "NONE", ""))
            out.writeframes(audio.tobytes())
    rows = (json.dumps({"file": file, "text": text}) for file, (_, text) in clips.items())
    (folder / "transcripts.jsonl").write_text("\n".join(rows))
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return folder_of(tmp_path, "voices", {"a.wav": (phrase(0, 2), "so it"), "b.wav": (phrase(2, 3), "goes on")})


def test_clips_are_joined_untouched_with_a_pause_on_every_side(folder: Path) -> None:
    recording = joined(list(clips_in(folder)), pause_seconds=0.5)
    assert [len(recording.audio_of(part)) for part in recording.parts] == [len(phrase(0, 2)), len(phrase(2, 3))]
    assert np.array_equal(recording.audio_of(recording.parts[1]), phrase(2, 3))
    first, second = recording.parts
    pause = samples(0.5)
    assert (first.start, second.start - first.end, len(recording.audio) - second.end) == (pause, pause, pause)
    assert recording.reference == "so it goes on"


def test_a_limit_takes_the_first_clips(folder: Path) -> None:
    assert [clip.reference for clip in clips_in(folder, 1)] == ["so it"]


def test_a_pause_sounds_as_loud_as_was_asked_and_the_same_every_time() -> None:
    tone = room_tone(SAMPLE_RATE_HZ, -50.0)
    level = 20 * math.log10(math.sqrt(np.mean(tone.astype(float) ** 2)) / 32768)
    assert level == pytest.approx(-50.0, abs=0.1)
    assert np.array_equal(tone, room_tone(SAMPLE_RATE_HZ, -50.0))


def test_a_pause_can_be_digital_zero() -> None:
    assert not room_tone(1000, -math.inf).any()


def test_each_error_counts_for_the_folder_in_whose_words_it_lies() -> None:
    parts = (Part("read", 0, 1, "the cat sat"), Part("spoken", 1, 2, "on the mat"))
    assert errors_by_folder(parts, "the cat sat on a mat today") == {
        "read": Errors(0, 3),
        "spoken": Errors(2, 3),
    }


def test_a_recording_without_a_word_has_no_errors_to_count() -> None:
    assert errors_by_folder(Recording(room_tone(10, -50.0), ()).parts, "thank you") == {}
