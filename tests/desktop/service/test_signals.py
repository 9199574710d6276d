"""Signals: the last words are typed before it leaves, and new settings lose nothing that is being said."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from rapidfuzz.distance import Levenshtein
from tests.desktop.rig.phrases import (
    CHILDREN,
    CUT_SECONDS,
    LETTER,
    TRAIN,
    WEATHER,
    Phrase,
    assert_said_up_to,
    run_sayso,
    words,
)
from tests.desktop.rig.pulse import PulseRig
from tests.desktop.rig.saying import Saying, say
from tests.desktop.rig.service import OPENED, Service
from tests.desktop.rig.sound import MICROPHONE

LEAVES_WITHIN_SECONDS = 2.0
ATTEMPTS = 2  # a machine that is busy is given the benefit of the doubt
MISHEARD = 2  # words of 27


@pytest.mark.alone
def test_told_to_leave_in_mid_sentence_it_types_what_was_said_and_leaves(
    pulse: PulseRig, store: Path, phrases: dict[str, Phrase], figure: Callable[[str], None]
) -> None:
    took: list[float] = []
    while not took or (took[-1] >= LEAVES_WITHIN_SECONDS and len(took) < ATTEMPTS):
        with Service(pulse, store) as service:
            service.wait_for_line(OPENED)
            with Saying(pulse, phrases[CHILDREN]) as saying:
                cut = saying.wait(CUT_SECONDS)
                told = time.monotonic()
                assert service.end(signal.SIGTERM) == 0
                took.append(time.monotonic() - told)
        assert_said_up_to(words(service.text), phrases[CHILDREN], cut, cut)
        assert service.text.endswith("\n")
        assert service.text.count("\n") == 1
        assert service.spooled == []
    figure("from SIGTERM in mid-sentence to the end: " + ", ".join(f"{seconds:.2f} s" for seconds in took))
    assert took[-1] < LEAVES_WITHIN_SECONDS


def test_settings_are_read_again_without_losing_what_is_being_said(
    pulse: PulseRig, store: Path, phrases: dict[str, Phrase]
) -> None:
    run_sayso({**pulse.env, "XDG_DATA_HOME": str(store)}, "models", "import", "base")
    pulse.plug_speaker("desk")
    pulse.replug("other", "desk")
    pulse.set_default(MICROPHONE)
    with Service(pulse, store, settings="mode: hands-free") as service:
        service.wait_for_line(OPENED)
        with Saying(pulse, phrases[TRAIN]) as saying:
            saying.wait(phrases[TRAIN].hush / 3)
            service.reload("mode: hands-free\nvad:\n  hard_endpiont_ms: 900\n")
            service.wait_for_line("config.yaml:3", "hard_endpiont_ms", "hard_endpoint_ms")
            service.wait_for_line("the settings in use stay as they are")
            service.reload("vad: {hard_endpoint_ms: 1500}\naudio: {device: other}\nengine: {model: base}\n")
            service.wait_for_line("settings applied; changed: audio.device, engine.model, vad.hard_endpoint_ms")
            saying.wait_to_end()
        service.wait_for_words(words(TRAIN))
        service.wait_for_line("microphone: other-description")
        say(pulse, phrases[LETTER])  # the old microphone is not heard any more
        with Saying(pulse, phrases[WEATHER], "desk") as saying:
            service.wait_for_words(words(TRAIN) + words(WEATHER))
            last = saying.position - phrases[WEATHER].hush
        assert service.end(signal.SIGINT) == 0
    assert last > 1.2, "the last word came before the new endpoint could be reached"


def test_another_engine_is_taken_in_mid_sentence_and_no_word_is_lost(
    pulse: PulseRig, store: Path, phrases: dict[str, Phrase]
) -> None:
    said = words(CHILDREN) + words(WEATHER)

    def is_all_there() -> bool:
        """Two engines hear the sentence: one of its words may have another ending."""
        typed = words(service.text)
        return len(typed) == len(said) and Levenshtein.distance(typed, said) <= MISHEARD

    with Service(pulse, store, settings="mode: hands-free") as service:
        service.wait_for_line(OPENED)
        with Saying(pulse, phrases[CHILDREN]) as saying:
            saying.wait(1.0)
            service.reload("mode: hands-free\nengine: {name: whispercpp}\n")
            service.wait_for_line("settings applied; changed: engine.name")
            saying.wait_to_end()
        with Saying(pulse, phrases[WEATHER]) as saying:
            saying.wait_to_end()
        service.wait_until(is_all_there, "every word of both sentences")
        assert service.end(signal.SIGINT) == 0
