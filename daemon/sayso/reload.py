"""New settings while the service runs: made ready on a thread of their own, then applied.

Everything that can fail is done before anything is applied, and a large model may take a minute to load: meanwhile
the service goes on as it is.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import dataclass

from sayso import hotkeys, paths
from sayso.config import Settings, changed
from sayso.edges import backend_from, typist_from
from sayso.engines import Engine
from sayso.errors import SaysoError
from sayso.events import Event, Problem, ProblemCleared, ProblemName
from sayso.loading import engine_from
from sayso.models import Model, ModelStore
from sayso.models.current import is_loaded
from sayso.profiles import NOWHERE, Profiles
from sayso.profiles.reading import load_profiles
from sayso.typist import Typist

log = logging.getLogger(__name__)

NEEDS_NO_ENGINE = frozenset({"engine.unload_after_minutes"})
"""Settings of the engine for which the one in use will do."""


@dataclass(frozen=True, slots=True)
class Changes:
    """New settings, and what was made ready for them.

    Attributes:
        settings: the new ones.
        keys: of the settings that are others than before.
        engine: for the new settings; None where it stays.
        typist: for the new settings; None where it stays.
        profiles: what differs in single applications.
        backend: the name of the typist's.

    """

    settings: Settings
    keys: frozenset[str]
    engine: Engine | None
    typist: Typist | None
    profiles: Profiles = NOWHERE
    backend: str = ""

    @property
    def needs_typist(self) -> bool:
        """Whether text goes elsewhere, or waits for its window in another way."""
        return self.typist is not None or any(key.startswith("typist.") for key in self.keys)

    @property
    def needs_source(self) -> bool:
        """Whether the microphone must be opened anew."""
        return any(key.startswith("audio.") and key != "audio.pre_roll_ms" for key in self.keys)

    @property
    def needs_hotkeys(self) -> bool:
        """Whether other keys must be watched."""
        return any(key.startswith("hotkeys.") for key in self.keys)


def plan(
    before: Settings,
    settings: Settings,
    loaded: Model | None = None,
    tell: Callable[[Event], None] | None = None,
    open_typist: Callable[[Settings], Typist] = typist_from,
    backend: str | None = None,
) -> Changes:
    """Make ready what new settings need; blocks while a model is loaded, which comes last: all else fails at once.

    Args:
        before: those in use.
        settings: the new ones.
        loaded: the model in use; the same name may mean another by now.
        tell: for the engine that they need (`sayso.loading.engine_from`).
        open_typist: opens the way of typing that they name.
        backend: the name of the one in use, if the session may be another by now.

    Raises:
        SaysoError: they cannot be used.

    """
    keys = changed(before, settings)
    hotkeys.check(settings.hotkeys)
    profiles = load_profiles()
    # Another backend knows nothing of the windows for which text waits: none is made where it would be the same.
    wanted = backend_from(settings)
    is_other = ("typist.backend" in keys or backend is not None) and wanted != (backend or backend_from(before))
    typist = open_typist(settings) if is_other else None
    with ExitStack() as made:
        if typist is not None:
            made.callback(typist.close)
        needs_engine = any(key.startswith("engine.") or key == "language" for key in keys - NEEDS_NO_ENGINE)
        if loaded is not None and not is_loaded(ModelStore(paths.models_dir()), settings.engine.model, loaded):
            needs_engine = True
        engine = engine_from(settings, tell=tell) if needs_engine else None
        made.pop_all()  # whoever applies the changes closes it now
    return Changes(settings, keys, engine, typist, profiles, wanted)


class Reloader:
    """Loads settings on a thread `sayso-reload`, one time after the other.

    Args:
        prepare: loads and makes ready; may block.
        apply: has the changes applied on the main thread.
        emit: told of settings that cannot be used, and when they can.

    """

    def __init__(
        self,
        prepare: Callable[[], Changes],
        apply: Callable[[Changes], Future[None]],
        emit: Callable[[Event], None],
    ) -> None:
        self._prepare = prepare
        self._apply = apply
        self._emit = emit
        self._turn = threading.Lock()
        self._guard = threading.Lock()
        self._next: Future[None] | None = None

    def ask(self) -> Future[None]:
        """Load the settings anew; the future tells when they are applied, or why not. Any thread."""
        with self._guard:
            if self._next is None:  # whoever asks before that one has begun is served by it
                self._next = Future()
                threading.Thread(target=self._run, name="sayso-reload", daemon=True).start()
            return self._next

    def _run(self) -> None:
        """Thread `sayso-reload`: may block on the disk and the engine; nothing waits for it but who asked."""
        with self._turn:
            with self._guard:
                done, self._next = self._next, None
            assert done is not None  # this thread was started for it
            try:
                self._reload()
            except Exception as error:  # whoever asked is told; the settings in use stay
                if isinstance(error, SaysoError):
                    message = f"{error}\nthe settings in use stay as they are"
                    self._emit(Problem(ProblemName.CONFIG_INVALID, message))
                else:
                    log.error("the settings could not be applied: %s", type(error).__name__)
                done.set_exception(error)
            else:
                done.set_result(None)

    def _reload(self) -> None:
        changes = self._prepare()
        self._emit(ProblemCleared(ProblemName.CONFIG_INVALID))  # other files may be told as they are applied
        try:
            self._apply(changes).result()
        except BaseException:
            if changes.typist is not None:
                changes.typist.close()
            raise
