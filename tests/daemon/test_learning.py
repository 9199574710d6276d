"""What learns, as the service has it: the person's answer, their corrections, and what of it reaches the flow."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.daemon.corrections.collecting import MEANT, WAIT_SECONDS, Gate
from tests.daemon.learning_life import Life
from tests.desktop.rig.waiting import until

from sayso import paths
from sayso.config import load_settings
from sayso.errors import ConfigError, JournalError, NoSuchUtterance, NotLearning
from sayso.events import (
    Corrected,
    LearnAsked,
    LearningAnswered,
    LearningAsked,
    Learnt,
    Problem,
    ProblemCleared,
    ProblemName,
    Recovered,
    UtteranceDelivered,
    UtteranceStarted,
)
from sayso.journal import Decision
from sayso.journal.consent import ASK, Consent
from sayso.journal.database import Database
from sayso.journal.reading import lines


@pytest.fixture(autouse=True)
def _folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("STATE", "DATA", "CONFIG"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name))
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/none")


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    """The first run."""
    with Life(tmp_path) as one:
        yield one


def test_the_person_is_asked_in_the_first_run_and_not_in_the_second(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Life(tmp_path) as first:
        assert first.told.events == [LearningAsked()]
        assert first.learning.standing == "asking"
        assert "Say: sayso learning on, or sayso learning off" in capsys.readouterr().err
    with Life(tmp_path) as second:
        assert second.told.events == []
        assert second.learning.standing == "unanswered"
        assert capsys.readouterr().err == ""


def test_before_a_yes_nothing_is_taken_and_after_it_everything(life: Life) -> None:
    life.dictate(1)
    for refused in (life.learning.correct(1, MEANT), life.learning.edited(1, MEANT, "neovim")):
        with pytest.raises(NotLearning, match="sayso learning on"):
            refused.result(WAIT_SECONDS)
    assert life.learning.teach == "no"
    before = len(life.refreshed)
    life.answer(on=True)
    assert (life.learning.standing, life.told.events[-1]) == ("on", LearningAnswered(on=True))
    assert len(life.refreshed) > before
    assert life.learning.teach == "unknown"
    life.dictate(2)
    assert life.correct(2) is Decision.ACCEPTED
    with pytest.raises(NoSuchUtterance):
        life.correct(1)
    life.answer(on=False)
    assert life.learning.standing == "off"


def test_an_answer_given_where_the_service_is_not_reached_holds_from_the_next_dictation_on(life: Life) -> None:
    life.answer(on=True)
    elsewhere = Consent(paths.learning_file(), ASK)
    for on in (False, True):
        life.refreshed.clear()
        elsewhere.give(on)
        assert life.learning.journal.learns() is on
        life.tell(UtteranceStarted(1, 0))
        until(lambda: bool(life.refreshed), "the bus to look again")
        assert (life.learning.standing, life.learning._fields._is_on) == ("on" if on else "off", on)


def test_where_another_process_has_the_journal_it_is_said_and_nothing_is_kept_or_taken_from_it(
    tmp_path: Path,
) -> None:
    with Life(tmp_path, learning="on") as first:
        first.dictate(1)
        with Life(tmp_path, learning="on") as second:
            (problem,) = second.told.events
            assert isinstance(problem, Problem)
            assert problem.name is ProblemName.STORAGE_FAILED
            assert "neither kept nor learnt from" in problem.message
            assert (second.learning.journal.first_utterance, second.learning.journal.keeps) == (1, False)
            second.dictate(1, "and another thing")
            with pytest.raises(JournalError, match="nothing is kept"):
                second.correct(1)
        assert first.correct(1) is Decision.ACCEPTED
    with Life(tmp_path, learning="on") as third:
        assert third.learning.journal.keeps
        assert third.told.events == []


def test_what_is_seen_to_be_deleted_by_hand_and_is_said_again_teaches_something(tmp_path: Path) -> None:
    with Life(tmp_path, learning="on") as life:
        life.dictate(1)
        life.dictate(2, MEANT)
        life.learning._fields._deleted(1)
        until(lambda: any(isinstance(event, Corrected) for event in life.told.events), "a correction")
        assert Corrected(1, MEANT, "again", is_accepted=True) in life.told.events


def test_the_settings_have_the_last_word(tmp_path: Path) -> None:
    with Life(tmp_path, learning="off") as life:
        assert life.told.events == []
        assert life.learning.standing == "off"
        with pytest.raises(ConfigError, match="learning is off in the settings"):
            life.answer(on=True)
        life.learning.apply(load_settings(None, {"learning": "on"}))
        assert life.learning.standing == "on"
    assert not paths.learning_file().exists()


def test_a_corrected_name_is_known_to_the_flow_at_once_and_in_the_next_run(tmp_path: Path) -> None:
    with Life(tmp_path, learning="on") as life:
        life.dictate(1)
        assert life.correct(1) is Decision.ACCEPTED
        assert life.terms == ["Kubernetes"]
        assert Corrected(1, MEANT, "explicit", is_accepted=True) in life.told.events
    with Life(tmp_path, learning="on") as later:
        until(lambda: later.terms == ["Kubernetes"], "the words of the run before")


def test_what_the_person_points_at_is_learnt(life: Life, capsys: pytest.CaptureFixture[str]) -> None:
    life.answer(on=True)
    life.dictate(1)
    life.dictate(2, "and it was late in the evening")
    until(lambda: life.learning.journal.ask(_count).result(WAIT_SECONDS) == 2, "the journal to have both")
    life.sight.selected = "runs on Kubernetes"
    life.tell(LearnAsked())
    until(lambda: life.terms == ["Kubernetes"], "it to be learnt")
    until(lambda: "learnt from what stands there" in capsys.readouterr().err, "the person to be told")
    assert Corrected(1, MEANT, "learn-this", is_accepted=True) in life.told.events
    until(lambda: Learnt(1) in life.told.events, "everybody to be told")


@pytest.mark.parametrize(
    ("on", "selected", "why"),
    [
        (False, MEANT, "sayso learning on"),
        (True, None, "cannot be read there"),
        (True, "  ", "cannot be read there"),
        (True, "nobody has ever said anything like it", "no recent dictation"),
    ],
)
def test_what_stands_in_the_way_of_learning_is_a_problem_until_the_next_dictation(
    life: Life, on: bool, selected: str | None, why: str
) -> None:
    if on:
        life.answer(on=True)
    life.sight.selected = selected
    life.told.events.clear()
    life.tell(LearnAsked())
    life.told.wait(1)
    (problem,) = life.told.events
    assert isinstance(problem, Problem)
    assert problem.name is ProblemName.NOT_LEARNT
    assert why in problem.message
    life.tell(UtteranceStarted(5, 0))
    assert life.told.events[1:] == [ProblemCleared(ProblemName.NOT_LEARNT)]


def test_what_was_recovered_is_told_counted_and_put_into_the_clipboard(
    life: Life, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(NoSuchUtterance, match="nothing was recovered"):
        life.learning.copy_recovered().result(WAIT_SECONDS)
    life.answer(on=True)
    for number, text in ((1, "the first"), (2, "the second"), (3, "the third")):
        life.dictate(number, text)
    until(lambda: life.learning.journal.ask(_count).result(WAIT_SECONDS) == 3, "the journal to have them")
    life.tell(Recovered((1, 3)))
    assert life.learning.recovered == 2
    assert "2 dictations of an earlier run did not arrive" in capsys.readouterr().err
    life.learning.copy_recovered().result(WAIT_SECONDS)
    assert life.clipboard == ["the first\nthe third"]
    assert life.learning.recovered == 0
    assert life.learning.journal.ask(_shown).result(WAIT_SECONDS) == [1, 3]


def test_a_plug_in_is_answered_before_what_it_told_is_judged(life: Life) -> None:
    life.answer(on=True)
    life.dictate(1)
    life.tell(UtteranceStarted(2, 0))
    life.learning.edited(1, MEANT, "neovim").result(WAIT_SECONDS)
    assert life.terms == []
    life.tell(UtteranceDelivered(2))
    until(lambda: life.terms == ["Kubernetes"], "it to be learnt when nobody speaks")


def test_more_than_anybody_says_at_a_time_is_refused_before_it_waits(life: Life) -> None:
    life.answer(on=True)
    life.dictate(1)
    life.tell(UtteranceStarted(2, 0))
    for refused in (life.learning.correct(1, "x" * 20_001), life.learning.edited(1, "x" * 20_001, "neovim")):
        with pytest.raises(JournalError, match="at most 20000 characters"):
            refused.result(0)


def test_who_says_that_the_journal_has_changed_waits_until_it_is_read_and_with_many_it_is_read_once(
    life: Life,
) -> None:
    life.learning.journal_changed().result(0)  # there is none yet
    life.answer(on=True)
    life.dictate(1)
    assert life.correct(1) is Decision.ACCEPTED
    gate = Gate()
    life.learning.collector.do(gate)
    assert gate.reached.wait(WAIT_SECONDS)
    before, replaced = life.learning.vocabulary.snapshot, []
    life.learning.vocabulary.watch(lambda: replaced.append(True))
    answers = [life.learning.journal_changed() for _ in range(300)]
    life.tell(*[LearnAsked()] * 300)
    assert not any(one.done() for one in answers)
    life.told.events.clear()
    gate.open.set()
    for answer in answers:
        answer.result(WAIT_SECONDS)
    assert replaced == [True]
    assert life.learning.vocabulary.snapshot is not before
    life.learning.collector.do(lambda: None).result(WAIT_SECONDS)
    assert len([one for one in life.told.events if isinstance(one, Problem)]) == 1


def test_what_the_person_has_said_otherwise_already_is_not_called_learnt(
    life: Life, capsys: pytest.CaptureFixture[str]
) -> None:
    life.answer(on=True)
    life.dictate(1)
    assert life.correct(1) is Decision.ACCEPTED
    life.told.events.clear()
    life.sight.selected = "it runs on Cubernetes today"
    life.tell(LearnAsked())
    life.told.wait(1)
    (problem,) = life.told.events
    assert isinstance(problem, Problem)
    assert "you have decided about that dictation already" in problem.message
    assert "learnt from what stands there" not in capsys.readouterr().err
    assert life.terms == ["Kubernetes"]


def _count(database: Database) -> int:
    return len(list(lines(database, None)))


def _shown(database: Database) -> list[int]:
    return [number for (number,) in database.connection.execute("SELECT utterance FROM shown ORDER BY 1")]
