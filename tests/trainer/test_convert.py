"""Models of the store in forms that need torch: exact, made once, and refused with a reason."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sayso.engines.forms import forms_dir
from sayso.models import Model, ModelStore
from sayso.models.checksums import sha256_of
from sayso.weights import ctranslate2_file
from sayso_trainer.__main__ import main

BACK = """
import sys
from ctranslate2.converters import TransformersConverter
files = ["tokenizer.json", "preprocessor_config.json"]
TransformersConverter(sys.argv[1], copy_files=files).convert(sys.argv[2], quantization="float16")
"""


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """Whisper tiny.en in a store of its own."""
    return ModelStore(tmp_path_factory.mktemp("models")).import_offline("tiny.en")


@pytest.fixture(scope="module")
def checkpoint(tiny: Model) -> Path:
    assert main(["convert", "--to", "transformers", str(tiny.folder)]) == 0
    return forms_dir(tiny) / "transformers"


def test_the_checkpoint_converts_back_to_the_very_weights_it_was_made_of(
    tiny: Model, checkpoint: Path, tmp_path: Path
) -> None:
    subprocess.run([sys.executable, "-c", BACK, str(checkpoint), str(tmp_path / "back")], check=True, timeout=170)
    ours, theirs = (ctranslate2_file.read(folder / "model.bin") for folder in (tiny.folder, tmp_path / "back"))
    assert {name: array.tobytes() for name, array in ours.items()} == {
        name: array.tobytes() for name, array in theirs.items()
    }
    config, back = (
        json.loads((folder / "config.json").read_text()) for folder in (tiny.folder, tmp_path / "back")
    )
    assert {key: back[key] for key in ("alignment_heads", "suppress_ids", "suppress_ids_begin")} == {
        key: config[key] for key in ("alignment_heads", "suppress_ids", "suppress_ids_begin")
    }


def test_what_is_converted_once_stays(tiny: Model, checkpoint: Path) -> None:
    before = (checkpoint / "model.safetensors").stat().st_mtime_ns
    assert main(["convert", "--to", "transformers", str(tiny.folder)]) == 0
    assert (checkpoint / "model.safetensors").stat().st_mtime_ns == before


def test_a_form_that_was_damaged_is_made_anew(tiny: Model, checkpoint: Path) -> None:
    whole = (checkpoint / "config.json").read_bytes()
    (checkpoint / "config.json").write_bytes(b"{}")
    assert main(["convert", "--to", "transformers", str(tiny.folder)]) == 0
    assert (checkpoint / "config.json").read_bytes() == whole


def test_a_quantised_model_is_refused_and_nothing_is_left_behind(
    tiny: Model, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "small"
    shutil.copytree(tiny.folder, folder)
    raw = bytearray((folder / "model.bin").read_bytes())
    name = b"decoder/embeddings/weight\0"
    raw[raw.index(name) + len(name) + 9] = 2  # its type: int16, as wide as float16
    (folder / "model.bin").write_bytes(raw)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["sha256"]["model.bin"] = sha256_of(folder / "model.bin")
    (folder / "manifest.json").write_text(json.dumps(manifest))
    assert main(["convert", "--to", "transformers", str(folder)]) == 1
    assert "is quantised: other forms can only be made of float16 or float32 weights" in capsys.readouterr().err
    assert not list(tmp_path.glob("**/transformers"))
