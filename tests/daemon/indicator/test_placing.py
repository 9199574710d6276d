"""Where on the screen the overlay goes."""

from __future__ import annotations

import pytest

from sayso.errors import DisplayError
from sayso.indicator.position import Position
from sayso.indicator.surface import Session, open_surface
from sayso.indicator.x11_window import Monitor, monitor_at, place

LEFT, RIGHT = Monitor(0, 0, 1920, 1080), Monitor(1920, 200, 1280, 800)
SCREEN = Monitor(0, 0, 3200, 1080)


def test_the_monitor_with_the_point_is_taken() -> None:
    assert monitor_at((2000, 300), [LEFT, RIGHT], SCREEN) == RIGHT
    assert monitor_at((1919, 1079), [LEFT, RIGHT], SCREEN) == LEFT


def test_a_point_on_no_monitor_means_the_first_and_no_monitor_the_whole_screen() -> None:
    assert monitor_at((2000, 50), [RIGHT, LEFT], SCREEN) == RIGHT
    assert monitor_at((5, 5), [], SCREEN) == SCREEN
    assert monitor_at((5, 5), [Monitor(0, 0, 0, 0)], SCREEN) == SCREEN


@pytest.mark.parametrize(
    ("position", "corner"),
    [
        (Position.BOTTOM, (2360, 852)),
        (Position.TOP, (2360, 248)),
        (Position.BOTTOM_LEFT, (1968, 852)),
        (Position.BOTTOM_RIGHT, (2752, 852)),
        (Position.TOP_LEFT, (1968, 248)),
        (Position.TOP_RIGHT, (2752, 248)),
    ],
)
def test_it_keeps_its_distance_from_the_edge(position: Position, corner: tuple[int, int]) -> None:
    assert place(RIGHT, (400, 100), position, 48) == corner


@pytest.mark.parametrize("position", Position)
def test_what_is_larger_than_the_monitor_begins_on_it(position: Position) -> None:
    assert place(RIGHT, (4000, 4000), position, 48) == (1920, 200)


def test_without_a_desktop_there_is_no_overlay() -> None:
    with pytest.raises(DisplayError, match="no Wayland compositor and no X display"):
        open_surface(Session(None, None), Position.BOTTOM)


def test_each_desktop_that_fails_says_why() -> None:
    with pytest.raises(DisplayError, match=r"/nowhere.*:4711"):
        open_surface(Session("/nowhere", ":4711"), Position.BOTTOM)
