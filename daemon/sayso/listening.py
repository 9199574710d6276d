"""When the service listens: what starting, stopping, toggling, holding and cancelling mean in each mode."""

from __future__ import annotations

from sayso.config import Mode
from sayso.control import Control
from sayso.errors import Paused
from sayso.flow import Flow


class Listening:
    """The switch in front of the flow. Used by the main thread.

    Args:
        flow: what listens.
        mode: how dictation starts and ends.

    """

    def __init__(self, flow: Flow, mode: Mode) -> None:
        self._flow = flow
        self._mode = mode
        self._on = False
        self._held = False  # it listens because, and for as long as, the key of hold-to-talk is down
        self._is_away = False  # the person is: nobody is listened to

    def begin(self) -> None:
        """Start as the mode wants."""
        self._switch(self._mode is Mode.HANDS_FREE)

    def leave(self) -> None:
        """The person leaves: finish what is being said, and listen to nobody until they are back."""
        self._is_away = True
        self._switch(False)

    def come_back(self) -> None:
        """The person is back: hands-free listens on; who used a key uses it again."""
        self._is_away = False
        self.begin()

    def change_mode(self, mode: Mode) -> None:
        """Follow another mode from now on; between those in which keys decide nothing changes."""
        before, self._mode = self._mode, mode
        if Mode.HANDS_FREE in (before, mode):
            self.begin()

    def obey(self, control: Control) -> None:
        """Do what was asked, as far as it is about listening and text.

        Raises:
            Paused: it asks for listening, and the person is away.

        """
        if self._is_away and control in (Control.START, Control.TOGGLE, Control.HOLD):
            raise Paused("the screen is locked, or the machine sleeps: nobody is listened to until you are back")
        match control:
            case Control.START:
                self._switch(True)
            case Control.STOP:
                self._switch(False)
            case Control.TOGGLE:
                self._switch(not self._on)
            case Control.HOLD if not self._on:
                self._switch(True)
                self._held = True
            case Control.RELEASE if self._held:
                self._switch(False)
            case Control.CANCEL:
                self._cancel()
            case Control.UNDO:
                self._flow.undo()
            case _:
                pass  # already so

    def _switch(self, on: bool) -> None:
        self._on, self._held = on and not self._is_away, False
        if self._on:
            self._flow.listen()
        else:
            self._flow.stop_listening()

    def _cancel(self) -> None:
        """Forget what is being said and what waits for its window; hands-free listens on."""
        self._flow.cancel()
        self._switch(self._mode is Mode.HANDS_FREE)
