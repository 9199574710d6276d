"""What every test of the real desktop may ask for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.desktop.rig.pipewire import PipeWireRig
from tests.desktop.rig.pulse import PulseRig
from tests.desktop.rig.sound import SoundRig
from tests.desktop.rig.speech import Speaker


@pytest.fixture
def pulse() -> Iterator[PulseRig]:
    """PulseAudio with a virtual speaker and microphone."""
    with PulseRig() as rig:
        yield rig


@pytest.fixture
def pipewire() -> Iterator[PipeWireRig]:
    """PipeWire with a virtual speaker and microphone."""
    with PipeWireRig() as rig:
        yield rig


@pytest.fixture(params=[PulseRig, PipeWireRig], ids=lambda rig: rig.name)
def sound(request: pytest.FixtureRequest) -> Iterator[SoundRig]:
    """Each sound server in turn."""
    with request.param() as rig:
        yield rig


@pytest.fixture(scope="session")
def speech(tmp_path_factory: pytest.TempPathFactory) -> Speaker:
    """Speak a sentence: `speech("hello")` is the path of a wav file."""
    return Speaker(tmp_path_factory.mktemp("speech"))
