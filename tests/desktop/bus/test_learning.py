"""What sayso learns, as other programs tell it and hear of it, by a client that nobody here wrote."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from tests.desktop.bus.fake_service import FakeService
from tests.desktop.bus.private_bus import PrivateBus
from tests.desktop.bus.test_clients import MIXED, busctl, call, gdbus_error
from tests.desktop.bus.test_telling import LAST, Listener, listening

from sayso.bus import NAME, PATH
from sayso.bus.server import BusServer
from sayso.cli.command_line import execute
from sayso.cli.kept import Kept
from sayso.config import load_settings
from sayso.control import Control
from sayso.errors import (
    Confidential,
    ConfigError,
    JournalError,
    KeyLocked,
    NoSuchUtterance,
    NotLearning,
    SaysoError,
)
from sayso.events import Corrected, Recovered
from sayso.journal import Decision
from sayso.journal.forgetting import What


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize(
    ("method", "told"),
    [
        (("Correct", "ts", "7", f'two\nlines "{MIXED}"'), ("correct", 7, f'two\nlines "{MIXED}"')),
        (("Edited", "tss", "7", MIXED, "neovim"), ("edited", 7, MIXED, "neovim")),
        (("Decide", "ts", "3", "accepted"), ("decide", 3, Decision.ACCEPTED)),
        (("Decide", "ts", "3", "rejected"), ("decide", 3, Decision.REJECTED)),
        (("SetLearning", "b", "true"), ("give_consent", True)),
        (("SetLearning", "b", "false"), ("give_consent", False)),
        (("CopyRecovered",), ("copy_recovered",)),
        (("JournalChanged",), ("journal_changed",)),
    ],
)
def test_each_reaches_the_service_with_what_it_takes(
    bus: PrivateBus, service: FakeService, method: tuple[str, ...], told: tuple[object, ...]
) -> None:
    assert call(bus, *method) == ""
    assert service.learning.told == [told]


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (("600.0", "0", "", "false"), What(last_seconds=600.0)),
        (("0", "7", "", "false"), What(utterance=7)),
        (("0", "0", "Editor", "false"), What(application="Editor")),
        (("0", "0", "", "true"), What(everything=True)),
    ],
)
def test_what_is_to_be_forgotten_reaches_the_service_which_says_how_many_it_had(
    bus: PrivateBus, service: FakeService, arguments: tuple[str, ...], what: What
) -> None:
    assert call(bus, "Forget", "dtsb", *arguments) == "u 3"
    assert service.learning.told == [("forget", what)]


@pytest.mark.usefixtures("server")
def test_learning_from_what_stands_somewhere_is_a_command_like_the_others(
    bus: PrivateBus, service: FakeService
) -> None:
    assert call(bus, "LearnThis") == ""
    assert service.asked == [Control.LEARN]


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize(
    ("error", "name"),
    [
        (NoSuchUtterance("nothing is kept of 7"), "NoSuchUtterance"),
        (Confidential("there is something confidential in it"), "Confidential"),
        (NotLearning("sayso learning on"), "NotLearning"),
        (KeyLocked("the keyring is locked"), "KeyLocked"),
    ],
)
def test_what_cannot_be_corrected_is_refused_by_name_and_with_what_to_do(
    bus: PrivateBus, service: FakeService, error: SaysoError, name: str
) -> None:
    service.learning.refuses["correct"] = error
    said = gdbus_error(bus, "Correct", "7", "x")
    assert f"org.sayso.Error.{name}" in said
    assert str(error) in said


@pytest.mark.usefixtures("server")
def test_an_answer_that_the_settings_have_given_already_is_refused(bus: PrivateBus, service: FakeService) -> None:
    service.learning.refuses["give_consent"] = ConfigError("learning is off in the settings")
    assert "learning is off in the settings" in call(bus, "SetLearning", "b", "true", status=1)


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize("decision", ["doubtful", "perhaps", ""])
def test_a_decision_is_one_of_two_words(bus: PrivateBus, service: FakeService, decision: str) -> None:
    assert "a decision is accepted or rejected" in call(bus, "Decide", "ts", "3", decision, status=1)
    assert service.learning.told == []


@pytest.mark.usefixtures("server")
def test_the_status_and_the_properties_tell_whether_it_learns(bus: PrivateBus, service: FakeService) -> None:
    service.become(learning="asking", teach="yes", recovered=2)
    told = json.loads(busctl(bus, "--json=short", "call", NAME, PATH, NAME, "GetStatus"))["data"][0]
    assert (told["learning"]["data"], told["teach"]["data"]) == ("asking", "yes")
    assert told["recovered"] == {"type": "u", "data": 2}
    assert busctl(bus, "get-property", NAME, PATH, NAME, "Learning") == 's "asking"'
    assert busctl(bus, "get-property", NAME, PATH, NAME, "Teach") == 's "yes"'


def test_what_was_corrected_and_recovered_is_told(
    bus: PrivateBus, service: FakeService, server: BusServer
) -> None:
    heard: list[tuple[str, list[object]]] = []

    async def work(listener: Listener) -> None:
        server.watch(Corrected(7, f"{MIXED}\0", "explicit", is_accepted=True))
        server.watch(Recovered((3, 4)))
        service.become(learning="on", teach="no")
        server.refresh()
        server.watch(LAST)
        await listener.wait_for_last()
        heard.extend(listener.all)

    listening(bus, work)
    assert ("Corrected", [7, MIXED]) in heard
    assert ("Recovered", [2]) in heard
    assert {"Learning": "on", "Teach": "no"} in [
        body[1] for member, body in heard if member == "PropertiesChanged"
    ]


@pytest.mark.usefixtures("server")
def test_who_says_that_the_journal_has_changed_is_answered_when_it_has_been_read(
    bus: PrivateBus, service: FakeService
) -> None:
    service.learning.refuses["journal_changed"] = KeyLocked("the keyring is locked")
    assert "the keyring is locked" in call(bus, "JournalChanged", status=1)


# ── the command line, while a service runs ────────────────────────────────────────────────────────


@pytest.mark.usefixtures("server")
def test_a_plug_in_tells_on_standard_input_what_a_text_has_become(
    service: FakeService, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(f"two\nlines {MIXED}\n".encode())))
    assert execute(["edited", "7", "--plugin", "ed"]) == 0
    assert service.learning.told == [("edited", 7, f"two\nlines {MIXED}", "ed")]
    service.learning.refuses["edited"] = NotLearning("sayso learning on")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"x")))
    assert execute(["edited", "7"]) == 1
    assert capsys.readouterr().err == "sayso: sayso learning on\n"


@pytest.mark.usefixtures("server")
def test_an_answer_on_the_command_line_goes_to_the_service_that_runs(
    service: FakeService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert execute(["learning", "on"]) == 0
    assert service.learning.told == [("give_consent", True)]
    service.learning.refuses["give_consent"] = ConfigError("learning is off in the settings")
    assert execute(["learning", "on"]) == 1
    assert "learning is off in the settings" in capsys.readouterr().err
    assert not (tmp_path / "sayso").exists()  # whoever runs keeps the answer


@pytest.mark.usefixtures("server")
def test_what_is_decided_on_the_command_line_is_decided_by_the_service_that_runs(service: FakeService) -> None:
    kept = Kept(load_settings())
    kept.decide(3, Decision.REJECTED)
    assert service.learning.told == [("decide", 3, Decision.REJECTED)]
    service.learning.refuses["correct"] = Confidential("there is something confidential in it")
    with pytest.raises(JournalError, match="something confidential"):
        kept.correct(7, "x")
