"""One trial, in the process that runs it: reads it as JSON from standard input, prints its outcome as JSON.

python -m sayso.trials.attempt
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from statistics import median

from rapidfuzz.distance import Levenshtein

from sayso import paths, spoken_sample
from sayso.audio import SAMPLE_RATE_HZ, Pcm, seconds
from sayso.engines import CheckStatus, Engine, EngineOptions, Window, load_engine
from sayso.errors import EngineError, SaysoError
from sayso.heap import use_one_arena
from sayso.latency import plain_words
from sayso.models import ModelStore, current
from sayso.surroundings import prepare
from sayso.trials import Outcome, Trial
from sayso.trials.counters import Counters, peak_rss_mb

PARTIAL_SECONDS = 5  # what a partial decode hears
REPEATS = 5
PR_SET_PDEATHSIG = 1  # linux/prctl.h
ENOUGH_SECONDS = 4.0  # for one figure


def main() -> int:
    """Try, and print what came out; returns the exit status."""
    _end_with_the_parent()
    prepare()
    trial = Trial(**json.load(sys.stdin))
    try:
        outcome = attempt(trial)
    except SaysoError as error:
        outcome = Outcome(problem=str(error))
    except Exception as error:  # whatever a library raises is what is to be found out
        outcome = Outcome(
            problem=f"{trial.engine} failed ({type(error).__name__}): {str(error).partition(chr(10))[0]}"
        )
    sys.stdout.write(json.dumps(asdict(outcome)) + "\n")
    return 0


def _end_with_the_parent() -> None:
    """Whoever waits for the figures may be killed: an engine that hangs must not be left behind (prctl(2))."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def attempt(trial: Trial) -> Outcome:
    """Load the engine and decode the sample.

    Raises:
        SaysoError: it cannot be loaded, or fails.

    """
    use_one_arena()
    model = current.resolve(ModelStore(paths.models_dir()), trial.model)
    options = EngineOptions(
        device=trial.device,
        compute_type=None if trial.compute_type == "auto" else trial.compute_type,
        threads=trial.threads,
    )
    counters = Counters()
    began = time.perf_counter()
    engine = load_engine(trial.engine, model, options)
    check = engine.self_check()
    if check.status is CheckStatus.FAILS:
        raise EngineError(f"the engine {trial.engine!r} fails on {engine.device}: {check.message}")
    loaded = time.perf_counter() - began
    sample = spoken_sample.audio()
    language = "en" if "en" in model.manifest.languages else None
    texts: list[str] = []
    with counters.watching(engine.device):
        final = _timed(lambda: texts.append(_final(engine, sample, language)))
        short = sample[: PARTIAL_SECONDS * SAMPLE_RATE_HZ]
        partial = _timed(lambda: engine.session(language).partial(Window(short, 0)))
    text = texts[-1]
    said, heard = plain_words(spoken_sample.TEXT), plain_words(text)
    return Outcome(
        device=engine.device,
        compute_type=str(getattr(engine, "compute_type", "")),
        real_time_factor=final / seconds(len(sample)),
        partial_seconds=partial,
        load_seconds=loaded,
        cpu_cores=counters.cpu_cores,
        peak_rss_mb=peak_rss_mb(),
        card_mb=counters.card_mb,
        card_percent=counters.card_percent,
        words=len(said),
        errors=Levenshtein.distance(said, heard),
        throttled=counters.throttled,
    )


def _final(engine: Engine, sample: Pcm, language: str | None) -> str:
    decoding = engine.session(language).final(Window(sample, 0))
    return "".join(word.text for word in decoding.words)


def _timed(decode: Callable[[], object]) -> float:
    """Seconds by the clock, the middle of some; fewer of them where they take long."""
    spent: list[float] = []
    while len(spent) < REPEATS and sum(spent) < ENOUGH_SECONDS:
        began = time.perf_counter()
        decode()
        spent.append(time.perf_counter() - began)
    return median(spent)


if __name__ == "__main__":
    sys.exit(main())
