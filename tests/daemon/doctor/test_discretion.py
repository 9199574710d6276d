"""A bug report has nothing private in it, whatever went wrong."""

from __future__ import annotations

import pytest

from sayso.config import load_settings
from sayso.doctor import Finding, Light
from sayso.doctor.discretion import anonymous

SETTINGS = load_settings(
    overrides={
        "engine.model": "~/My Voice/secret model",
        "engine.draft_model": "patient-doe",
        "audio.device": "Alice's headset",
    }
)


@pytest.fixture(autouse=True)
def _person(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/kim")
    monkeypatch.setenv("LOGNAME", "kimberley")
    monkeypatch.setattr("socket.gethostname", lambda: "kims-laptop")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("/home/kim/My Voice/secret model is not a model folder", "<path> is not a model folder"),
        ("~/My Voice/secret model lacks config.json", "<path> lacks config.json"),
        ("/home/kim/settings/config.yaml:3: no such key", "<path>:3: no such key"),
        ("see '/home/kim/thesis/chapter.txt'.", "see '<path>'."),
        ("~/thesis cannot be read", "<path> cannot be read"),
        ("models in /home/kim/.local/share/sayso/models", "models in ~/.local/share/sayso/models"),
        ("chmod 700 ~/.local/state/sayso/spool", "chmod 700 ~/.local/state/sayso/spool"),
        ("/dev/kfd may not be opened", "/dev/kfd may not be opened"),
        ("belongs to kimberley", "belongs to <name>"),
        ("there is no 'Alice's headset'; model 'patient-doe'", "there is no '<name>'; model '<name>'"),
        ("model base on tiny.en", "model base on tiny.en"),
        ("on kims-laptop", "on <name>"),
        ("pactl set-source-mute bluez_input.74_D7_13_E4_27_D8.0 0", "pactl set-source-mute bluez_input.….0 0"),
        (
            "pactl set-default-source alsa_input.usb-X_797-00.mono",
            "pactl set-default-source alsa_input.usb-X_…-00.mono",
        ),
        ("whispercpp/q8_0 and/or 2/3 of it", "whispercpp/q8_0 and/or 2/3 of it"),
        ("curl -LO https://github.com/OpenNMT/x.zip", "curl -LO https://github.com/OpenNMT/x.zip"),
    ],
)
def test_names_of_folders_of_the_person_and_of_the_machine_are_taken_out(said: str, told: str) -> None:
    found = anonymous(Finding(said, Light.RED, said, said, {"seconds": 1.5}), SETTINGS)
    assert (found.part, found.message, found.remedy) == (told, told, told)
    assert (found.light, found.facts) == (Light.RED, {"seconds": 1.5})
