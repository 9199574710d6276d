"""Words come out while somebody speaks, all of them are there at the end, and they are nowhere else."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from tests.desktop.rig.phrases import CHILDREN, COAT, LETTER, TRAIN, WEATHER, Phrase, join, words
from tests.desktop.rig.pulse import PulseRig
from tests.desktop.rig.saying import Saying
from tests.desktop.rig.service import OPENED, Service
from tests.desktop.rig.sound import SoundRig

PAUSE_SECONDS = 0.9  # longer than vad.hard_endpoint_ms: each sentence is an utterance of its own
SPENT_SECONDS = 0.25  # of the pre-roll's 0.5 s, on purpose; the rest is for the machine to be late with
TELLING = 4  # letters from which a word is not one of those that any message has


def test_words_are_typed_while_they_are_spoken_and_none_is_lost_or_doubled_or_logged(
    sound: SoundRig, store: Path, phrases: dict[str, Phrase], tmp_path: Path, figure: Callable[[str], None]
) -> None:
    speech = join(tmp_path / "speech.wav", [phrases[WEATHER], phrases[CHILDREN]], PAUSE_SECONDS)
    with Service(sound, store, settings="log: {level: debug}\nlearning: off") as service:  # it asks nothing
        service.wait_for_line(OPENED)
        with Saying(sound, speech) as saying:
            saying.wait_to_end()
        service.wait_for_words(words(speech.text))
        first = service.out[0].at - saying.began
        figure(f"first words on {sound.name} {first:.2f} s into {speech.seconds:.1f} s of speech")
        service.wait_for_empty_spool()
    assert first < speech.seconds, "nothing was typed until all had been said"
    assert service.text.endswith("\n")
    logged = words(re.sub(r"/\S+", "", service.err))
    assert not {word for word in words(speech.text) if len(word) >= TELLING} & set(logged), service.err
    assert max(len(line) for line in service.err.splitlines()) < 300  # audio has no short form


def test_in_toggle_mode_only_what_is_said_between_start_and_stop_is_typed(
    pulse: PulseRig, store: Path, phrases: dict[str, Phrase], tmp_path: Path
) -> None:
    speech = join(tmp_path / "speech.wav", [phrases[LETTER], phrases[TRAIN]], PAUSE_SECONDS)
    train = phrases[LETTER].seconds + PAUSE_SECONDS
    with Service(pulse, store, settings="mode: toggle") as service:
        service.wait_for_line(OPENED)
        with Saying(pulse, speech) as saying:
            saying.wait(train + phrases[TRAIN].onset + SPENT_SECONDS)
            service.send("start")
            saying.wait(speech.hush)
            service.send("stop")
            service.wait_for_words(words(TRAIN))
        service.wait_for_empty_spool()
        service.send("toggle")
        with Saying(pulse, phrases[CHILDREN]) as saying:
            service.wait_for_more()
            service.send("cancel")
            saying.wait(phrases[CHILDREN].seconds + PAUSE_SECONDS)  # out of the next pre-roll
        typed = words(service.text)
        cancelled = typed[len(words(TRAIN)) :]
        assert cancelled == words(CHILDREN)[: len(cancelled)]
        assert len(cancelled) < len(words(CHILDREN)) / 2
        service.wait_for_empty_spool()
        # A key that is held is start and stop as well.
        service.reload("mode: hold")
        service.wait_for_line("settings applied; changed: mode")
        with Saying(pulse, phrases[COAT]) as saying:
            saying.wait(phrases[COAT].onset)
            service.send("start")
            saying.wait(phrases[COAT].hush)
            service.send("stop")
            service.wait_for_words(typed + words(COAT))
        service.send("dance")
        service.wait_for_line(
            "unknown command 'dance'",
            "start, stop, toggle, hold, release, cancel, undo, here, back, copy, learn, reload, quit",
        )
        service.send("quit")
        assert service.wait_for_end() == 0
    assert service.spooled == []
