"""The focus is looked at before every sixteen strokes, and the rest waits for the window that the text is for."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable

import pytest
from tests.desktop.portal.conftest import Open
from tests.desktop.rig.portal import NewerPortal, PortalRig

from sayso.errors import TargetAway, TargetBusy, TargetGone, TypistError, Unable
from sayso.events import Edit
from sayso.typist import Target
from sayso.typist.portal import CHUNK

FIELD = Target(7, "org.gnome.TextEditor")
TERMINAL = Target(8, "org.gnome.Ptyxis")
XTERM = Target(9, "xterm")


class Focus:
    """A window has the focus, any that is asked for or only `at`, until it has been looked at so many times."""

    def __init__(self) -> None:
        self.looks_left = 1_000_000
        self.at: Target | None = None
        self.is_gone = False
        self.told: list[Callable[[], None]] = []

    def target(self) -> Target | None:
        return FIELD

    def on_focus(self, tell: Callable[[], None]) -> None:
        self.told.append(tell)

    def check(self, target: Target) -> None:
        if self.is_gone:
            raise TargetGone("closed")
        if self.at is not None and target != self.at:
            raise TargetAway("elsewhere")
        self.looks_left -= 1
        if self.looks_left < 0:
            raise TargetAway("elsewhere")

    def returns(self) -> None:
        self.looks_left = 1_000_000


def test_the_window_that_has_the_focus_is_the_target(newer: NewerPortal, open_typist: Open) -> None:
    focus = Focus()
    typist = open_typist(newer, focus)
    assert typist.target() == FIELD
    assert "cannot be checked" not in typist.describe()
    assert "cannot be checked" in open_typist(newer).describe()


def test_nothing_is_typed_into_another_window(portal: PortalRig, open_typist: Open) -> None:
    focus = Focus()
    typist = open_typist(portal, focus)
    focus.looks_left = 0
    edit = Edit(0, "one")
    with pytest.raises(TargetAway) as caught:
        typist.type(edit, FIELD)
    assert not isinstance(caught.value, TargetBusy)
    assert portal.state["asked"] == 0  # nor is anybody asked
    focus.returns()
    typist.type(edit, FIELD)
    assert portal.text == "one"


def test_a_focus_that_moves_at_twenty_random_points_leaves_the_text_whole(
    portal: PortalRig, open_typist: Open
) -> None:
    focus = Focus()
    typist = open_typist(portal, focus)
    draw = random.Random(20)
    whole = ""
    for _ in range(20):
        text = "".join(draw.choice("abcdefgh IJK,.") for _ in range(draw.randint(1, 64)))
        edit = Edit(0, text)
        looks = focus.looks_left = draw.randint(0, 6)
        moved: TargetAway | None = None
        try:
            typist.type(edit, FIELD)
        except TargetAway as error:
            moved = error
        if moved is not None:
            stands = portal.text
            assert len(stands) - len(whole) <= max(0, looks - 1) * CHUNK  # nothing was struck after the last look
            assert (whole + text).startswith(stands)
            assert isinstance(moved, TargetBusy) is (stands != whole)
            focus.returns()
            typist.type(edit, FIELD)
        focus.returns()
        whole += text
        assert portal.text == whole


@pytest.mark.parametrize("looks", [None, 0, 1, 2, 1_000_000], ids=["away", "lost", "none", "begun too", "typed"])
def test_a_text_that_was_begun_goes_on_from_there_whatever_becomes_of_another_meanwhile(
    portal: PortalRig, open_typist: Open, looks: int | None
) -> None:
    focus = Focus()
    typist = open_typist(portal, focus)
    focus.at = FIELD
    first, second = Edit(0, "a" * 40), Edit(0, "b" * 40)
    focus.looks_left = 2
    with pytest.raises(TargetBusy):
        typist.type(first, FIELD)
    other = Target(10, "org.gnome.TextEditor")
    if looks is not None:
        focus.at, focus.looks_left = other, looks
    with contextlib.suppress(TargetAway):
        typist.type(second, other)
    typed = portal.text.removeprefix("a" * CHUNK)
    assert set(typed) <= {"b"}
    focus.at = FIELD
    focus.returns()
    typist.type(first, FIELD)
    assert portal.text == "a" * CHUNK + typed + "a" * (40 - CHUNK)
    focus.at = other
    if len(typed) < 40:
        typist.type(second, other)
    assert portal.text == "a" * CHUNK + typed + "a" * (40 - CHUNK) + "b" * (40 - len(typed))


def test_a_focus_that_moves_before_the_paste_leaves_it_undone(newer: NewerPortal, open_typist: Open) -> None:
    focus = Focus()
    typist = open_typist(newer, focus)
    typist.type(Edit(0, "one"), FIELD)
    focus.looks_left = 2  # when it begins, and before it takes back
    edit = Edit(3, "日本語")
    with pytest.raises(TargetBusy, match="its rest waits"):
        typist.type(edit, FIELD)
    assert newer.text == ""
    focus.returns()
    typist.type(edit, FIELD)
    assert newer.text == "日本語"
    typist.type(Edit(1, "x"), FIELD)
    assert newer.text == "日本x"


def test_a_focus_that_moves_while_text_is_taken_back_is_an_error(portal: PortalRig, open_typist: Open) -> None:
    focus = Focus()
    typist = open_typist(portal, focus)
    typist.type(Edit(0, "x" * 40), FIELD)
    focus.looks_left = 2
    with pytest.raises(TypistError, match="only 16 of 40 characters were taken back"):
        typist.type(Edit(40, ""), FIELD)
    assert portal.text == "x" * 24


def test_a_window_that_is_closed_in_the_middle_is_an_error_and_before_it_is_gone(
    portal: PortalRig, open_typist: Open
) -> None:
    focus = Focus()
    typist = open_typist(portal, focus)
    edit = Edit(0, "y" * 40)
    focus.looks_left = 2
    with pytest.raises(TargetBusy):
        typist.type(edit, FIELD)
    focus.is_gone = True
    with pytest.raises(TypistError, match="only a part") as caught:
        typist.type(edit, FIELD)
    assert not isinstance(caught.value, TargetGone)
    with pytest.raises(TargetGone):
        typist.type(Edit(0, "z"), FIELD)
    assert portal.text == "y" * 16


def test_terminals_get_their_own_shortcut_and_one_that_takes_the_primary_selection_none(
    newer: NewerPortal, open_typist: Open
) -> None:
    typist = open_typist(newer, Focus())
    typist.type(Edit(0, "ls"), TERMINAL)
    assert newer.text == "ls"
    assert newer.state["keys"] == 3  # Control, Shift, v
    with pytest.raises(Unable):
        typist.type(Edit(0, "日"), XTERM)
    newer.use_layout("il")
    with pytest.raises(Unable):  # Shift+Insert would paste what is selected
        typist.type(Edit(0, "日"), TERMINAL)
    assert newer.text == "ls"
