"""The whole matrix on X11: every kind of text, under every layout, exactly; and how fast."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from tests.desktop.rig.texts import LAYOUTS, TEXTS
from tests.desktop.rig.windows import GtkTextView, XtermWindow
from tests.desktop.rig.x11 import X11Rig
from tests.desktop.typing.conftest import Aim

from sayso.events import Edit
from sayso.typist.x11 import X11Typist


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("kind", [GtkTextView, XtermWindow], ids=lambda kind: kind.__name__)
def test_every_text_arrives_exactly_under_every_layout(
    x11: X11Rig,
    typist: X11Typist,
    aim: Aim,
    kind: type[GtkTextView] | type[XtermWindow],
    layout: str,
    figure: Callable[[str], None],
) -> None:
    name, variant = LAYOUTS[layout]
    x11.set_layout(f"{name}({variant})" if variant else name)
    with XtermWindow(x11, bracketed_paste=True) if kind is XtermWindow else GtkTextView(x11) as window:
        target, said = aim(window), ""
        began = time.monotonic()
        for text in TEXTS.values():
            typist.type(Edit(0, text), target)
            said += text
        window.wait_for_text(said)
        took = time.monotonic() - began
    figure(f"x11, {kind.__name__}, {layout}: {len(said) / took:.0f} characters a second, none wrong")
