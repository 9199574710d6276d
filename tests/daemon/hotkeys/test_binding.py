"""What is advised where sayso cannot watch keys."""

from __future__ import annotations

import re

import pytest

from sayso.cli.command_line import COMMANDS as COMMAND_LINE
from sayso.hotkeys.binding import COMMANDS, what_else
from sayso.hotkeys.facts import Action


@pytest.mark.parametrize("action", list(Action))
def test_each_action_is_told_its_own_command_and_no_other(action: Action) -> None:
    own = {Action.HOLD: ["start", "stop"], Action.LEARN: []}.get(action, [action.value])
    assert re.findall(r"`sayso (\w+)`", what_else([action])) == own
    assert set(own) <= COMMAND_LINE.keys(), "it can be run"


def test_learning_has_no_command_and_is_told_how_else() -> None:
    assert "learn" not in COMMAND_LINE
    assert what_else([Action.LEARN]).startswith("set hotkeys.backend to evdev: learn has no command")
    assert "evdev (learn has no command)" in what_else([Action.LEARN, Action.TOGGLE])


def test_all_of_them_are_one_sentence() -> None:
    assert what_else(Action) == (
        "bind `sayso toggle`, `sayso cancel`, `sayso undo`, `sayso here`, `sayso back` and `sayso copy` to keys, "
        "`sayso start` to the press of a key to hold and `sayso stop` to its release in the settings of the "
        "desktop and set hotkeys.backend to none, or set it to evdev (learn has no command); docs/hotkeys.md says "
        "how"
    )
    assert COMMANDS.keys() == set(Action) - {Action.HOLD, Action.LEARN}
