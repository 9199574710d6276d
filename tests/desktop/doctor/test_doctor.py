"""The whole doctor, as a person runs it: in a session in which everything works, and where nothing does."""

from __future__ import annotations

import json
import subprocess
import threading
from pathlib import Path
from typing import Any

from tests.desktop.bus.private_bus import PrivateBus
from tests.desktop.rig.phrases import SAYSO
from tests.desktop.rig.programs import environment_without_desktop
from tests.desktop.rig.pulse import PulseRig
from tests.desktop.rig.speech import Speaker
from tests.desktop.rig.x11 import X11Rig

SENTENCE = "The quick brown fox jumps over the lazy dog, and then it takes a long rest in the sun."
RED = 2
PATIENCE_SECONDS = 150.0
DESKTOP = ("microphone", "session bus", "typing", "hotkey press")


def doctor(env: dict[str, str], *only: str) -> tuple[int, list[dict[str, Any]]]:
    done = subprocess.run(
        [SAYSO, "doctor", "--json", *only],
        env=env,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert done.stderr == ""
    _machine, *findings = map(json.loads, done.stdout.splitlines())
    return done.returncode, findings


def folders(home: Path, data: Path) -> dict[str, str]:
    return {
        "HOME": str(home),
        "XDG_DATA_HOME": str(data),
        "XDG_STATE_HOME": str(home / "state"),
        "XDG_CONFIG_HOME": str(home / "config"),
    }


def test_in_a_session_in_which_all_is_well_every_part_works(
    x11: X11Rig, pulse: PulseRig, speech: Speaker, store: Path, tmp_path: Path
) -> None:
    wav = speech(SENTENCE)
    with PrivateBus() as bus:
        env = {**x11.env, **pulse.env, **folders(tmp_path, store)}
        env |= {"DISPLAY": x11.display, "DBUS_SESSION_BUS_ADDRESS": bus.address}
        over = threading.Event()

        def keep_speaking() -> None:
            while not over.is_set():
                pulse.play(wav)

        speaking = threading.Thread(target=keep_speaking)
        speaking.start()
        try:
            status, findings = doctor(env)
        finally:
            over.set()
            speaking.join()
    by_part = {finding["part"]: finding for finding in findings}
    for part in (*DESKTOP, "storage", "model", "engine ctranslate2 on cpu"):
        assert by_part[part]["light"] == "green", by_part[part]
    assert by_part["microphone"]["facts"]["spoken"] is True
    assert by_part["engine whispercpp on cpu"]["facts"]["errors"] <= 5
    assert status == max(("green", "amber", "red").index(finding["light"]) for finding in findings)
    assert str(tmp_path) not in json.dumps(findings)  # nobody's folders in a bug report


def test_where_there_is_nothing_at_all_each_part_says_what_to_do(store: Path, tmp_path: Path) -> None:
    env = {**environment_without_desktop(), **folders(tmp_path, store), "PULSE_SERVER": "unix:/nowhere"}
    parts = ("storage", "microphone", "typing", "hotkeys", "bus", "units")
    status, findings = doctor(env, "--only", *parts)
    assert status == RED
    by_part = {finding["part"]: finding for finding in findings}
    for part in ("microphone", "session bus"):
        assert by_part[part]["light"] == "red"
    for part in DESKTOP:
        assert by_part[part]["light"] in ("amber", "red")
        assert by_part[part]["remedy"], by_part[part]
