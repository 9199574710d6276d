"""Voice activity: WebRTC's detector as the cheap gate, Silero's network as the judge.

WebRTC costs microseconds a frame and is sure of digital silence and steady noise; Silero costs a tenth of a
millisecond or more and is right about the rest. Only frames that WebRTC lets through, and a tail after them,
are shown to Silero, so that an open microphone in a quiet room costs next to nothing.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from sayso.audio import FRAME_SAMPLES, SAMPLE_RATE_HZ, Pcm
from sayso.errors import EngineError
from sayso.surroundings import prepare

WEBRTC_FRAME = 160  # 10 ms, the shortest frame WebRTC's detector takes
WEBRTC_MODE = 1  # 0 lets most through, 3 least: a gate must not lose quiet speech
GATE_TAIL_FRAMES = 31  # about 1 s: Silero sees the pauses inside speech, as it was trained to
WARM_FRAMES = 6  # frames before the gate opened that Silero hears first: about 0.2 s of context
SILERO_GAIN = 2.0  # of a hoarse voice it takes 68 % of the frames for voice instead of 48 %, of others as many
SILERO_CONTEXT = 64  # samples of the frame before that Silero wants in front of each frame


class VoiceDetector(Protocol):
    """Frames in, probability of speech out; one per stream, because it remembers."""

    def probability(self, frame: Pcm) -> float:
        """Probability, 0 to 1, that the frame, shape (512,), holds speech."""
        ...

    def reset(self) -> None:
        """Forget what was heard: the stream broke off."""
        ...


class WebRtcGate:
    """WebRTC's voice detector over 32 ms frames, in steps of its own 10 ms (the `webrtcvad` API)."""

    def __init__(self, mode: int = WEBRTC_MODE) -> None:
        import webrtcvad  # noqa: PLC0415  # compiled; only the live flow needs it

        self._mode = mode
        self._make = webrtcvad.Vad
        self._vad = self._make(mode)
        self._rest: Pcm = np.zeros(0, dtype=np.int16)

    def reset(self) -> None:
        """Forget the noise floor it learned."""
        self._vad = self._make(self._mode)
        self._rest = self._rest[:0]

    def passes(self, frame: Pcm) -> bool:
        """Whether any 10 ms step that ends in this frame may be speech."""
        audio = np.concatenate((self._rest, frame))
        used = len(audio) - len(audio) % WEBRTC_FRAME
        steps = [
            self._vad.is_speech(audio[at : at + WEBRTC_FRAME].tobytes(), SAMPLE_RATE_HZ)
            for at in range(0, used, WEBRTC_FRAME)
        ]
        self._rest = audio[used:]
        return any(steps)


class Silero:
    """Silero VAD v6 (the ONNX network that faster-whisper ships), frame by frame with its state kept.

    Source: https://github.com/snakers4/silero-vad; input is 64 samples of context and 512 new ones.

    Args:
        gain: how much louder it is shown everything.

    """

    def __init__(self, gain: float = SILERO_GAIN) -> None:
        self._session: Any = _silero_session()
        self._scale = gain / 32768.0
        self.reset()

    def reset(self) -> None:
        """Forget the stream."""
        self._h: NDArray[np.float32] = np.zeros((1, 1, 128), dtype=np.float32)
        self._c: NDArray[np.float32] = np.zeros((1, 1, 128), dtype=np.float32)
        self._input: NDArray[np.float32] = np.zeros((1, SILERO_CONTEXT + FRAME_SAMPLES), dtype=np.float32)

    def probability(self, frame: Pcm) -> float:
        """Probability of speech in the frame, shape (512,)."""
        self._input[0, :SILERO_CONTEXT] = self._input[0, -SILERO_CONTEXT:]
        np.multiply(frame, self._scale, out=self._input[0, SILERO_CONTEXT:])
        out, self._h, self._c = self._session.run(None, {"input": self._input, "h": self._h, "c": self._c})
        return float(out.flat[0])


class GatedDetector:
    """Silero behind the WebRTC gate; frames the gate holds back count as probability 0."""

    def __init__(self, gate: WebRtcGate, judge: VoiceDetector) -> None:
        self._gate = gate
        self._judge = judge
        self._open_frames = 0
        self._held_back: list[Pcm] = []

    def reset(self) -> None:
        """Forget the stream."""
        self._gate.reset()
        self._judge.reset()
        self._open_frames = 0
        self._held_back.clear()

    def probability(self, frame: Pcm) -> float:
        """Probability of speech in the frame, shape (512,)."""
        if self._gate.passes(frame):
            if self._open_frames == 0:
                self._judge.reset()
                for missed in self._held_back:
                    self._judge.probability(missed)
                self._held_back.clear()
            self._open_frames = GATE_TAIL_FRAMES
        if self._open_frames == 0:
            self._held_back = [*self._held_back[-(WARM_FRAMES - 1) :], frame]
            return 0.0
        self._open_frames -= 1
        return self._judge.probability(frame)


def make_detector() -> VoiceDetector:
    """Build the detector that the live flow uses."""
    return GatedDetector(WebRtcGate(), Silero())


def _silero_session() -> Any:
    prepare()
    try:
        import onnxruntime  # noqa: PLC0415  # heavy: only the live flow needs it
    except ImportError as error:
        raise EngineError(f"voice detection needs onnxruntime ({error}); reinstall sayso") from error
    options = onnxruntime.SessionOptions()
    options.inter_op_num_threads = 1
    options.intra_op_num_threads = 1
    options.enable_cpu_mem_arena = False  # tens of megabytes kept for a network of two
    options.log_severity_level = 4
    package = importlib.util.find_spec("faster_whisper")  # finds the folder without importing the package
    folders = package.submodule_search_locations or [] if package else []
    found = sorted(path for folder in folders for path in Path(folder, "assets").glob("silero_vad_v*.onnx"))
    if not found:
        raise EngineError("the Silero network is missing; run: pip install --force-reinstall faster-whisper")
    return onnxruntime.InferenceSession(str(found[-1]), sess_options=options, providers=["CPUExecutionProvider"])
