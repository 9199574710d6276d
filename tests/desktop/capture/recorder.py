"""The test's side of `record.py`: start it, wait for what it tells, ask for its audio."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.desktop.rig.sound import SoundRig

SCRIPT = Path(__file__).with_name("record.py")
SOURCES = Path(__file__).parents[3] / "daemon"
PATIENCE_SECONDS = 15.0


class Recorder:
    """A microphone in a process of its own, on the rig's sound server.

    Args:
        rig: whose environment it gets.
        device: the setting `audio.device`.
        rate_hz: the rate to force; 0 for none.
        silence_warning_seconds: the setting of that name.

    """

    def __init__(
        self, rig: SoundRig, device: str = "default", rate_hz: int = 0, silence_warning_seconds: float = 0.0
    ) -> None:
        self._rig = rig
        self._events: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self.told: list[dict[str, Any]] = []
        with (rig.folder / "record.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, str(SCRIPT), device, str(rate_hz), str(silence_warning_seconds)],
                env={**rig.env, "PYTHONPATH": str(SOURCES)},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._events.put(json.loads(line))
        self._events.put({"event": "Ended"})

    def __enter__(self) -> Self:
        self.wait_for("Started")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if self._process.poll() is None:
                self._say("quit")
                self._process.wait(PATIENCE_SECONDS)
        finally:
            if self._process.poll() is None:
                self._process.kill()
                self._process.wait(PATIENCE_SECONDS)
            self._reader.join()
            assert self._process.stdin is not None
            assert self._process.stdout is not None
            self._process.stdin.close()
            self._process.stdout.close()
        assert "Traceback" not in self.stderr(), self.stderr()

    def wait_for(self, event: str, *, seconds: float = PATIENCE_SECONDS, **facts: Any) -> dict[str, Any]:
        """Return the next event of that type with those facts; fails the test when none comes."""
        while True:
            try:
                told = self._events.get(timeout=seconds)
            except queue.Empty:
                pytest.fail(f"no {event} {facts} within {seconds:g} s, but {self.told}\n{self._rig.logs()}")
            self.told.append(told)
            if told["event"] == event and facts.items() <= told.items():
                return told
            if told["event"] == "Ended":
                pytest.fail(f"the recorder ended before {event}: {self.told}\n{self._rig.logs()}")

    def find(self, event: str, *, after: int = 0, **facts: Any) -> dict[str, Any]:
        """Return an event that was told since the first so many, or else the next one, as `wait_for` does."""
        told = (one for one in self.told[after:] if one["event"] == event and facts.items() <= one.items())
        return next(told, None) or self.wait_for(event, **facts)

    def audio(self) -> NDArray[np.int16]:
        """Return all samples captured so far, shape (n,), 16 kHz."""
        path = self._rig.folder / "audio.npy"
        self._say(f"save {path}")
        self.wait_for("Saved")
        samples: NDArray[np.int16] = np.load(path)
        return samples

    def written(self) -> int:
        """Return how many samples are in the ring."""
        return int(self.cpu()["written"])

    def cpu(self, after_seconds: float = 0.0) -> dict[str, Any]:
        """Return, after a while of idleness, the processor time used so far in seconds, and the clock."""
        self._say(f"cpu {after_seconds}")
        return self.wait_for("Cpu", seconds=PATIENCE_SECONDS + after_seconds)

    def wait_for_audio(self, seconds: float) -> None:
        """Wait until so much more audio has been captured."""
        self._say(f"hear {round(seconds * 16_000)}")
        self.wait_for("Heard", seconds=PATIENCE_SECONDS + seconds)

    def listen(self, *, on: bool = True) -> None:
        """Let somebody wait for audio from now on, as the live flow does while it listens; or nobody any more."""
        self._say(f"listen {int(on)}")

    def mend(self, name: str) -> bool:
        """Have the remedy of a problem done; whether that was possible."""
        self._say(f"mend {name}")
        return bool(self.wait_for("Mended")["done"])

    def names(self, event: str = "Problem") -> list[str]:
        """List the names of the problems told (or cleared) so far."""
        return [told["name"] for told in self.told if told["event"] == event]

    def stderr(self) -> str:
        """Return what the process has printed on standard error."""
        return (self._rig.folder / "record.log").read_text()

    def _say(self, command: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(command + "\n")
        self._process.stdin.flush()
