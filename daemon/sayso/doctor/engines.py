"""Engines and devices: a spoken sample decoded as the settings have it, and by every other engine there is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from sayso import paths
from sayso.cards import look_at_cards
from sayso.config import EngineSettings, Settings
from sayso.devices.advice import Advice
from sayso.devices.probe import Machine, probe
from sayso.doctor import Finding, Light
from sayso.doctor.cards import of_cards
from sayso.engines import engine_names, require_engine
from sayso.errors import EngineError, SaysoError
from sayso.models import Model, ModelStore, current
from sayso.trials import Outcome, Trial
from sayso.trials.apart import tried
from sayso.trials.choice import AUTO, FIRST, OTHER, better, engine_name
from sayso.trials.kept import KeptTrials
from sayso.trials.plan import missing

SLOW: Final = 0.5  # of speech: what is left is for partials, and for everything else on the machine
WRONG_WORDS: Final = 0.25  # of the sample; the smallest stock model has 3 of 36
CARD_MEGABYTES: Final = 10.0  # below, nobody can have put a model onto a card
BURSTS: Final = (
    "100 % for moments is how dictation works, and no fault: the real-time factor and the memory are what counts"
)
ANOTHER: Final = "until it is mended: engine.name: ctranslate2, engine.device: auto and engine.compute_type: auto"

Attempt = Callable[[Trial], Outcome]


def check_engines(
    settings: Settings,
    attempt: Attempt = tried,
    look: Callable[[], Machine] = lambda: probe(vulkan_too=True),
    why_none: Callable[[], list[Advice]] = look_at_cards,
) -> Iterator[Finding]:
    """The engine in use as the settings have it, the cards, and every other engine on the processor.

    Args:
        settings: of the person.
        attempt: tries an engine in a process of its own.
        look: finds out what cards there are.
        why_none: why CTranslate2 uses none of them.

    """
    try:
        model = current.resolve(ModelStore(paths.models_dir()), settings.engine.model)
    except SaysoError as error:
        yield Finding("engines", Light.RED, f"not tried, as there is no model: {error}", "sayso models list")
        return
    bench = _Bench(model, settings.engine, attempt)
    machine = look()
    try:
        in_use = _name_of(settings.engine, model, bench)
    except EngineError as error:
        in_use = ""
        yield Finding(f"engine {settings.engine.name}", Light.RED, str(error), ANOTHER)
    ran_on = ""
    if in_use:
        outcome, findings = _of_the_one_in_use(in_use, settings.engine, bench)
        yield from findings
        ran_on = outcome.device
    is_idle = bool(machine.gpus or machine.complaint) and ran_on in ("", "cpu") and settings.engine.device != "cpu"
    yield from of_cards(machine, settings.engine.device, ran_on, why_none() if is_idle else [])
    outcomes = {in_use: outcome} if ran_on == "cpu" else {}
    for engine in engine_names():
        if engine in (in_use, settings.engine.name):
            continue
        if absent := missing(engine):
            what = f"not installed ({', '.join(absent)}), and not needed; pip install 'sayso[{engine}]' brings it"
            yield Finding(f"engine {engine}", Light.GREEN, what)
            continue
        trial = bench.trial(engine, "cpu", "auto")
        outcomes[engine] = bench(trial)
        yield judged(trial, outcomes[engine], is_in_use=False)
    if ran_on == "cpu":
        yield from faster_one(settings.engine.name, outcomes)


class _Bench:
    """Tries engines with one model, and remembers what came out.

    Args:
        model: the one in use.
        wanted: settings of the engine.
        attempt: tries.

    """

    def __init__(self, model: Model, wanted: EngineSettings, attempt: Attempt) -> None:
        self._model = model
        self._wanted = wanted
        self._attempt = attempt
        self.kept = KeptTrials()

    def trial(self, engine: str, device: str, compute_type: str) -> Trial:
        """Of the model, with the threads of the settings."""
        return Trial(str(self._model.folder), engine, device, compute_type, self._wanted.threads)

    def __call__(self, trial: Trial) -> Outcome:
        """Try; what came out before is forgotten."""
        outcome = self._attempt(trial)
        self.kept.keep(trial, self._model, outcome)
        return outcome


def _name_of(wanted: EngineSettings, model: Model, bench: _Bench) -> str:
    """The engine that the settings mean.

    Raises:
        EngineError: there is none of that name, or its packages are missing.

    """
    name = engine_name(wanted, model, bench, bench.kept)
    require_engine(name)
    if absent := missing(name):
        raise EngineError(f"engine.name is {name}, which needs {', '.join(absent)}: pip install 'sayso[{name}]'")
    return name


def _of_the_one_in_use(name: str, wanted: EngineSettings, bench: _Bench) -> tuple[Outcome, list[Finding]]:
    """Try it as it is set; where a device was not named, a card that fails is none that breaks anything."""
    trial = bench.trial(name, wanted.device, wanted.compute_type)
    outcome = bench(trial)
    if not outcome.problem or wanted.device != "auto":
        return outcome, [judged(trial, outcome, is_in_use=True)]
    on_cpu = replace(trial, device="cpu")
    second = bench(on_cpu)
    if second.problem:
        return outcome, [judged(trial, outcome, is_in_use=True)]
    failure = Finding(
        f"engine {name} on a card", Light.AMBER, outcome.problem, "until then the processor does the work"
    )
    return second, [failure, judged(on_cpu, second, is_in_use=True)]


def judged(trial: Trial, outcome: Outcome, *, is_in_use: bool) -> Finding:
    """What is to be said of one trial."""
    part = f"engine {trial.engine} on {outcome.device or trial.device}"
    if outcome.problem:
        if is_in_use:
            return Finding(part, Light.RED, outcome.problem, ANOTHER)
        return Finding(part, Light.AMBER, outcome.problem, "another engine does the work")
    facts: dict[str, float | int | str | bool | None] = {
        "compute_type": outcome.compute_type,
        "real_time_factor": round(outcome.real_time_factor, 3),
        "partial_seconds": round(outcome.partial_seconds, 3),
        "load_seconds": round(outcome.load_seconds, 2),
        "cpu_cores": round(outcome.cpu_cores, 2),
        "peak_rss_mb": round(outcome.peak_rss_mb),
        "card_mb": None if outcome.card_mb is None else round(outcome.card_mb),
        "card_percent": outcome.card_percent,
        "words": outcome.words,
        "errors": outcome.errors,
        "throttled": outcome.throttled,
    }
    light, remedy = _verdict(outcome)
    message = (
        f"{outcome.compute_type}: {outcome.real_time_factor:.3f} s of computing for a second of speech, 5 s in "
        f"{outcome.partial_seconds:.2f} s, {outcome.peak_rss_mb:.0f} MB of memory, "
        f"{outcome.errors} of {outcome.words} words wrong; {_proof(outcome)}"
    )
    return Finding(part, light if is_in_use else min(light, Light.AMBER), message, remedy, facts)


def _verdict(outcome: Outcome) -> tuple[Light, str]:
    if outcome.device != "cpu" and outcome.card_mb is not None and outcome.card_mb < CARD_MEGABYTES:
        return (
            Light.RED,
            "the card's memory did not grow: it did not do the work; see what nvidia-smi or rocm-smi says",
        )
    if outcome.errors > WRONG_WORDS * outcome.words:
        return Light.RED, "the words are wrong: sayso models verify; then choose another engine.compute_type"
    if outcome.real_time_factor > 1:
        return Light.RED, "slower than speech: choose a smaller model (sayso models list), or int8"
    if outcome.throttled:
        return (
            Light.AMBER,
            "it slowed down for heat while decoding: look at fans, dust and the power profile (powerprofilesctl)",
        )
    if outcome.real_time_factor > SLOW:
        return Light.AMBER, "barely faster than speech: text will come late; a smaller model would do better"
    if outcome.device != "cpu" and outcome.card_mb is None:
        return Light.AMBER, "the card says nothing of its memory, so that it did the work is not proved"
    return Light.GREEN, ""


def _proof(outcome: Outcome) -> str:
    if outcome.device == "cpu":
        return f"the processor counted {outcome.cpu_cores:.1f} busy cores"
    if outcome.card_mb is None:
        return "the card does not say what it did"
    busy = (
        "" if outcome.card_percent is None else f" and was at work up to {outcome.card_percent:.0f} % of the time"
    )
    return f"the card took {outcome.card_mb:.0f} MB{busy} ({BURSTS})"


def faster_one(chosen: str, outcomes: Mapping[str, Outcome]) -> Iterator[Finding]:
    """Whether another engine would be faster on this processor, at the same words."""
    both = {name: outcome for name, outcome in outcomes.items() if name in (FIRST, OTHER)}
    if len(both) < 2 or chosen == AUTO:
        return
    best = better(both)
    if chosen in both and best != chosen and not both[best].problem:
        yield Finding(
            "choice of engine",
            Light.AMBER,
            f"{best} is faster here: 5 s in {both[best].partial_seconds:.2f} instead of "
            f"{both[chosen].partial_seconds:.2f} s, as many words right",
            "set engine.name: auto",
            {name: round(outcome.partial_seconds, 3) for name, outcome in both.items()},
        )
