"""Text goes to the field that it is for, or nowhere."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator

import pytest
from tests.desktop.ibus.conftest import Aim
from tests.desktop.ibus.fields import Field, without_input_method
from tests.desktop.rig.ibus import US, IBusRig
from tests.desktop.rig.waiting import until
from tests.desktop.rig.windows import XtermWindow
from tests.desktop.rig.x11 import X11Rig

from sayso.errors import SecretField, TargetAway, TargetGone, TypistError, Unable
from sayso.events import Edit
from sayso.ibus.engine import Field as FieldOfIBus
from sayso.typist import Target
from sayso.typist.ibus import IBusTypist

WORDS = [f"word{number} " for number in range(40)]
TAKES_SECONDS = 0.15  # to type them
SEED = 20_260


@pytest.fixture
def field(x11: X11Rig, ibus: IBusRig) -> Iterator[Field]:
    with Field(x11) as field:
        yield field


def another_than(typist: IBusTypist, target: Target | None) -> Target:
    """The place that has the focus, once it is another."""
    until(lambda: typist.target() not in (None, target), "the focus to be elsewhere")
    found = typist.target()
    assert found is not None
    return found


def type_until_it_fails(typist: IBusTypist, target: Target) -> tuple[str, str]:
    """What was typed, and what may have been: of it a failure says that this is not known."""
    done = ""
    for word in WORDS:
        typist.show("tail", target)
        try:
            typist.type(Edit(0, word), target)
        except (TargetAway, Unable):
            return done, done
        except TypistError:
            return done, done + word
        done += word
    return done, done


def test_wherever_the_focus_moves_nothing_lands_elsewhere(
    x11: X11Rig, typist: IBusTypist, aim: Aim, field: Field
) -> None:
    chance = random.Random(SEED)
    with Field(x11) as other:
        stands = interrupted = 0
        for _ in range(20):
            field.focus()
            target = aim(field)
            move = threading.Timer(chance.uniform(0, TAKES_SECONDS), other.focus)
            move.start()
            done, perhaps = type_until_it_fails(typist, target)
            move.join()
            aim(other)
            field.wait_until(lambda now: now[stands:] in (done, perhaps), "what was typed")  # noqa: B023
            interrupted += len(done) < len("".join(WORDS))
            stands = len(field.text)
        assert interrupted >= 5
        assert other.text == ""
        assert other.preedit == ""


def test_a_window_without_the_focus_gets_nothing_and_the_engine_stays(
    x11: X11Rig, ibus: IBusRig, typist: IBusTypist, aim: Aim, field: Field
) -> None:
    target = aim(field)
    with Field(x11) as other:
        aim(other)
        typist.show("tail", target)
        with pytest.raises(TargetAway, match="focus it"):
            typist.type(Edit(0, "one "), target)
        assert ibus.engine == US
        field.focus()
        aim(field)
        typist.type(Edit(0, "one "), target)
        field.wait_for_text("one ")
        assert (other.text, other.preedit) == ("", "")


def test_a_window_that_was_closed_gets_nothing(x11: X11Rig, typist: IBusTypist, aim: Aim, ibus: IBusRig) -> None:
    with Field(x11) as field:
        target = aim(field)
    with pytest.raises(TargetGone, match="closed"):
        typist.type(Edit(0, "one "), target)


def test_a_window_that_knows_nothing_of_ibus_is_for_another_backend(
    x11: X11Rig, ibus: IBusRig, typist: IBusTypist, aim: Aim, field: Field
) -> None:
    with without_input_method(x11) as window:
        with pytest.raises(Unable, match="GTK_IM_MODULE=ibus"):
            typist.type(Edit(0, "one "), aim(window))
        ibus.wait_for_engine(US)
        assert (field.text, window.text) == ("", "")


def test_a_program_that_hangs_does_not_get_the_text_of_another_window(
    x11: X11Rig, typist: IBusTypist, aim: Aim, field: Field
) -> None:
    typist.type(Edit(0, "one "), aim(field))
    field.wait_for_text("one ")
    with field.hanging(), without_input_method(x11) as window:
        with pytest.raises(Unable):
            typist.type(Edit(0, "two "), aim(window))
        typist.show("tail", aim(window))
    field.focus()
    typist.type(Edit(0, "three"), aim(field))
    field.wait_for_text("one three")
    assert not any(field.preedits)


@pytest.mark.parametrize("kind", ["password", "pin"])
def test_a_field_for_secrets_gets_nothing(
    x11: X11Rig, ibus: IBusRig, typist: IBusTypist, aim: Aim, kind: str
) -> None:
    with Field(x11, kind) as secret:
        # Of a field whose text is hidden GTK tells IBus nothing at all.
        with pytest.raises(SecretField if kind == "pin" else Unable) as refused:
            typist.type(Edit(0, "one "), aim(secret))
        assert not isinstance(refused.value, Unable if kind == "pin" else SecretField)
        if kind == "pin":
            assert typist.is_secret()
        typist.show("tail", aim(secret))
        ibus.wait_for_engine(US)
        assert (secret.text, secret.preedits) == ("", [])


def test_a_field_that_is_for_secrets_in_the_middle_of_a_text_fails_it(
    x11: X11Rig, ibus: IBusRig, typist: IBusTypist, aim: Aim, monkeypatch: pytest.MonkeyPatch
) -> None:
    with XtermWindow(x11) as window:
        target, found = aim(window), typist._field

        def first(target: Target) -> FieldOfIBus:
            monkeypatch.setattr(typist, "_field", refuse)
            return found(target)

        def refuse(_: Target) -> FieldOfIBus:
            raise SecretField("it holds a password")

        monkeypatch.setattr(typist, "_field", first)
        with pytest.raises(TypistError, match="only 100 of 150") as failed:
            typist.type(Edit(0, "x" * 150), target)
        assert not isinstance(failed.value, SecretField | Unable)
        window.wait_for_text("x" * 100)


def test_a_line_break_for_a_terminal_is_for_another_backend(
    x11: X11Rig, ibus: IBusRig, typist: IBusTypist, aim: Aim
) -> None:
    with XtermWindow(x11) as window:
        with pytest.raises(Unable, match="line break"):
            typist.type(Edit(0, "ls\n"), aim(window))
        typist.type(Edit(0, "ls é"), aim(window))
        window.wait_for_text("ls é")


def test_without_windows_the_field_is_the_place(
    x11: X11Rig, ibus: IBusRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(ibus.folder))
    monkeypatch.setenv("XDG_SESSION_TYPE", "wayland")
    typist = IBusTypist(find_address=ibus.address)
    moved = threading.Event()
    typist.on_focus(moved.set)
    try:
        with Field(x11) as field:
            first = another_than(typist, None)
            with Field(x11) as other:
                target = another_than(typist, first)
                assert target.application.startswith("gtk3-im")
                typist.type(Edit(0, "one "), target)
                other.wait_for_text("one ")
                typist.show("tail", target)
                moved.clear()
                field.focus()
                assert moved.wait(5.0)
                with pytest.raises(TargetAway):
                    typist.type(Edit(0, "two "), target)
                assert another_than(typist, target) == first
                typist.type(Edit(0, "three "), first)
                field.wait_for_text("three ")
                assert other.text == "one "
                other.focus()
                assert another_than(typist, first) == target
                typist.type(Edit(0, "two "), target)
                other.wait_for_text("one two ")
    finally:
        typist.close()
    assert ibus.engine == US
