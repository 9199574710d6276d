"""Values go over the bus in the form that IBus has given them."""

from __future__ import annotations

import pytest
from dbus_fast import Message, Variant

from sayso.ibus import wire


def test_a_text_is_read_as_it_was_written() -> None:
    assert wire.content_of(wire.text("é ש — 😀")) == "é ש — 😀"
    assert wire.content_of(wire.text("")) == ""


def test_a_tail_is_underlined_from_its_first_to_its_last_character() -> None:
    attributes = wire.text("😀é", underlined=True).value[3].value[2]
    assert [one.value for one in attributes] == [["IBusAttribute", {}, wire.UNDERLINE, wire.SINGLE, 0, 2]]
    assert wire.text("", underlined=True).value[3].value[2] == []


@pytest.mark.parametrize("value", [None, 1, "IBusText", [], ["IBusText"], ["IBusText", {}, 1], ["Other", {}, "x"]])
def test_what_is_no_text_has_no_content(value: object) -> None:
    assert wire.content_of(value) is None


def test_the_name_of_an_engine_is_read_out_of_its_description() -> None:
    engines = wire.component().value[-1]
    assert [wire.engine_name(engine) for engine in engines] == [wire.ENGINE]
    assert wire.engine_name(Variant("v", engines[0])) == wire.ENGINE


def test_our_component_can_be_sent_and_leaves_the_layout_alone() -> None:
    message = Message("x.y", "/", "x.y", "RegisterComponent", signature="v", body=[wire.component()])
    message.serial = 1
    assert message._marshall(False)
    assert wire.component().value[-1][0].value[9] == "default"


@pytest.mark.parametrize(("keyval", "expected"), [(0xFFE1, True), (0xFE03, True), (0x61, False), (0xFE51, False)])
def test_modifiers_are_told_from_other_keys(keyval: int, expected: bool) -> None:
    assert wire.is_modifier(keyval) is expected
