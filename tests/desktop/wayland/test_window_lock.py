"""Text goes to the window that it is for, or nowhere."""

from __future__ import annotations

import itertools
import random
import threading
from collections.abc import Callable

import pytest
from tests.desktop.rig.sway import FootWindow, GtkOnSway, SwayRig, SwayWindow
from tests.desktop.rig.waiting import until
from tests.desktop.wayland.surfaces import Locker
from tests.desktop.wayland.texts import WITHOUT_INPUT_METHOD, meet, write

from sayso.errors import SecretField, TargetAway, TargetGone, TypistError
from sayso.events import Edit
from sayso.typist import Target
from sayso.typist.wlroots import WlrootsTypist
from sayso.wayland.hand import Hand
from sayso.wayland.seat import Seat

POINTS = 20
PAUSE_SECONDS = (0.1, 0.3)
PIECE_SECONDS = 0.03  # between two pieces; ten times as often as words are committed


@pytest.mark.parametrize("way", ["input method", "keys", "terminal"])
def test_the_focus_moved_at_random_points_puts_nothing_elsewhere(
    sway: SwayRig, typist: WlrootsTypist, way: str, figure: Callable[[str], None]
) -> None:
    dice = random.Random(way)
    env = WITHOUT_INPUT_METHOD if way == "keys" else {}
    with (
        GtkOnSway(sway, 3, "view", "other", **env) as other,
        FootWindow(sway) if way == "terminal" else GtkOnSway(sway, 3, "view", **env) as window,
    ):
        target = meet(typist, window)
        typed: list[str] = []
        told: list[str] = []
        away = 0
        for point in range(POINTS):
            mover = _moving(sway, other, dice.uniform(*PAUSE_SECONDS))
            for number in range(1000):
                piece = f"{point}.{number}"
                threading.Event().wait(PIECE_SECONDS)
                try:
                    typist.type(Edit(0, f"{piece} "), target)
                except TargetAway:
                    away += 1
                    break
                except TypistError:
                    told.append(piece)
                    continue
                typed.append(piece)
            mover.join()
            window.focus()
            until(lambda: typist.target() == target, "the typist to see the focus back")
        until(lambda: typed[-1] in window.text.split(), "the last piece")
        arrived = window.text.split()
        assert [piece for piece in arrived if piece not in told] == typed
        assert other.text == ""
        assert away == POINTS
        figure(f"sway, {way}: focus moved at {POINTS} points, {len(typed)} pieces, {len(told)} told, 0 elsewhere")


def _moving(sway: SwayRig, window: SwayWindow, seconds: float) -> threading.Thread:
    """Give a window the focus some time later."""

    def move() -> None:
        threading.Event().wait(seconds)
        sway.message(f"[con_id={window.container}] focus")

    thread = threading.Thread(target=move)
    thread.start()
    return thread


