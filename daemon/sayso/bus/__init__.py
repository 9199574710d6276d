"""The session bus: what other programs can ask of the service, and what they hear of it.

`server.py` is the service's end and lives on a thread of its own, `client.py` the command line's. `interface.py`
is what the bus sees, `gate.py` and `outbox.py` keep either side from flooding the other. Nothing here imports
dbus-fast before it is needed: most commands never are on the bus.
"""

from __future__ import annotations

import concurrent.futures
from dataclasses import dataclass
from typing import Protocol

from sayso.control import Control
from sayso.events import State

NAME = "org.sayso.Dictation1"
"""Both the bus name and the interface."""

PATH = "/org/sayso/Dictation1"

HOW_TO_START = "start it with `systemctl --user start sayso` (after `sayso install`), or `sayso run`"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The service at one moment, as `GetStatus` and the properties tell it. Never contains dictated text.

    Attributes:
        state: what it does.
        mode: how dictation starts and ends.
        engine: name of the engine.
        model: name of the model.
        draft_model: name of the model that drafts for it, or nothing.
        device: what the model runs on.
        model_state: `loaded`, `loading`, or `unloaded` until it is needed again.
        pace: `live`, `slower` or `segments`: what gives way where the engine is slower than speech.
        version: of sayso.
        microphone: the device that delivers, or nothing while it is absent.
        typist: the typing backend.
        hotkeys: action → key, or what stands in its way.
        problems: name → message of what is wrong now.
        held: utterances whose text waits for its window.
        pid: process id of the service.
        level_dbfs: loudness of the last 100 ms.

    """

    state: State
    mode: str
    engine: str
    model: str
    draft_model: str
    device: str
    model_state: str
    pace: str
    version: str
    microphone: str
    typist: str
    hotkeys: dict[str, str]
    problems: dict[str, str]
    held: int
    pid: int
    level_dbfs: float


class ServiceHandle(Protocol):
    """The service, as the bus sees it. Called on the bus thread; must return at once."""

    def ask(self, control: Control) -> concurrent.futures.Future[None]:
        """Post a request; the future is done when it has been obeyed, and may carry a `SaysoError`."""
        ...

    def snapshot(self) -> Snapshot:
        """Tell how things stand."""
        ...
