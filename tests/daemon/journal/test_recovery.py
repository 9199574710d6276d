"""What a crash or a failed engine left in the spool is taken up, once, and nothing of it is lost."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.daemon.fakes import ReadingEngine, recording, silence, text_of
from tests.daemon.journal.spooling import PIECE, TEXT, Net, begun, in_file, said, tone

from sayso.audio import Pcm
from sayso.errors import EngineError, KeyLocked, StorageError
from sayso.events import (
    Problem,
    ProblemCleared,
    ProblemName,
    Recovered,
    TextStands,
    UtteranceDelivered,
    UtteranceFailed,
    UtteranceSaid,
    UtteranceStarted,
)
from sayso.journal import Outcome, Spooled, recovering, recovery, spool, writing
from sayso.journal.confidential import Found, Kind
from sayso.journal.database import Database
from sayso.journal.keys import Key
from sayso.journal.numbers import next_number
from sayso.journal.recovery import Taken, completed, recover, take_up, transcriber, unfinished
from sayso.journal.spool import BEGUN, ENDED, SpoolFile, begun_record, ended_record, said_record
from sayso.journal.unsealed import WAV_HEADER

SPEECH = recording([(4, 0.3)])
HEARD = text_of(4)


def transcribe(audio: Pcm) -> UtteranceSaid:
    return transcriber(ReadingEngine(), "en")(audio)


def refuse(audio: Pcm) -> UtteranceSaid:
    raise EngineError("the card is lost")


def read(net: Net, how: recovery.Transcribe = transcribe) -> Taken:
    return recover(net.state, net.key, how, learns=lambda: net.learns)


# ── what becomes of what is there ─────────────────────────────────────────────────────────────────

SAID = said(1, TEXT)
LEARNT = begun(1, learns=True)


@pytest.mark.parametrize(
    ("spooled", "outcome"),
    [
        (Spooled(begun(1), SPEECH), Outcome.RECOVERED),
        (Spooled(begun(1), SPEECH, SAID), Outcome.RECOVERED),
        (Spooled(begun(1), SPEECH, is_whole=False), Outcome.RECOVERED),
        (Spooled(begun(1), SPEECH, SAID, TEXT), None),  # it stood, and only its end was not noted
        (Spooled(LEARNT, SPEECH, SAID, TEXT), Outcome.DELIVERED),
        (Spooled(LEARNT, SPEECH, SAID, TEXT, Outcome.DELIVERED), Outcome.DELIVERED),
        (Spooled(begun(1), SPEECH, SAID, TEXT, Outcome.DELIVERED), None),
        (Spooled(begun(1), SPEECH, None, TEXT, Outcome.UNDELIVERED), Outcome.UNDELIVERED),
        (Spooled(begun(1), SPEECH, None, None, Outcome.WITHHELD), Outcome.WITHHELD),
        (Spooled(begun(1), silence(2.0)), None),  # nobody says a word in it
        (Spooled(begun(1), silence(0.0)), None),
    ],
)
def test_what_becomes_of_an_utterance_follows_from_what_the_spool_has_of_it(
    spooled: Spooled, outcome: Outcome | None
) -> None:
    kept = completed(spooled, transcribe)
    assert (None if kept is None else kept[1]) is outcome


def test_what_was_recognised_is_not_recognised_again() -> None:
    kept = completed(Spooled(begun(1), SPEECH, SAID), refuse)
    assert kept is not None
    assert kept[0].said == SAID


def test_what_turns_out_to_be_confidential_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recovery, "confidential", lambda text: (Found(Kind.CARD, 0, 1),) if HEARD in text else ())
    kept = completed(Spooled(begun(1), SPEECH), transcribe)
    assert kept is not None
    spooled, outcome = kept
    assert (outcome, spooled.said, len(spooled.audio)) == (Outcome.WITHHELD, None, 0)


def test_a_transcript_has_the_times_of_its_words_and_its_text_where_an_engine_knows_none() -> None:
    heard = transcribe(SPEECH)
    assert (heard.typed.insert, heard.steps) == (HEARD, (HEARD,))
    assert [word.text.strip() for word in heard.words] == HEARD.split()
    assert [heard.typed.insert[span.start : span.end].strip() for span in heard.typed.spans] == HEARD.split()
    assert heard.words[0].start_seconds == pytest.approx(0.6)


# ── files ─────────────────────────────────────────────────────────────────────────────────────────

SPEAK_AND_DIE = """
import os, sys
from pathlib import Path
from tests.daemon.fakes import recording
from tests.daemon.journal.spooling import *
from sayso.events import UtteranceFailed
net = Net(Path(sys.argv[1]))
with net.running() as journal:
    hand_over(journal, begun(1), (1, recording([(4, 0.3)])), begun(2), (2, tone(100)), UtteranceFailed(2, "two"))
    net.told.wait(1)  # told when everything before it is on disk
    os.kill(os.getpid(), 9)
