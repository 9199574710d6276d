"""A service on the bus whose interpreter is busy as a recogniser keeps it: many short stays in native code.

Prints `ready`; when standard input ends, one JSON object: when each step began (monotonic clock) and how long it
took, and the CPU seconds of the bus thread.
"""

from __future__ import annotations

import json
import sys
import threading
import time

import numpy as np
from tests.desktop.bus.fake_service import FakeService, serving

ROUNDS = 100  # of a step: 1 to 2 ms, in which the interpreter's lock is given away and taken back a hundred times
BETWEEN_SECONDS = 0.002


def step(matrix: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> float:
    """Work as decoding does; the seconds it took."""
    began = time.perf_counter()
    for _ in range(ROUNDS):
        sum(range(20))
        matrix @ matrix
    return time.perf_counter() - began


def main() -> None:
    """Serve and work until standard input ends."""
    matrix = np.random.default_rng(0).random((60, 60))
    asked_to_end = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), asked_to_end.set()), daemon=True).start()
    steps = []
    with serving(FakeService(), []):
        bus_thread = next(thread for thread in threading.enumerate() if thread.name == "sayso-bus")
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        while not asked_to_end.wait(BETWEEN_SECONDS):
            steps.append((time.monotonic(), step(matrix)))
        assert bus_thread.ident is not None
        cpu_seconds = time.clock_gettime(time.pthread_getcpuclockid(bus_thread.ident))
    sys.stdout.write(json.dumps({"steps": steps, "bus_cpu_seconds": cpu_seconds}))


if __name__ == "__main__":
    main()
