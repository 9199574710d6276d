"""What a model folder says of itself, and what is known of its weights by now."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from sayso.errors import ModelError
from sayso.wheels import OFFLINE_MODELS

MANIFEST = "manifest.json"
UNMEASURED_FLOOR_FRAMES = 1500  # 15 s: every stock model is reliable there, on every engine


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a model folder says of itself.

    Attributes:
        name: as settings and the command line use it.
        origin: where the weights came from.
        sha256: hexadecimal checksum of each file.
        languages: Whisper codes the model knows.
        mel_bins: 80, or 128 for large-v3 and turbo.
        floors: the shortest window, in mel frames of 10 ms, in which the weights are reliable; by engine and
            precision (`whispercpp/q5_0`), or by engine where the precision makes no difference (`ctranslate2`).
        licence: of the weights, as an SPDX identifier; empty where it is not known.

    """

    name: str
    origin: str
    sha256: Mapping[str, str]
    languages: tuple[str, ...]
    mel_bins: int
    floors: Mapping[str, int]
    licence: str = ""

    def floor(self, engine: str, compute_type: str) -> int:
        """The shortest window on an engine, in mel frames of 10 ms; a safe one where nobody measured it."""
        for key in (f"{engine}/{compute_type}", engine):
            if key in self.floors:
                return self.floors[key]
        return UNMEASURED_FLOOR_FRAMES


def read_manifest(folder: Path) -> Manifest:
    """Read a folder's manifest.

    Raises:
        ModelError: it is missing or not a manifest.

    """
    path = folder / MANIFEST
    try:
        raw: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if any("/" in name or name in ("", ".", "..") for name in raw["sha256"]):
            raise ValueError("a file is not in its folder")
        manifest = Manifest(
            name=str(raw["name"]),
            origin=str(raw["origin"]),
            sha256={str(k): str(v) for k, v in raw["sha256"].items()},
            languages=tuple(str(code) for code in raw["languages"]),
            mel_bins=int(raw["mel_bins"]),
            floors={str(k): int(v) for k, v in _floors(raw).items()},
            licence=str(raw.get("licence", "")),
        )
        return _as_measured(manifest)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise ModelError(
            f"{path} is not a readable manifest ({type(error).__name__}: {error}); remove the folder and import "
            "the model again"
        ) from error


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write it into its folder."""
    (folder / MANIFEST).write_text(json.dumps(asdict(manifest), indent=1) + "\n", encoding="utf-8")


def _floors(raw: dict[str, Any]) -> dict[str, Any]:
    """Floors by engine; manifests of version 0.1 knew one engine and one floor."""
    if "floors" not in raw and "window_floor_frames" in raw:
        return {"ctranslate2": raw["window_floor_frames"]}
    floors: dict[str, Any] = raw["floors"]
    return floors


def _as_measured(manifest: Manifest) -> Manifest:
    """The manifest, with what is known of its weights by now; it may have been written long ago."""
    known = OFFLINE_MODELS.get(manifest.name)
    if known is None or manifest.sha256.get("model.bin") != known.model_sha256:
        return manifest
    return replace(manifest, floors={**manifest.floors, **known.floors})
