"""Which way a text goes into a window: pure decisions over what is known of both."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from sayso.errors import Unable
from sayso.wayland.input_method import Field
from sayso.wayland.keyboard import MOST_STROKES
from sayso.wayland.keymap import is_printable
from sayso.wayland.taking_back import Counting, step
from sayso.x11.backspaces import backspaces

# Of a window that does not tell what it has taken: with 600 to 900 keys unread one is ended (measured on GTK).
MOST_BACKSPACES = 480


class Way(Enum):
    """How text goes in."""

    NONE = auto()  # there is none, only something to take back
    COMMIT = auto()  # by the input method
    KEYS = auto()
    PASTE = auto()


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides.

    Attributes:
        insert: the text.
        delete: code points to take back before.
        tail: what is known to stand before the cursor, from having typed it.
        field: what the field says of itself, where it takes an input method.
        counting: what its window takes a number of bytes for.
        is_terminal: keys may be commands there.
        has_keyboard: we may strike keys.
        has_clipboard: we may lend the clipboard a text.
        has_rival: another input method has the seat, and would make words of its own of our keys.

    """

    insert: str
    delete: int = 0
    tail: str = ""
    field: Field | None = None
    counting: Counting = Counting.UNKNOWN
    is_terminal: bool = False
    has_keyboard: bool = True
    has_clipboard: bool = True
    has_rival: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do.

    Attributes:
        way: of the text.
        backspaces: to strike before; none before a COMMIT, which takes back what is to go by itself.

    """

    way: Way
    backspaces: int = 0


def plan(facts: Facts) -> Plan:
    """Choose.

    Raises:
        Unable: there is no way here.

    """
    may_take_back = not facts.delete or (
        facts.field is not None and step(facts.field, facts.tail, facts.delete, facts.counting) is not None
    )
    # What a terminal pastes it can mark as such (bracketed paste); what an input method gives it, it runs.
    may_commit = not facts.is_terminal or is_printable(facts.insert)
    # foot drops what is committed while it says where its cursor is, and never tells what stands in it.
    tells = facts.field is not None and facts.field.before is not None
    if facts.field is not None and may_commit and may_take_back and (tells or not facts.has_keyboard):
        return Plan(Way.COMMIT)
    if not facts.has_keyboard:
        raise Unable("this compositor gives programs no keyboard (zwp_virtual_keyboard_manager_v1)")
    strokes = backspaces(facts.tail, facts.delete)
    if strokes > MOST_BACKSPACES and not tells:
        raise Unable(f"{strokes} characters are too many to take back by keys here; select and delete them")
    return Plan(_by_hand(facts), backspaces=strokes)


def _by_hand(facts: Facts) -> Way:
    if not facts.insert:
        return Way.NONE
    fits = len(facts.insert) <= MOST_STROKES and is_printable(facts.insert)
    if fits and not (facts.has_clipboard and facts.has_rival):
        return Way.KEYS
    if facts.has_clipboard:
        return Way.PASTE
    raise Unable(
        "this text is too long for keys, or has line breaks in it, and this compositor lets no program at the "
        "clipboard (zwlr_data_control_manager_v1)"
    )
