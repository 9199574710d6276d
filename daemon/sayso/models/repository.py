"""What a repository of the Hugging Face hub holds, and which of it makes a Whisper model."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sayso.errors import ModelError
from sayso.models.importing import COPIED_FILES, Kind
from sayso.models.store import NEEDED_FILES, WEIGHTS

NAME: Final = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+", re.ASCII)
TRANSFORMERS_WEIGHTS: Final = "model.safetensors"
SHARDS_INDEX: Final = "model.safetensors.index.json"
SHARD: Final = re.compile(r"model-\d{5}-of-\d{5}\.safetensors")
TRANSFORMERS_FILES: Final = (
    "config.json",
    "generation_config.json",
    "preprocessor_config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "normalizer.json",
    "vocab.json",
    "merges.txt",
)


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """One file of a repository.

    Attributes:
        name: in the repository.
        size: bytes.
        sha256: checksum of a large file; empty for small ones.
        blob: what git calls a small file: sha1 of a header and the contents.

    """

    name: str
    size: int
    sha256: str
    blob: str

    @property
    def checksum(self) -> str:
        """Whichever says what the contents are."""
        return self.sha256 or self.blob

    def is_whole(self, path: Path) -> bool:
        """Whether a file on disk is this one."""
        hasher = hashlib.sha256() if self.sha256 else hashlib.sha1(usedforsecurity=False)
        if not self.sha256:
            hasher.update(b"blob %d\0" % self.size)
        with path.open("rb") as file:
            hashlib.file_digest(file, lambda: hasher)
        return hasher.hexdigest() == self.checksum


@dataclass(frozen=True, slots=True)
class Repository:
    """What a repository holds.

    Attributes:
        name: `OWNER/NAME` as it is called now.
        commit: that was looked at.
        files: all of them.
        licence: as its card says; empty where it does not.

    """

    name: str
    commit: str
    files: tuple[RemoteFile, ...]
    licence: str


def described(answer: Any) -> Repository:
    """Read the hub's description of a repository, as its `/api/models` gives it with `blobs=true`.

    Raises:
        ValueError, KeyError, TypeError, AttributeError: it is none.

    """
    name, commit = answer["id"], answer["sha"]
    if not NAME.fullmatch(name) or not re.fullmatch(r"[0-9a-f]{40}", commit):
        raise ValueError(name, commit)
    licence = (answer.get("cardData") or {}).get("license")
    return Repository(
        name=name,
        commit=commit,
        files=tuple(_file(sibling) for sibling in answer["siblings"]),
        licence=licence if isinstance(licence, str) and licence not in ("other", "unknown") else "",
    )


def needed(repository: Repository) -> tuple[Kind, tuple[RemoteFile, ...]]:
    """Tell of which kind a repository is, and which of its files the model needs: the smallest first.

    Raises:
        ModelError: none that can be used; says what is missing.

    """
    there = {file.name: file for file in repository.files}
    if WEIGHTS in there:
        kind, wanted, required = Kind.CTRANSLATE2, set(COPIED_FILES), NEEDED_FILES
    else:
        weights = {TRANSFORMERS_WEIGHTS}
        if TRANSFORMERS_WEIGHTS not in there:
            weights = {SHARDS_INDEX, *(name for name in there if SHARD.fullmatch(name))}
        kind, wanted = Kind.TRANSFORMERS, {*TRANSFORMERS_FILES, *weights}
        required = ("config.json", "tokenizer.json", SHARDS_INDEX if len(weights) > 1 else TRANSFORMERS_WEIGHTS)
    missing = [name for name in required if name not in there]
    if missing:
        raise ModelError(
            f"{repository.name} lacks {', '.join(missing)}, so it is no Whisper model that can be used: choose "
            f"one in CTranslate2's format ({WEIGHTS}) or in that of transformers ({TRANSFORMERS_WEIGHTS})"
        )
    return kind, tuple(sorted((there[name] for name in wanted if name in there), key=lambda file: file.size))


def _file(sibling: dict[str, Any]) -> RemoteFile:
    large = sibling.get("lfs") or {}
    sha256, blob = large.get("sha256", ""), sibling["blobId"]
    if not re.fullmatch(r"([0-9a-f]{64})?", sha256) or not re.fullmatch(r"[0-9a-f]{40}", blob):
        raise ValueError(sha256, blob)
    if int(sibling["size"]) < 0:
        raise ValueError(sibling["size"])
    return RemoteFile(name=str(sibling["rfilename"]), size=int(sibling["size"]), sha256=sha256, blob=blob)
