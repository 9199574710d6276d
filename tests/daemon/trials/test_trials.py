"""A trial for real, and whatever can become of one in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from tests.daemon.devices import published

from sayso.devices.usage import CardUsage, in_nvidia_table
from sayso.trials import Trial
from sayso.trials.apart import tried
from sayso.trials.counters import Counters, most_worked, times_throttled

TRIAL = Trial("tiny.en", "ctranslate2", "cpu")


def test_a_trial_hears_the_sample_and_says_what_it_took() -> None:
    outcome = tried(TRIAL)
    assert outcome.problem == ""
    assert (outcome.device, outcome.compute_type, outcome.words) == ("cpu", "int8", 36)
    assert outcome.errors <= 5
    assert 0 < outcome.real_time_factor < 5
    assert 0 < outcome.partial_seconds < 15
    assert outcome.cpu_cores > 0.3  # the processor did it
    assert outcome.peak_rss_mb > 100
    assert outcome.card_mb is None


def test_what_cannot_be_loaded_says_why() -> None:
    assert "there is no model 'huge'" in tried(Trial("huge", "ctranslate2")).problem
    assert "did you mean 'onnx'" in tried(Trial("tiny.en", "onxx")).problem
    assert "engine.device" in tried(Trial("tiny.en", "ctranslate2", "abacus")).problem


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGILL)", "SIGILL"),
        ("import sys; sys.exit(3)", "status 3"),
        ("print('hello')", "something else than its figures"),
        ("print('{\"colour\": 1}')", "something else than its figures"),
        ("", "something else than its figures"),
        ("print('{\"partial_seconds\": null}')", "something else than its figures"),
        ("print('{\"partial_seconds\": NaN}')", "something else than its figures"),
        ("print('[' * 100000)", "something else than its figures"),
        ("import sys; sys.stderr.buffer.write(b'no memory \\xe9\\n'); sys.exit(1)", "status 1: no memory"),
    ],
)
def test_a_library_that_ends_its_process_ends_only_that(program: str, said: str) -> None:
    assert said in tried(TRIAL, command=(sys.executable, "-c", program)).problem


def test_a_library_that_hangs_is_given_up() -> None:
    hangs = (sys.executable, "-c", "import threading; threading.Event().wait()")
    assert "not ready after 0.5 s" in tried(TRIAL, 0.5, hangs).problem


def test_the_cards_table_is_read_and_the_card_that_worked_found() -> None:
    before = in_nvidia_table(published.NVIDIA_USAGE_IDLE)
    during = in_nvidia_table(published.NVIDIA_USAGE_LOAD)
    assert before == [CardUsage(214, 0, False)]
    assert during == [CardUsage(819, 8, False)]
    assert most_worked(before, [before, during]) == (605, 8)


def test_a_card_that_slows_down_for_heat_says_so() -> None:
    (card,) = in_nvidia_table("819 MiB, 98 %, 0x0000000000000040")
    assert card.is_slowed


def test_a_card_that_does_not_say_is_not_proved() -> None:
    (card,) = in_nvidia_table("[N/A], [N/A], [Not Supported]")
    assert card == CardUsage(None, None, None)
    assert most_worked([card], [[card]]) == (None, None)
    assert most_worked([], []) == (None, None)


def test_of_two_cards_the_one_whose_memory_grew_did_the_work() -> None:
    before = [CardUsage(1000, 90, False), CardUsage(10, 0, False)]
    during = [CardUsage(1001, 100, False), CardUsage(310, 40, False)]
    assert most_worked(before, [during]) == (300, 40)


def test_a_processor_that_has_slowed_down_for_heat_says_how_often(tmp_path: Path) -> None:
    for n, count in enumerate((3, 4)):
        folder = tmp_path / f"cpu{n}" / "thermal_throttle"
        folder.mkdir(parents=True)
        (folder / "core_throttle_count").write_text(f"{count}\n")
    (tmp_path / "cpufreq").mkdir()
    assert times_throttled(tmp_path) == 7
    assert times_throttled(tmp_path / "nothing") == 0


def test_a_card_is_watched_for_as_long_as_it_is_to_work(monkeypatch: pytest.MonkeyPatch) -> None:
    looked = threading.Event()
    now = [CardUsage(100, 0, False)]

    def usage() -> list[CardUsage]:
        if now[0].memory_mb == 280:
            looked.set()
        return list(now)

    monkeypatch.setattr("sayso.trials.counters.usage", usage)
    counters = Counters()
    now[0] = CardUsage(280, 97, True)
    with counters.watching("cuda"):
        assert looked.wait(10)
    assert (counters.card_mb, counters.card_percent) == (180, 97)
    assert counters.throttled >= 1
    counters = Counters()
    with counters.watching("cpu"):
        pass
    assert (counters.card_mb, counters.card_percent) == (None, None)


def test_an_engine_that_hangs_does_not_outlive_whoever_waits_for_it(tmp_path: Path) -> None:
    alive = tmp_path / "alive"  # whose other end is closed when the child is gone
    os.mkfifo(alive)
    child = (
        "import threading; from sayso.trials import attempt; attempt._end_with_the_parent(); "
        f"alive = open({str(alive)!r}, 'w'); alive.write('yes\\n'); alive.flush(); threading.Event().wait()"
    )
    parent = (
        "import sys; from sayso.trials import Trial; from sayso.trials.apart import tried; "
        f"tried(Trial('tiny.en', 'x'), 170, (sys.executable, '-c', {child!r}))"
    )
    waiting = subprocess.Popen([sys.executable, "-c", parent])
    with alive.open() as end:
        assert end.readline() == "yes\n"
        waiting.kill()
        waiting.wait()
        assert end.read() == ""  # comes when the child has ended
