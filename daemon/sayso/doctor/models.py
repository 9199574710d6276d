"""Models that are whole, and packages that are installed over each other."""

from __future__ import annotations

from collections.abc import Iterator

from sayso import paths
from sayso.config import Settings
from sayso.doctor import Finding, Light
from sayso.engines.onnx import installed_runtimes, over_each_other
from sayso.errors import ModelError, SaysoError
from sayso.models import ModelStore, current, verify


def check_models(settings: Settings) -> Iterator[Finding]:
    """The model in use, and every other in the store: whole or not."""
    store = ModelStore(paths.models_dir())
    in_use = ""
    try:
        model = current.resolve(store, settings.engine.model)
        facts: dict[str, float | int | str | bool | None] = {
            "weights": model.weights,
            "mel_bins": model.manifest.mel_bins,
        }
        yield Finding("model", Light.GREEN, f"{model.name}: whole", facts=facts)
        in_use = model.name
    except SaysoError as error:
        yield Finding(
            "model", Light.RED, str(error), "choose another: sayso models list, then sayso models use NAME"
        )
    if settings.engine.draft_model is not None:
        try:
            current.resolve(store, settings.engine.draft_model)
        except SaysoError as error:
            yield Finding("draft model", Light.RED, str(error), "set engine.draft_model: none, or another")
    for name in store.names():
        try:
            if name != in_use:
                verify(store.root / name)
        except ModelError as error:
            yield Finding(f"model {name}", Light.AMBER, str(error), f"sayso models rm {name}")


def check_packages(settings: Settings) -> Iterator[Finding]:
    """Builds of ONNX Runtime put the same files over each other."""
    message, remedy = over_each_other(installed_runtimes())
    if message:
        yield Finding("packages", Light.RED, message, remedy)
