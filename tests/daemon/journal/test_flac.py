"""Audio comes back bit by bit, and what is damaged is told."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from tests.daemon.journal.keeping import noise

from sayso.audio import Pcm
from sayso.errors import JournalDamaged
from sayso.journal.flac import from_flac, to_flac


@settings(max_examples=30)
@given(arrays(np.int16, st.integers(1, 9000)))
def test_every_sample_comes_back(audio: Pcm) -> None:
    back = from_flac(to_flac(audio))
    assert back.dtype == np.int16
    assert np.array_equal(back, audio)


def test_speech_becomes_smaller(demo: Pcm) -> None:
    assert len(to_flac(demo)) < 0.75 * demo.nbytes
    assert np.array_equal(from_flac(to_flac(demo)), demo)


@pytest.mark.parametrize("data", [b"", b"fLaC", bytes(500), to_flac(noise())[:30], b"RIFF" + bytes(100)])
def test_what_is_no_flac_is_told(data: bytes) -> None:
    with pytest.raises(JournalDamaged):
        from_flac(data)
