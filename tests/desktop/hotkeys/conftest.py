"""Hotkeys on a private display."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from tests.desktop.hotkeys.asking import Asked, keys
from tests.desktop.hotkeys.keyboards import Keyboard
from tests.desktop.rig.waiting import until
from tests.desktop.rig.x11 import X11Rig
from Xlib import X

from sayso.hotkeys import Hotkeys, open_hotkeys

Open = Callable[..., Hotkeys]


@pytest.fixture
def asked() -> Asked:
    return Asked()


@pytest.fixture
def somewhere(x11: X11Rig) -> Iterator[None]:
    """A window with the focus: the server drops every key while the focus is between two."""
    window = x11.root.create_window(0, 0, 200, 100, 0, X.CopyFromParent)
    window.map()
    x11.eye.sync()
    x11.focus(window.id)
    display = x11.eye
    yield
    if x11.eye is display:  # else it went with its display
        window.destroy()
        display.sync()


@pytest.fixture
def open_keys(x11: X11Rig, somewhere: None, asked: Asked) -> Iterator[Open]:
    """Open hotkeys on the display, with changed settings, and return when they are watched."""
    with ExitStack() as stack:

        def opening(**changed: str) -> Hotkeys:
            hotkeys = open_hotkeys(keys(**changed), asked.ask, asked.report, lambda: x11.display)
            stack.callback(hotkeys.close)
            until(lambda: "no display" not in str(hotkeys.describe()), "the hotkeys to be watched")
            return hotkeys

        yield opening


@pytest.fixture
def hand(x11: X11Rig) -> Iterator[Keyboard]:
    """The keyboard of a person."""
    keyboard = Keyboard(x11.display)
    yield keyboard
    keyboard.close()


@pytest.fixture(params=[True, False], ids=["by-hand", "by-xtest"])
def keyboard(request: pytest.FixtureRequest, x11: X11Rig) -> Iterator[Keyboard]:
    """Each keyboard in turn."""
    keyboard = Keyboard(x11.display, by_hand=request.param)
    yield keyboard
    keyboard.close()
