"""The desktop's keyring over the Secret Service (freedesktop.org's API, draft 0.2): GNOME, KWallet, KeePassXC.

Nobody is asked to unlock it and no keyring is made: what needs the key waits for the person to open it as they
always do. It is asked over a connection of its own for each call, because it comes and goes with the session.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

from sayso.errors import JournalError, KeyLocked

if TYPE_CHECKING:
    from jeepney.io.blocking import DBusConnection
    from secretstorage import Item

ANSWER_SECONDS: Final = 5.0  # all that is asked in one call; a keyring of which a prompt is open answers nobody
_SCHEMA: Final = "org.sayso.Journal"
_SERVICE: Final = "org.freedesktop.secrets"

T = TypeVar("T")


class Ring(StrEnum):
    """How a keyring is."""

    ABSENT = "absent"
    LOCKED = "locked"
    OPEN = "open"


class Keyring(Protocol):
    """Where a key may lie beside a person's passwords. Each call may block for `ANSWER_SECONDS`."""

    def look(self) -> Ring:
        """How it is now."""
        ...

    def load(self, name: str) -> bytes | None:
        """The secret of that name; None where it has none.

        Raises:
            KeyLocked: it is locked, or none is there to be asked.

        """
        ...

    def every(self) -> tuple[bytes, ...]:
        """The secrets of all names, in no order; raises as `load` does."""
        ...

    def store(self, name: str, secret: bytes) -> None:
        """Keep a secret under a name.

        Raises:
            KeyLocked: as above.
            JournalError: it refused.

        """
        ...

    def remove(self, name: str) -> None:
        """Forget the secret of that name, if it has it; raises as `load` does."""
        ...


class SecretService:
    """The keyring of the session.

    Args:
        seconds: how long it may take to answer.

    """

    def __init__(self, seconds: float = ANSWER_SECONDS) -> None:
        self._seconds = seconds

    def look(self) -> Ring:
        """How it is now. One that does not run, or has no keyring that outlives the session, counts as none."""

        def ask(connection: DBusConnection) -> Ring:
            import secretstorage  # noqa: PLC0415  # see `_ask`
            from jeepney.bus_messages import message_bus  # noqa: PLC0415
            from jeepney.io.blocking import Proxy  # noqa: PLC0415

            if not Proxy(message_bus, connection).NameHasOwner(_SERVICE)[
                0
            ]:  # some ask questions when they are started
                raise _Nobody("none runs in this session")
            is_locked = secretstorage.Collection(connection).is_locked()  # the default one, which is not made here
            return Ring.LOCKED if is_locked else Ring.OPEN

        try:
            return self._ask(ask)
        except KeyLocked:
            return Ring.LOCKED
        except _Nobody:
            return Ring.ABSENT

    def load(self, name: str) -> bytes | None:
        """See `Keyring`."""

        def ask(connection: DBusConnection) -> bytes | None:
            import secretstorage  # noqa: PLC0415  # see `_ask`

            items = _items(connection, name)
            for item in items:
                if not item.is_locked():
                    return bytes.fromhex(item.get_secret().decode("ascii"))
            if items or secretstorage.Collection(connection).is_locked():  # a locked one need not tell what it has
                raise KeyLocked(_LOCKED)
            return None

        return self._ask_for_good(ask)

    def every(self) -> tuple[bytes, ...]:
        """See `Keyring`."""

        def ask(connection: DBusConnection) -> tuple[bytes, ...]:
            import secretstorage  # noqa: PLC0415  # see `_ask`

            items = _items(connection)
            if any(item.is_locked() for item in items) or (
                not items and secretstorage.Collection(connection).is_locked()
            ):
                raise KeyLocked(_LOCKED)
            return tuple(bytes.fromhex(item.get_secret().decode("ascii")) for item in items)

        return self._ask_for_good(ask)

    def store(self, name: str, secret: bytes) -> None:
        """See `Keyring`."""

        def ask(connection: DBusConnection) -> None:
            import secretstorage  # noqa: PLC0415  # see `_ask`

            # In hexadecimal digits, because keyrings show a secret as text.
            collection = secretstorage.Collection(connection)
            collection.create_item(
                "sayso: key of the journal", _attributes(name), secret.hex().encode(), replace=True
            )

        self._ask_for_good(ask)

    def remove(self, name: str) -> None:
        """See `Keyring`."""

        def ask(connection: DBusConnection) -> None:
            for item in _items(connection, name):
                item.delete()

        self._ask_for_good(ask)

    def _ask_for_good(self, ask: Callable[[DBusConnection], T]) -> T:
        try:
            return self._ask(ask)
        except _Nobody as error:
            raise KeyLocked(f"no keyring can be asked for the journal's key ({error}): {_OPEN_IT}") from error

    def _ask(self, ask: Callable[[DBusConnection], T]) -> T:
        """Ask over a connection of its own. SecretStorage is imported where it is needed: 15 ms of computing."""
        import secretstorage  # noqa: PLC0415
        from jeepney import DBusErrorResponse  # noqa: PLC0415

        try:
            with contextlib.closing(_connect(self._seconds)) as connection:
                return ask(connection)
        except (secretstorage.LockedException, secretstorage.PromptDismissedException) as error:
            raise KeyLocked(_LOCKED) from error
        except TimeoutError as error:
            raise KeyLocked(f"the keyring has not answered within {self._seconds:g} s: {_OPEN_IT}") from error
        except secretstorage.ItemNotFoundException as error:
            raise _Nobody("it has no default keyring") from error
        except (secretstorage.SecretServiceNotAvailableException, OSError) as error:
            raise _Nobody("none runs in this session") from error
        except (DBusErrorResponse, ValueError) as error:  # ValueError: not what was stored
            raise JournalError(
                f"the keyring refused ({type(error).__name__}); see that it works: {_SEE}"
            ) from error


