"""What a person can do where sayso cannot watch keys: have the desktop bind commands to them, action by action."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from sayso.hotkeys.facts import Action

COMMANDS: Final[Mapping[Action, str]] = MappingProxyType(
    {
        action: f"`sayso {action.value}`"
        for action in (Action.TOGGLE, Action.CANCEL, Action.UNDO, Action.HERE, Action.BACK, Action.COPY)
    }
)
"""What one key does. To hold takes two commands, and learning has none."""

HOLD: Final = "`sayso start` to the press of a key to hold and `sayso stop` to its release"
HOW: Final = "docs/hotkeys.md says how"


def what_else(actions: Iterable[Action]) -> str:
    """What to do in place of some hotkeys: a sentence that begins small and has no end mark.

    Args:
        actions: what the hotkeys are for; at least one.

    """
    actions = frozenset(actions)
    commands = [command for action, command in COMMANDS.items() if action in actions]
    bound = [f"{_and(commands)} to {'a key' if len(commands) == 1 else 'keys'}"] if commands else []
    if Action.HOLD in actions:
        bound.append(HOLD)
    if not bound:
        return f"set hotkeys.backend to evdev: learn has no command that a desktop could bind; {HOW}"
    evdev = "evdev (learn has no command)" if Action.LEARN in actions else "evdev"
    return (
        f"bind {', '.join(bound)} in the settings of the desktop and set hotkeys.backend to none, or set it to "
        f"{evdev}; {HOW}"
    )


def _and(words: list[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last
