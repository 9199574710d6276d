"""Hotkeys in the words of the portal."""

from __future__ import annotations

import pytest
from dbus_fast import Variant

from sayso.config.chords import parse_chord
from sayso.hotkeys.facts import Action
from sayso.portal.shortcuts import DESCRIPTIONS, bound, trigger, wanted


@pytest.mark.parametrize(
    ("chord", "written"),
    [
        ("super+alt+d", "ALT+LOGO+d"),
        ("ctrl+shift+space", "CTRL+SHIFT+space"),
        ("f9", "F9"),
        ("super+page_up", "LOGO+Prior"),
        ("hyper+d", None),  # the specification has no word for it
    ],
)
def test_a_chord_is_written_as_the_specification_has_it(chord: str, written: str | None) -> None:
    assert trigger(parse_chord(chord)) == written


def test_every_action_says_what_it_does() -> None:
    assert {action.value for action in Action} <= DESCRIPTIONS.keys()


def test_a_chord_without_words_for_it_is_proposed_without_a_key() -> None:
    ((name, told),) = wanted({Action.TOGGLE: parse_chord("hyper+d")})
    assert name == "toggle"
    assert told == {"description": Variant("s", "Start or stop dictation")}


def test_what_is_bound_is_read_with_keys_and_without() -> None:
    told = [["toggle", {"trigger_description": Variant("s", "F9")}], ["hold", {}]]
    assert bound(told) == {"toggle": "F9", "hold": ""}
    assert bound(None) == {}
