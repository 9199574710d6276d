"""IBus's values as they go over its bus: each a structure of its type's name, attachments and its fields."""

from __future__ import annotations

from typing import Any, Final

from dbus_fast import Variant

ENGINE: Final = "sayso"
TEXT, ATTRIBUTES, ATTRIBUTE = "(sa{sv}sv)", "(sa{sv}av)", "(sa{sv}uuuu)"
ENGINE_DESCRIPTION, COMPONENT = "(sa{sv}ssssssssussssssss)", "(sa{sv}ssssssssavav)"
UNDERLINE, SINGLE = 1, 1  # a type of attribute, and a value of it

# How a client's input context describes itself (`src/ibustypes.h`).
CAN_SURROUND: Final = 1 << 5
PURPOSE_PASSWORD, PURPOSE_PIN = 8, 9
HINT_HIDDEN_TEXT = 1 << 12

PREEDIT_CLEAR: Final = 0
"""What was shown and not committed is gone when the focus goes."""

KEY_RELEASED: Final = 1 << 30
"""Of the state of a key event."""


def text(content: str, *, underlined: bool = False) -> Variant:
    """An IBusText."""
    whole = Variant(ATTRIBUTE, ["IBusAttribute", {}, UNDERLINE, SINGLE, 0, len(content)])
    attributes = Variant(ATTRIBUTES, ["IBusAttrList", {}, [whole] if underlined and content else []])
    return Variant(TEXT, ["IBusText", {}, content, attributes])


def content_of(value: Any) -> str | None:
    """What an IBusText says; None where it is none."""
    return _field(value, "IBusText", 2)


def engine_name(value: Any) -> str | None:
    """The name in an IBusEngineDesc; None where it is none."""
    return _field(value, "IBusEngineDesc", 2)


def _field(value: Any, kind: str, index: int) -> str | None:
    while isinstance(value, Variant):
        value = value.value
    if not isinstance(value, list | tuple) or len(value) <= index or value[0] != kind:
        return None
    return value[index] if isinstance(value[index], str) else None


def component() -> Variant:
    """The IBusComponent that offers our engine.

    Its layout is `default`: the keyboard stays as it is.
    """
    described = [ENGINE, "sayso", "Dictation; it is on while text is being typed", "other", "MIT", "sayso", ""]
    layout, rank = "default", 0
    hotkeys, symbol, setup, variant, option, version, domain, icon = "", "", "", "", "", "1", "", ""
    engine = Variant(
        ENGINE_DESCRIPTION,
        [
            *("IBusEngineDesc", {}, *described, layout, rank),
            *(hotkeys, symbol, setup, variant, option, version, domain, icon),
        ],
    )
    name, page, command = "org.freedesktop.IBus.Sayso", "", ""
    facts = [name, "Dictation", "1", "MIT", "sayso", page, command, ""]
    return Variant(COMPONENT, ["IBusComponent", {}, *facts, [], [engine]])


def is_modifier(keyval: int) -> bool:
    """Whether a keysym is a modifier's: Shift to Hyper, and ISO's (`X11/keysymdef.h`)."""
    return 0xFFE1 <= keyval <= 0xFFEE or 0xFE01 <= keyval <= 0xFE0F or keyval in (0xFF7E, 0xFF7F)
