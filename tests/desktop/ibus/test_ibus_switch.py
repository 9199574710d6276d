"""The person's engine is off only while something is being typed; what they do with the keyboard stays theirs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.desktop.ibus.conftest import Aim
from tests.desktop.ibus.fields import Field
from tests.desktop.rig.ibus import GERMAN, US, IBusRig
from tests.desktop.rig.x11 import KEY_D, X11Rig

from sayso.events import Edit
from sayso.ibus.windows import XPlaces
from sayso.typist.ibus import IBusTypist

OURS = "sayso"
KEY_DEAD_ACUTE, KEY_E = 21, 26  # on the German layout


@pytest.fixture
def field(x11: X11Rig, ibus: IBusRig) -> Field:
    with Field(x11) as field:
        yield field


@pytest.mark.parametrize("engine", [US, GERMAN])
def test_the_engine_of_the_person_is_on_again_soon_after_each_text(
    ibus: IBusRig, typist: IBusTypist, aim: Aim, field: Field, engine: str
) -> None:
    ibus.choose(engine)
    for text in ("one ", "two "):
        typist.type(Edit(0, text), aim(field))
        assert ibus.engine == OURS
        ibus.wait_for_engine(engine)
    assert field.text == "one two "


def test_a_typist_that_is_closed_leaves_the_engine_of_the_person_on(
    x11: X11Rig, ibus: IBusRig, typist: IBusTypist, aim: Aim, field: Field
) -> None:
    ibus.choose(GERMAN)
    typist.type(Edit(0, "one "), aim(field))
    typist.show("tail", aim(field))
    typist.close()
    assert ibus.engine == GERMAN
    second = IBusTypist(XPlaces.alone(lambda: x11.display), ibus.address)
    second.close()  # without having typed
    assert ibus.engine == GERMAN


def test_after_a_crash_the_next_start_turns_the_engine_of_the_person_on(
    x11: X11Rig, ibus: IBusRig, field: Field, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    ibus.choose(GERMAN)
    script = str(Path(__file__).parent / "typing_process.py")
    command = [sys.executable, script, x11.display, ibus.address()]
    with subprocess.Popen(command, env=dict(os.environ), stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"shown\n"
        assert ibus.engine == OURS
        process.kill()
    field.wait_for_preedit("")
    typist = IBusTypist(XPlaces.alone(lambda: x11.display), ibus.address)
    try:
        ibus.wait_for_engine(GERMAN)
    finally:
        typist.close()
    assert ibus.engine == GERMAN
    assert field.text == "typed "


def test_a_tail_is_shown_and_replaced_and_gone(ibus: IBusRig, typist: IBusTypist, aim: Aim, field: Field) -> None:
    target = aim(field)
    for tail in ("the q", "the quick é 日本 "):
        typist.show(tail, target)
        field.wait_for_preedit(tail)
    typist.type(Edit(0, "the "), target)
    field.wait_for_preedit("")
    field.wait_for_text("the ")
    typist.show("quick", target)
    field.wait_for_preedit("quick")
    typist.show("", target)
    field.wait_for_preedit("")
    ibus.wait_for_engine(US)
    assert field.text == "the "


def test_a_tail_never_becomes_text_when_the_focus_goes(
    x11: X11Rig, ibus: IBusRig, typist: IBusTypist, aim: Aim, field: Field
) -> None:
    typist.show("never", aim(field))
    field.wait_for_preedit("never")
    with Field(x11) as other:
        field.wait_for_preedit("")
        typist.show("nor this", aim(other))
        other.wait_for_preedit("nor this")
        typist.show("", aim(other))
        other.wait_for_preedit("")
        assert (field.text, other.text) == ("", "")
    ibus.wait_for_engine(US)


def test_keys_go_through_while_a_tail_is_shown_and_accents_too(
    x11: X11Rig, ibus: IBusRig, typist: IBusTypist, aim: Aim, field: Field
) -> None:
    x11.set_layout("de")
    ibus.choose(GERMAN)
    typist.show("tail", aim(field))
    field.wait_for_preedit("tail")
    x11.press(KEY_D)
    field.wait_for_text("d")
    x11.press(KEY_DEAD_ACUTE)
    x11.press(KEY_E)
    field.wait_for_text("dé")
    assert ibus.engine == OURS


def test_a_key_turns_the_engine_of_the_person_on_when_nothing_is_shown(
    x11: X11Rig, ibus: IBusRig, typist: IBusTypist, aim: Aim, field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sayso.ibus.switch.LINGER_SECONDS", 60.0)
    x11.set_layout("de")
    ibus.choose(GERMAN)
    typist.type(Edit(0, "x"), aim(field))
    assert ibus.engine == OURS
    x11.press(KEY_D)
    field.wait_for_text("xd")
    ibus.wait_for_engine(GERMAN)
    x11.press(KEY_DEAD_ACUTE)
    x11.press(KEY_E)
    field.wait_for_text("xdé")


def test_the_engine_that_the_person_chooses_meanwhile_is_the_one_that_stays(
    ibus: IBusRig, typist: IBusTypist, aim: Aim, field: Field
) -> None:
    typist.show("tail", aim(field))
    field.wait_for_preedit("tail")
    ibus.choose(GERMAN)
    typist.show("", aim(field))
    typist.type(Edit(0, "one "), aim(field))
    assert ibus.engine == OURS
    ibus.wait_for_engine(GERMAN)
    assert field.text == "one "
