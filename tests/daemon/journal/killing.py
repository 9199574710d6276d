"""Dictations that are killed at any moment, and what is left of them after recovery.

Run as a program, because it forks, which a process with threads must not: one life after the other is begun,
killed by SIGKILL at a random moment of its recording, and taken up; some are killed once more while they are taken
up. It prints one JSON object a life. Time passes `SPEED` times as fast as in real life, so that what the machine
takes counts so many times.
"""

from __future__ import annotations

import json
import mmap
import os
import random
import signal
import struct
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
from tests.daemon.fakes import LoudnessDetector, ReadingEngine, read_words, recording
from tests.daemon.flow_bench import Window
from tests.daemon.journal.spooling import Net, in_file

from sayso.audio import FRAME_SAMPLES, SAMPLE_RATE_HZ, Pcm, seconds
from sayso.capture import Report
from sayso.clock import WallClock
from sayso.config import load_settings
from sayso.events import CaptureOpened, Event, UtteranceDelivered, UtteranceSaid, UtteranceStarted
from sayso.flow import Flow
from sayso.journal.recovery import recover, transcriber
from sayso.journal.thread import JournalThread
from sayso.ring import Ring
from sayso.typist import Target

SPEED = 10.0
AUDIO = recording([(3, 0.6), (2, 0.6), (3, 0.6)], lead_seconds=0.3)
AFTER_SECONDS = 0.15  # it may be killed so long after the last sample, too
PIECE_SECONDS = 0.256  # audio is handed over by so much, at any speed …
LAG_SECONDS = 0.244  # … and may take so long to the disk, so that no more than half a second is missing


class Microphone:
    """Plays the recording fast, and counts its samples where a kill does not reach."""

    latency_samples = 0

    def __init__(self, count: mmap.mmap) -> None:
        self._count = count
        self._ring: Ring | None = None

    def start(self, ring: Ring, report: Report) -> None:
        self._ring = ring
        report(CaptureOpened("test", SAMPLE_RATE_HZ))

    def stop(self) -> None:
        self._ring = None

    def play(self, audio: Pcm) -> None:
        assert self._ring is not None
        began = time.monotonic()
        for at in range(0, len(audio) - FRAME_SAMPLES + 1, FRAME_SAMPLES):
            due = began + seconds(at + FRAME_SAMPLES) / SPEED
            time.sleep(max(0.0, due - time.monotonic()))
            self._ring.write(audio[at : at + FRAME_SAMPLES])
            self._count[:8] = struct.pack("<Q", at + FRAME_SAMPLES)


class Field(Window):
    """A window of another program."""

    def target(self) -> Target:
        return Target(1, "Editor")


def live(state: Path, count: mmap.mmap, told: int, *, learns: bool) -> None:
    """Dictate, and note what begins and arrives; ends by itself when everything has."""
    (state / "config.yaml").write_text("")
    settings = load_settings(state / "config.yaml")
    said: dict[int, str] = {}  # told before the last edit is, and so before anything has arrived

    def observe(event: Event) -> None:
        if isinstance(event, UtteranceStarted):
            note({"utterance": event.utterance, "start": event.start_sample})
        elif isinstance(event, UtteranceSaid):
            said[event.utterance] = event.typed.insert
        elif isinstance(event, UtteranceDelivered):
            note({"utterance": event.utterance, "text": said[event.utterance]})

    def note(what: dict[str, object]) -> None:
        os.write(told, json.dumps(what).encode() + b"\n")

    def emit(event: Event) -> None:
        flow.emit(event)

    journal = JournalThread(state, emit, in_file, learns=lambda: learns)
    microphone = Microphone(count)
    detector, clock = LoudnessDetector(), WallClock()
    flow = Flow(settings, microphone, ReadingEngine(), detector, Field(), journal, clock, (observe,))
    flow.start()
    flow.listen()
    microphone.play(AUDIO)
    flow.stop_listening()
    flow.status.wait_until_finished(10)
    flow.stop()


def forked(do: Callable[[], None]) -> int:
    """Do something in a process of its own; returns its number."""
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        do()
        status = 0
    finally:
        os._exit(status)


def kill_after(pid: int, wait_seconds: float) -> int:
    """Kill a process by then, if it has not ended; returns how it did."""
    time.sleep(wait_seconds)
    os.kill(pid, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def one_life(chance: random.Random) -> dict[str, object]:
    """Dictate, be killed, be taken up; what came of it."""
    learns = chance.random() < 0.5
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as told, mmap.mmap(-1, 8) as count:
        net = Net(Path(folder))
        net.key  # noqa: B018  # it is made at the first start of all
        child = forked(lambda: live(net.state, count, told.fileno(), learns=learns))
        how = kill_after(child, chance.uniform(0.02, seconds(len(AUDIO)) / SPEED + AFTER_SECONDS))
        written = struct.unpack("<Q", count[:8])[0]
        read = transcriber(ReadingEngine(), "en")
        if chance.random() < 0.3:
            kill_after(
                forked(lambda: recover(net.state, net.key, read, learns=lambda: True)), chance.uniform(0.0, 0.03)
            )
        taken = recover(net.state, net.key, read, learns=lambda: True)
        told.seek(0)
        notes = [json.loads(line) for line in told]
        kept = net.kept
        left = len(net.spooled)
    starts = {note["utterance"]: note["start"] for note in notes if "start" in note}
    arrived = [note["text"] for note in notes if "text" in note]
    return {
        "learns": learns,
        "status": how,
        "written_seconds": seconds(written),
        "rows": [[outcome.value, text] for outcome, text, _ in kept.values()],
        "arrived": arrived,
        "left": left,
        "damaged": len(taken.damaged),
        "missing_seconds": max(
            (_missing(AUDIO[:written], starts[number], samples) for number, (_, _, samples) in kept.items()),
            default=0.0,
        ),
        **_judged(AUDIO[:written], [text for _, text, _ in kept.values()], arrived, learns=learns),
    }


def _missing(heard: Pcm, start: int, kept_samples: int) -> float:
    """Seconds of voice at the end of an utterance that are not kept."""
    voiced = np.flatnonzero(heard[start:])
    pauses = np.flatnonzero(
        np.diff(voiced) > SAMPLE_RATE_HZ // 2
    )  # the next utterance is behind the first of them
    end = int(voiced[pauses[0]] if len(pauses) else voiced[-1]) + 1
    return max(0.0, seconds(end - kept_samples))


def _judged(heard: Pcm, rows: list[str], arrived: list[str], *, learns: bool) -> dict[str, object]:
    """What is lost, and what is there twice."""
    kept = Counter(word for text in rows for word in text.split())
    stood = Counter(word for text in arrived for word in text.split())
    both = sorted((set(kept) & set(stood)) - set((arrived or [""])[-1].split()))
    there = set(kept) if learns else set(kept) | set(stood)
    allowed = PIECE_SECONDS + SPEED * LAG_SECONDS
    words = [(word.text.strip(), word.end_seconds) for word in read_words(np.append(heard, np.int16(0)))]
    return {
        "lost": [text for text, end in words if text not in there and seconds(len(heard)) - end > allowed],
        "twice": [word for word, times in (*kept.items(), *stood.items()) if times > 1],
        "both": [] if learns else both,
    }


def main(seed: int, lives: int) -> None:
    """Live so many times."""
    chance = random.Random(seed)
    for _ in range(lives):
        sys.stdout.write(f"{json.dumps(one_life(chance))}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
