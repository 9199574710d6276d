"""Trials remembered, with the machine and the versions that they hold for: `<XDG state>/sayso/trials.json`."""

from __future__ import annotations

import json
import logging
import os
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

from sayso import __version__, paths
from sayso.devices.cpu import processor
from sayso.models import Model
from sayso.trials import Outcome, Trial

log = logging.getLogger(__name__)

FILE: Final = "trials.json"
MOST: Final = 200  # of which the newest are kept
PACKAGES: Final = ("ctranslate2", "faster-whisper", "onnxruntime", "pywhispercpp", "torch")
CARDS: Final = ("nvidia[0-9]*", "kfd", "dri/renderD*")  # below /dev


@dataclass(frozen=True, slots=True)
class Kept:
    """One remembered trial.

    Attributes:
        trial: what was tried.
        weights: checksum of the model's weights, whatever it is called now.
        outcome: what came out.

    """

    trial: Trial
    weights: str
    outcome: Outcome


class KeptTrials:
    """The trials that hold for this machine as it is now.

    Args:
        path: of the file; None for where it belongs.
        machine: what figures depend on; None for this machine.

    """

    def __init__(self, path: Path | None = None, machine: dict[str, Any] | None = None) -> None:
        self._path = path or paths.state_dir() / FILE
        self._machine = machine or this_machine()

    def __iter__(self) -> Iterator[Kept]:
        """Those that worked, the newest last."""
        for row in self._rows():
            try:
                if row["machine"] == self._machine:
                    yield Kept(Trial(**row["trial"]), str(row["weights"]), Outcome(**row["outcome"]))
            except (KeyError, TypeError):
                continue  # written by another version

    def find(self, trial: Trial, model: Model) -> Outcome | None:
        """What came out of a trial of these weights, if it has been made."""
        key = _key(trial, model.weights)
        found = [kept.outcome for kept in self if _key(kept.trial, kept.weights) == key]
        return found[-1] if found else None

    def keep(self, trial: Trial, model: Model, outcome: Outcome) -> None:
        """Remember a trial that worked; where it cannot be written, it is made again some day."""
        if outcome.problem:
            return
        trial = replace(trial, model=model.name)  # not where it is
        new_row = {"machine": self._machine, "trial": asdict(trial), "weights": model.weights}
        others = [row for row in self._rows() if {key: row.get(key) for key in new_row} != new_row]
        rows = [*others, {**new_row, "outcome": asdict(outcome)}]
        text = json.dumps(rows[-MOST:], indent=1) + "\n"
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with tempfile.TemporaryDirectory(prefix=".trials-", dir=self._path.parent) as scratch:
                new = Path(scratch) / FILE
                new.write_text(text, encoding="utf-8")
                new.replace(self._path)
        except OSError as error:
            log.warning("%s cannot be written: %s", self._path, error.strerror)

    def _rows(self) -> list[dict[str, Any]]:
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return []
        return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def _key(trial: Trial, weights: str) -> tuple[Trial, str]:
    return replace(trial, model=""), weights


@cache
def this_machine() -> dict[str, Any]:
    """What the figures of a trial depend on beside what was tried."""
    try:
        cpuinfo = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        cpuinfo = ""
    cpu = processor(cpuinfo, len(os.sched_getaffinity(0)))
    return {
        "processor": cpu.name,
        "cores": cpu.cores,
        "cards": sorted(str(path) for pattern in CARDS for path in Path("/dev").glob(pattern)),
        "versions": {"sayso": __version__, **{name: found for name in PACKAGES if (found := _version(name))}},
    }


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
