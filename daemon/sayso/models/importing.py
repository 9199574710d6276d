"""Models from elsewhere into the store: what a path holds is found out first, and only Whisper is let in.

Everything becomes a folder of CTranslate2, from which the forms for other engines are made.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import Any, Final

from sayso.errors import ModelError
from sayso.languages import WHISPER_LANGUAGES
from sayso.models.checksums import sha256_of
from sayso.models.companions import require_companions
from sayso.models.manifest import Manifest
from sayso.models.store import WEIGHTS, Model, ModelStore, check_name
from sayso.weights import ctranslate2_file, ggml, gguf_file
from sayso.weights.tensors import LEAST_VOCABULARY, Dimensions, Tensors
from sayso.wheels import OFFLINE_MODELS

ENGLISH_VOCABULARY: Final = LEAST_VOCABULARY
VOCABULARY_WITHOUT_CANTONESE: Final = ENGLISH_VOCABULARY + 1
COPIED_FILES: Final = (
    "model.bin",
    "config.json",
    "tokenizer.json",
    "vocabulary.txt",
    "vocabulary.json",
    "preprocessor_config.json",
)
CONVERT_SECONDS: Final = 1800
MADE_OF_WEIGHTS: Final = (
    "import the model that they were made of, as a folder of transformers or CTranslate2, and sayso makes its "
    "own: sayso-train convert NAME"
)


class Kind(Enum):
    """What a path holds."""

    CTRANSLATE2 = auto()
    TRANSFORMERS = auto()
    GGML = auto()
    GGUF = auto()


@dataclass(frozen=True, slots=True)
class Source:
    """What is to be imported.

    Attributes:
        path: a file or a folder.
        kind: what it holds.
        origin: where it came from, where that is more than its path.
        licence: of the weights, as an SPDX identifier; empty where it is not known.
        is_ours: it was fetched for the store and goes when it is there, so its files need not be copied.

    """

    path: Path
    kind: Kind
    origin: str = ""
    licence: str = ""
    is_ours: bool = False

    @property
    def usual_name(self) -> str:
        """What it is called unless somebody says otherwise: `ggml-base.en-q5_1.bin` → `base.en-q5_1`."""
        return usual_name(self.path.stem if self.path.is_file() else self.path.name)


def usual_name(of: str) -> str:
    """Without what says only in which format it is: `faster-whisper-small` → `small`."""
    for prefix in ("ggml-", "faster-", "whisper-"):
        of = of.removeprefix(prefix)
    return of


def find_out(path: Path) -> Source:
    """Tell what a path holds.

    Raises:
        ModelError: nothing that can be imported; says what it is instead, where that can be told.

    """
    if path.is_dir():
        return Source(path, _kind_of_folder(path))
    if path.exists() and not path.is_file():
        raise ModelError(f"{path} is neither a file nor a folder; give the path of a model's file or folder")
    if path.suffix == ".onnx":
        raise ModelError(f"{path} is a graph of ONNX; {MADE_OF_WEIGHTS}")
    try:
        with path.open("rb") as file:
            magic = file.read(4)
    except OSError as error:
        raise ModelError(
            f"{path} cannot be read: {error.strerror}; give the path of a model's file or folder"
        ) from error
    if magic == b"GGUF":
        return Source(path, Kind.GGUF)
    ggml.check(path)  # says what it is instead
    return Source(path, Kind.GGML)


def import_from(source: Source, store: ModelStore, name: str) -> Model:
    """Bring a model into the store.

    Args:
        source: what it is and where.
        store: where it goes; unchanged if anything fails.
        name: that it shall have.

    Raises:
        ModelError: it is no whole Whisper model, or there is one of that name.
        StorageError: it cannot be written.

    """
    require_new(store, name)
    writers: dict[Kind, Callable[[Source, Path, ModelStore], None]] = {
        Kind.CTRANSLATE2: _copy,
        Kind.TRANSFORMERS: _convert,
        Kind.GGML: _from_ggml,
        Kind.GGUF: _from_gguf,
    }

    def write(folder: Path) -> Manifest:
        writers[source.kind](source, folder, store)
        return _manifest(folder, name, source)

    return store.add(name, write)


def require_new(store: ModelStore, name: str) -> None:
    """Make sure that a model may be given a name.

    Raises:
        ModelError: it cannot be one, or there is a model of that name.

    """
    check_name(name)
    if (store.root / name).exists():
        raise ModelError(
            f"there is a model {name!r} already; remove it with: sayso models rm {name}, or choose another --name"
        )


# ── what it is ────────────────────────────────────────────────────────────────────────────────────


def _kind_of_folder(folder: Path) -> Kind:
    try:
        return _kind_by_files(folder)
    except OSError as error:
        raise ModelError(f"{folder} cannot be read: {error.strerror}") from error


def _kind_by_files(folder: Path) -> Kind:
    has_weights = any(next(folder.glob(pattern), None) for pattern in ("*.bin", "*.safetensors"))
    if not has_weights and any(next(folder.glob(pattern), None) for pattern in ("*.onnx", "*/*.onnx")):
        raise ModelError(f"{folder} holds graphs of ONNX; {MADE_OF_WEIGHTS}")
    config = _json(folder / "config.json")
    kind = config.get("model_type")
    if kind is None and (folder / "model.bin").is_file():
        return Kind.CTRANSLATE2
    if kind == "whisper":
        return Kind.TRANSFORMERS
    if kind is not None:
        raise ModelError(f"{folder} holds a model of type {kind!r}, not Whisper")
    raise ModelError(
        f"{folder} holds no model: neither model.bin of CTranslate2 nor config.json and weights of transformers"
    )


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        return {}
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{path} is damaged: {error}") from error
    if not isinstance(found, dict):
        raise ModelError(f"{path} is damaged: it is not an object")
    return found


# ── into CTranslate2's format ─────────────────────────────────────────────────────────────────────


def _copy(source: Source, folder: Path, store: ModelStore) -> None:
    put = _link if source.is_ours else shutil.copyfile
    for name in COPIED_FILES:
        if (source.path / name).is_file():
            put(source.path / name, folder / name)
    if not (folder / "tokenizer.json").is_file():
        raise ModelError(f"{source.path} lacks tokenizer.json; take it from the model that this one was made of")


def _link(source: Path, target: Path) -> None:
    """Have a file in a second place, which takes no room; a copy where the file system knows no links."""
    try:
        target.hardlink_to(source)
    except OSError:
        shutil.copyfile(source, target)


def _convert(source: Source, folder: Path, store: ModelStore) -> None:
    """By the trainer, in a process of its own: it takes torch."""
    command = [sys.executable, "-m", "sayso_trainer", "import", str(source.path), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=CONVERT_SECONDS, check=False)
    if done.returncode != 0:
        why = done.stderr.strip().splitlines()[-1:] or ["it ended without a word"]
        raise ModelError(f"{source.path} cannot be converted: {why[0].removeprefix('sayso-train: ')}")


def _from_ggml(source: Source, folder: Path, store: ModelStore) -> None:
    contents, tensors = ggml.read(source.path)
    ctranslate2_file.write(folder / "model.bin", tensors)
    for like in store.there():
        if ggml.vocabulary_of(like.folder / "tokenizer.json") == contents.vocabulary:
            _borrow(like, folder, contents.dimensions)
            return
    raise ModelError(
        f"{source.path} has a vocabulary without its rules, as always with whisper.cpp's files; import one of the "
        "same vocabulary first: sayso models import tiny.en (English only) or base (multilingual)"
    )


def _from_gguf(source: Source, folder: Path, store: ModelStore) -> None:
    tensors: Tensors = gguf_file.read(source.path)
    size = Dimensions.of(tensors)
    ctranslate2_file.write(folder / "model.bin", tensors)
    for like in store.there():
        if _vocabulary_size(like.folder) == size.vocabulary:
            _borrow(like, folder, size)
            return
    raise ModelError(f"{source.path} needs the vocabulary of a model of its kind; run: sayso models import base")


def _borrow(like: Model, folder: Path, size: Dimensions) -> None:
    """Take what depends on the vocabulary from a model that has the same; heads only if they can be the same."""
    for name in COPIED_FILES[2:]:
        if (like.folder / name).is_file():
            shutil.copyfile(like.folder / name, folder / name)
    config = _json(like.folder / "config.json")
    if Dimensions.of(ctranslate2_file.read(like.folder / "model.bin")) != size:
        # openai/whisper, `model.py`: where nobody knows better, all heads of the upper half.
        layers = range(size.decoder_layers // 2, size.decoder_layers)
        config["alignment_heads"] = [[layer, head] for layer in layers for head in range(size.heads)]
    (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")


def _vocabulary_size(folder: Path) -> int:
    variables = ctranslate2_file.read_variables(folder / "model.bin")
    return int(variables["decoder/embeddings/weight"].shape[0])


# ── what it says of itself ────────────────────────────────────────────────────────────────────────


def _manifest(folder: Path, name: str, source: Source) -> Manifest:
    try:
        variables = ctranslate2_file.read_variables(folder / WEIGHTS)
    except ModelError as error:  # the folder is gone when somebody reads this
        raise ModelError(str(error).replace(str(folder), str(source.path))) from error
    try:
        vocabulary = variables["decoder/embeddings/weight"].shape[0]
        mel_bins = variables["encoder/conv1/weight"].shape[1]
    except (KeyError, IndexError) as error:
        raise ModelError(f"{source.path} does not hold a Whisper model: {error} is missing") from error
    if mel_bins not in (80, 128) or vocabulary < ENGLISH_VOCABULARY:
        raise ModelError(f"{source.path} is no Whisper model: {mel_bins} mel bins, a vocabulary of {vocabulary}")
    require_companions(folder, Dimensions.of(ctranslate2_file.read(folder / WEIGHTS)), str(source.path))
    checksums = {path.name: sha256_of(path) for path in sorted(folder.iterdir())}
    return Manifest(
        name=name,
        origin=source.origin or f"imported from {source.path.name}",
        sha256=checksums,
        languages=_languages(vocabulary),
        mel_bins=mel_bins,
        floors=_floors(checksums[WEIGHTS]),
        licence=source.licence,
    )


def _floors(weights: str) -> Mapping[str, int]:
    """Floors that were measured of the very weights, whatever they are called."""
    return next((known.floors for known in OFFLINE_MODELS.values() if known.model_sha256 == weights), {})


def _languages(vocabulary: int) -> tuple[str, ...]:
    if vocabulary == ENGLISH_VOCABULARY:
        return ("en",)
    return WHISPER_LANGUAGES[:-1] if vocabulary == VOCABULARY_WITHOUT_CANTONESE else WHISPER_LANGUAGES
