"""What is typed into windows, and typing it as the service does."""

from __future__ import annotations

from tests.desktop.rig.sway import SwayWindow
from tests.desktop.rig.waiting import until

from sayso.events import Edit
from sayso.typist import Target
from sayso.typist.wlroots import WlrootsTypist

WITHOUT_INPUT_METHOD = {"GTK_IM_MODULE": "gtk-im-context-simple"}
MATRIX = {
    "ASCII": "The quick brown fox, 42 (of them): jumps! \"Over\" 'the' lazy dog? {[<~`@#$%^&*_+=|\\/>]};",
    "accents": "é ñ ß ø Ç œ ÿ",
    "right to left": "שלום ע مرحبا ע",
    "Chinese and Japanese": "日本語 漢字 かな 한국어",
    "emoji": "😀👩‍👩‍👧🇩🇪👍🏽",
    "dashes and quotes": "well — “quoted” … ‘so’ –",
    "tabs and newlines": "one\ttwo\nthree\n\nfour",
    "5,000 characters": ("All work and no play — é ש 日 😀. " * 160)[:5000],
}


def meet(typist: WlrootsTypist, window: SwayWindow) -> Target:
    """The target that a window is, which has the focus."""
    seen: list[Target] = []

    def is_there() -> bool:
        target = typist.target()
        if target is not None and target.pid == window.pid:
            seen.append(target)
        return bool(seen)

    until(is_there, f"the typist to see {window.name}")
    return seen[0]


def write(typist: WlrootsTypist, window: SwayWindow, text: str, delete: int = 0) -> None:
    """Type into the window that has the focus."""
    typist.type(Edit(delete, text), meet(typist, window))
