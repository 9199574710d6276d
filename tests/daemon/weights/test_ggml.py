"""whisper.cpp's files: written, checked before anything is loaded, and read back."""

from __future__ import annotations

import contextlib
import re
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.daemon.weights.toy import FILTERS, SMALLEST, VOCABULARY, toy_tensors

from sayso.errors import ModelError
from sayso.models import Model
from sayso.weights import ggml
from sayso.weights.ggml import Form

HEADER_BYTES = 4 + 11 * 4


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[Form, Path]:
    """The smallest model in every form."""
    folder = tmp_path_factory.mktemp("ggml")
    paths = {form: folder / f"{form}.bin" for form in Form}
    for form, path in paths.items():
        ggml.write(path, toy_tensors(), form, FILTERS, VOCABULARY)
    return paths


@pytest.mark.parametrize("form", Form)
def test_what_is_written_passes_the_check_and_is_read_back_as_nearly_as_its_form_allows(
    files: dict[Form, Path], form: Form
) -> None:
    contents, read = ggml.read(files[form])
    assert (contents.dimensions, contents.form, contents.vocabulary) == (SMALLEST, form, VOCABULARY)
    assert np.array_equal(contents.filters, FILTERS)
    name = "decoder.blocks.1.mlp.0.weight"
    lost = np.abs(read[name].astype(np.float32) - toy_tensors()[name].astype(np.float32)).max()
    allowed = {Form.F32: 0, Form.F16: 0, Form.Q8_0: 0.003, Form.Q5_0: 0.03, Form.Q5_1: 0.03}.get(form, 0.06)
    assert lost <= allowed
    bias = "encoder.conv1.bias"
    assert np.array_equal(read[bias], toy_tensors()[bias].astype(np.float32))


def test_quantised_files_are_as_small_as_their_forms_promise(files: dict[Form, Path]) -> None:
    sizes = [
        files[form].stat().st_size for form in (Form.F32, Form.F16, Form.Q8_0, Form.Q5_1, Form.Q5_0, Form.Q4_0)
    ]
    assert sizes == sorted(sizes, reverse=True)


def test_the_tokens_of_a_stock_model_are_bytes_by_number(tiny: Model) -> None:
    tokens = ggml.vocabulary_of(tiny.folder / "tokenizer.json")
    assert len(tokens) == 50_257
    assert tokens[0] == b"!"
    assert tokens[220] == b" "
    assert tokens[262] == b" the"


@given(at=st.floats(0.0, 0.9999))
def test_a_file_that_is_cut_short_anywhere_is_refused(files: dict[Form, Path], at: float) -> None:
    raw = files[Form.Q5_0].read_bytes()
    short = files[Form.Q5_0].parent / "short.bin"
    short.write_bytes(raw[: int(len(raw) * at)])
    with pytest.raises(ModelError, match=r"cut short|cannot be read|not a GGML"):
        ggml.check(short)


@given(at=st.floats(0.0, 1.0), value=st.integers(0, 255))
def test_a_changed_byte_is_refused_or_harmless_but_never_another_error(
    files: dict[Form, Path], at: float, value: int
) -> None:
    raw = bytearray(files[Form.F16].read_bytes())
    raw[min(int(len(raw) * at**8), len(raw) - 1)] = value  # most of them in the header
    changed = files[Form.F16].parent / "changed.bin"
    changed.write_bytes(raw)
    with contextlib.suppress(ModelError):
        assert ggml.check(changed).dimensions == SMALLEST


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"GGUF" + bytes(100), "it is GGUF, which sayso models import converts"),
        (b"<!DOCTYPE html><html>sign in", "it is a web page, so the download went wrong"),
        (b"PK\x03\x04" + bytes(100), "a checkpoint of PyTorch"),
        (b"version https://git-lfs.github.com/spec/v1", "a pointer of Git LFS"),
        (bytes(200), "is not a GGML file of whisper.cpp"),
        (b"", "cannot be read"),
    ],
)
def test_other_files_are_named_for_what_they_are(tmp_path: Path, raw: bytes, message: str) -> None:
    path = tmp_path / "model.bin"
    path.write_bytes(raw)
    with pytest.raises(ModelError, match=re.escape(message)):
        ggml.check(path)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        (0, 32_000, "no Whisper model has a vocabulary of 32000"),
        (1, 750, "its header says"),
        (4, 2_000_000_000, "no Whisper model has 2000000000 encoder layers"),
        (9, 79, "no Whisper model has 79 mel bins"),
        (10, 2_014, "quantised in a way that is not known here (2014)"),
        (10, 1_008, "quantised in a way that is not known here (1008)"),
    ],
)
def test_a_header_that_lies_is_refused_before_anything_is_allocated(
    files: dict[Form, Path], tmp_path: Path, field: int, value: int, message: str
) -> None:
    raw = bytearray(files[Form.F16].read_bytes())
    struct.pack_into("<i", raw, 4 + 4 * field, value)
    path = tmp_path / "model.bin"
    path.write_bytes(raw)
    with pytest.raises(ModelError, match=re.escape(message)):
        ggml.check(path)


def test_a_file_that_goes_on_after_its_end_is_refused(files: dict[Form, Path], tmp_path: Path) -> None:
    path = tmp_path / "model.bin"
    path.write_bytes(files[Form.F16].read_bytes() + b"more")
    with pytest.raises(ModelError, match="4 bytes too long"):
        ggml.check(path)
