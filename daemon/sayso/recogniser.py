"""The recogniser: spans of audio → hypotheses.

It does one request at a time and knows no threads: `recogniser_thread` feeds it from the mailbox in the live
service, a replay on a virtual clock does so by hand.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from sayso.audio import samples, seconds
from sayso.cuts import Gap, partial_start
from sayso.engines import Decoding, Engine, Session, Window
from sayso.errors import NotLoaded, SaysoError
from sayso.events import Hypothesis, Problem, ProblemCleared, ProblemName, TimedWord
from sayso.gates import judged
from sayso.mailbox import DecodeFinal, DecodePartial, Drop, Promote, Request, Withdraw

log = logging.getLogger(__name__)

PARTIAL_PROMPT_WORDS = 12  # as good as 40 for words that come soon after, and cheaper; none is worse by a third


@dataclass(frozen=True, slots=True)
class Partial:
    """A hypothesis of an utterance in flight."""

    hypothesis: Hypothesis


@dataclass(frozen=True, slots=True)
class Final:
    """The last word on a window; `hypothesis` is None where the engine failed twice.

    Attributes:
        utterance: its number.
        hypothesis: what was said.
        ends: whether the utterance ends with this window.
        voiced_end_seconds: end of the last voiced frame.

    """

    utterance: int
    hypothesis: Hypothesis | None
    ends: bool
    voiced_end_seconds: float


@dataclass(frozen=True, slots=True)
class Dropped:
    """An utterance that gets no more hypotheses."""

    utterance: int


Result = Partial | Final | Dropped


class Memory(Protocol):
    """What has been said, as far as it is known; asked on the recogniser's thread."""

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """Between the committed words of the utterance in flight."""
        ...

    def context(self, utterance: int, before_seconds: float, words: int = ...) -> str:
        """Return the last so many words said before a time, for the prompt."""
        ...

    def expectation(self, utterance: int, from_seconds: float, until_seconds: float) -> str:
        """Return what is believed to be said in that time; empty where it is not known to the end."""
        ...


class Recogniser:
    """Turns requests into results, one at a time.

    Args:
        engine: the loaded model; `engine` may be replaced, the next window uses the new one.
        language: Whisper code, or None to let the model decide.
        memory: what has been said so far.
        report: told of problems.

    """

    def __init__(
        self,
        engine: Engine,
        language: str | None,
        memory: Memory,
        report: Callable[[Problem | ProblemCleared], None],
    ) -> None:
        self.engine = engine
        self.language = language
        self.decodes = 0
        self._memory = memory
        self._report = report
        self._session: Session | None = None
        self._utterance = 0  # that the session belongs to
        self._held_back: Final | None = None
        self._spoken_until: int | None = None  # absolute sample: end of the last utterance that had words
        self._failing = False

    def handle(self, request: Request) -> Result | None:
        """Do one request. Takes as long as a decode; never raises for what an engine does."""
        match request:
            case DecodePartial():
                window = self._partial_window(request)
                decoding = self._attempt(request, window, attempts=1)
                return Partial(self._hypothesis(request, window, decoding)) if decoding else None
            case DecodeFinal():
                window = self._final_window(request)
                decoding = self._attempt(request, window, attempts=2)
                hypothesis = self._hypothesis(request, window, decoding) if decoding else None
                final = Final(request.utterance, hypothesis, request.ends, seconds(request.voiced_end))
                if request.speculative:
                    self._held_back = final
                    # Until it is promoted or withdrawn it is a hypothesis like any other.
                    return Partial(replace(hypothesis, final=False)) if hypothesis else None
                return self._settled(final)
            case Promote():
                final_held, self._held_back = self._held_back, None
                return self._settled(final_held) if final_held else None
            case Withdraw():
                self._held_back = None
                return None
            case Drop():
                self._held_back = None
                return Dropped(request.utterance)

    def _settled(self, final: Final) -> Final:
        if final.hypothesis is not None and final.hypothesis.words:
            self._spoken_until = samples(final.voiced_end_seconds)
        return final

    def _attempt(self, request: DecodePartial | DecodeFinal, window: Window, attempts: int) -> Decoding | None:
        for _ in range(attempts):
            try:
                session = self._session_for(request.utterance)
                self.decodes += 1
                final = isinstance(request, DecodeFinal)
                decoding = session.final(window) if final else session.partial(window)
            except Exception as error:  # whatever an engine raises must not end the thread
                self._session = None
                log.debug("decoding %.1f s of audio failed: %s", seconds(len(window.audio)), type(error).__name__)
                self._failed(error)
                continue
            if self._failing:
                self._failing = False
                self._report(ProblemCleared(ProblemName.ENGINE_FAILED))
            return decoding
        return None

    def _partial_window(self, request: DecodePartial) -> Window:
        """The end of the request's audio: what is committed before it is in the prompt."""
        gaps = [gap for gap in self._memory.gaps if gap.utterance == request.utterance]
        start = partial_start(gaps, request.start, request.start + len(request.audio))
        said = self._memory.context(request.utterance, seconds(start), PARTIAL_PROMPT_WORDS)
        return Window(request.audio[start - request.start :], start, said)

    def _final_window(self, request: DecodeFinal) -> Window:
        """All of the request's audio, and what the partials have made of it."""
        start = seconds(request.start)
        said = self._memory.context(request.utterance, start)
        expected = self._memory.expectation(request.utterance, start, seconds(request.voiced_end))
        return Window(request.audio, request.start, said, expected if request.ends else "")

    def _failed(self, error: Exception) -> None:
        if not self._failing:
            self._failing = True
            # Of an error that is not ours only the name: its words may quote what was dictated.
            reason = str(error).rstrip(".") if isinstance(error, SaysoError) else type(error).__name__
            if isinstance(error, NotLoaded):
                message = f"{reason}. The next utterance tries again"
            else:
                message = (
                    f"the engine {self.engine.name!r} failed on {self.engine.device}: {reason}. "
                    "Restart sayso; if it stays, set engine.device: cpu"
                )
            self._report(Problem(ProblemName.ENGINE_FAILED, message))

    def _session_for(self, utterance: int) -> Session:
        if self._session is None or utterance != self._utterance:
            self._session = self.engine.session(self.language)
            self._utterance = utterance
        return self._session

    def _hypothesis(self, request: DecodePartial | DecodeFinal, window: Window, decoding: Decoding) -> Hypothesis:
        start = seconds(window.start_sample)
        belief = judged(decoding, window.start_sample, request.hearing, self._spoken_until)
        return Hypothesis(
            utterance=request.utterance,
            window_start_seconds=start,
            window_end_seconds=seconds(window.start_sample + len(window.audio)),
            words=tuple(
                TimedWord(w.text, start + w.start_seconds, start + w.end_seconds, w.confidence)
                for w in belief.words
            ),
            final=isinstance(request, DecodeFinal),
            language=decoding.language,
            resets_prompt=belief.resets_prompt,
        )
