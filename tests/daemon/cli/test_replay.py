"""`sayso replay`: the live flow fed from a recording, told one event a line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.daemon.cli.command import Ran, Run

from sayso.audio import Pcm, samples
from sayso.instance import InstanceLock, journal_lock
from sayso.journal.unsealed import WAV_HEADER
from sayso.latency import plain_words

FIELDS = {
    "hypothesis": {"event", "utterance", "clock", "audio", "text", "stable", "unstable"},
    "commit": {"event", "utterance", "clock", "audio", "text", "delete", "insert"},
    "final": {"event", "utterance", "clock", "audio", "text", "delete", "insert", "speech_end"},
    "state": {"event", "clock", "audio", "state"},
    "problem": {"event", "clock", "audio", "name", "message"},
}
OPENING_SECONDS = 4.0
OPENING = "hello you are watching dictation as it happens"

SUMMARY = {"contradicted", "cpu_seconds", "audio_seconds", "peak_rss_mb", "decodes", "model"}


@pytest.fixture(scope="module")
def replayed() -> dict[str, Ran]:
    """What was replayed once is looked at by several tests."""
    return {}


@pytest.fixture
def fast(sayso: Run, demo_file: Path, tmp_path: Path, replayed: dict[str, Ran]) -> Ran:
    """The sample, replayed as fast as it goes, with half as many decodes as usual."""
    config = tmp_path / "config.yaml"
    config.write_text("streaming: {hop_ms: 600}\n")
    if "fast" not in replayed:
        replayed["fast"] = sayso(
            "replay", demo_file, "--pace", "fast", "--json", "--device", "cpu", "--config", config
        )
    return replayed["fast"]


@pytest.fixture
def opening(demo: Pcm, tmp_path: Path) -> Path:
    """A recording of the sample's first sentence."""
    path = tmp_path / "opening.wav"
    path.write_bytes(WAV_HEADER + demo[: samples(OPENING_SECONDS)].tobytes())
    return path


def standing(rows: list[dict[str, Any]]) -> str:
    """What stands in the window after all that the typist received."""
    text = ""
    for row in rows:
        if row["event"] in ("commit", "final"):
            text = text[: len(text) - row["delete"]] + row["insert"]
    return text


def test_every_line_has_the_fields_of_its_event_and_the_last_is_the_summary(fast: Ran) -> None:
    assert fast.status == 0
    *events, summary = fast.rows
    assert {row["event"] for row in events} == {"hypothesis", "commit", "final", "state"}
    for row in events:
        assert set(row) == FIELDS[row["event"]]
    assert summary["event"] == "summary"
    assert set(summary) >= SUMMARY
    assert summary["model"] == "tiny.en"
    assert summary["audio_seconds"] == pytest.approx(14.3, abs=1.0)
    assert summary["decodes"] > 10
    assert summary["cpu_seconds"] > 0
    assert summary["peak_rss_mb"] > 10
    assert summary["contradicted"] >= 0


def test_what_the_typist_received_is_the_text_of_the_utterances_and_nothing_is_taken_back(fast: Ran) -> None:
    finals = [row for row in fast.rows if row["event"] == "final"]
    text = standing(fast.rows)
    assert text == "".join(row["text"] for row in finals)
    assert all(row["delete"] == 0 for row in fast.rows if row["event"] in ("commit", "final"))
    words = plain_words(text)
    assert words[:8] == ["hello", "you", "are", "watching", "dictation", "as", "it", "happens"]
    assert words[-3:] == ["leaves", "this", "machine"]


def test_words_are_committed_before_the_utterance_is_over(fast: Ran) -> None:
    first_final = next(n for n, row in enumerate(fast.rows) if row["event"] == "final")
    assert any(row["event"] == "commit" for row in fast.rows[:first_final])


def test_time_never_goes_back_and_a_final_comes_after_the_end_of_its_speech(fast: Ran) -> None:
    events = fast.rows[:-1]
    assert [row["clock"] for row in events] == sorted(row["clock"] for row in events)
    assert [row["audio"] for row in events] == sorted(row["audio"] for row in events)
    for row in events:
        if row["event"] == "final":
            assert row["speech_end"] < row["clock"] < row["speech_end"] + 1.0


def test_the_states_end_where_they_began(fast: Ran) -> None:
    states = [row["state"] for row in fast.rows if row["event"] == "state"]
    assert states[:2] == ["listening", "speaking"]
    assert states[-1] == "idle"


def test_without_json_only_the_text_is_printed(sayso: Run, opening: Path) -> None:
    ran = sayso("replay", opening, "--pace", "fast", "--device", "cpu")
    assert (ran.status, ran.err) == (0, "")
    assert plain_words(ran.out) == OPENING.split()
    assert ran.out.endswith("\n")
    assert ran.out == ran.out.strip() + "\n"


def test_held_to_talk_the_final_comes_soon_after_the_key_is_let_go(sayso: Run, opening: Path) -> None:
    ran = sayso("replay", opening, "--pace", "fast", "--hold", "100", "--json", "--device", "cpu")
    assert ran.status == 0
    (final,) = [row for row in ran.rows if row["event"] == "final"]
    assert final["clock"] - final["speech_end"] < 0.2
    assert plain_words(standing(ran.rows)) == OPENING.split()
    assert [row["state"] for row in ran.rows if row["event"] == "state"] == [
        "listening",
        "speaking",
        "finishing",
        "idle",
    ]


def test_with_a_journal_it_is_kept_as_if_it_had_been_dictated(sayso: Run, opening: Path, tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text("learning: on\njournal: {key: file}\n")
    runs = [
        sayso("replay", opening, "--pace", "fast", "--journal", "--device", "cpu", "--config", config, *options)
        for options in ([], ["--json"])
    ]
    assert [(ran.status, ran.err) for ran in runs] == [(0, "")] * 2
    assert {row["utterance"] for row in runs[1].rows if row["event"] == "final"} == {2}
    kept = sayso("history", "--json").rows
    assert [row["id"] for row in kept] == ["1", "2"]
    assert {" ".join(plain_words(row["text"])) for row in kept} == {OPENING}


def test_while_a_service_numbers_utterances_a_replay_does_not(sayso: Run, opening: Path) -> None:
    with InstanceLock():
        ran = sayso("replay", opening, "--journal")
        assert (ran.status, ran.out) == (1, "")
        assert "already running" in ran.err


def test_nor_where_the_service_was_started_without_a_folder_for_locks(sayso: Run, opening: Path) -> None:
    with journal_lock():
        ran = sayso("replay", opening, "--pace", "fast", "--journal", "--device", "cpu")
        assert (ran.status, ran.out) == (1, "")
        assert "has the journal" in ran.err
    assert sayso("history", "--json").rows == []


def test_on_the_clock_computing_takes_time(sayso: Run, opening: Path) -> None:
    ran = sayso("replay", opening, "--json", "--device", "cpu")
    assert ran.status == 0
    clocks = [row["clock"] for row in ran.rows if row["event"] == "hypothesis"]
    audio = [row["audio"] for row in ran.rows if row["event"] == "hypothesis"]
    assert all(clock >= heard for clock, heard in zip(clocks, audio, strict=True))
    assert sum(clocks) > sum(audio)
    assert plain_words(standing(ran.rows)) == OPENING.split()


def test_a_file_that_is_no_recording_is_an_error_and_nothing_is_printed(sayso: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_text("no sound")
    ran = sayso("replay", path, "--json")
    assert (ran.status, ran.out) == (1, "")
    assert "is not an audio file" in ran.err
