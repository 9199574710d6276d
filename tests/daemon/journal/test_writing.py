"""An utterance is in the journal whole and once, or not at all; of corrections the one trusted most stands."""

from __future__ import annotations

import signal
import subprocess
import sys
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.daemon.journal.keeping import correction, opened, said, spooled

from sayso.errors import JournalError, NoSuchUtterance, StorageError
from sayso.events import UtteranceSaid
from sayso.journal import Correction, Damage, Decision, Line, Outcome, Utterance
from sayso.journal import reading as read
from sayso.journal.database import Database
from sayso.journal.writing import add, correct, decide, mark_derived, mark_trained, put_text, withdraw

ROOT = Path(__file__).parents[3]


def line(db: Database, number: int = 1) -> Line:
    """What a list shows of it."""
    found = next(read.lines(db, 1, before=number + 1))
    assert isinstance(found, Line)
    return found


def without_what_is_of_others(said: UtteranceSaid | None) -> UtteranceSaid:
    """What is kept of it: no prompt, and no term that it does not have."""
    assert said is not None
    return replace(said, prompt="", vocabulary=())


def kept(db: Database) -> list[Correction]:
    """All corrections."""
    return [one for one in read.corrections(db) if isinstance(one, Correction)]


def test_what_was_spoken_recognised_and_typed_comes_back_as_it_was(db: Database) -> None:
    one = spooled(7, "grüße \ud83d 日本 😀", application="Gedit", at=1000.0)
    add(db, one, Outcome.UNDELIVERED)
    found = read.utterance(db, 7)
    assert isinstance(found, Utterance)
    assert (found.said, found.begun) == (without_what_is_of_others(one.said), one.begun)
    assert found.line == Line(
        7, 1000.5, Outcome.UNDELIVERED, 0.5, "Gedit", one.typed or "", one.typed or "", 4, "tiny.en", 0.25, True
    )
    assert np.array_equal(read.audio(db, 7), one.audio)


def test_adding_it_twice_changes_nothing(db: Database) -> None:
    assert add(db, spooled(1, "first", at=1_760_000_000.123), Outcome.DELIVERED)
    sealed = db.audio_path(1).read_bytes()
    assert add(db, spooled(1, "second", at=1_760_000_000.123, seconds=7.77), Outcome.RECOVERED)
    assert (line(db).typed, line(db).outcome) == ("First", Outcome.DELIVERED)
    assert db.audio_path(1).read_bytes() == sealed
    assert list(read.damage(db)) == []


def test_another_one_of_the_same_number_is_not_taken_for_it(db: Database) -> None:
    add(db, spooled(1, "first", at=1_000.0), Outcome.DELIVERED)
    add(db, spooled(2, "first", at=1_000.0), Outcome.WITHHELD)
    for number in (1, 2):
        assert not add(db, spooled(number, "second", at=1_001.0), Outcome.DELIVERED)
        assert add(db, spooled(number, "first", at=1_000.0), Outcome.DELIVERED)
    assert line(db).typed == "First"


def test_of_what_is_withheld_only_that_there_was_something_is_kept(db: Database) -> None:
    add(db, spooled(1, "four one one one"), Outcome.WITHHELD)
    found = read.utterance(db, 1)
    assert isinstance(found, Utterance)
    assert (found.line.typed, found.line.application, found.said, found.begun.application) == ("", "", None, "")
    assert not found.line.has_audio
    assert not (db.folder / "audio").exists()


def test_without_audio_and_without_text_it_is_kept_all_the_same(db: Database) -> None:
    add(db, replace(spooled(1), audio=np.zeros(0, np.int16)), Outcome.UNDELIVERED)
    add(db, replace(spooled(2), said=None, typed=None), Outcome.RECOVERED)
    assert (line(db, 1).typed, line(db, 1).has_audio) == ("Hello world", False)
    assert (line(db, 2).typed, line(db, 2).has_audio) == ("", True)
    with pytest.raises(NoSuchUtterance):
        read.audio(db, 1)


def test_text_that_was_read_from_the_audio_later_takes_its_place(db: Database) -> None:
    add(db, replace(spooled(2), said=None, typed=None), Outcome.RECOVERED)
    put_text(db, said(2, "two words"), "Two words", 1.5)
    found = read.utterance(db, 2)
    assert isinstance(found, Utterance)
    assert found.said == without_what_is_of_others(said(2, "two words"))
    assert (found.line.typed, found.line.now, found.line.words) == ("Two words", "Two words", 2)
    assert found.line.application == "Gedit"
    with pytest.raises(NoSuchUtterance):
        put_text(db, said(3, "x"), "X", 0.0)


