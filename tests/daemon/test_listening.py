"""When the service listens, by mode and by what is asked."""

from __future__ import annotations

from typing import cast

import pytest

from sayso.config import Mode
from sayso.control import Control
from sayso.errors import Paused
from sayso.flow import Flow
from sayso.listening import Listening


class Switched:
    """A flow that only remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def listen(self) -> None:
        self.told.append("listen")

    def stop_listening(self) -> None:
        self.told.append("stop")

    def cancel(self) -> None:
        self.told.append("cancel")

    def undo(self) -> None:
        self.told.append("undo")


def told(mode: Mode, *controls: Control) -> list[str]:
    """What the flow is told after the beginning."""
    flow = Switched()
    listening = Listening(cast(Flow, flow), mode)
    listening.begin()
    assert flow.told == ["listen" if mode is Mode.HANDS_FREE else "stop"]
    for control in controls:
        listening.obey(control)
    return flow.told[1:]


def test_toggling_starts_and_stops() -> None:
    assert told(Mode.TOGGLE, *[Control.TOGGLE] * 3) == ["listen", "stop", "listen"]
    assert told(Mode.HANDS_FREE, Control.TOGGLE) == ["stop"]


@pytest.mark.parametrize("mode", [Mode.TOGGLE, Mode.HOLD])
def test_a_held_key_listens_until_it_is_let_go(mode: Mode) -> None:
    assert told(mode, Control.HOLD, Control.RELEASE) == ["listen", "stop"]


def test_holding_while_it_listens_already_changes_nothing() -> None:
    assert told(Mode.HANDS_FREE, Control.HOLD, Control.RELEASE) == []
    assert told(Mode.TOGGLE, Control.START, Control.HOLD, Control.RELEASE) == ["listen"]


def test_a_release_that_nobody_held_for_changes_nothing() -> None:
    assert told(Mode.TOGGLE, Control.RELEASE) == []
    assert told(Mode.TOGGLE, Control.HOLD, Control.TOGGLE, Control.START, Control.RELEASE) == [
        "listen",
        "stop",
        "listen",
    ]


def test_cancelling_forgets_also_what_waits_and_only_hands_free_listens_on() -> None:
    assert told(Mode.TOGGLE, Control.START, Control.CANCEL) == ["listen", "cancel", "stop"]
    assert told(Mode.HANDS_FREE, Control.CANCEL) == ["cancel", "listen"]


def test_between_the_modes_of_keys_what_is_being_said_goes_on() -> None:
    flow = Switched()
    listening = Listening(cast(Flow, flow), Mode.HOLD)
    listening.obey(Control.START)
    listening.change_mode(Mode.TOGGLE)
    assert flow.told == ["listen"]
    listening.change_mode(Mode.HANDS_FREE)
    listening.change_mode(Mode.HOLD)
    assert flow.told == ["listen", "listen", "stop"]


def test_undo_leaves_listening_as_it_is() -> None:
    assert told(Mode.TOGGLE, Control.START, Control.UNDO) == ["listen", "undo"]


@pytest.mark.parametrize("mode", list(Mode))
def test_while_the_person_is_away_nobody_is_listened_to(mode: Mode) -> None:
    flow = Switched()
    listening = Listening(cast(Flow, flow), mode)
    listening.begin()
    listening.obey(Control.START)
    flow.told.clear()
    listening.leave()
    for control in (Control.START, Control.TOGGLE, Control.HOLD):
        with pytest.raises(Paused, match="until you are back"):
            listening.obey(control)
    for control in (Control.RELEASE, Control.STOP, Control.CANCEL):
        listening.obey(control)
    listening.change_mode(Mode.HANDS_FREE)
    assert "listen" not in flow.told


def test_when_the_person_is_back_only_hands_free_listens_on() -> None:
    for mode in Mode:
        flow = Switched()
        listening = Listening(cast(Flow, flow), mode)
        listening.obey(Control.START)
        listening.leave()
        flow.told.clear()
        listening.come_back()
        assert flow.told == (["listen"] if mode is Mode.HANDS_FREE else ["stop"])
        flow.told.clear()
        listening.obey(Control.TOGGLE)
        assert flow.told == (["stop"] if mode is Mode.HANDS_FREE else ["listen"])
