"""What `sayso run` says when it cannot start, or starts something else."""

from __future__ import annotations

import os
import pty
import shutil
import signal
import subprocess
import termios
from pathlib import Path

import pytest
from tests.desktop.bus.private_bus import PrivateBus
from tests.desktop.rig.phrases import LETTER, SAYSO, Phrase, run_sayso, words
from tests.desktop.rig.programs import need
from tests.desktop.rig.pulse import PulseRig
from tests.desktop.rig.saying import say
from tests.desktop.rig.service import OPENED, Service
from tests.desktop.rig.waiting import until

from sayso.cli.editing import PREFIX

CTRL_C = b"\x03"


@pytest.fixture
def env(tmp_path: Path, store: Path) -> dict[str, str]:
    """A home of its own, and nothing that leads to a desktop."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "LC_ALL")}
    return kept | {
        "HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "XDG_RUNTIME_DIR": str(tmp_path),
        "XDG_DATA_HOME": str(store),
        "PULSE_SERVER": f"unix:{tmp_path}/none",
    }


def test_a_model_that_does_not_exist_is_answered_with_the_nearest(env: dict[str, str]) -> None:
    failed = run_sayso(env, "run", "--model", "tinny.en", status=1)
    assert failed.stderr.startswith("sayso: there is no model 'tinny.en'; did you mean 'tiny.en'?")
    assert failed.stdout == ""


def test_what_a_killed_sayso_left_in_an_editor_goes_when_the_service_starts(
    env: dict[str, str], tmp_path: Path
) -> None:
    left = tmp_path / f"{PREFIX}left"
    left.mkdir()
    (left / "dictation 1.txt").write_text("what was said")
    run_sayso(env, "run", "--model", "tinny.en", status=1)
    assert not left.exists()


def test_a_damaged_model_is_refused_with_the_way_to_mend_it(
    env: dict[str, str], store: Path, tmp_path: Path
) -> None:
    shutil.copytree(store, tmp_path / "data")
    weights = tmp_path / "data" / "sayso" / "models" / "tiny.en" / "model.bin"
    with weights.open("r+b") as file:
        file.seek(weights.stat().st_size // 2)
        (byte,) = file.read(1)
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte ^ 1]))
    failed = run_sayso({**env, "XDG_DATA_HOME": str(tmp_path / "data")}, "run", status=1)
    assert f"{weights} is damaged" in failed.stderr
    assert "sayso models rm tiny.en" in failed.stderr
    assert "sayso models import tiny.en" in failed.stderr


def test_a_wrong_setting_is_reported_with_file_line_and_the_nearest(env: dict[str, str], tmp_path: Path) -> None:
    settings = tmp_path / "settings.yaml"
    settings.write_text("mode: toggle\naudio:\n  devcie: default\n")
    failed = run_sayso(env, "run", "--config", settings, status=1)
    assert failed.stderr.startswith("sayso: ~/settings.yaml:3: audio.devcie")
    assert "audio.device" in failed.stderr


def test_without_a_sound_server_the_demo_is_played_to_its_end(env: dict[str, str]) -> None:
    shown = run_sayso(env, "run", "--or-demo")
    first, *rest = shown.stderr.splitlines()
    assert first.startswith("sayso: no microphone: no sound server is running")
    assert first.endswith("Running the demo instead.")
    assert len(words(shown.stdout)) > 20
    assert any("a word stood" in line for line in rest)


def test_without_a_desktop_the_demo_is_played_and_can_be_interrupted(pulse: PulseRig, store: Path) -> None:
    with Service(pulse, store, "--or-demo", ready="a spoken sample") as demo:
        assert "no desktop session" in demo.err
        assert "Running the demo instead." in demo.err
        demo.wait_until(lambda: demo.text != "", "the first words")
        assert demo.end(signal.SIGINT) == 130


def connections_to(bus: PrivateBus) -> int:
    """Ends of connections to a bus, and what listens for them."""
    return Path("/proc/net/unix").read_text().count(str(bus.socket))


def test_ctrl_c_while_the_bus_hangs_gives_the_terminal_back_as_it_was(env: dict[str, str]) -> None:
    setsid = need("setsid", "util-linux")  # Ctrl-C is a signal only on a terminal that controls the program
    ours, theirs = pty.openpty()
    before = termios.tcgetattr(ours)
    # Otherwise the bus is asked for a display first.
    settings = Path(env["XDG_CONFIG_HOME"]) / "sayso" / "config.yaml"
    settings.parent.mkdir(parents=True)
    settings.write_text("typist: {backend: stdout}\nhotkeys: {backend: none}\n")
    with PrivateBus() as bus:
        bus.freeze()
        at_first = connections_to(bus)
        service = subprocess.Popen(
            [setsid, "--ctty", SAYSO, "run"],
            env={**env, "TERM": "xterm", "DBUS_SESSION_BUS_ADDRESS": bus.address},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
        )
        try:
            until(lambda: connections_to(bus) > at_first, "a connection to the bus")
            os.write(ours, CTRL_C)
            assert service.wait(30) == 130
        finally:
            service.kill()
            service.wait(30)
    assert termios.tcgetattr(ours) == before
    assert os.read(ours, 65_536) == b"^C", "not a word, and the cursor was not hidden"
    os.close(ours)
    os.close(theirs)


def test_beside_another_service_of_the_same_person_it_dictates_and_says_that_it_keeps_nothing(
    pulse: PulseRig, store: Path, phrases: dict[str, Phrase], tmp_path: Path
) -> None:
    elsewhere = tmp_path / "run"
    elsewhere.mkdir(mode=0o700)
    with Service(pulse, store, "--mode", "toggle") as first:
        with Service(pulse, store, env={"XDG_RUNTIME_DIR": str(elsewhere)}) as second:
            second.wait_for_line(
                "neither kept nor learnt from", f"process {first.process.pid} (", "has the journal", "End it"
            )
            second.wait_for_line(OPENED)
            say(pulse, phrases[LETTER])
            second.wait_for_words(words(LETTER))
            assert second.spooled == []
        assert first.text == ""
