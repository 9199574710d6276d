from __future__ import annotations

import numpy as np
import pytest

from sayso.audio import Pcm, samples
from sayso.enrolment.level import Flaw, Take, effort, flaw_of, longest_seconds, rate, usual_rate

TEXT = "They keep asking whether Kubernetes will be ready."  # 50 letters: 3 s of voice are 17 a second


def take(
    voice_seconds: float = 3.0,
    *,
    voice_dbfs: float = -20.0,
    noise_dbfs: float = -70.0,
    before: float = 1.0,
    after: float = 1.0,
    is_broken: bool = False,
) -> Take:
    """Syllables of noise in noise: as loud and as long as is said."""
    dice = np.random.default_rng(1)
    start, voiced, behind = (samples(length) for length in (before, voice_seconds, after))
    total = start + voiced + behind
    audio = dice.normal(0, 32_768 * 10 ** (noise_dbfs / 20), total)
    syllables = 0.55 + 0.45 * np.sin(np.arange(voiced) / 16_000 * 2 * np.pi * 4)
    audio[start : start + voiced] += dice.normal(0, 32_768 * 10 ** (voice_dbfs / 20), voiced) * syllables
    clipped: Pcm = np.clip(audio, -32_768, 32_767).astype(np.int16)
    return Take(clipped, start, start + voiced, voiced, is_broken)


def test_a_sentence_that_was_read_well_has_no_flaw() -> None:
    assert flaw_of(take(), TEXT) is None
    assert flaw_of(take(), TEXT, usual=17.0) is None


@pytest.mark.parametrize(
    ("heard", "flaw"),
    [
        (take(is_broken=True), Flaw.BROKEN),
        (Take(np.zeros(48_000, dtype=np.int16), 48_000, 48_000, 0), Flaw.NOTHING),
        (Take(np.zeros(0, dtype=np.int16), 0, 0, 0), Flaw.NOTHING),
        (take(before=0.0), Flaw.EARLY),
        (take(after=0.0), Flaw.CUT),
        (take(voice_dbfs=-3.0), Flaw.CLIPPED),
        (take(voice_dbfs=-52.0), Flaw.QUIET),
        (take(noise_dbfs=-34.0), Flaw.NOISY),
        (take(1.0), Flaw.SHORT),
        (take(12.0), Flaw.LONG),
    ],
)
def test_each_fault_of_a_recording_is_told(heard: Take, flaw: Flaw) -> None:
    assert flaw_of(heard, TEXT, usual=17.0) is flaw


def test_before_anything_was_read_only_the_impossible_is_too_short_or_too_long() -> None:
    assert flaw_of(take(1.5), TEXT) is None
    assert flaw_of(take(0.9), TEXT) is Flaw.SHORT
    assert flaw_of(take(11.0), TEXT) is Flaw.LONG


def test_who_reads_slowly_is_not_told_to_read_faster() -> None:
    assert flaw_of(take(6.0), TEXT, usual=17.0) is Flaw.LONG
    assert flaw_of(take(6.0), TEXT, usual=9.0) is None


def test_half_of_a_long_sentence_is_too_short() -> None:
    text = f"{TEXT} {TEXT}"
    assert flaw_of(take(6.0), text, usual=17.0) is None
    assert flaw_of(take(3.0), text, usual=17.0) is Flaw.SHORT


def test_noise_is_seen_however_long_nobody_spoke_before() -> None:
    assert flaw_of(take(before=20.0, noise_dbfs=-34.0), TEXT) is Flaw.NOISY
    assert flaw_of(take(before=20.0), TEXT) is None


def test_what_is_kept_is_the_voice_with_a_margin() -> None:
    heard = take(3.0, before=2.0, after=1.0)
    assert len(heard.spoken) == samples(3.6)
    assert len(take(3.0, before=0.1, after=0.1).spoken) == samples(3.2)


def test_digits_and_capitals_take_longer_to_say_than_to_write() -> None:
    assert effort("in 1998") == len("in ") + 4 * 5
    assert effort("the AWS console") == len("the  console") + 3 * 3
    assert effort("A Big Day") == len("A Big Day")


def test_the_usual_rate_is_that_of_the_middle_one_of_the_last_sentences() -> None:
    assert usual_rate([]) is None
    assert usual_rate([10.0, 99.0, 12.0]) == 12.0
    assert usual_rate([50.0] * 30 + [10.0] * 20) == 10.0
    assert rate(take(2.5), TEXT) == pytest.approx(20.0)


def test_the_longest_that_is_waited_for_is_longer_than_what_is_let_through() -> None:
    assert longest_seconds(TEXT) > len(TEXT) / 5 + 0.2
