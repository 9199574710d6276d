"""Whisper on whisper.cpp, through pywhispercpp: quantised weights on a CPU, or on a GPU by Vulkan.

pywhispercpp's own `Model` keeps what one call was told for all that follow, downloads what it does not know and
takes a failed decode for silence, so whisper.cpp's functions are called directly, with parameters of their own
each time. Features are given as they are computed for every engine, and only as much of the encoder runs as
the window asks for (`audio_ctx`). Word times come from the attention (DTW) within the decode.
"""

from __future__ import annotations

import atexit
import os
import threading
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sayso.engines import EngineOptions
from sayso.engines.forms import DEFAULT_FORM, ggml_form
from sayso.engines.network import Alignment, Generated
from sayso.engines.vocabulary import Vocabulary
from sayso.engines.whisper_engine import WhisperEngine
from sayso.errors import EngineError
from sayso.models import Model
from sayso.surroundings import prepare
from sayso.weights import ctranslate2_file, ggml
from sayso.weights.tensors import Dimensions
from sayso.weights.transformers_names import LAST_ENGLISH_VOCABULARY

NEEDED_BY_THE_WHEEL: Final = frozenset(
    {"avx2", "fma", "f16c", "bmi2"}
)  # without them it ends the process (SIGILL)
AUTO_THREADS: Final = 4
DTW_MEGABYTES: Final = 256  # whisper.cpp's default of 128 is too little for large models
ALSO_CALLED: Final = {"float32": "f32", "float16": "f16", "int8": "q8_0"}
LARGE_WIDTH: Final = 1280
TURBO_LAYERS: Final = 4  # of the decoder
NOTHING: Final = np.zeros(0, dtype=np.float32)
POSITION_TICKS: Final = 2  # times are in hundredths of a second, a position is two of them
FRAMES_PER_POSITION: Final = 2
FAILURES: Final = {
    -2: "no features",
    -3: "the language could not be detected",
    -4: "no decoders",
    -5: "the window is too long",
    -6: "the encoder failed",
    -7: "no memory for the cache",
    -8: "the decoder failed",
    -9: "the decoder failed",
}


def whispercpp_engine(model: Model, options: EngineOptions) -> WhisperEngine:
    """Load a model into whisper.cpp: see `sayso.engines.EngineFactory`."""
    form = _form(options.compute_type)
    _require_instructions()
    library = _import()
    device, context = _context_parameters(library, options.device, model)
    path = ggml_form(model, form)
    ggml.check(path)  # whisper.cpp would load anything, and fall over it later
    vocabulary = Vocabulary(model)
    network = WhisperCppNetwork(library, path, context, options.threads, vocabulary)
    return WhisperEngine("whispercpp", model, device, form.value, network, vocabulary, beam_size=1)


def _form(compute_type: str | None) -> ggml.Form:
    if compute_type is None:
        return DEFAULT_FORM
    try:
        return ggml.Form(ALSO_CALLED.get(compute_type, compute_type))
    except ValueError as error:
        raise EngineError(
            f"engine.compute_type {compute_type!r} is not known to whisper.cpp; allowed: auto, "
            f"float32, float16, {', '.join(form for form in ggml.Form if form not in ggml.UNQUANTISED)}"
        ) from error


def _require_instructions() -> None:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return
    flags = next((line.partition(":")[2].split() for line in text.splitlines() if line.startswith("flags")), None)
    if flags is not None and (missing := sorted(NEEDED_BY_THE_WHEEL - set(flags))):
        raise EngineError(
            f"this processor has no {', '.join(missing)}, which the wheel of pywhispercpp needs; set "
            "engine.name: ctranslate2, or build it here: pip install --no-binary pywhispercpp pywhispercpp"
        )


def _import() -> Any:
    prepare()
    try:
        import _pywhispercpp as library  # noqa: PLC0415  # heavy: only the process that decodes with it pays
    except ImportError as error:
        raise EngineError(
            f"the engine 'whispercpp' needs pywhispercpp ({error}); run: pip install 'sayso[whispercpp]', "
            "or set engine.name: ctranslate2"
        ) from error
    library.whisper_log_set(_ignore)
    # whisper.cpp keeps the function; without this it would call it when Python is gone.
    atexit.register(library.whisper_log_set, None)
    return library


def _ignore(level: int, text: str) -> None:
    """whisper.cpp tells what it loads and how it goes, on standard error unless somebody takes it."""


def _context_parameters(library: Any, asked: str, model: Model) -> tuple[str, Any]:
    """Where it is to run, and whisper.cpp's parameters for that."""
    parameters = library.whisper_context_default_params()
    parameters.flash_attn = False  # it would turn the word times off without a word
    parameters.dtw_token_timestamps = True
    parameters.dtw_aheads_preset = _alignment_preset(library, model)
    parameters.dtw_mem_size = DTW_MEGABYTES << 20
    return _pick_device(library, asked, parameters), parameters


def _alignment_preset(library: Any, model: Model) -> Any:
    """whisper.cpp's name for the heads whose attention follows the audio, which depend on its size."""
    size = Dimensions.of(ctranslate2_file.read(model.folder / "model.bin"))
    english = size.vocabulary == LAST_ENGLISH_VOCABULARY
    names = {
        384: "TINY",
        512: "BASE",
        768: "SMALL",
        1024: "MEDIUM",
        LARGE_WIDTH: "LARGE_V3" if size.mel_bins == 128 else "LARGE_V2",
    }
    if size.width == LARGE_WIDTH and size.decoder_layers == TURBO_LAYERS:
        return library.WHISPER_AHEADS_LARGE_V3_TURBO
    if size.decoder_layers != size.encoder_layers or size.width not in names:
        return library.WHISPER_AHEADS_N_TOP_MOST
    return getattr(library, f"WHISPER_AHEADS_{names[size.width]}{'_EN' if english else ''}")


