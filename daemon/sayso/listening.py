"""When the service listens: what keys, commands and time mean, in each mode.

Everything that opens or closes the microphone stands in one table (`TABLE`): from how listening was begun, and
what happens, to how it stands then. A key may be said to be down for ever and a command may be forgotten, so time
is among what happens, and always ends it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from types import MappingProxyType
from typing import Final, Protocol

from sayso.config import Mode
from sayso.config.settings import HotkeySettings
from sayso.control import Control
from sayso.errors import Paused
from sayso.events import Event, Problem, ProblemCleared, ProblemName

AWAY: Final = "the screen is locked, or the machine sleeps"


class Switch(Enum):
    """Why the microphone is open, or that it is not."""

    OFF = auto()
    ON = auto()  # by a command, the toggle key, or because hands-free always listens
    HELD = auto()  # for as long as the hold key is down
    TAPPED = auto()  # the hold key went down and up at once, and may be on its way down again
    LOCKED = auto()  # by the hold key, tapped twice: until its next press

    @property
    def is_open(self) -> bool:
        """Whether somebody is listened to."""
        return self is not Switch.OFF


class Sign(Enum):
    """What can happen to it."""

    START = auto()
    STOP = auto()
    TOGGLE = auto()
    PRESS = auto()  # of the hold key
    LET_GO = auto()  # of the hold key …
    TAP = auto()  # … and so soon after its press that another may follow
    TIME = auto()  # as long as can be has passed (`Rules.lasts`)


OFF, ON, HELD, TAPPED, LOCKED = Switch
# fmt: off
TABLE: Final[Mapping[Sign, Mapping[Switch, Switch]]] = MappingProxyType({
    Sign.START:  {OFF: ON,   ON: ON,  HELD: ON,     TAPPED: ON,     LOCKED: LOCKED},
    Sign.STOP:   {OFF: OFF,  ON: OFF, HELD: OFF,    TAPPED: OFF,    LOCKED: OFF},
    Sign.TOGGLE: {OFF: ON,   ON: OFF, HELD: OFF,    TAPPED: OFF,    LOCKED: OFF},
    Sign.PRESS:  {OFF: HELD, ON: ON,  HELD: HELD,   TAPPED: LOCKED, LOCKED: OFF},
    Sign.LET_GO: {OFF: OFF,  ON: ON,  HELD: OFF,    TAPPED: TAPPED, LOCKED: LOCKED},
    Sign.TAP:    {OFF: OFF,  ON: ON,  HELD: TAPPED, TAPPED: TAPPED, LOCKED: LOCKED},
    Sign.TIME:   {OFF: OFF,  ON: OFF, HELD: OFF,    TAPPED: OFF,    LOCKED: OFF},
})
# fmt: on
"""What follows. A release ends nothing but a hold: it may come late, twice, or from before the screen was locked.

