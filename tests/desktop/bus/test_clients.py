"""The interface, by clients that nobody here wrote."""

from __future__ import annotations

import json
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest
from tests.desktop.bus.fake_service import FakeService
from tests.desktop.bus.private_bus import CALL_SECONDS, PrivateBus
from tests.desktop.rig.programs import SYSTEM_PYTHON, need, need_file
from tests.desktop.rig.waiting import until

from sayso.bus import NAME, PATH
from sayso.bus.server import BusServer
from sayso.control import Control
from sayso.events import (
    Committed,
    Edit,
    HypothesisChanged,
    ListeningChanged,
    Problem,
    ProblemName,
    UtteranceFinished,
)

MIXED = "é ש — 😀 日本語"
MEMBERS = """
    method Start - -            method Stop - -              method Toggle - -          method Cancel - -
    method Undo - -             method StartNote - -         method StopNote - s        method Correct ts -
    method TranscribeFile sa{sv} t                           method Reload - -          method GetStatus - a{sv}
    property State s            property Engine s            property Model s           property Device s
    property Version s          property Level d             property Learning s       property Teach s
    method Edited tss -         method Decide ts -           method LearnThis - -      method SetLearning b -
    method CopyRecovered - -    method JournalChanged - -    method Forget dtsb u   signal Recovered u
    signal Learnt u
    method TypeHere - -    method GoBack - -    method Copy - -
    signal StateChanged s  signal HypothesisChanged tss  signal Committed ts  signal UtteranceFinished tsd
    signal JobFinished tss      signal Corrected ts          signal ModelChanged s      signal Problem ss
"""


def busctl(bus: PrivateBus, *arguments: str, status: int = 0) -> str:
    program = need("busctl", "systemd")
    return bus.run(program, "--user", *arguments, status=status).rstrip("\n")


def call(bus: PrivateBus, *method: str, status: int = 0) -> str:
    return busctl(bus, "call", NAME, PATH, NAME, *method, status=status)


def gdbus(bus: PrivateBus, *arguments: str, status: int = 0) -> str:
    program = need("gdbus", "libglib2.0-bin")
    return bus.run(program, *arguments, status=status).rstrip("\n")


@pytest.mark.usefixtures("server")
def test_busctl_sees_every_member_with_its_types(bus: PrivateBus) -> None:
    seen = set()
    for line in busctl(bus, "introspect", NAME, PATH, NAME).splitlines()[1:]:
        name, kind, signature, result = line.split()[:4]
        seen.add((kind, name.lstrip("."), signature, *([result] if kind == "method" else [])))
    words = MEMBERS.split()
    expected = set()
    while words:
        count = 4 if words[0] == "method" else 3
        expected.add(tuple(words[:count]))
        del words[:count]
    assert seen == expected


def test_every_member_is_described() -> None:
    described = (Path(__file__).parents[3] / "docs" / "dbus.md").read_text()
    kinds = ("method", "property", "signal")
    names = [name for kind, name in pairwise(MEMBERS.split()) if kind in kinds]
    assert [name for name in names if f"`{name}`" not in described] == []
    assert len(names) > 30


@pytest.mark.usefixtures("server")
def test_introspection_tells_argument_names_and_which_properties_announce_changes(bus: PrivateBus) -> None:
    xml = gdbus(bus, "introspect", "--session", "--dest", NAME, "--object-path", PATH, "--xml")
    assert xml.count('EmitsChangedSignal" value="true"') == 6
    assert xml.count('EmitsChangedSignal" value="const"') == 1
    assert xml.count('EmitsChangedSignal" value="false"') == 1
    for name in ("stable", "unstable", "speech_end_seconds", "utterance"):
        assert f'name="{name}"' in xml


@pytest.mark.usefixtures("server")
def test_busctl_reads_properties_and_the_status(bus: PrivateBus) -> None:
    assert busctl(bus, "get-property", NAME, PATH, NAME, "State") == 's "idle"'
    assert busctl(bus, "get-property", NAME, PATH, NAME, "Level") == "d -120"
    told = json.loads(busctl(bus, "--json=short", "call", NAME, PATH, NAME, "GetStatus"))["data"][0]
    assert told["microphone"] == {"type": "s", "data": "Mikrofon — é ש"}
    assert told["hotkeys"]["data"]["hold"] == "taken by another program"


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize("member", ["Start", "Stop", "Toggle", "Cancel", "Undo", "Reload", "Copy"])
def test_each_request_reaches_the_service(bus: PrivateBus, service: FakeService, member: str) -> None:
    assert call(bus, member) == ""
    assert service.asked == [Control(member.lower())]


@pytest.mark.usefixtures("server")
def test_what_waits_for_its_window_can_be_sent_for(bus: PrivateBus, service: FakeService) -> None:
    assert (call(bus, "TypeHere"), call(bus, "GoBack")) == ("", "")
    assert service.asked == [Control.HERE, Control.BACK]


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize("method", [["StartNote"], ["StopNote"], ["TranscribeFile", "/x", "{}"]])
def test_what_is_not_there_yet_says_so_and_what_to_use_meanwhile(bus: PrivateBus, method: list[str]) -> None:
    said = gdbus_error(bus, *method)
    assert "org.sayso.Error.NotYet" in said
    assert "not there yet" in said
    assert "sayso transcribe FILE" in said


