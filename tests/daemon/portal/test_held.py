"""Typing waits for hotkeys that are down, and a little longer for their modifiers."""

from __future__ import annotations

import threading
import time

from sayso.portal.held import SETTLE_SECONDS, STRUCK_SECONDS, HeldKeys


class Clock:
    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def test_nothing_is_waited_for_where_nothing_is_held() -> None:
    assert HeldKeys(Clock()).wait_until_free()


def test_a_key_that_is_held_is_not_waited_for_and_its_release_is_told() -> None:
    clock, told = Clock(), threading.Event()
    held = HeldKeys(clock)
    held.on_release(told.set)
    held.press("hold", is_hold=True)
    assert not held.wait_until_free()
    held.release("hold")
    assert told.is_set()
    clock.seconds += SETTLE_SECONDS
    assert held.wait_until_free()


def test_two_keys_are_free_when_the_second_is() -> None:
    told = threading.Event()
    held = HeldKeys(Clock())
    held.on_release(told.set)
    held.press("hold", is_hold=True)
    held.press("toggle", is_hold=False)
    held.release("toggle")
    held.release("toggle")
    assert not told.is_set()
    held.release("hold")
    assert told.is_set()


def test_a_key_that_is_struck_counts_for_a_second_where_no_release_is_told() -> None:
    clock = Clock()
    held = HeldKeys(clock)
    held.press("toggle", is_hold=False)
    clock.seconds += STRUCK_SECONDS
    assert held.wait_until_free()


def test_a_key_that_is_struck_is_waited_for_until_its_modifiers_are_up() -> None:
    held = HeldKeys()
    held.press("toggle", is_hold=False)
    released_at = time.monotonic()
    held.release("toggle")
    assert held.wait_until_free()
    assert time.monotonic() - released_at >= SETTLE_SECONDS
