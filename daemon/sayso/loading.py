"""Settings → model, engine: what every command that recognises speech does first."""

from __future__ import annotations

from sayso import paths
from sayso.config import Settings
from sayso.engines import CheckStatus, Engine, EngineOptions, load_engine
from sayso.errors import EngineError
from sayso.models import ModelStore


def engine_from(settings: Settings) -> Engine:
    """Load the engine and model that the settings name, and decode once, so that the first words are not slow.

    Raises:
        EngineError: the engine or device does not work.
        ModelError: the model is missing, damaged, or does not know the language.
        StorageError: the model store cannot be written.

    """
    wanted = settings.engine
    model = ModelStore(paths.models_dir()).resolve(wanted.model)
    engine = load_engine(
        wanted.name,
        model,
        EngineOptions(
            device=wanted.device,
            compute_type=None if wanted.compute_type == "auto" else wanted.compute_type,
            threads=wanted.threads,
            beam_size=wanted.beam_size,
        ),
    )
    language = language_of(settings)
    engine.session(language)  # refuses a language that the model does not know
    check = engine.self_check()
    if check.status is CheckStatus.FAILS:
        raise EngineError(f"the engine {wanted.name!r} fails on {engine.device}: {check.message}")
    return engine


def language_of(settings: Settings) -> str | None:
    """The language to decode in; None lets the model decide."""
    return None if settings.language == "auto" else settings.language
