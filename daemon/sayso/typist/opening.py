"""The session's ways of typing, opened so that all mean the same by a target."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from sayso.desktop import Kind, kind_of_session
from sayso.errors import TypistError
from sayso.portal.held import HeldKeys
from sayso.typist import HERE, OnePlace, Target, Typist, load_typist
from sayso.typist.choosing import IBUS, PORTAL, UINPUT, WLROOTS, X11, ways_of
from sayso.typist.remembered import Remembered
from sayso.typist.session import Proof, SessionTypist, Way, Where
from sayso.typist.windows import Windows

UNSEEN = "the compositor tells nobody which window has the focus, and no application tells assistive technology"


def open_session(
    seen: Windows | None = None,
    proof: Proof | None = None,
    preferred: Callable[[str], str | None] = lambda _: None,
    memory: Path | None = None,
    held: HeldKeys | None = None,
) -> SessionTypist:
    """Open what the session offers: at least its first way, the others when they are needed.

    Args:
        seen: who sees which window has the focus where the compositor tells nobody; None where nobody does.
        proof: who can see whether text arrived; closed with what is returned.
        preferred: the way of typing that the settings name for an application.
        held: knows which hotkeys of the desktop's portal are down, under which typed text would be shortcuts.
        memory: the file in which is kept what worked where.

    Raises:
        TypistError: nothing can be typed in this session; the message says why, way by way.

    """
    names = ways_of(kind_of_session())
    where, ways = _on_x11() if names[0] == X11 else _on_wayland(seen, held)
    return SessionTypist(where, ways, preferred, Remembered(memory), proof)


def open_way(name: str, seen: Windows | None = None, held: HeldKeys | None = None) -> Typist:
    """Open one way alone, which is told of windows where it knows none itself.

    Raises:
        TypistError: there is no such way, or it cannot work here.

    """
    if kind_of_session() is Kind.WAYLAND:
        for way in _blind(seen, held):
            if way.name == name:
                return way.open()
    return load_typist(name)


def _on_x11() -> tuple[Where, list[Way]]:
    from sayso.ibus.windows import XPlaces  # noqa: PLC0415  # X11, which other sessions do not need
    from sayso.typist.ibus import IBusTypist  # noqa: PLC0415  # as above
    from sayso.typist.x11 import X11Typist  # noqa: PLC0415  # as above

    x11 = X11Typist()
    places = XPlaces(x11.focus, x11.on_focus)
    return x11, [Way(X11, lambda: x11, x11), Way(IBUS, lambda: IBusTypist(places))]


def _on_wayland(seen: Windows | None, held: HeldKeys | None) -> tuple[Where, list[Way]]:
    from sayso.typist.wlroots import WlrootsTypist  # noqa: PLC0415  # Wayland, which other sessions do not need

    try:
        wlroots = WlrootsTypist()
    except TypistError as error:
        ways = [Way(WLROOTS, WlrootsTypist, reason=str(error), retry_at=float("inf")), *_blind(seen, held)]
        where = Elsewhere(seen)
        if all(way.reach(time.monotonic()) is None for way in ways[1:]):
            told = "; ".join(f"{way.name}: {way.reason}" for way in ways)
            raise TypistError(f"nothing can be typed in this session: {told}") from error
        return where, ways
    return wlroots, [Way(WLROOTS, lambda: wlroots, wlroots)]


def _blind(seen: Windows | None, held: HeldKeys | None) -> Iterator[Way]:
    """Ways of typing that are told of windows by others, if anybody knows them."""

    places = None if seen is None else SeenPlaces(seen)

    def ibus() -> Typist:
        from sayso.typist.ibus import IBusTypist  # noqa: PLC0415  # opened when it is needed

        return IBusTypist(places)

    def portal() -> Typist:
        from sayso.typist.portal import PortalTypist  # noqa: PLC0415  # as above

        return PortalTypist(seen, held)

    def uinput() -> Typist:
        from sayso.typist.uinput import UinputTypist  # noqa: PLC0415  # as above

        return UinputTypist(windows=seen)

    yield Way(IBUS, ibus)
    yield Way(PORTAL, portal, acknowledges=False)
    yield Way(UINPUT, uinput, acknowledges=False)


class Elsewhere(OnePlace):
    """The window half of a session of whose windows others tell, or nobody."""

    def __init__(self, seen: Windows | None) -> None:
        self._seen = seen

    def target(self) -> Target | None:
        """See `Typist`."""
        return HERE if self._seen is None else self._seen.target()

    def on_focus(self, tell: Callable[[], None]) -> None:
        """See `Typist`."""
        if self._seen is not None:
            self._seen.on_focus(tell)

    def absence(self) -> str | None:
        """See `Typist`."""
        return None if self._seen is None else self._seen.absence()

    def describe(self) -> str:
        """See `Typist`."""
        return "Wayland" if self._seen is not None else f"Wayland; {UNSEEN}: text goes to whichever has it"

    def go_to(self, target: Target) -> None:
        """See `Typist`."""
        raise TypistError("this compositor lets no program move the focus")


class SeenPlaces:
    """Windows that others tell of, as `sayso.ibus.windows.Places`."""

    def __init__(self, seen: Windows) -> None:
        self._seen = seen
        self._last: Target | None = None
        self._since = time.monotonic()
        seen.on_focus(self._moved)

    def _moved(self) -> None:
        target = self._seen.target()
        if target != self._last:
            self._last, self._since = target, time.monotonic()

    def target(self) -> Target | None:
        """See `Places`."""
        return self._seen.target()

    def absence(self) -> str | None:
        """See `Places`: what cannot be seen has no target."""
        return None

    def on_focus(self, tell: Callable[[], None]) -> None:
        """See `Places`."""
        self._seen.on_focus(tell)

    def focused_since(self) -> float:
        """See `Places`."""
        return self._since

    @contextlib.contextmanager
    def held(self, target: Target) -> Iterator[None]:
        """See `Places`; nobody can keep the focus there, so it is looked at last."""
        self._seen.check(target)
        yield

    def close(self) -> None:
        """See `Places`."""
