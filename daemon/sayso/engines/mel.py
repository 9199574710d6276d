"""Log-mel features of a stream of audio, each frame computed once.

Whisper's front end (openai/whisper, `audio.py`): a Hann window of 25 ms every 10 ms, power in mel bands, log10,
nothing more than 8 below the loudest, scaled. All but the last two steps depend on one frame alone, so a window
that grows, or moves on, needs only the frames that are new.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sayso.audio import Pcm

HOP_SAMPLES = 160  # 10 ms at 16 kHz
FFT_SAMPLES = 400  # 25 ms at 16 kHz
HALF = FFT_SAMPLES // 2  # a frame is centred on its hop
LEAST_POWER = 1e-10
FORGET_FRAMES = 3000  # 30 s: moving the others is rare, and a minute of speech takes 2 MB
RANGE = 8.0  # log10 of the power: 80 dB below the loudest frame is silence


class LogMel:
    """The log-mel frames of one stream, from its first sample on.

    Args:
        filters: mel filter bank, shape (bins, 201), float32.

    Attributes:
        heard: samples of the stream taken so far.
        computed: frames computed so far, over the life of the stream; what a step costs.

    """

    def __init__(self, filters: NDArray[np.float32]) -> None:
        self._filters = filters
        self._hann = np.hanning(FFT_SAMPLES + 1)[:-1].astype(np.float32)
        self._frames = np.empty((filters.shape[0], 0), dtype=np.float32)  # grows by doubling; `_known` are filled
        self._known = 0
        self._dropped = 0  # frames before the first of `_frames`
        self._rest: NDArray[np.float32] = np.zeros(HALF, dtype=np.float32)  # from where the next frame begins
        self.heard = 0
        self.computed = 0

    @property
    def known_from(self) -> int:
        """The first sample of the stream of which windows can still be had."""
        return self._dropped * HOP_SAMPLES

    def forget(self, before_sample: int) -> None:
        """Let go of frames before a sample of the stream, once they are many."""
        many = before_sample // HOP_SAMPLES - self._dropped
        if many >= FORGET_FRAMES:
            self._frames = self._frames[:, many : self._known].copy()
            self._known -= many
            self._dropped += many

    def hear(self, audio: Pcm) -> None:
        """Take the next samples of the stream, int16, shape (n,)."""
        self._rest = np.concatenate((self._rest, to_float(audio)))
        self.heard += len(audio)
        new = (len(self._rest) - FFT_SAMPLES) // HOP_SAMPLES + 1
        if new <= 0:
            return
        self._room_for(self._known + new)
        self._frames[:, self._known : self._known + new] = self._log_power(self._rest, new)
        self._known += new
        self._rest = self._rest[new * HOP_SAMPLES :].copy()

    def window(self, start_sample: int, frames: int) -> NDArray[np.float32]:
        """What has been heard from a sample on, as the model wants it.

        Args:
            start_sample: of the stream, `known_from` or later; rounded down to a frame.
            frames: how long the window is; where it is longer than what was heard, the rest is its own silence.

        Returns:
            Shape (bins, frames), float32. Padding with the least value, not with zeros: to the model zero is a
            hum.

        """
        first = start_sample // HOP_SAMPLES - self._dropped
        heard = self._frames[:, first : min(self._known, first + frames)]
        ends = -(-self.heard // HOP_SAMPLES) - self._dropped
        missing = min(ends, first + frames) - max(self._known, first)
        if missing > 0:  # the last ones reach beyond what was heard: computed as if silence followed, and not kept
            at = (max(self._known, first) - self._known) * HOP_SAMPLES
            end = np.zeros(FFT_SAMPLES + (missing - 1) * HOP_SAMPLES, dtype=np.float32)
            rest = self._rest[at : at + len(end)]
            end[: len(rest)] = rest
            heard = np.concatenate((heard, self._log_power(end, missing)), axis=1)
        if heard.shape[1] == 0:
            return np.zeros((len(self._filters), frames), dtype=np.float32)
        scaled = (np.maximum(heard, heard.max() - RANGE) + 4.0) / 4.0
        out = np.full((len(scaled), frames), scaled.min(), dtype=np.float32)
        out[:, : scaled.shape[1]] = scaled
        return out

    def _log_power(self, audio: NDArray[np.float32], frames: int) -> NDArray[np.float32]:
        """Frames that begin at the first sample given: shape (bins, frames)."""
        self.computed += frames
        cut = np.lib.stride_tricks.sliding_window_view(audio, FFT_SAMPLES)[: frames * HOP_SAMPLES : HOP_SAMPLES]
        spectrum = np.fft.rfft(cut * self._hann, axis=1)
        power = (np.abs(spectrum) ** 2).astype(np.float32)
        out: NDArray[np.float32] = np.log10(np.maximum(self._filters @ power.T, LEAST_POWER))
        return out

    def _room_for(self, frames: int) -> None:
        if frames > self._frames.shape[1]:
            grown = np.empty((len(self._filters), max(frames, 2 * self._frames.shape[1], 512)), dtype=np.float32)
            grown[:, : self._known] = self._frames[:, : self._known]
            self._frames = grown


def to_float(audio: Pcm) -> NDArray[np.float32]:
    """int16 → float32 in [-1, 1), same shape."""
    return audio.astype(np.float32) / 32768.0
