"""Recordings: audio files → 16 kHz mono int16."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sayso.audio import Pcm
from sayso.errors import AudioFileError

if TYPE_CHECKING:
    import av


def read_recording(path: Path) -> Pcm:
    """Decode any audio file that FFmpeg knows (through PyAV), shape (n,).

    Raises:
        AudioFileError: the file is missing, unreadable, or holds no audio; says which.

    """
    try:
        path.open("rb").close()
    except IsADirectoryError as error:
        raise AudioFileError(f"{path} is a folder; name an audio file in it") from error
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = error.strerror if isinstance(error, OSError) else error
        name = str(path) if str(path).isprintable() else repr(str(path))
        raise AudioFileError(f"{name} cannot be read: {reason}") from error
    import av  # noqa: PLC0415  # heavy: only what reads files pays for it

    try:
        audio = _decode(path)
    except (av.error.FFmpegError, ValueError, IndexError) as error:
        raise AudioFileError(
            f"{path} is not an audio file that can be decoded; WAV, FLAC, MP3, Ogg, M4A and most others can"
        ) from error
    if len(audio) == 0:
        raise AudioFileError(f"{path} holds no sound")
    return audio


def _decode(path: Path) -> Pcm:
    import av  # noqa: PLC0415  # see above

    resampler = av.AudioResampler(format="s16", layout="mono", rate=16_000)
    blocks: list[Pcm] = []
    with av.open(str(path), metadata_errors="ignore") as container:
        if not container.streams.audio:
            raise AudioFileError(f"{path} has no sound track")
        try:
            for frame in container.decode(audio=0):
                frame.pts = None  # the times in a file may be nonsense; the samples are what was recorded
                blocks += [_samples(out) for out in resampler.resample(frame)]
        except av.error.InvalidDataError:
            if not blocks:
                raise
            # Damaged or cut off in the middle: what was recorded before that is worth having.
        blocks += [_samples(out) for out in resampler.resample(None)]
    return np.concatenate(blocks) if blocks else np.zeros(0, dtype=np.int16)


def _samples(frame: av.AudioFrame) -> Pcm:
    """The samples of a resampled frame, shape (n,)."""
    return frame.to_ndarray().reshape(-1).astype(np.int16, copy=False)
