"""The X11 typist where there is no display; with one it is tested in tests/desktop/typing."""

from __future__ import annotations

import socket
import threading
import time

import pytest

from sayso.errors import TypistError
from sayso.events import Edit
from sayso.typist import Target
from sayso.typist.x11 import X11Typist
from sayso.x11.focus import CLOSE_SECONDS


def test_without_a_display_it_waits_for_one_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sayso.x11.focus.RETRY_SECONDS", (3600.0,))
    typist = X11Typist(find_display=lambda: None)
    assert typist.target() is None
    assert "DISPLAY is not set" in str(typist.absence())
    with pytest.raises(TypistError, match="start sayso from the desktop session"):
        typist.type(Edit(0, "plain"), Target(1))
    with pytest.raises(TypistError, match="start sayso from the desktop session"):
        typist.keep("plain")
    closing = threading.Thread(target=typist.close, daemon=True)
    closing.start()
    closing.join(60)
    assert not closing.is_alive(), "it ends without waiting for the next look for a display"
    assert "sayso-focus" not in {thread.name for thread in threading.enumerate()}


def test_a_display_that_nobody_serves_is_named_in_the_message() -> None:
    typist = X11Typist(find_display=lambda: ":98765")
    assert "the X display :98765 cannot be opened" in str(typist.absence())
    assert typist.describe() == "X11, no display"
    typist.close()


FIRST_PORT = 6000  # of display 0


def silent_server() -> tuple[socket.socket, str]:
    """A server that takes connections and says nothing, and the name of the display that it would be."""
    server = socket.create_server(("127.0.0.1", 0))
    return server, f"127.0.0.1:{server.getsockname()[1] - FIRST_PORT}"


def test_a_display_that_does_not_answer_is_said_to_be_absent_and_its_end_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sayso.typist.x11.FIRST_LOOK_SECONDS", 0.2)
    server, name = silent_server()
    typist = X11Typist(find_display=lambda: name)
    told = threading.Event()
    typist.on_focus(told.set)
    assert f"the X display {name} does not answer" in str(typist.absence())
    assert typist.describe() == "X11, no display"
    with pytest.raises(TypistError, match="does not answer"):
        typist.keep("plain")
    server.close()
    assert told.wait(10)
    assert "cannot be opened" in str(typist.absence())
    typist.close()


def test_a_display_that_does_not_answer_does_not_hold_up_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sayso.typist.x11.FIRST_LOOK_SECONDS", 0.2)
    server, name = silent_server()
    typist = X11Typist(find_display=lambda: name)
    [thread] = [thread for thread in threading.enumerate() if thread.name == "sayso-focus"]
    started = time.monotonic()
    typist.close()
    assert time.monotonic() - started < CLOSE_SECONDS + 1
    server.close()
    thread.join(10)
    assert not thread.is_alive()