@pytest.mark.parametrize("way", ["input method", "keys", "terminal"])
def test_a_focus_that_moves_after_the_last_look_is_given_back_and_nothing_is_elsewhere(
    sway: SwayRig, typist: WlrootsTypist, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The moment that random points hardly ever meet, at each look of an edit."""
    env = WITHOUT_INPUT_METHOD if way == "keys" else {}
    with (
        GtkOnSway(sway, 3, "view", "other", **env) as other,
        FootWindow(sway) if way == "terminal" else GtkOnSway(sway, 3, "view", **env) as window,
    ):
        target = meet(typist, window)
        stands = _typed_through_moves(sway, typist, target, window, other, monkeypatch)
        until(lambda: window.text == stands, "what was typed to stand there, and nothing else")
        assert other.text == ""


def _typed_through_moves(
    sway: SwayRig,
    typist: WlrootsTypist,
    target: Target,
    window: SwayWindow,
    other: SwayWindow,
    monkeypatch: pytest.MonkeyPatch,
) -> str:
    """Type pieces, in each of which the focus moves to the other window after one look more; what must stand."""
    looks = 0
    look = Hand.check

    def look_and_move(self: Hand, seat: Seat, target: Target) -> None:
        nonlocal looks
        look(self, seat, target)
        looks -= 1
        if looks == 0:
            sway.message(f"[con_id={other.container}] focus")

    monkeypatch.setattr(Hand, "check", look_and_move)
    stands = ""
    for number in itertools.count(1):
        looks = number
        piece = f"piece {number} "
        try:
            typist.type(Edit(0, piece), target)
        except TargetAway:
            piece = ""
        stands += piece
        if looks > 0:  # there are no more looks than that
            assert number > 2
            return stands
        assert meet(typist, other) != target
        window.focus()
        until(lambda: typist.target() == target, "the typist to see the focus back")
    raise AssertionError


@pytest.mark.parametrize("inhibits", [False, True], ids=["launcher", "locker"])
@pytest.mark.parametrize("env", [{}, WITHOUT_INPUT_METHOD], ids=["input method", "keys"])
def test_what_lies_over_the_windows_with_the_keyboard_gets_nothing(
    sway: SwayRig, typist: WlrootsTypist, inhibits: bool, env: dict[str, str]
) -> None:
    with GtkOnSway(sway, 3, "view", **env) as window:
        target = meet(typist, window)
        with Locker(sway, inhibits) as locker:
            until(lambda: typist.target() is None, "the typist to see that no window has the focus")
            with pytest.raises(TargetAway):
                typist.type(Edit(0, "secret"), target)
            with pytest.raises(TargetAway):
                typist.type(Edit(0, "secret\n" * 20), target)
            typist.show("secret", target)
        assert locker.keys == []
        until(lambda: typist.target() == target, "the typist to see the window back")
        typist.type(Edit(0, "back"), target)
        window.wait_for_text("back")


def test_a_field_for_a_password_gets_nothing(sway: SwayRig, typist: WlrootsTypist) -> None:
    with GtkOnSway(sway, 3, "password") as window:
        target = meet(typist, window)
        with pytest.raises(SecretField, match="password"):
            typist.type(Edit(0, "words"), target)
        typist.show("words", target)
        assert window.is_quiet_for(0.1)
        assert window.text == ""


def test_a_text_in_whose_middle_a_field_for_a_password_gets_the_focus_ends_there(
    sway: SwayRig, typist: WlrootsTypist
) -> None:
    with GtkOnSway(sway, 3, "login") as window:
        target = meet(typist, window)
        with pytest.raises(TypistError, match="only a part") as caught:
            typist.type(Edit(0, "words " * 1000), target)
        assert not isinstance(caught.value, SecretField)
        assert window.is_quiet_for(0.1)
        plain, secret = window.text.split("|")
        assert ("words " * 1000).startswith(plain)
        assert plain
        assert secret == ""


def test_a_window_closing_between_two_pieces_is_gone_and_no_other_gets_the_rest(
    sway: SwayRig, typist: WlrootsTypist
) -> None:
    with GtkOnSway(sway, 3, "view", "other") as other:
        with GtkOnSway(sway, 3, "view") as window:
            target = meet(typist, window)
            typist.type(Edit(0, "first "), target)
            window.wait_for_text("first ")
        with pytest.raises(TargetGone):
            typist.type(Edit(0, "second"), target)
        write(typist, other, "other")
        other.wait_for_text("other")


def test_a_window_that_is_closed_while_it_is_typed_into_fails_in_a_moment(
    sway: SwayRig, typist: WlrootsTypist
) -> None:
    with GtkOnSway(sway, 3, "view", **WITHOUT_INPUT_METHOD) as window:
        target = meet(typist, window)
        closer = threading.Thread(target=window.close)
        closer.start()
        with pytest.raises(TypistError):
            _type_for_ever(typist, target)
        closer.join()


def _type_for_ever(typist: WlrootsTypist, target: Target) -> None:
    while True:
        typist.type(Edit(0, "words and "), target)


def test_the_focus_is_given_back_to_a_window(sway: SwayRig, typist: WlrootsTypist) -> None:
    with GtkOnSway(sway, 3, "view") as window:
        target = meet(typist, window)
        with GtkOnSway(sway, 3, "view", "other") as other:
            meet(typist, other)
            typist.go_to(target)
            write(typist, window, "here")
            window.wait_for_text("here")
    with pytest.raises(TargetGone):
        typist.go_to(target)
