"""A model of the store in the forms that need torch to be made: ONNX, and a checkpoint of transformers."""

from __future__ import annotations

from pathlib import Path

from sayso.engines.forms import kept_form
from sayso.engines.vocabulary import Vocabulary
from sayso.errors import ModelError
from sayso.models import Model
from sayso.weights import ctranslate2_file


def to_onnx(model: Model) -> Path:
    """The model as two ONNX graphs of float32, made if they are not there yet; returns their folder.

    Raises:
        ModelError: the model cannot be converted.
        StorageError: it cannot be written.

    """

    def make(folder: Path) -> None:
        try:
            from sayso_trainer.convert.onnx_graphs import export  # noqa: PLC0415  # imports torch, where it is needed
        except ImportError as error:
            raise ModelError(
                f"converting to ONNX needs torch ({error}); run: pip install 'sayso[trainer]'"
            ) from error
        heads = Vocabulary(model).alignment_heads
        export(ctranslate2_file.read(model.folder / "model.bin"), heads, folder)

    return kept_form(model, "onnx-f32", make)


def to_transformers(model: Model) -> Path:
    """The model as a checkpoint that transformers loads, exact to the last bit; returns its folder."""

    def make(folder: Path) -> None:
        try:
            from sayso_trainer.convert.checkpoint import write  # noqa: PLC0415  # imports safetensors
        except ImportError as error:
            raise ModelError(
                f"a checkpoint needs safetensors ({error}); run: pip install 'sayso[trainer]'"
            ) from error
        write(model, folder)

    return kept_form(model, "transformers", make)


FORMS = {"onnx": to_onnx, "transformers": to_transformers}
"""What `sayso-train convert --to` makes."""
