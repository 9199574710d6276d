"""The journal listens at the side: nothing that is spoken may be lost, and nothing waits for it.

For now it is the safety net alone: while an utterance is in flight its audio is written to a spool file as it
is spoken, and the file is removed when the text has been delivered. What a crash, a failed engine or a failed
window leaves behind is found at the next start; text that found no window lies beside its audio (`history`).
Files are 0600 in a folder that is 0700.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import queue
import shlex
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import BinaryIO

from sayso.audio import SAMPLE_RATE_HZ, Pcm
from sayso.events import (
    Event,
    Problem,
    ProblemCleared,
    ProblemName,
    UtteranceDelivered,
    UtteranceDropped,
    UtteranceFailed,
    WindowFailed,
)

log = logging.getLogger(__name__)

UNKNOWN_LENGTH = 0xFFFFFFFF  # the convention for a WAV that is still being written
WAV_HEADER = struct.pack(
    "<4sI4s4sIHHIIHH4sI",
    *(b"RIFF", UNKNOWN_LENGTH, b"WAVE", b"fmt ", 16, 1, 1),
    *(SAMPLE_RATE_HZ, SAMPLE_RATE_HZ * 2, 2, 16, b"data", UNKNOWN_LENGTH),
)


TEXT_SUFFIX = ".json"  # of the file beside the audio that has the text of a dictation that found no window


class Fate(Enum):
    """What became of an utterance."""

    DELIVERED = auto()
    DROPPED = auto()
    FAILED = auto()


@dataclass(frozen=True, slots=True)
class _Audio:
    utterance: int
    audio: Pcm


@dataclass(frozen=True, slots=True)
class _Incomplete:
    utterance: int


@dataclass(frozen=True, slots=True)
class _Ended:
    utterance: int
    fate: Fate
    text: str = ""
    application: str = ""


class Journal:
    """The spool of one process.

    Args:
        folder: where files go, made when first needed; None keeps nothing.
        emit: told when the disk refuses; the flow goes on without the net.

    """

    def __init__(self, folder: Path | None, emit: Callable[[Event], None]) -> None:
        self._folder = folder
        self._emit = emit
        self._queue: queue.SimpleQueue[_Audio | _Incomplete | _Ended | None] = queue.SimpleQueue()
        self._open: dict[int, tuple[Path, BinaryIO]] = {}
        self._incomplete: set[int] = set()  # utterances of which a part has no text
        self._files = 0
        self._started = time.strftime("%Y%m%d-%H%M%S") + f"-{os.getpid()}"
        self._failing = False
        self._thread = threading.Thread(target=self._run, name="sayso-journal", daemon=True)

    def left_behind(self) -> list[Path]:
        """Audio of utterances that an earlier process could not deliver, oldest first."""
        if self._folder is None:
            return []
        return sorted(path for path in self._folder.glob("*.wav") if not is_being_written(path))

    def hear(self, utterance: int, audio: Pcm) -> None:
        """Take a piece of an utterance, shape (n,), while it is spoken; returns at once."""
        if self._folder is not None:
            self._queue.put(_Audio(utterance, audio))

    def watch(self, event: Event) -> None:
        """Take what happened; returns at once."""
        match event:
            case UtteranceDelivered(utterance):
                self._queue.put(_Ended(utterance, Fate.DELIVERED))
            case UtteranceDropped(utterance):
                self._queue.put(_Ended(utterance, Fate.DROPPED))
            case WindowFailed(utterance):
                self._queue.put(_Incomplete(utterance))
            case UtteranceFailed(utterance, text, application):
                self._queue.put(_Ended(utterance, Fate.FAILED, text, application))
            case _:
                pass

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Write what is queued, then end; blocks. Files of utterances still in flight stay."""
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        """Thread `sayso-journal`: may block on the disk; nothing waits for it, and nothing ends it but `stop`."""
        while (item := self._queue.get()) is not None:
            try:
                self._write(item)
            except OSError as error:
                self._failed(error)
            except Exception as error:  # the next utterance needs the thread; the error may quote what was said
                log.error("the journal could not take %s: %s", type(item).__name__[1:], type(error).__name__)
            else:
                self._recovered(item)
        for _, file in self._open.values():
            file.close()

    def _write(self, item: _Audio | _Incomplete | _Ended) -> None:
        if isinstance(item, _Incomplete):
            self._incomplete.add(item.utterance)
            return
        if isinstance(item, _Audio):
            assert self._folder is not None  # `hear` takes nothing without a folder
            if item.utterance not in self._open:
                self._open[item.utterance] = self._create(self._folder)
            file = self._open[item.utterance][1]
            _write_all(file, item.audio.tobytes())
            return
        opened = self._open.pop(item.utterance, None)
        is_whole = item.utterance not in self._incomplete
        self._incomplete.discard(item.utterance)
        if opened is None:
            if item.text and self._folder is not None:  # the disk refused the audio, and may take the text
                self._keep_text(self._new_path(self._folder), item)
            return
        path, file = opened
        keep = item.fate is Fate.FAILED or (item.fate is Fate.DELIVERED and not is_whole)
        try:
            file.close()
        finally:
            if not keep:
                path.unlink(missing_ok=True)
        if keep and item.text and is_whole:
            self._keep_text(path, item)
        elif keep:
            what = "a dictation could not be delivered" if is_whole else "a part of a dictation was not recognised"
            command = shlex.join(["sayso", "transcribe", str(path)])
            self._emit(Problem(ProblemName.DICTATION_UNFINISHED, f"{what}; its audio is kept: {command}"))

    def _keep_text(self, path: Path, item: _Ended) -> None:
        entry = {"time": time.strftime("%Y-%m-%dT%H:%M:%S%z"), "text": item.text, "app": item.application}
        handle = os.open(path.with_suffix(TEXT_SUFFIX), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8", errors="replace") as file:  # all that can be read of it
            json.dump(entry, file, ensure_ascii=False)
        message = "a dictation could not be delivered; its text is kept, see: sayso history"
        if path.exists():
            message += f"; its audio is kept: {shlex.join(['sayso', 'transcribe', str(path)])}"
        self._emit(Problem(ProblemName.DICTATION_UNFINISHED, message))

    def _new_path(self, folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._files += 1
        return folder / f"{self._started}-{self._files:04}.wav"

    def _create(self, folder: Path) -> tuple[Path, BinaryIO]:
        path = self._new_path(folder)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        file = os.fdopen(handle, "wb", buffering=0)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _write_all(file, WAV_HEADER)
        except OSError:
            file.close()
            path.unlink(missing_ok=True)
            raise
        return path, file

    def _failed(self, error: OSError) -> None:
        if not self._failing:
            self._failing = True
            self._emit(
                Problem(
                    ProblemName.STORAGE_FAILED,
                    f"{self._folder} cannot be written ({error.strerror}): dictation goes on, but would not "
                    "survive a crash. Free some space, or set XDG_STATE_HOME to another disk",
                )
            )

    def _recovered(self, item: _Audio | _Incomplete | _Ended) -> None:
        if self._failing and isinstance(item, _Audio):
            self._failing = False
            self._emit(ProblemCleared(ProblemName.STORAGE_FAILED))


def _write_all(file: BinaryIO, data: bytes) -> None:
    """Write everything; if the disk fills up meanwhile, leave whole samples, so that later ones are not noise."""
    began = file.tell()
    view = memoryview(data)
    try:
        while view:
            view = view[file.write(view) :]
    except OSError:
        written = file.tell() - began
        file.seek(began + written - written % 2)  # a sample is two bytes
        file.truncate()
        raise


def is_being_written(path: Path) -> bool:
    """Whether a living process holds the file: the lock goes with the process, however it ends."""
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
