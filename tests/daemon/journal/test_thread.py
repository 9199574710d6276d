"""The journal's thread: audio is on disk while it is spoken, what has arrived goes, nothing waits for the disk."""

from __future__ import annotations

import os
import threading
import time
from contextlib import closing, nullcontext
from dataclasses import replace
from pathlib import Path

import pytest
from tests.daemon.journal.spooling import (
    PIECE,
    TEXT,
    Net,
    Told,
    begun,
    hand_over,
    in_file,
    said,
    spoken,
    tone,
    until_on_disk,
)

from sayso.errors import JournalError
from sayso.events import (
    Event,
    ProblemCleared,
    ProblemName,
    TextStands,
    UtteranceDelivered,
    UtteranceDropped,
    UtteranceFailed,
    UtteranceStarted,
    WindowFailed,
)
from sayso.journal import Outcome, Spooled, ingestion, recovery
from sayso.journal.confidential import Found, Kind
from sayso.journal.database import Database
from sayso.journal.forgetting import Forgotten, forget
from sayso.journal.opening import no_journal
from sayso.journal.reading import lines
from sayso.journal.recovery import recover
from sayso.journal.spool import DISCARDED, read_spool
from sayso.journal.thread import JournalThread

# ── what becomes of it ────────────────────────────────────────────────────────────────────────────


def test_the_audio_of_an_utterance_in_flight_is_in_the_spool_before_the_next_piece_of_it(net: Net) -> None:
    with net.running() as journal:
        net.key  # noqa: B018  # is there before anybody speaks, as after a first start
        journal.begin(begun(1))
        for pieces in (1, 2):
            journal.hear(1, tone(PIECE))
            until_on_disk(net, 1, pieces * PIECE)


@pytest.mark.parametrize("learns", [False, True])
@pytest.mark.parametrize("end", [UtteranceDelivered(1), UtteranceDropped(1)])
def test_what_has_arrived_or_was_cancelled_leaves_nothing_unless_it_is_learnt_from(
    tmp_path: Path, end: Event, learns: bool
) -> None:
    net = Net(tmp_path, learns=learns)
    assert net.take(*spoken(1, learns=learns), begun(2), (2, tone(100)), end) == []
    assert [path.name for path in net.spooled] == ["2.spool"]
    is_kept = learns and isinstance(end, UtteranceDelivered)
    assert net.kept == ({1: (Outcome.DELIVERED, TEXT, 2 * PIECE)} if is_kept else {})


