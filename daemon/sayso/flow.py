"""The whole flow in one place: capture → ring → segmenter → recogniser → stabiliser → formatter → typist,
with the journal listening at the side. Built in this order, started in reverse, unwound in order.

How the stages between ring and typist are joined is in `stages`.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from contextlib import ExitStack

from sayso.audio import Pcm
from sayso.capture import Source
from sayso.clock import Clock
from sayso.commands import Grammar, obeyed
from sayso.config import Settings
from sayso.engines import Engine
from sayso.events import (
    CaptureInterrupted,
    Event,
    HypothesisChanged,
    LearnAsked,
    ProblemCleared,
    TextStands,
    UtteranceBarred,
    UtteranceCutShort,
    UtteranceDropped,
    UtteranceFailed,
    UtteranceMoved,
    UtteranceSaid,
    UtteranceStarted,
)
from sayso.formatter import Formatter
from sayso.journal.thread import JournalThread
from sayso.language import Speech, speech_from
from sayso.languages import parse_languages
from sayso.pipeline_thread import PipelineThread
from sayso.profiles.casing import lowered
from sayso.profiles.utterances import ProfileOfUtterance
from sayso.recogniser_thread import STUCK_SECONDS, RecogniserThread
from sayso.stages import Stages, plan_from
from sayso.status import OF_THE_MICROPHONE, Status
from sayso.typist import Target, Typist
from sayso.typist.delivery import Delivery
from sayso.typist.delivery_thread import DeliveryThread
from sayso.vad import VoiceDetector
from sayso.vocabulary.live import LiveVocabulary

Observer = Callable[[Event], None]
PLAIN, SMALL = Formatter(), Formatter([lowered])
"""As it was heard, and in small letters."""


def keeps_from(settings: Settings) -> bool:
    """Whether text that lost its window goes to the clipboard."""
    return settings.typist.focus_moved == "clipboard"


class Flow:
    """The live flow: stages, threads, and the edges given to it.

    Args:
        settings: as loaded.
        source: the microphone, or a file that plays like one.
        engine: the loaded model.
        detector: probability of speech, frame by frame.
        typist: where the text goes.
        journal: keeps what may be kept; started and stopped with the flow.
        clock: for deadlines.
        observers: told of everything that happens, on the thread on which it happens; they must not block.
        mirror: draws what the typist is given.
        beat: called on the pipeline's thread for each `ping`, as long as the recogniser is not stuck.
        is_secret: whether what has the focus in a window wants a password; any thread, within milliseconds.
        is_locked: whether the screen is; likewise.
        layout: the language of the keyboard's layout now, as a Whisper code; None where it is not known.
        vocabulary: the person's learnt terms and rules; None for none.

    Attributes:
        profile: what differs for an utterance, by the application that it began in.

    """

    def __init__(
        self,
        settings: Settings,
        source: Source,
        engine: Engine,
        detector: VoiceDetector,
        typist: Typist,
        journal: JournalThread,
        clock: Clock,
        observers: tuple[Observer, ...] = (),
        mirror: Typist | None = None,
        beat: Callable[[], None] = lambda: None,
        is_secret: Callable[[Target], bool] = lambda _: False,
        is_locked: Callable[[], bool] = lambda: False,
        layout: Callable[[], str | None] = lambda: None,
        vocabulary: LiveVocabulary | None = None,
    ) -> None:
        self.profile = ProfileOfUtterance()
        self._is_secret = is_secret
        self._speech = speech_from(settings)
        self._obeys = settings.commands.enabled
        self._observers = observers
        self.status = Status(self._tell)
        self.source = source
        self.journal = journal
        self.delivery = Delivery(
            typist,
            self.emit,
            keeps=keeps_from(settings),
            mirror=mirror,
            barred=self._barred,
            is_locked=is_locked,
        )
        self._typist_thread = DeliveryThread(self.delivery)
        self.stages = Stages(
            settings,
            engine,
            detector,
            clock,
            deliver=self._typist_thread,
            keep=self._keep,
            emit=self.emit,
            place=self.delivery.place,
            is_cancelled=self.delivery.is_cancelled,
            deletes=self.delivery.deletes,
            undo=self._typist_thread.undo,
            trim=self._typist_thread.trim,
            first_utterance=journal.first_utterance,
            vocabulary=vocabulary,
        )
        self.stages.dictation.commands = self._grammar_of
        self.stages.dictation.formatter_of = self._formatter_of
        self.stages.recogniser.speech_of = self._speech_of
        self.stages.recogniser.layout = layout
        self._recogniser_thread = RecogniserThread(
            self.stages.recogniser, self.stages.mailbox, self.stages.dictation.take, clock, self.stages.done
        )
        self._pipeline_thread = PipelineThread(self.stages.pipeline, self.stages.wake, beat)
        self._running = ExitStack()

    def start(self) -> None:
        """Start every stage, the end of the flow first, so that nothing is produced that nobody takes."""
        with ExitStack() as stack:
            stack.callback(self._close_typist)
            for thread in (self.journal, self._typist_thread, self._recogniser_thread, self._pipeline_thread):
                thread.start()
                stack.callback(thread.stop)
            self.source.start(self.stages.ring, self.emit)
            stack.callback(self._stop_source)
            self._running = stack.pop_all()

    def _close_typist(self) -> None:
        for typist in (self.delivery.typist, self.delivery.mirror):  # whichever they are by then
            if typist is not None:
                typist.close()

    def _stop_source(self) -> None:
        self.source.stop()  # whichever it is by then

    def stop(self) -> None:
        """Unwind in reverse: capture first, then each stage once it has done what the one before gave it."""
        self._running.close()

    def read_commands(self) -> None:
        """Read the spoken commands of the languages that are set: what is broken is told now, not in speech."""
        for code in self._speech.languages.allowed if self._obeys else ():
            self.stages.grammars(code)

    def listen(self) -> None:
        """Begin to listen."""
        self.stages.pipeline.listen()

    def stop_listening(self) -> None:
        """Finish what is being said, and listen no more."""
        self.stages.pipeline.stop_listening(self.source.latency_samples)

    def look_again(self) -> None:
        """Something else may have the focus: try what waits. Any thread."""
        self._typist_thread.retry()

    def cancel(self) -> None:
        """Forget what has been said and does not stand yet, and listen no more."""
        self.stages.pipeline.cancel(self.source.latency_samples)
        self._typist_thread.cancel()

    def forget_heard(self) -> None:
        """Nothing that was heard until now counts; while nobody is listened to."""
        self.stages.pipeline.cancel(self.source.latency_samples)

    def replace_source(self, source: Source) -> None:
        """Capture from another source; what was said so far is finished as it stands."""
        self.source.stop()
        self.emit(CaptureInterrupted(self.stages.ring.written))
        for name in OF_THE_MICROPHONE & self.status.facts.problems.keys():
            self.emit(ProblemCleared(name))  # the next source tells its own
        self.source = source
        source.start(self.stages.ring, self.emit)

    def undo(self) -> None:
        """Take back what was typed last."""
        self._typist_thread.undo()

    def type_here(self) -> None:
        """Type what waits for its window into the one that has the focus."""
        self._typist_thread.here()

    def go_back(self) -> None:
        """Give the focus back to the window for which text waits."""
        self._typist_thread.back()

    def learn(self) -> None:
        """Learn from what stands in the window."""
        self.emit(LearnAsked())

    def copy(self) -> None:
        """Put what waits for its window into the clipboard."""
        self._typist_thread.copy()

    def keep(self, text: str) -> Future[None]:
        """Put a text into the clipboard; the future tells that it is there, or why not. Any thread."""
        return self._typist_thread.keep(text)

    def ping(self, patience_seconds: float = STUCK_SECONDS) -> None:
        """Ask the pipeline for a sign of life: `beat` is called when it gives one.

        Args:
            patience_seconds: so long may the recogniser take over one request; without a sign of life after it.

        """
        if not self._recogniser_thread.is_stuck(patience_seconds):
            self._pipeline_thread.ping()

    def replace_typist(self, typist: Typist | None, mirror: Typist | None, settings: Settings) -> None:
        """From the next edit on deliver through another backend (None: the same), or as other settings say."""
        self._typist_thread.replace(typist, mirror, keeps=keeps_from(settings))

    def apply(self, settings: Settings, engine: Engine) -> None:
        """Follow new settings from the next utterance on, with the engine already loaded for them."""
        self.stages.pipeline.plan = plan_from(settings)
        self.stages.dictation.rewrite = settings.streaming.rewrite
        self._speech = speech_from(settings)
        self._obeys = settings.commands.enabled
        self.stages.grammars.reload(settings.commands.pause_ms / 1000, settings.vocabulary)
        self.stages.recogniser.engine = engine

    def emit(self, event: Event) -> None:
        """Tell everybody. Any thread."""
        match event:
            case CaptureInterrupted():
                self.stages.pipeline.interrupted(event)
            case UtteranceStarted(utterance):
                self.delivery.begin(utterance)
                self.profile.begin(utterance, self.delivery.application(utterance))
                self._begin_to_keep(utterance)
            case HypothesisChanged():
                self._typist_thread.show(event.utterance, event.unstable)
            case UtteranceDropped(utterance):
                self._typist_thread.forget(utterance)
            case UtteranceFailed(utterance):
                self._typist_thread.fail(utterance)
            case UtteranceCutShort() | UtteranceMoved():
                self.stages.dictation.correct(event)
            case _:
                pass
        self.journal.watch(self._keepable(event))
        if self._is_for_all(event):
            self.status.watch(event)

    def _speech_of(self, utterance: int) -> Speech:
        """How an utterance is spoken: as the settings say, but for what its application's profile does."""
        profile, speech = self.profile(utterance), self._speech
        return Speech(
            speech.languages if profile.language is None else parse_languages(profile.language),
            speech.vocabulary if profile.vocabulary is None else profile.vocabulary,
        )

    def _grammar_of(self, utterance: int, language: str) -> Grammar | None:
        """The spoken commands of an utterance, where they are obeyed, and the person's words."""
        said = self.profile(utterance).commands
        return obeyed(self.stages.grammars(language), commands=self._obeys if said is None else said)

    def _formatter_of(self, utterance: int) -> Formatter:
        return SMALL if self.profile(utterance).casing == "lower" else PLAIN

    def _barred(self, target: Target) -> str | None:
        """Why nothing may be typed where the focus is in a window; None where it may."""
        if self.profile.profiles.of(target.application).dictation is False:
            return f"dictation is off in {target.application} (applications.yaml)"
        return "the focus is in a password field" if self._is_secret(target) else None

    def _may_keep(self, utterance: int) -> bool:
        return not self.delivery.is_barred(utterance) and self.profile(utterance).journal is not False

    def _begin_to_keep(self, utterance: int) -> None:
        """Tell the journal of an utterance, unless nothing of it may be kept: then it hears no more of it."""
        if self._may_keep(utterance):
            application, model = self.delivery.application(utterance), self.profile(utterance).model
            self.journal.begin(self.stages.begun(utterance, application, model, learns=self.journal.learns()))

    def _keep(self, utterance: int, audio: Pcm) -> None:
        """The journal hears what may be kept."""
        if self._may_keep(utterance):
            self.journal.hear(utterance, audio)

    def _keepable(self, event: Event) -> Event:
        """An event as the journal may know it: of what went where nothing may be kept, nothing stays."""
        match event:
            case UtteranceBarred(utterance):  # at once: were this the last moment, the next start would keep it
                return UtteranceDropped(utterance)
            case UtteranceFailed() | TextStands() if not self._keeps_in(event.application):
                return UtteranceDropped(event.utterance)  # perhaps it began in another application
            case _:
                return event

    def _is_for_all(self, event: Event) -> bool:
        """Whether those who learn may know of it, too: not of the text of what may not be kept."""
        match event:
            case UtteranceSaid(utterance):
                return self._may_keep(utterance)
            case TextStands(utterance, application=application):
                return self._may_keep(utterance) and self._keeps_in(application)
            case _:
                return True

    def _keeps_in(self, application: str) -> bool:
        return self.profile.profiles.of(application).journal is not False

    def _tell(self, event: Event) -> None:
        for observer in self._observers:
            observer(event)
