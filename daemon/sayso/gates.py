"""Gates against words that nobody said: what is kept of a decode, given what the voice detector heard meanwhile.

Whisper answers even where nobody spoke. What it then says is fluent and sure of itself, but for its beginning: the
first word has to come from the sound, the others follow from the first ("Thank" 0.46, "you" 0.95). So where there
was little voice, none of which the detector was sure, the first word has to be sure.

Pure functions. The measurements are of tiny.en and base (int8); which sounds and which speech they are of, is in
ARCHITECTURE.md, "Words that nobody said".
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from sayso.agreement import letters
from sayso.audio import SAMPLE_RATE_HZ, seconds
from sayso.cuts import QUIET, Valley
from sayso.engines import Decoding, Word
from sayso.languages import UNSPACED_LANGUAGES
from sayso.segmenter import NO_VOICE, Voice

NO_SPEECH = 0.6  # openai/whisper's no_speech_threshold …
LOW_LOG_PROBABILITY = -1.0  # … and logprob_threshold: both together mean that nobody spoke

# So much voice is somebody speaking, whatever the words; so many different words are, however little the voice:
# no sound had more than 0.8 s, nor was there one of which more than three different words were made.
ENOUGH_VOICE_SAMPLES = SAMPLE_RATE_HZ  # 1 s
FEW_WORDS = 3

# The probability that two frames of the utterance reached, and how sure its first word has to be.
SURE_VOICE, SURE_NEEDS = 0.975, 0.0
CLEAR_VOICE, CLEAR_NEEDS = 0.94, 0.3
DOUBTFUL_NEEDS = 0.4
FOLLOWING_NEEDS = 0.35  # in the midst of dictation more of it is likely …
FOLLOWING_SECONDS = 2.0  # … that is, so soon after

# Words in a row, and how long each of them takes at least: said ones 0.124 s, invented ones 0 to 0.08 s. Where as
# many words follow in their own time, they were all said, by somebody who speaks so fast that attention strays;
# unless they take no time at all (at 7 words a second such bursts have 0.08 s a word): those the decoder repeats.
HASTY_WORDS = 5
HASTY_SECONDS = 0.1
NO_SECONDS = 0.05
ROUNDING_SECONDS = 0.001  # of times that are whole frames of 0.02 s, in floats

# Word times from attention are off by 0.06 to 0.2 s; farther than that from any voice is no word that was
# said. But before seconds of silence attention strays, and the last word seems to stand there; that one is
# sure (0.96, 1.0).
SILENT_SLACK_SECONDS = 0.2
SILENT_NEEDS = 0.5


@dataclass(frozen=True, slots=True)
class Hearing:
    """What the voice detector made of a window and its utterance: what a decode is judged by.

    Attributes:
        frames: of the window, in order; of words before the first of them nothing is known.
        voice: of the whole utterance so far, not only of this window.
        onset_sample: absolute index where the utterance's voice began.

    """

    frames: tuple[Valley, ...] = ()
    voice: Voice = NO_VOICE
    onset_sample: int = 0


NOTHING_HEARD = Hearing()


@dataclass(frozen=True, slots=True)
class Belief:
    """What a decode is worth.

    Attributes:
        words: of the decoding, those that are believed, in order.
        resets_prompt: what was said before must not be in the prompts to come: it is what the decoder repeats.

    """

    words: tuple[Word, ...]
    resets_prompt: bool


def judged(decoding: Decoding, start_sample: int, hearing: Hearing, spoken_until: int | None = None) -> Belief:
    """What is believed of a decode.

    Args:
        decoding: of the window; its times count from the window's first sample.
        start_sample: absolute index of that.
        hearing: the voice in it.
        spoken_until: absolute sample where the voice of the last utterance ended of which words were believed.

    """
    words = decoding.words
    since_seconds = math.inf if spoken_until is None else seconds(hearing.onset_sample - spoken_until)
    if nobody_spoke(decoding) or is_doubtful(words, hearing.voice, since_seconds):
        words = ()
    if decoding.language not in UNSPACED_LANGUAGES:  # there a word is a letter or two
        words = words[: hasty_from(words)]
    words = without_silent(words, start_sample, hearing.frames)
    low = decoding.mean_log_probability < LOW_LOG_PROBABILITY
    return Belief(words, resets_prompt=low or len(words) < len(decoding.words))


def nobody_spoke(decoding: Decoding) -> bool:
    """Whether the model itself says so: openai/whisper's rule, by the tokens alone where an engine cannot."""
    silent = decoding.no_speech_probability is None or decoding.no_speech_probability > NO_SPEECH
    return silent and decoding.mean_log_probability < LOW_LOG_PROBABILITY


def is_doubtful(words: Sequence[Word], voice: Voice, since_seconds: float) -> bool:
    """Whether there was so little voice that the words, the first of them unsure, are made of something else."""
    if voice.samples >= ENOUGH_VOICE_SAMPLES or not 0 < len({letters(word.text) for word in words}) <= FEW_WORDS:
        return False
    if voice.surest >= CLEAR_VOICE:
        needed = SURE_NEEDS if voice.surest >= SURE_VOICE else CLEAR_NEEDS
    else:
        needed = FOLLOWING_NEEDS if since_seconds < FOLLOWING_SECONDS else DOUBTFUL_NEEDS
    return words[0].confidence < needed


def hasty_from(words: Sequence[Word]) -> int:
    """Index from which to the end words follow each other faster than anyone speaks; len(words) if they do not."""
    unhasty = [n for n, word in enumerate(words) if not _is_hasty(word)]
    goes_on_until = unhasty[-HASTY_WORDS] - HASTY_WORDS if len(unhasty) >= HASTY_WORDS else -1
    for n in range(len(words) - HASTY_WORDS + 1):
        took_seconds = words[n + HASTY_WORDS - 1].end_seconds - words[n].start_seconds
        least_seconds = NO_SECONDS if n <= goes_on_until else HASTY_SECONDS
        if took_seconds < HASTY_WORDS * least_seconds - ROUNDING_SECONDS:
            # The first of them may yet have been said in their own time.
            return next((i for i in range(n, len(words)) if _is_hasty(words[i])), n)
    return len(words)


def _is_hasty(word: Word) -> bool:
    return word.end_seconds - word.start_seconds < HASTY_SECONDS - ROUNDING_SECONDS


def without_silent(words: Sequence[Word], start_sample: int, heard: Sequence[Valley]) -> tuple[Word, ...]:
    """The words less those that stand, one or several in a row, where nothing was heard, and begin unsurely."""
    times = [seconds(frame.at_sample - start_sample) for frame in heard]
    voiced = [at for at, frame in zip(times, heard, strict=True) if frame.probability >= QUIET]
    known_seconds = times[0] if times else math.inf
    kept: list[Word] = []
    dropping = False  # whether the word before was dropped: those that follow from it are, too
    for word in words:
        from_seconds = word.start_seconds - SILENT_SLACK_SECONDS
        until_seconds = word.end_seconds + SILENT_SLACK_SECONDS
        silent = from_seconds >= known_seconds and not any(from_seconds <= at <= until_seconds for at in voiced)
        dropping = silent and (dropping or word.confidence < SILENT_NEEDS)
        if not dropping:
            kept.append(word)
    return tuple(kept)
