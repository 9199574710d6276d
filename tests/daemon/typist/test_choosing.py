"""A session's ways of typing, best first."""

from __future__ import annotations

from sayso.desktop import Kind
from sayso.typist.choosing import IBUS, ON_WAYLAND, ON_X11, UINPUT, WLROOTS, X11, ways_of


def test_on_wayland_what_knows_the_window_comes_first_and_what_strikes_blindly_last() -> None:
    ways = ways_of(Kind.WAYLAND)
    assert ways == ON_WAYLAND
    assert (ways[0], ways[-1]) == (WLROOTS, UINPUT)


def test_on_x11_and_before_there_is_a_session_the_x_server_is_asked_first() -> None:
    assert ways_of(Kind.X11) == ways_of(None) == ON_X11 == (X11, IBUS)
