"""What is too old goes, then the oldest audio until the rest is small enough; what was learnt from it stays."""

from __future__ import annotations

import os
import time
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.daemon.journal.keeping import KEY, correction, opened, spooled
from tests.daemon.journal.spooling import Net
from tests.desktop.rig.waiting import until

from sayso.errors import KeyLocked
from sayso.journal import Line, Outcome, retention
from sayso.journal import reading as read
from sayso.journal.database import Database
from sayso.journal.forgetting import expire, forget
from sayso.journal.keys import Key
from sayso.journal.retention import (
    DAY_SECONDS,
    MB,
    Kept,
    Limits,
    Removal,
    Retention,
    is_clock_believed,
    mark_shown,
    retain,
    to_remove,
)
from sayso.journal.thread import JournalThread
from sayso.journal.writing import add, correct, mark_derived, mark_trained

NOW = 1_000 * DAY_SECONDS
HOUR = 3600.0
ROWS = st.lists(
    st.builds(Kept, st.integers(1, 50), st.floats(0, 2 * NOW), st.integers(0, 10**6), st.booleans()),
    unique_by=lambda row: row.utterance,
)


@given(rows=ROWS, days=st.none() | st.floats(0.01, 2_000), most=st.integers(0, 10**7))
def test_what_stays_is_young_and_small_enough_and_the_newest_there_is(
    rows: list[Kept], days: float | None, most: int
) -> None:
    removal = to_remove(rows, days, most, NOW)
    limit = -1.0 if days is None else NOW - days * DAY_SECONDS
    assert set(removal.utterances) == {
        row.utterance
        for row in rows
        if row.ended_at_seconds < limit
        and not row.is_unread
        and not any(limit <= one.ended_at_seconds <= NOW for one in rows if one.utterance < row.utterance)
    }
    left = [row for row in rows if row.utterance not in {*removal.utterances, *removal.audio}]
    gone = [row for row in rows if row.utterance in removal.audio]
    assert sum(row.audio_bytes for row in left) <= most
    assert not set(removal.audio) & set(removal.utterances)
    assert all(row.audio_bytes for row in gone)
    assert all(old.utterance < young.utterance for old in gone for young in left if young.audio_bytes)
    if gone:  # not one more than had to
        newest = max(gone, key=lambda row: row.utterance)
        assert sum(row.audio_bytes for row in left) + newest.audio_bytes > most


def test_nothing_goes_where_there_is_nothing_or_it_may_stay() -> None:
    assert to_remove([], 1.0, 0, NOW) == Removal()
    assert to_remove([Kept(1, 0.0, 10)], None, 10, NOW) == Removal()
    assert to_remove([Kept(1, NOW + 5 * DAY_SECONDS, 10)], 1.0, 10, NOW) == Removal()


def test_what_was_dictated_before_the_clock_was_set_is_as_new_as_what_came_before_it() -> None:
    rows = [Kept(1, NOW - 40 * DAY_SECONDS, 10), Kept(2, NOW - DAY_SECONDS, 10), Kept(3, 60.0, 10)]
    assert to_remove(rows, 30.0, 30, NOW) == Removal((1,))
    assert to_remove(rows, 30.0, 30, NOW + 30 * DAY_SECONDS) == Removal((1, 2, 3))


def test_the_journal_is_kept_to_its_limits_and_stays_whole(folder: Path, tmp_path: Path) -> None:
    now = time.time()
    with closing(opened(folder)) as db:
        for number, days in enumerate([40, 20, 10, 1], start=1):
            add(db, spooled(number, at=now - days * DAY_SECONDS), Outcome.DELIVERED)
        features = tmp_path / "2.mel"
        features.touch()
        mark_derived(db, 2, "mel", str(features))
        mark_trained(db, "mine", [1])
        correct(db, correction(1))
        one = db.audio_path(4).stat().st_size
        assert retain(db, 30.0, 2.5 * one / MB, now) == Removal((1,), (2,))
        found = [line for line in read.lines(db, None) if isinstance(line, Line)]
        assert [(line.utterance, line.has_audio) for line in found] == [(4, True), (3, True), (2, False)]
        assert list(read.damage(db)) == []
        assert db.connection.execute("SELECT count(*) FROM retrain").fetchone() == (0,)
        assert sorted(path.name for path in (folder / "audio").iterdir()) == ["3.flac.sealed", "4.flac.sealed"]
        assert not features.exists()
        assert retain(db, 30.0, 2.5 * one / MB, now) == Removal()


# ── when the clock may decide ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("hours_since", "is_believed"),
    [(None, False), (0, None), (12, None), (24, True), (7 * 24, True), (7 * 24 + 1, False), (-1, True)],
)
def test_a_clock_is_believed_that_has_gone_on_by_a_day_to_a_week(
    hours_since: float | None, is_believed: bool | None
) -> None:
    assert is_clock_believed(NOW, None if hours_since is None else NOW - hours_since * HOUR) is is_believed


