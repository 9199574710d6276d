"""Starting twice, leaving in mid-sentence, and other settings while somebody speaks."""

from __future__ import annotations

import shutil
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from tests.desktop.dictation.conftest import Desk
from tests.desktop.rig.phrases import CHILDREN, CUT_SECONDS, TRAIN, Phrase, assert_said_up_to, run_sayso, words
from tests.desktop.rig.saying import Saying
from tests.desktop.rig.windows import GtkEntry
from tests.desktop.rig.x11 import KEY_ALT, KEY_SUPER, KEY_V, TOGGLE

LEAVES_WITHIN_SECONDS = 2.0
ATTEMPTS = 2  # a machine that is busy is given the benefit of the doubt


def test_a_second_service_leaves_and_says_who_runs(desk: Desk) -> None:
    with desk.serve() as service:
        second = run_sayso(service.env, "run", status=1)
        assert f"already running: process {service.process.pid}" in second.stderr
        assert desk.busctl.status["pid"] == service.process.pid


@pytest.mark.alone
def test_told_to_leave_in_mid_sentence_it_finishes_in_the_window_and_leaves(
    desk: Desk, phrases: dict[str, Phrase], figure: Callable[[str], None]
) -> None:
    took: list[float] = []
    while not took or (took[-1] >= LEAVES_WITHIN_SECONDS and len(took) < ATTEMPTS):
        with GtkEntry(desk.x11) as window:
            with desk.serve() as service, Saying(desk.sound, phrases[CHILDREN]) as saying:
                cut = saying.wait(CUT_SECONDS)
                told = time.monotonic()
                assert service.end(signal.SIGTERM) == 0
                took.append(time.monotonic() - told)
            assert_said_up_to(words(window.text), phrases[CHILDREN], cut, cut)
            assert service.spooled == []
    figure("from SIGTERM to the end, window and bus: " + ", ".join(f"{seconds:.2f} s" for seconds in took))
    assert took[-1] < LEAVES_WITHIN_SECONDS


def test_other_keys_and_another_typist_are_applied_without_losing_what_is_being_said(
    desk: Desk, gtk_entry: GtkEntry, phrases: dict[str, Phrase]
) -> None:
    with desk.serve(settings="mode: toggle") as service:
        desk.x11.press(*TOGGLE)
        desk.busctl.wait_for_state("listening")
        with Saying(desk.sound, phrases[TRAIN]) as saying:
            saying.wait(phrases[TRAIN].hush / 3)
            service.reload("mode: toggle\nhotkeys: {toggle: super+alt+v}\ntypist: {backend: x11}\n")
            service.wait_for_line("settings applied; changed: hotkeys.toggle, typist.backend")
            desk.busctl.wait_for_state("listening", "speaking")
            saying.wait_to_end()
        gtk_entry.wait_for_words(words(TRAIN))
        desk.x11.press(*TOGGLE)  # is a key like any other now
        desk.x11.press(KEY_SUPER, KEY_ALT, KEY_V)
        desk.busctl.wait_for_state("idle")
        service.wait_for_empty_spool()


def test_another_model_is_chosen_without_losing_what_is_being_said(
    desk: Desk, gtk_entry: GtkEntry, phrases: dict[str, Phrase], tmp_path: Path
) -> None:
    shutil.copytree(desk.store, tmp_path / "data")
    models = tmp_path / "data" / "sayso" / "models"
    shutil.copytree(models / "tiny.en", models / "mine")
    with replace(desk, store=tmp_path / "data").serve() as service:
        with Saying(desk.sound, phrases[TRAIN]) as saying:
            saying.wait(phrases[TRAIN].hush / 3)
            run_sayso(service.env, "models", "use", "mine")
            service.wait_for_line("settings applied; changed: the model")
            saying.wait_to_end()
        gtk_entry.wait_for_words(words(TRAIN))
        with Saying(desk.sound, phrases[CHILDREN]) as saying:
            saying.wait_to_end()
        gtk_entry.wait_for_words(words(TRAIN) + words(CHILDREN))
        service.wait_for_empty_spool()
