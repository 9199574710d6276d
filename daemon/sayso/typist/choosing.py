"""Which ways of typing a session offers, in the order in which they are tried. Pure."""

from __future__ import annotations

from sayso.desktop import Kind

X11, WLROOTS, IBUS, PORTAL, UINPUT = "x11", "wlroots", "ibus", "portal", "uinput"

ON_X11 = (X11, IBUS)
"""The X server is grabbed while the focus is looked at and keys are struck, which no other way can; IBus is for a
keyboard that cannot paste."""

ON_WAYLAND = (WLROOTS, IBUS, PORTAL, UINPUT)
"""Those first that know the window or the field; a compositor lacks some, and says so when they are opened."""


def ways_of(kind: Kind | None) -> tuple[str, ...]:
    """The names of the ways, best first; X11's, which waits for a display, where there is no session yet."""
    return ON_WAYLAND if kind is Kind.WAYLAND else ON_X11
