"""What is too old goes, then the oldest audio until the rest is small enough; what was learnt from it stays."""

from __future__ import annotations

import os
import time
from contextlib import closing
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from tests.daemon.journal.keeping import correction, opened, spooled

from sayso.journal import Line, Outcome
from sayso.journal import reading as read
from sayso.journal.database import Database
from sayso.journal.retention import DAY_SECONDS, MB, Kept, Removal, retain, to_remove
from sayso.journal.writing import add, correct, mark_derived, mark_trained

NOW = 1_000 * DAY_SECONDS
ROWS = st.lists(
    st.builds(Kept, st.integers(1, 50), st.floats(0, 2 * NOW), st.integers(0, 10**6)),
    unique_by=lambda row: row.utterance,
)


@given(rows=ROWS, days=st.none() | st.floats(0.01, 2_000), most=st.integers(0, 10**7))
def test_what_stays_is_young_and_small_enough_and_the_newest_there_is(
    rows: list[Kept], days: float | None, most: int
) -> None:
    removal = to_remove(rows, days, most, NOW)
    limit = -1.0 if days is None else NOW - days * DAY_SECONDS
    assert set(removal.utterances) == {row.utterance for row in rows if row.ended_at_seconds < limit}
    left = [row for row in rows if row.utterance not in {*removal.utterances, *removal.audio}]
    gone = [row for row in rows if row.utterance in removal.audio]
    assert sum(row.audio_bytes for row in left) <= most
    assert not set(removal.audio) & set(removal.utterances)
    assert all(row.audio_bytes for row in gone)
    assert all(
        old.ended_at_seconds <= young.ended_at_seconds for old in gone for young in left if young.audio_bytes
    )
    if gone:  # not one more than had to
        newest = max(gone, key=lambda row: (row.ended_at_seconds, row.utterance))
        assert sum(row.audio_bytes for row in left) + newest.audio_bytes > most


def test_nothing_goes_where_there_is_nothing_or_it_may_stay() -> None:
    assert to_remove([], 1.0, 0, NOW) == Removal()
    assert to_remove([Kept(1, 0.0, 10)], None, 10, NOW) == Removal()
    assert to_remove([Kept(1, NOW + 5 * DAY_SECONDS, 10)], 1.0, 10, NOW) == Removal()


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


def test_terms_and_rules_outlive_what_they_were_learnt_from(db: Database) -> None:
    add(db, spooled(1, at=0.0), Outcome.DELIVERED)
    with db.transaction() as connection:
        connection.execute("INSERT INTO term VALUES (1, x'01', x'02', 'en', 1, 0.0, 0, 0)")
        connection.execute("INSERT INTO sounding VALUES (1, 1, 1, x'03')")
        connection.execute("INSERT INTO rule VALUES (1, x'01', x'02', 'en', 'on')")
        connection.execute("INSERT INTO rule_evidence VALUES (1, 1)")
    assert retain(db, 1.0, 1.0, time.time()).utterances == (1,)
    for table in ("term", "sounding", "rule", "rule_evidence"):
        assert db.connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (1,)


def test_what_crashes_have_left_goes_once_nobody_can_be_writing_it(db: Database) -> None:
    add(db, spooled(1), Outcome.DELIVERED)
    audio = db.folder / "audio"
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