What is not in it: cancelling, and the person's coming back, bring about what the mode has at rest (ON hands-free,
else OFF); their leaving brings OFF, and until they are back nothing opens it.
"""

SIGNS: Final[Mapping[Control, Sign]] = MappingProxyType(
    {
        Control.START: Sign.START,
        Control.STOP: Sign.STOP,
        Control.TOGGLE: Sign.TOGGLE,
        Control.HOLD: Sign.PRESS,
        Control.RELEASE: Sign.LET_GO,
    }
)
OPENING: Final = (Control.START, Control.TOGGLE, Control.HOLD)
AT_THE_DESK: Final = (Control.HERE, Control.BACK, Control.LEARN)
"""What changes or reads the window in front of a person, who must be there."""


@dataclass(frozen=True, slots=True)
class Rules:
    """How long things may last; None for ever, or, of a double tap, that there is none.

    Attributes:
        double_tap_seconds: from the first press of the hold key to the second that locks.
        max_hold_seconds: from the last press of a key that is said to be down ever since.
        max_silence_seconds: from the last sign of a person, where a key or command began it and must end it.

    """

    double_tap_seconds: float | None = None
    max_hold_seconds: float | None = None
    max_silence_seconds: float | None = None

    @classmethod
    def from_settings(cls, settings: HotkeySettings) -> Rules:
        """As the settings say, in seconds."""
        tap, hold, silence = settings.double_tap_ms, settings.max_hold_minutes, settings.max_silence_minutes
        return cls(
            None if tap is None else tap / 1000,
            None if hold is None else hold * 60,
            None if silence is None else silence * 60,
        )

    def lasts(self, switch: Switch, mode: Mode) -> float | None:
        """How many seconds it stays so without a new sign; None for ever."""
        match switch:
            case Switch.HELD:
                return self.max_hold_seconds
            case Switch.TAPPED:
                return self.double_tap_seconds or 0.0  # the settings may be others since the first tap
            case Switch.ON | Switch.LOCKED if mode is not Mode.HANDS_FREE or switch is LOCKED:
                return self.max_silence_seconds
            case _:
                return None

    def is_tap(self, seconds_down: float) -> bool:
        """Whether a key that was down for so long may have been tapped for the first of two times."""
        return self.double_tap_seconds is not None and seconds_down < self.double_tap_seconds


FOR_EVER: Final = Rules()


class Switchable(Protocol):
    """What is switched, and asked for all else: the flow."""

    def listen(self) -> None:
        """Begin to listen."""
        ...

    def stop_listening(self) -> None:
        """Finish what is being said, and listen no more."""
        ...

    def cancel(self) -> None:
        """Forget what has been said and does not stand yet, and listen no more."""
        ...

    def forget_heard(self) -> None:
        """Nothing that was heard until now counts."""
        ...

    def undo(self) -> None:
        """Take back what was typed last."""
        ...

    def learn(self) -> None:
        """Learn from what stands in the window."""
        ...

    def type_here(self) -> None:
        """Type what waits for its window into the one that has the focus."""
        ...

    def go_back(self) -> None:
        """Give the focus back to the window for which text waits."""
        ...

    def copy(self) -> None:
        """Put what waits for its window into the clipboard."""
        ...


class Listening:
    """The switch in front of the flow. Used by the main thread, but for `heard`.

    Args:
        flow: what listens.
        mode: how dictation starts and ends.
        rules: how long things may last.
        tell: told of a key that was down for too long (`ProblemName.HOTKEY_STUCK`), and that it is over.
        clock: seconds by a clock that never goes back.
        is_locked: looks for a locker that tells nobody (`sayso.away.lockers`). Where it sees one the person counts
            as away, and whoever looked must see to it that `come_back` is called.

    """

    def __init__(
        self,
        flow: Switchable,
        mode: Mode,
        rules: Rules = FOR_EVER,
        tell: Callable[[Event], None] = lambda _: None,
        clock: Callable[[], float] = time.monotonic,
        is_locked: Callable[[], bool] = lambda: False,
    ) -> None:
        self._flow = flow
        self._is_locked = is_locked
        self._mode = mode
        self._rules = rules
        self._tell = tell
        self._clock = clock
        self._switch = Switch.OFF
        self._since = clock()  # the last sign of a person
        self._is_away = False  # the person is: nobody is listened to
        self._is_stuck = False  # it has been told

    @property
    def switch(self) -> Switch:
        """How it stands."""
        return self._switch

    def begin(self) -> None:
        """Start as the mode wants."""
        if self._at_rest.is_open and self._is_locked():
            self._is_away = True
        self._turn(self._at_rest)

    def leave(self) -> None:
        """The person leaves: finish what is being said, and listen to nobody until they are back."""
        self._is_away = True
        self._turn(Switch.OFF)

    def come_back(self) -> None:
        """The person is back: hands-free listens on; who used a key uses it again."""
        if self._is_away:
            self._flow.forget_heard()  # what was said meanwhile was said to nobody, the pre-roll too
        self._is_away = False
        self.begin()

    def change_mode(self, mode: Mode) -> None:
        """Follow another mode from now on; between those in which keys decide nothing changes."""
        before, self._mode = self._mode, mode
        if Mode.HANDS_FREE in (before, mode):
            self.begin()

    def change_rules(self, rules: Rules) -> None:
        """Follow other rules from now on; what has begun is measured by them, too."""
        self._rules = rules

    def heard(self) -> None:
        """Somebody speaks, or has spoken: listening is not forgotten. Any thread."""
        if self._switch in (Switch.ON, Switch.LOCKED):  # a key that is stuck in front of a radio is still stuck
            self._since = self._clock()

    def patience(self) -> float | None:
        """Seconds until `look` has something to do if nothing happens before; None for ever."""
        lasts = self._rules.lasts(self._switch, self._mode)
        return None if lasts is None else max(0.0, self._since + lasts - self._clock())

    def look(self) -> None:
        """End what has lasted for as long as it may."""
        if self.patience() != 0:
            return
        if self._switch is Switch.HELD:
            self._is_stuck = True
            self._tell(Problem(ProblemName.HOTKEY_STUCK, self._stuck))
        self._follow(Sign.TIME)

    def obey(self, control: Control) -> None:
        """Do what was asked, as far as it is about listening and text.

        Raises:
            Paused: it asks for listening, or to type or learn, and the person is away.

        """
        self.look()  # a timer may be late
        if control in (*OPENING, *AT_THE_DESK) and not self._is_away and self._is_locked():
            self.leave()
        if self._is_away and control in OPENING:
            raise Paused(f"{AWAY}: nobody is listened to until you are back")
        if self._is_away and control in AT_THE_DESK:
            raise Paused(f"{AWAY}: nothing is typed or read until you are back")
        if control in SIGNS:
            self._take(SIGNS[control])
        match control:
            case Control.CANCEL:
                self._flow.cancel()  # and what waits for its window; hands-free listens on
                self._turn(self._at_rest)
            case Control.UNDO:
                self._flow.undo()
            case Control.LEARN:
                self._flow.learn()
            case Control.HERE:
                self._flow.type_here()
            case Control.BACK:
                self._flow.go_back()
            case Control.COPY:
                self._flow.copy()
            case _:
                pass

    @property
    def _at_rest(self) -> Switch:
        return Switch.ON if self._mode is Mode.HANDS_FREE and not self._is_away else Switch.OFF

    @property
    def _stuck(self) -> str:
        minutes = (self._rules.max_hold_seconds or 0) / 60
        return (
            f"the hold key (hotkeys.hold) has been down for {minutes:g} minutes, so listening has ended; let go "
            "of it and press it again. To talk for longer, tap it twice, or set hotkeys.max_hold_minutes"
        )

    def _take(self, sign: Sign) -> None:
        if sign in (Sign.PRESS, Sign.LET_GO) and self._is_stuck:
            self._is_stuck = False
            self._tell(ProblemCleared(ProblemName.HOTKEY_STUCK))
        if sign is Sign.LET_GO and self._rules.is_tap(self._clock() - self._since):
            sign = Sign.TAP
        self._follow(sign)

    def _follow(self, sign: Sign) -> None:
        before, after = self._switch, TABLE[sign][self._switch]
        if sign in (Sign.START, Sign.STOP) or after.is_open is not before.is_open:
            self._turn(after)
        elif after is not before or sign is Sign.PRESS:
            self._note(after, keeps_time=after is Switch.TAPPED)  # a double tap counts from the first press

    def _turn(self, switch: Switch) -> None:
        self._note(switch)
        if switch.is_open:
            self._flow.listen()
        else:
            self._flow.stop_listening()

    def _note(self, switch: Switch, *, keeps_time: bool = False) -> None:
        if not keeps_time:
            self._since = self._clock()
        self._switch = switch
