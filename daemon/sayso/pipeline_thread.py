"""The thread on which the pipeline runs."""

from __future__ import annotations

import threading
from collections.abc import Callable

from sayso.pipeline import STALL_SECONDS, Pipeline


class PipelineThread:
    """Runs a pipeline on a thread of its own, woken by the ring and by commands.

    Args:
        pipeline: run by nobody else.
        wake: set by the ring and by commands.
        beat: called on this thread after a pass, once for all the pings since the last; it may block for a moment
            (the ring keeps what comes meanwhile).

    """

    def __init__(self, pipeline: Pipeline, wake: threading.Event, beat: Callable[[], None] = lambda: None) -> None:
        self._pipeline = pipeline
        self._wake = wake
        self._beat = beat
        self._asked_to_beat = False
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="sayso-pipeline", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def ping(self) -> None:
        """Ask for a beat after the next pass; none comes while a pass hangs. Any thread; returns at once."""
        self._asked_to_beat = True
        self._wake.set()

    def stop(self) -> None:
        """End the thread after one more pass; blocks."""
        self._stopping = True
        self._wake.set()
        self._thread.join()

    def _run(self) -> None:
        """Thread `sayso-pipeline`: blocks on its wake event, and briefly in a beat; decodes and types nothing.

        Nor does it touch the disk: the journal, which is told of the audio, writes on a thread of its own.
        """
        while not self._stopping:
            self._wake.wait(STALL_SECONDS if self._pipeline.waits_for_deadline else None)
            self._wake.clear()
            self._pipeline.step()
            if self._asked_to_beat:
                self._asked_to_beat = False
                self._beat()
        self._pipeline.finish()
