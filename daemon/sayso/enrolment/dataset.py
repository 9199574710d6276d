"""Recordings as the trainer reads them: `train/NAME.wav` (16 kHz mono PCM16), `train/NAME.txt`, and `validation/`.

A recording is there once its `.wav` is, which comes last and whole. What a kill leaves before that (a text without
a recording, an unfinished file) is removed at the next start, where the name is one of ours. A sentence is either
in `train` or in `validation`, however often it is read, and a term that was read in two sentences or more is in
both.
"""

from __future__ import annotations

import fcntl
import hashlib
import io
import os
import re
import wave
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from sayso.audio import SAMPLE_RATE_HZ, Pcm
from sayso.errors import StorageError
from sayso.journal.durable import UNFINISHED, make_folder, write_whole

TRAIN, VALIDATION = "train", "validation"
PARTS = (TRAIN, VALIDATION)
OURS = re.compile(rf"enrol-(\d{{1,9}})\.(?:wav|txt)(?:\..*{re.escape(UNFINISHED)})?")
ONE_IN = 5  # sentences is for validation, beyond what the terms need
MOST_BYTES = 10_000  # of a text; a sentence of ours has a few hundred


@dataclass(frozen=True, slots=True)
class Recording:
    """One that is there.

    Attributes:
        part: `train` or `validation`.
        name: of both its files, without what follows the dot.
        text: what was read.

    """

    part: str
    name: str
    text: str


def part_for(text: str, siblings: Sequence[str], recordings: Sequence[Recording]) -> str:
    """Where a sentence belongs, so that none is in both parts, and each term is in both as soon as it can be.

    Args:
        text: the sentence.
        siblings: all sentences that may be read for its term; empty where it has none.
        recordings: that are there already.

    """
    part_of = {recording.text: recording.part for recording in recordings}
    if text in part_of:
        return part_of[text]
    if not siblings:
        return VALIDATION if hashlib.sha256(text.encode()).digest()[0] % ONE_IN == 0 else TRAIN
    of_term = [part_of[sibling] for sibling in siblings if sibling in part_of]
    missing = [part for part in PARTS if part not in of_term]
    if missing:
        return missing[0]
    return VALIDATION if of_term.count(VALIDATION) * ONE_IN < len(of_term) else TRAIN


class Dataset:
    """A folder of recordings, for one process at a time. Use as a context manager.

    Args:
        folder: is made where it is not there. Files of other names in it are left alone.

    Raises:
        StorageError: on entering: it cannot be written, or another process records into it.

    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._recordings: list[Recording] = []
        self._last_number = 0
        self._lock = -1

    def __enter__(self) -> Self:
        try:
            for part in PARTS:
                make_folder(self.folder / part)
            self._lock = _locked(self.folder)
            for part in PARTS:
                names = sorted(entry.name for entry in (self.folder / part).iterdir())
                numbers = (int(found[1]) for name in names if (found := OURS.fullmatch(name)))
                self._last_number = max(self._last_number, *numbers, 0)
                _sweep(self.folder / part, names)
                self._recordings += _recordings_in(self.folder / part, names)
        except OSError as error:
            self.__exit__()
            raise StorageError(f"{self.folder} cannot be used: {_why(error)}; choose another with --to") from error
        return self

    def __exit__(self, *_: object) -> None:
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    @property
    def recordings(self) -> tuple[Recording, ...]:
        """All that are there, whoever made them."""
        return tuple(self._recordings)

    def keep(self, text: str, audio: Pcm, siblings: Sequence[str] = ()) -> Recording:
        """Add a recording; when this returns, it is on the disk.

        Args:
            text: what was read.
            audio: how, shape (n,).
            siblings: all sentences that may be read for its term.

        Raises:
            StorageError: the disk is full, or the folder not writable; nothing was added.

        """
        number = self._last_number + 1
        kept = Recording(part_for(text, siblings, self._recordings), f"enrol-{number:04d}", text)
        written = self._path(kept, ".txt")
        try:
            write_whole(written, f"{text}\n".encode())
            write_whole(self._path(kept, ".wav"), _as_wav(audio))
        except OSError as error:
            with suppress(OSError):
                written.unlink(missing_ok=True)
            raise self._refused(error) from error
        self._last_number = number
        self._recordings.append(kept)
        return kept

    def replace(self, recording: Recording, audio: Pcm) -> None:
        """Put another reading of the same sentence in the place of one that was kept.

        Raises:
            StorageError: it cannot be written; the earlier one is still there.

        """
        try:
            write_whole(self._path(recording, ".wav"), _as_wav(audio))
        except OSError as error:
            raise self._refused(error) from error

    def _path(self, recording: Recording, suffix: str) -> Path:
        return self.folder / recording.part / f"{recording.name}{suffix}"

    def _refused(self, error: OSError) -> StorageError:
        return StorageError(
            f"{self.folder} takes no more recordings: {_why(error)}; what was kept is there. Make room, and go on "
            "with the same command"
        )


def _locked(folder: Path) -> int:
    """A file descriptor of the folder, which nobody else has locked.

    Raises:
        StorageError: somebody has.
        OSError: it cannot be opened.

    """
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(opened)
        raise StorageError(
            f"another sayso enrol records into {folder}; end it, or choose another folder with --to"
        ) from None
    except OSError:
        os.close(opened)
        raise
    return opened


def _sweep(folder: Path, names: Sequence[str]) -> None:
    """Remove what a kill has left."""
    for name in names:
        is_unfinished = name.endswith(UNFINISHED)
        is_alone = name.endswith(".txt") and f"{name.removesuffix('.txt')}.wav" not in names
        if OURS.fullmatch(name) and (is_unfinished or is_alone):
            (folder / name).unlink()


def _recordings_in(folder: Path, names: Sequence[str]) -> Iterator[Recording]:
    for name in names:
        stem, dot, suffix = name.rpartition(".")
        if dot and suffix == "wav" and f"{stem}.txt" in names and (text := _read(folder / f"{stem}.txt")):
            yield Recording(folder.name, stem, text)


def _read(path: Path) -> str:
    """What a text says; nothing where it cannot be read, or is none."""
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES).decode().strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _as_wav(audio: Pcm) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE_HZ)
        file.writeframes(audio.astype("<i2", copy=False).tobytes())
    return buffer.getvalue()


def _why(error: OSError) -> str:
    return error.strerror or str(error)
