"""What was typed can be taken back, exactly, and what may still change is shown where it is not text yet."""

from __future__ import annotations

import pytest
from tests.desktop.rig.sway import FootWindow, GtkOnSway, SwayRig
from tests.desktop.wayland.texts import MATRIX, WITHOUT_INPUT_METHOD, meet, write

from sayso.events import Edit
from sayso.typist.wlroots import WlrootsTypist

MIXED = "Hello é ש — 日本語 😀👩‍👩‍👧"


@pytest.mark.parametrize("kind", ["view", "entry"])
@pytest.mark.parametrize("version", [3, 4])
@pytest.mark.parametrize("env", [{}, WITHOUT_INPUT_METHOD], ids=["input method", "keys"])
def test_text_of_every_script_is_taken_back_and_nothing_before_it(
    sway: SwayRig, typist: WlrootsTypist, version: int, kind: str, env: dict[str, str]
) -> None:
    with GtkOnSway(sway, version, kind, **env) as window:
        write(typist, window, "ü before — ")
        write(typist, window, MIXED)
        write(typist, window, "two", delete=5)
        window.wait_for_text(f"ü before — {MIXED[:-5]}two")
        write(typist, window, "", delete=len(MIXED) - 2)
        window.wait_for_text("ü before — ")
        write(typist, window, "plain words")
        write(typist, window, " and more", delete=6)
        window.wait_for_text("ü before — plain and more")


@pytest.mark.parametrize("version", [3, 4])
def test_a_long_text_is_taken_back_whole(sway: SwayRig, typist: WlrootsTypist, version: int) -> None:
    with GtkOnSway(sway, version, "view") as window:
        write(typist, window, "é before. é")
        write(typist, window, "", delete=1)  # what it counts is learned while there is little in it
        long = MATRIX["5,000 characters"][:4000]
        write(typist, window, long)
        window.wait_for_text("é before. " + long)
        write(typist, window, "", delete=len(long))
        window.wait_for_text("é before. ")


def test_a_terminal_takes_back_by_its_own_key(sway: SwayRig, typist: WlrootsTypist) -> None:
    with FootWindow(sway) as window:
        write(typist, window, "git comit")
        write(typist, window, "mit", delete=2)
        window.wait_for_text("git commit")


@pytest.mark.parametrize("version", [3, 4])
def test_the_tail_that_may_change_is_shown_and_replaced_and_never_becomes_text(
    sway: SwayRig, typist: WlrootsTypist, version: int
) -> None:
    with GtkOnSway(sway, version, "view") as window:
        target = meet(typist, window)
        assert typist.abilities.preedit
        typist.type(Edit(0, "said "), target)
        for tail in ("it", "it is", "it is only a draft", "long " * 2000, ""):
            typist.show(tail, target)
        typist.show("it is", target)
        typist.type(Edit(0, "it was"), target)
        window.wait_for_text("said it was")
        typist.show("gone", target)
        typist.show("", target)
        assert window.is_quiet_for(0.1)
        assert window.text == "said it was"
