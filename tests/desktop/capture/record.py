"""Runs a Microphone in a process of its own and tells what happens, one JSON object a line.

PortAudio keeps its state per process, hence one process a scenario. Commands come on standard input, one a
line: `hear N` answers after N more samples, `save PATH` writes all samples so far as .npy, `cpu SECONDS` lets
that time pass with nobody waiting for audio and tells the processor time used so far, `listen 1` waits for audio
from then on and `listen 0` no more, `mend NAME` does what the remedy of that problem says, `quit` ends.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from dataclasses import asdict
from typing import Any

import numpy as np

from sayso.capture import CaptureEvent
from sayso.capture.microphone import open_microphone
from sayso.events import ProblemName
from sayso.ring import NEVER, Ring


def tell(event: str, **facts: Any) -> None:
    """Print one line."""
    sys.stdout.write(json.dumps({"event": event, "clock": time.monotonic(), **facts}) + "\n")
    sys.stdout.flush()


def main(device: str, rate_hz: str, silence_warning_seconds: str) -> None:
    """Record until told to quit."""
    ring = Ring()

    def report(event: CaptureEvent) -> None:
        tell(type(event).__name__, written=ring.written, **asdict(event))

    microphone = open_microphone(device, int(rate_hz) or None, float(silence_warning_seconds))
    microphone.start(ring, report)
    tell("Started")
    for line in sys.stdin:
        command, _, rest = line.strip().partition(" ")
        if command == "hear":
            ring.wake.clear()
            ring.wake_at = ring.written + int(rest)
            ring.wake.wait()
            ring.wake_at = NEVER
            tell("Heard", written=ring.written)
        elif command == "save":
            written = ring.written
            np.save(rest, ring.read(max(0, written - ring.capacity), written))
            tell("Saved", written=written, overflows=ring.overflows, latency=microphone.latency_samples)
        elif command == "cpu":
            time.sleep(float(rest))  # the measurement is of time that passes
            used = resource.getrusage(resource.RUSAGE_SELF)
            tell("Cpu", seconds=used.ru_utime + used.ru_stime, written=ring.written)
        elif command == "listen":
            ring.wake_at = 0 if rest == "1" else NEVER
        elif command == "mend":
            tell("Mended", done=microphone.mend(ProblemName(rest)))
        elif command == "quit":
            break
    microphone.stop()
    tell("Stopped", written=ring.written)


if __name__ == "__main__":
    main(*sys.argv[1:])
