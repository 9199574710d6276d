"""Keyboards that are read, as they come and go."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from pathlib import Path

import pytest
from tests.daemon.evdev.machine import Machine

from sayso.evdev.access import OUR_KEYBOARD
from sayso.evdev.keyboard import Keyboard, Overflow
from sayso.evdev.keyboards import Keyboards
from sayso.evdev.modifiers import Modifiers
from sayso.evdev.wire import EV_KEY, KEY_CAPS_LOCK, KEY_LEFT_META, LED_CAPS, InputEvent

A, B = 30, 48
WANTED = frozenset({A, KEY_LEFT_META})


def opened(machine: Machine) -> Keyboards:
    return Keyboards(WANTED, machine.folder, machine.ioctl)


def test_a_device_tells_its_name_its_keys_and_what_is_down_and_lit(machine: Machine) -> None:
    device = machine.plug(name="A keyboard", codes={A, B, KEY_CAPS_LOCK})
    device.down, device.lamps = {A}, {LED_CAPS}
    keyboard = Keyboard(str(device.path), machine.ioctl)
    assert (keyboard.name, keyboard.codes) == ("A keyboard", {A, B, KEY_CAPS_LOCK})
    assert (keyboard.down(), keyboard.lamps()) == ({A}, {LED_CAPS})
    keyboard.close()


def test_strokes_are_told_in_order_and_repeats_are_not(machine: Machine) -> None:
    device = machine.plug()
    keyboard = Keyboard(str(device.path), machine.ioctl)
    device.press(A)
    device.repeat(A)
    device.repeat(A)
    device.release(A)
    device.press(B)
    assert list(keyboard.strokes()) == [(A, True), (A, False), (B, True)]
    assert list(keyboard.strokes()) == []
    keyboard.close()


def test_after_an_overflow_what_is_left_of_that_moment_is_void(machine: Machine) -> None:
    device = machine.plug()
    keyboard = Keyboard(str(device.path), machine.ioctl)
    device.overflow()
    device.end_of_overflow(InputEvent(EV_KEY, A, 1))
    with pytest.raises(Overflow):
        list(keyboard.strokes())
    device.press(B)
    assert list(keyboard.strokes()) == [(B, True)]
    keyboard.close()


def test_a_device_that_was_unplugged_says_so(machine: Machine) -> None:
    device = machine.plug()
    keyboard = Keyboard(str(device.path), machine.ioctl)
    device.unplug()
    with pytest.raises(OSError, match="ended"):
        list(keyboard.strokes())
    keyboard.close()


def test_only_devices_with_a_key_that_is_wanted_are_kept_open_and_never_our_own(machine: Machine) -> None:
    machine.plug(0, "Mouse", codes={272, 273})
    machine.plug(1, "Pedal", codes={A})
    machine.plug(2, OUR_KEYBOARD)
    keyboards = opened(machine)
    assert [keyboard.name for keyboard in keyboards] == ["Pedal"]
    keyboards.close()


def test_what_is_no_input_device_is_left_alone(machine: Machine) -> None:
    os.mkfifo(f"{machine.folder}/event7")  # whose ioctls nobody answers
    os.mkfifo(f"{machine.folder}/mouse0")
    machine.plug(8, "Keyboard")
    keyboards = opened(machine)
    assert [keyboard.name for keyboard in keyboards] == ["Keyboard"]
    keyboards.close()


def test_a_keyboard_that_is_plugged_in_is_announced_and_found_and_so_is_another_in_its_place(
    machine: Machine,
) -> None:
    keyboards = opened(machine)
    assert keyboards.arrivals is not None
    first = machine.plug(0, "First")
    assert select.select([keyboards.arrivals], [], [], 5)[0]
    (found,) = keyboards.look()
    assert found.name == "First"
    assert keyboards.look() == []
    first.unplug()
    keyboards.lose(found)
    machine.plug(0, "Second")
    assert [keyboard.name for keyboard in keyboards.look()] == ["Second"]
    keyboards.close()


def test_a_keyboard_that_was_replaced_before_anybody_looked_is_lost_and_the_other_found(machine: Machine) -> None:
    """As after a suspend: the event number is the same, and so may be the keyboard."""
    first, gone = machine.plug(0, "First"), list[str]()
    keyboards = Keyboards(WANTED, machine.folder, machine.ioctl, lambda keyboard: gone.append(keyboard.name))
    stale = next(iter(keyboards))
    first.unplug()
    machine.plug(0, "Second")
    (found,) = keyboards.look()
    assert (found.name, gone) == ("Second", ["First"])
    keyboards.lose(stale)
    assert list(keyboards) == [found], "what is lost late is not taken for what is there now"
    keyboards.close()
    assert gone == ["First", "Second"]


def test_a_keyboard_in_place_of_what_was_of_no_use_is_found(machine: Machine) -> None:
    keyboards = opened(machine)
    for _ in range(5):  # a file system may give the same inode again
        mouse = machine.plug(0, "Mouse", codes={272})
        assert keyboards.look() == []
        mouse.unplug()
        keyboard = machine.plug(0, "Keyboard")
        (found,) = keyboards.look()
        assert found.name == "Keyboard"
        keyboard.unplug()
        keyboards.lose(found)
    keyboards.close()


def test_a_keyboard_whose_rights_change_stays_the_same(machine: Machine) -> None:
    device = machine.plug()
    keyboards = opened(machine)
    before = list(keyboards)
    device.path.chmod(0o640)
    assert keyboards.look() == []
    assert list(keyboards) == before
    keyboards.close()


def test_what_is_held_on_a_keyboard_that_was_replaced_meanwhile_is_seen_at_the_first_look(
    machine: Machine,
) -> None:
    first = machine.plug()
    modifiers = Modifiers(machine.folder, machine.ioctl)
    assert modifiers.held() == []
    first.unplug()
    machine.plug().down = {KEY_LEFT_META}
    assert modifiers.held() == ["Super"]
    modifiers.close()


def test_a_device_that_may_be_read_later_is_announced_then(machine: Machine) -> None:
    """As udev does it: the device is there first, and what may be done with it is said a moment later."""
    device = machine.plug()
    keyboards = opened(machine)
    keyboards.look()
    assert keyboards.arrivals is not None
    assert not select.select([keyboards.arrivals], [], [], 0)[0]
    device.path.chmod(0o640)
    assert select.select([keyboards.arrivals], [], [], 5)[0]
    keyboards.close()


def test_a_folder_that_is_not_there_yet_is_watched_once_it_is(machine: Machine) -> None:
    folder = f"{machine.folder}/input"
    keyboards = Keyboards(WANTED, folder, machine.ioctl)
    assert keyboards.arrivals is None
    Path(folder).mkdir()
    assert keyboards.look() == []
    assert keyboards.arrivals is not None
    keyboards.close()


DENIED = """
import os, sys, tempfile
from pathlib import Path
from sayso.config.chords import parse_chord
from sayso.errors import HotkeyError
from sayso.evdev.access import check_access
from sayso.evdev.keyboards import Keyboards
from sayso.hotkeys.evdev import EvdevHotkeys
from sayso.hotkeys.facts import Action

with tempfile.TemporaryDirectory() as folder:
    Path(folder).chmod(0o755)
    os.mkfifo(f"{folder}/event0", 0)
    child = os.fork()
    if child == 0:
        if os.geteuid() == 0:
            os.setuid(65534)
        keyboards = Keyboards(frozenset({30}), folder)
        assert keyboards.denied == {f"{folder}/event0"}, keyboards.denied
        keyboards.close()
        for refuse in (
            lambda: check_access(folder),
            lambda: EvdevHotkeys({Action.TOGGLE: parse_chord("f9")}, print, folder),
        ):
            try:
                refuse()
            except HotkeyError as error:
                print(error)
        sys.stdout.flush()
        os._exit(0)
    os.waitpid(child, 0)
"""


def test_who_may_read_no_keyboard_is_told_the_rule_the_command_and_what_they_mean() -> None:
    told = subprocess.run(
        [sys.executable, "-c", DENIED], capture_output=True, text=True, timeout=60, check=True
    ).stdout
    assert told.count('KERNEL=="event*", SUBSYSTEM=="input", ENV{ID_INPUT_KEYBOARD}=="1", TAG+="uaccess"') == 2
    assert told.count("sudo usermod -aG input") == 2
    assert told.count("passwords too") == 2
