"""What did not arrive can be read again, with the service or without."""

from __future__ import annotations

import json
import os
import unicodedata
from pathlib import Path

import numpy as np
import pytest

from sayso.cli.command_line import execute
from sayso.events import Event, Problem, UtteranceDelivered, UtteranceFailed
from sayso.history import read_history
from sayso.journal import Journal

TEXT = "Zażółć gęślą jaźń, 日本語 — 😀\nand so on"


@pytest.fixture
def spool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return tmp_path / "sayso" / "spool"


def journal(spool: Path, *ends: Event, hears: bool = True) -> list[Event]:
    events: list[Event] = []
    one = Journal(spool, events.append)
    one.start()
    for end in ends:
        if hears:
            one.hear(end.utterance, np.ones(1_600, np.int16))  # type: ignore[union-attr]  # all that are given have one
        one.watch(end)
    one.stop()
    return events


def test_text_that_found_no_window_is_kept_for_its_owner_alone_and_printed(
    spool: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    events = journal(spool, UtteranceDelivered(1), UtteranceFailed(2, TEXT, "Gedit"))
    assert [TEXT in event.message for event in events if isinstance(event, Problem)] == [False]
    assert {path.stat().st_mode & 0o777 for path in spool.iterdir()} == {0o600}
    assert execute(["history", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == {**told, "text": TEXT, "typed": False, "app": "Gedit", "recovered": False}
    assert execute(["history"]) == 0
    printed = capsys.readouterr().out
    assert TEXT in printed
    assert "Gedit" in printed


def test_where_only_the_audio_is_there_the_command_that_reads_it_is_named(
    spool: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    journal(spool, UtteranceFailed(1))
    execute(["history"])
    assert "sayso transcribe " in capsys.readouterr().out


def test_text_is_kept_though_the_disk_had_no_room_for_its_audio(spool: Path) -> None:
    journal(spool, UtteranceFailed(1, TEXT), hears=False)
    (entry,) = read_history(spool)
    assert (entry.text, entry.audio) == (TEXT, None)


def entry(text: str) -> bytes:
    return f'{{"time": "2026-01-01T00:00:00+0000", "text": {text}, "app": "x"}}'.encode()


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b'{"text": 1}',
        b'"x"',
        entry("null"),
        entry('"\\ud83d"'),
        b"[" * 100_000,
    ],
    ids=lambda damage: repr(damage[:60]),
)
def test_a_damaged_entry_does_not_hide_the_others(
    spool: Path, damage: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    journal(spool, UtteranceFailed(1, "one"), UtteranceFailed(2, "two"))
    first = sorted(spool.glob("*.json"))[0]
    first.write_bytes(damage)
    assert sorted(entry.text for entry in read_history(spool)) == ["", "two"]
    for form in ([], ["--json"]):
        assert execute(["history", *form]) == 0
        capsys.readouterr().out.encode()


def test_a_terminal_is_told_no_control_characters_and_a_program_all(
    spool: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text, app = "one\n\ttwo \x1b[31mred\x07 \x9b2J\r 👩\u200d👧 می\u200cخواهم", "\x1b]0;x\x07\nnew"
    journal(spool, UtteranceFailed(1, text, app))
    execute(["history"])
    printed = capsys.readouterr().out
    assert [c for c in printed if unicodedata.category(c) == "Cc" and c not in "\n\t"] == []
    assert "one\n\ttwo \\x1b[31mred\\x07 \\x9b2J\\r 👩\u200d👧 می\u200cخواهم\n" in printed
    assert "for \\x1b]0;x\\x07\\nnew\n" in printed
    execute(["history", "--json"])
    told = json.loads(capsys.readouterr().out)
    assert (told["text"], told["app"]) == (text, app)


def test_a_file_whose_name_is_no_text_is_named_all_the_same(
    spool: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spool.mkdir(parents=True)
    (spool / os.fsdecode(b"a\xff\x1b.wav")).write_bytes(b"")
    execute(["history"])
    printed = capsys.readouterr().out
    assert "a\\udcff\\x1b" in printed
    printed.encode()
    execute(["history", "--json"])
    line = capsys.readouterr().out
    line.encode()
    assert json.loads(line)["id"] == os.fsdecode(b"a\xff\x1b")


def test_an_empty_history_says_that_everything_arrived(spool: Path, capsys: pytest.CaptureFixture[str]) -> None:
    execute(["history"])
    assert "arrived" in capsys.readouterr().out
    assert read_history(spool) == []
