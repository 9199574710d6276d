"""Our engine as ibus-daemon sees it: it asks for one, tells of the field with the focus, and gives it keys."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from dbus_fast import Message, MessageFlag, MessageType, Variant
from dbus_fast.aio import MessageBus

from sayso.ibus import wire
from sayso.ibus.daemon import PROPERTIES
from sayso.ibus.dead_keys import strike

FACTORY_PATH, FACTORY = "/org/freedesktop/IBus/Factory", "org.freedesktop.IBus.Factory"
INTERFACE: Final = "org.freedesktop.IBus.Engine"
ENGINE_PATHS: Final = "/org/freedesktop/IBus/Engine/Sayso"
FAKE: Final = "fake"
"""How the names of clients begin that stand for no field: the daemon's own, and one of each GTK program."""


CONTEXT_EACH: Final = ("gtk2-im", "gtk3-im", "gtk4-im", "gtk-im")
"""How the names of clients begin that have an input context for each field."""

OFFERED: Final = {"FocusId": Variant("b", True), "ActiveSurroundingText": Variant("b", True)}
"""What is told of the engine: it wants to know whose a field is, and what stands in it."""


@dataclass(frozen=True, slots=True)
class Surrounding:
    """What stands around the cursor; clients may tell the paragraph alone.

    Attributes:
        text: there.
        cursor: where in it the cursor is, in characters.
        anchor: where the selection began; the cursor's place where nothing is selected.

    """

    text: str
    cursor: int
    anchor: int

    @property
    def before(self) -> str:
        """What stands before the cursor."""
        return self.text[: self.cursor]

    def near(self, characters: int) -> str:
        """What stands around the cursor, so much on either side at most."""
        return self.text[max(0, self.cursor - characters) : self.cursor + characters]


@dataclass(frozen=True, slots=True)
class Field:
    """The input context that has the focus, as its client describes it.

    Attributes:
        path: its name on the bus: the same for as long as there is this context.
        client: the kind of client, such as `gtk3-im` or `xim`; empty where the daemon does not say it.
        visit: counts how often the focus moved while our engine was on.
        capabilities: what the client can do.
        purpose: what the field is for.
        hints: more about that.
        has_cursor: the client has said where on the screen the cursor is.
        surrounding: what stands around its cursor; None where that is not known.

    """

    path: str
    client: str
    visit: int
    capabilities: int = 0
    purpose: int = 0
    hints: int = 0
    has_cursor: bool = False
    surrounding: Surrounding | None = None

    @property
    def is_real(self) -> bool:
        """Whether it is a field at all; where the client has no name, only one with a cursor is."""
        return not self.client.startswith(FAKE) if self.client else self.has_cursor

    @property
    def has_own_context(self) -> bool:
        """Whether its program has a context for each field; one of others may serve many, as a compositor's."""
        return self.client.startswith(CONTEXT_EACH)

    @property
    def is_secret(self) -> bool:
        """Whether it holds a password."""
        is_hidden = self.hints & wire.HINT_HIDDEN_TEXT  # a private window is no password
        return self.purpose in (wire.PURPOSE_PASSWORD, wire.PURPOSE_PIN) or bool(is_hidden)

    @property
    def is_readable(self) -> bool:
        """Whether its client tells what stands around the cursor."""
        return bool(self.capabilities & wire.CAN_SURROUND)


