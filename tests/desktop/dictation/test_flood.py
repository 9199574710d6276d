"""A program that calls the service ten thousand times a second does not make the words later."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

import numpy as np
import pytest
from tests.desktop.dictation.conftest import Desk
from tests.desktop.rig.phrases import CHILDREN, COAT, LETTER, TRAIN, Phrase, join, words
from tests.desktop.rig.saying import Saying
from tests.desktop.rig.windows import GtkEntry

pytestmark = pytest.mark.alone

CALLS_PER_SECOND = 10_000
FLOODING = CALLS_PER_SECOND / 4  # what gets through at least where two cores have all of it to do
FLOOD = (sys.executable, "-m", "tests.desktop.bus.flood", "--pour")
FLOOD_SECONDS = 1.0  # for it to begin before the speech, and to end after it
PAUSE_SECONDS = 0.9
ROOT = Path(__file__).parents[3]


@contextmanager
def flood(desk: Desk, seconds: float, figure: Callable[[str], None]) -> Iterator[None]:
    """Calls for that long, from a process of their own."""
    command = [*FLOOD, f"--rate={CALLS_PER_SECOND}", f"--seconds={seconds}"]
    environment = {**desk.sound.env, **desk.bus.env}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        yield
        rate = int(process.communicate()[0]) / seconds
    figure(f"flooded with {rate:.0f} calls a second for {seconds:.0f} s")
    assert rate > FLOODING, f"{rate:.0f} calls a second are no flood"


def latencies(desk: Desk, phrase: Phrase, meanwhile: AbstractContextManager[object]) -> list[float]:
    """Dictate a phrase; returns for each word the seconds from its end in the audio until it stands there."""
    with meanwhile, GtkEntry(desk.x11) as window:
        with Saying(desk.sound, phrase) as saying:
            zero = time.monotonic() - saying.wait(phrase.onset)
            saying.wait_to_end()
            window.wait_for_words(words(phrase.text))
        stood = [(at, words(text)) for at, text in window.history]
    return [
        next(at for at, now in stood if len(now) > place and now[place] == word.text) - zero - word.end
        for place, word in enumerate(phrase.words)
    ]


@pytest.mark.parametrize(
    ("sentences", "harm_seconds"),
    [
        # Of nine words the 95th percentile is the slowest, and one hop later is 0.3 s.
        pytest.param([TRAIN], 1.5, id="one sentence"),
        pytest.param([CHILDREN, TRAIN, LETTER, COAT, CHILDREN], 0.3, id="half a minute", marks=pytest.mark.soak),
    ],
)
def test_under_a_flood_of_calls_words_come_as_soon_as_without(
    desk: Desk,
    sentences: list[str],
    harm_seconds: float,
    phrases: dict[str, Phrase],
    tmp_path: Path,
    figure: Callable[[str], None],
) -> None:
    speech = join(tmp_path / "speech.wav", [phrases[sentence] for sentence in sentences], PAUSE_SECONDS)
    with desk.serve():
        p95 = {}
        for how, meanwhile in (
            ("alone", nullcontext()),
            ("flooded", flood(desk, speech.seconds + FLOOD_SECONDS, figure)),
        ):
            p95[how] = float(np.percentile(latencies(desk, speech, meanwhile), 95))
    figure("p95 commit latency: " + ", ".join(f"{how} {seconds:.2f} s" for how, seconds in p95.items()))
    assert p95["flooded"] < p95["alone"] + harm_seconds