class Clocks:
    """What the clocks of one machine say."""

    def __init__(self, now: float) -> None:
        self.now = now
        self.monotonic_now = 0.0

    def go_on(self, seconds: float) -> None:
        self.now += seconds
        self.monotonic_now += seconds

    def run(self, folder: Path, days: float | None = 30.0, first: int = 99) -> Retention:
        """A run of the service begins, with that number."""
        return Retention(folder, Limits(days, 1_000.0), first, lambda: self.now, lambda: self.monotonic_now)


def numbers(db: Database) -> list[int]:
    return sorted(line.utterance for line in read.lines(db, None) if isinstance(line, Line))


def test_after_a_leap_of_the_clock_nothing_is_too_old_for_a_day_and_a_restart_does_not_shorten_that(
    db: Database,
) -> None:
    add(db, spooled(1, at=NOW - 5 * DAY_SECONDS), Outcome.DELIVERED)
    clocks = Clocks(NOW)
    run = clocks.run(db.folder)
    run.look(db)
    clocks.go_on(24 * HOUR)
    run.look(db)
    clocks.now += 3_650 * DAY_SECONDS  # its battery was empty
    for _ in range(4):
        clocks.run(db.folder).look(db)
        clocks.go_on(6 * HOUR)
    assert numbers(db) == [1]
    clocks.now -= 3_650 * DAY_SECONDS  # it was set
    run = clocks.run(db.folder)
    run.look(db)
    assert numbers(db) == [1]
    clocks.go_on(28 * DAY_SECONDS)  # a holiday
    run.look(db)
    assert numbers(db) == [1]
    assert run.wait_seconds == HOUR
    clocks.go_on(24 * HOUR)
    run.look(db)
    assert numbers(db) == []


def test_what_is_dictated_while_the_clock_is_behind_is_not_too_old_once_it_is_right(db: Database) -> None:
    clocks = Clocks(NOW - 900 * DAY_SECONDS)
    run = clocks.run(db.folder, first=1)
    add(db, spooled(1, at=clocks.now), Outcome.DELIVERED)
    run.look(db)
    clocks.now = NOW  # it was set
    for _ in range(3):
        run.look(db)
        assert numbers(db) == [1]
        clocks.go_on(25 * HOUR)
    clocks.go_on(27 * DAY_SECONDS)  # in two looks, as after a leap
    run.look(db)
    clocks.go_on(25 * HOUR)
    run.look(db)
    assert numbers(db) == []


def test_nor_is_it_in_a_later_run_when_the_clock_was_right_before_it(db: Database) -> None:
    add(db, spooled(1, at=NOW - 60 * DAY_SECONDS), Outcome.DELIVERED)
    clocks = Clocks(NOW)
    for _ in range(2):
        clocks.run(db.folder).look(db)
        clocks.go_on(25 * HOUR)
    assert numbers(db) == []
    add(db, spooled(2, at=60.0), Outcome.DELIVERED)
    for _ in range(2):
        clocks.run(db.folder).look(db)
        clocks.go_on(25 * HOUR)
    assert numbers(db) == [2]
    for _ in range(30):
        clocks.run(db.folder).look(db)
        clocks.go_on(25 * HOUR)
    assert numbers(db) == []


def test_a_time_that_is_none_is_as_new_as_can_be_and_the_rest_goes(db: Database) -> None:
    for number in (1, 2):
        add(db, spooled(number, at=0.0), Outcome.DELIVERED)
    (db.folder / "audio" / "\u00b2.flac.sealed").touch()
    db.connection.execute("UPDATE utterance SET ended_at = 9e999 WHERE id = 1")
    assert retain(db, 1.0, 1_000.0, NOW).utterances == (2,)
    db.connection.execute("CREATE TABLE other AS SELECT * FROM utterance")  # which may hold what a page may
    db.connection.execute("ALTER TABLE utterance RENAME TO was")
    db.connection.execute("ALTER TABLE other RENAME TO utterance")
    db.connection.execute("UPDATE utterance SET ended_at = NULL, audio_bytes = 'x'")
    assert retain(db, 1.0, 1_000.0, NOW) == Removal()


def test_the_first_look_comes_soon_after_the_start_and_makes_no_journal(tmp_path: Path) -> None:
    clocks = Clocks(NOW)
    run = clocks.run(tmp_path / "journal")
    assert 0 < run.wait_seconds < HOUR / 10
    clocks.go_on(run.wait_seconds)
    assert run.wait_seconds == 0
    run.look(None)
    assert run.wait_seconds == HOUR
    assert not (tmp_path / "journal").exists()


