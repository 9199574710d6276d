"""Settings → model, engine: what every command that recognises speech does first."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace

from sayso import paths
from sayso.config import EngineSettings, Settings
from sayso.engines import CheckStatus, Engine, EngineOptions, load_engine
from sayso.engines.drafted import DraftedEngine, require_draft_that_fits
from sayso.engines.failover import FailoverEngine
from sayso.errors import EngineError, ModelError
from sayso.events import Event, Problem
from sayso.heap import use_one_arena
from sayso.languages import parse_languages
from sayso.models import CURRENT, Model, ModelStore, current
from sayso.models.current import Current
from sayso.trials.choice import engine_name

log = logging.getLogger(__name__)


def engine_from(settings: Settings, *, live: bool = True, tell: Callable[[Event], None] | None = None) -> Engine:
    """Load the engine and model that the settings name, and decode once, so that the first words are not slow.

    With `engine.device: auto`, an accelerator that is there but does not work is reported and the CPU taken; a
    device asked for by name must work.

    Args:
        settings: as loaded.
        live: whether it is to decode while somebody speaks, for which the settings may name a draft model too.
        tell: whom it is told when a graphics card fails later on and the CPU goes on; None: the log.

    Raises:
        EngineError: the engine or device does not work.
        ModelError: a model is missing, damaged, or does not know the language, or the draft is no other model.
        StorageError: the model store cannot be written.

    """
    use_one_arena()
    store, languages = ModelStore(paths.models_dir()), parse_languages(settings.language)
    model = current.resolve(store, settings.engine.model)
    draft = _draft(settings, store) if live else None
    if draft is not None:
        for code in languages.allowed or (None,):
            require_draft_that_fits(model, draft, code)
    try:
        engine = _working(settings.engine, model, tell or _log)
    except ModelError as error:  # it is whole, as far as checksums tell, and cannot be loaded
        before = Current(store).previous() if settings.engine.model == CURRENT else None
        if before is None or before.name == model.name:
            raise
        log.warning("%s. Until then %r is used, as before", error, before.name)
        engine = _working(settings.engine, before, tell or _log)
    for code in languages.allowed:
        engine.session(code)  # refuses a language that the model does not know
    if languages.follows_layout and len(engine.model.manifest.languages) == 1:
        log.warning(
            "language: layout changes nothing: the model %r knows %s only; set engine.model to a multilingual one "
            "such as base",
            engine.model.name,
            *engine.model.manifest.languages,
        )
    return engine if draft is None else DraftedEngine(engine, _working(settings.engine, draft, tell or _log))


def language_of(settings: Settings) -> str | None:
    """The language to decode recordings in; None lets the model decide, as where several may be spoken."""
    return parse_languages(settings.language).fixed


def _draft(settings: Settings, store: ModelStore) -> Model | None:
    if settings.engine.draft_model is None:
        return None
    try:
        return current.resolve(store, settings.engine.draft_model)
    except ModelError as error:
        raise ModelError(f"engine.draft_model: {error}") from error


def _log(event: Event) -> None:
    if isinstance(event, Problem):
        log.warning("%s", event.message)


def _working(wanted: EngineSettings, model: Model, tell: Callable[[Event], None]) -> Engine:
    """The engine with a model in it, proved to work; on a card, with the CPU behind it."""
    name = engine_name(wanted, model)
    options = EngineOptions(
        device=wanted.device,
        compute_type=None if wanted.compute_type == "auto" else wanted.compute_type,
        threads=wanted.threads,
        beam_size=wanted.beam_size,
    )
    try:
        engine = _proved(name, model, options)
        if engine.device == "cpu":
            return engine
        on_cpu = replace(options, device="cpu", compute_type=None)  # what the card computes with the CPU may not
        return FailoverEngine(
            engine,
            on_cpu=lambda: _proved(name, model, on_cpu),
            again=lambda: _proved(name, model, options),
            tell=tell,
        )
    except (EngineError, ModelError) as error:
        if wanted.device != "auto":
            raise
        try:
            engine = _proved(name, model, replace(options, device="cpu"))
        except (EngineError, ModelError):
            raise error from None  # the CPU would not do either: the first failure says why
        log.warning("using the CPU: %s", error)
        return engine


def _proved(name: str, model: Model, options: EngineOptions) -> Engine:
    engine = load_engine(name, model, options)
    check = engine.self_check()
    if check.status is CheckStatus.FAILS:
        raise EngineError(f"the engine {name!r} fails on {engine.device}: {check.message}")
    return engine
