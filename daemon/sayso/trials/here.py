"""How fast models are on this machine, as far as that has been measured."""

from __future__ import annotations

from collections.abc import Callable

from sayso.config import EngineSettings
from sayso.errors import SaysoError
from sayso.models import ModelStore, current
from sayso.models.fitting import Measured
from sayso.trials import Outcome, Trial
from sayso.trials.apart import tried
from sayso.trials.choice import AUTO, FIRST
from sayso.trials.kept import KeptTrials


def measured_here(
    store: ModelStore,
    engine: EngineSettings,
    tell: Callable[[str], None],
    attempt: Callable[[Trial], Outcome] = tried,
    kept: KeptTrials | None = None,
) -> list[Measured]:
    """What was measured with the engine of the settings (`auto`: CTranslate2).

    Where nothing was, the model in use is tried, which takes a while.

    Args:
        store: of the person.
        engine: as the settings have it.
        tell: told before something is tried.
        attempt: tries an engine.
        kept: trials that were made before; None for those of this machine.

    """
    memory = KeptTrials() if kept is None else kept
    name = FIRST if engine.name == AUTO else engine.name
    found = list(_of(name, engine.device, memory))
    if not found:
        try:
            model = current.resolve(store, engine.model)
        except SaysoError:
            return []  # nothing to measure with
        trial = Trial(str(model.folder), name, engine.device, engine.compute_type, engine.threads)
        if memory.find(trial, model) is None:
            tell(f"finding out how fast {model.name} is on this machine; once")
            memory.keep(trial, model, attempt(trial))
        found = list(_of(name, engine.device, memory))
    return found


def _of(engine: str, wanted: str, memory: KeptTrials) -> list[Measured]:
    """What is remembered of an engine on the device that is wanted; a card's figures before a processor's."""
    found = [
        Measured(
            kept.trial.model,
            kept.parameters,
            outcome.real_time_factor,
            engine,
            outcome.compute_type,
            outcome.device,
        )
        for kept in memory
        if kept.trial.engine == engine and kept.parameters and not (outcome := kept.outcome).problem
    ]
    on_cards = [one for one in found if one.device != "cpu"]
    if wanted == "cpu" or not on_cards:
        return [one for one in found if one.device == "cpu"]
    return on_cards
