"""Where dictation is off, or the focus is in a password field, nothing is typed, told or kept."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.daemon.fakes import Decode, ReadingEngine, of_type, recording, text_of
from tests.daemon.flow_bench import FlowBench, Window
from tests.desktop.rig.waiting import until

from sayso.audio import samples
from sayso.config import Settings
from sayso.events import (
    Committed,
    Decoded,
    HypothesisChanged,
    Problem,
    ProblemName,
    TextStands,
    UtteranceBarred,
    UtteranceDelivered,
    UtteranceDropped,
    UtteranceFailed,
    UtteranceSaid,
    UtteranceStarted,
)
from sayso.profiles import Profile, Profiles
from sayso.typist import Target


class Field(Window):
    """A field of an application, which may want a password."""

    application = "Editor"

    def target(self) -> Target:
        return Target(1, self.application)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


@pytest.fixture
def rest(
    default_settings: Settings, state: Path
) -> Iterator[Callable[[ReadingEngine | None], tuple[FlowBench, Field]]]:
    """Start a flow that types into a field."""
    running: list[FlowBench] = []

    def start(engine: ReadingEngine | None = None) -> tuple[FlowBench, Field]:
        bench = FlowBench(default_settings, state, engine)
        bench.__enter__()
        running.append(bench)
        field = Field()
        bench.flow.replace_typist(field, None, default_settings)
        assert bench.window.closed.wait(10)
        return bench, field

    yield start
    for bench in running:
        bench.__exit__()


def told(bench: FlowBench) -> list[object]:
    return [*of_type(bench.watcher.events, HypothesisChanged), *of_type(bench.watcher.events, Committed)]


def test_where_dictation_is_off_nothing_is_typed_told_or_kept(
    rest: Callable[..., tuple[FlowBench, Field]], state: Path
) -> None:
    on_disk: list[bool] = []
    bench, field = rest(ReadingEngine(before=lambda _: on_disk.append(any((state / "spool").glob("*")))))
    bench.flow.profile.profiles = Profiles({"edit*": Profile(dictation=False)})
    bench.listen()
    bench.source.say(recording([(4, 1.0)]))
    bench.watcher.wait(UtteranceDropped)
    problems = {problem.name: problem.message for problem in of_type(bench.watcher.events, Problem)}
    assert "dictation is off in Editor" in problems[ProblemName.NOT_HERE]
    assert (field.text, told(bench), any(on_disk)) == ("", [], False)
    bench.flow.profile.profiles = Profiles({})
    bench.source.say(recording([(3, 1.0)]))
    bench.watcher.wait(UtteranceDelivered)
    assert field.text == text_of(3)


def test_what_is_said_to_a_password_field_is_neither_typed_told_nor_kept(
    rest: Callable[..., tuple[FlowBench, Field]], state: Path
) -> None:
    bench, field = rest()
    secret = threading.Event()
    secret.set()
    bench.flow._is_secret = lambda _: secret.is_set()
    bench.listen()
    bench.source.say(recording([(4, 1.0)]))
    bench.watcher.wait(UtteranceDropped)
    assert (field.text, told(bench)) == ("", [])
    secret.clear()
    bench.source.say(recording([(3, 1.0)]))
    bench.watcher.wait(UtteranceDelivered)
    assert field.text == text_of(3)


def test_a_focus_that_goes_to_a_password_field_in_mid_sentence_ends_the_typing_and_nothing_is_kept(
    rest: Callable[..., tuple[FlowBench, Field]], state: Path
) -> None:
    bench, field = rest()
    secret = threading.Event()
    bench.flow._is_secret = lambda _: secret.is_set()
    bench.listen()
    audio = recording([(4, 1.0)])
    bench.source.say(audio[: len(audio) // 3])
    bench.watcher.wait(UtteranceStarted)
    secret.set()
    bench.source.say(audio[len(audio) // 3 :])
    bench.watcher.wait(UtteranceDropped)
    assert [problem.name for problem in of_type(bench.watcher.events, Problem)] == [ProblemName.NOT_HERE]
    assert field.text == ""
    bench.flow.journal.stop()
    assert list((state / "spool").glob("*")) == []


def test_what_turns_out_to_be_said_to_a_password_field_is_gone_from_the_disk_while_it_is_still_spoken(
    rest: Callable[..., tuple[FlowBench, Field]], state: Path
) -> None:
    bench, _ = rest()
    secret = threading.Event()
    bench.flow._is_secret = lambda _: secret.is_set()
    bench.listen()
    audio = recording([(40, 1.0)])
    at = len(audio) // 10
    bench.source.say(audio[:at])
    until(lambda: any((state / "spool").glob("*.spool")), "its beginning to be on the disk")
    secret.set()
    while not of_type(bench.watcher.events, UtteranceBarred):
        decodes = len(of_type(bench.watcher.events, Decoded))
        bench.source.say(audio[at : at + samples(1)])
        at += samples(1)
        bench.watcher.wait(Decoded, decodes + 1)
    until(lambda: not any((state / "spool").glob("*")), "nothing to be left of it")
    assert not of_type(bench.watcher.events, UtteranceDropped)
    bench.source.say(audio[at:])
    bench.watcher.wait(UtteranceDropped)
    bench.flow.journal.stop()
    assert list((state / "spool").glob("*")) == []
    bench.flow.journal.stop = lambda: None  # type: ignore[method-assign]  # it has ended


@pytest.mark.parametrize("may_keep", [True, False])
def test_where_the_journal_is_off_those_who_learn_are_told_no_text(
    rest: Callable[..., tuple[FlowBench, Field]], may_keep: bool
) -> None:
    bench, field = rest()
    bench.flow.profile.profiles = Profiles({"Editor": Profile(journal=may_keep)})
    bench.listen()
    bench.source.say(recording([(4, 1.0)]))
    bench.watcher.wait(UtteranceDelivered)
    assert field.text == text_of(4)
    learnt_from = [type(event) for event in of_type(bench.watcher.events, UtteranceSaid | TextStands)]
    assert learnt_from == ([UtteranceSaid, TextStands] if may_keep else [])


def test_where_the_journal_is_off_a_failure_leaves_neither_audio_nor_text(
    rest: Callable[..., tuple[FlowBench, Field]], state: Path
) -> None:
    def fail(_decode: Decode) -> None:
        raise RuntimeError("no memory")

    bench, _ = rest(ReadingEngine(before=fail))
    bench.flow.profile.profiles = Profiles({"Editor": Profile(journal=False)})
    bench.listen()
    bench.source.say(recording([(4, 1.0)]))
    bench.watcher.wait(UtteranceFailed)
    bench.flow.emit(UtteranceFailed(1, "secret words", "Editor"))
    bench.flow.journal.stop()
    assert list((state / "spool").glob("*")) == []
    bench.flow.journal.stop = lambda: None  # type: ignore[method-assign]  # it has ended


@pytest.mark.parametrize("how", [UtteranceFailed(1, "secret words", "Vault"), TextStands(1, "x", "Vault", 1, 1)])
def test_what_went_to_an_application_where_the_journal_is_off_is_not_kept_though_it_was_said_to_another(
    rest: Callable[..., tuple[FlowBench, Field]], state: Path, how: UtteranceFailed | TextStands
) -> None:
    bench, _ = rest()
    bench.flow.profile.profiles = Profiles({"Vault": Profile(journal=False)})
    bench.listen()
    bench.source.say(recording([(4, 1.0)])[:20_000])
    bench.watcher.wait(UtteranceStarted)
    bench.flow.emit(how)
    bench.flow.journal.stop()
    assert list((state / "spool").glob("*")) == []
    bench.flow.journal.stop = lambda: None  # type: ignore[method-assign]  # it has ended


def test_an_application_s_language_and_vocabulary_are_those_of_what_is_said_there(
    rest: Callable[..., tuple[FlowBench, Field]],
) -> None:
    engine = ReadingEngine()
    bench, field = rest(engine)
    bench.flow.profile.profiles = Profiles({"Editor": Profile(language="de", vocabulary=("Zwieback",))})
    bench.listen()
    bench.source.say(recording([(3, 1.0)]))
    bench.watcher.wait(UtteranceDelivered)
    field.application = "Browser"
    bench.source.say(recording([(3, 1.0)]))
    bench.watcher.wait(UtteranceDelivered, 2)
    assert engine.sessions == ["de", "en"]
    assert {decode.vocabulary for decode in engine.decodes} == {("Zwieback",), ()}
