"""One utterance on its way into the spool: what is written of it, and what becomes of it in the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from sayso.audio import Pcm
from sayso.events import (
    Decoded,
    TextStands,
    UtteranceDelivered,
    UtteranceDropped,
    UtteranceFailed,
    UtteranceSaid,
    WindowFailed,
)
from sayso.journal import Begun, Outcome
from sayso.journal.forgetting import What
from sayso.journal.recovery import is_confidential
from sayso.journal.spool import (
    AUDIO,
    BEGUN,
    ENDED,
    SAID,
    STANDS,
    WITHHELD,
    SpoolFile,
    begun_record,
    ended_record,
    said_record,
)

Note = UtteranceSaid | Decoded | TextStands | WindowFailed
End = UtteranceDelivered | UtteranceDropped | UtteranceFailed


class Fate(Enum):
    """What becomes of an utterance's file."""

    REMOVED = auto()  # nothing of it is kept
    LEFT = auto()  # its audio says more than what was recognised: a recovery reads it
    WITHHELD = auto()  # only that it was
    DELIVERED = auto()  # it becomes a row
    UNDELIVERED = auto()  # likewise, and that is told


@dataclass(slots=True, eq=False)
class Spooling:
    """An utterance that is being written.

    Attributes:
        begun: what was known at its beginning.
        file: of its own.
        said: what was recognised, once it is.
        stands: the text that does, once it does.
        computing_seconds: of the engine, so far.
        is_confidential: nothing may be kept of it once it has arrived.
        is_incomplete: a part of it was not recognised.
        is_heard: it has audio.
        is_cut: no more of its audio is taken, because the memory for it was full.
        then: what is to be done when all of it is written; None while it goes on.
        ended_at: when it was over, in seconds since 1970; 0 while it goes on.
        application: that its text was for, as far as it is known.

    """

    begun: Begun
    file: SpoolFile
    said: UtteranceSaid | None = None
    stands: str | None = None
    computing_seconds: float = 0.0
    is_confidential: bool = False
    is_incomplete: bool = False
    is_heard: bool = False
    is_cut: bool = False
    then: Callable[[], None] | None = None
    ended_at: float = 0.0
    application: str = ""

    def __post_init__(self) -> None:
        """Write down what is known."""
        self.application = self.begun.application
        self.file.add(BEGUN, begun_record(self.begun))

    @property
    def is_to_be_written(self) -> bool:
        """Whether it gets a file: of what nobody has heard, and is not over, there is none."""
        return self.is_heard or self.then is not None

    def is_meant(self, what: What, now: float) -> bool:
        """Whether it is over and to be forgotten; now in seconds since 1970."""
        return self.then is not None and what.means(self.begun.utterance, self.application, self.ended_at, now)

    def hear(self, audio: Pcm | None) -> None:
        """A piece of it, shape (n,); None where there was no memory for that: what comes later is not taken."""
        if audio is None:
            self.is_cut = True
        elif not self.is_cut:
            self.file.add(AUDIO, audio.tobytes())
            self.is_heard = True

    def note(self, event: Note) -> None:
        """Something is known of it."""
        match event:
            case Decoded(computing_seconds=computing_seconds):
                self.computing_seconds += computing_seconds
            case WindowFailed():
                self.is_incomplete = True
            case TextStands(text=text):
                self.stands = text
                if not self.is_confidential and not self.is_incomplete:
                    self.file.add(STANDS, text.encode(errors="surrogatepass"))
            case UtteranceSaid() if not self.is_incomplete:
                self.is_confidential = is_confidential(event.typed.insert, *event.steps[:1])
                if self.is_confidential:
                    self.file.add(WITHHELD, b"")
                else:
                    self.said = event
                    self.file.add(SAID, said_record(event))
            case _:
                pass

    def fate(self, end: End, *, learns: bool) -> Fate:
        """What becomes of it.

        Args:
            end: how it ended.
            learns: whether what has arrived is kept.

        """
        if isinstance(end, UtteranceDropped):
            return Fate.REMOVED
        if isinstance(end, UtteranceFailed):
            if self.is_incomplete or not end.text:
                return Fate.LEFT if self.is_heard else Fate.REMOVED
            is_withheld = self.is_confidential or is_confidential(end.text)
            return Fate.WITHHELD if is_withheld else Fate.UNDELIVERED
        if self.is_incomplete:
            return Fate.LEFT if self.is_heard else Fate.REMOVED
        if not learns:
            return Fate.REMOVED
        if self.is_confidential:
            return Fate.WITHHELD
        return Fate.DELIVERED if self.said is not None and self.said.words else Fate.REMOVED

    def end(self, outcome: Outcome, application: str = "", text: str | None = None) -> None:
        """Write down how it ended.

        Args:
            outcome: what became of it.
            application: that its text was for in the end, where that is known.
            text: that was to be typed; None: what stands, or was said.

        """
        if text is None:
            text = self.stands
        if text is None:
            text = "" if self.said is None else self.said.typed.insert
        self.application = application or self.application
        self.file.add(ENDED, ended_record(outcome, text, self.computing_seconds, application))
