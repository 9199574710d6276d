"""What is said of a hotkey by what a service tells of it."""

from __future__ import annotations

import pytest

from sayso.config.chords import parse_chord
from sayso.doctor import Light
from sayso.doctor.standing import as_told
from sayso.hotkeys.binding import what_else
from sayso.hotkeys.facts import Action, Standing

F9 = parse_chord("super+f9")


@pytest.mark.parametrize("action", list(Action))
def test_a_key_that_the_desktop_cannot_give_comes_with_what_does_the_same(action: Action) -> None:
    finding = as_told(action, F9, f"super+f9{Standing.UNWATCHED.value}", by_portal=True)
    assert (finding.light, finding.remedy) == (Light.AMBER, what_else([action]))


def test_a_key_that_the_person_chose_in_the_desktop_is_no_mistake_of_the_settings() -> None:
    finding = as_told(Action.HOLD, F9, "Press <Super>F10", by_portal=True)
    assert finding.light is Light.GREEN
    assert finding.message.startswith("Press <Super>F10: ")
    untold = as_told(Action.HOLD, F9, f"super+f9{Standing.UNTOLD.value}", by_portal=True)
    assert untold.light is Light.GREEN
    assert as_told(Action.HOLD, F9, "super+f10").light is Light.AMBER
    assert as_told(Action.HOLD, F9, None, by_portal=True).light is Light.AMBER


@pytest.mark.parametrize(
    ("standing", "said"),
    [
        (Standing.PORTALS_AWAY, "waits for the desktop's portals"),
        (Standing.ASKING, "until you have told the desktop"),
        (Standing.NOT_ALLOWED, "may not have it"),
    ],
)
def test_a_key_that_the_desktop_does_not_give_yet_is_amber_with_why(standing: Standing, said: str) -> None:
    finding = as_told(Action.UNDO, F9, f"super+f9{standing.value}", by_portal=True)
    assert finding.light is Light.AMBER
    assert said in finding.message
    assert "`sayso undo`" in finding.remedy
