"""What is said before the service starts, and when the sound server's library is missing."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

import pytest

from sayso.capture.presence import describe_absence
from sayso.capture.sound_server import load_sound_server


class Without:
    """An import system that lacks one module's C library."""

    def __init__(self, module: str) -> None:
        self._module = module

    def find_spec(self, name: str, *_: Any) -> ModuleType | None:
        """Fail as ctypes and cffi do."""
        if name == self._module:
            raise OSError(f"the library of {name} is not found")
        return None


def hide(monkeypatch: pytest.MonkeyPatch, module: str) -> None:
    """Make importing that module fail."""
    monkeypatch.delitem(sys.modules, module, raising=False)
    monkeypatch.setattr(sys, "meta_path", [Without(module), *sys.meta_path])


def test_without_portaudio_the_absence_is_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    hide(monkeypatch, "sounddevice")
    absence = describe_absence()
    assert absence is not None
    for command in ("apt install libportaudio2", "dnf install portaudio", "pacman -S portaudio"):
        assert command in absence


def test_without_libpulse_there_is_no_sound_server_to_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    hide(monkeypatch, "pulsectl")
    assert load_sound_server() is None
