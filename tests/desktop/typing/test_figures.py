"""How fast text goes in, and how long nobody else can use the display."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from tests.desktop.rig.windows import GtkTextView
from tests.desktop.typing.conftest import Aim

from sayso.events import Edit
from sayso.typist.x11 import MOST_STROKES, X11Typist
from sayso.x11.windows import Windows

pytestmark = pytest.mark.alone

TIMES = 20
MOST_GRAB_SECONDS = 0.05  # on a machine busy with other tests; the median is a tenth of that
PAUSE_SECONDS = 0.1  # between edits, as speech has it


@pytest.fixture
def grabs(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long each grab of the server took, in seconds, its end included."""
    took: list[float] = []
    grabbed = Windows.grabbed

    @contextmanager
    def timed(self: Windows) -> Iterator[None]:
        started = time.perf_counter()
        with grabbed(self):
            yield
        took.append(time.perf_counter() - started)

    monkeypatch.setattr(Windows, "grabbed", timed)
    return took


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("three words by keys", " and then there"),
        (f"{MOST_STROKES} characters by keys", "x(Yz" * (MOST_STROKES // 4)),
        ("three words by paste", " and thén there"),
        ("2000 characters by paste", "é" * 2000),
    ],
)
def test_an_edit_takes_milliseconds(
    typist: X11Typist,
    aim: Aim,
    gtk_view: GtkTextView,
    grabs: list[float],
    figure: Callable[[str], None],
    what: str,
    text: str,
) -> None:
    target = aim(gtk_view)
    typist.type(Edit(0, "a"), target)
    took, pause = [], threading.Event()
    for _ in range(TIMES):
        pause.wait(PAUSE_SECONDS)
        started = time.perf_counter()
        typist.type(Edit(0, text), target)
        took.append(time.perf_counter() - started)
    gtk_view.wait_for_text("a" + TIMES * text)
    middle, worst = statistics.median(took), max(took)
    figure(
        f"{what}: median {middle * 1e3:.1f}, worst {worst * 1e3:.1f} ms ({len(text) / middle:.0f} characters/s); "
        f"server grabbed {statistics.median(grabs) * 1e3:.1f} ms, at most {max(grabs) * 1e3:.1f} ms"
    )
    assert middle < 0.05
    assert statistics.median(grabs) < MOST_GRAB_SECONDS