class Engine:
    """The engine on one connection to the daemon; its thread only, but for `field`, which any may read.

    Args:
        bus: the daemon's.
        on_field: told that `field` is another.
        on_key: told that the person pressed a key.

    Attributes:
        field: where text would go; None where our engine is off.

    """

    def __init__(self, bus: MessageBus, on_field: Callable[[], None], on_key: Callable[[], None]) -> None:
        self.field: Field | None = None
        self._bus = bus
        self._on_field = on_field
        self._on_key = on_key
        self._made = 0
        self._path = ""
        self._visits = 0
        self._dead_key: int | None = None
        self._has_visit = (
            False  # of this engine's path: its first is no move of the focus, but that it was turned on
        )
        self._changed = asyncio.Event()
        self._calls: dict[str, Callable[..., object]] = {
            "FocusInId": self._focus_in,
            "FocusIn": lambda: self._focus_in("", ""),
            "FocusOutId": lambda _: self._focus_out(),
            "FocusOut": self._focus_out,
            "Disable": self._focus_out,
            "SetCapabilities": self._enable,
            "SetCursorLocation": lambda *place: self._place(place),
            "SetSurroundingText": self._surround,
        }
        bus.add_message_handler(self._handle)

    async def change(self) -> None:
        """Wait until the field, or anything about it, is another."""
        await self._changed.wait()

    def name_field(self, path: str) -> None:
        """The field that has the focus is that one: for a daemon that does not say which."""
        if self.field is not None and path:
            self._become(replace(self.field, path=path))

    # ── what it tells the daemon ──────────────────────────────────────────────────────────────────

    def commit(self, text: str) -> None:
        """Put text in at the cursor."""
        self._emit("CommitText", "v", wire.text(text))

    def preedit(self, text: str) -> None:
        """Show text at the cursor that is not certain yet; empty takes it away."""
        shown = wire.text(text, underlined=True)
        self._emit("UpdatePreeditText", "vubu", shown, len(text), bool(text), wire.PREEDIT_CLEAR)

    def delete(self, count: int, behind: int = 0) -> None:
        """Take away characters before the cursor, and before so many that stand between them and it."""
        self._emit("DeleteSurroundingText", "iu", -count - behind, count)

    def ask_surrounding(self, *, again: bool = False) -> None:
        """Have the client tell what stands around the cursor, if that is not what it told last.

        Args:
            again: it has been asked before. Before IBus 1.5.28 the modules of GTK then look only when something
                happens: an empty preedit that is shown and hidden is the least that can.

        """
        self._emit("RequireSurroundingText", "")
        if again and self.field is not None and self.field.client.startswith("gtk"):
            self._emit("ShowPreeditText", "")
            self._emit("HidePreeditText", "")

    def _emit(self, member: str, signature: str, *body: object) -> None:
        self._bus.send(Message.new_signal(self._path, INTERFACE, member, signature, list(body)))

    # ── what the daemon tells it ──────────────────────────────────────────────────────────────────

    def _handle(self, message: Message) -> Message | bool | None:
        if message.message_type is not MessageType.METHOD_CALL or message.path is None:
            return None
        if message.path == FACTORY_PATH and message.member == "CreateEngine":
            return self._create(message)
        if not message.path.startswith(ENGINE_PATHS):
            return None
        if message.interface == PROPERTIES:
            return self._property(message)
        call = self._calls.get(message.member or "")
        is_ours = message.path == self._path  # of an engine before this one nothing counts any more
        if message.member == "ProcessKeyEvent":
            return Message.new_method_return(message, "b", [is_ours and self._is_taken(*message.body)])
        if call is not None and is_ours:
            call(*message.body)
        return _done(message)

    def _create(self, message: Message) -> Message:
        self._made += 1
        self._path = f"{ENGINE_PATHS}/{self._made}"
        self._has_visit = False
        self._dead_key = None
        self._become(None)
        return Message.new_method_return(message, "o", [self._path])

    def _property(self, message: Message) -> Message | bool:
        if message.member == "Set":
            if message.path == self._path and message.signature == "ssv" and message.body[1] == "ContentType":
                purpose, hints = message.body[2].value
                if self.field is not None:
                    self._become(replace(self.field, purpose=purpose, hints=hints))
            return _done(message)
        if message.member == "GetAll":
            return Message.new_method_return(message, "a{sv}", [OFFERED])
        if message.member == "Get" and message.body[1] in OFFERED:
            return Message.new_method_return(message, "v", [OFFERED[message.body[1]]])
        return Message.new_error(
            message, "org.freedesktop.DBus.Error.UnknownProperty", "there is no such property"
        )

    def _is_taken(self, keyval: int, _keycode: int, state: int) -> bool:
        """Take a key; False: the client does with it what it does without any engine."""
        if state & wire.KEY_RELEASED or wire.is_modifier(keyval):
            return False
        struck = strike(self._dead_key, keyval)
        self._dead_key = struck.waiting
        if struck.text:
            self.commit(struck.text)
        if struck.waiting is None:
            self._on_key()
        return struck.is_taken

    def _focus_in(self, path: str, client: str) -> None:
        if self._has_visit:
            self._visits += 1
        self._has_visit = True
        self._become(Field(path, client, self._visits))

    def _focus_out(self) -> None:
        self._become(None)

    def _enable(self, capabilities: int) -> None:
        if self.field is not None:
            self._become(replace(self.field, capabilities=capabilities))
            if self.field.is_readable:
                self.ask_surrounding()  # otherwise a client never tells

    def _place(self, place: tuple[int, ...]) -> None:
        if self.field is not None and any(place):
            self._become(replace(self.field, has_cursor=True))

    def _surround(self, text: Any, cursor: int, anchor: int) -> None:
        content = wire.content_of(text)
        if self.field is not None and content is not None:
            self._become(replace(self.field, surrounding=Surrounding(content, cursor, anchor)))

    def _become(self, field: Field | None) -> None:
        if field == self.field:
            return
        self.field = field
        self._changed.set()
        self._changed = asyncio.Event()
        self._on_field()


def _done(message: Message) -> Message | bool:
    return True if message.flags & MessageFlag.NO_REPLY_EXPECTED else Message.new_method_return(message)


def chunks(text: str, most: int) -> Sequence[str]:
    """A text in pieces of at most so many characters."""
    return [text[at : at + most] for at in range(0, len(text), most)]