def test_what_is_too_large_goes_whatever_the_clock_says_and_without_the_key(db: Database) -> None:
    for number in (1, 2):
        add(db, spooled(number, at=NOW + number), Outcome.DELIVERED)
    size = db.audio_path(2).stat().st_size
    Retention(db.folder, Limits(1.0, size / MB), clock=lambda: 9 * NOW).look(None)
    assert [path.name for path in (db.folder / "audio").iterdir()] == ["2.flac.sealed"]
    assert numbers(db) == [1, 2]


def test_while_nobody_speaks_and_the_keyring_is_locked_the_journal_s_thread_looks_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "FIRST_SECONDS", 0.05)
    net = Net(tmp_path)
    with closing(opened(tmp_path / "journal", net.key)) as db:
        add(db, spooled(1, at=time.time() - 2 * DAY_SECONDS), Outcome.DELIVERED)
        add(db, spooled(2), Outcome.DELIVERED)
        Clocks(time.time() - 24 * HOUR).run(db.folder).look(db)
        run = JournalThread(net.state, net.told, locked, limits=Limits(days=1.0))
        run.start()
        until(lambda: numbers(db) == [2], "what is too old to go")
        run.stop()
    assert net.told.events == []


def locked(folder: Path) -> Key:
    raise KeyLocked("the keyring is locked; unlock it")


def test_what_did_not_arrive_stays_until_the_person_has_been_shown_it(db: Database) -> None:
    for number, outcome in enumerate((Outcome.UNDELIVERED, Outcome.RECOVERED, Outcome.WITHHELD), start=1):
        add(db, spooled(number, at=0.0), outcome)
    assert retain(db, 1.0, 1_000.0, NOW).utterances == (3,)
    mark_shown(db, [1, 3, 77])
    mark_shown(db, [1])
    assert retain(db, 1.0, 1_000.0, NOW).utterances == (1,)
    mark_shown(db, [2])
    assert retain(db, 1.0, 1_000.0, NOW).utterances == (2,)
    assert db.connection.execute("SELECT count(*) FROM shown").fetchone() == (0,)


# ── what stays ────────────────────────────────────────────────────────────────────────────────────


def test_terms_and_rules_outlive_what_they_were_learnt_from(db: Database) -> None:
    add(db, spooled(1, at=0.0), Outcome.DELIVERED)
    with db.transaction() as connection:
        connection.execute("INSERT INTO term VALUES (1, x'01', x'02', 'en', 1, 0.0, 0, 0)")
        connection.execute("INSERT INTO sounding VALUES (1, 1, 1, x'03', 0)")
        connection.execute("INSERT INTO rule VALUES (1, x'01', x'02', 'en', 'on')")
        connection.execute("INSERT INTO rule_evidence VALUES (1, 1)")
    assert retain(db, 1.0, 1.0, time.time()).utterances == (1,)
    for table in ("term", "sounding", "rule", "rule_evidence"):
        assert db.connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (1,)


def test_what_crashes_have_left_goes_once_nobody_can_be_writing_it(db: Database) -> None:
    for number in (1, 7):
        add(db, spooled(number), Outcome.DELIVERED)
    audio = db.folder / "audio"
    expire(db, [7], [])
    strays = [audio / "7.flac.sealed", audio / "8.flac.sealed.ab12.part", db.folder / "journal.db.v1.bak.part"]
    for stray in strays:
        stray.write_bytes(b"sealed with a key that is gone")
    retain(db, None, 1000.0, time.time())
    assert all(stray.exists() for stray in strays)
    for stray in strays:
        os.utime(stray, (0, 0))
    retain(db, None, 1000.0, time.time())
    assert [stray for stray in strays if stray.exists()] == []
    assert db.audio_path(1).exists()
    assert db.connection.execute("SELECT count(*) FROM gone").fetchone() == (0,)


def test_audio_of_a_database_that_was_lost_is_left_alone_and_named_until_all_is_forgotten(db: Database) -> None:
    add(db, spooled(1), Outcome.DELIVERED)
    path = db.audio_path(1)
    os.utime(path, (0, 0))
    assert read.lost(db) == ()
    db.close()
    for suffix in ("", "-wal", "-shm"):
        db.path.with_name(db.path.name + suffix).unlink(missing_ok=True)
    for key in (None, KEY):
        with closing(opened(db.folder, key, write=False)) as reader:
            assert [one.where for one in read.lost(reader)] == [str(path.parent)]
    with closing(opened(db.folder)) as new:
        add(new, spooled(2), Outcome.DELIVERED)
        retain(new, 1.0, 1_000.0, time.time())
        assert path.exists()
        (lost,) = read.damage(new)
        assert "1 dictation" in lost.why
        assert "sayso forget --all" in lost.why
        forget(new, (), db.folder / "spool", everything=True)
        assert not path.exists()
        assert list(read.damage(new)) == []
