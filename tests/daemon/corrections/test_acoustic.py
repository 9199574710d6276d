"""Whether a recording fits what somebody made of its text: on Piper's voice, and on numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soxr
from hypothesis import given
from hypothesis import strategies as st
from tests.daemon.fakes import ReadingEngine
from tests.desktop.rig.speech import Speaker, read_wav

from sayso.audio import SAMPLE_RATE_HZ, Pcm
from sayso.corrections.acoustic import MOST_SECONDS, Acoustic, difference
from sayso.corrections.case import SEEN
from sayso.engines import Scored
from sayso.engines.ctranslate2 import CTranslate2Engine

SAID = "We run it on Kubernetes at the office now."
HEARD = "We run it on cooper netties at the office now."


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Pcm:
    """What was said, 16 kHz."""
    samples, rate = read_wav(Path(Speaker(tmp_path_factory.mktemp("speech"))(SAID)))
    return np.asarray(soxr.resample(samples, rate, SAMPLE_RATE_HZ), dtype=np.int16)


def test_what_was_said_fits_and_what_was_rewritten_does_not(engine: CTranslate2Engine, spoken: Pcm) -> None:
    acoustic = Acoustic(engine, "en")
    right = acoustic.margin(spoken, HEARD, SAID)
    assert right is not None
    assert right > 0.0
    for wrong in (
        "We run it on mainframes at the office now.",
        "We run it on Kubernetes at the beach now.",
        "We run Kubernetes at the office now.",
        "We ran it on Kubernetes at the offices now.",
    ):
        margin = acoustic.margin(spoken, SAID, wrong)
        assert margin is not None
        assert margin < SEEN.accepted_nats, wrong


def test_an_engine_that_cannot_tell_and_audio_that_is_too_long_or_empty_say_nothing(
    engine: CTranslate2Engine, spoken: Pcm
) -> None:
    assert Acoustic(ReadingEngine(), "en").margin(spoken, HEARD, SAID) is None
    long = np.zeros(round((MOST_SECONDS + 1) * SAMPLE_RATE_HZ), dtype=np.int16)
    assert Acoustic(engine, "en").margin(long, HEARD, SAID) is None
    assert Acoustic(engine, "en").margin(spoken[:0], HEARD, SAID) is None
    assert Acoustic(engine, "en").margin(spoken, HEARD, " ") is None


def scored(*tokens: tuple[int, float]) -> Scored:
    """Tokens and how likely each is."""
    return Scored(tuple(token for token, _ in tokens), tuple(log for _, log in tokens))


@pytest.mark.parametrize(
    ("heard", "meant", "nats"),
    [
        (scored((1, -0.1), (2, -2.0), (3, -0.1)), scored((1, -0.1), (4, -1.0), (3, -0.1)), 1.0),
        (scored((1, -0.1), (2, -1.0), (5, -3.0)), scored((1, -0.1), (4, -2.0), (5, -4.0)), -2.0),
        (scored((1, -1.0), (2, -1.0)), scored((1, -1.0), (7, -1.0), (8, -1.0), (2, -1.0)), -1.0),
        (scored((1, -1.0), (1, -1.0)), scored((1, -1.0)), 1.0),
    ],
)
def test_it_is_counted_by_the_tokens_that_differ(heard: Scored, meant: Scored, nats: float) -> None:
    assert difference(heard, meant) == pytest.approx(nats)


TOKENS = st.lists(st.tuples(st.integers(0, 5), st.floats(-20, 0)), min_size=1, max_size=12).map(
    lambda t: scored(*t)
)


@given(TOKENS, TOKENS)
def test_the_same_text_makes_no_difference_and_the_other_way_round_it_is_the_opposite(
    one: Scored, other: Scored
) -> None:
    assert difference(one, one) == 0.0
    assert difference(one, other) == pytest.approx(-difference(other, one))
