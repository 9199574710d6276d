from __future__ import annotations

import subprocess
import sys

import pytest

from sayso.config.kinds import Hotkey, Scalar
from sayso.config.settings import HotkeySettings
from sayso.errors import HotkeyError
from sayso.hotkeys import check, open_hotkeys

BACKENDS = ["auto", "x11", "pynput"]


def settings(backend: str = "auto", **changed: str) -> HotkeySettings:
    keys = {"toggle": "f1", "hold": "f2", "cancel": "f3", "undo": "none", **changed}
    return HotkeySettings(backend, **{action: Hotkey().parse(Scalar(text)) for action, text in keys.items()})


def ignore(_what: object) -> None:
    pass


@pytest.mark.parametrize("backend", BACKENDS)
def test_hotkeys_without_a_display_wait_for_one(backend: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sayso.hotkeys.pynput_keys.importlib.util.find_spec", lambda _name: True)
    hotkeys = open_hotkeys(settings(backend), ignore, ignore, lambda: None)
    assert hotkeys.describe() == {
        "toggle": "f1 (no display to watch it on)",
        "hold": "f2 (no display to watch it on)",
        "cancel": "f3 (no display to watch it on)",
    }
    hotkeys.close()


@pytest.mark.parametrize(
    "nothing",
    [settings("none"), *(settings(backend, toggle="none", hold="none", cancel="none") for backend in BACKENDS)],
)
def test_backend_none_and_keys_that_are_all_none_watch_nothing(nothing: HotkeySettings) -> None:
    hotkeys = open_hotkeys(nothing, ignore, ignore)
    assert hotkeys.describe() == {}
    hotkeys.close()


def refusals(unusable: HotkeySettings) -> set[str]:
    """What opening says, and what the check does."""
    with pytest.raises(HotkeyError) as opened:
        open_hotkeys(unusable, ignore, ignore)
    with pytest.raises(HotkeyError) as checked:
        check(unusable)
    return {str(opened.value), str(checked.value)}


def test_pynput_that_is_missing_is_named_with_its_extra_and_by_the_check_as_well(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sayso.hotkeys.pynput_keys.importlib.util.find_spec", lambda _name: None)
    assert refusals(settings("pynput")) == {
        'hotkeys.backend: pynput is not installed; pip install "sayso[pynput]", or set it to x11'
    }
    check(settings("x11"))


def test_a_key_beyond_pynput_is_refused_by_the_check_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sayso.hotkeys.pynput_keys.importlib.util.find_spec", lambda _name: True)
    assert refusals(settings("pynput", toggle="hyper+f1")) == {
        "hotkeys.toggle: 'hyper+f1' is beyond pynput; choose another key, or hotkeys.backend: x11"
    }
    check(settings("pynput"))
    check(settings(toggle="hyper+f1"))


def test_checking_loads_neither_library() -> None:
    code = (
        "import sys; from sayso import hotkeys; from sayso.config.chords import parse_chord\n"
        "from sayso.config.settings import HotkeySettings\n"
        "keys = HotkeySettings('auto', *map(parse_chord, ('f1', 'f2', 'f3', 'f4')))\n"
        "hotkeys.check(keys); sys.exit('Xlib' in sys.modules or 'pynput' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