def test_a_disk_that_is_full_keeps_nothing_of_it_and_what_was_there(db: Database) -> None:
    add(db, spooled(1), Outcome.DELIVERED)
    pages = db.connection.execute("PRAGMA page_count").fetchone()[0]
    db.connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StorageError, match="room"):
        add(db, replace(spooled(2, "word " * 4000)), Outcome.DELIVERED)
    assert [one.name for one in (db.folder / "audio").iterdir()] == ["1.flac.sealed"]
    db.connection.execute("PRAGMA max_page_count = 1000000")
    add(db, spooled(2), Outcome.DELIVERED)
    assert list(read.damage(db)) == []
    assert len(list(read.lines(db, None))) == 2


def test_a_disk_without_room_for_the_audio_gets_no_row(folder: Path) -> None:
    opened(folder).close()
    code = (
        "import resource, sys, pathlib\n"
        "from sayso.journal import Outcome; from sayso.journal.writing import add\n"
        "from tests.daemon.journal.keeping import opened, spooled\n"
        "db = opened(pathlib.Path(sys.argv[1]))\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))\n"
        "add(db, spooled(1, seconds=10), Outcome.DELIVERED)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code, folder], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert "File too large" in ended.stderr
    with closing(opened(folder)) as db:
        assert list(read.lines(db, None)) == []
        assert list((folder / "audio").iterdir()) == []
        add(db, spooled(1, seconds=1), Outcome.DELIVERED)


@pytest.mark.parametrize("moment", ["written", "place", "COMMIT", "unlink"])
def test_whoever_is_killed_while_adding_leaves_all_of_it_or_nothing(folder: Path, moment: str) -> None:
    ended = subprocess.run([sys.executable, "-c", KILLED, folder, moment], cwd=ROOT, check=False)
    assert ended.returncode == -signal.SIGKILL
    with closing(opened(folder)) as db:
        found = list(read.lines(db, None))
        assert len(found) == (1 if moment == "unlink" else 0)
        add(db, spooled(1), Outcome.DELIVERED)
        assert list(read.damage(db)) == []
        assert np.array_equal(read.audio(db, 1), spooled(1).audio)


KILLED = """
import os, signal, sys
from pathlib import Path
from sayso.journal import Outcome, writing
from tests.daemon.journal.keeping import opened, spooled
folder, moment = Path(sys.argv[1]), sys.argv[2]
db = opened(folder)

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

if moment == "written":
    real = writing.written
    def written(path, data):
        real(path, data)
        die()
    writing.written = written
if moment == "place":
    real_place = writing.place
    def place(beside, path):
        real_place(beside, path)
        die()
    writing.place = place
if moment == "COMMIT":
    db.connection.set_trace_callback(lambda statement: die() if statement == "COMMIT" else None)
if moment == "unlink":
    Path.unlink = die
writing.add(db, spooled(1), Outcome.DELIVERED)
"""


def test_two_writers_wait_for_each_other_and_one_that_never_ends_is_named(folder: Path) -> None:
    with closing(opened(folder)) as db, closing(opened(folder)) as other:
        other.connection.execute("PRAGMA busy_timeout = 10")
        with db.transaction(), pytest.raises(JournalError, match="another program"):
            add(other, spooled(1), Outcome.DELIVERED)
        add(other, spooled(1), Outcome.DELIVERED)
        assert len(list(read.lines(db, None))) == 1


# ── corrections ───────────────────────────────────────────────────────────────────────────────────


def test_a_correction_comes_back_and_is_shown_with_its_utterance(three: Database) -> None:
    made = correction(2, "Grüezi 日本")
    number = correct(three, made)
    assert kept(three) == [made]
    assert (kept(three)[0].id, kept(three)[0].made_at_seconds) == (number, 5.0)
    assert (line(three, 2).typed, line(three, 2).now) == ("Utterance 2", "Grüezi 日本")
    assert line(three, 3).now == "Utterance 3"


def test_what_is_not_accepted_does_not_change_what_the_text_is_now(three: Database) -> None:
    number = correct(three, correction(1, decision=Decision.DOUBTFUL))
    assert number is not None
    assert line(three).now == "Utterance 1"
    decide(three, number, Decision.ACCEPTED)
    assert line(three).now == "Hello there"
    assert kept(three)[0].is_by_person
    decide(three, number, Decision.REJECTED)
    assert line(three).now == "Utterance 1"


@pytest.mark.parametrize(("first", "second", "stands"), [(0.7, 0.7, "b"), (0.7, 1.0, "b"), (0.7, 0.5, "a")])
def test_the_one_that_is_trusted_more_stands_and_of_equals_the_later(
    three: Database, first: float, second: float, stands: str
) -> None:
    correct(three, correction(1, "a", source="in-place", trust=first))
    correct(three, correction(1, "b", source="plugin", trust=second))
    assert [one.text for one in kept(three)] == [stands]


def test_the_persons_word_stands_against_all_but_their_own(three: Database) -> None:
    decide(three, correct(three, correction(1, "a", decision=Decision.DOUBTFUL)) or 0, Decision.ACCEPTED)
    for source in ("in-place", "plugin"):
        assert correct(three, correction(1, "b", source=source, trust=0.9)) is None
    assert line(three).now == "a"
    correct(three, correction(1, "c", source="explicit", trust=1.0))
    assert [one.text for one in kept(three)] == ["c"]


def test_what_was_accepted_stays_though_the_same_field_is_rewritten_later(three: Database) -> None:
    correct(three, correction(1, "a"))
    correct(three, correction(1, "rewritten", decision=Decision.DOUBTFUL))
    correct(three, correction(1, "rewritten again", decision=Decision.REJECTED))
    assert [one.text for one in kept(three)] == ["a", "rewritten again"]
    assert line(three).now == "a"


def test_what_the_person_has_rejected_is_not_asked_again(three: Database) -> None:
    rejected = correct(three, correction(1, "no", decision=Decision.DOUBTFUL))
    assert rejected is not None
    decide(three, rejected, Decision.REJECTED)
    assert correct(three, correction(1, "no", decision=Decision.DOUBTFUL)) is None
    assert correct(three, correction(1, "no", source="plugin")) is None
    assert correct(three, correction(1, "yes", source="plugin")) is not None
    assert [one.text for one in kept(three)] == ["no", "yes"]


def test_of_a_correction_that_is_withdrawn_nothing_is_left(three: Database) -> None:
    number = correct(three, correction(1, "a"))
    assert number is not None
    for _ in range(2):
        withdraw(three, number)
        assert kept(three) == []
        assert line(three).now == "Utterance 1"


def test_a_correction_of_what_is_not_there_is_refused(three: Database) -> None:
    with pytest.raises(NoSuchUtterance, match="9"):
        correct(three, correction(9))
    with pytest.raises(NoSuchUtterance):
        decide(three, 1, Decision.ACCEPTED)


def test_corrections_are_found_by_what_they_count_for_when_they_were_made_and_whose_they_are(
    three: Database,
) -> None:
    for number, decision in enumerate(Decision, start=1):
        correct(three, replace(correction(number, decision=decision), made_at_seconds=float(number)))
    found = {
        name: [one.utterance for one in read.corrections(three, **chosen) if not isinstance(one, Damage)]  # type: ignore[arg-type]  # each is one of its options
        for name, chosen in {
            "doubtful": {"decision": Decision.DOUBTFUL},
            "late": {"since_seconds": 2.0},
            "third": {"utterance": 3},
        }.items()
    }
    assert found == {"doubtful": [2], "late": [2, 3], "third": [3]}


# ── what training leaves ──────────────────────────────────────────────────────────────────────────


def test_what_was_derived_is_noted_once_of_each_kind(three: Database) -> None:
    for path in ("/a", "/b"):
        mark_derived(three, 1, "mel", path)
    mark_trained(three, "mine", [1, 2])
    mark_trained(three, "mine", [2, 3])
    assert three.connection.execute("SELECT * FROM derived").fetchall() == [(1, "mel", "/b")]
    assert three.connection.execute("SELECT count(*) FROM trained").fetchone() == (3,)
    with pytest.raises(NoSuchUtterance):
        mark_derived(three, 9, "mel", "/c")


def test_a_transaction_that_fails_leaves_nothing_and_the_next_works(three: Database) -> None:
    with suppress(RuntimeError), three.transaction() as connection:
        connection.execute("DELETE FROM utterance")
        raise RuntimeError
    assert len(list(read.lines(three, None))) == 3
    with pytest.raises(JournalError), three.transaction() as connection:
        connection.execute("no SQL")
    with three.transaction() as connection:
        connection.execute("DELETE FROM utterance WHERE id = 1")
    assert not three.connection.in_transaction
