"""A flow that only remembers what it was told, and what is to be expected of whoever switches it."""

from __future__ import annotations

from dataclasses import dataclass

from sayso.config import Mode
from sayso.control import Control
from sayso.listening import OPENING, TABLE, Rules, Sign, Switch


class Switched:
    """What `Listening` switches; `is_open` says whether its microphone is."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.is_open = False

    def listen(self) -> None:
        self.is_open = True
        self.told.append("listen")

    def stop_listening(self) -> None:
        self.is_open = False
        self.told.append("stop")

    def cancel(self) -> None:
        self.is_open = False
        self.told.append("cancel")

    def forget_heard(self) -> None:
        assert not self.is_open

    def undo(self) -> None:
        self.told.append("undo")

    def learn(self) -> None:
        self.told.append("learn")

    def type_here(self) -> None:
        self.told.append("here")

    def go_back(self) -> None:
        self.told.append("back")

    def copy(self) -> None:
        self.told.append("copy")


@dataclass
class Expectation:
    """How listening must stand, by the table, the time of a person's last sign, and whether they are there.

    Attributes:
        now: seconds.

    """

    mode: Mode
    rules: Rules
    now: float
    switch: Switch = Switch.OFF
    is_away: bool = False

    def __post_init__(self) -> None:
        self.since = self.now
        self.switch = self.at_rest

    @property
    def at_rest(self) -> Switch:
        return Switch.ON if self.mode is Mode.HANDS_FREE and not self.is_away else Switch.OFF

    def passes(self, seconds: float) -> None:
        self.now += seconds
        lasts = self.rules.lasts(self.switch, self.mode)
        if lasts is not None and self.now - self.since >= lasts:
            self.switch = Switch.OFF

    def leave(self) -> None:
        self.switch, self.is_away = Switch.OFF, True

    def come_back(self) -> None:
        self.is_away = False
        self.switch, self.since = self.at_rest, self.now

    def heard(self) -> None:
        if self.switch in (Switch.ON, Switch.LOCKED):
            self.since = self.now

    def is_refused(self, control: Control) -> bool:
        return self.is_away and control in OPENING

    def happens(self, control: Control) -> None:
        if self.is_refused(control):
            return
        if control is Control.CANCEL:
            self.switch = self.at_rest
        else:
            is_tap = self.now - self.since < (self.rules.double_tap_seconds or 0)
            sign = {
                Control.HOLD: Sign.PRESS,
                Control.RELEASE: Sign.TAP if is_tap else Sign.LET_GO,
                Control.TOGGLE: Sign.TOGGLE,
                Control.START: Sign.START,
                Control.STOP: Sign.STOP,
            }[control]
            self.switch = TABLE[sign][self.switch]
        if control is not Control.RELEASE:
            self.since = self.now
