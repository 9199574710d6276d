"""What is said of keys that the desktop watches through its portal: nothing of what is not there."""

from __future__ import annotations

from sayso.bus import HOW_TO_START
from sayso.doctor import Finding, Light
from sayso.doctor.portal import TRY_YOURSELF, judge_portal
from sayso.hotkeys.binding import what_else
from sayso.hotkeys.facts import Action

ACTIONS = (Action.TOGGLE, Action.HOLD)


def judged(is_there: bool | None, is_running: bool | None) -> Finding:
    finding = judge_portal("hotkey press", is_there, is_running, ACTIONS)
    assert finding.light is Light.AMBER
    return finding


def test_without_a_portal_the_commands_are_named_whether_a_service_runs_or_not() -> None:
    for is_running in (True, False, None):
        finding = judged(False, is_running)
        assert "has no portal for hotkeys" in finding.message
        assert finding.remedy == what_else(ACTIONS)


def test_without_a_service_it_is_to_be_started_first() -> None:
    finding = judged(True, False)
    assert "none does" in finding.message
    assert finding.remedy.startswith(HOW_TO_START)


def test_with_both_the_keys_are_for_the_person_to_press() -> None:
    for is_running in (True, None):
        assert judged(True, is_running).remedy == TRY_YOURSELF


def test_portals_that_do_not_answer_are_told_as_such() -> None:
    assert "do not answer" in judged(None, False).message
