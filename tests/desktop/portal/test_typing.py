"""Text through real portals: exact whatever the layout, by keys where it has them and by a paste where not."""

from __future__ import annotations

import pytest
from tests.desktop.portal.conftest import Open
from tests.desktop.rig.portal import NewerPortal, PortalRig, RealPortal
from tests.desktop.rig.texts import LAYOUTS, TEXTS

from sayso.errors import Unable
from sayso.events import Edit
from sayso.portal.keymap import ASCII, CONTROLS, characters
from sayso.typist import HERE

LONG = 5000


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_text_arrives_as_it_is_on_every_layout_where_there_is_a_clipboard(
    newer: NewerPortal, open_typist: Open, layout: str
) -> None:
    newer.use_layout(*LAYOUTS[layout])
    typist = open_typist(newer)
    for text in TEXTS.values():
        typist.type(Edit(0, text), HERE)
    assert newer.text == "".join(TEXTS.values())
    assert newer.state["dropped"] == 0


@pytest.mark.parametrize("layout", LAYOUTS)
def test_without_a_clipboard_what_the_layout_has_arrives_and_the_rest_is_refused_untyped(
    real: RealPortal, open_typist: Open, layout: str
) -> None:
    real.use_layout(*LAYOUTS[layout])
    typist = open_typist(real)
    known = characters(*LAYOUTS[layout])
    assert known is not None
    had = "".join(known)
    typist.type(Edit(0, had), HERE)
    for text in TEXTS.values():
        if set(text) <= known.keys() | CONTROLS.keys():
            typist.type(Edit(0, text), HERE)
            had += text
        else:
            with pytest.raises(Unable, match=r"layout .* has no key"):
                typist.type(Edit(0, text), HERE)
    assert real.text == had
    assert real.state["dropped"] == 0


def test_letters_that_a_layout_has_by_an_older_keysym_arrive(real: RealPortal, open_typist: Open) -> None:
    real.use_layout("il")
    open_typist(real).type(Edit(0, "שלום"), HERE)
    assert real.text == "שלום"


def test_five_thousand_characters_arrive_by_keys(real: RealPortal, open_typist: Open) -> None:
    text = ("The quick brown fox jumps over the lazy dog, twice.\n\t" * LONG)[:LONG]
    open_typist(real).type(Edit(0, text), HERE)
    assert real.text == text


def test_where_nobody_tells_the_layout_all_is_pasted(newer: NewerPortal, open_typist: Open) -> None:
    newer.use_layout("us", "", tells=False)
    open_typist(newer).type(Edit(0, "hello"), HERE)
    assert newer.text == "hello"
    assert newer.state["keys"] == 2  # Control and v


def test_where_nobody_tells_the_layout_and_nothing_can_be_pasted_ascii_is_typed(
    real: RealPortal, open_typist: Open
) -> None:
    real.use_layout("us", "", tells=False)
    typist = open_typist(real)
    typist.type(Edit(0, "".join(ASCII)), HERE)
    with pytest.raises(Unable):
        typist.type(Edit(0, "é"), HERE)
    assert real.text == "".join(ASCII)


def test_a_layout_that_changes_between_two_words_is_followed(newer: NewerPortal, open_typist: Open) -> None:
    typist = open_typist(newer)
    typist.type(Edit(0, "one"), HERE)
    newer.use_layout("il")
    typist.type(Edit(0, " two שלום"), HERE)
    newer.use_layout("fr")
    typist.type(Edit(0, " 3é"), HERE)
    assert newer.text == "one two שלום 3é"
    assert newer.state["dropped"] == 0


def test_what_was_typed_is_taken_back(portal: PortalRig, open_typist: Open) -> None:
    typist = open_typist(portal)
    typist.type(Edit(0, "one two three four five six"), HERE)
    typist.type(Edit(len("five six"), "5"), HERE)
    assert portal.text == "one two three four 5"
    typist.type(Edit(len("one two three four 5"), ""), HERE)
    assert portal.text == ""
    assert typist.abilities.delete


def test_no_key_stays_down(portal: PortalRig, open_typist: Open) -> None:
    typist = open_typist(portal)
    typist.type(Edit(0, "AbC" * 30), HERE)
    typist.type(Edit(0, "v"), HERE)  # with Control held it would paste
    assert portal.text == "AbC" * 30 + "v"
