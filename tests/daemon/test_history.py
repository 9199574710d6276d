"""What was dictated can be read again as far as it is kept, with the service or without."""

from __future__ import annotations

import json
import os
import unicodedata
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.daemon.fakes import ReadingEngine, recording, text_of
from tests.daemon.journal.keeping import MemoryRing, correction, opened, spooled

from sayso.audio import Pcm
from sayso.cli.command_line import execute
from sayso.errors import EngineError, JournalDamaged
from sayso.events import UtteranceSaid
from sayso.journal import Outcome
from sayso.journal.database import Database
from sayso.journal.keys import CARD_NAME, find_key
from sayso.journal.recovery import recover
from sayso.journal.spool import BEGUN, ENDED, SAID, SpoolFile, begun_record, ended_record, said_record
from sayso.journal.unsealed import WAV_HEADER
from sayso.journal.writing import add, correct

TEXT = "Zażółć gęślą jaźń, 日本語 — 😀\nand so on"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A person without a keyring, and with nothing kept yet; the folder of their state."""
    for variable in ("STATE", "CONFIG", "DATA"):
        monkeypatch.setenv(f"XDG_{variable}_HOME", str(tmp_path / variable))
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/none")
    return tmp_path / "STATE" / "sayso"


def journal(home: Path, choice: str = "file", ring: MemoryRing | None = None) -> Database:
    """Their journal."""
    return opened(home / "journal", find_key(home / "journal", choice, ring))


def written(number: int, text: str, application: str = "Gedit") -> Any:
    """An utterance of which exactly this was typed."""
    return replace(spooled(number, application=application), typed=text)


def left_before_the_journal(home: Path, name: str, audio: bytes | None, told: bytes | None) -> None:
    """What a version before the journal left in the spool."""
    spool = home / "spool"
    spool.mkdir(parents=True, exist_ok=True)
    if audio is not None:
        (spool / f"{name}.wav").write_bytes(WAV_HEADER + audio)
    if told is not None:
        (spool / f"{name}.json").write_bytes(told)


def entry(text: str) -> bytes:
    """Its text, as it stood in a file."""
    return f'{{"time": "2026-01-01T00:00:00+0000", "text": {text}, "app": "x"}}'.encode()


def rows(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """What has been printed as JSON."""
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_what_arrived_and_what_did_not_are_told_oldest_first(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(journal(home)) as db:
        add(db, written(1, "typed"), Outcome.DELIVERED)
        add(db, written(2, TEXT), Outcome.UNDELIVERED)
        add(db, written(3, "cut short", ""), Outcome.RECOVERED)
    assert execute(["history", "--json"]) == 0
    told = rows(capsys)
    assert [set(one) for one in told] == [{"id", "time", "text", "typed", "app", "recovered"}] * 3
    assert [(one["id"], one["text"], one["typed"], one["app"], one["recovered"]) for one in told] == [
        ("1", "typed", True, "Gedit", False),
        ("2", TEXT, False, "Gedit", False),
        ("3", "cut short", False, "", True),
    ]
    assert execute(["history"]) == 0
    printed = capsys.readouterr().out
    assert printed.index("typed") < printed.index(TEXT) < printed.index("cut short")
    assert "for Gedit  (not typed)" in printed


OBEYED = "\x1b\x7f\x9b\u202e\u2066\u2028\u2029"


def test_nothing_that_a_terminal_obeys_reaches_it(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = f"so{OBEYED}it\u200d\u05e9 goes"
    with closing(journal(home)) as db:
        add(db, written(1, text, f"x{OBEYED}"), Outcome.DELIVERED)
    execute(["history"])
    assert not set(OBEYED) & set(printed := capsys.readouterr().out)
    assert "so\\x1b\\x7f\\x9b\\u202e\\u2066\\u2028\\u2029it\u200d\u05e9 goes" in printed
    execute(["history", "--json"])
    assert not set(OBEYED) & set(printed := capsys.readouterr().out)
    assert [(one["text"], one["app"]) for one in map(json.loads, printed.splitlines())] == [(text, f"x{OBEYED}")]


def test_a_database_that_was_lost_is_told(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(journal(home)) as db:
        add(db, written(1, "typed"), Outcome.DELIVERED)
        os.utime(db.audio_path(1), (0, 0))
    (home / "journal" / "journal.db").unlink()
    assert execute(["history"]) == 1
    told = capsys.readouterr()
    assert (told.out, "audio of 1 dictation that the database does not know" in told.err) == ("", True)


def test_so_many_of_the_last_are_told_as_are_asked_for(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(journal(home)) as db:
        for number in range(1, 26):
            outcome = {4: Outcome.RECOVERED, 5: Outcome.UNDELIVERED}.get(number, Outcome.DELIVERED)
            add(db, written(number, f"number {number}"), outcome)
    for asked, expected in (
        ([], range(6, 26)),
        (["--limit", "3"], range(23, 26)),
        (["--limit", "all"], range(1, 26)),
        (["--limit", "9" * 5_000], range(1, 26)),
        (["--recovered"], [4, 5]),
    ):
        execute(["history", "--json", *asked])
        assert [one["id"] for one in rows(capsys)] == [str(number) for number in expected]


@pytest.mark.parametrize("wrong", ["0", "-1", "some"])
def test_a_limit_that_is_none_is_refused(wrong: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        execute(["history", "--limit", wrong])
    assert "--limit" in capsys.readouterr().err


def test_a_text_that_was_corrected_is_told_as_it_is_now(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(journal(home)) as db:
        add(db, written(1, "cuban eats"), Outcome.DELIVERED)
        correct(db, correction(1, "Kubernetes"))
    execute(["history", "--json"])
    assert rows(capsys)[0]["text"] == "Kubernetes"
    execute(["history"])
    assert "(corrected)\nKubernetes" in capsys.readouterr().out


def test_what_was_confidential_is_told_without_a_word_of_it(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(journal(home)) as db:
        add(db, written(1, "4111"), Outcome.WITHHELD)
    execute(["history"])
    assert "confidential" in capsys.readouterr().out


def test_an_empty_history_says_that_everything_arrived_and_makes_nothing(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert execute(["history"]) == 0
    assert "arrived" in capsys.readouterr().out
    assert not home.exists()


# ── what cannot be read ───────────────────────────────────────────────────────────────────────────


def test_while_the_keyring_is_locked_all_that_needs_no_key_is_told(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ring = MemoryRing()
    with closing(journal(home, "keyring", ring)) as db:
        add(db, written(1, TEXT), Outcome.DELIVERED)
    assert execute(["history"]) == 1
    told = capsys.readouterr()
    assert "2 words, which are locked" in told.out
    assert "keyring" in told.err
    assert execute(["history", "--json"]) == 1
    (one,) = rows(capsys)
    assert (one["id"], one["text"], one["app"]) == ("1", None, None)


def test_a_damaged_row_is_named_and_the_others_are_told(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(journal(home)) as db:
        for number in (1, 2, 3):
            add(db, written(number, f"number {number}"), Outcome.DELIVERED)
        db.connection.execute("UPDATE utterance SET line = x'0102' WHERE id = 2")
    assert execute(["history"]) == 1
    told = capsys.readouterr()
    assert "number 1" in told.out
    assert "number 3" in told.out
    assert "utterance 2" in told.err


def test_a_key_that_is_missing_or_wrong_is_named_and_what_needs_none_is_told(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(journal(home)) as db:
        add(db, written(1, TEXT), Outcome.DELIVERED)
    (home / "journal" / "key").write_text("00" * 32)
    assert execute(["history"]) == 1
    told = capsys.readouterr()
    assert "2 words" in told.out
    assert "backup" in told.err
    (home / "journal" / "key").unlink()
    assert execute(["history"]) == 1
    assert "missing" in capsys.readouterr().err


def test_settings_that_are_broken_keep_nobody_from_reading(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(journal(home)) as db:
        add(db, written(1, TEXT), Outcome.DELIVERED)
    config = Path(os.environ["XDG_CONFIG_HOME"], "sayso", "config.yaml")
    config.parent.mkdir(parents=True)
    config.write_text("no: such: yaml")
    assert execute(["history"]) == 0
    assert TEXT in capsys.readouterr().out


def test_a_terminal_is_told_no_control_characters_and_a_program_all(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text, app = "one\n\ttwo \x1b[31mred\x07 \x9b2J\r 👩\u200d👧 می\u200cخواهم \ud83d", "\x1b]0;x\x07\nnew"
    with closing(journal(home)) as db:
        add(db, written(1, text, app), Outcome.UNDELIVERED)
    execute(["history"])
    printed = capsys.readouterr().out
    assert [c for c in printed if unicodedata.category(c) == "Cc" and c not in "\n\t"] == []
    assert "one\n\ttwo \\x1b[31mred\\x07 \\x9b2J\\r 👩\u200d👧 می\u200cخواهم \\ud83d\n" in printed
    assert "for \\x1b]0;x\\x07\\nnew" in printed
    execute(["history", "--json"])
    line = capsys.readouterr().out
    line.encode()
    assert (json.loads(line)["text"], json.loads(line)["app"]) == (text, app)


def test_what_did_not_arrive_may_go_once_its_text_has_been_told(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(journal(home)) as db:
        for number, outcome in enumerate((Outcome.DELIVERED, Outcome.UNDELIVERED, Outcome.RECOVERED), start=1):
            add(db, written(number, TEXT), outcome)
        key = (home / "journal" / "key").read_text()
        (home / "journal" / "key").unlink()
        assert execute(["history"]) == 1
        assert shown(db) == []
        (home / "journal" / "key").write_text(key)
        assert execute(["history", "--limit", "1"]) == 0
        assert shown(db) == [3]
        assert execute(["history", "--json"]) == 0
        assert shown(db) == [2, 3]


def shown(db: Database) -> list[int]:
    return [number for (number,) in db.connection.execute("SELECT utterance FROM shown ORDER BY 1")]


# ── what an earlier run left ──────────────────────────────────────────────────────────────────────


def test_text_that_a_version_before_the_journal_kept_is_told_and_sealed(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    left_before_the_journal(home, "20260101-000000-77-0001", bytes(3200), entry(json.dumps(TEXT)))
    assert execute(["history", "--json"]) == 0
    (one,) = rows(capsys)
    assert (one["text"], one["typed"], one["app"], one["recovered"]) == (TEXT, False, "x", False)
    assert list((home / "spool").iterdir()) == []
    assert execute(["history", "--json"]) == 0
    assert len(rows(capsys)) == 1


@pytest.mark.parametrize(
    "damage",
    [b"", b"\xff\xfe", b"[]", b'{"text": 1}', entry("null"), entry('"\\ud83d"'), b"[" * 100_000],
    ids=lambda damage: repr(damage[:60]),
)
def test_a_damaged_one_does_not_hide_the_others(
    home: Path, damage: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    left_before_the_journal(home, "20260101-000000-77-0001", None, damage)
    left_before_the_journal(home, "20260101-000000-77-0002", None, entry('"two"'))
    for form in ([], ["--json"]):
        execute(["history", *form])
        told = capsys.readouterr()
        told.out.encode()
        assert "two" in told.out


def test_what_was_cut_short_is_counted_and_read_when_the_person_wants_it(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    spoken = recording([(3, 0.5)])
    left_before_the_journal(home, "20260101-000000-77-0001", spoken.tobytes(), None)
    assert execute(["history"]) == 0
    assert "1 dictation was cut short" in capsys.readouterr().out
    monkeypatch.setattr("sayso.loading.engine_from", lambda *_, **__: ReadingEngine())
    assert execute(["history", "--recovered", "--json"]) == 0
    (one,) = rows(capsys)
    assert (one["recovered"], one["typed"]) == (True, False)
    assert one["text"] == text_of(3)
    assert list((home / "spool").iterdir()) == []
    assert execute(["history", "--json"]) == 0
    assert [again["text"] for again in rows(capsys)] == [one["text"]]


def test_what_was_cut_short_waits_while_the_keyring_is_locked(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    find_key(home / "journal", "keyring", MemoryRing())
    assert (home / "journal" / CARD_NAME).exists()
    left_before_the_journal(home, "20260101-000000-77-0001", bytes(3200), None)
    assert execute(["history"]) == 1
    told = capsys.readouterr()
    assert "1 dictation was cut short" in told.out
    assert "keyring" in told.err
    assert len(list((home / "spool").iterdir())) == 1


def test_a_journal_that_cannot_take_up_what_is_left_shows_what_it_has(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> None:
        raise JournalDamaged("a page of it is damaged")

    with closing(journal(home)) as db:
        add(db, written(1, "number 1"), Outcome.DELIVERED)
    left_before_the_journal(home, "20260101-000000-77-0001", None, entry('"two"'))
    monkeypatch.setattr("sayso.journal.writing.add", broken)
    assert execute(["history"]) == 1
    told = capsys.readouterr()
    assert "number 1" in told.out
    assert "a page of it is damaged" in told.err


def test_all_that_a_start_counts_as_not_arrived_is_listed_as_that(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = find_key(home / "journal", "file")
    for number, outcome in enumerate((None, Outcome.UNDELIVERED, Outcome.DELIVERED), start=1):
        one = spooled(number)
        assert one.said is not None
        file = SpoolFile(home / "spool", number)
        file.add(BEGUN, begun_record(one.begun))
        file.add(SAID, said_record(one.said))
        if outcome is not None:
            file.add(ENDED, ended_record(outcome, "Hello world", 0.5, ""))
        file.flush(key.public)
        file.close()
    counted = recover(home, key, _unheard, learns=lambda: True).recovered
    assert counted == (1, 2)
    assert execute(["history", "--recovered", "--json"]) == 0
    assert [one["id"] for one in rows(capsys)] == [str(number) for number in counted]


def _unheard(audio: Pcm) -> UtteranceSaid:
    raise EngineError("all of it was recognised")


@pytest.mark.parametrize(("answer", "kept"), [("on", True), ("off", False), (None, False)])
def test_what_had_arrived_when_the_service_died_is_kept_as_the_person_says_now(
    home: Path, answer: str | None, kept: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    one = spooled(1, "hello world")
    assert one.said is not None
    file = SpoolFile(home / "spool", 1)
    file.add(BEGUN, begun_record(one.begun))
    file.add(SAID, said_record(one.said))
    file.add(ENDED, ended_record(Outcome.DELIVERED, "Hello world", 0.5, ""))
    file.flush(find_key(home / "journal", "file").public)
    file.close()
    if answer is not None:
        (home / "learning").write_text(f"{answer}\n")
    assert execute(["history"]) == 0
    assert ("Hello world" in capsys.readouterr().out) == kept
    assert list((home / "spool").iterdir()) == []
