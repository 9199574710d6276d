"""whisper_streaming (LocalAgreement) on the same clock, with the same weights, where it can be imported.

https://github.com/ufal/whisper_streaming, found on the PYTHONPATH or in the folder that the environment names.
Its code is not part of this project. What is driven here is its own processor; the loop around it is that of
its own simulation, with measured computing instead of waiting.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Protocol

import numpy as np
from figures import Figures, Way
from isolation import peak_rss_mb
from numpy.typing import NDArray
from recordings import Recording
from scoring import errors_by_folder, words_of
from weights import Weights

from sayso.audio import SAMPLE_RATE_HZ, samples, seconds
from sayso.errors import EngineError
from sayso.latency import SpokenWord, StandingWord, commit_latencies
from sayso.loading import language_of
from sayso.vad import Silero

VARIABLE = "SAYSO_BENCH_WHISPER_STREAMING"
HOW_TO_GET_IT = (
    "whisper_streaming was not measured, because it is not here; to have it: git clone "
    f"https://github.com/ufal/whisper_streaming OUTSIDE, then {VARIABLE}=OUTSIDE make bench"
)


@dataclass(frozen=True, slots=True)
class Tuning:
    """Its options, by the names they have there.

    Attributes:
        min_chunk_size: seconds of audio that it waits for between two passes.
        buffer_trimming_sec: seconds of audio from which completed segments leave its buffer.
        vad: whether faster-whisper's voice filter is on.
        vac: whether its voice activity controller ends utterances at 500 ms of silence (needs torch).

    """

    min_chunk_size: float = 1.0
    buffer_trimming_sec: float = 15.0
    vad: bool = False
    vac: bool = False


TUNINGS = {
    Way.RIVAL: Tuning(),
    Way.RIVAL_TUNED: Tuning(vac=True),
}
"""As it comes, and the best that was found, which is what its own manual recommends. Quicker passes (0.5 s) drive
it into loops; a shorter buffer (5 s) gains nothing, because every pass is padded to 30 s whatever it holds."""


class Processor(Protocol):
    """What is used of its OnlineASRProcessor."""

    def insert_audio_chunk(self, audio: NDArray[np.float32]) -> None:
        """Take more audio."""
        ...

    def process_iter(self) -> tuple[float | None, float | None, str]:
        """Decode, and give what is now committed: begin, end, text."""
        ...

    def finish(self) -> tuple[float | None, float | None, str]:
        """Give what is left."""
        ...


@dataclass(frozen=True, slots=True)
class Piece:
    """Text that was committed, and when, on the clock."""

    text: str
    clock_seconds: float


def drive(
    processor: Processor,
    audio: NDArray[np.float32],
    step_seconds: float,
    now: Callable[[], float] = time.perf_counter,
) -> list[Piece]:
    """Feed audio, shape (n,), up to the clock and let it decode; the clock then moves by what that took.

    As in its own simulation it is given at least a step of audio at a time, and all that came while it was busy.
    """
    pieces: list[Piece] = []
    clock = 0.0
    heard = 0

    def timed(call: Callable[[], tuple[float | None, float | None, str]]) -> None:
        nonlocal clock
        began = now()
        text = ""
        with contextlib.suppress(AssertionError):  # as its own loop does
            text = call()[2]
        clock += now() - began
        if text:
            pieces.append(Piece(text, clock))

    while heard < len(audio):
        clock = max(clock, seconds(heard) + step_seconds)
        upto = min(samples(clock), len(audio))
        began = now()
        processor.insert_audio_chunk(audio[heard:upto])
        clock += now() - began
        heard = upto
        timed(processor.process_iter)
    timed(processor.finish)
    return pieces


def missing(way: Way) -> str | None:
    """What it lacks to be measured, if anything; makes the folder that the environment names importable."""
    folder = os.environ.get(VARIABLE)
    if folder and folder not in sys.path:
        sys.path.append(folder)
    if importlib.util.find_spec("whisper_online") is None:
        return HOW_TO_GET_IT
    if TUNINGS[way].vac and importlib.util.find_spec("torch") is None:
        return (
            f"{way} was not measured: its voice activity controller needs torch; run: pip install 'sayso[trainer]'"
        )
    return None


def measure_rival(weights: Weights, recording: Recording, spoken: tuple[SpokenWord, ...], way: Way) -> Figures:
    """Run it over the whole recording."""
    if reason := missing(way):
        raise EngineError(reason)
    tuning = TUNINGS[way]
    processor = make_processor(weights, tuning)
    audio = recording.audio.astype(np.float32) / np.float32(32768)
    cpu_before = time.process_time()
    pieces = drive(processor, audio, VAC_CHUNK_SECONDS if tuning.vac else tuning.min_chunk_size)
    cpu_seconds = time.process_time() - cpu_before
    standing = [StandingWord(word, piece.clock_seconds) for piece in pieces for word in words_of(piece.text)]
    latencies = commit_latencies(standing, spoken)
    return Figures(
        weights.model,
        way,
        errors_by_folder(recording.parts, " ".join(piece.text for piece in pieces)),
        commits=latencies.seconds,
        unmatched=latencies.unmatched,
        audio_seconds=recording.seconds,
        cpu_seconds=cpu_seconds,
        peak_rss_mb=peak_rss_mb(),
    )


VAC_CHUNK_SECONDS = 0.04  # its default for --vac-chunk-size


def make_processor(weights: Weights, tuning: Tuning) -> Processor:
    """Its processor over our weights; loaded and warm."""
    whisper = weights.faster_whisper()
    module = _import()

    class SameWeights(module.FasterWhisperASR):  # type: ignore[misc,name-defined]  # no stubs: it is not installed
        """Its faster-whisper backend, which would otherwise load float16 onto a GPU."""

        def load_model(self, *_: Any, **__: Any) -> Any:
            return whisper

    log = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123  # it writes there for as long as it lives
    backend = SameWeights(language_of(weights.settings()) or "auto", logfile=log)
    if tuning.vad:
        backend.use_vad()
    backend.transcribe(np.zeros(SAMPLE_RATE_HZ, dtype=np.float32))
    options = {"buffer_trimming": ("segment", tuning.buffer_trimming_sec), "logfile": log}
    online = module.OnlineASRProcessor(backend, None, **options)
    if not tuning.vac:
        return online  # type: ignore[no-any-return]
    from silero_vad_iterator import FixedVADIterator  # noqa: PLC0415  # its own; needs torch

    controlled = module.VACOnlineASRProcessor.__new__(module.VACOnlineASRProcessor)  # __init__ would fetch Silero
    controlled.online_chunk_size = tuning.min_chunk_size
    controlled.online, controlled.logfile = online, log
    controlled.vac = FixedVADIterator(_SileroAsItExpects())
    controlled.init()
    return controlled  # type: ignore[no-any-return]


class _SileroAsItExpects:
    """Our Silero network with the calls of the one that it would fetch."""

    def __init__(self) -> None:
        self._silero = Silero(gain=1.0)

    def reset_states(self) -> None:
        self._silero.reset()

    def __call__(self, frame: Any, _rate: int) -> Any:
        pcm = (frame.numpy() * 32767).astype(np.int16)
        return np.float32(self._silero.probability(pcm))


def _import() -> ModuleType:
    """Its module. It imports two readers of files at its top, which nothing here uses: empty ones will do."""
    for name in ("librosa", "soundfile"):
        if name not in sys.modules and importlib.util.find_spec(name) is None:
            sys.modules[name] = ModuleType(name)
    import whisper_online  # noqa: PLC0415  # see above

    return whisper_online  # type: ignore[no-any-return]
