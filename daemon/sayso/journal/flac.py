"""FLAC, in memory: lossless, so that training and the acoustic check hear what the recogniser heard.

About 60 % of PCM for speech (20 kB a second), in 0.6 ms of computing per second of audio.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

from sayso.errors import JournalDamaged

if TYPE_CHECKING:
    from sayso.audio import Pcm

_RATE_HZ: Final = (
    16_000  # of all audio here (`sayso.audio`, which brings numpy, 50 ms: for what touches audio only)
)


def to_flac(audio: Pcm) -> bytes:
    """Encode audio, shape (n,), n > 0."""
    import av  # noqa: PLC0415  # heavy: only what touches audio pays for it

    target = io.BytesIO()
    with av.open(target, "w", format="flac") as container:
        stream = container.add_stream("flac", rate=_RATE_HZ, layout="mono")
        frame = av.AudioFrame.from_ndarray(audio.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = _RATE_HZ
        frame.pts = 0
        for packet in (*stream.encode(frame), *stream.encode(None)):
            container.mux(packet)
    return target.getvalue()


def from_flac(data: bytes) -> Pcm:
    """Decode it, shape (n,).

    Raises:
        JournalDamaged: it is no FLAC, or a damaged one.

    """
    import av  # noqa: PLC0415  # see above
    import numpy as np  # noqa: PLC0415

    try:
        with av.open(io.BytesIO(data), "r", format="flac") as container:
            blocks = [frame.to_ndarray().reshape(-1) for frame in container.decode(audio=0)]
    except (av.error.FFmpegError, ValueError, IndexError) as error:
        raise JournalDamaged("the audio is damaged: it cannot be decoded as FLAC") from error
    if not blocks:
        raise JournalDamaged("the audio is damaged: there is none in the file")
    return np.concatenate(blocks).astype(np.int16, copy=False)
