from __future__ import annotations

import re
import subprocess
import sys

import pytest

from sayso.config.settings import HotkeySettings
from sayso.errors import HotkeyError
from sayso.hotkeys import check, open_hotkeys


def settings(**changed: str) -> HotkeySettings:
    keys = {"backend": "auto", "toggle": "f1", "hold": "f2", "cancel": "f3", "undo": "none"}
    return HotkeySettings(**{**keys, **changed})


def ignore(_what: object) -> None:
    pass


def test_hotkeys_without_a_display_wait_for_one() -> None:
    hotkeys = open_hotkeys(settings(), ignore, ignore, lambda: None)
    assert hotkeys.describe() == {
        "toggle": "f1 (no display to watch it on)",
        "hold": "f2 (no display to watch it on)",
        "cancel": "f3 (no display to watch it on)",
    }
    hotkeys.close()


def test_backend_none_watches_nothing_but_still_checks_the_keys() -> None:
    hotkeys = open_hotkeys(settings(backend="none"), ignore, ignore)
    assert hotkeys.describe() == {}
    hotkeys.close()
    with pytest.raises(HotkeyError, match=r"hotkeys\.hold"):
        open_hotkeys(settings(backend="none", hold="super+"), ignore, ignore)


def test_pynput_that_is_missing_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sayso.hotkeys.pynput_keys.importlib.util.find_spec", lambda _name: None)
    with pytest.raises(HotkeyError, match=r'pip install "sayso\[pynput\]"'):
        open_hotkeys(settings(backend="pynput"), ignore, ignore)


def test_what_cannot_be_opened_is_refused_by_the_check_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sayso.hotkeys.pynput_keys.importlib.util.find_spec", lambda _name: None)
    for unusable in ({"backend": "pynput"}, {"toggle": "f2"}, {"backend": "none", "hold": "super+"}):
        with pytest.raises(HotkeyError) as opened:
            open_hotkeys(settings(**unusable), ignore, ignore)
        with pytest.raises(HotkeyError, match=re.escape(str(opened.value))):
            check(settings(**unusable))
    monkeypatch.setattr("sayso.hotkeys.pynput_keys.importlib.util.find_spec", lambda _name: True)
    with pytest.raises(HotkeyError, match="beyond pynput"):
        check(settings(backend="pynput", toggle="hyper+f1"))
    check(settings(backend="pynput"))
    check(settings(toggle="hyper+f1"))


def test_checking_loads_neither_library() -> None:
    code = (
        "import sys; from sayso import hotkeys; from sayso.config.settings import HotkeySettings\n"
        "keys = HotkeySettings(backend='auto', toggle='f1', hold='f2', cancel='f3', undo='f4')\n"
        "hotkeys.check(keys); sys.exit('Xlib' in sys.modules or 'pynput' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
