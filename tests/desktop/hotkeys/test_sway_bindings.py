"""The keys that docs/hotkeys.md has sway bind, on a real sway."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.desktop.rig.sway import PersonsKeyboard, SwayRig
from tests.desktop.rig.waiting import until

DOCS = Path(__file__).parents[3] / "docs" / "hotkeys.md"
KEY_D, KEY_F9, KEY_SUPER, KEY_ALT = 32, 67, 125, 56
ALT, SUPER = 0x08, 0x40  # of XKB's real modifiers


class Bound:
    """A sway with the bindings, a keyboard on it, and the commands that were run."""

    def __init__(self, sway: SwayRig, keyboard: PersonsKeyboard) -> None:
        self.keyboard = keyboard
        self._told = sway.folder / "told"
        command = sway.folder / "sayso"
        command.write_text(f'#!/bin/sh\necho "$1" >> {self._told}\n')
        command.chmod(0o755)
        section = DOCS.read_text(encoding="utf-8").partition("### sway\n")[2].partition("###")[0]
        lines = re.findall(r"^    (bindsym .+)$", section, re.MULTILINE)
        assert len(lines) == 3
        for line in lines:
            sway.message("--", line.replace("exec sayso", f"exec {command}"))

    @property
    def commands(self) -> list[str]:
        return self._told.read_text().split() if self._told.exists() else []

    def wait_for(self, *commands: str) -> None:
        until(lambda: self.commands == [*commands], f"{commands}")


@pytest.fixture
def bound() -> Iterator[Bound]:
    with SwayRig() as sway, PersonsKeyboard(sway, "us") as keyboard:
        yield Bound(sway, keyboard)


def test_the_bindings_of_the_docs_toggle_and_hold_on_sway_whichever_key_goes_up_first(bound: Bound) -> None:
    keyboard = bound.keyboard
    keyboard.down(KEY_SUPER)
    keyboard.down(KEY_ALT)
    keyboard.modifiers(SUPER | ALT)
    keyboard.press(KEY_D)
    bound.wait_for("toggle")
    keyboard.up(KEY_ALT)
    keyboard.modifiers(SUPER)

    keyboard.down(KEY_F9)
    bound.wait_for("toggle", "start")
    keyboard.up(KEY_F9)
    bound.wait_for("toggle", "start", "stop")

    keyboard.down(KEY_F9)
    bound.wait_for("toggle", "start", "stop", "start")
    keyboard.up(KEY_SUPER)
    keyboard.modifiers(0)
    keyboard.up(KEY_F9)
    bound.wait_for("toggle", "start", "stop", "start", "stop")
