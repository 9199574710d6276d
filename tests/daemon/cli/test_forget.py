"""What goes is told first, goes when the person says so, and nothing else does."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from tests.daemon.cli.command import Run
from tests.daemon.journal.keeping import MemoryRing, correction, opened, spooled

from sayso import paths
from sayso.bus import client
from sayso.cli import forget
from sayso.journal import Line, Outcome, database
from sayso.journal.keys import Key, find_key
from sayso.journal.reading import lines
from sayso.journal.spool import BEGUN, SpoolFile, begun_record
from sayso.journal.writing import add, correct, mark_trained


class Terminal(io.StringIO):
    """Somebody who has an answer."""

    def isatty(self) -> bool:
        """It is one."""
        return True


@pytest.fixture
def key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Key:
    """The key of a journal with four utterances: 1 of long ago in kate, 2 to 4 of now in Gedit."""
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/none")
    monkeypatch.setattr("sys.stdin", io.StringIO())
    folder = tmp_path / "state" / "sayso" / "journal"
    found = find_key(folder, "file")
    with closing(opened(folder, found)) as db:
        add(db, spooled(1, application="kate", at=1000.0), Outcome.DELIVERED)
        for number in (2, 3, 4):
            add(db, spooled(number), Outcome.DELIVERED)
        correct(db, correction(2))
        mark_trained(db, "mine", [2])
    return found


def left(tmp_path: Path, key: Key) -> list[int]:
    """What is still there, oldest first."""
    with closing(opened(tmp_path / "state" / "sayso" / "journal", key, write=False)) as db:
        return [one.utterance for one in reversed(list(lines(db, None))) if isinstance(one, Line)]


@pytest.mark.parametrize(
    ("asked", "stay"),
    [
        (["--last", "10m"], [1]),
        (["--last", "100000d"], []),
        (["--utterance", "3"], [1, 2, 4]),
        (["--app", "gedit"], [1]),
        (["--all"], []),
    ],
)
def test_what_is_asked_for_goes_and_the_rest_stays(
    sayso: Run, key: Key, tmp_path: Path, asked: list[str], stay: list[int]
) -> None:
    ran = sayso("forget", *asked, "--yes")
    assert ran.status == 0, ran.err
    assert left(tmp_path, key) == stay
    assert f"forgotten: {4 - len(stay)} dictation" in ran.out


def test_it_is_told_what_goes_and_what_that_means(sayso: Run, key: Key) -> None:
    ran = sayso("forget", "--last", "10m", "--yes")
    assert "3 dictations" in ran.out
    assert time.strftime("%Y-%m-%d") in ran.out
    assert "2 s of speech" in ran.out
    assert "1 correction" in ran.out
    assert "mine has learnt from it" in ran.out


@pytest.mark.usefixtures("key")
@pytest.mark.parametrize(
    ("number", "status", "complaint"),
    [
        ("9", 1, "nothing is kept of utterance 9"),
        ("9" * 18, 1, "nothing is kept of utterance 9"),
        (str(1 << 63), 2, "is no number of a dictation"),
        ("9" * 5_000, 2, "is no number of a dictation"),
    ],
)
def test_a_number_that_no_dictation_has_is_refused_however_large_it_is(
    sayso: Run, number: str, status: int, complaint: str
) -> None:
    ran = sayso("forget", "--utterance", number, "--yes")
    assert ran.status == status
    assert complaint in ran.err
    assert len(ran.err) < 200


@pytest.mark.parametrize(
    ("answer", "stay"), [("y", [1, 2, 4]), ("yes", [1, 2, 4]), ("", [1, 2, 3, 4]), ("n", [1, 2, 3, 4])]
)
def test_the_person_is_asked(
    sayso: Run, key: Key, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str, stay: list[int]
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(f"{answer}\n"))
    assert sayso("forget", "--utterance", "3").status == (0 if 3 not in stay else 1)
    assert left(tmp_path, key) == stay


def test_what_becomes_a_row_while_the_person_is_asked_goes_with_everything(
    sayso: Run, key: Key, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "state" / "sayso" / "journal"

    class Slow(Terminal):
        def readline(self, *_: object) -> str:
            with closing(opened(folder, key)) as db:
                add(db, spooled(90), Outcome.DELIVERED)
            return "y"

    monkeypatch.setattr("sys.stdin", Slow())
    assert "forgotten: 5 dictations" in sayso("forget", "--all").out
    assert left(tmp_path, key) == []


def test_what_becomes_a_row_while_it_is_looked_for_goes_with_the_rest(
    sayso: Run, key: Key, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(*_: object) -> tuple[int, ...]:
        with closing(opened(tmp_path / "state" / "sayso" / "journal", key)) as db:
            add(db, spooled(90), Outcome.DELIVERED)
        return ()

    monkeypatch.setattr(forget, "spooled", late)
    assert "forgotten: 4 dictations" in sayso("forget", "--last", "10m", "--yes").out
    assert left(tmp_path, key) == [1]


@pytest.mark.usefixtures("key")
def test_a_journal_that_is_too_damaged_for_it_is_told_with_how_all_of_it_goes(sayso: Run, tmp_path: Path) -> None:
    state = tmp_path / "state" / "sayso"
    with (state / "journal" / "journal.db").open("r+b") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(4096)
        file.write(bytes(size - 4096))
    ran = sayso("forget", "--all", "--yes")
    assert ran.status == 1
    assert "is damaged" in ran.err
    assert f"rm -r {state}/journal {state}/spool" in ran.err
    for asked in (["--utterance", "3"], ["--last", "10m"]):
        ran = sayso("forget", *asked, "--yes")
        assert (ran.status, "is damaged" in ran.err, "rm -r" in ran.err) == (1, True, False)


def test_a_row_without_a_length_or_a_time_can_be_forgotten(sayso: Run, key: Key, tmp_path: Path) -> None:
    with closing(opened(tmp_path / "state" / "sayso" / "journal", key)) as db:
        db.connection.execute("UPDATE utterance SET ended_at = 1e300 WHERE id = 2")
        db.connection.execute("UPDATE utterance SET seconds = 9e999 WHERE id = 3")
    assert sayso("forget", "--utterance", "2", "--yes").status == 0
    assert sayso("forget", "--all", "--yes").status == 0
    assert left(tmp_path, key) == []


def test_an_application_is_found_though_nothing_tells_of_the_key_any_more(
    sayso: Run, key: Key, tmp_path: Path
) -> None:
    (tmp_path / "state" / "sayso" / "journal" / "key.json").unlink()
    assert "forgotten: 3 dictations" in sayso("forget", "--app", "gedit", "--yes").out
    assert left(tmp_path, key) == [1]


def test_audio_that_was_left_behind_goes_when_the_same_is_said_again(sayso: Run, key: Key, tmp_path: Path) -> None:
    path = tmp_path / "state" / "sayso" / "journal" / "audio" / "3.flac.sealed"
    sealed = path.read_bytes()
    sayso("forget", "--utterance", "3", "--yes")
    path.write_bytes(sealed)  # as if it could not be removed
    assert "forgotten: 1 file" in sayso("forget", "--utterance", "3", "--yes").out
    assert not path.exists()
    assert left(tmp_path, key) == [1, 2, 4]


def test_what_a_service_had_in_memory_is_forgotten_first_and_counted(
    sayso: Run, key: Key, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []

    def ask(member: str, *, activate: bool, signature: str = "", body: Sequence[object] = ()) -> int:
        asked.append((member, activate, signature, body, left(tmp_path, key)))
        return 2

    monkeypatch.setattr(client, "ask", ask)
    assert "forgotten: 3 dictations" in sayso("forget", "--utterance", "3", "--yes").out
    assert asked == [("Forget", False, "dtsb", [0.0, 3, "", False], [1, 2, 3, 4])]
    assert "forgotten: 2 dictations" in sayso("forget", "--utterance", "77", "--yes").out


def test_where_a_service_runs_and_cannot_be_told_that_is_said(sayso: Run, key: Key) -> None:
    assert "runs" not in sayso("forget", "--utterance", "2", "--yes").err
    code = "import sys; print(flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", code, "sayso"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        paths.journal_lock_file().write_text(f"{other.pid}\n")
        ran = sayso("forget", "--utterance", "3", "--yes")
    assert (ran.status, f"sayso runs (process {other.pid}) and could not be told" in ran.err) == (0, True)


def test_where_nobody_can_be_asked_nothing_goes(sayso: Run, key: Key, tmp_path: Path) -> None:
    ran = sayso("forget", "--all")
    assert ran.status == 1
    assert "--yes" in ran.err
    assert left(tmp_path, key) == [1, 2, 3, 4]


def test_what_is_not_there_is_told(sayso: Run, key: Key) -> None:
    assert "utterance 77" in sayso("forget", "--utterance", "77", "--yes").err
    assert "nothing is kept" in sayso("forget", "--app", "emacs", "--yes").out


def test_where_nothing_was_ever_kept_nothing_is_made(sayso: Run, tmp_path: Path) -> None:
    assert sayso("forget", "--last", "1h", "--yes").status == 0
    assert sayso("forget", "--all", "--yes").status == 0
    assert not (tmp_path / "state" / "sayso").exists()


@pytest.mark.usefixtures("key")
def test_a_term_that_the_person_has_added_stays_and_that_is_said(sayso: Run) -> None:
    assert sayso("vocabulary", "add", "Kubernetes").status == 0
    ran = sayso("forget", "--all", "--yes")
    assert "terms that you have added or pinned stay" in ran.out
    assert "Kubernetes" in sayso("vocabulary").out


def test_a_locked_keyring_is_in_the_way_of_finding_an_application_only(
    sayso: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/none")
    folder = tmp_path / "state" / "sayso" / "journal"
    key = find_key(folder, "keyring", MemoryRing())
    with closing(opened(folder, key)) as db:
        for number in (1, 2):
            add(db, spooled(number), Outcome.DELIVERED)
    assert "keyring" in sayso("forget", "--app", "Gedit", "--yes").err
    assert left(tmp_path, key) == [1, 2]
    assert sayso("forget", "--utterance", "1", "--yes").status == 0
    assert left(tmp_path, key) == [2]


@pytest.mark.parametrize(
    "wrong", [[], ["--last", "10"], ["--last", "soon"], ["--utterance", "x"], ["--all", "--app", "x"]]
)
def test_what_makes_no_sense_is_refused(sayso: Run, wrong: list[str]) -> None:
    assert sayso("forget", *wrong).status == 2


def test_what_another_program_still_read_goes_when_the_same_is_said_again(
    sayso: Run, key: Key, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.01)
    folder = tmp_path / "state" / "sayso" / "journal"
    with closing(opened(folder, key)) as service:  # keeps the log from being emptied at the end of the command
        sealed = service.connection.execute("SELECT key FROM utterance WHERE id = 3").fetchone()[0]
        with closing(opened(folder, key, write=False)) as reader:
            reader.connection.execute("BEGIN")
            next(lines(reader, 1))
            for _ in range(2):
                assert "another program" in sayso("forget", "--utterance", "3", "--yes").out
        assert any(sealed in path.read_bytes() for path in folder.glob("journal.db*"))
        assert "nothing is kept" in sayso("forget", "--utterance", "3", "--yes").err
        assert not any(sealed in path.read_bytes() for path in folder.glob("journal.db*"))


def test_what_is_not_yet_in_the_journal_goes_with_its_application(sayso: Run, key: Key, tmp_path: Path) -> None:
    spool = tmp_path / "state" / "sayso" / "spool"
    for number, application in ((5, "kate"), (6, "Gedit")):
        one = SpoolFile(spool, number)
        one.add(BEGUN, begun_record(replace(spooled(number).begun, application=application)))
        one.flush(key.public)
        one.close()
    (spool / "7.wav").write_bytes(b"of a version before the journal")
    ran = sayso("forget", "--app", "kate", "--yes")
    assert "forgotten: 2 dictations" in ran.out
    assert "1 dictation not yet in the journal: for which application cannot be told" in ran.err
    assert sorted(path.name for path in spool.iterdir()) == ["6.spool", "7.wav"]
