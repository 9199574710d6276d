"""Whisper on torch, through transformers' own implementation: the reference, on any device that torch knows."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sayso.engines import EngineOptions
from sayso.engines.greedy import GreedyNetwork
from sayso.engines.vocabulary import Vocabulary
from sayso.engines.whisper_engine import WhisperEngine
from sayso.errors import EngineError, ModelError
from sayso.models import Model
from sayso.weights import ctranslate2_file, transformers_names


def torch_engine(model: Model, options: EngineOptions) -> WhisperEngine:
    """Load a model into torch: see `sayso.engines.EngineFactory`."""
    torch, transformers = _import()
    device = _device(torch, options.device)
    if options.threads:
        torch.set_num_threads(options.threads)
    vocabulary = Vocabulary(model)
    network = TorchNetwork(torch, _load(transformers, torch, model, device), vocabulary)
    return WhisperEngine("torch", model, device, "float32", network, vocabulary, options.beam_size)


def _import() -> tuple[Any, Any]:
    try:
        import torch  # noqa: PLC0415  # heavy: only the process that decodes with it pays for it
        import transformers  # noqa: PLC0415  # as above
    except ImportError as error:
        raise EngineError(
            f"the engine 'torch' needs torch and transformers ({error}); run: pip install 'sayso[torch]', "
            "or set engine.name: ctranslate2"
        ) from error
    logging.getLogger("transformers").setLevel(logging.ERROR)
    return torch, transformers


def _device(torch: Any, asked: str) -> str:
    if asked == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    try:
        torch.zeros(1, device=asked)
    except (RuntimeError, AssertionError) as error:
        why = str(error).splitlines()[0]
        raise EngineError(
            f"engine.device is {asked}, but torch cannot use it ({why}); set engine.device: auto"
        ) from error
    return asked


def _load(transformers: Any, torch: Any, model: Model, device: str) -> Any:
    """transformers' Whisper with the very weights that CTranslate2 decodes with."""
    weights = ctranslate2_file.read(Path(model.folder) / "model.bin")
    config = transformers.WhisperConfig(**transformers_names.config(weights), attn_implementation="eager")
    with torch.device("meta"):
        whisper = transformers.WhisperForConditionalGeneration(config)
    whisper = whisper.to_empty(device=device)
    state = {
        name: torch.from_numpy(np.array(array, dtype=np.float32)).to(device)
        for name, array in transformers_names.renamed(weights)
    }
    missing, unexpected = whisper.load_state_dict(state, strict=False)
    whisper.tie_weights()
    if set(missing) - {"proj_out.weight"} or unexpected:
        raise ModelError(f"model {model.name!r} does not fit transformers' Whisper: {missing}, {unexpected}")
    return whisper.eval()


class TorchNetwork(GreedyNetwork):
    """A network of transformers' Whisper.

    Args:
        torch: the module.
        whisper: `WhisperForConditionalGeneration`, with eager attention, which it gives away.
        vocabulary: of the model.

    """

    def __init__(self, torch: Any, whisper: Any, vocabulary: Vocabulary) -> None:
        self._torch = torch
        self._whisper = whisper
        super().__init__(vocabulary)
        self._positions = whisper.model.encoder.embed_positions.weight

    def encode(self, mel: NDArray[np.float32]) -> Any:
        """Features of shape (bins, frames) → hidden states of shape (1, frames / 2, width)."""
        encoder, torch = self._whisper.model.encoder, self._torch
        # transformers refuses windows shorter than 30 s; Whisper itself does not mind.
        encoder.config.max_source_positions = positions = mel.shape[1] // 2
        encoder.embed_positions = torch.nn.Embedding.from_pretrained(self._positions[:positions])
        with torch.inference_mode():
            features = torch.from_numpy(mel)[None].to(self._positions.device)
            return encoder(features).last_hidden_state

    def decoder(self, encoded: Any) -> _TorchDecoder:
        """A decoder at the beginning of a window."""
        return _TorchDecoder(self._torch, self._whisper, encoded, self.vocabulary.alignment_heads)


class _TorchDecoder:
    """See `sayso.engines.greedy.Decoder`."""

    def __init__(self, torch: Any, whisper: Any, encoded: Any, heads: Sequence[tuple[int, int]]) -> None:
        self._torch, self._whisper, self._encoded, self._heads = torch, whisper, encoded, heads
        self._cache: Any = None

    def read(
        self, tokens: Sequence[int], wanted: Sequence[int]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Read on."""
        torch = self._torch
        with torch.inference_mode():
            out = self._whisper.model.decoder(
                input_ids=torch.tensor([list(tokens)], device=self._encoded.device),
                encoder_hidden_states=self._encoded,
                past_key_values=self._cache,
                use_cache=True,
                output_attentions=True,
            )
            self._cache = out.past_key_values
            logits = self._whisper.proj_out(out.last_hidden_state[0, list(wanted)])
            attention = torch.stack([out.cross_attentions[layer][0, head] for layer, head in self._heads])
        return logits.float().cpu().numpy(), attention.float().cpu().numpy()
