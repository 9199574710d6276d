"""Which tensors a Whisper model has, and what is refused for one."""

from __future__ import annotations

import re

import numpy as np
import pytest
from tests.daemon.weights.toy import SMALLEST, toy_tensors

from sayso.errors import ModelError
from sayso.weights.tensors import Dimensions


@pytest.mark.parametrize(
    ("size", "count"),
    [
        (Dimensions(80, 384, 4, 4, 51_864), 167),  # tiny.en, as whisper.cpp counts
        (Dimensions(80, 512, 6, 6, 51_865), 245),  # base
    ],
)
def test_a_stock_model_has_as_many_tensors_as_whisper_cpp_says(size: Dimensions, count: int) -> None:
    assert len(size.expected()) == count


def test_the_size_is_read_off_the_tensors() -> None:
    assert Dimensions.of(toy_tensors()) == SMALLEST


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"decoder.ln.bias": None}, "incomplete: decoder.ln.bias is missing"),
        ({"encoder.conv1.weight": None}, "'encoder.conv1.weight' is missing"),
        ({"decoder.ln.bias": np.zeros(65)}, "decoder.ln.bias is (65,), not (64,)"),
        ({"decoder.blocks.1.attn.key.bias": np.zeros(64)}, "it has no decoder.blocks.1.attn.key.bias"),
        ({"encoder.conv1.weight": np.zeros((64, 81, 3))}, "no Whisper model has 81 mel bins"),
        ({"decoder.token_embedding.weight": np.zeros((32_000, 64))}, "no Whisper model has a vocabulary of 32000"),
    ],
)
def test_what_is_no_whisper_model_is_refused_by_the_first_thing_that_is_wrong(
    change: dict[str, np.ndarray | None], message: str
) -> None:
    tensors = {**toy_tensors(), **change}
    with pytest.raises(ModelError, match=re.escape(message)):
        Dimensions.of({name: array for name, array in tensors.items() if array is not None})
