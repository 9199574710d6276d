"""What to do where the kernel refuses: the same words in the program and in the documentation."""

from __future__ import annotations

from pathlib import Path

from sayso.config import Settings
from sayso.evdev.access import MAY_NOT_READ, MAY_NOT_WRITE, NO_UINPUT, READ_RULE, RELOAD, RULES_FILE, WRITE_RULE
from sayso.hotkeys.facts import Action

DOCS = (Path(__file__).parents[3] / "docs" / "hotkeys.md").read_text(encoding="utf-8")


def test_messages_and_documentation_have_the_same_rules_and_commands() -> None:
    for words, message in ((READ_RULE, MAY_NOT_READ), (WRITE_RULE, MAY_NOT_WRITE)):
        assert f"    {words}\n" in message
        assert f"    {words}\n" in DOCS
        assert RULES_FILE in message
        assert RELOAD in message
    assert RULES_FILE in DOCS
    assert RELOAD in DOCS
    assert 'sudo usermod -aG input "$USER"' in DOCS
    assert "echo uinput | sudo tee /etc/modules-load.d/sayso.conf" in NO_UINPUT
    assert "echo uinput | sudo tee /etc/modules-load.d/sayso.conf" in DOCS


def test_the_documentation_has_every_hotkey_with_its_default(default_settings: Settings) -> None:
    for action in Action:
        chord = getattr(default_settings.hotkeys, action.value)
        assert f"`hotkeys.{action.value}`" in DOCS or (chord is None and f"`{action.value}`" in DOCS)
        written = "+".join(part.title() for part in str(chord).split("+"))
        assert chord is None or f"| {written} | `hotkeys.{action.value}` |" in DOCS