def _pick_device(library: Any, asked: str, parameters: Any) -> str:
    """Set where it runs; the wheel knows only the CPU, a build of one's own may know more."""
    built_for = library.whisper_print_system_info().lower()
    kinds = [kind for kind in ("cuda", "vulkan", "rocm", "hip") if f"{kind} :" in built_for]
    kind, _, number = asked.partition(":")
    if asked == "cpu" or (asked == "auto" and not kinds):
        parameters.use_gpu = False
        return "cpu"
    if asked != "auto" and kind not in kinds:
        known = ", ".join(("cpu", *kinds))
        raise EngineError(
            f"engine.device is {asked}, but this build of pywhispercpp knows only {known}; build it with "
            "GGML_VULKAN=1 pip install --no-binary pywhispercpp pywhispercpp, or set engine.device: cpu"
        )
    parameters.use_gpu = True
    parameters.gpu_device = int(number) if number.isdecimal() else 0
    return asked if asked != "auto" else kinds[0]


class WhisperCppNetwork:
    """Whisper's network in whisper.cpp; decoding is greedy, for its beam search draws lots.

    Args:
        library: the module.
        path: a GGML file that has been checked.
        context: whisper.cpp's parameters.
        threads: at most; None for as many as help.
        vocabulary: of the model.

    """

    def __init__(
        self, library: Any, path: Path, context: Any, threads: int | None, vocabulary: Vocabulary
    ) -> None:
        self._library = library
        self._threads = threads or min(AUTO_THREADS, len(os.sched_getaffinity(0)))
        self._rules = vocabulary.rules
        self._languages = vocabulary.language_tokens
        self._lock = threading.Lock()  # one state, one call at a time
        self._context = library.whisper_init_from_file_with_params(str(path), context)
        weakref.finalize(self, library.whisper_free, self._context)

    def encode(self, mel: NDArray[np.float32]) -> NDArray[np.float32]:
        """The features themselves: whisper.cpp encodes where it decodes."""
        return mel

    def languages(self, encoded: NDArray[np.float32]) -> dict[str, float]:
        """The probability of each language."""
        probabilities = np.zeros(self._library.whisper_lang_max_id() + 1, dtype=np.float32)  # filled in place
        with self._lock:
            self._give(encoded)
            found = self._library.whisper_lang_auto_detect(self._context, 0, self._threads, probabilities)
        if found < 0:
            raise EngineError(f"whisper.cpp found no language: {FAILURES.get(found, found)}")
        known = self._languages.values()
        return {code: float(probabilities[self._library.whisper_lang_id(code)]) for code in known}

    def generate(self, encoded: NDArray[np.float32], start: list[int], most: int, beam_size: int) -> Generated:
        """Decode greedily, with word times."""
        parameters = self._parameters(encoded.shape[1], start, most)
        with self._lock:
            self._give(encoded)
            failure = self._library.whisper_full(self._context, parameters, NOTHING, 0)
            if failure:
                raise EngineError(f"whisper.cpp failed: {FAILURES.get(failure, failure)}")
            return self._result()

    def align(self, encoded: Any, start: list[int], tokens: Sequence[int], frames: int) -> None:
        """whisper.cpp aligns nothing but what it decoded."""

    def _give(self, mel: NDArray[np.float32]) -> None:
        bins, frames = mel.shape
        self._library.whisper_set_mel(self._context, np.ascontiguousarray(mel), frames, bins)

    def _parameters(self, frames: int, start: list[int], most: int) -> Any:
        library = self._library
        # Made anew each time: what is set in them stays set.
        p = library.whisper_full_default_params(library.whisper_sampling_strategy.WHISPER_SAMPLING_GREEDY)
        p.print_progress = p.print_realtime = p.print_timestamps = p.print_special = False
        p.no_context = p.single_segment = p.no_timestamps = True
        p.suppress_blank = p.suppress_nst = True
        p.temperature = p.temperature_inc = 0.0  # no second try at another temperature: it is for us to say
        p.greedy = {"best_of": 1}
        p.no_speech_thold = 1.0  # it is for the gates to say that nobody spoke
        p.n_threads = self._threads
        p.max_tokens = most
        p.audio_ctx = frames // FRAMES_PER_POSITION
        begin = start.index(self._rules.start)
        p.prompt_tokens = tuple(start[1:begin]) or None
        p.language = self._languages.get(start[begin + 1], "en")
        return p

    def _result(self) -> Generated:
        library, context = self._library, self._context
        tokens, probabilities, logs, ends = [], [], [], []
        for segment in range(library.whisper_full_n_segments(context)):
            for n in range(library.whisper_full_n_tokens(context, segment)):
                token = library.whisper_full_get_token_data(context, segment, n)
                logs.append(token.plog)
                if token.id < self._rules.end:
                    tokens.append(token.id)
                    probabilities.append(token.p)
                    ends.append(token.t_dtw)
        mean = sum(logs) / len(logs) if logs else 0.0
        return Generated(tokens, mean, None, _alignment(ends, probabilities) if tokens else None)


def _alignment(ends: list[int], probabilities: list[float]) -> Alignment:
    """Ends of tokens in hundredths of a second → where each begins, and the end of the text."""
    begins = np.maximum.accumulate([0, *(max(0, end) // POSITION_TICKS for end in ends)])
    return Alignment(np.stack((np.arange(len(begins)), begins), axis=1), probabilities)