_SEE: Final = "sayso doctor"
_OPEN_IT: Final = "log in, or unlock it with the desktop's program for passwords; nothing is lost until then"
_LOCKED: Final = f"the keyring that has the journal's key is locked: {_OPEN_IT}"


class _Nobody(Exception):
    """There is no such service, or it has no keyring that lasts."""


def _attributes(name: str) -> dict[str, str]:
    return {"xdg:schema": _SCHEMA, "application": "sayso", **({"journal": name} if name else {})}


def _items(connection: DBusConnection, name: str = "") -> list[Item]:
    import secretstorage  # noqa: PLC0415  # see `_ask`

    return list(secretstorage.search_items(connection, _attributes(name)))


def _session_bus() -> str:
    """Where the session bus is, as D-Bus itself finds it; `sayso.bus` is not for the trainer, which comes here."""
    runtime = os.environ.get("XDG_RUNTIME_DIR") or f"/run/user/{os.getuid()}"
    return os.environ.get("DBUS_SESSION_BUS_ADDRESS") or f"unix:path={runtime}/bus"


def _connect(seconds: float) -> DBusConnection:
    """A connection that waits for so long in all, and then raises TimeoutError.

    Raises:
        OSError: there is no such bus.

    """
    from jeepney.bus import get_connectable_addresses  # noqa: PLC0415
    from jeepney.io.blocking import DBusConnection, prep_socket  # noqa: PLC0415

    ends = time.monotonic() + seconds

    class Limited(DBusConnection):  # type: ignore[misc]  # jeepney has no types
        """SecretStorage passes no time limit on, and a prompt may be open for ever."""

        def receive(self, *, timeout: float | None = None) -> Any:
            left = max(0.0, ends - time.monotonic())
            return super().receive(timeout=left if timeout is None else min(left, timeout))

    try:
        address = next(iter(get_connectable_addresses(_session_bus())))
    except (RuntimeError, ValueError, StopIteration) as error:
        raise FileNotFoundError("the session bus has no address that can be used") from error
    return Limited(prep_socket(address, timeout=seconds))
