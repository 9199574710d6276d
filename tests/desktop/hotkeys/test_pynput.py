"""The pynput backend on a real X server."""

from __future__ import annotations

import gc
import importlib.util
from collections.abc import Iterator

import pytest
from tests.desktop.hotkeys.asking import Asked, keys
from tests.desktop.rig.waiting import until
from tests.desktop.rig.x11 import KEY_ALT, KEY_D, KEY_SPACE, KEY_SUPER, X11Rig

from sayso.control import Control
from sayso.hotkeys import Hotkeys, open_hotkeys

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("pynput") is None,
    reason='pynput is missing: pip install "sayso[pynput]" (its evdev needs gcc and kernel headers)',
)


@pytest.fixture
def hotkeys(x11: X11Rig, asked: Asked, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hotkeys]:
    monkeypatch.setenv("DISPLAY", x11.display)
    hotkeys = open_hotkeys(keys(backend="pynput"), asked.ask, asked.report, lambda: x11.display)
    until(lambda: "no display" not in str(hotkeys.describe()), "the keys to be watched")
    yield hotkeys
    hotkeys.close()


@pytest.mark.usefixtures("hotkeys")
def test_keys_ask_once_and_the_hold_lasts_until_the_key_is_up(x11: X11Rig, asked: Asked) -> None:
    strike_until_heard(x11, asked)
    with x11.held(KEY_SUPER, KEY_ALT, KEY_D):
        asked.wait_for(Control.TOGGLE)
        assert asked.is_quiet_for(1.0)
    with x11.held(KEY_SUPER, KEY_ALT, KEY_SPACE):
        asked.wait_for(Control.HOLD)
        x11.key_up(KEY_ALT)
        assert asked.is_quiet_for(1.0)
    asked.wait_for(Control.RELEASE)


@pytest.mark.usefixtures("hotkeys")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # pynput leaves sockets open
def test_a_display_that_dies_ends_the_hold_and_one_that_comes_back_is_found(x11: X11Rig, asked: Asked) -> None:
    strike_until_heard(x11, asked)
    x11.key_down(KEY_SUPER)
    x11.key_down(KEY_ALT)
    x11.key_down(KEY_SPACE)
    asked.wait_for(Control.HOLD)
    x11.kill()
    asked.wait_for(Control.RELEASE)
    x11.restart()
    strike_until_heard(x11, asked)
    gc.collect()  # they are found here, and not in another test


def strike_until_heard(x11: X11Rig, asked: Asked) -> None:
    """Pynput does not say when it listens."""

    def strikes() -> bool:
        x11.press(KEY_SUPER, KEY_ALT, KEY_D)
        return not asked.is_quiet_for(0.2)

    until(strikes, "the hotkeys to be watched")
    asked.controls.clear()
