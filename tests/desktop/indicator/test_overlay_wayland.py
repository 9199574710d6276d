"""The overlay on a compositor with layer-shell: a headless sway."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image
from tests.desktop.indicator.conftest import Service, Show
from tests.desktop.rig.indicator_look import LEFT, TOP, Look
from tests.desktop.rig.indicator_sway import SwayRig
from tests.desktop.rig.waiting import until

from sayso.events import HypothesisChanged, State


def look(sway: SwayRig, tmp_path: Path) -> Look:
    sway.screenshot(tmp_path / "screen.png")
    return Look.at(tmp_path / "screen.png")


def test_it_shows_dictation_from_beginning_to_end(
    sway: SwayRig, service: Service, show: Show, tmp_path: Path
) -> None:
    show(sway.env, overlay="auto")
    assert look(sway, tmp_path).is_empty
    service.become(State.LISTENING)
    until(lambda: look(sway, tmp_path).shows(State.LISTENING), "listening")
    service.become(State.SPEAKING)
    service.tell(HypothesisChanged(1, "what stands", "and what may change"))
    until(lambda: look(sway, tmp_path).shows(State.SPEAKING), "speaking")
    until(lambda: look(sway, tmp_path).has_words, "the tail")
    service.become(State.IDLE)
    until(lambda: look(sway, tmp_path).is_empty, "the overlay to go")
    service.become(State.LISTENING)
    until(lambda: look(sway, tmp_path).shows(State.LISTENING), "listening again")


def test_it_keeps_the_focus_where_it_is_and_lets_clicks_through(
    sway: SwayRig, service: Service, show: Show, tmp_path: Path
) -> None:
    show(sway.env, overlay="auto")
    service.become(State.LISTENING)
    until(lambda: look(sway, tmp_path).shows(State.LISTENING), "listening")
    assert sway.focused == "right"
    sway.click(LEFT + 30, TOP + 80)  # above the left window
    until(lambda: sway.focused == "left", "the click in the window under it")


def test_what_is_wanted_larger_than_the_monitor_fits_on_it(
    sway: SwayRig, service: Service, show: Show, tmp_path: Path
) -> None:
    show(sway.env, overlay="always", overlay_size=4, contrast="high")
    picture = tmp_path / "screen.png"

    def edges() -> tuple[int, int]:
        """The first and the last column with the line around it, at the height of the bar's middle."""
        sway.screenshot(picture)
        with Image.open(picture) as image:
            row = np.asarray(image.convert("RGB"))[800 - 48 - 70]
        white = np.flatnonzero((row > 250).all(axis=1))
        return (int(white[0]), int(white[-1])) if white.size else (-1, -1)

    until(lambda: edges() == (48, 1280 - 48 - 1), "the overlay, between its margins")


def test_on_a_dense_monitor_it_is_drawn_in_all_its_pixels(
    sway: SwayRig, service: Service, show: Show, tmp_path: Path
) -> None:
    sway.do("output", "HEADLESS-1", "scale", "2")
    try:
        show(sway.env, overlay="always", position="top-left")
        picture = tmp_path / "screen.png"

        def is_there() -> bool:
            sway.screenshot(picture)
            look = Look(Look.at(picture).picture.crop((96, 96, 976, 200)).resize((1280, 800)))
            return look.count((28, 31, 38)) > 1_000

        until(is_there, "the overlay, twice as large in pixels")
    finally:
        sway.do("output", "HEADLESS-1", "scale", "1")


def test_a_compositor_that_is_not_there_leaves_tray_and_sounds(service: Service, show: Show) -> None:
    indicator = show({"WAYLAND_DISPLAY": "wayland-9"}, overlay="always")
    until(lambda: "no overlay: no Wayland compositor answers" in indicator.output, "a word about it")
    assert indicator.is_running
