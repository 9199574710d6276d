"""The session bus: what other programs can ask of the service, and what they hear of it.

`server.py` is the service's end and lives on a thread of its own, `client.py` the command line's. `interface.py`
is what the bus sees, `gate.py` and `outbox.py` keep either side from flooding the other. Nothing here imports
dbus-fast before it is needed: most commands never are on the bus.
"""

from __future__ import annotations

import concurrent.futures
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from sayso.control import Control
from sayso.events import State

if TYPE_CHECKING:
    from sayso.journal import Decision  # numpy, which `sayso toggle` on a key has no use for
    from sayso.journal.forgetting import What

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
        learning: `on`, `off`, `asking` while the person is to say so, or `unanswered` where they have not.
        teach: whether what is changed where the focus is teaches sayso: `yes`, `no` or `unknown`.
        recovered: dictations that an earlier run could not end, and that nobody has read yet.

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
    learning: str = "off"
    teach: str = "unknown"
    recovered: int = 0


class LearningHandle(Protocol):
    """What the service learns, as the bus sees it. Called on the bus thread; must return at once.

    Each future is done when it has been obeyed, and may carry a `SaysoError`.
    """

    def correct(self, utterance: int, text: str) -> concurrent.futures.Future[Any]:
        """Take what the person says an utterance was to be."""
        ...

    def edited(self, utterance: int, text: str, plugin: str) -> concurrent.futures.Future[Any]:
        """Take what an utterance's text has become, as an editor's plug-in tells; done before it is judged."""
        ...

    def decide(self, correction: int, decision: Decision) -> concurrent.futures.Future[Any]:
        """Take the person's word about a correction."""
        ...

    def give_consent(self, on: bool) -> concurrent.futures.Future[None]:
        """Take the person's answer whether anything may be kept."""
        ...

    def copy_recovered(self) -> concurrent.futures.Future[None]:
        """Put what was recovered into the clipboard."""
        ...

    def forget(self, what: What) -> concurrent.futures.Future[int]:
        """Let go of what waits in memory; done when that is, with how many dictations there were."""
        ...

    def journal_changed(self) -> concurrent.futures.Future[None]:
        """Read what another process has changed of what is kept; done when it is read."""
        ...


class ServiceHandle(Protocol):
    """The service, as the bus sees it. Called on the bus thread; must return at once."""

    @property
    def learning(self) -> LearningHandle:
        """What it learns."""
        ...

    def ask(self, control: Control) -> concurrent.futures.Future[None]:
        """Post a request; the future is done when it has been obeyed, and may carry a `SaysoError`."""
        ...

    def snapshot(self) -> Snapshot:
        """Tell how things stand."""
        ...
