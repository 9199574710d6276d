"""Two hundred times somebody plays with the keys of a real display: the microphone is open when it should be."""

from __future__ import annotations

import queue
import random
from collections.abc import Callable, Iterator

import pytest
from tests.daemon.switched import Expectation, Switched
from tests.desktop.hotkeys.asking import keys
from tests.desktop.hotkeys.keyboards import Keyboard
from tests.desktop.rig.waiting import until
from tests.desktop.rig.x11 import X11Rig
from Xlib import X
from Xlib.display import Display
from Xlib.protocol import rq

from sayso.config import Mode
from sayso.control import Control
from sayso.errors import Paused
from sayso.hotkeys import open_hotkeys
from sayso.hotkeys.devices import Keyboards
from sayso.listening import Listening, Rules

F7, F8, F9 = 73, 74, 75
SEQUENCES, LONGEST = 200, 9
PATIENCE_SECONDS = 5.0
RULES = Rules(double_tap_seconds=0.25, max_hold_seconds=900.0, max_silence_seconds=600.0)
PAUSES = (0.0, 0.0625, 0.25, 30.0, 600.0, 900.0)


class Person:
    """Somebody at a keyboard, what their keys bring about, and what should come of it. Time is what the test says.

    Args:
        hand: the keyboard.
        display: for another program that takes the keyboard for itself.
        controls: what the hotkeys ask for.
        loses: told whether events of releases are to be lost.

    """

    def __init__(
        self,
        hand: Keyboard,
        display: Display,
        controls: queue.SimpleQueue[Control],
        loses: Callable[[bool], None],
    ) -> None:
        self._hand = hand
        self._display = display
        self._controls = controls
        self._loses = loses
        self._is_down = False
        self._flow = Switched()
        self.expected = Expectation(Mode.TOGGLE, RULES, 0.0)
        self._listening = Listening(self._flow, Mode.TOGGLE, RULES, lambda _event: None, lambda: self.expected.now)
        self._listening.begin()

    @property
    def things_to_do(self) -> list[Callable[[], None]]:
        if self._is_down:
            return [
                self.let_go,
                self.let_go,
                self.let_go_unseen,
                self.let_go_while_grabbed,
                self.cancel,
                self.lock,
            ]
        return [self.press, self.press, self.press, self.toggle, self.cancel, self.lock, self.unlock]

    def press(self) -> None:
        self._hand.down(F9)
        self._is_down = True
        self._hears(Control.HOLD)

    def let_go(self) -> None:
        self._hand.up(F9)
        self._is_down = False
        self._hears(Control.RELEASE)

    def let_go_unseen(self) -> None:
        """No event tells it: only a look at the device does."""
        self._loses(True)
        self.let_go()
        self._loses(False)

    def let_go_while_grabbed(self) -> None:
        """As in an open menu, or behind a screen lock of X11."""
        root = self._display.screen().root
        assert root.grab_keyboard(False, X.GrabModeAsync, X.GrabModeAsync, X.CurrentTime) == X.GrabSuccess
        self._display.sync()
        self.let_go()
        self._display.ungrab_keyboard(X.CurrentTime)
        self._display.sync()

    def toggle(self) -> None:
        self._hand.strike(F8)
        self._hears(Control.TOGGLE)

    def cancel(self) -> None:
        self._hand.strike(F7)
        self._hears(Control.CANCEL)

    def lock(self) -> None:
        """The session's own word for it: keys pressed before are let go of later, or not."""
        self.expected.leave()
        self._listening.leave()

    def unlock(self) -> None:
        self.expected.come_back()
        self._listening.come_back()

    def wait(self, seconds: float) -> None:
        self.expected.passes(seconds)
        self._listening.look()

    def is_right(self) -> bool:
        return (self._listening.switch, self._flow.is_open) == (
            self.expected.switch,
            self.expected.switch.is_open,
        )

    @property
    def is_open(self) -> bool:
        return self._flow.is_open

    def rest(self) -> None:
        """Let go of everything, be there, and do nothing for long."""
        if self._is_down:
            self.let_go()
        self.unlock()
        self.wait(max(PAUSES))

    def _hears(self, control: Control) -> None:
        assert self._controls.get(timeout=PATIENCE_SECONDS) is control
        try:
            self._listening.obey(control)
        except Paused:
            assert self.expected.is_refused(control)
        self.expected.happens(control)


@pytest.fixture
def bare() -> Iterator[X11Rig]:
    """A display with a window, and no manager: it would be busy with a thousand grabs for seconds."""
    with X11Rig() as rig:
        assert rig._manager is not None
        rig._manager.kill()
        window = rig.root.create_window(0, 0, 200, 100, 0, X.CopyFromParent)
        window.map()
        rig.eye.sync()
        window.set_input_focus(X.RevertToPointerRoot, X.CurrentTime)
        rig.eye.sync()
        yield rig


def test_after_whatever_keys_locks_and_lost_releases_the_microphone_is_open_only_when_it_should_be(
    bare: X11Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    losing: list[bool] = [False]
    released = Keyboards.released

    def perhaps_released(keyboards: Keyboards, event: rq.Event) -> tuple[int, int] | None:
        return None if losing[-1] else released(keyboards, event)

    monkeypatch.setattr(Keyboards, "released", perhaps_released)
    monkeypatch.setattr("sayso.hotkeys.watch.LOOK_SECONDS", 0.02)
    controls: queue.SimpleQueue[Control] = queue.SimpleQueue()
    settings = keys(toggle="f8", hold="f9", cancel="f7", undo="none")
    hotkeys = open_hotkeys(settings, controls.put, lambda _event: None, lambda: bare.display)
    until(lambda: "no display" not in str(hotkeys.describe()), "the hotkeys to be watched")
    hand, other = Keyboard(bare.display), Display(bare.display)
    chance = random.Random(1)
    try:
        for number in range(SEQUENCES):
            person = Person(hand, other, controls, losing.append)
            done = []
            for _ in range(chance.randint(1, LONGEST)):
                do = chance.choice(person.things_to_do)
                pause = chance.choice(PAUSES)
                done.append((do.__name__, pause))
                do()
                assert person.is_right(), f"sequence {number}: {done}"
                person.wait(pause)
                assert person.is_right(), f"sequence {number}: {done}"
            person.rest()
            assert not person.is_open, f"sequence {number}: {done}"
            assert controls.empty()
    finally:
        hotkeys.close()
        other.close()
        hand.close()
