"""A model that is in memory only while it may be needed: an engine in front of the real one.

It is loaded again on a thread of its own as soon as somebody is about to speak, so that the load is over, or
nearly, when there is something to decode; whoever decodes sooner waits for it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from typing import Protocol
from weakref import WeakSet

from sayso import heap
from sayso.audio import Pcm
from sayso.engines import Decoding, Engine, Scored, SelfCheck, Session, Transcription, Window, score
from sayso.engines.drafted import draft_of
from sayso.errors import NotLoaded, SaysoError
from sayso.events import (
    Event,
    ListeningChanged,
    UtteranceDelivered,
    UtteranceDropped,
    UtteranceFailed,
    UtteranceHeld,
    UtteranceStarted,
)

log = logging.getLogger(__name__)

SECONDS_PER_MINUTE = 60.0


class Presence(StrEnum):
    """Where a model is."""

    LOADED = "loaded"
    LOADING = "loading"
    UNLOADED = "unloaded"


class Timer(Protocol):
    """Something that is going to happen."""

    def cancel(self) -> None:
        """Keep it from happening, unless it happens already."""
        ...


def after(seconds: float, do: Callable[[], None]) -> Timer:
    """Do something later, on a thread `sayso-unload`."""
    timer = threading.Timer(seconds, do)
    timer.name, timer.daemon = "sayso-unload", True
    timer.start()
    return timer


class ResidentEngine:
    """An engine that is unloaded when nobody has needed it for a while, and loaded when somebody does.

    Name, model and device are those of the engine that was loaded last. Any thread may call any method.

    Args:
        engine: the real one, loaded.
        load: loads it again and proves that it works, which also makes its first decode a quick one.
        unload_after_minutes: without need; None never unloads.
        is_needed: whether somebody speaks, or what was said is not decoded yet; while it is true nothing is
            unloaded, and when it ends `rest` must be called. Called with a lock held: it must return at once.
        later: does something after so many seconds.

    """

    def __init__(
        self,
        engine: Engine,
        load: Callable[[], Engine],
        unload_after_minutes: float | None,
        is_needed: Callable[[], bool],
        later: Callable[[float, Callable[[], None]], Timer] = after,
    ) -> None:
        self._is_needed = is_needed
        self._later = later
        self._changed = threading.Condition()
        self._uses = 0
        self._timer: Timer | None = None
        self._loader: threading.Thread | None = None
        self._failure = ""  # why the last load failed; empty once it is to be tried again
        self._sessions: WeakSet[ResidentSession] = WeakSet()
        self._closed = False
        self._load = load
        self._unload_after_minutes = unload_after_minutes
        self._take(engine)

    @property
    def presence(self) -> Presence:
        """Where the model is now."""
        with self._changed:
            if self._loader is not None:
                return Presence.LOADING
            return Presence.LOADED if self._engine is not None else Presence.UNLOADED

    @property
    def device(self) -> str:
        """Where it runs, which may change while it is loaded, or ran last."""
        engine = self._engine
        return self._device if engine is None else engine.device

    # ── who needs it ──────────────────────────────────────────────────────────────────────────────

    def watch(self, event: Event) -> None:
        """Follow what happens in the flow."""
        match event:
            case ListeningChanged(listening):
                if listening:
                    self.need()
                self.rest()
            case UtteranceStarted():
                self.need()
            case UtteranceDelivered() | UtteranceDropped() | UtteranceFailed() | UtteranceHeld():
                self.rest()
            case _:
                pass

    def need(self) -> None:
        """Somebody is about to speak: load it if it is not, also where that failed before. Returns at once."""
        with self._changed:
            self._failure = ""
            self._begin_to_load()

    def rest(self) -> None:
        """Nobody speaks any more, perhaps: from now on it counts how long it has not been needed."""
        with self._changed:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
            minutes = None if self._closed or self._engine is None else self._unload_after_minutes
            if minutes is not None and not self._is_needed():
                self._timer = self._later(minutes * SECONDS_PER_MINUTE, self._unload)

    def replace(
        self, engine: Engine | None, load: Callable[[], Engine], unload_after_minutes: float | None
    ) -> None:
        """Follow other settings; sessions that have begun go on with the engine they have.

        Args:
            engine: the one for them, loaded; None where it stays.
            load: as for the constructor.
            unload_after_minutes: as for the constructor.

        """
        with self._changed:
            self._load, self._unload_after_minutes = load, unload_after_minutes
            if engine is not None:
                self._loader = None  # what it still loads is not wanted any more
                self._failure = ""
                self._take(engine)
                self._changed.notify_all()
        self.rest()

    def close(self) -> None:
        """Unload no more, and wait for a load that is under way."""
        with self._changed:
            self._closed = True
            loader = self._loader
        self.rest()
        if loader is not None:
            loader.join()

    # ── an engine ─────────────────────────────────────────────────────────────────────────────────

    def session(self, language: str | None) -> Session:
        """Begin an utterance; what the real engine says to the language comes with the first decode."""
        session = ResidentSession(self, language)
        with self._changed:
            self._sessions.add(session)
        return session

    def transcribe(self, audio: Pcm, language: str | None) -> Transcription:
        """Transcribe a whole recording."""
        with self.in_use() as engine:
            return engine.transcribe(audio, language)

    def self_check(self) -> SelfCheck:
        """Decode for real and say how that went."""
        with self.in_use() as engine:
            return engine.self_check()

    def wait_until_loaded(self) -> None:
        """Load it if it is not; returns when it is, or when that has failed."""
        with self._changed:
            self._begin_to_load()
            self._changed.wait_for(lambda: self._loader is None)

    @contextmanager
    def in_use(self) -> Iterator[Engine]:
        """The real engine, which stays loaded meanwhile; blocks while it is being loaded.

        Raises:
            NotLoaded: it could not be loaded, and nobody has needed it anew since.

        """
        with self._changed:
            self.wait_until_loaded()
            if self._engine is None:
                raise NotLoaded(f"the model {self.model.name!r} could not be loaded again: {self._failure}")
            engine = self._engine
            self._uses += 1
        try:
            yield engine
        finally:
            with self._changed:
                self._uses -= 1
            self.rest()

    # ── loading and unloading ─────────────────────────────────────────────────────────────────────

    def _take(self, engine: Engine) -> None:
        self._engine: Engine | None = engine
        self.name, self.model, self._device = engine.name, engine.model, engine.device
        self.draft = draft_of(engine)

    def _begin_to_load(self) -> None:
        if self._engine is None and self._loader is None and not self._failure:
            loader = threading.Thread(target=self._run, name="sayso-load", daemon=True)
            loader.start()
            self._loader = loader

    def _run(self) -> None:
        """Thread `sayso-load`: blocks on the disk and the engine; whoever decodes meanwhile waits for it."""
        engine, failure = None, ""
        try:
            engine = self._load()
        except Exception as error:  # told to whoever decodes next; of one that is not ours only the name
            failure = str(error) if isinstance(error, SaysoError) else type(error).__name__
            log.warning("%r could not be loaded again: %s", self.model.name, failure)
        with self._changed:
            if self._loader is not threading.current_thread():
                return  # another engine has been given meanwhile
            self._loader, self._failure = None, failure
            if engine is not None:
                self._take(engine)
            self._changed.notify_all()
        self.rest()

    def _unload(self) -> None:
        """Called by the timer: unload, unless it is needed after all; whose need ends then calls `rest`."""
        with self._changed:
            if self._uses or self._engine is None or self._closed or self._is_needed():
                return
            let_go: list[object] = [self._engine, *(session.forget() for session in self._sessions)]
            self._engine = None
        let_go.clear()  # it takes a moment, for which nobody has to wait
        heap.give_back()


def wait_until_loaded(engine: Engine) -> None:
    """Wait for an engine that rests; one that never does is loaded."""
    if isinstance(engine, ResidentEngine):
        engine.wait_until_loaded()


class ResidentSession:
    """One utterance on whatever engine is loaded.

    Args:
        resident: keeps the engine loaded during a decode.
        language: Whisper code, or None to let the model decide.

    """

    def __init__(self, resident: ResidentEngine, language: str | None) -> None:
        self._resident = resident
        self._language = language
        self._real: Session | None = None

    def forget(self) -> Session | None:
        """Let go of the real session, and return it; the next decode begins anew on what is loaded then."""
        real, self._real = self._real, None
        return real

    def partial(self, window: Window) -> Decoding:
        """Decode quickly; waits for the engine to be loaded."""
        with self._resident.in_use() as engine:
            return self._on(engine).partial(window)

    def final(self, window: Window) -> Decoding:
        """Decode thoroughly; waits for the engine to be loaded."""
        with self._resident.in_use() as engine:
            return self._on(engine).final(window)

    def score(self, window: Window, texts: Sequence[str]) -> tuple[Scored, ...] | None:
        """How likely each text is; waits for the engine to be loaded."""
        with self._resident.in_use() as engine:
            return score(self._on(engine), window, texts)

    def _on(self, engine: Engine) -> Session:
        if self._real is None:
            self._real = engine.session(self._language)
        return self._real
