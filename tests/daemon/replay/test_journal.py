"""A replay with a journal is kept as if it had been dictated; one without keeps nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.daemon.fakes import Decode, Diary, LoudnessDetector, ReadingEngine, of_type, recording, text_of
from tests.daemon.journal.spooling import Net, in_file

from sayso.config import Settings
from sayso.events import Decoded, UtteranceStarted
from sayso.journal import Outcome
from sayso.journal.thread import JournalThread
from sayso.replay import Pace, replay
from sayso.replay.strokes import OPEN_THROUGHOUT
from sayso.typist.recording import RecordingTypist

AUDIO = recording([(4, 0.8), (3, 0.8)])


def replayed(
    net: Net,
    settings: Settings,
    pace: Pace = Pace.FAST,
    engine: ReadingEngine | None = None,
    *,
    journal: bool = True,
) -> Diary:
    diary = Diary()
    kept = JournalThread(net.state, net.told, in_file, learns=lambda: net.learns) if journal else None
    replay(
        settings,
        engine or ReadingEngine(),
        LoudnessDetector(),
        RecordingTypist(),
        AUDIO,
        OPEN_THROUGHOUT,
        pace,
        diary,
        kept,
    )
    return diary


@pytest.fixture
def net(tmp_path: Path) -> Net:
    return Net(tmp_path / "state", learns=True)


@pytest.mark.parametrize("pace", [Pace.FAST, Pace.CLOCK, Pace.REALTIME])
def test_what_was_replayed_is_in_the_journal_with_its_audio(
    net: Net, default_settings: Settings, pace: Pace
) -> None:
    diary = replayed(net, default_settings, pace)
    assert [(outcome, text.strip()) for outcome, text, _ in net.kept.values()] == [
        (Outcome.DELIVERED, text_of(4)),
        (Outcome.DELIVERED, text_of(3, first=4)),
    ]
    assert all(samples > 16_000 for _, _, samples in net.kept.values())
    assert [line.model for line in net.rows] == ["numbers", "numbers"]
    assert net.spooled == []
    decoded = of_type(diary.events, Decoded)
    assert {one.utterance for one in decoded if one.final} == {1, 2}


def test_the_next_replay_goes_on_with_the_numbers(net: Net, default_settings: Settings) -> None:
    for expected in ([1, 2], [3, 4]):
        diary = replayed(net, default_settings)
        assert [event.utterance for event in of_type(diary.events, UtteranceStarted)] == expected
    assert list(net.kept) == [1, 2, 3, 4]


def test_without_a_journal_nothing_is_kept_and_numbers_begin_at_1(net: Net, default_settings: Settings) -> None:
    replayed(net, default_settings)
    diary = replayed(net, default_settings, journal=False)
    assert [event.utterance for event in of_type(diary.events, UtteranceStarted)] == [1, 2]
    assert list(net.kept) == [1, 2]


def test_where_sayso_does_not_learn_nothing_is_left_of_what_has_arrived(
    net: Net, default_settings: Settings
) -> None:
    net.learns = False
    replayed(net, default_settings)
    assert (net.spooled, net.kept, net.told.events) == ([], {}, [])


def test_what_the_engine_could_not_read_stays_for_a_recovery(net: Net, default_settings: Settings) -> None:
    def fail(decode: Decode) -> None:
        if decode.start_sample > 16_000:
            raise RuntimeError("no memory")

    replayed(net, default_settings, engine=ReadingEngine(before=fail))
    assert list(net.kept) == [1]
    assert [path.name for path in net.spooled] == ["2.spool"]
