"""A keyboard made by uinput, by what the kernel is asked and told."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.daemon.evdev.session import Kernel

from sayso.errors import TypistError
from sayso.evdev.access import OUR_KEYBOARD
from sayso.evdev.virtual import KEYS, READY_SECONDS, VirtualKeyboard, open_uinput
from sayso.evdev.wire import (
    EV_KEY,
    LED_CAPS,
    UI_DEV_CREATE,
    UI_DEV_DESTROY,
    UI_DEV_SETUP,
    UI_SET_EVBIT,
    UI_SET_KEYBIT,
    InputEvent,
)

A = 30


@pytest.fixture
def kernel() -> Iterator[Kernel]:
    kernel = Kernel()
    yield kernel
    kernel.close()


def test_it_has_all_keys_and_our_name_and_is_plugged_in_last(kernel: Kernel) -> None:
    keyboard = VirtualKeyboard(kernel.open, kernel.ioctl)
    requests = [request for request, _ in kernel.made]
    assert (UI_SET_EVBIT, EV_KEY) in kernel.made
    assert {key for request, key in kernel.made if request == UI_SET_KEYBIT} == {*KEYS}
    assert requests[-2:] == [UI_DEV_SETUP, UI_DEV_CREATE]
    assert kernel.name == OUR_KEYBOARD
    keyboard.close()
    keyboard.close()
    assert [request for request, _ in kernel.made][-1] == UI_DEV_DESTROY
    assert not kernel.is_plugged


def test_each_press_and_each_release_is_a_report_of_its_own(kernel: Kernel) -> None:
    keyboard = VirtualKeyboard(kernel.open, kernel.ioctl)
    keyboard.press(A)
    keyboard.release(A)
    assert kernel.take() == [InputEvent(EV_KEY, A, 1), InputEvent(EV_KEY, A, 0)]
    keyboard.close()


def test_the_lamp_of_caps_lock_is_known_once_the_session_has_lit_or_put_it_out(kernel: Kernel) -> None:
    keyboard = VirtualKeyboard(kernel.open, kernel.ioctl)
    assert keyboard.caps_lock is None
    kernel.light(LED_CAPS, True)
    assert keyboard.caps_lock is True
    kernel.light(0, True)
    assert keyboard.caps_lock is True
    kernel.light(LED_CAPS, False)
    assert keyboard.caps_lock is False
    keyboard.close()


def test_the_session_is_given_time_to_find_it(kernel: Kernel) -> None:
    slept: list[float] = []
    began = time.monotonic()
    keyboard = VirtualKeyboard(kernel.open, kernel.ioctl, slept.append)
    keyboard.wait_until_ready()
    assert READY_SECONDS - (time.monotonic() - began) <= slept[0] <= READY_SECONDS
    keyboard.close()


def test_a_kernel_that_makes_no_keyboard_is_told_and_its_door_closed_again(kernel: Kernel) -> None:
    kernel.refuses = UI_DEV_CREATE
    opened: list[int] = []

    def open_device() -> int:
        opened.append(kernel.open())
        return opened[0]

    with pytest.raises(TypistError, match="the kernel makes no keyboard for sayso: Invalid argument"):
        VirtualKeyboard(open_device, kernel.ioctl)
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(opened[0])


def test_a_door_that_is_closed_to_this_person_is_told_with_the_rule_that_opens_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object) -> int:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)  # whoever is root may
    with pytest.raises(TypistError) as refused:
        open_uinput()
    assert 'KERNEL=="uinput", SUBSYSTEM=="misc", OPTIONS+="static_node=uinput", TAG+="uaccess"' in str(
        refused.value
    )
    assert "/etc/udev/rules.d/70-sayso.rules" in str(refused.value)
    assert "in your name" in str(refused.value)


def test_a_machine_without_uinput_is_told_the_module(tmp_path: Path) -> None:
    with pytest.raises(TypistError, match="sudo modprobe uinput"):
        open_uinput(str(tmp_path / "uinput"))
