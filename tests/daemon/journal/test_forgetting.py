"""What is forgotten is gone: row, audio, what was derived, what was learnt; and nothing else is."""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from tests.daemon.journal.keeping import KEY, correction, filled, opened, spooled

from sayso.errors import JournalDamaged, KeyLocked, NoSuchUtterance, StorageError, WrongKey
from sayso.journal import Line, Outcome
from sayso.journal import reading as read
from sayso.journal.database import Database
from sayso.journal.forgetting import Forgotten, What, find, forget
from sayso.journal.forgetting import spooled as waiting
from sayso.journal.forgetting import spooled_for as waiting_for
from sayso.journal.schema import back_up, backups
from sayso.journal.spool import BEGUN, SpoolFile, begun_record, read_spool
from sayso.journal.writing import add, correct, mark_derived, mark_trained


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    """Where what is under way is."""
    made = tmp_path / "state" / "spool"
    made.mkdir(parents=True)
    return made


def left(db: Database) -> list[int]:
    """What is still there, and that all of it is whole."""
    assert list(read.damage(db)) == []
    return [one.utterance for one in read.lines(db, None) if isinstance(one, Line)]


def learn(db: Database, term: int, utterances: list[int | None], *, is_pinned: bool = False) -> None:
    """A term that was corrected in these utterances."""
    with db.transaction() as connection:
        row = (term, bytes([term]), db.seal.close(b"term", "term"), "en", 1, 0.0, is_pinned, False)
        connection.execute("INSERT INTO term VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
        for utterance in utterances:
            sealed = db.seal.close(b"sounding", "sounding")
            connection.execute(
                "INSERT INTO sounding (term, utterance, sealed) VALUES (?, ?, ?)", (term, utterance, sealed)
            )


def rule(db: Database, number: int, utterances: list[int]) -> None:
    """A rule that was confirmed in these utterances."""
    with db.transaction() as connection:
        connection.execute("INSERT INTO rule VALUES (?, ?, ?, 'en', 'on')", (number, bytes([number]), b"sealed"))
        connection.executemany("INSERT INTO rule_evidence VALUES (?, ?)", ((number, one) for one in utterances))


def column(db: Database, query: str) -> list[object]:
    """The first column of all rows."""
    return [row[0] for row in db.connection.execute(query)]


def test_an_utterance_goes_with_its_audio_corrections_and_what_was_derived(
    three: Database, spool: Path, tmp_path: Path
) -> None:
    features = tmp_path / "2.mel"
    features.write_bytes(three.seal_of(2).close(b"features", "mel of 2"))
    mark_derived(three, 2, "mel", str(features))
    correct(three, correction(2))
    correct(three, correction(3))
    done = forget(three, [2], spool)
    assert done == Forgotten(utterances=1, corrections=1, files=2)
    assert left(three) == [3, 1]
    assert not features.exists()
    assert not three.audio_path(2).exists()
    assert len(list(read.corrections(three))) == 1


def test_what_was_sealed_with_its_key_never_opens_again_though_somebody_kept_the_files(
    three: Database, spool: Path, tmp_path: Path
) -> None:
    sealed_audio, sealed_features = three.audio_path(2).read_bytes(), three.seal_of(2).close(b"mel", "mel of 2")
    forget(three, [2], spool)
    with pytest.raises(NoSuchUtterance):
        three.seal_of(2)
    for sealed, place in ((sealed_audio, "utterance 2 audio"), (sealed_features, "mel of 2")):
        for seal in (KEY.seal, three.seal_of(1), three.seal_of(3)):
            with pytest.raises(WrongKey):
                seal.open(sealed, place)


def test_its_sealed_key_and_line_are_in_no_file_any_more(three: Database, spool: Path) -> None:
    kept = three.connection.execute("SELECT key, line, detail FROM utterance WHERE id = 2").fetchone()
    assert all(blob[:40] in everything(three.folder) for blob in kept)
    undeleted = three.folder.with_name("undeleted")
    undeleted.hardlink_to(back_up(three.connection, three.path, 1))
    assert all(blob[:40] in undeleted.read_bytes() for blob in kept)
    forget(three, [2], spool)
    assert undeleted.read_bytes().count(0) == undeleted.stat().st_size
    assert not any(blob[:40] in everything(three.folder) for blob in kept)
    assert backups(three.path) == []


def everything(folder: Path) -> bytes:
    """All bytes of all files."""
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_models_that_have_learnt_from_it_are_to_be_trained_again(three: Database, spool: Path) -> None:
    mark_trained(three, "mine", [1, 2])
    mark_trained(three, "other", [3])
    assert forget(three, [2], spool).models == ("mine",)
    assert forget(three, [1], spool).models == ("mine",)
    assert three.connection.execute("SELECT model, utterances FROM retrain").fetchall() == [("mine", 2)]
    assert column(three, "SELECT utterance FROM trained") == [3]


def test_terms_and_rules_go_that_were_learnt_from_nothing_else(three: Database, spool: Path) -> None:
    learn(three, 1, [2])
    learn(three, 2, [2, 3])
    learn(three, 3, [2], is_pinned=True)
    learn(three, 4, [None])  # added by hand
    learn(three, 5, [])
    rule(three, 1, [2])
    rule(three, 2, [1, 2])
    done = forget(three, [2], spool)
    assert (done.terms, done.rules, done.has_unlearnt) == (1, 1, True)
    assert column(three, "SELECT id FROM term") == [2, 3, 4, 5]
    assert column(three, "SELECT term FROM sounding ORDER BY term") == [2, 4]
    assert column(three, "SELECT rule FROM rule_evidence") == [2]
    assert forget(three, [1], spool).rules == 1


def test_everything_is_everything_but_the_terms_that_the_person_has_added_or_pinned(
    three: Database, spool: Path
) -> None:
    learn(three, 1, [2, 77])  # 77 was too old, and is gone
    learn(three, 2, [3], is_pinned=True)
    learn(three, 3, [None, 2, 77])
    rule(three, 1, [])
    (spool / "9.spool").write_bytes(b"sealed")
    (spool / "10.wav").write_bytes(b"RIFF")
    what = What(everything=True)
    done = forget(three, (*find(three, what, 0), *waiting(spool, what, 0)), spool, everything=True)
    assert (done.utterances, done.spooled, done.terms, done.rules, done.files) == (3, 2, 1, 1, 3)
    assert column(three, "SELECT id FROM term") == [2, 3]
    assert set(column(three, "SELECT uses FROM term")) == {0}
    assert three.connection.execute("SELECT term, utterance FROM sounding").fetchall() == [(3, None)]
    assert list(three.folder.rglob("*.sealed")) == []
    assert list(spool.iterdir()) == []


def test_a_number_that_was_forgotten_is_not_given_again(three: Database, spool: Path) -> None:
    forget(three, [1, 2, 3], spool, everything=True)
    assert column(three, "SELECT seq FROM sqlite_sequence WHERE name = 'utterance'") == [3]


def test_what_is_meant_is_found_by_time_number_and_application(folder: Path) -> None:
    now = time.time()
    with closing(opened(folder)) as db:
        for number, (ago, application) in enumerate(
            [(700, "Gedit"), (500, "kate"), (10, "gedit"), (5, "")], start=1
        ):
            add(db, spooled(number, application=application, at=now - ago), Outcome.DELIVERED)
        asked = {
            "minutes": What(last_seconds=600),
            "number": What(utterance=2),
            "none": What(utterance=77),
            "application": What(application="GEDIT"),
            "nobody": What(application="emacs"),
            "nothing": What(),
            "all": What(everything=True),
        }
        assert {name: find(db, what, now) for name, what in asked.items()} == {
            "minutes": (2, 3, 4),
            "number": (2,),
            "none": (),
            "application": (1, 3),
            "nobody": (),
            "nothing": (),
            "all": (1, 2, 3, 4),
        }


def test_all_but_an_application_is_forgotten_without_a_key(three: Database, spool: Path) -> None:
    three.close()
    with closing(Database(three.folder, None, write=True)) as locked:
        with pytest.raises(KeyLocked):
            find(locked, What(application="Gedit"), 0)
        assert forget(locked, find(locked, What(utterance=2), 0), spool).utterances == 1
    with closing(opened(three.folder)) as db:
        assert left(db) == [3, 1]


def test_in_the_spool_what_is_under_way_stays_and_the_rest_goes(three: Database, spool: Path) -> None:
    for name in ("5.spool", "6.spool", "7.wav", "7.json"):
        (spool / name).write_bytes(b"sealed")
    with (spool / "5.spool").open("rb") as speaking:
        fcntl.flock(speaking, fcntl.LOCK_EX)
        what = What(last_seconds=60)
        assert waiting(spool, what, time.time()) == (5, 6, 7)
        done = forget(three, waiting(spool, what, time.time()), spool)
    assert (done.spooled, done.under_way) == (2, 1)
    assert [path.name for path in spool.iterdir()] == ["5.spool"]


def test_a_spool_that_is_not_there_has_nothing(three: Database, tmp_path: Path) -> None:
    assert waiting(tmp_path / "none", What(everything=True), 0) == ()
    assert forget(three, [2], tmp_path / "none").utterances == 1


def test_a_reader_of_an_older_state_is_told_and_what_it_read_goes_the_next_time(
    three: Database, spool: Path
) -> None:
    line = three.connection.execute("SELECT line FROM utterance WHERE id = 2").fetchone()[0]
    with closing(Database(three.folder, KEY, write=False)) as reader:
        reader.connection.execute("BEGIN")
        next(read.lines(reader, 1))
        three.connection.execute("PRAGMA busy_timeout = 10")
        assert not forget(three, [2], spool).is_clean
        reader.connection.execute("COMMIT")
    assert forget(three, [1], spool).is_clean
    assert line[:40] not in everything(three.folder)


def test_a_damaged_row_can_be_forgotten(three: Database, spool: Path) -> None:
    three.connection.execute("UPDATE utterance SET key = x'00', line = x'00' WHERE id = 2")
    forget(three, [2], spool)
    assert left(three) == [3, 1]


def test_files_that_are_gone_already_keep_nobody_from_forgetting(three: Database, spool: Path) -> None:
    shutil.rmtree(three.folder / "audio")
    assert forget(three, [1, 2], spool).files == 0
    with closing(filled(three.folder, 3)) as db:
        assert [one.utterance for one in read.lines(db, None)] == [3, 2, 1]


def test_a_file_that_cannot_be_removed_keeps_nothing_else_from_going(three: Database, spool: Path) -> None:
    line = three.connection.execute("SELECT line FROM utterance WHERE id = 2").fetchone()[0]
    three.audio_path(1).unlink()
    three.audio_path(1).mkdir()
    (spool / "5.wav").mkdir()
    (spool / "6.spool").write_bytes(b"sealed")
    with pytest.raises(OSError, match=r"5\.wav"):
        forget(three, [1, 2, 5, 6], spool)
    assert not three.audio_path(2).exists()
    assert not (spool / "6.spool").exists()
    assert line[:40] not in everything(three.folder)
    assert [one.utterance for one in read.lines(three, None)] == [3]


def test_where_a_damaged_page_is_in_the_way_of_finding_it_that_is_told_with_a_remedy(three: Database) -> None:
    (root,) = column(three, "SELECT rootpage FROM sqlite_master WHERE name = 'utterance'")
    assert isinstance(root, int)
    three.close()
    with three.path.open("r+b") as file:
        file.seek((root - 1) * 4096)
        file.write(bytes(4096))
    with closing(opened(three.folder)) as db, pytest.raises(JournalDamaged, match="backup"):
        find(db, What(last_seconds=1e12), time.time())


def unvacuumable(db: Database) -> None:
    """Damage a page that only a copy of all pages reads."""
    with db.transaction() as connection:
        connection.execute("CREATE TABLE spare (text TEXT)")
        connection.execute("INSERT INTO spare VALUES ('x')")
    (root,) = column(db, "SELECT rootpage FROM sqlite_master WHERE name = 'spare'")
    assert isinstance(root, int)
    db.empty_log()
    db.close()
    with db.path.open("r+b") as file:
        file.seek((root - 1) * 4096)
        file.write(bytes(4096))


def test_a_damaged_page_that_keeps_the_database_large_keeps_nothing_else_from_going(
    three: Database, spool: Path
) -> None:
    unvacuumable(three)
    with closing(opened(three.folder)) as db:
        with pytest.raises(sqlite3.DatabaseError, match="malformed"):
            db.connection.execute("VACUUM")
        assert forget(db, (), spool, everything=True) == Forgotten(utterances=3, files=3, has_unlearnt=True)
    assert list((three.folder / "audio").iterdir()) == []


def test_files_go_though_the_log_cannot_be_emptied(
    three: Database, spool: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Database) -> bool:
        raise StorageError("the disk refuses")

    monkeypatch.setattr(Database, "empty_log", refuse)
    with pytest.raises(StorageError):
        forget(three, [2], spool)
    assert not three.audio_path(2).exists()
    assert left(three) == [3, 1]


def test_on_a_full_disk_audio_that_is_to_go_makes_room_for_what_else_is(
    three: Database, spool: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = Database.transaction

    @contextmanager
    def full(db: Database) -> Iterator[sqlite3.Connection]:
        if db.audio_path(2).exists():
            raise StorageError("database or disk is full")
        with begin(db) as connection:
            yield connection

    monkeypatch.setattr(Database, "transaction", full)
    with pytest.raises(StorageError):
        forget(three, [77], spool)
    assert forget(three, [2], spool) == Forgotten(utterances=1, files=1)
    assert left(three) == [3, 1]


def test_everything_is_also_what_has_become_a_row_since_it_was_looked_for(three: Database, spool: Path) -> None:
    add(three, spooled(4), Outcome.DELIVERED)
    assert forget(three, [1, 2, 3], spool, everything=True).utterances == 4
    assert left(three) == []


def test_everything_is_also_audio_that_no_row_knows_and_files_that_no_dictation_is_named_by(
    three: Database, spool: Path
) -> None:
    (three.folder / "audio" / "77.flac.sealed").write_bytes(b"of a database that was lost")
    (spool / f"{1 << 64}.spool").write_bytes(b"sealed")
    (spool / "note.wav").write_bytes(b"RIFF")
    os.mkfifo(spool / "50.spool")
    done = forget(three, (), spool, everything=True)
    assert done == Forgotten(utterances=3, spooled=3, files=4, has_unlearnt=True)
    assert list((three.folder / "audio").iterdir()) == []
    assert list(spool.iterdir()) == []


def test_audio_that_could_not_be_removed_with_its_row_is_found_again_by_its_number(
    three: Database, spool: Path
) -> None:
    path = three.audio_path(2)
    sealed = path.read_bytes()
    forget(three, [2], spool)
    assert find(three, What(utterance=2), 0) == ()
    path.write_bytes(sealed)
    assert find(three, What(utterance=2), 0) == (2,)
    assert forget(three, [2], spool) == Forgotten(files=1)
    assert not path.exists()


def test_what_the_disk_has_of_a_forgotten_file_of_the_spool_does_not_open(
    three: Database, spool: Path, tmp_path: Path
) -> None:
    one = SpoolFile(spool, 5)
    one.add(BEGUN, begun_record(spooled(5).begun))
    one.flush(KEY.public)
    one.close()
    undeleted = tmp_path / "5.spool"
    undeleted.hardlink_to(one.path)
    assert read_spool(undeleted, KEY.private) is not None
    assert forget(three, [5], spool).spooled == 1
    assert read_spool(undeleted, KEY.private) is None


def test_what_is_in_the_spool_for_an_application_is_found_with_the_key(spool: Path) -> None:
    for number, application in ((5, "Gedit"), (6, "kate")):
        one = SpoolFile(spool, number)
        one.add(BEGUN, begun_record(replace(spooled(number).begun, application=application)))
        one.flush(KEY.public)
        one.close()
    (spool / "7.spool").write_bytes((spool / "5.spool").read_bytes())  # as if it was of another key
    (spool / "8.wav").write_bytes(b"of a version before the journal")
    assert waiting_for(spool, "gedit", KEY) == ((5,), 2)
    assert waiting_for(spool.with_name("none"), "gedit", KEY) == ((), 0)
