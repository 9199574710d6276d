"""Trials remembered, with the machine and the versions that they hold for: `<XDG state>/sayso/trials.json`."""

from __future__ import annotations

import json
import logging
import math
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
from sayso.errors import ModelError
from sayso.models import Model
from sayso.models.store import WEIGHTS
from sayso.trials import Outcome, Trial, outcome_of
from sayso.weights import ctranslate2_file
from sayso.weights.tensors import Dimensions

log = logging.getLogger(__name__)

FILE: Final = "trials.json"
MOST: Final = 200  # of which the newest are kept
PACKAGES: Final = ("ctranslate2", "faster-whisper", "onnxruntime", "pywhispercpp", "torch")
DRIVERS: Final = ("nvidia[0-9]*", "kfd", "dri/renderD*")  # below /dev
CARDS: Final = Path("/sys/class/drm")  # card*/device/{vendor,device}


@dataclass(frozen=True, slots=True)
class Kept:
    """One remembered trial.

    Attributes:
        trial: what was tried.
        weights: checksum of the model's weights, whatever it is called now.
        parameters: of the model, in millions; 0 where they could not be counted.
        outcome: what came out.

    """

    trial: Trial
    weights: str
    parameters: float
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
        """All of them, the newest last; some have failed."""
        for row in self._rows():
            try:
                if row["machine"] == self._machine:
                    yield Kept(
                        Trial(**row["trial"]),
                        str(row["weights"]),
                        float(row["parameters"]),
                        outcome_of(row["outcome"]),
                    )
            except (KeyError, TypeError, ValueError):
                continue  # written by another version

    def find(self, trial: Trial, model: Model) -> Outcome | None:
        """What came out of a trial of these weights, if it has been made."""
        key = _key(trial, model.weights)
        found = [kept.outcome for kept in self if _key(kept.trial, kept.weights) == key]
        return found[-1] if found else None

    def keep(self, trial: Trial, model: Model, outcome: Outcome) -> None:
        """Remember a trial; where that cannot be written, it is made again some day."""
        trial = replace(trial, model=model.name)  # not where it is
        new_row = {"machine": self._machine, "trial": asdict(trial), "weights": model.weights}
        others = [row for row in self._rows() if {key: row.get(key) for key in new_row} != new_row]
        rows = [*others, {**new_row, "parameters": _parameters(model), "outcome": asdict(outcome)}]
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
        except (OSError, ValueError, RecursionError):
            return []
        return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def _parameters(model: Model) -> float:
    """Millions of them; 0 where the weights are not Whisper's, as another engine's may be."""
    try:
        size = Dimensions.of(ctranslate2_file.read(model.folder / WEIGHTS))
    except (ModelError, OSError):
        return 0.0
    return sum(math.prod(tensor.shape) for tensor in size.expected().values()) / 1e6


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
        "drivers": sorted(str(path) for pattern in DRIVERS for path in Path("/dev").glob(pattern)),
        "cards": sorted(_card(path) for path in CARDS.glob("card[0-9]*/device")),
        "versions": {"sayso": __version__, **{name: found for name in PACKAGES if (found := _version(name))}},
    }


def _card(device: Path) -> str:
    """`0x10de:0x1f82`."""
    try:
        return ":".join((device / name).read_text(encoding="ascii").strip() for name in ("vendor", "device"))
    except (OSError, ValueError):
        return ""


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
