"""Models of the store in forms that need torch: exact, made once, and refused with a reason."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from sayso.engines.forms import forms_dir
from sayso.errors import ModelError
from sayso.models import Model, ModelStore
from sayso.models.checksums import sha256_of
from sayso.models.importing import find_out, import_from
from sayso.weights import ctranslate2_file
from sayso_trainer.__main__ import main


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
    (tmp_path / "mine").symlink_to(checkpoint)
    back = import_from(find_out(tmp_path / "mine"), ModelStore(tmp_path / "models"), "back")
    ours, theirs = (ctranslate2_file.read(model.folder / "model.bin") for model in (tiny, back))
    assert {name: array.tobytes() for name, array in ours.items()} == {
        name: array.tobytes() for name, array in theirs.items()
    }
    config, found = (json.loads((model.folder / "config.json").read_text()) for model in (tiny, back))
    assert {key: found[key] for key in ("alignment_heads", "suppress_ids", "suppress_ids_begin")} == {
        key: config[key] for key in ("alignment_heads", "suppress_ids", "suppress_ids_begin")
    }
    assert (back.manifest.languages, back.manifest.mel_bins) == (("en",), 80)


def test_a_checkpoint_whose_weights_are_missing_is_refused_and_nothing_is_left_behind(
    checkpoint: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "mine"
    shutil.copytree(checkpoint, folder)
    (folder / "model.safetensors").unlink()
    with pytest.raises(ModelError, match=r"cannot be converted: .*cannot be read by transformers"):
        import_from(find_out(folder), ModelStore(tmp_path / "models"), "mine")
    assert not list((tmp_path / "models").iterdir())


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
