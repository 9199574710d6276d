"""What versions before the journal left in the spool: plain WAV files, and JSON beside them for texts.

They are taken up like everything else in the spool: under a number, into the journal; then they go.
"""

from __future__ import annotations

import contextlib
import json
import struct
import time
from pathlib import Path

import numpy as np

from sayso.audio import SAMPLE_RATE_HZ
from sayso.errors import JournalDamaged
from sayso.journal import Begun, Outcome, Spooled
from sayso.journal.spool import contents, is_being_written, number_of

SUFFIXES = (".wav", ".json")
UNKNOWN_LENGTH = 0xFFFFFFFF  # the convention for a WAV that is still being written
WAV_HEADER = struct.pack(
    "<4sI4s4sIHHIIHH4sI",
    *(b"RIFF", UNKNOWN_LENGTH, b"WAVE", b"fmt ", 16, 1, 1),
    *(SAMPLE_RATE_HZ, SAMPLE_RATE_HZ * 2, 2, 16, b"data", UNKNOWN_LENGTH),
)


def give_numbers(folder: Path, first: int) -> int:
    """Name them by numbers from `first` on, oldest first; returns the first number that is still free."""
    names = {path.stem for suffix in SUFFIXES for path in folder.glob(f"*{suffix}") if number_of(path) is None}
    for name in sorted(names):
        files = [path for suffix in SUFFIXES if (path := folder / f"{name}{suffix}").exists()]
        if any(is_being_written(path) for path in files):
            continue
        with contextlib.suppress(OSError):  # gone meanwhile, or the folder cannot be written: another time
            for path in files:
                path.rename(folder / f"{first}{path.suffix}")
            first += 1
    return first


def read_unsealed(path: Path) -> Spooled:
    """Read what one of the files, and the one beside it, have of an utterance.

    Raises:
        JournalDamaged: there is only a text, and it cannot be read; or it is no such file.
        OSError: it cannot be read.

    """
    utterance = number_of(path) or 0
    audio, noted = path.with_suffix(".wav"), path.with_suffix(".json")
    pcm = np.zeros(0, dtype=np.int16)
    if audio.exists():
        data = contents(audio)[len(WAV_HEADER) :]
        pcm = np.frombuffer(data[: len(data) // 2 * 2], dtype="<i2").astype(np.int16)
    begun = Begun(utterance, path.stat().st_mtime)
    try:
        told = json.loads(contents(noted))
        at = time.mktime(time.strptime(told["time"][:19], "%Y-%m-%dT%H:%M:%S"))
        text, application = told["text"], told["app"]
        if not isinstance(text, str) or not isinstance(application, str):
            raise TypeError
    except FileNotFoundError:
        return Spooled(begun, pcm)
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
        if not len(pcm):
            raise JournalDamaged(f"{noted} cannot be read; take it away: rm {noted}") from error
        return Spooled(begun, pcm)
    return Spooled(Begun(utterance, at, application), pcm, typed=text, outcome=Outcome.UNDELIVERED)
