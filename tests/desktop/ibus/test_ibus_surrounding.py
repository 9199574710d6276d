"""What stands in the field is read back, and nothing is deleted but what was typed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.desktop.ibus.conftest import Aim
from tests.desktop.ibus.fields import Field
from tests.desktop.rig.ibus import IBusRig
from tests.desktop.rig.windows import XtermWindow
from tests.desktop.rig.x11 import KEY_D, X11Rig

from sayso.errors import TypistError, Unable
from sayso.events import Edit
from sayso.ibus.reading import NotThere
from sayso.typist.ibus import IBusTypist

KEY_BACKSPACE, KEY_UP, KEY_LEFT, KEY_END, KEY_DOWN = 22, 111, 113, 115, 116


@pytest.fixture
def field(x11: X11Rig, ibus: IBusRig) -> Iterator[Field]:
    with Field(x11) as field:
        yield field


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine, too, it is seen what a program tells of a text that was typed."""
    monkeypatch.setattr("sayso.ibus.reading.READ_BACK_SECONDS", 1.0)


def test_a_text_that_stands_in_the_field_is_seen_there(typist: IBusTypist, aim: Aim, field: Field) -> None:
    for text, stands in (("one é ", "one é "), ("😀 two", "one é 😀 two")):
        typist.type(Edit(0, text), aim(field))
        assert typist.landed() is True
        assert typist.surrounding() == (stands, len(stands))


def test_a_text_that_the_field_does_not_take_is_missed(
    x11: X11Rig, typist: IBusTypist, aim: Aim, ibus: IBusRig
) -> None:
    with Field(x11, "short") as short:
        typist.type(Edit(0, "on"), aim(short))
        assert typist.landed() is True
        with pytest.raises(TypistError, match="only a part stands there"):
            typist.type(Edit(0, "e two"), aim(short))
        assert typist.landed() is None
        assert short.text == "one"


def test_what_was_typed_is_replaced(typist: IBusTypist, aim: Aim, field: Field) -> None:
    target = aim(field)
    typist.type(Edit(0, "one é 😀👩‍👩‍👧"), target)
    typist.type(Edit(7, "two"), target)
    field.wait_for_text("one étwo")
    assert typist.landed() is True
    typist.type(Edit(3, ""), target)
    field.wait_for_text("one é")


@pytest.mark.parametrize("shown", ["", "please"])
def test_the_first_text_that_a_field_takes_a_part_of_is_missed(
    x11: X11Rig, typist: IBusTypist, aim: Aim, ibus: IBusRig, shown: str
) -> None:
    with Field(x11, "short") as short:
        typist.show(shown, aim(short))
        with pytest.raises(TypistError, match="only a part stands there"):
            typist.type(Edit(0, "Please send the letter.\n"), aim(short))
        assert short.text == "Ple"
        assert "cannot be read back" not in typist.describe()


def test_where_a_text_cannot_be_read_back_status_says_so(
    x11: X11Rig, typist: IBusTypist, aim: Aim, ibus: IBusRig
) -> None:
    with Field(x11, "short") as short, XtermWindow(x11) as xterm:
        typist.type(Edit(0, "one"), aim(xterm))
        assert typist.describe() == "IBus; what is typed cannot be read back in XTerm"
        short.focus()
        typist.type(Edit(0, "one"), aim(short))
        assert typist.describe() == "IBus"
        typist.type(Edit(0, " two"), aim(short))
        assert "cannot be read back in" in typist.describe(), "a full field tells nothing"


@pytest.mark.parametrize(
    ("older", "typed"),
    [
        ("", "one\ntwo"),
        ("older", "one\ntwo"),
        ("older", "\ntwo"),
        ("older", "\n\n é 😀\n\n\ntwo"),
        ("older\n", "one\n"),
        ("older\n", "\n\ntwo\n\n"),
    ],
)
@pytest.mark.usefixtures("patient")
def test_lines_are_taken_back_from_a_program_that_tells_one_at_a_time(
    x11: X11Rig, typist: IBusTypist, aim: Aim, ibus: IBusRig, older: str, typed: str
) -> None:
    with Field(x11, "view") as view:
        target = aim(view)
        for text in ("a\nb", older, typed):
            typist.type(Edit(0, text), target)
        view.wait_for_text(f"a\nb{older}{typed}")
        typist.type(Edit(len(typed), "three"), target)
        view.wait_for_text(f"a\nb{older}three")
        typist.type(Edit(5 + len(older), ""), target)
        view.wait_for_text("a\nb")


@pytest.mark.usefixtures("patient")
def test_many_lines_are_taken_back(x11: X11Rig, typist: IBusTypist, aim: Aim, ibus: IBusRig) -> None:
    typed = "0123456789\n" * 300 + "END"
    with Field(x11, "view") as view:
        typist.type(Edit(0, "before "), aim(view))
        typist.type(Edit(0, typed), aim(view))
        typist.type(Edit(len(typed), ""), aim(view))
        view.wait_for_text("before ")


@pytest.mark.usefixtures("patient")
def test_a_line_that_the_person_has_changed_keeps_what_was_typed_after_it(
    x11: X11Rig, typist: IBusTypist, aim: Aim, ibus: IBusRig
) -> None:
    with Field(x11, "view") as view:
        target = aim(view)
        typist.type(Edit(0, "one\ntwo\nthree"), target)
        x11.press(KEY_UP)
        x11.press(KEY_D)
        view.wait_for_text("one\ntwod\nthree")
        x11.press(KEY_DOWN)
        x11.press(KEY_END)
        x11.press(KEY_D)  # tells when the others have been taken
        view.wait_for_text("one\ntwod\nthreed")
        x11.press(KEY_BACKSPACE)
        view.wait_for_text("one\ntwod\nthree")
        with pytest.raises(NotThere):
            typist.type(Edit(13, "four"), target)
        view.wait_for_text("one\ntwod\nthree")


def test_what_the_person_wrote_is_never_deleted(x11: X11Rig, typist: IBusTypist, aim: Aim, field: Field) -> None:
    target = aim(field)
    typist.type(Edit(0, "one"), target)
    typist.show("tail", target)
    field.wait_for_preedit("tail")
    x11.press(KEY_D)
    field.wait_for_text("oned")
    with pytest.raises(NotThere):
        typist.type(Edit(3, "two"), target)
    assert field.text == "oned"


def test_with_the_cursor_elsewhere_nothing_is_deleted(
    x11: X11Rig, typist: IBusTypist, aim: Aim, field: Field
) -> None:
    target = aim(field)
    typist.type(Edit(0, "one two"), target)
    typist.show("tail", target)
    field.wait_for_preedit("tail")
    x11.press(KEY_LEFT)
    x11.press(KEY_D)  # tells when the other has been taken
    field.wait_for_text("one twdo")
    with pytest.raises(NotThere):
        typist.type(Edit(3, "three"), target)
    assert field.text == "one twdo"


def test_a_program_that_tells_nothing_keeps_what_it_has(
    x11: X11Rig, typist: IBusTypist, aim: Aim, ibus: IBusRig
) -> None:
    with XtermWindow(x11) as window:
        typist.type(Edit(0, "one"), aim(window))
        assert typist.landed() is None
        assert not typist.abilities.delete
        with pytest.raises(Unable, match="does not tell"):
            typist.type(Edit(3, "two"), aim(window))
        typist.type(Edit(0, " three"), aim(window))
        window.wait_for_text("one three")
