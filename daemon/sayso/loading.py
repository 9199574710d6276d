"""Settings → model, engine: what every command that recognises speech does first."""

from __future__ import annotations

import logging
from dataclasses import replace

from sayso import paths
from sayso.config import Settings
from sayso.engines import CheckStatus, Engine, EngineOptions, load_engine
from sayso.errors import EngineError, ModelError
from sayso.models import Model, ModelStore

log = logging.getLogger(__name__)


def engine_from(settings: Settings) -> Engine:
    """Load the engine and model that the settings name, and decode once, so that the first words are not slow.

    With `engine.device: auto`, an accelerator that is there but does not work is reported and the CPU taken; a
    device asked for by name must work.

    Raises:
        EngineError: the engine or device does not work.
        ModelError: the model is missing, damaged, or does not know the language.
        StorageError: the model store cannot be written.

    """
    wanted = settings.engine
    model = ModelStore(paths.models_dir()).resolve(wanted.model)
    options = EngineOptions(
        device=wanted.device,
        compute_type=None if wanted.compute_type == "auto" else wanted.compute_type,
        threads=wanted.threads,
        beam_size=wanted.beam_size,
    )
    try:
        engine = _proved(wanted.name, model, options)
    except (EngineError, ModelError) as error:
        if wanted.device != "auto":
            raise
        try:
            engine = _proved(wanted.name, model, replace(options, device="cpu"))
        except (EngineError, ModelError):
            raise error from None  # the CPU would not do either: the first failure says why
        log.warning("using the CPU: %s", error)
    engine.session(language_of(settings))  # refuses a language that the model does not know
    return engine


def language_of(settings: Settings) -> str | None:
    """The language to decode in; None lets the model decide."""
    return None if settings.language == "auto" else settings.language


def _proved(name: str, model: Model, options: EngineOptions) -> Engine:
    engine = load_engine(name, model, options)
    check = engine.self_check()
    if check.status is CheckStatus.FAILS:
        raise EngineError(f"the engine {name!r} fails on {engine.device}: {check.message}")
    return engine