"""


def test_what_a_killed_process_left_is_taken_up_by_the_next_one_and_only_once(net: Net) -> None:
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", SPEAK_AND_DIE, str(net.state)], env=env, timeout=60, check=False)
    assert done.returncode == -9
    assert [path.name for path in unfinished(net.state)] == ["1.spool"]
    assert read(net) == Taken((1,))
    assert read(net) == Taken()
    assert net.spooled == []
    assert net.kept == {1: (Outcome.RECOVERED, HEARD, len(SPEECH)), 2: (Outcome.UNDELIVERED, "two", 100)}


def test_what_this_process_or_another_is_writing_is_left_alone(net: Net) -> None:
    with net.running() as journal:
        journal.begin(begun(1))
        journal.hear(1, tone(PIECE))
        journal.begin(begun(2))
        journal.hear(2, SPEECH)
        journal.watch(UtteranceFailed(2))
        net.told.wait(1)
        assert [path.name for path in unfinished(net.state)] == ["2.spool"]
        assert read(net) == Taken((2,))
    assert [path.name for path in net.spooled] == ["1.spool"]


def test_where_the_engine_fails_everything_stays_for_another_time(net: Net) -> None:
    net.take(begun(1), (1, SPEECH), begun(2), (2, SPEECH), said(2, TEXT))
    assert read(net, refuse) == Taken((2,), left=1)
    assert [path.name for path in net.spooled] == ["1.spool"]
    assert read(net) == Taken((1,))
    assert net.kept == {1: (Outcome.RECOVERED, HEARD, len(SPEECH)), 2: (Outcome.RECOVERED, TEXT, len(SPEECH))}


def test_where_the_journal_cannot_be_written_everything_stays(net: Net) -> None:
    net.take(begun(1), (1, SPEECH))

    def keep(spooled: Spooled, outcome: Outcome) -> bool:
        raise StorageError("the disk is full")

    with pytest.raises(StorageError):
        take_up(net.state, net.key.private, keep, transcribe, learns=lambda: True)
    assert [path.name for path in net.spooled] == ["1.spool"]


@pytest.mark.parametrize("learns", [True, False])
def test_what_had_arrived_is_kept_only_if_the_person_says_so_now(net: Net, learns: bool) -> None:
    net.learns = learns
    left = SpoolFile(net.state / "spool", 1)
    left.add(BEGUN, begun_record(begun(1, learns=True)))
    left.add(spool.SAID, said_record(SAID))
    left.add(ENDED, ended_record(Outcome.DELIVERED, TEXT, 0.5, ""))
    left.flush(net.key.public)
    left.close()
    assert read(net, refuse) == Taken()
    assert (list(net.kept), net.spooled) == ([1] if learns else [], [])


def test_a_row_that_was_made_before_the_crash_is_not_made_twice(net: Net) -> None:
    net.learns = True
    net.take(begun(1), (1, SPEECH))
    (path,) = net.spooled
    again = path.read_bytes()
    assert read(net) == Taken((1,))
    path.write_bytes(again)  # as if the power had gone before it was removed
    read(net)
    assert net.kept == {1: (Outcome.RECOVERED, HEARD, len(SPEECH))}
    assert net.spooled == []


def test_a_file_whose_number_another_utterance_has_stays_and_is_named(net: Net) -> None:
    net.take(begun(1), (1, SPEECH))
    (path,) = net.spooled
    with closing(Database(net.state / "journal", net.key, write=True)) as database:
        writing.add(database, Spooled(replace(LEARNT, at_seconds=5.0), SPEECH, SAID), Outcome.DELIVERED)
    taken = read(net)
    assert [damage.utterance for damage in taken.damaged] == [1]
    assert "two sayso" in taken.damaged[0].why
    assert net.spooled == [path]


def test_a_damaged_file_is_named_and_the_others_are_taken_up(net: Net) -> None:
    net.take(begun(1), (1, SPEECH), begun(2), (2, SPEECH))
    first = net.spooled[0]
    data = bytearray(first.read_bytes())
    data[20] ^= 1
    first.write_bytes(data)
    taken = read(net)
    assert (taken.recovered, [damage.utterance for damage in taken.damaged]) == ((2,), [1])
    assert str(first) in taken.damaged[0].where
    assert net.spooled == [first]


@pytest.mark.parametrize("left", [b"", b"sayso box", bytes(4_096)])
def test_what_a_power_cut_left_of_a_file_with_nothing_in_it_goes(net: Net, left: bytes) -> None:
    net.take(begun(2), (2, SPEECH))
    (net.state / "spool" / "1.spool").write_bytes(left)
    (net.state / "spool" / "3.new").write_bytes(b"")
    assert read(net) == Taken((2,))
    assert net.spooled == []


def test_an_empty_file_that_was_not_even_locked_goes_too(net: Net) -> None:
    net.key  # noqa: B018  # there is one
    (net.state / "spool").mkdir()
    (net.state / "spool" / "3.new").write_bytes(b"")
    assert read(net) == Taken()
    assert net.spooled == []


def test_what_older_versions_left_is_taken_up_under_numbers_of_its_own(net: Net) -> None:
    net.take(begun(4), (4, SPEECH))
    spool, older = net.state / "spool", "20260101-120000-7"
    (spool / f"{older}-0001.wav").write_bytes(WAV_HEADER + SPEECH.tobytes())
    (spool / f"{older}-0002.wav").write_bytes(WAV_HEADER + SPEECH.tobytes()[:-1])
    told = '{"time": "2026-01-01T12:00:00+0000", "text": "Zażółć \\ud83d", "app": "Gedit"}'
    (spool / f"{older}-0002.json").write_text(told)
    (spool / f"{older}-0003.json").write_text(told)
    (spool / f"{older}-0004.json").write_text("[]")
    (spool / f"{older}-0005.wav").write_bytes(WAV_HEADER + SPEECH.tobytes())
    (spool / f"{older}-0005.json").write_text('{"text": 1}')
    assert len(unfinished(net.state)) == 6
    taken = read(net)
    assert taken.recovered == (4, 5, 6, 7, 9)
    assert [damage.utterance for damage in taken.damaged] == [8]
    assert [path.name for path in net.spooled] == ["8.json"]
    whole = len(SPEECH)
    assert net.kept == {
        4: (Outcome.RECOVERED, HEARD, whole),
        5: (Outcome.RECOVERED, HEARD, whole),
        6: (Outcome.UNDELIVERED, "Zażółć \ud83d", whole - 1),
        7: (Outcome.UNDELIVERED, "Zażółć \ud83d", 0),
        9: (Outcome.RECOVERED, HEARD, whole),
    }
    assert next_number(net.state) == 10


def test_before_anything_was_dictated_nothing_is_left_and_nothing_is_made(tmp_path: Path) -> None:
    state = tmp_path / "state"
    assert unfinished(state) == ()
    assert recover(state, in_file(tmp_path / "key"), refuse, learns=lambda: True) == Taken()
    assert next_number(state) == 1
    assert not state.exists()


# ── while a service runs ──────────────────────────────────────────────────────────────────────────


def test_a_service_takes_up_what_was_left_when_nobody_speaks_and_tells_of_it(net: Net) -> None:
    net.take(begun(1), (1, SPEECH), begun(2), (2, SPEECH))
    asked = threading.Event()

    def slowly(audio: Pcm) -> UtteranceSaid:
        asked.set()
        return transcribe(audio)

    with net.running() as journal:
        journal.watch(UtteranceStarted(3, 0))
        journal.begin(begun(3))
        journal.ask(lambda _: None).result(10)
        journal.recover(slowly)
        assert not asked.wait(0.2)
        journal.watch(UtteranceDelivered(3))
        net.told.wait(1)
        assert journal.recovered == (1, 2)
    assert net.told.events == [Recovered((1, 2))]
    assert {number: kept[0] for number, kept in net.kept.items()} == dict.fromkeys((1, 2), Outcome.RECOVERED)
    assert net.spooled == []


def test_a_service_gives_what_another_utterance_has_the_number_of_one_that_nobody_has(net: Net) -> None:
    net.take(begun(1), (1, SPEECH), begun(2), (2, SPEECH))
    again = net.spooled[0].read_bytes()
    with closing(Database(net.state / "journal", net.key, write=True)) as database:
        writing.add(database, Spooled(replace(LEARNT, at_seconds=5.0), SPEECH, SAID), Outcome.DELIVERED)
    with net.running() as journal:
        assert journal.first_utterance == 4
        journal.recover(transcribe)
        net.told.wait(1)
    assert net.told.events == [Recovered((3, 2))]
    (net.state / "spool" / "1.spool").write_bytes(again)  # as if the power had gone before it was removed
    read(net)
    assert net.spooled == []
    assert sorted(net.kept) == [1, 2, 3]
    assert net.kept[3] == (Outcome.RECOVERED, HEARD, len(SPEECH))


def test_a_service_that_leaves_does_not_wait_for_all_that_is_left(net: Net) -> None:
    net.take(begun(1), (1, SPEECH), begun(2), (2, SPEECH))
    leaving, asked = threading.Event(), threading.Event()

    def slowly(audio: Pcm) -> UtteranceSaid:
        asked.set()
        assert leaving.wait(10)
        return transcribe(audio)

    with net.running() as journal:
        journal.recover(slowly)
        assert asked.wait(10)
        threading.Timer(0.05, leaving.set).start()
    assert net.told.events[0] == Recovered((1,))
    assert [path.name for path in net.spooled] == ["2.spool"]
    assert net.kept == {1: (Outcome.RECOVERED, HEARD, len(SPEECH))}


def test_a_service_that_cannot_take_it_up_says_why_and_leaves_it(net: Net) -> None:
    net.take(begun(1), (1, SPEECH))
    for path in (net.state / "journal").glob("key*"):
        path.unlink()
    (net.state / "journal" / "key").write_text("00" * 32)
    with net.running() as journal:
        journal.recover(transcribe)
        net.told.wait(1)
    assert [path.name for path in net.spooled] == ["1.spool"]


def test_nothing_that_is_left_keeps_a_service_from_running(net: Net) -> None:
    net.take(begun(1), (1, SPEECH), begun(2), (2, SPEECH))

    def stumble(audio: Pcm) -> UtteranceSaid:
        if net.rows:
            raise ZeroDivisionError("secret words")
        return transcribe(audio)

    with net.running() as journal:
        journal.recover(stumble)
        net.told.wait(2)
        assert journal.recovered == (1,)
    assert net.told.problems == [ProblemName.DICTATION_UNFINISHED]
    assert net.told.messages[0].startswith("2 dictations of an earlier run cannot be taken up yet")
    assert net.told.events[1] == Recovered((1,))
    assert "secret" not in repr(net.told.events)
    assert [path.name for path in net.spooled] == ["2.spool"]


def test_a_keyring_that_is_opened_later_is_waited_for(net: Net, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recovering, "AGAIN_SECONDS", 0.05)
    net.take(begun(1), (1, SPEECH))
    locked = threading.Event()
    locked.set()

    def find(folder: Path) -> Key:
        if locked.is_set():
            raise KeyLocked("the keyring is locked; unlock it")
        return in_file(folder)

    with net.running(find) as journal:
        journal.recover(transcribe)
        net.told.wait(1)
        assert "keyring is locked" in net.told.messages[0]
        locked.clear()
        net.told.wait(3)
    assert [type(event) for event in net.told.events] == [Problem, ProblemCleared, Recovered]
    assert net.kept == {1: (Outcome.RECOVERED, HEARD, len(SPEECH))}


def test_text_that_stood_when_the_process_died_is_not_offered_again(net: Net) -> None:
    net.take(begun(1), (1, SPEECH), said(1, TEXT), TextStands(1, TEXT, "Editor", 1, 1))
    assert read(net) == Taken()
    assert net.kept == {}


def test_audio_is_recovered_to_the_sample(net: Net) -> None:
    net.take(begun(1), (1, SPEECH[:5_000]), (1, SPEECH[5_000:]))
    heard: list[Pcm] = []

    def listen(audio: Pcm) -> UtteranceSaid:
        heard.append(audio)
        return transcribe(audio)

    read(net, listen)
    assert np.array_equal(heard[0], SPEECH)
