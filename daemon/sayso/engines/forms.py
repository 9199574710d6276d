"""The same weights as other engines read them: made once, and kept beside the models by the weights' checksum.

    <XDG data>/sayso/models/.forms/<checksum of model.bin>/
        ggml-q8_0/model.ggml     for whisper.cpp, made here
        onnx-f32/*.onnx          for ONNX Runtime, made by the trainer, which has torch

A form is a folder with the checksums of what is in it, written beside its place and renamed into it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from sayso import paths
from sayso.engines.vocabulary import Vocabulary
from sayso.errors import ModelError, StorageError
from sayso.interruption import unwinding
from sayso.models import MANIFEST, checksums, read_manifest
from sayso.models.checksums import sha256_of
from sayso.models.store import Model
from sayso.weights import ctranslate2_file, ggml

FORMS = ".forms"
SUMS = "sha256.json"
GGML_FILE = "model.ggml"
CHECKSUM = re.compile(r"[0-9a-f]{64}")
DEFAULT_FORM = ggml.Form.Q8_0


def forms_dir(model: Model) -> Path:
    """Where the forms of a model are, whatever it is called: beside it, or in the store where that is not ours."""
    beside = model.folder.parent
    return (beside if os.access(beside, os.W_OK) else paths.models_dir()) / FORMS / model.weights


def ggml_form(model: Model, form: ggml.Form) -> Path:
    """The model as a GGML file; made if it is not there yet.

    Raises:
        ModelError: the model's weights cannot be converted.
        StorageError: it cannot be written.

    """

    def make(folder: Path) -> None:
        tensors = ctranslate2_file.read(model.folder / "model.bin")
        tokens = ggml.vocabulary_of(model.folder / "tokenizer.json")
        ggml.write(folder / GGML_FILE, tensors, form, Vocabulary(model).mel_filters, tokens)
        ggml.check(folder / GGML_FILE)

    return kept_form(model, f"ggml-{form}", make) / GGML_FILE


def keep_ggml(model: Model, path: Path) -> None:
    """Keep the file of whisper.cpp that a model was imported from, so that nothing is rounded twice.

    Raises:
        StorageError: it cannot be written.

    """
    form = ggml.check(path).form
    kept_form(model, f"ggml-{form}", lambda folder: shutil.copyfile(path, folder / GGML_FILE))


def forget_forms(folder: Path) -> None:
    """Remove the forms of a model that is about to be removed, unless another model has the same weights."""
    weights = _weights_of(folder)
    others = {_weights_of(other.parent) for other in folder.parent.glob(f"*/{MANIFEST}") if other.parent != folder}
    if weights and weights not in others:
        shutil.rmtree(folder.parent / FORMS / weights, ignore_errors=True)


def _weights_of(folder: Path) -> str:
    """The checksum that a manifest gives, if it is one: whoever wrote it may have meant another folder."""
    try:
        found = read_manifest(folder).sha256.get("model.bin", "")
    except ModelError:
        return ""
    return found if CHECKSUM.fullmatch(found) else ""


def kept_form(model: Model, name: str, make: Callable[[Path], object] | None) -> Path:
    """The folder of a form, whole.

    Args:
        model: of which it is a form.
        name: of the form.
        make: writes it into an empty folder; None where it cannot be made here.

    Raises:
        ModelError: it is not there and cannot be made here, or cannot be made of this model.
        StorageError: it cannot be written.

    """
    folder = forms_dir(model) / name
    if _is_whole(folder):
        return folder
    if make is None:
        raise ModelError(
            f"model {model.name!r} has not been converted to {name}; run: sayso-train convert {model.name}"
        )
    try:
        forms_dir(model).mkdir(parents=True, exist_ok=True, mode=0o700)
        with unwinding(), tempfile.TemporaryDirectory(prefix=f".{name}-", dir=forms_dir(model)) as scratch:
            new = Path(scratch) / name
            new.mkdir()
            make(new)
            sums = {path.name: sha256_of(path) for path in new.iterdir()}
            (new / SUMS).write_text(json.dumps(sums, indent=1) + "\n", encoding="utf-8")
            checksums.remember(new, sums)
            if not _is_whole(folder):  # nor has another process made it meanwhile
                shutil.rmtree(folder, ignore_errors=True)
                new.rename(folder)
    except OSError as error:
        raise StorageError(
            f"{name} of model {model.name!r} cannot be written to {forms_dir(model)}: {error.strerror or error} "
            "(set XDG_DATA_HOME to use another disk)"
        ) from error
    return folder


def _is_whole(folder: Path) -> bool:
    """Whether the form is there and what it was; one that is damaged is made anew."""
    try:
        sums = json.loads((folder / SUMS).read_text(encoding="utf-8"))
        return not any(checksums.damaged(folder, sums))
    except (OSError, ValueError, AttributeError, TypeError):
        return False
