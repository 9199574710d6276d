"""A trial in a process of its own: a library that ends its process, or never returns, ends only that."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict

from sayso.trials import Outcome, Trial, outcome_of

SECONDS = 180.0
"""A large model on a slow disk takes a minute to load; what takes longer than this is no use for dictation."""

COMMAND = (sys.executable, "-m", "sayso.trials.attempt")


def tried(trial: Trial, seconds: float = SECONDS, command: Sequence[str] = COMMAND) -> Outcome:
    """Try an engine; blocks for as long as that takes. Never raises for what happens there."""
    try:
        done = subprocess.run(
            command,
            input=json.dumps(asdict(trial)),
            capture_output=True,
            text=True,
            errors="replace",
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Outcome(problem=f"{trial.engine} was not ready after {seconds:g} s")
    except OSError as error:
        return Outcome(problem=f"{trial.engine} could not be tried: {error.strerror or error}")
    if done.returncode == 0:
        try:
            return outcome_of(json.loads(done.stdout.splitlines()[-1]))
        except (ValueError, TypeError, IndexError, RecursionError):
            return Outcome(problem=f"{trial.engine} said something else than its figures")
    last = done.stderr.strip().splitlines()[-1:]
    return Outcome(problem=": ".join([f"{trial.engine} ended its process", _how(done.returncode), *last]))


def _how(status: int) -> str:
    if status >= 0:
        return f"status {status}"
    try:
        return signal.Signals(-status).name
    except ValueError:
        return f"signal {-status}"
