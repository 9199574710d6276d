"""A typist on the private display, and what every test of it holds it to at the end."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from tests.desktop.rig.waiting import until
from tests.desktop.rig.windows import TextWindow
from tests.desktop.rig.x11 import X11Rig
from tests.desktop.typing.bare_window import BareWindow

from sayso.typist import Target
from sayso.typist.x11 import X11Typist

SAMPLE = "é ש — 😀"
MIXED = "Hello, (world)! Straße, façade, naïve — “quoted” שלום עולם 日本語 👍🏽 x_y=1 €5 "

Aim = Callable[[TextWindow | BareWindow], Target]


@pytest.fixture
def typist(x11: X11Rig) -> Iterator[X11Typist]:
    """A typist, which leaves no thread behind."""
    typist = X11Typist(find_display=lambda: x11.display)
    yield typist
    typist.close()
    assert not {thread.name for thread in threading.enumerate()} & {"sayso-focus", "sayso-clipboard"}


@pytest.fixture
def aim(typist: X11Typist) -> Aim:
    """Wait until the typist knows that a window has the focus; that window as a target."""

    def wait(window: TextWindow | BareWindow) -> Target:
        def has_it() -> bool:
            target = typist.target()
            return target is not None and target.key & 0xFFFF_FFFF == window.window_id

        until(has_it, "the typist to see the focus")
        target = typist.target()
        assert target is not None
        return target

    return wait
