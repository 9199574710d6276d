"""`sayso transcribe`: recordings in, text out, and one bad file does not spoil the others."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.daemon.cli.command import Run

from sayso.latency import plain_words


def test_the_text_of_each_file_is_a_line(sayso: Run, demo_file: Path) -> None:
    ran = sayso("transcribe", demo_file, demo_file, "--device", "cpu")
    assert (ran.status, ran.err) == (0, "")
    first, second = ran.out.splitlines()
    assert first == second
    assert plain_words(first)[:4] == ["hello", "you", "are", "watching"]


def test_a_bad_file_among_good_ones_is_said_and_the_good_ones_are_transcribed(
    sayso: Run, demo_file: Path, tmp_path: Path
) -> None:
    bad = tmp_path / "notes.txt"
    bad.write_text("no sound in here")
    ran = sayso("transcribe", tmp_path / "missing.wav", bad, demo_file, tmp_path, "--device", "cpu")
    assert ran.status == 1
    assert len(ran.out.splitlines()) == 1
    missing, text, folder = ran.err.splitlines()
    assert missing.startswith("sayso: ")
    assert "missing.wav cannot be read" in missing
    assert "notes.txt is not an audio file" in text
    assert "is a folder" in folder


def test_where_no_file_can_be_read_no_model_is_loaded(sayso: Run, tmp_path: Path) -> None:
    ran = sayso("transcribe", tmp_path / "missing.wav", "--model", "there-is-no-such-model")
    assert ran.status == 1
    assert "model" not in ran.err


def test_json_is_one_object_a_file_with_the_times_and_confidences_of_its_words(
    sayso: Run, demo_file: Path
) -> None:
    ran = sayso("transcribe", demo_file, "--format", "json", "--device", "cpu")
    assert ran.status == 0
    (row,) = [json.loads(line) for line in ran.out.splitlines()]
    assert set(row) == {"file", "text", "language", "model", "engine", "device", "segments"}
    assert (row["file"], row["language"], row["model"]) == (str(demo_file), "en", "tiny.en")
    assert (row["engine"], row["device"]) == ("ctranslate2", "cpu")
    assert row["segments"]
    for segment in row["segments"]:
        assert set(segment) == {"start", "end", "text", "words"}
        assert segment["start"] <= segment["end"]
        assert " ".join(word["word"] for word in segment["words"]) == segment["text"]
        for word in segment["words"]:
            assert set(word) == {"word", "start", "end", "confidence"}
            assert word["start"] <= word["end"]
            assert 0 <= word["confidence"] <= 1
    assert " ".join(segment["text"] for segment in row["segments"]) == row["text"]


@pytest.mark.parametrize("name", ["café — ש.flac", "with space.flac", "-dash.flac"])
def test_a_file_of_any_name_is_read(
    sayso: Run, demo_file: Path, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / name).write_bytes(demo_file.read_bytes()[:60_000])
    monkeypatch.chdir(tmp_path)
    ran = sayso("transcribe", "--format", "json", "--device", "cpu", "--", name)
    assert ran.status == 0
    assert ran.rows[0]["file"] == name
