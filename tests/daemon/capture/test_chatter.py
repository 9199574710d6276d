"""What C libraries print is dropped, what anybody else prints is not."""

from __future__ import annotations

import os

import pytest

from sayso.capture.chatter import STDERR, hushed


def test_only_the_audio_libraries_lines_are_dropped(capfd: pytest.CaptureFixture[str]) -> None:
    with hushed():
        os.write(STDERR, b"ALSA lib pcm.c:2660: Unknown PCM cards.pcm.rear\n")
        os.write(STDERR, b"Expression 'ret' failed in 'pa_linux_alsa.c', line: 1736\n\n")
        os.write(STDERR, b"jack server is not running or cannot be started\n")
        os.write(STDERR, b"a word from another thread\n")
    os.write(STDERR, b"afterwards\n")
    assert capfd.readouterr().err == "a word from another thread\nafterwards\n"


def test_an_error_inside_leaves_standard_error_as_it_was(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="inside"), hushed():
        raise ValueError("inside")
    os.write(STDERR, b"afterwards\n")
    assert capfd.readouterr().err == "afterwards\n"
