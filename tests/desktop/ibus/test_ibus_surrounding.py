"""What stands in the field is read back, and nothing is deleted but what was typed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.desktop.ibus.conftest import Aim
from tests.desktop.ibus.fields import Field
from tests.desktop.rig.ibus import IBusRig
from tests.desktop.rig.windows import XtermWindow
from tests.desktop.rig.x11 import KEY_D, X11Rig

from sayso.errors import Unable
from sayso.events import Edit
from sayso.typist.ibus import IBusTypist

KEY_LEFT = 113


@pytest.fixture
def field(x11: X11Rig, ibus: IBusRig) -> Iterator[Field]:
    with Field(x11) as field:
        yield field


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
        typist.type(Edit(0, "e two"), aim(short))
        assert typist.landed() is False
        assert short.text == "one"


def test_what_was_typed_is_replaced(typist: IBusTypist, aim: Aim, field: Field) -> None:
    target = aim(field)
    typist.type(Edit(0, "one é 😀👩‍👩‍👧"), target)
    typist.type(Edit(7, "two"), target)
    field.wait_for_text("one étwo")
    assert typist.landed() is True
    typist.type(Edit(3, ""), target)
    field.wait_for_text("one é")


def test_lines_of_a_text_are_replaced_as_far_as_the_program_tells_of_them(
    x11: X11Rig, typist: IBusTypist, aim: Aim, ibus: IBusRig
) -> None:
    with Field(x11, "view") as view:
        target = aim(view)
        typist.type(Edit(0, "one\ntwo"), target)
        assert typist.landed() is True
        typist.type(Edit(3, "three"), target)
        view.wait_for_text("one\nthree")
        with pytest.raises(Unable, match="not taken back"):
            typist.type(Edit(7, "four"), target)
        assert typist.landed() is None  # and not what became of the text before
        assert view.text == "one\nthree"


def test_what_the_person_wrote_is_never_deleted(x11: X11Rig, typist: IBusTypist, aim: Aim, field: Field) -> None:
    target = aim(field)
    typist.type(Edit(0, "one"), target)
    typist.show("tail", target)
    field.wait_for_preedit("tail")
    x11.press(KEY_D)
    field.wait_for_text("oned")
    with pytest.raises(Unable, match="does not stand before the cursor any more"):
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
    with pytest.raises(Unable, match="does not stand before the cursor any more"):
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
