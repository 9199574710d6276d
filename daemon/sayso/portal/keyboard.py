"""A keyboard of the RemoteDesktop portal: the person agrees once, and keysyms are struck on it.

Each call is awaited before the next: the frontend serves every call on a thread of its own, and calls that are
sent together overtake each other.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from typing import Final

from dbus_fast import Variant

from sayso.errors import BusError
from sayso.portal import CLIPBOARD, REMOTE_DESKTOP
from sayso.portal.clipboard import PortalClipboard
from sayso.portal.requests import Denied, Portals, Refused
from sayso.portal.token import TokenFile

KEYBOARD: Final = 1  # of the device types
UNTIL_REVOKED: Final = 2  # of the persist modes
PRESSED, RELEASED = 1, 0

Stroke = tuple[int, ...]
"""Keysyms that are pressed in this order and let go in the other one."""


class Interrupted(BusError):
    """Strokes came to an end before the last.

    Args:
        message: why.
        struck: how many were struck as a whole.
        certain: nothing of the next one was.

    """

    def __init__(self, message: str, struck: int, *, certain: bool) -> None:
        super().__init__(message)
        self.struck = struck
        self.certain = certain


class PortalKeyboard:
    """A keyboard that the person has agreed to. On the thread of the portals' connection alone.

    Args:
        portals: the connection's.
        session: the path of its session.
        clipboard: what was granted with it; None where none was.

    """

    def __init__(self, portals: Portals, session: str, clipboard: PortalClipboard | None) -> None:
        self._portals = portals
        self._session = session
        self.clipboard = clipboard

    async def strike(self, strokes: Sequence[Stroke]) -> None:
        """Strike keys, one after the other.

        Raises:
            Interrupted: the session is over, or the portal does not answer.

        """
        for number, stroke in enumerate(strokes):
            down: list[int] = []
            try:
                for keysym in stroke:
                    await self._notify(keysym, PRESSED)
                    down.append(keysym)
                while down:
                    await self._notify(down[-1], RELEASED)
                    down.pop()
            except BusError as error:
                for keysym in reversed(down):
                    with contextlib.suppress(BusError):
                        await self._notify(keysym, RELEASED)
                is_whole = bool(stroke) and len(down) == len(stroke)  # only a release was refused
                certain = isinstance(error, Refused) and (is_whole or not down)
                raise Interrupted(str(error), number + is_whole, certain=certain) from error

    def end(self) -> None:
        """Give the keyboard back."""
        self._portals.end_session(self._session)

    async def _notify(self, keysym: int, state: int) -> None:
        await self._portals.call(
            REMOTE_DESKTOP, "NotifyKeyboardKeysym", "oa{sv}iu", [self._session, {}, keysym, state]
        )


async def ask_for_keyboard(portals: Portals, token: TokenFile, ended: Callable[[], None]) -> PortalKeyboard:
    """Ask for a keyboard, and a clipboard where there is one; the person is asked unless the token is good.

    Args:
        portals: the connection's.
        token: read, and written anew.
        ended: told that the session is over.

    Raises:
        Denied: the person did not allow it.
        BusError: there is no such portal, or it went away.

    """
    known = token.read()
    if known:
        try:
            return await _start(portals, token, known, ended)
        except Refused:  # it is no longer good, or of another desktop
            token.write("")
    return await _start(portals, token, "", ended)


async def _start(portals: Portals, token: TokenFile, known: str, ended: Callable[[], None]) -> PortalKeyboard:
    session = await portals.create_session(REMOTE_DESKTOP, ended)
    options = {"types": Variant("u", KEYBOARD), "persist_mode": Variant("u", UNTIL_REVOKED)}
    if known:
        options["restore_token"] = Variant("s", known)
    try:
        await portals.request(REMOTE_DESKTOP, "SelectDevices", "oa{sv}", [session], options)
        clipboard = PortalClipboard(portals, session)  # told what is in it as soon as there is one
        portals.listen(session, clipboard.hear)
        with contextlib.suppress(Refused):  # before 1.18 there is none
            await portals.call(CLIPBOARD, "RequestClipboard", "oa{sv}", [session, {}])
        results = await portals.request(REMOTE_DESKTOP, "Start", "osa{sv}", [session, ""], {})
        if not int(results.get("devices", 0)) & KEYBOARD:
            raise Denied("Start: no keyboard was allowed")
    except BaseException:
        portals.end_session(session)
        raise
    token.write(str(results.get("restore_token", "")))
    return PortalKeyboard(portals, session, clipboard if results.get("clipboard_enabled") else None)
