"""A model of the store, rebuilt as the checkpoint of transformers that it was once made of."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save_file

from sayso.engines.vocabulary import Vocabulary
from sayso.errors import ModelError
from sayso.models import Model
from sayso.weights import ctranslate2_file, transformers_names


def write(model: Model, folder: Path) -> None:
    """Write the checkpoint.

    The weights stay float16, as they are in the store. `proj_out` is left out: it is the embedding.

    Args:
        model: of float16 or float32 weights.
        folder: exists and is empty.

    """
    tensors = ctranslate2_file.read(model.folder / "model.bin")
    weights = {name: np.ascontiguousarray(array) for name, array in transformers_names.renamed(tensors)}
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    config = {
        "architectures": ["WhisperForConditionalGeneration"],
        "model_type": "whisper",
        "activation_function": "gelu",
        "scale_embedding": False,
        "is_encoder_decoder": True,
        "tie_word_embeddings": True,
        "dtype": "float16",
        **transformers_names.config(tensors),
    }
    _write_json(folder / "config.json", config)
    _write_json(folder / "generation_config.json", _generation_config(model, config))
    _write_json(folder / "preprocessor_config.json", _preprocessor_config(config["num_mel_bins"]))
    _write_json(folder / "tokenizer_config.json", {"tokenizer_class": "WhisperTokenizer"})
    shutil.copyfile(model.folder / "tokenizer.json", folder / "tokenizer.json")


def read_into(source: Path, target: Path) -> None:
    """Convert a checkpoint into the float16 folder of CTranslate2 that the store keeps.

    Args:
        source: a folder of transformers with a Whisper model in it.
        target: an empty folder.

    Raises:
        ModelError: torch or transformers is missing, or they cannot read it.

    """
    try:
        import torch  # noqa: F401, PLC0415  # heavy, and the converter asks for it too late
        from ctranslate2.converters import TransformersConverter  # noqa: PLC0415  # imports transformers
    except ImportError as error:
        raise ModelError(
            f"importing from transformers needs torch ({error}); run: pip install 'sayso[trainer]'"
        ) from error
    if not (source / "tokenizer.json").is_file():
        raise ModelError(f"{source} lacks tokenizer.json; save it with transformers' WhisperTokenizerFast first")
    files = [name for name in ("tokenizer.json", "preprocessor_config.json") if (source / name).is_file()]
    try:
        TransformersConverter(str(source), copy_files=files).convert(
            str(target), quantization="float16", force=True
        )
    except Exception as error:  # transformers, torch and safetensors each raise their own
        raise ModelError(f"{source} cannot be read by transformers: {str(error).splitlines()[0]}") from error


def _generation_config(model: Model, config: dict[str, Any]) -> dict[str, Any]:
    """What transformers' `generate` and CTranslate2's converter want to know."""
    vocabulary = Vocabulary(model)
    rules = vocabulary.rules
    out: dict[str, Any] = {
        "alignment_heads": vocabulary.alignment_heads,
        "suppress_tokens": rules.never,
        "begin_suppress_tokens": rules.not_first,
        "no_timestamps_token_id": rules.no_timestamps,
        "is_multilingual": vocabulary.is_multilingual,
        "max_length": config["max_target_positions"],
        "return_timestamps": False,
        **{key: config[key] for key in config if key.endswith("_token_id")},
    }
    if vocabulary.is_multilingual:
        tokenizer = vocabulary.tokenizer(model.manifest.languages[0])
        out["lang_to_id"] = {f"<|{code}|>": token for token, code in vocabulary.language_tokens.items()}
        out["task_to_id"] = {"transcribe": tokenizer.transcribe, "translate": tokenizer.translate}
    return out


def _preprocessor_config(mel_bins: int) -> dict[str, Any]:
    return {
        "feature_extractor_type": "WhisperFeatureExtractor",
        "feature_size": mel_bins,
        "sampling_rate": 16_000,
        "hop_length": 160,
        "chunk_length": 30,
        "n_fft": 400,
        "padding_value": 0.0,
    }


def _write_json(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
