"""Whisper's weights by the names that transformers gives them, and its configuration."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sayso.weights.tensors import (
    AUDIO_POSITIONS,
    HEAD_WIDTH,
    MOST_LAYERS,
    TEXT_POSITIONS,
    Dimensions,
    Tensors,
)

LAST_ENGLISH_VOCABULARY: Final = 51_864  # one less than the first multilingual one
PARTS: Final = (
    (r"^encoder\.ln_post\.", "encoder.layer_norm."),
    (r"^decoder\.ln\.", "decoder.layer_norm."),
    (r"^decoder\.token_embedding\.", "decoder.embed_tokens."),
    (r"\.positional_embedding$", ".embed_positions.weight"),
    (r"\.blocks\.", ".layers."),
    (r"\.cross_attn\.", ".encoder_attn."),
    (r"\.cross_attn_ln\.", ".encoder_attn_layer_norm."),
    (r"\.attn\.", ".self_attn."),
    (r"\.attn_ln\.", ".self_attn_layer_norm."),
    (r"\.mlp_ln\.", ".final_layer_norm."),
    (r"\.mlp\.0\.", ".fc1."),
    (r"\.mlp\.2\.", ".fc2."),
    (r"\.query\.", ".q_proj."),
    (r"\.key\.", ".k_proj."),
    (r"\.value\.", ".v_proj."),
    (r"\.out\.", ".out_proj."),
)


def renamed(tensors: Tensors) -> Iterator[tuple[str, NDArray[np.floating]]]:
    """The tensors as `WhisperForConditionalGeneration` names them; its projection is the embedding."""
    for name, array in tensors.items():
        yield "model." + name_there(name), array


def name_there(name: str) -> str:
    """OpenAI's name → transformers', without `model.`."""
    for ours, theirs in PARTS:
        name = re.sub(ours, theirs, name)
    return name


def config(tensors: Tensors) -> dict[str, Any]:
    """Arguments of `WhisperConfig`."""
    size = Dimensions.of(tensors)
    end = 50_256 if size.vocabulary == LAST_ENGLISH_VOCABULARY else 50_257
    return {
        "vocab_size": size.vocabulary,
        "num_mel_bins": size.mel_bins,
        "d_model": size.width,
        "encoder_layers": size.encoder_layers,
        "decoder_layers": size.decoder_layers,
        "encoder_attention_heads": size.heads,
        "decoder_attention_heads": size.heads,
        "encoder_ffn_dim": 4 * size.width,
        "decoder_ffn_dim": 4 * size.width,
        "max_source_positions": AUDIO_POSITIONS,
        "max_target_positions": TEXT_POSITIONS,
        "bos_token_id": end,
        "eos_token_id": end,
        "pad_token_id": end,
        "decoder_start_token_id": end + 1,
        "dropout": 0.0,
    }


def names_back(names: Iterable[str]) -> dict[str, str]:
    """transformers' names, without `model.`, → OpenAI's; those of no Whisper model are left out."""
    largest = Dimensions(80, HEAD_WIDTH, MOST_LAYERS, MOST_LAYERS, LAST_ENGLISH_VOCABULARY)
    ours = {name_there(name): name for name in largest.expected()}
    return {name: ours[name] for name in names if name in ours}
