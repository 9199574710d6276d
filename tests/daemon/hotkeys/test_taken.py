from __future__ import annotations

from pathlib import Path

import pytest

from sayso.config.chords import parse_chord
from sayso.events import Event, Problem, ProblemCleared, ProblemName
from sayso.hotkeys.facts import Action
from sayso.hotkeys.taken import TakenNotice

WATCHED = (Action.TOGGLE, Action.HOLD, Action.CANCEL, Action.UNDO)
CHORDS = {action: parse_chord(f"super+{letter}") for action, letter in zip(WATCHED, "abcd", strict=True)}


@pytest.fixture
def reports(monkeypatch: pytest.MonkeyPatch) -> list[Event]:
    monkeypatch.setenv("HOME", "/home/ana")
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    assert Path.home() == Path("/home/ana")
    return []


def test_a_taken_key_is_named_with_its_setting_and_the_file(reports: list[Event]) -> None:
    TakenNotice(CHORDS, reports.append).tell([Action.TOGGLE])
    (problem,) = reports
    assert problem == Problem(
        ProblemName.HOTKEY_TAKEN,
        "super+a (hotkeys.toggle) is taken by another program; choose another key in ~/.config/sayso/config.yaml, "
        "or free it there, and sayso takes it by itself",
    )


def test_several_taken_keys_are_one_problem_which_follows_them(reports: list[Event]) -> None:
    notice = TakenNotice(CHORDS, reports.append)
    notice.tell([])
    notice.tell([Action.UNDO, Action.TOGGLE])
    notice.tell([Action.TOGGLE, Action.UNDO])
    notice.tell([Action.UNDO])
    notice.tell([])
    notice.tell([])
    first, second, cleared = reports
    assert isinstance(first, Problem)
    assert first.message.startswith("super+a (hotkeys.toggle) and super+d (hotkeys.undo) are taken")
    assert isinstance(second, Problem)
    assert second.message.startswith("super+d (hotkeys.undo) is taken")
    assert cleared == ProblemCleared(ProblemName.HOTKEY_TAKEN)


def test_two_hotkeys_that_are_one_key_are_not_blamed_on_another_program(reports: list[Event]) -> None:
    notice = TakenNotice(CHORDS, reports.append)
    notice.tell([], {Action.HOLD: Action.TOGGLE})
    notice.tell([Action.UNDO], {Action.HOLD: Action.TOGGLE})
    notice.tell([])
    alone, both, cleared = reports
    assert alone == Problem(
        ProblemName.HOTKEY_TAKEN,
        "super+b (hotkeys.hold) is the same key as super+a (hotkeys.toggle) on this keyboard; choose another for "
        "one of them in ~/.config/sayso/config.yaml",
    )
    assert isinstance(both, Problem)
    assert both.message.startswith("super+d (hotkeys.undo) is taken by another program;")
    assert both.message.endswith(alone.message)
    assert cleared == ProblemCleared(ProblemName.HOTKEY_TAKEN)