def gdbus_error(bus: PrivateBus, method: str, *arguments: str) -> str:
    target = ["call", "--session", "--dest", NAME, "--object-path", PATH]
    return gdbus(bus, *target, "--method", f"{NAME}.{method}", *arguments, status=1)


@pytest.mark.parametrize(
    ("method", "message"),
    [
        (["Start", "s", "x"], 'org.sayso.Dictation1.Start with signature "s" could not be found'),
        (["Correct", "ss", "1", "x"], 'org.sayso.Dictation1.Correct with signature "ss" could not be found'),
        (["Dictate"], 'org.sayso.Dictation1.Dictate with signature "" could not be found'),
    ],
)
@pytest.mark.usefixtures("server")
def test_a_wrong_call_gets_an_error_that_names_it_and_the_service_lives(
    bus: PrivateBus, method: list[str], message: str
) -> None:
    assert message in call(bus, *method, status=1)
    assert call(bus, "GetStatus")


@pytest.mark.usefixtures("server")
def test_wrong_objects_interfaces_and_properties_get_errors_and_the_service_lives(bus: PrivateBus) -> None:
    busctl(bus, "call", NAME, "/org/sayso", NAME, "Start", status=1)
    busctl(bus, "call", NAME, PATH, "org.sayso.Other", "Start", status=1)
    busctl(bus, "get-property", NAME, PATH, NAME, "Mood", status=1)
    assert "readonly" in busctl(bus, "set-property", NAME, PATH, NAME, "State", "s", "idle", status=1)
    properties = "org.freedesktop.DBus.Properties"
    busctl(bus, "call", NAME, PATH, properties, "Get", "s", NAME, status=1)
    assert call(bus, "GetStatus")


def test_busctl_monitors_signals(bus: PrivateBus, server: BusServer) -> None:
    program = need("busctl", "systemd")
    monitor = subprocess.Popen(
        [program, "--user", "--json=short", "--match", f"type='signal',interface='{NAME}'", "monitor"],
        env=bus.env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert monitor.stdout is not None
    assert monitor.stderr is not None
    try:
        assert "Monitoring" in monitor.stderr.readline()
        server.watch(Committed(7, Edit(0, MIXED)))
        heard = json.loads(monitor.stdout.readline())
    finally:
        monitor.terminate()
        monitor.communicate(timeout=CALL_SECONDS)
    assert (heard["member"], heard["payload"]["data"]) == ("Committed", [7, MIXED])


def test_gdbus_monitors_signals(bus: PrivateBus, server: BusServer, tmp_path: Path) -> None:
    program, heard = need("gdbus", "libglib2.0-bin"), tmp_path / "heard"
    with heard.open("wb") as output:
        monitor = subprocess.Popen([program, "monitor", "--session", "--dest", NAME], env=bus.env, stdout=output)

    def is_heard() -> bool:  # gdbus does not say from when on it listens
        server.watch(HypothesisChanged(7, MIXED, "…"))
        return f"HypothesisChanged (uint64 7, '{MIXED}', '…')" in heard.read_text()

    try:
        until(is_heard, "gdbus to hear a signal")
    finally:
        monitor.terminate()
        monitor.wait(CALL_SECONDS)


def test_pydbus_calls_reads_and_hears_everything(bus: PrivateBus, server: BusServer, service: FakeService) -> None:
    need_file("python3/dist-packages/pydbus", "python3-pydbus")
    script = __file__.replace("test_clients", "pydbus_client")
    client = subprocess.Popen(
        [SYSTEM_PYTHON, script, "UtteranceFinished"], env=bus.env, stdout=subprocess.PIPE, text=True
    )
    assert client.stdout is not None
    told = []
    for line in client.stdout:
        told.append(json.loads(line))
        # The answer to Start and the signal are on their way side by side; the client leaves at the last signal.
        if ["listening", True] in told and ["StateChanged", ["listening"]] in told:
            break
    service.become(model="base")
    server.refresh()
    server.watch(HypothesisChanged(1, MIXED, "tail"))
    server.watch(Committed(1, Edit(0, MIXED)))
    server.watch(Problem(ProblemName.MICROPHONE_LOST, "a\0b"))
    server.watch(ListeningChanged(False))
    server.watch(UtteranceFinished(1, Edit(0, "."), f"{MIXED}.", 1.5, 0))
    told += [json.loads(line) for line in client.stdout]  # communicate() would not see what is read ahead
    assert client.wait(CALL_SECONDS) == 0
    client.stdout.close()
    assert told[:6] == [
        ["State", "idle"],
        ["Engine", "ctranslate2"],
        ["Model", "tiny.en"],
        ["Device", "cpu"],
        ["Version", "0.1.0"],
        ["Level", -120.0],
    ]
    status = dict(told[6][1])
    assert (status["state"], status["held"], status["problems"]) == ("idle", 0, {})
    assert ["State", "listening"] in told
    assert any(what == "StopNote" and "NotYet" in value for what, value in told)
    for heard in (
        ["StateChanged", ["listening"]],
        ["PropertiesChanged", {"State": "listening"}],
        ["PropertiesChanged", {"Model": "base"}],
        ["ModelChanged", ["base"]],
        ["HypothesisChanged", [1, MIXED, "tail"]],
        ["Committed", [1, MIXED]],
        ["Problem", ["microphone-lost", "ab"]],
        ["UtteranceFinished", [1, f"{MIXED}.", 1.5]],
    ):
        assert heard in told, told
