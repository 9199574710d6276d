"""How fast text goes in by keys, where there is no input method."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import pytest
from tests.desktop.rig.sway import GtkOnSway, SwayRig
from tests.desktop.wayland.texts import WITHOUT_INPUT_METHOD, meet

from sayso.events import Edit
from sayso.typist.wlroots import WlrootsTypist
from sayso.wayland.clipboard import Clipboard
from sayso.wayland.keyboard import MOST_STROKES

pytestmark = pytest.mark.alone

TIMES = 20
LEAST_CHARACTERS_PER_SECOND = 150
TEXTS = {
    "plain": "The quick brown fox jumps over the lazy dog, 42 times a day.",
    "of all scripts": "é ñ שלום ע 日本語 — 😀 well “so” the dog ÿ Ç 한국어 漢字 かな, and more",
}


@pytest.mark.parametrize("what", TEXTS)
@pytest.mark.parametrize("version", [3, 4])
def test_keys_stand_in_the_window_at_hundreds_a_second(
    sway: SwayRig,
    typist: WlrootsTypist,
    monkeypatch: pytest.MonkeyPatch,
    figure: Callable[[str], None],
    version: int,
    what: str,
) -> None:
    monkeypatch.delattr(Clipboard, "lend")  # nothing can be pasted
    text, whole = TEXTS[what], ""
    assert MOST_STROKES // 2 < len(text) <= MOST_STROKES
    took = []
    with GtkOnSway(sway, version, "view", **WITHOUT_INPUT_METHOD) as window:
        target = meet(typist, window)
        for _ in range(TIMES):
            whole += text
            started = time.perf_counter()
            typist.type(Edit(0, text), target)
            window.wait_for_text(whole)
            took.append(time.perf_counter() - started)
    middle, worst = len(text) / statistics.median(took), len(text) / max(took)
    figure(
        f"sway by keys, GTK {version}, {len(text)} characters {what}: {middle:.0f} characters/s until they stand "
        f"there, at the slowest {worst:.0f}"
    )
    assert middle >= LEAST_CHARACTERS_PER_SECOND
