"""How fast models are on this machine, as far as that has been measured."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sayso.config import EngineSettings
from sayso.errors import SaysoError
from sayso.models import ModelStore, current
from sayso.models.catalogue import KNOWN_MODELS
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
    """What was measured with the engine in use; where nothing was, the model in use is tried, which takes a while.

    Args:
        store: of the person.
        engine: as the settings have it.
        tell: told before something is tried.
        attempt: tries an engine.
        kept: trials that were made before; None for those of this machine.

    """
    memory = KeptTrials() if kept is None else kept
    name = FIRST if engine.name == AUTO else engine.name
    found = list(_of(name, memory))
    if not found:
        try:
            model = current.resolve(store, engine.model)
        except SaysoError:
            return []  # nothing to measure with
        tell(f"finding out how fast {model.name} is on this machine; once")
        trial = Trial(str(model.folder), name, engine.device, engine.compute_type, engine.threads)
        memory.keep(trial, model, attempt(trial))
        found = list(_of(name, memory))
    return found


def _of(engine: str, memory: KeptTrials) -> Iterator[Measured]:
    for kept in memory:
        known = KNOWN_MODELS.get(kept.trial.model)
        if known and kept.trial.engine == engine:
            outcome = kept.outcome
            yield Measured(
                known.name,
                known.parameters,
                outcome.real_time_factor,
                engine,
                outcome.compute_type,
                outcome.device,
            )
