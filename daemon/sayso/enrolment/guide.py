"""One sentence at a time: shown, heard, judged, and kept or asked for again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from sayso.audio import Pcm, seconds
from sayso.doctor.hearing import faults, in_words, measure
from sayso.enrolment import Prompt
from sayso.enrolment.comparison import is_another
from sayso.enrolment.dataset import Dataset, Recording
from sayso.enrolment.keys import Key
from sayso.enrolment.level import Flaw, Take, flaw_of, longest_seconds, rate, usual_rate
from sayso.enrolment.recorder import Heard
from sayso.enrolment.sentences import sentences_with

TRIES = 3  # after so many it is said what else can be done
BEARABLE = frozenset((Flaw.QUIET, Flaw.NOISY, Flaw.SHORT, Flaw.LONG))
"""What the person may overrule: the sentence is there, and whole."""


class Screen(Protocol):
    """Where the person reads."""

    def show(self, number: int, total: int, text: str) -> None:
        """Show a sentence that is to be read."""
        ...

    def tell(self, line: str) -> None:
        """Say something about the recording."""
        ...


@dataclass(frozen=True, slots=True)
class Tally:
    """How it went.

    Attributes:
        kept: sentences that were recorded.
        skipped: sentences that were not.
        repeated: how often one was asked for again.
        kept_seconds: how long the recordings are.

    """

    kept: int
    skipped: int
    repeated: int
    kept_seconds: float


class Guide:
    """Leads a person through the sentences.

    Args:
        dataset: takes the recordings.
        language: of the sentences, a Whisper code.
        hear: listens to one sentence, for at most so many seconds of speech.
        wait: returns when the person wants to go on after a pause; False where they want to leave.
        screen: where they read.
        transcribe: what a model hears of a recording; None where there is no model.

    """

    def __init__(
        self,
        dataset: Dataset,
        language: str,
        hear: Callable[[float], Heard],
        wait: Callable[[], bool],
        screen: Screen,
        transcribe: Callable[[Pcm], str | None],
    ) -> None:
        self._dataset = dataset
        self._language = language
        self._hear = hear
        self._wait = wait
        self._screen = screen
        self._transcribe = transcribe
        self._rates: list[float] = []
        self._kept: dict[int, tuple[Recording, float]] = {}
        self._refused: Take | None = None  # of this sentence, what may be kept all the same
        self._repeated = 0

    def find_level(self, sentence: str) -> bool:
        """Have a sentence read until it is heard well, or skipped; False where the person wants to leave."""
        while True:
            self._screen.show(0, 0, sentence)
            heard = self._hear(longest_seconds(sentence))
            if heard.key in (Key.SKIP, Key.KEEP):
                return True
            if heard.key is Key.QUIT or (heard.key is Key.PAUSE and not self._wait()):
                return False
            if heard.key not in (None, Key.DONE):
                continue
            if (flaw := flaw_of(heard.take, sentence)) is not None:
                self._screen.tell(f"{flaw.value} (s: go on all the same)")
                continue
            signal = measure(heard.take.spoken)
            self._screen.tell(f"good: {in_words(signal)}")
            for fault in faults("the microphone", signal, None):
                self._screen.tell(f"{fault.message}. {fault.remedy}")
            self._rates.append(rate(heard.take, sentence))
            return True

    def ask(self, prompts: Sequence[Prompt]) -> Tally:
        """Go through the sentences, until all have been read or the person leaves.

        Raises:
            StorageError: a recording cannot be written; those before are there.

        """
        at, seen, tries = 0, 0, 0
        while at < len(prompts):
            prompt = prompts[at]
            self._screen.show(at + 1, len(prompts), prompt.text)
            heard = self._hear(longest_seconds(prompt.text))
            step = 0
            match heard.key:
                case Key.QUIT:
                    break
                case Key.PAUSE if not self._wait():
                    break
                case Key.SKIP:
                    step = 1
                case Key.BACK if at:
                    step = -1
                case Key.KEEP if self._refused is not None:
                    self._keep(at, prompt, self._refused)
                    step = 1
                case None | Key.DONE:
                    tries += 1
                    if self._is_good(heard.take, prompt, tries):
                        self._keep(at, prompt, heard.take)
                        step = 1
            if step:
                at, tries, self._refused = at + step, 0, None
            seen = max(seen, at)
        lengths = [length for _, length in self._kept.values()]
        return Tally(len(lengths), seen - len(lengths), self._repeated, sum(lengths))

    def _is_good(self, take: Take, prompt: Prompt, tries: int) -> bool:
        flaw = flaw_of(take, prompt.text, usual_rate(self._rates))
        if flaw is None:
            return self._is_this(take, prompt)
        self._repeated += 1
        self._refused = take if flaw in BEARABLE else None
        other = ", k: keep it as it is" if self._refused is not None else ""
        self._screen.tell(flaw.value + (f" (s: skip it{other})" if tries >= TRIES else ""))
        return False

    def _is_this(self, take: Take, prompt: Prompt) -> bool:
        heard = self._transcribe(take.spoken)
        if heard is None or not is_another(prompt, heard):
            return True
        self._repeated += 1
        self._refused = take
        self._screen.tell(f"this was heard: {heard.strip() or '(nothing)'}")
        self._screen.tell("read the sentence that stands here (s: skip it, k: keep what you read all the same)")
        return False

    def _keep(self, at: int, prompt: Prompt, take: Take) -> None:
        length = seconds(len(take.spoken))
        if at in self._kept:
            recording = self._kept[at][0]
            self._dataset.replace(recording, take.spoken)
        else:
            siblings = sentences_with(prompt.term, self._language) if prompt.term else ()
            recording = self._dataset.keep(prompt.text, take.spoken, siblings)
        self._kept[at] = (recording, length)
        self._rates.append(rate(take, prompt.text))
        self._screen.tell(f"good, {length:.1f} s")
