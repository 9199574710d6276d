"""The same weights for everybody: model, compute type and threads, as sayso and as faster-whisper load them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

from sayso import paths
from sayso.config import Settings, load_settings
from sayso.engines.ctranslate2 import AUTO_THREADS
from sayso.models import ModelStore
from sayso.surroundings import prepare


@dataclass(frozen=True, slots=True)
class Weights:
    """A model of the store, and how it is run: on the CPU, with as many threads."""

    model: str
    threads: int = min(AUTO_THREADS, len(os.sched_getaffinity(0)))
    compute_type: str = "int8"
    beam_size: int = 5
    others: tuple[tuple[str, str], ...] = ()  # settings of sayso by key, such as ("streaming.rewrite", "true")

    def settings(self) -> Settings:
        """Default settings, but for what these weights are."""
        return load_settings(
            None,
            {
                "engine.model": self.model,
                "engine.device": "cpu",
                "engine.compute_type": self.compute_type,
                "engine.threads": str(self.threads),
                "engine.beam_size": str(self.beam_size),
                **dict(self.others),
            },
        )

    def faster_whisper(self) -> Any:
        """The `WhisperModel` of faster-whisper over the same files.

        Raises:
            ModelError: the store does not have the model.

        """
        folder = ModelStore(paths.models_dir()).resolve(self.model).folder
        prepare()
        from faster_whisper import WhisperModel  # noqa: PLC0415  # heavy, and reads the environment when loaded

        return WhisperModel(str(folder), device="cpu", compute_type=self.compute_type, cpu_threads=self.threads)
