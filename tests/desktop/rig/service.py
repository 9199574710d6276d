"""`sayso run` in a process of its own, with what it prints as it prints it."""

from __future__ import annotations

import codecs
import json
import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import pytest
from tests.desktop.rig.phrases import SAYSO, run_sayso, words
from tests.desktop.rig.rig import Rig
from tests.desktop.rig.sound import MICROPHONE, SoundRig
from tests.desktop.rig.waiting import until

PATIENCE_SECONDS = 30.0
OPENED = f"microphone: {MICROPHONE}-description at 16000 Hz"  # told once it hears
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
QUIET = "indicator: {overlay: never, tray: false, notifications: false, sounds: false}"
"""Nothing to be seen and heard, where a test is not about that: a tone would be in the recording."""

OTHER_MODE = re.compile(r"^mode: (toggle|hold)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Chunk:
    """What came in one piece, and when by the monotonic clock."""

    at: float
    text: str


def _mode(options: Sequence[str], settings: str) -> list[str]:
    """Hands-free, which most tests want, is not the default."""
    said = "--mode" in options or OTHER_MODE.search(settings)
    return [] if said else ["--mode", "hands-free"]


class Service(Rig):
    """The service in the foreground, hands-free unless its options or settings say otherwise.

    Use as a context manager: entering waits until it is ready, leaving ends it and holds it to exit status 0,
    to the text that was waited for last, and to no traceback.

    Args:
        rig: whose environment it gets; its configuration and state live there.
        store: XDG_DATA_HOME, where the models are.
        options: of the command line, after `run`.
        settings: the settings file; empty for none.
        env: variables added to the rig's.
        before: a command that runs it, such as unshare(1).
        stdout: a file descriptor in place of a pipe that is read here.
        ready: what it says on standard error when it is.

    """

    def __init__(
        self,
        rig: SoundRig,
        store: Path,
        *options: str,
        settings: str = "",
        env: Mapping[str, str] | None = None,
        before: Sequence[str] = (),
        stdout: int | None = None,
        ready: str = "ready (",
    ) -> None:
        self._ready = ready
        self.env = {**rig.env, "XDG_DATA_HOME": str(store), **(env or {})}
        self.spool = Path(self.env["XDG_STATE_HOME"]) / "sayso" / "spool"
        self.settings = Path(self.env["XDG_CONFIG_HOME"]) / "sayso" / "config.yaml"
        self._changed = threading.Condition()
        self._out: list[Chunk] = []
        self._err: list[Chunk] = []
        self._told = 0  # characters of stderr that were waited for
        self._expected: list[str] | None = None
        self.write_settings(settings)
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            [*before, SAYSO, "run", *options, *_mode(options, settings)],
            env=self.env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE if stdout is None else stdout,
            stderr=subprocess.PIPE,
        )
        self._readers = [
            threading.Thread(target=self._read, args=(stream.fileno(), chunks), daemon=True)
            for stream, chunks in ((self.process.stdout, self._out), (self.process.stderr, self._err))
            if stream is not None
        ]
        for reader in self._readers:
            reader.start()

    def _read(self, fd: int, chunks: list[Chunk]) -> None:
        decoder = codecs.getincrementaldecoder("utf-8")()
        while data := os.read(fd, 65_536):
            with self._changed:
                chunks.append(Chunk(time.monotonic(), decoder.decode(data)))
                self._changed.notify_all()

    def _enter(self) -> None:
        self.wait_for_line(self._ready)
        self._told = 0  # the microphone may be told before that as well as after it

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None and self.process.returncode is None:
                assert self.end() == 0, self.err
        finally:
            self._leave()
        if kind is None:
            assert "Traceback" not in self.err, self.err
            assert self._expected is None or words(self.text) == self._expected

    def _leave(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(PATIENCE_SECONDS)
        for reader in self._readers:
            reader.join()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()

    # ── what it prints ────────────────────────────────────────────────────────────────────────────

    @property
    def out(self) -> tuple[Chunk, ...]:
        """What it has typed, with times."""
        return tuple(self._out)

    @property
    def text(self) -> str:
        """All that it has typed."""
        return "".join(chunk.text for chunk in self.out)

    @property
    def err(self) -> str:
        """All that it has said on standard error."""
        return "".join(chunk.text for chunk in tuple(self._err))

    def wait_until(self, holds: Callable[[], bool], what: str, seconds: float = PATIENCE_SECONDS) -> None:
        """Wait until something holds about what it has printed."""
        with self._changed:
            if not self._changed.wait_for(holds, seconds):
                pytest.fail(f"waited {seconds:g} s for {what}\ntyped: {self.text!r}\n{self.err}")

    def wait_for_line(self, *parts: str, seconds: float = PATIENCE_SECONDS) -> str:
        """Return the first line on standard error, after those waited for before, that has all the parts."""
        found = ""

        def look() -> bool:
            nonlocal found
            at = self._told
            for line in self.err[at:].splitlines(keepends=True):
                if not line.endswith("\n"):
                    break
                at += len(line)
                if all(part in line for part in parts):
                    found, self._told = line, at
                    return True
            return False

        self.wait_until(look, f"{parts} on standard error", seconds)
        return found.rstrip("\n")

    def wait_for_words(self, expected: Sequence[str], seconds: float = PATIENCE_SECONDS) -> None:
        """Wait until exactly these words have been typed, all in all; more when it ends is a failure."""
        self._expected = list(expected)
        self.wait_until(lambda: words(self.text) == self._expected, f"the words {' '.join(expected)!r}", seconds)

    def wait_for_last_words(self, expected: Sequence[str], seconds: float = PATIENCE_SECONDS) -> list[str]:
        """Wait until these are the last words typed; returns those before them."""
        last = list(expected)
        self.wait_until(
            lambda: words(self.text)[-len(last) :] == last, f"the last words {' '.join(expected)!r}", seconds
        )
        self._expected = words(self.text)
        return self._expected[: -len(last)]

    def wait_for_more(self) -> None:
        """Wait until it types something more."""
        before = len(self._out)
        self.wait_until(lambda: len(self._out) > before, "more words")

    def is_quiet_for(self, seconds: float) -> bool:
        """Whether it prints nothing for that long from now on."""
        with self._changed:
            before = len(self._out) + len(self._err)
            return not self._changed.wait_for(lambda: len(self._out) + len(self._err) > before, seconds)

    # ── what is done to it ────────────────────────────────────────────────────────────────────────

    def send(self, word: str) -> None:
        """Write a line to its standard input."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{word}\n".encode())
        self.process.stdin.flush()

    def write_settings(self, text: str) -> None:
        """Replace the settings file."""
        self.settings.parent.mkdir(parents=True, exist_ok=True)
        quiet = "" if "indicator:" in text else QUIET
        self.settings.write_text(f"{text}\n{quiet}" if text else quiet)

    def reload(self, settings: str) -> None:
        """Replace the settings file and tell it so."""
        self.write_settings(settings)
        self.process.send_signal(signal.SIGHUP)

    def kill(self) -> None:
        """End it without a word."""
        self.process.kill()
        self.process.wait(PATIENCE_SECONDS)
        self._join()

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Tell it to leave; returns its exit status."""
        self.process.send_signal(number)
        return self.wait_for_end()

    def wait_for_end(self) -> int:
        """Wait until it has left by itself; returns its exit status."""
        try:
            self.process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            pytest.fail(f"it does not end\ntyped: {self.text!r}\n{self.err}")
        self._join()
        return int(self.process.returncode)

    def _join(self) -> None:
        for reader in self._readers:
            reader.join(PATIENCE_SECONDS)

    # ── what it costs ─────────────────────────────────────────────────────────────────────────────

    def history(self, *options: str) -> list[dict[str, Any]]:
        """What `sayso history` has, oldest first."""
        told = run_sayso(self.env, "history", "--json", *options).stdout
        return [json.loads(line) for line in told.splitlines()]

    @property
    def spooled(self) -> list[Path]:
        """The files of dictations that are in flight, or were cut short."""
        return sorted(self.spool.glob("*.spool")) if self.spool.is_dir() else []

    def wait_for_empty_spool(self) -> None:
        """Wait until the audio of all that was delivered has been taken away."""
        until(lambda: self.spooled == [], "no audio to be left in the spool")

    @property
    def resident_mb(self) -> float:
        """Memory in use, in MiB (VmRSS)."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
        return int(line.split()[1]) / 1024

    @property
    def cpu_seconds(self) -> float:
        """Processor time used so far, all threads."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND
