"""The recogniser: spans of audio → hypotheses.

It does one request at a time and knows no threads: `recogniser_thread` feeds it from the mailbox in the live
service, a replay on a virtual clock does so by hand.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from sayso.audio import samples, seconds
from sayso.cuts import Gap, partial_start
from sayso.engines import Decoding, Engine, Session, Window
from sayso.errors import NotLoaded, SaysoError
from sayso.events import Hypothesis, Problem, ProblemCleared, ProblemName, TimedWord
from sayso.gates import judged
from sayso.language import Speech
from sayso.language.choice import Choice, choose
from sayso.languages import ANY, Languages
from sayso.mailbox import DecodeFinal, DecodePartial, Drop, Promote, Request, Withdraw
from sayso.vocabulary.matching import NO_TERMS
from sayso.vocabulary.shortlist import Asking

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
        language: Whisper code, or None to let the model decide, for as long as `speech_of` is not set.
        memory: what has been said so far.
        report: told of problems.

    Attributes:
        speech_of: how the utterance of that number is spoken; asked once, before its first decode, on the
            recogniser's thread. It must return at once.
        engine_of: the engine for an utterance; `engine` where nobody says otherwise. Asked as above.
        layout: the language of the keyboard's layout, as a Whisper code; None where it is not known. Asked where
            the languages follow it, once an utterance, on the recogniser's thread.
        asking_of: for an utterance in a language, with terms that are always in its prompt, what else is. Asked on
            the recogniser's thread.

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
        self.speech_of: Callable[[int], Speech] = self._as_told
        self.engine_of: Callable[[int], Engine] = lambda _: self.engine
        self.layout: Callable[[], str | None] = lambda: None
        self.asking_of: Callable[[str, tuple[str, ...]], Asking] = lambda _, given: Asking(NO_TERMS, given, 0.0)
        self.decodes = 0
        self._memory = memory
        self._report = report
        self._session: Session | None = None
        self._utterance = 0  # that the session belongs to
        self._speech = Speech()  # its
        self._decided: str | None = None  # its language, once there is no doubt
        self._before: str | None = None  # the language of the last utterance that had words
        self._asking: Asking | None = None  # of the utterance, once its language is known
        self._held_back: Final | None = None
        self._spoken_until: int | None = None  # absolute sample: end of the last utterance that had words
        self._failing = False

    def handle(self, request: Request) -> Result | None:
        """Do one request. Takes as long as a decode; never raises for what an engine does."""
        match request:
            case DecodePartial():
                self._begin(request.utterance)
                window = self._partial_window(request)
                hypothesis = self._decoded(request, window, attempts=1)
                return Partial(hypothesis) if hypothesis is not None else None
            case DecodeFinal():
                self._begin(request.utterance)
                hypothesis = self._decoded(request, self._final_window(request), attempts=2)
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
            self._before = final.hypothesis.language
        return final

    def _attempt(self, request: DecodePartial | DecodeFinal, window: Window, attempts: int) -> Decoding | None:
        for _ in range(attempts):
            try:
                session = self._session_now()
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
        audio = request.audio[start - request.start :]
        return Window(audio, start, said, vocabulary=self._terms(), choose=self._chooser(request))

    def _final_window(self, request: DecodeFinal) -> Window:
        """All of the request's audio, and what the partials have made of it."""
        start = seconds(request.start)
        said = self._memory.context(request.utterance, start)
        expected = self._memory.expectation(request.utterance, start, seconds(request.voiced_end))
        return Window(
            request.audio,
            request.start,
            said,
            expected if request.ends else "",
            self._terms(),
            self._chooser(request),
        )

    def _terms(self) -> tuple[str, ...]:
        """The terms that are in the next window's prompt."""
        language = self._decided or self._before
        if self._asking is None and language is not None:
            self._asking = self.asking_of(language, self._speech.vocabulary)
        return self._asking.prompt if self._asking is not None else self._speech.vocabulary

    def _decoded(self, request: DecodePartial | DecodeFinal, window: Window, attempts: int) -> Hypothesis | None:
        """Decode a window; a second time where something that it is unsure of sounds like the person's terms."""
        decoding, asking = self._attempt(request, window, attempts), self._asking
        hypothesis = self._hypothesis(request, window, decoding) if decoding else None
        if hypothesis is None or asking is None:
            return hypothesis
        whole = hypothesis.words if isinstance(request, DecodeFinal) else hypothesis.words[:-1]
        if asked := asking.ask(whole, self._settled_seconds(request.utterance)):
            prompted = replace(window, expected="", vocabulary=asking.asking(asked))
            decoding = self._attempt(request, prompted, attempts=1)
            again = self._hypothesis(request, prompted, decoding) if decoding else None
            if again is not None and asking.found(again.words, asked, whole):
                hypothesis = again
        return replace(hypothesis, words=asking.believed(hypothesis.words))

    def _settled_seconds(self, utterance: int) -> float:
        """Until when what was said is committed."""
        return max((gap.end_seconds for gap in self._memory.gaps if gap.utterance == utterance), default=0.0)

    def _failed(self, error: Exception) -> None:
        if not self._failing:
            self._failing = True
            # Of an error that is not ours only the name: its words may quote what was dictated.
            reason = str(error).rstrip(".") if isinstance(error, SaysoError) else type(error).__name__
            if isinstance(error, NotLoaded):
                message = f"{reason}. The next utterance tries again"
            else:
                engine = self.engine_of(self._utterance)
                message = (
                    f"the engine {engine.name!r} failed on {engine.device}: {reason}. "
                    "Restart sayso; if it stays, set engine.device: cpu"
                )
            self._report(Problem(ProblemName.ENGINE_FAILED, message))

    # ── the language ──────────────────────────────────────────────────────────────────────────────

    def _as_told(self, _utterance: int) -> Speech:
        return Speech(ANY if self.language is None else Languages((self.language,)))

    def _begin(self, utterance: int) -> None:
        """Find out how an utterance is spoken, at its first request."""
        if utterance == self._utterance:
            return
        self._utterance, self._session, self._asking = utterance, None, None
        self._speech = self.speech_of(utterance)
        languages = self._speech.languages
        known = self.engine_of(utterance).model.manifest.languages
        # An application's own model may not be loaded yet, or the usual one know less than its profile asks for.
        self._decided = languages.fixed if languages.fixed in known or len(known) > 1 else known[0]
        if languages.follows_layout:
            self._decided = next((code for code in (self.layout(), self._before) if code in known), None)

    def _chooser(self, request: DecodePartial | DecodeFinal) -> Callable[[Mapping[str, float]], str] | None:
        """What chooses the language of a window; None where it is known."""
        if self._decided is not None:
            return None
        allowed, voiced_seconds = self._speech.languages.allowed, seconds(request.hearing.voice.samples)

        def decide(probabilities: Mapping[str, float]) -> str:
            choice = choose(allowed, probabilities, self._before, voiced_seconds)
            self._take(choice)
            return choice.code

        return decide

    def _take(self, choice: Choice) -> None:
        if choice.is_sure:
            self._decided = choice.code
            self._session = None  # the next one need not ask for the language any more

    def _session_now(self) -> Session:
        if self._session is None:
            self._session = self.engine_of(self._utterance).session(self._decided)
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
            prompt=window.prompt,
            vocabulary=window.vocabulary,
        )
