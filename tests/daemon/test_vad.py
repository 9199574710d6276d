"""Voice activity: the cheap gate before the judge, and both on a real voice."""

from __future__ import annotations

import numpy as np
import pytest

from sayso.audio import FRAME_SAMPLES, Pcm
from sayso.vad import GATE_TAIL_FRAMES, WARM_FRAMES, GatedDetector, Silero, WebRtcGate, make_detector


def frames(audio: Pcm) -> list[Pcm]:
    return [audio[at : at + FRAME_SAMPLES] for at in range(0, len(audio) - FRAME_SAMPLES + 1, FRAME_SAMPLES)]


def quiet(count: int) -> list[Pcm]:
    return [np.zeros(FRAME_SAMPLES, dtype=np.int16)] * count


def numbered(number: int) -> Pcm:
    return np.full(FRAME_SAMPLES, number, dtype=np.int16)


class OpenFor(WebRtcGate):
    """A gate that lets through frames of these numbers."""

    def __init__(self, *numbers: int) -> None:
        super().__init__()
        self._numbers = numbers

    def passes(self, frame: Pcm) -> bool:
        return int(frame[0]) in self._numbers


class Judge:
    """Remembers what it was shown."""

    def __init__(self) -> None:
        self.seen: list[int | str] = []

    def probability(self, frame: Pcm) -> float:
        self.seen.append(int(frame[0]))
        return 0.7

    def reset(self) -> None:
        self.seen.append("reset")


def test_while_the_gate_is_closed_the_judge_is_not_asked_and_nothing_is_speech() -> None:
    judge = Judge()
    detector = GatedDetector(OpenFor(), judge)
    assert [detector.probability(numbered(n)) for n in range(50)] == [0.0] * 50
    assert judge.seen == []


def test_when_the_gate_opens_the_judge_hears_the_frames_before_it_first() -> None:
    judge = Judge()
    detector = GatedDetector(OpenFor(20), judge)
    found = [detector.probability(numbered(n)) for n in range(21)]
    assert judge.seen == ["reset", *range(20 - WARM_FRAMES, 21)]
    assert found == [0.0] * 20 + [0.7]


def test_after_the_gate_closed_the_judge_still_hears_the_pause() -> None:
    judge = Judge()
    detector = GatedDetector(OpenFor(0), judge)
    found = [detector.probability(numbered(n)) for n in range(50)]
    assert found == [0.7] * GATE_TAIL_FRAMES + [0.0] * (50 - GATE_TAIL_FRAMES)


def test_a_detector_that_was_reset_has_forgotten_the_stream() -> None:
    judge = Judge()
    detector = GatedDetector(OpenFor(3), judge)
    for n in range(3):
        detector.probability(numbered(n))
    detector.reset()
    detector.probability(numbered(3))
    assert judge.seen == ["reset", "reset", 3]


def test_digital_silence_does_not_pass_the_gate() -> None:
    gate = WebRtcGate()
    assert not any(gate.passes(frame) for frame in quiet(100)[10:])


def test_the_sample_voice_passes_the_gate_wherever_the_judge_hears_it(demo: Pcm) -> None:
    gate, judge = WebRtcGate(), Silero()
    heard = [(gate.passes(frame), judge.probability(frame)) for frame in frames(demo)]
    surely = [passed for passed, probability in heard if probability > 0.9]
    assert len(surely) > 100
    assert sum(surely) >= 0.9 * len(surely)


def test_the_sample_voice_is_speech_and_the_silence_around_it_is_not(demo: Pcm) -> None:
    detector = make_detector()
    spoken = [detector.probability(frame) for frame in frames(demo)]
    assert sum(p > 0.5 for p in spoken) > 0.5 * len(spoken)
    after = [detector.probability(frame) for frame in quiet(60)]
    assert max(after[10:]) < 0.3
    assert all(0.0 <= p <= 1.0 for p in spoken + after)


def test_a_detector_gives_the_same_answer_again_after_a_reset(demo: Pcm) -> None:
    silero = Silero()
    first = [silero.probability(frame) for frame in frames(demo[: 40 * FRAME_SAMPLES])]
    silero.reset()
    again = [silero.probability(frame) for frame in frames(demo[: 40 * FRAME_SAMPLES])]
    assert first == pytest.approx(again)


def test_steady_noise_is_not_speech() -> None:
    rng = np.random.default_rng(1)
    noise = (rng.standard_normal(100 * FRAME_SAMPLES) * 300).astype(np.int16)
    detector = make_detector()
    assert max([detector.probability(frame) for frame in frames(noise)][20:]) < 0.5
