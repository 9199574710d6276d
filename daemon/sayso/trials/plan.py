"""Which engines are worth a trial, in which forms, on which devices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from typing import Final

from sayso.engines import engine_names
from sayso.trials import Trial

FORMS: Final = {
    "ctranslate2": ("int8", "float32"),
    "whispercpp": ("q8_0", "q5_0", "float16"),
    "onnx": ("float32",),
    "torch": ("float32",),
}
"""Compute types on a CPU, the usual one first."""

CARD_FORMS: Final = {"ctranslate2": ("float16", "int8_float16")}
"""The same on a card."""

NEEDS: Final = {
    "whispercpp": ("_pywhispercpp", "gguf"),
    "onnx": ("onnxruntime",),
    "torch": ("torch", "transformers"),
}
"""Packages that an engine is imported from, where they are extras."""


def missing(engine: str) -> list[str]:
    """The packages that an engine of ours lacks here; nothing for anybody else's."""
    return [package for package in NEEDS.get(engine, ()) if find_spec(package) is None]


def usable_engines() -> list[str]:
    """Engines whose packages are there."""
    return [name for name in engine_names() if not missing(name)]


def trials(
    models: Sequence[str],
    engines: Sequence[str],
    compute_types: Sequence[str],
    devices: Sequence[str],
    threads: int | None = None,
) -> Iterator[Trial]:
    """Every combination.

    Args:
        models: names in the store.
        engines: names of entry points.
        compute_types: by name; none for those that are usual on each engine.
        devices: by name.
        threads: CPU threads at most; None lets the engine pick.

    """
    for model in models:
        for engine in engines:
            for device in devices:
                usual = FORMS if device == "cpu" else CARD_FORMS
                for compute_type in compute_types or usual.get(engine, ("auto",)):
                    yield Trial(model, engine, device, compute_type, threads)
