"""Whatever is damaged is named, and all that is not can be read."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from tests.daemon.journal.keeping import KEY, correction, filled, opened, spooled

from sayso.errors import JournalDamaged, KeyLocked, NoSuchUtterance
from sayso.journal import Correction, Damage, Line, Outcome, Utterance
from sayso.journal import reading as read
from sayso.journal.database import Database
from sayso.journal.writing import add, correct
from sayso.vocabulary import Rule, Term, store

MANY = 40  # rows are on several pages then


def numbers(db: Database, **chosen: object) -> list[int]:
    """Which utterances can be read, in the order in which they are given."""
    return [one.utterance for one in read.lines(db, None, **chosen) if isinstance(one, Line)]  # type: ignore[arg-type]  # as `lines` takes them


def damaged(db: Database) -> list[int | None]:
    """Whose damage is told by a list."""
    return [one.utterance for one in read.lines(db, None) if isinstance(one, Damage)]


def flip(path: Path, at: int) -> None:
    """Turn one bit of a file."""
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(bytes(data))


def break_blob(db: Database, table: str, column: str, number: int) -> None:
    """Turn one bit of a sealed column."""
    blob = bytearray(db.connection.execute(f"SELECT {column} FROM {table} WHERE id = ?", (number,)).fetchone()[0])
    blob[len(blob) // 2] ^= 1
    db.connection.execute(f"UPDATE {table} SET {column} = ? WHERE id = ?", (bytes(blob), number))


def test_the_newest_come_first_and_as_many_as_are_asked_for(folder: Path) -> None:
    with closing(filled(folder, 7)) as db:
        add(db, spooled(9), Outcome.RECOVERED)
        assert numbers(db) == [9, 7, 6, 5, 4, 3, 2, 1]
        assert [one.utterance for one in read.lines(db, 2, before=6)] == [5, 4]
        assert numbers(db, outcomes=[Outcome.RECOVERED]) == [9]
        assert list(read.lines(db, 0)) == []


@pytest.mark.parametrize("number", [0, 9, (1 << 63) - 1, 1 << 63, (1 << 64) - 1, 1 << 200])
def test_under_a_number_that_none_has_there_is_nothing_however_large_it_is(folder: Path, number: int) -> None:
    with closing(filled(folder, 2)) as db:
        for look in (read.utterance, read.audio, read.correction):
            with pytest.raises(NoSuchUtterance, match=str(number)):
                look(db, number)
        assert list(read.corrections(db, utterance=number)) == []
        assert read.standing(db, number) is None


def test_one_correction_is_read_without_the_others(folder: Path) -> None:
    with closing(filled(folder, 2)) as db:
        first, second = (correct(db, correction(number)) for number in (1, 2))
        assert first is not None
        assert second is not None
        break_blob(db, "correction", "sealed", first)
        found = read.correction(db, second)
        assert isinstance(found, Correction)
        assert found.utterance == 2
        assert isinstance(read.correction(db, first), Damage)


def test_a_journal_where_nothing_can_be_written_is_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(folder, 2).close()
    monkeypatch.setattr(os, "access", lambda *_: False)
    with closing(opened(folder, write=False)) as db:
        assert numbers(db) == [2, 1]
        assert sorted(path.name for path in folder.iterdir()) == ["audio", "journal.db"]


def test_a_long_list_is_read_in_pieces_and_whole(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "BATCH", 3)
    with closing(filled(folder, 7)) as db:
        assert numbers(db) == [7, 6, 5, 4, 3, 2, 1]
        for number in range(1, 8):
            correct(db, correction(number))
        assert [one.utterance for one in read.corrections(db)] == [1, 2, 3, 4, 5, 6, 7]


def test_nothing_is_made_of_what_is_not_there(three: Database) -> None:
    for number in (0, 4, -1):
        with pytest.raises(NoSuchUtterance, match="history"):
            read.utterance(three, number)
        with pytest.raises(NoSuchUtterance):
            read.audio(three, number)


@pytest.mark.parametrize("column", ["key", "line", "detail"])
def test_a_damaged_row_is_named_and_the_others_are_read(three: Database, column: str) -> None:
    break_blob(three, "utterance", column, 2)
    found = read.utterance(three, 2)
    assert isinstance(found, Damage)
    assert (found.utterance, "forget --utterance 2" in found.why) == (2, True)
    assert numbers(three) == ([3, 2, 1] if column == "detail" else [3, 1])
    assert [one.utterance for one in read.damage(three)] == [2]
    assert isinstance(read.utterance(three, 3), Utterance)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        *(("ended_at", value) for value in (1e300, -1e18, 9e999)),
        *((column, -1e300) for column in ("seconds", "computing_seconds")),
        *((column, -1) for column in ("words", "audio_bytes")),
    ],
)
def test_a_number_that_can_be_none_is_damage_and_the_others_are_read(
    three: Database, column: str, value: float
) -> None:
    three.connection.execute(f"UPDATE utterance SET {column} = ? WHERE id = 2", (value,))
    assert (numbers(three), damaged(three)) == ([3, 1], [2])


@pytest.mark.parametrize("column", ["model", "language"])
def test_a_name_that_is_no_text_hides_no_row(three: Database, column: str) -> None:
    three.connection.execute(f"UPDATE utterance SET {column} = CAST(x'74ff' AS TEXT) WHERE id = 2")
    assert (numbers(three), damaged(three)) == ([3, 2, 1], [])
    assert list(read.damage(three)) == []


def test_a_correction_of_no_time_is_damage_and_the_others_are_read(three: Database) -> None:
    for number in (1, 2):
        correct(three, correction(number))
    three.connection.execute("UPDATE correction SET made_at = 1e300 WHERE utterance = 1")
    assert [type(one) for one in read.corrections(three)] == [Damage, Correction]


def test_what_opens_and_is_not_what_was_written_is_damage_too(three: Database) -> None:
    for column, data in (("line", b"[1]"), ("detail", b'{"said": {"words": 3}, "begun": {}}')):
        seal = three.seal_of(2)
        three.connection.execute(
            f"UPDATE utterance SET {column} = ? WHERE id = 2", (seal.close(data, f"utterance 2 {column}"),)
        )
        assert isinstance(read.utterance(three, 2), Damage)
    assert numbers(three) == [3, 1]


def test_what_was_copied_from_another_row_does_not_open_there(three: Database) -> None:
    three.connection.execute(
        "UPDATE utterance SET (key, line, detail) = (SELECT key, line, detail FROM utterance WHERE id = 1) "
        "WHERE id = 2"
    )
    assert damaged(three) == [2]


@pytest.mark.parametrize("at", [0, 5, 40, -1])
def test_damaged_audio_is_named_and_its_text_is_read(three: Database, at: int) -> None:
    path = three.audio_path(2)
    flip(path, at % path.stat().st_size)
    with pytest.raises(JournalDamaged, match="utterance 2"):
        read.audio(three, 2)
    assert isinstance(read.utterance(three, 2), Utterance)
    assert [one.utterance for one in read.damage(three)] == [2]
    assert np.array_equal(read.audio(three, 3), spooled(3).audio)


@pytest.mark.parametrize("left", [0, 10, 500])
def test_audio_that_was_cut_off_or_is_gone_is_named(three: Database, left: int) -> None:
    path = three.audio_path(2)
    path.write_bytes(path.read_bytes()[:left])
    assert [one.utterance for one in read.damage(three)] == [2]
    path.unlink()
    (told,) = read.damage(three)
    assert "No such file" in told.why
    with pytest.raises(JournalDamaged):
        read.audio(three, 2)


def test_a_damaged_correction_is_named_and_the_others_are_read(three: Database) -> None:
    correct(three, correction(1))
    broken = correct(three, correction(2))
    correct(three, correction(3))
    break_blob(three, "correction", "sealed", broken)
    found = list(read.corrections(three))
    assert [isinstance(one, Correction) for one in found] == [True, False, True]
    assert [one.utterance for one in read.damage(three)] == [2]


def test_a_damaged_term_sounding_or_rule_is_named_and_a_whole_one_is_none(three: Database) -> None:
    store.add(three, Term("Kubernetes", soundings=("cuban eats",)))
    with three.transaction() as connection:
        store.put_rule(three, connection, Rule("cuban eats", "Kubernetes", 1), 1)
    assert list(read.damage(three)) == []
    for table in ("term", "sounding", "rule"):
        break_blob(three, table, "sealed", 1)
        assert table in [one.where.split()[1] for one in read.damage(three)]
    assert numbers(three) == [3, 2, 1]


def pages(folder: Path) -> int:
    """How many pages the database has; all of it is in its file."""
    with closing(sqlite3.connect(folder / "journal.db")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return int(connection.execute("PRAGMA page_count").fetchone()[0])


def test_a_damaged_page_costs_what_is_in_it_and_no_more(folder: Path) -> None:
    """Each page but the first in turn: its beginning is overwritten, as a bad block leaves it."""
    filled(folder, MANY).close()
    count, path = pages(folder), folder / "journal.db"
    whole = path.read_bytes()
    size = len(whole) // count
    lost: list[int] = []
    for page in range(1, count):
        path.write_bytes(whole[: page * size] + b"\xa5" * 512 + whole[page * size + 512 :])
        try:
            db = opened(folder, write=False)
        except JournalDamaged:  # the names of the tables were there
            lost.append(MANY)
            continue
        with closing(db):
            found = list(read.lines(db, None))
            assert list(read.damage(db)), f"damage to page {page} is told"
            lost.append(sum(isinstance(one, Damage) for one in found))
            assert {one.utterance for one in found} == set(range(1, MANY + 1))
    assert sum(one == MANY for one in lost) <= 3  # of the first utterances, where the tables begin
    assert sum(0 < one < MANY for one in lost) >= 5
    assert max(one for one in lost if one < MANY) <= 8  # rows are on one page


def test_where_even_the_numbers_are_damaged_every_row_is_tried(folder: Path) -> None:
    filled(folder, MANY).close()
    count, path = pages(folder), folder / "journal.db"
    with closing(sqlite3.connect(path)) as connection:
        query = "SELECT rootpage FROM sqlite_master WHERE name = 'utterance_by_time'"
        index = connection.execute(query).fetchone()[0]
    shutil.rmtree(folder / "audio")
    data = bytearray(path.read_bytes())
    size = len(data) // count
    for page in (index - 1, count - 1):  # the last one has the newest rows
        data[page * size : page * size + 512] = b"\xa5" * 512
    path.write_bytes(bytes(data))
    with closing(opened(folder, write=False)) as db:
        found = list(read.lines(db, None))
        assert [one.utterance for one in found] == list(range(MANY, 0, -1))
        assert isinstance(found[0], Damage)
        assert isinstance(found[-1], Line)


def test_a_database_that_was_cut_off_is_named_and_its_audio_stays(folder: Path) -> None:
    filled(folder, MANY).close()
    path = folder / "journal.db"
    path.write_bytes(path.read_bytes()[:50_000])
    with pytest.raises(JournalDamaged, match=r"mv .*journal .*journal\.old"):
        opened(folder)
    assert len(list((folder / "audio").iterdir())) == MANY


def test_any_beginning_of_the_write_ahead_log_opens_with_what_was_whole(folder: Path) -> None:
    with closing(filled(folder, 6)) as db:
        assert db.path.exists()
        log = folder / "journal.db-wal"
        whole, database = log.read_bytes(), db.path.read_bytes()
    seen = set()
    for cut in [*range(0, len(whole), 4096 + 24), *range(31, len(whole), 9_973)]:
        for tail in (b"", bytes(3000)):
            db.path.write_bytes(database)
            (folder / "journal.db-shm").unlink(missing_ok=True)
            log.write_bytes(whole[:cut] + tail)
            with closing(Database(folder, KEY, write=True)) as again:
                found = numbers(again)
                assert found == list(range(len(found), 0, -1))
                assert list(read.damage(again)) == []
                seen.add(len(found))
    assert {0, 1, 5} <= seen


def test_without_a_key_there_are_lines_without_texts(three: Database) -> None:
    with closing(Database(three.folder, None, write=False)) as locked:
        found = [one for one in read.lines(locked, None) if isinstance(one, Line)]
        assert [(one.utterance, one.typed, one.application) for one in found] == [(n, "", "") for n in (3, 2, 1)]
        assert [one.words for one in found] == [2, 2, 2]
        for ask in (lambda: read.utterance(locked, 1), lambda: read.audio(locked, 1)):
            with pytest.raises(KeyLocked):
                ask()
