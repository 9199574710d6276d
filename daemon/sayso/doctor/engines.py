"""Engines and devices: a spoken sample decoded on each, and whether the device that was named did the work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version
from typing import Final

from sayso import paths
from sayso.cards import look_at_cards
from sayso.config import Settings
from sayso.devices import Maker
from sayso.devices.advice import TORCH_ROCM_COMMAND, is_torch_for_rocm
from sayso.devices.probe import Machine, probe
from sayso.doctor import Finding, Light
from sayso.engines import engine_names
from sayso.engines.onnx import installed_runtimes
from sayso.errors import ModelError, SaysoError
from sayso.models import Model, ModelStore, current, verify
from sayso.trials import Outcome, Trial
from sayso.trials.apart import tried
from sayso.trials.choice import AUTO, FIRST, OTHER, better
from sayso.trials.kept import KeptTrials
from sayso.trials.plan import missing

SLOW: Final = 0.5  # of speech: what is left is for partials, and for everything else on the machine
WRONG_WORDS: Final = 0.25  # of the sample; the smallest stock model has 3 of 36
CARD_MEGABYTES: Final = 10.0  # below, nobody can have put a model onto a card
BURSTS: Final = (
    "100 % for moments is how dictation works, and no fault: the real-time factor and the memory are what counts"
)

Attempt = Callable[[Trial], Outcome]


def check_models(settings: Settings) -> Iterator[Finding]:
    """The model in use, and every other in the store: whole or not."""
    store = ModelStore(paths.models_dir())
    try:
        model = current.resolve(store, settings.engine.model)
        yield Finding("model", Light.GREEN, f"{model.name}: whole", facts=_facts_of(model))
    except SaysoError as error:
        yield Finding("model", Light.RED, str(error), "sayso models list says which there are")
    for name in store.names():
        try:
            verify(store.root / name)
        except ModelError as error:
            yield Finding(f"model {name}", Light.AMBER, str(error), f"sayso models rm {name}")


def _facts_of(model: Model) -> dict[str, str | int]:
    return {"weights": model.weights, "mel_bins": model.manifest.mel_bins}


def check_packages(settings: Settings) -> Iterator[Finding]:
    """Packages that are installed over each other."""
    runtimes = installed_runtimes()
    if len(runtimes) > 1:
        yield Finding(
            "packages",
            Light.RED,
            f"{' and '.join(runtimes)} are installed over each other: the last one is used, or neither works",
            f"keep one: pip uninstall -y {' '.join(runtimes)}, then: pip install {runtimes[-1]}",
        )


def check_cards(settings: Settings) -> Iterator[Finding]:
    """Graphics cards that could do the work and do not, with the commands that change it."""
    machine = probe(vulkan_too=True)
    if not machine.gpus:
        yield Finding("graphics cards", Light.GREEN, f"none that CTranslate2 knows{_by_vulkan(machine)}")
        return
    if settings.engine.device == "cpu":
        yield Finding("graphics cards", Light.GREEN, "engine.device is cpu: none is to be used")
        return
    advice = {each.card: each for each in look_at_cards()}
    for gpu in machine.gpus:
        name = gpu.name or "a card without a name"
        found = advice.get(name) or advice.get(f"{gpu.name or 'an AMD card'} ({gpu.gfx})")
        facts = {"gfx": gpu.gfx, "driver": gpu.driver, "memory_bytes": gpu.memory_bytes}
        if found is None:
            yield Finding(f"card {name}", Light.GREEN, "CTranslate2 can use it", facts=facts)
        else:
            yield Finding(f"card {name}", Light.AMBER, f"not used: {found.why}", found.remedy, facts)
    if any(gpu.maker is Maker.AMD for gpu in machine.gpus):
        yield from torch_for_amd(_torch())


def _by_vulkan(machine: Machine) -> str:
    names = [device.name for device in machine.vulkan if not device.is_software]
    if not names:
        return ": the processor does the work"
    return f"; Vulkan sees {' and '.join(names)}, for which whisper.cpp can be built (README, Engines)"


def torch_for_amd(torch: str | None) -> Iterator[Finding]:
    """Whether the trainer can use a card of AMD's, by the version of torch; None where none is installed."""
    if torch is not None and not is_torch_for_rocm(torch):
        yield Finding(
            "trainer",
            Light.AMBER,
            f"torch {torch} was not built for ROCm: training takes the processor",
            f"Run: {TORCH_ROCM_COMMAND}",
        )


def _torch() -> str | None:
    try:
        return version("torch")
    except PackageNotFoundError:
        return None


def check_engines(settings: Settings, attempt: Attempt = tried) -> Iterator[Finding]:
    """Each engine with the model in use, on the processor and on a card where there is one."""
    try:
        model = current.resolve(ModelStore(paths.models_dir()), settings.engine.model)
    except SaysoError:
        return  # `check_models` has said so
    kept = KeptTrials()
    outcomes: dict[str, Outcome] = {}
    devices = ["cpu", "cuda"] if probe().gpus and settings.engine.device != "cpu" else ["cpu"]
    for engine in engine_names():
        if absent := missing(engine):
            extra = f"pip install 'sayso[{engine}]'"
            yield Finding(
                f"engine {engine}", Light.GREEN, f"not installed ({', '.join(absent)}); it is not needed. {extra}"
            )
            continue
        for device in devices:
            trial = Trial(str(model.folder), engine, device, "auto", settings.engine.threads)
            outcome = attempt(trial)
            kept.keep(trial, model, outcome)
            if device == "cpu":
                outcomes[engine] = outcome
            elif outcome.problem and engine != settings.engine.name:
                continue  # it has no such device, and nobody asked for it
            yield judged(trial, outcome, is_in_use=engine in (settings.engine.name, FIRST))
    yield from faster_one(settings.engine.name, outcomes)


def judged(trial: Trial, outcome: Outcome, *, is_in_use: bool) -> Finding:
    """What is to be said of one trial."""
    part = f"engine {trial.engine} on {outcome.device or trial.device}"
    if outcome.problem:
        light = Light.RED if is_in_use else Light.AMBER
        return Finding(part, light, outcome.problem, "" if is_in_use else "another engine does the work")
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
    if not is_in_use:
        light = min(light, Light.AMBER)
    return Finding(part, light, message, remedy, facts)


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


def faster_one(chosen: str, outcomes: dict[str, Outcome]) -> Iterator[Finding]:
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
