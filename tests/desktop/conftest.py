"""What every test of the real desktop may ask for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.desktop.rig.bus import BusRig
from tests.desktop.rig.phrases import Phrase, run_sayso, speak
from tests.desktop.rig.pipewire import PipeWireRig
from tests.desktop.rig.pulse import PulseRig
from tests.desktop.rig.sound import SoundRig
from tests.desktop.rig.speech import Speaker
from tests.desktop.rig.windows import GtkEntry, GtkTextView, XtermWindow
from tests.desktop.rig.x11 import X11Rig


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
def display() -> Iterator[X11Rig]:
    """A display for all tests together; take `x11`, which tidies up after each."""
    with X11Rig() as rig:
        yield rig


@pytest.fixture
def x11(display: X11Rig) -> Iterator[X11Rig]:
    """A private X display with a window manager, the layout us and no windows."""
    yield display
    display.tidy()


@pytest.fixture
def gtk_entry(x11: X11Rig) -> Iterator[GtkEntry]:
    """A GTK field of one line, with the focus."""
    with GtkEntry(x11) as window:
        yield window


@pytest.fixture
def gtk_view(x11: X11Rig) -> Iterator[GtkTextView]:
    """A GTK field of many lines, with the focus."""
    with GtkTextView(x11) as window:
        yield window


@pytest.fixture
def xterm(x11: X11Rig) -> Iterator[XtermWindow]:
    """A terminal, with the focus."""
    with XtermWindow(x11) as window:
        yield window


@pytest.fixture
def bus() -> Iterator[BusRig]:
    """A private session bus."""
    with BusRig() as rig:
        yield rig


@pytest.fixture(scope="session")
def speech(tmp_path_factory: pytest.TempPathFactory) -> Speaker:
    """Speak a sentence: `speech("hello")` is the path of a wav file."""
    return Speaker(tmp_path_factory.mktemp("speech"))


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """XDG_DATA_HOME with tiny.en in it, for all tests together."""
    data = tmp_path_factory.mktemp("data")
    run_sayso({**os.environ, "XDG_DATA_HOME": str(data)}, "models", "import", "tiny.en")
    return data


@pytest.fixture(scope="session")
def phrases(speech: Speaker, store: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Phrase]:
    """Every phrase, spoken, and heard right offline."""
    home = tmp_path_factory.mktemp("home")
    env = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
    return speak(speech, {**env, "HOME": str(home), "XDG_DATA_HOME": str(store)})
