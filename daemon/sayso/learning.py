"""What learns, beside the flow: consent, journal, corrections and the person's words, built and unwound together.

The flow knows nothing of it but the journal, which it feeds, and the vocabulary, which it reads. It is an observer
of the flow, and what the bus and the keys ask of learning. None of it holds a dictation up: what takes time is
done on the thread of the corrections or of the journal.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Final

from sayso import paths
from sayso.audio import Pcm
from sayso.config import Settings
from sayso.corrections import Seen, Source
from sayso.corrections.acoustic import Acoustic
from sayso.corrections.collector import NOT_LEARNING, Collector
from sayso.corrections.field_watch import FieldWatch
from sayso.corrections.learn_key import LearnKey
from sayso.corrections.repetition import Repetition
from sayso.corrections.settling import MOST_CHARACTERS, TOO_LONG
from sayso.corrections.surrounding import Surrounding
from sayso.corrections.teaching import Teaches, may_teach
from sayso.engines.resident import Presence, ResidentEngine
from sayso.errors import AlreadyRunning, JournalError, NoSuchUtterance, NotLearning, SaysoError, StorageError
from sayso.events import (
    Event,
    LearnAsked,
    LearningAnswered,
    LearningAsked,
    Problem,
    ProblemCleared,
    ProblemName,
    Recovered,
    UtteranceDelivered,
    UtteranceSaid,
    UtteranceStarted,
)
from sayso.journal import Correction, Decision, Line, Utterance
from sayso.journal.consent import QUESTION, Answer, Consent
from sayso.journal.database import Database
from sayso.journal.forgetting import What
from sayso.journal.keys import DATABASE_NAME
from sayso.journal.opening import journal_from, no_journal
from sayso.journal.reading import lines
from sayso.journal.recovery import Transcribe
from sayso.journal.retention import mark_shown
from sayso.saying import say
from sayso.sight import Sight
from sayso.typist import Typist
from sayso.vocabulary import store
from sayso.vocabulary.learning import learn, note_uses
from sayso.vocabulary.live import LiveVocabulary

log = logging.getLogger(__name__)

LATE: Final = frozenset(
    {"corrections.watch_minutes", *(f"journal.{name}" for name in ("safety_net", "keep_days", "keep_mb", "key"))}
)
"""Settings that hold from the next start on."""

CLIPBOARD_SECONDS: Final = 15.0  # the typist may be in the middle of a text
REMEMBERED: Final = 64  # utterances in flight; there are two or three
ANSWER: Final = "Say: sayso learning on, or sayso learning off"


class Learning:
    """All that learns. Any thread may call it, and waits for nothing, except where a method says otherwise.

    Args:
        settings: as loaded.
        emit: tells everybody of what happens.
        sight: sees the fields that were typed into.
        engine: is asked whether a correction fits what was said, where it is loaded.
        refresh: has what the bus tells of its state looked at again.

    Attributes:
        consent: whether anything may be kept.
        journal: what is kept; the flow starts, feeds and stops it.
        vocabulary: the person's words, for the flow.
        collector: what was seen, judged.

    """

    def __init__(
        self,
        settings: Settings,
        emit: Callable[[Event], None],
        sight: Sight,
        engine: ResidentEngine,
        refresh: Callable[[], None],
    ) -> None:
        self._emit = emit
        self._sight = sight
        self._refresh = refresh
        self._engine = engine
        self._settings = settings
        self._recovered: tuple[int, ...] = ()
        self._is_asking = False
        self._said: dict[int, UtteranceSaid] = {}  # what was said and has not arrived yet
        self._keep: Callable[[str], Future[None]] | None = None
        self.consent = Consent(paths.learning_file(), settings.learning)
        self._unkept = ""  # why nothing is kept in this run
        try:
            self.journal = journal_from(settings, emit, lambda: self.consent.learns)
        except AlreadyRunning as error:
            self.journal, self._unkept = no_journal(), str(error)
        self.vocabulary = LiveVocabulary()
        self.collector = Collector(self.journal.ask, emit, learn=self._learn, learns=lambda: self.consent.learns)
        self._learn_key = LearnKey(self.collector, sight.selection, lambda: self.consent.learns, emit)
        self._repetition = Repetition(self.collector.take)
        self._surrounding = Surrounding(self._seen)
        self._fields = FieldWatch(
            sight.typed, self._seen, settings.corrections.watch_minutes, deleted=self._repetition.gone
        )
        self._apply()
        sight.on_focus(refresh)  # what is changed there may teach something, or nothing

    # ── one life ──────────────────────────────────────────────────────────────────────────────────

    def start(self, keep: Callable[[str], Future[None]]) -> None:
        """Begin, once the flow has. Main thread.

        Args:
            keep: puts a text into the clipboard.

        """
        self._keep = keep
        if self._unkept:
            message = f"what you dictate is neither kept nor learnt from: {self._unkept}"
            self._emit(Problem(ProblemName.STORAGE_FAILED, message))
        self.collector.start()
        self._watch_fields()
        self.journal_changed()

    def stop(self) -> None:
        """End, before the flow does; blocks for a fraction of a second, longer where the disk is slow."""
        self._fields.stop()
        self.collector.stop()

    def listen(self, typist: Typist) -> None:
        """Hear from a typist what stood before the cursor, if it can tell."""
        self._surrounding.listen(typist)

    def begin(self, transcribe: Transcribe) -> None:
        """The service is ready: take up what an earlier run has left, and ask, once for all, what may be kept.

        Args:
            transcribe: makes text of audio that was left; may take long.

        """
        self.journal.recover(transcribe)
        try:
            self._is_asking = self.consent.is_to_be_asked()
        except StorageError as error:
            say(str(error))
            return
        if self._is_asking:
            say(f"{QUESTION}.")
            say(ANSWER)
            self._emit(LearningAsked())
            self._refresh()

    def apply(self, settings: Settings) -> None:
        """Follow new settings. Main thread."""
        self._settings = settings
        self._apply()
        self._watch_fields()
        self._refresh()

    def _apply(self) -> None:
        self.consent.setting = self._settings.learning
        self.collector.margin = self._fits if self._settings.corrections.acoustic else None

    def _heed(self) -> None:
        """Follow an answer that was given where this service is not reached."""
        self._watch_fields()
        self._refresh()

    def _watch_fields(self) -> None:
        self._heeded = self.consent.answer
        if self._is_watching:
            self._fields.start()
        else:
            self._fields.stop()

    @property
    def _is_watching(self) -> bool:
        return self.consent.learns and self._settings.corrections.watch

    # ── what happens in the flow ──────────────────────────────────────────────────────────────────

    def watch(self, event: Event) -> None:
        """Take what happened."""
        if isinstance(event, UtteranceStarted) and self.consent.answer is not self._heeded:
            self.collector.do_once(self._heed)
        self.collector.watch(event)
        if self.consent.learns:
            self._repetition.watch(event)
            self._count_uses(event)
        if self._is_watching:
            self._fields.watch(event)
            self._surrounding.watch(event)
        match event:
            case LearnAsked():
                self.collector.do_once(self._learn_key.press)
            case UtteranceStarted():
                self._learn_key.clear()
            case ProblemCleared(ProblemName.JOURNAL_LOCKED):
                self.journal_changed()
            case Recovered(utterances):
                self._recovered = utterances
                count = len(utterances)
                what = "a dictation" if count == 1 else f"{count} dictations"
                say(f"{what} of an earlier run did not arrive. Read what was said: sayso history --recovered")
                self._refresh()
            case _:
                pass

    def _count_uses(self, event: Event) -> None:
        """The person's words that were said and arrived are the last to be forgotten."""
        match event:
            case UtteranceSaid(utterance):
                self._said[utterance] = event
                if len(self._said) > REMEMBERED:
                    del self._said[next(iter(self._said))]
            case UtteranceDelivered(utterance) if (said := self._said.pop(utterance, None)) is not None:
                self.journal.ask(lambda database: self._note_uses(database, said))
            case _:
                pass

    def _seen(self, seen: Seen) -> None:
        self.collector.take(seen)

    # ── how it stands ─────────────────────────────────────────────────────────────────────────────

    @property
    def standing(self) -> str:
        """Whether it learns, as `Snapshot.learning` says."""
        match self.consent.answer:
            case Answer.ON | Answer.OFF as answer:
                return answer.value
            case _:
                return "asking" if self._is_asking else "unanswered"

    @property
    def teach(self) -> str:
        """Whether what is changed where the focus is teaches anything: yes, no or unknown."""
        return may_teach(self._sight.focused())[0].value if self._is_watching else Teaches.NO.value

    @property
    def recovered(self) -> int:
        """Dictations of an earlier run that nobody has fetched yet."""
        return len(self._recovered)

    # ── what is asked of it (`sayso.bus.LearningHandle`) ──────────────────────────────────────────

    def correct(self, utterance: int, text: str) -> Future[Correction]:
        """Take what the person says an utterance was to be."""
        return self.collector.take(Seen(utterance, Source.EXPLICIT, text, time.time()))

    def edited(self, utterance: int, text: str, plugin: str) -> Future[None]:
        """Take what an utterance's text has become; answered before it is judged, which may have to wait."""
        log.debug("%s tells of an edit", plugin[:40])
        answer: Future[None] = Future()
        if not self.consent.learns:
            answer.set_exception(NotLearning(NOT_LEARNING))
        elif len(text) > MOST_CHARACTERS:
            answer.set_exception(JournalError(TOO_LONG))
        else:
            self.collector.take(Seen(utterance, Source.PLUGIN, text, time.time()))
            answer.set_result(None)
        return answer

    def decide(self, correction: int, decision: Decision) -> Future[Correction]:
        """Take the person's word about a correction."""
        return self.collector.decide(correction, decision)

    def give_consent(self, on: bool) -> Future[None]:
        """Take the person's answer whether anything may be kept."""
        return self.collector.do(lambda: self._give_consent(on))

    def copy_recovered(self) -> Future[None]:
        """Put what was recovered into the clipboard."""
        return self.collector.do(self._copy_recovered)

    def forget(self, what: What) -> Future[int]:
        """Let go of dictations that are over and wait in memory; how many there were."""
        return self.journal.forget(what)

    def journal_changed(self) -> Future[None]:
        """Read the person's words and rules anew, where there are any; who asks meanwhile waits for the same."""
        if (paths.journal_dir() / DATABASE_NAME).exists():
            return self.collector.do_once(self._read_vocabulary)
        nothing: Future[None] = Future()
        nothing.set_result(None)
        return nothing

    # ── on the thread of the corrections ──────────────────────────────────────────────────────────

    def _give_consent(self, on: bool) -> None:
        self.consent.give(on)
        self._is_asking = False
        self._watch_fields()
        self._emit(LearningAnswered(on))
        self._refresh()
        say(
            "learning is on: what you dictate and correct is kept, sealed, on this machine"
            if on
            else "learning is off: nothing more is kept. What was kept until now: sayso forget --all"
        )

    def _copy_recovered(self) -> None:
        wanted = set(self._recovered)
        if not wanted:
            raise NoSuchUtterance(
                "nothing was recovered that is still to be fetched; see: sayso history --recovered"
            )

        def read(database: Database) -> list[str]:
            found = (one for one in lines(database, None) if isinstance(one, Line) and one.utterance in wanted)
            return [one.now for one in found if one.now]

        texts = self.collector.asked(read)
        if self._keep is not None:
            self._keep("\n".join(reversed(texts))).result(CLIPBOARD_SECONDS)
            self.journal.ask(lambda database: mark_shown(database, wanted))
        self._recovered = ()
        self._refresh()

    def _read_vocabulary(self) -> None:
        try:
            self.vocabulary.replace(*self.collector.asked(store.snapshot))
        except SaysoError as error:  # read again when the keyring is opened, or something is learnt
            log.debug("the vocabulary cannot be read: %s", type(error).__name__)

    def _fits(self, utterance: Utterance, audio: Pcm, heard: str, meant: str) -> float | None:
        """How much better the audio fits the second text than the first; None where the model rests, or fails."""
        if self._engine.presence is not Presence.LOADED:
            return None
        language = utterance.said.language if utterance.said is not None else ""
        try:
            return Acoustic(self._engine, language or None).margin(audio, heard, meant)
        except SaysoError as error:
            log.debug("the audio was not compared: %s", type(error).__name__)
            return None

    # ── on the journal's thread ───────────────────────────────────────────────────────────────────

    def _note_uses(self, database: Database, said: UtteranceSaid) -> None:
        if note_uses(database, said, time.time()):  # what is said again and again is in the prompts
            self.vocabulary.replace(*store.snapshot(database))

    def _learn(self, database: Database, correction: Correction, utterance: Utterance) -> None:
        if learn(database, correction, utterance):
            self.vocabulary.replace(*store.snapshot(database))
