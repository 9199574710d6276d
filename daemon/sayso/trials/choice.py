"""`engine.name: auto`: of CTranslate2 and whisper.cpp the one that is faster on this machine, at equal words."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Final

from sayso.config import EngineSettings
from sayso.models import Model
from sayso.trials import Outcome, Trial
from sayso.trials.apart import tried
from sayso.trials.kept import KeptTrials
from sayso.trials.plan import missing

log = logging.getLogger(__name__)

AUTO: Final = "auto"
FIRST: Final = "ctranslate2"
OTHER: Final = "whispercpp"
SECONDS: Final = 45.0
"""For each trial: systemd waits for 180 s until the service is ready, and the model is loaded after them."""
WORDS_ALIKE: Final = 3
"""Of the sample's 36, more of which no engine may have wrong than the other: one place where they hear differently
is often two words, and over 15 s says nothing of the next 15; a form that repeats itself has more."""
CLEARLY_FASTER: Final = 0.9
"""Share of the first one's time below which the other is taken: it searches with a beam, the other does not."""


def engine_name(
    wanted: EngineSettings,
    model: Model,
    attempt: Callable[[Trial], Outcome] | None = None,
    kept: KeptTrials | None = None,
) -> str:
    """The engine to load: the one that was asked for, or the one that trials show to be the better.

    Blocks for some seconds the first time on a machine with a model; after that it is remembered, also that one
    failed, until versions or weights change, or somebody runs `sayso doctor` or `sayso bench`.
    """
    attempt = attempt or _in_time
    if wanted.name != AUTO:
        return wanted.name
    if missing(OTHER):
        return FIRST
    memory = KeptTrials() if kept is None else kept

    def outcome_of(engine: str, device: str = wanted.device) -> Outcome:
        trial = Trial(str(model.folder), engine, device, wanted.compute_type, wanted.threads)
        found = memory.find(trial, model)
        if found is None:
            log.info("finding out how fast %s is with %r on this machine; once", engine, model.name)
            found = attempt(trial)
            memory.keep(trial, model, found)
        return found

    first = outcome_of(FIRST)
    if first.problem and wanted.device == "auto":
        log.warning("%s does not work with %r here: %s", FIRST, model.name, first.problem)
        first = outcome_of(FIRST, "cpu")
    if wanted.device not in ("auto", "cpu") or (not first.problem and first.device != "cpu"):
        return FIRST  # on a card, which is not compared with a processor; or an error that is to be told
    chosen = better({FIRST: first, OTHER: outcome_of(OTHER)})
    log.info("engine.name: auto is %s for %r", chosen, model.name)
    return chosen


def _in_time(trial: Trial) -> Outcome:
    return tried(trial, SECONDS)


def better(outcomes: Mapping[str, Outcome]) -> str:
    """The better one of two; the first where neither works, so that its error is the one that is told."""
    first, other = outcomes[FIRST], outcomes[OTHER]
    if other.problem or first.problem:
        return FIRST if other.problem else OTHER
    if other.errors > first.errors + WORDS_ALIKE:
        return FIRST
    if first.errors > other.errors + WORDS_ALIKE:
        return OTHER
    return OTHER if other.partial_seconds < CLEARLY_FASTER * first.partial_seconds else FIRST
