"""A typist at a private ibus-daemon, and what every test of it holds it to at the end."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.desktop.rig.ibus import IBusRig
from tests.desktop.rig.waiting import until
from tests.desktop.rig.windows import TextWindow
from tests.desktop.rig.x11 import X11Rig

from sayso.ibus.windows import XPlaces
from sayso.typist import Target
from sayso.typist.ibus import IBusTypist

Aim = Callable[[TextWindow], Target]


@pytest.fixture
def ibus(x11: X11Rig) -> Iterator[IBusRig]:
    """A private ibus-daemon; programs on the display take text from it."""
    with IBusRig(x11) as rig:
        yield rig


@pytest.fixture
def typist(x11: X11Rig, ibus: IBusRig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[IBusTypist]:
    """A typist, which leaves no thread and no note behind."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    typist = IBusTypist(XPlaces.alone(lambda: x11.display), ibus.address)
    yield typist
    typist.close()
    assert not {thread.name for thread in threading.enumerate()} & {"sayso-focus", "sayso-ibus"}
    assert list(tmp_path.glob("sayso/*")) == []


@pytest.fixture
def aim(typist: IBusTypist) -> Aim:
    """Wait until the typist knows that a window has the focus; that window as a target."""

    def wait(window: TextWindow) -> Target:
        def has_it() -> bool:
            target = typist.target()
            return target is not None and target.key & 0xFFFF_FFFF == window.window_id

        until(has_it, "the typist to see the focus")
        target = typist.target()
        assert target is not None
        return target

    return wait
