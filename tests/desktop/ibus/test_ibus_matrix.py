"""Every character arrives as it is, under every layout, by GTK's own module and over XIM."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from tests.desktop.ibus.conftest import Aim
from tests.desktop.ibus.fields import Field
from tests.desktop.rig.ibus import IBusRig
from tests.desktop.rig.windows import TextWindow, XtermWindow
from tests.desktop.rig.x11 import X11Rig

from sayso.events import Edit
from sayso.typist.ibus import IBusTypist

LAYOUTS = ["us", "de", "fr", "il", "us(dvorak)"]
TEXTS = [
    "Hello, (world)! x_y=1 ",
    "Élan, señor, Straße — façade, naïve ",
    "שלום עולם عربي ",
    "日本語を話す ",
    "😀 👩‍👩‍👧 👍🏽 €5 ",
    "one\ttwo\nthree\n\nfour",
]
LONG = ("Hello é ñ ß ש ع 日本語 😀👩‍👩‍👧 — a tab\tand more. " * 150)[:5000]
LEAST_PER_SECOND = 1_000


def entry(x11: X11Rig) -> TextWindow:
    return Field(x11, "entry")


def view(x11: X11Rig) -> TextWindow:
    return Field(x11, "view")


def xim(x11: X11Rig) -> TextWindow:
    return XtermWindow(x11, "-class", "Notes")  # as a terminal it would get no line breaks


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("window", [entry, view, xim], ids=lambda window: window.__name__)
def test_every_text_arrives_exactly_under_any_layout(
    x11: X11Rig,
    ibus: IBusRig,
    typist: IBusTypist,
    aim: Aim,
    figure: Callable[[str], None],
    window: Callable[[X11Rig], TextWindow],
    layout: str,
) -> None:
    x11.set_layout(layout)
    with window(x11) as field:
        target = aim(field)
        for text in TEXTS:
            typist.type(Edit(0, text), target)
        said = "".join(TEXTS)
        field.wait_for_text(said)
        started = time.perf_counter()
        typist.type(Edit(0, LONG), target)
        field.wait_for_text(said + LONG)
        rate = len(LONG) / (time.perf_counter() - started)
        figure(f"IBus, {window.__name__}, {layout}: {rate:,.0f} characters/s until they stand in the window")
        assert rate >= LEAST_PER_SECOND