@pytest.mark.parametrize("how", ["delivered", "learnt", "recovered"])
def test_whoever_takes_a_file_of_the_spool_away_makes_it_unreadable_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    removed: list[bytes] = []
    unlink = Path.unlink

    def note(path: Path, missing_ok: bool = False) -> None:
        if path.suffix == ".spool" and path.exists():
            removed.append(path.read_bytes()[: len(DISCARDED)])
        unlink(path, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", note)
    net = Net(tmp_path, learns=how != "delivered")
    net.key  # noqa: B018  # is there before anybody speaks, as after a first start
    end = [] if how == "recovered" else [UtteranceDelivered(1)]
    net.take(*spoken(1, learns=True), *end)
    if how == "recovered":
        recover(net.state, net.key, lambda _: said(1, TEXT), learns=lambda: True)
    assert net.spooled == []
    assert removed == [DISCARDED]


def test_what_was_learnt_has_all_that_is_known_of_it(learning: Net) -> None:
    stands = TextStands(1, "So it goes", "Editor", 5, 7)
    learning.take(*spoken(1, learns=True), stands, UtteranceDelivered(1))
    (line,) = learning.rows
    assert (line.typed, line.application, line.words, line.model) == ("So it goes", "Editor", 3, "tiny")
    assert line.computing_seconds == 0.25


def test_where_learning_ended_while_one_spoke_nothing_is_kept(learning: Net) -> None:
    learning.learns = False
    learning.take(*spoken(1, learns=True), UtteranceDelivered(1))
    assert (learning.spooled, learning.kept) == ([], {})


def test_text_that_found_no_window_is_kept_and_told_once_it_can_be_read(net: Net) -> None:
    with net.running() as journal:
        hand_over(journal, *spoken(1), UtteranceFailed(1, TEXT, "Gedit"))  # type: ignore[arg-type]
        net.told.wait(1)
        assert net.kept == {1: (Outcome.UNDELIVERED, TEXT, 2 * PIECE)}
    assert net.told.problems == [ProblemName.DICTATION_UNFINISHED]
    assert "sayso history" in net.told.messages[0]
    assert TEXT not in net.told.messages[0]
    assert net.rows[0].application == "Gedit"
    assert net.spooled == []


def test_text_is_kept_though_nothing_was_heard(net: Net) -> None:
    net.take(begun(1), UtteranceFailed(1, "so \ud83d it is", "\udcff"))
    assert net.kept == {1: (Outcome.UNDELIVERED, "so \ud83d it is", 0)}


@pytest.mark.parametrize("end", [UtteranceFailed(1), UtteranceFailed(1, TEXT), UtteranceDelivered(1)])
def test_where_not_all_was_recognised_the_audio_stays_for_a_recovery(net: Net, end: Event) -> None:
    parts = [] if end == UtteranceFailed(1) else [WindowFailed(1)]
    net.take(begun(1), (1, tone(8_000)), *parts, said(1, TEXT), end, UtteranceDropped(1))
    (path,) = net.spooled
    spooled = read_spool(path, net.key.private)
    assert spooled is not None
    assert (len(spooled.audio), spooled.outcome) == (8_000, None)
    assert (spooled.said is None) == bool(parts)
    assert net.told.problems == [ProblemName.DICTATION_UNFINISHED]
    assert "sayso history --recovered" in net.told.messages[0]


def test_an_utterance_of_which_nothing_was_heard_leaves_nothing(net: Net) -> None:
    assert net.take(UtteranceStarted(1, 0), begun(1), UtteranceDelivered(1), begun(2), UtteranceFailed(2)) == []
    assert net.spooled == []


def test_of_what_the_flow_does_not_begin_nothing_is_kept(net: Net) -> None:
    events = [(3, tone(100)), said(3, TEXT), UtteranceFailed(3, TEXT), UtteranceDelivered(4)]
    assert net.take(*events) == []  # type: ignore[arg-type]
    assert (net.spooled, net.kept) == ([], {})


@pytest.mark.parametrize("learns", [False, True])
@pytest.mark.parametrize("end", [UtteranceDelivered(1), UtteranceFailed(1, TEXT)])
def test_what_is_confidential_is_not_kept(
    tmp_path: Path, end: Event, learns: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recovery, "confidential", lambda text: (Found(Kind.CODE, 0, len(text)),))
    net = Net(tmp_path, learns=learns)
    net.take(*spoken(1, learns=learns), end)  # type: ignore[arg-type]
    is_failure = isinstance(end, UtteranceFailed)
    assert net.spooled == []
    assert net.kept == ({1: (Outcome.WITHHELD, "", 0)} if learns or is_failure else {})
    assert ["confidential" in message for message in net.told.messages] == [True] * is_failure


def test_what_cannot_be_judged_counts_as_confidential(
    learning: Net, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(text: str) -> tuple[Found, ...]:
        raise ValueError(text)

    monkeypatch.setattr(recovery, "confidential", fail)
    learning.take(*spoken(1, learns=True), UtteranceDelivered(1))  # type: ignore[arg-type]
    assert learning.kept == {1: (Outcome.WITHHELD, "", 0)}
    assert TEXT not in caplog.text


def test_utterances_are_numbered_after_those_that_are_kept(learning: Net) -> None:
    assert JournalThread(learning.state, learning.told, in_file).first_utterance == 1
    learning.take(*spoken(1, learns=True), UtteranceDelivered(1), begun(2), (2, tone(100)))  # type: ignore[arg-type]
    assert JournalThread(learning.state, learning.told, in_file).first_utterance == 3


def test_a_database_that_was_put_away_leaves_the_numbers_of_its_audio(learning: Net) -> None:
    learning.take(*spoken(1, learns=True), UtteranceDelivered(1))  # type: ignore[arg-type]
    (learning.state / "journal" / "journal.db").unlink()
    Database(learning.state / "journal", learning.key, write=True).close()
    assert JournalThread(learning.state, learning.told, in_file).first_utterance == 2


def test_a_journal_that_is_put_away_while_sayso_runs_is_left_alone_and_a_new_one_begun(learning: Net) -> None:
    journal, old = learning.state / "journal", learning.state / "journal.old"
    with learning.running() as running:
        hand_over(running, *spoken(1, learns=True), UtteranceDelivered(1))  # type: ignore[arg-type]
        until_taken_up(learning)
        first = learning.key
        journal.rename(old)
        hand_over(running, *spoken(2, learns=True), UtteranceDelivered(2))  # type: ignore[arg-type]
        until_taken_up(learning)
    assert learning.kept == {2: (Outcome.DELIVERED, TEXT, 2 * PIECE)}
    assert learning.key.master != first.master
    with closing(Database(old, first, write=False)) as database:
        assert [line.utterance for line in lines(database, None)] == [1]
    assert learning.told.events == []


def until_taken_up(net: Net) -> None:
    deadline = time.monotonic() + 10
    while not (net.state / "journal" / "audio").exists() or net.spooled:
        assert time.monotonic() < deadline
        time.sleep(0.002)  # a folder tells nobody that it is empty


# ── the database ──────────────────────────────────────────────────────────────────────────────────


def test_what_is_asked_of_the_database_is_done_on_one_thread_and_its_errors_are_the_asker_s(net: Net) -> None:
    with net.running() as journal:
        name = journal.ask(lambda _: threading.current_thread().name).result(10)
        assert name == "sayso-journal-database"
        with pytest.raises(ZeroDivisionError):
            journal.ask(lambda _: 1 / 0).result(10)
        with pytest.raises(JournalError, match="cannot be used"):
            journal.ask(lambda database: database.connection.execute("SELECT nonsense")).result(10)
        assert journal.ask(lambda database: database.connection.execute("SELECT 1").fetchone()).result(10) == (1,)


def test_what_is_asked_when_it_is_over_is_refused_and_nobody_waits_for_it(net: Net) -> None:
    with net.running() as journal:
        pass
    with pytest.raises(JournalError, match="leaving"):
        journal.ask(lambda _: None).result(10)


def test_a_database_that_cannot_be_written_is_named_until_it_can_whatever_the_spool_takes(
    learning: Net, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingestion, "AGAIN_SECONDS", 0.05)
    learning.key  # noqa: B018  # it was made before
    blocker = learning.state / "journal" / "journal.db"
    blocker.mkdir()
    with learning.running() as journal:
        hand_over(journal, *spoken(1, learns=True), UtteranceDelivered(1))  # type: ignore[arg-type]
        learning.told.wait(1)
        hand_over(journal, begun(2), (2, tone(PIECE)))
        until_on_disk(learning, 2, PIECE)
        assert learning.told.problems == [ProblemName.STORAGE_FAILED]
        assert learning.told.messages[0].startswith("the journal cannot be written")
        assert len(learning.told.events) == 1
        blocker.rmdir()
        learning.told.wait(2)
    assert learning.told.events[1:] == [ProblemCleared(ProblemName.STORAGE_FAILED)]
    assert learning.kept == {1: (Outcome.DELIVERED, TEXT, 2 * PIECE)}


def test_audio_of_a_database_that_was_lost_is_told_and_stays(learning: Net) -> None:
    learning.take(*spoken(1, learns=True), UtteranceDelivered(1))  # type: ignore[arg-type]
    (learning.state / "journal" / "journal.db").write_bytes(b"")
    audio = learning.state / "journal" / "audio" / "1.flac.sealed"
    os.utime(audio, (0, 0))
    learning.take(*spoken(2, learns=True), UtteranceDelivered(2))  # type: ignore[arg-type]
    assert learning.told.problems == [ProblemName.JOURNAL_DAMAGED]
    assert "1 dictation" in learning.told.messages[0]
    assert audio.exists()


def test_a_number_that_another_sayso_has_taken_is_told_as_that(net: Net) -> None:
    net.key  # noqa: B018  # it was made before
    (net.state / "spool").mkdir()
    (net.state / "spool" / "1.spool").write_bytes(b"of another")
    net.take(begun(1), (1, tone(PIECE)))
    assert net.told.problems == [ProblemName.STORAGE_FAILED]
    assert "another sayso" in net.told.messages[0]
    assert "Free" not in net.told.messages[0]


def test_of_two_utterances_with_one_number_neither_is_lost(learning: Net) -> None:
    learning.take(*spoken(1, learns=True), UtteranceDelivered(1))  # type: ignore[arg-type]
    later = replace(begun(1, learns=True), at_seconds=5_000.0)
    learning.take(later, (1, tone(PIECE)), said(1, "another"), UtteranceDelivered(1))
    assert learning.kept == {1: (Outcome.DELIVERED, TEXT, 2 * PIECE)}
    assert [path.name for path in learning.spooled] == ["1.spool"]


def test_what_is_forgotten_while_its_row_is_made_is_said_to_be_under_way(
    learning: Net, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Forgotten] = []

    def read(path: Path, private: bytes) -> Spooled | None:
        spooled = read_spool(path, private)
        with closing(Database(learning.state / "journal", None, write=True)) as database:
            told.append(forget(database, [1], learning.state / "spool"))
        return spooled

    monkeypatch.setattr(ingestion, "read_spool", read)
    learning.take(*spoken(1, learns=True), UtteranceDelivered(1))  # type: ignore[arg-type]
    assert told == [Forgotten(under_way=1)]
    assert list(learning.kept) == [1]


def test_what_somebody_else_holds_is_left_to_them_and_the_next_start(
    learning: Net, monkeypatch: pytest.MonkeyPatch
) -> None:
    learning.key  # noqa: B018  # it was made before
    monkeypatch.setattr(ingestion, "HELD_SECONDS", 0.01)
    monkeypatch.setattr(ingestion, "held", lambda _: nullcontext(False))
    learning.take(*spoken(1, learns=True), UtteranceDelivered(1))  # type: ignore[arg-type]
    assert (learning.kept, [path.name for path in learning.spooled]) == ({}, ["1.spool"])


def test_while_somebody_speaks_no_row_is_made(learning: Net) -> None:
    with learning.running() as journal:
        hand_over(journal, UtteranceStarted(2, 0), *spoken(1, learns=True), UtteranceDelivered(1))  # type: ignore[arg-type]
        journal.ask(lambda _: None).result(10)
        time.sleep(0.1)  # for what must not happen there is no event
        assert [path.name for path in learning.spooled] == ["1.spool"]
        journal.watch(UtteranceDropped(2))
        deadline = time.monotonic() + 10
        while learning.spooled and time.monotonic() < deadline:
            time.sleep(0.005)  # see above
        assert learning.spooled == []
    assert list(learning.kept) == [1]


def test_a_journal_that_keeps_nothing_has_no_thread_and_answers_so() -> None:
    journal = no_journal()
    journal.start()
    hand_over(journal, *spoken(1, learns=True), UtteranceFailed(1, TEXT))  # type: ignore[arg-type]
    assert not [one for one in threading.enumerate() if one.name.startswith("sayso-journal")]
    with pytest.raises(JournalError, match="nothing is kept"):
        journal.ask(lambda _: None).result(0)
    journal.stop()
    assert (journal.first_utterance, journal.recovered) == (1, ())


def test_with_the_safety_net_off_numbers_go_on_and_nothing_is_written(learning: Net) -> None:
    learning.take(*spoken(1, learns=True), UtteranceDelivered(1))  # type: ignore[arg-type]
    told = Told()
    journal = JournalThread(learning.state, told, in_file, learns=lambda: True, keeps=False)
    journal.start()
    hand_over(journal, *spoken(2, learns=True), UtteranceFailed(2, TEXT))  # type: ignore[arg-type]
    journal.stop()
    assert (journal.first_utterance, told.events, learning.spooled) == (2, [], [])
    assert list(learning.kept) == [1]


def test_ending_leaves_no_thread_and_no_open_file(net: Net) -> None:
    def files() -> set[str]:
        return {str(link.readlink()) for link in Path("/proc/self/fd").iterdir() if link.is_symlink()}

    net.take(*spoken(1), UtteranceDelivered(1), *spoken(2), UtteranceFailed(2, TEXT), begun(3), (3, tone(5)))  # type: ignore[arg-type]
    assert not [one for one in threading.enumerate() if one.name.startswith("sayso-")]
    assert not [name for name in files() if str(net.state) in name]
