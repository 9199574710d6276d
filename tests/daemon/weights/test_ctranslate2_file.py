"""CTranslate2's model.bin, read and written."""

from __future__ import annotations

from pathlib import Path

import ctranslate2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.daemon.weights.toy import toy_tensors

from sayso.errors import ModelError
from sayso.models import Model
from sayso.weights import ctranslate2_file
from sayso.weights.tensors import Dimensions


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("model") / "model.bin"
    ctranslate2_file.write(path, toy_tensors())
    return path


def test_what_is_written_is_read_back_to_the_last_bit(written: Path) -> None:
    read = ctranslate2_file.read(written)
    expected = toy_tensors()
    assert set(read) == set(expected)
    assert all(np.array_equal(read[name], expected[name]) for name in expected)


def test_a_stock_model_that_is_read_and_written_is_the_same_file(tiny: Model, tmp_path: Path) -> None:
    copy = tmp_path / "model.bin"
    ctranslate2_file.write(copy, ctranslate2_file.read(tiny.folder / "model.bin"))
    ours, theirs = (ctranslate2_file.read_variables(path) for path in (copy, tiny.folder / "model.bin"))
    assert {name: array.tobytes() for name, array in ours.items()} == {
        name: array.tobytes() for name, array in theirs.items()
    }
    assert copy.read_bytes() == (tiny.folder / "model.bin").read_bytes()


def test_ctranslate2_loads_what_is_written(written: Path, tiny: Model) -> None:
    for name in ("config.json", "vocabulary.txt"):
        (written.parent / name).write_bytes((tiny.folder / name).read_bytes())
    model = ctranslate2.models.Whisper(str(written.parent), device="cpu", compute_type="float32")
    encoded = model.encode(ctranslate2.StorageView.from_array(np.zeros((1, 80, 200), dtype=np.float32)))
    assert encoded.shape == [1, 100, 64]


def test_the_size_of_a_stock_model(tiny: Model) -> None:
    found = Dimensions.of(ctranslate2_file.read(tiny.folder / "model.bin"))
    assert found == Dimensions(mel_bins=80, width=384, encoder_layers=4, decoder_layers=4, vocabulary=51_864)
    assert found.heads == 6


@given(at=st.floats(0.0, 0.999))
def test_a_file_that_is_cut_short_anywhere_is_refused(written: Path, at: float) -> None:
    raw = written.read_bytes()
    short = written.parent / "short.bin"
    short.write_bytes(raw[: int(len(raw) * at)])
    with pytest.raises(ModelError, match=r"cut short|cannot be read|not a|damaged"):
        ctranslate2_file.read(short)


@given(raw=st.binary(max_size=300))
def test_rubbish_is_refused(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "rubbish.bin"
    path.write_bytes(raw)
    with pytest.raises(ModelError):
        ctranslate2_file.read(path)


def test_a_quantised_model_is_refused_because_nothing_exact_can_be_made_of_it(
    written: Path, tmp_path: Path
) -> None:
    variables = ctranslate2_file.read_variables(written)
    assert variables["encoder/conv1/weight"].dtype == np.float16
    raw = written.read_bytes()
    name = b"decoder/embeddings/weight\0"
    at = raw.index(name) + len(name) + 1 + 8  # rank and two dimensions
    quantised = bytearray(raw)
    quantised[at] = 2  # int16 is as wide as float16
    (tmp_path / "model.bin").write_bytes(quantised)
    with pytest.raises(ModelError, match="is quantised"):
        ctranslate2_file.read(tmp_path / "model.bin")
