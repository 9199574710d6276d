"""Whisper on ONNX Runtime: an encoder that gives keys and values of the audio, and a decoder with its own cache.

Both are made of the model by `sayso-train convert` (torch is needed for that, and not here).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sayso.engines import EngineOptions
from sayso.engines.forms import kept_form
from sayso.engines.greedy import GreedyNetwork
from sayso.engines.vocabulary import Vocabulary
from sayso.engines.whisper_engine import WhisperEngine
from sayso.errors import EngineError, ModelError
from sayso.models import Model
from sayso.surroundings import prepare
from sayso.weights import ctranslate2_file
from sayso.weights.tensors import Dimensions

AUTO_THREADS: Final = 4
DISTRIBUTIONS: Final = (
    "onnxruntime",
    "onnxruntime-gpu",
    "onnxruntime-migraphx",
    "onnxruntime-openvino",
    "onnxruntime-rocm",
)
PROVIDERS: Final = {  # by preference; what each is called on our side
    "MIGraphXExecutionProvider": "migraphx",
    "ROCMExecutionProvider": "rocm",
    "CUDAExecutionProvider": "cuda",
    "OpenVINOExecutionProvider": "openvino",
    "CPUExecutionProvider": "cpu",
}
FORM: Final = "float32"


def onnx_engine(model: Model, options: EngineOptions) -> WhisperEngine:
    """Load a model into ONNX Runtime: see `sayso.engines.EngineFactory`."""
    prepare()
    import onnxruntime  # noqa: PLC0415  # heavy: only the process that decodes with it pays

    compute_type = options.compute_type or FORM
    if compute_type != FORM:
        raise EngineError(f"engine.compute_type {compute_type!r} is not known to onnx; allowed: auto, {FORM}")
    _require_one_runtime()
    provider, device = _pick_provider(onnxruntime, options.device)
    folder = kept_form(model, "onnx-f32", make=None)
    threads = options.threads or min(AUTO_THREADS, len(os.sched_getaffinity(0)))
    encoder = _session(onnxruntime, folder / "encoder.onnx", provider, threads)
    decoder = _session(onnxruntime, folder / "decoder.onnx", provider, threads)
    _require_graphs_of(model, encoder, decoder, folder)
    vocabulary = Vocabulary(model)
    network = OnnxNetwork(encoder, decoder, vocabulary)
    return WhisperEngine("onnx", model, device, compute_type, network, vocabulary, beam_size=1)


def installed_runtimes() -> list[str]:
    """The builds of ONNX Runtime that are installed; several put the same files over each other."""
    return [name for name in DISTRIBUTIONS if _is_installed(name)]


def over_each_other(installed: Sequence[str]) -> tuple[str, str]:
    """What is to be said of these builds, and what to do; empty where there is one at most."""
    if len(installed) < 2:
        return "", ""
    return (
        f"{' and '.join(installed)} are installed over each other: the last one is used, or neither works",
        f"keep one of them: pip uninstall -y {' '.join(installed)}, then: pip install {installed[-1]}",
    )


def _require_one_runtime() -> None:
    message, remedy = over_each_other(installed_runtimes())
    if message:
        raise EngineError(f"{message}; {remedy}")


def _is_installed(distribution: str) -> bool:
    try:
        version(distribution)
    except PackageNotFoundError:
        return False
    return True


def _pick_provider(onnxruntime: Any, asked: str) -> tuple[tuple[str, dict[str, str]], str]:
    """What ONNX Runtime is to compute with, and its name as a device."""
    available = [name for name in PROVIDERS if name in onnxruntime.get_available_providers()]
    kind, _, number = asked.partition(":")
    for name in available:
        if kind in ("auto", PROVIDERS[name]):
            chosen = {"device_id": number} if number.isdecimal() else {}
            return (name, chosen), asked if asked != "auto" else PROVIDERS[name]
    known = ", ".join(PROVIDERS[name] for name in available)
    raise EngineError(
        f"engine.device is {asked}, but the ONNX Runtime that is installed knows only {known}; install "
        "another build of it in an environment of its own (README, “Engines”), or set engine.device: auto"
    )


def _session(onnxruntime: Any, path: Path, provider: tuple[str, dict[str, str]], threads: int) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry(
        "session.intra_op.allow_spinning", "0"
    )  # waiting threads would cost a core each
    options.log_severity_level = 3
    try:
        session = onnxruntime.InferenceSession(str(path), options, providers=[provider])
    except Exception as error:  # ONNX Runtime has a class of its own for each kind of failure
        raise ModelError(f"{path} does not load: {error}; remove {path.parent} to make it anew") from error
    session.disable_fallback()
    if session.get_providers()[0] != provider[0]:
        raise EngineError(
            f"ONNX Runtime took {session.get_providers()[0]} in place of {provider[0]}, which does not work here; "
            "set engine.device: cpu"
        )
    return session


def _require_graphs_of(model: Model, encoder: Any, decoder: Any, folder: Path) -> None:
    """Refuse graphs of something else than this model: they would run, or fail, in the middle of an utterance."""
    size = Dimensions.of(ctranslate2_file.read(model.folder / "model.bin"))
    cache = [f"{kind}_{layer}" for layer in range(size.decoder_layers) for kind in ("key", "value")]
    wanted = {
        "mel": (1, size.mel_bins),
        **{f"cross_{name}": (1, size.heads) for name in cache},
        **{f"past_{name}": (1, size.heads) for name in cache},
        **dict.fromkeys(cache, (1, size.heads)),
        "logits": (None, size.vocabulary),
    }
    there = {
        port.name: tuple(port.shape[:2])
        for port in (*encoder.get_inputs(), *encoder.get_outputs(), *decoder.get_inputs(), *decoder.get_outputs())
    }
    wrong = [
        name
        for name, shape in wanted.items()
        if name not in there or any(a is not None and a != b for a, b in zip(shape, there[name], strict=True))
    ]
    is_deeper = len(decoder.get_outputs()) != len(cache) + 2 or len(encoder.get_outputs()) != len(cache)
    if wrong or is_deeper:
        what = f"{wrong[0]} is missing or of another size" if wrong else "they have other layers"
        raise ModelError(
            f"the graphs in {folder} are not of {model.name!r}: {what}; remove "
            f"that folder, then run: sayso-train convert {model.name}"
        )


class OnnxNetwork(GreedyNetwork):
    """Whisper's network as two graphs.

    Args:
        encoder: `mel` → `cross_key_0`, `cross_value_0`, …
        decoder: `tokens`, `wanted`, `past_…` and `cross_…` → `logits`, `attention`, `key_0`, `value_0`, …
        vocabulary: of the model.

    """

    def __init__(self, encoder: Any, decoder: Any, vocabulary: Vocabulary) -> None:
        self._encoder = encoder
        self._decoder_session = decoder
        super().__init__(vocabulary)
        self._cross = [output.name for output in encoder.get_outputs()]
        self._kept = [output.name for output in decoder.get_outputs()][2:]

    def encode(self, mel: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
        """Features of shape (bins, frames) → keys and values for each layer of the decoder."""
        return dict(zip(self._cross, self._encoder.run(None, {"mel": mel[None]}), strict=True))

    def decoder(self, encoded: dict[str, NDArray[np.float32]]) -> _OnnxDecoder:
        """A decoder at the beginning of a window."""
        return _OnnxDecoder(self._decoder_session, encoded, self._kept)


class _OnnxDecoder:
    """See `sayso.engines.greedy.Decoder`."""

    def __init__(self, session: Any, encoded: dict[str, NDArray[np.float32]], kept: Sequence[str]) -> None:
        self._session = session
        self._encoded = encoded
        self._kept = kept
        _, heads, _, width = next(iter(encoded.values())).shape
        nothing = np.zeros((1, heads, 0, width), dtype=np.float32)
        self._past = {f"past_{name}": nothing for name in kept}

    def read(
        self, tokens: Sequence[int], wanted: Sequence[int]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Read on."""
        given = {
            "tokens": np.array([list(tokens)], dtype=np.int64),
            "wanted": np.array(list(wanted), dtype=np.int64),
            **self._past,
            **self._encoded,
        }
        logits, attention, *kept = self._session.run(None, given)
        self._past = {f"past_{name}": array for name, array in zip(self._kept, kept, strict=True)}
        return logits, attention
