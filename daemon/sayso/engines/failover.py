"""An engine on a graphics card that goes on on the CPU when the card fails: no utterance is lost for it.

What failed is decoded again, from its audio, which a session is always given whole. The card is tried again later,
beside everything else, with a real decode; work goes back to it when the next utterance begins.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence

from sayso.audio import Pcm
from sayso.engines import Decoding, Engine, Scored, SelfCheck, Session, Transcription, Window, score
from sayso.errors import ModelError, SaysoError
from sayso.events import Event, Problem, ProblemCleared, ProblemName
from sayso.models import Model

log = logging.getLogger(__name__)

RETRY_SECONDS = 300.0


class FailoverEngine:
    """An engine that falls back to another.

    Name, model and device are those of the one that works now. Any thread may call any method.

    Args:
        card: the engine on the card, loaded.
        on_cpu: loads the same model on the CPU.
        again: loads it on the card again, and proves that it works.
        tell: whom a fault is told, and that it is over.
        now: seconds, for the time until the card is tried again.

    """

    def __init__(
        self,
        card: Engine,
        on_cpu: Callable[[], Engine],
        again: Callable[[], Engine],
        tell: Callable[[Event], None],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._lock = threading.Lock()
        self._engine = card
        self._card = card.device
        self._on_cpu = on_cpu
        self._again = again
        self._tell = tell
        self._now = now
        self._failed_at: float | None = None  # None while the card works
        self._trying: threading.Thread | None = None

    @property
    def name(self) -> str:
        """Name of the engine's entry point."""
        return self._engine.name

    @property
    def model(self) -> Model:
        """The model that is loaded."""
        return self._engine.model

    @property
    def device(self) -> str:
        """Where it runs now."""
        return self._engine.device

    def session(self, language: str | None) -> Session:
        """Begin an utterance; if the card has failed a while ago, it is tried again meanwhile."""
        self._try_again()
        return FailoverSession(self, language)

    def transcribe(self, audio: Pcm, language: str | None) -> Transcription:
        """Transcribe a whole recording, if need be a second time."""
        engine = self.working
        try:
            return engine.transcribe(audio, language)
        except Exception as error:  # a driver has as many kinds as it has faults
            return self.replaced(engine, error).transcribe(audio, language)

    def self_check(self) -> SelfCheck:
        """Check the one that works now."""
        return self.working.self_check()

    # ── what a session needs ──────────────────────────────────────────────────────────────────────

    @property
    def working(self) -> Engine:
        """The engine to decode with now."""
        with self._lock:
            return self._engine

    def replaced(self, failed: Engine, error: Exception) -> Engine:
        """The engine to go on with after a fault.

        Raises:
            Exception: the error, where the CPU failed too, or the fault has nothing to do with the card.

        """
        with self._lock:
            if self._engine is not failed:
                return self._engine  # another utterance has found out already
            if self._failed_at is not None or isinstance(error, ModelError):
                raise error
            self._engine = self._on_cpu()
            self._failed_at = self._now()
        # Of an error that is not ours only the name: its words may quote what was dictated.
        reason = str(error).rstrip(".") if isinstance(error, SaysoError) else type(error).__name__
        message = (
            f"{self.model.name!r} failed on {self._card} ({reason}): the CPU goes on, nothing is lost. "
            f"{self._card} is tried again in {RETRY_SECONDS / 60:.0f} minutes; if it stays, set engine.device: cpu"
        )
        self._tell(Problem(ProblemName.CARD_FAILED, message))
        return self._engine

    # ── back to the card ──────────────────────────────────────────────────────────────────────────

    def _try_again(self) -> None:
        with self._lock:
            failed_at = self._failed_at
            if failed_at is None or self._trying is not None or self._now() - failed_at < RETRY_SECONDS:
                return
            self._trying = threading.Thread(target=self._run, name="sayso-card", daemon=True)
        self._trying.start()

    def _run(self) -> None:
        """Thread `sayso-card`: may block on the driver for ever; nobody waits for it."""
        card = None
        try:
            card = self._again()
        except Exception as error:  # it fails as it did: it is tried again later
            log.info("%s still fails (%s)", self._card, type(error).__name__)
        with self._lock:
            self._trying = None
            if card is None:
                self._failed_at = self._now()
                return
            self._engine, self._failed_at = card, None
        self._tell(ProblemCleared(ProblemName.CARD_FAILED))


class FailoverSession:
    """One utterance on whichever engine works.

    Args:
        engines: knows which one does.
        language: Whisper code, or None to let the model decide.

    """

    def __init__(self, engines: FailoverEngine, language: str | None) -> None:
        self._engines = engines
        self._language = language
        self._begin(engines.working)

    def partial(self, window: Window) -> Decoding:
        """Decode quickly; again on the CPU if that fails."""
        try:
            return self._session.partial(window)
        except Exception as error:  # a driver has as many kinds as it has faults
            self._begin(self._engines.replaced(self._engine, error))
            return self._session.partial(window)

    def final(self, window: Window) -> Decoding:
        """Decode thoroughly; again on the CPU if that fails."""
        try:
            return self._session.final(window)
        except Exception as error:  # as above
            self._begin(self._engines.replaced(self._engine, error))
            return self._session.final(window)

    def score(self, window: Window, texts: Sequence[str]) -> tuple[Scored, ...] | None:
        """How likely each text is; again on the CPU if that fails."""
        try:
            return score(self._session, window, texts)
        except Exception as error:  # as above
            self._begin(self._engines.replaced(self._engine, error))
            return score(self._session, window, texts)

    def _begin(self, engine: Engine) -> None:
        self._engine = engine
        self._session = engine.session(self._language)
