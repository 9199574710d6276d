"""Hotkeys from keyboards themselves, by the bytes that the kernel would give."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.daemon.evdev.machine import Device, Machine
from tests.desktop.hotkeys.asking import Asked
from tests.desktop.rig.waiting import until

from sayso.config.chords import parse_chord
from sayso.control import Control
from sayso.evdev.access import OUR_KEYBOARD
from sayso.evdev.keyboard import Keyboard
from sayso.evdev.keyboards import Keyboards
from sayso.evdev.wire import EV_KEY, KEY_LEFT_ALT, KEY_LEFT_META, InputEvent
from sayso.hotkeys.evdev import LOOK_SECONDS, EvdevHotkeys
from sayso.hotkeys.facts import Action

D, F9 = 32, 67
CHORDS = {Action.TOGGLE: parse_chord("super+alt+d"), Action.HOLD: parse_chord("super+f9")}


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    machine = Machine(tmp_path)
    yield machine
    machine.close()


@pytest.fixture
def device(machine: Machine) -> Device:
    return machine.plug()


@pytest.fixture
def asked() -> Asked:
    return Asked()


@pytest.fixture
def hotkeys(machine: Machine, device: Device, asked: Asked) -> Iterator[EvdevHotkeys]:
    hotkeys = EvdevHotkeys(CHORDS, asked.ask, machine.folder, machine.ioctl)
    yield hotkeys
    hotkeys.close()
    assert "sayso-hotkeys" not in {thread.name for thread in threading.enumerate()}


@pytest.mark.usefixtures("hotkeys")
def test_keys_ask_once_whatever_repeats_and_the_hold_lasts_until_the_key_is_up(
    device: Device, asked: Asked
) -> None:
    device.press(KEY_LEFT_META, KEY_LEFT_ALT, D)
    asked.wait_for(Control.TOGGLE)
    device.release(D, KEY_LEFT_ALT)
    device.press(F9)
    asked.wait_for(Control.HOLD)
    device.repeat(F9)
    device.repeat(F9)
    assert asked.is_quiet_for(2 * LOOK_SECONDS)  # it has been looked at meanwhile
    device.release(F9)
    asked.wait_for(Control.RELEASE)


@pytest.mark.usefixtures("hotkeys")
def test_a_release_that_no_event_tells_is_found_by_looking(device: Device, asked: Asked) -> None:
    device.press(KEY_LEFT_META, F9)
    asked.wait_for(Control.HOLD)
    device.down.discard(F9)
    asked.wait_for(Control.RELEASE, timeout_seconds=5 * LOOK_SECONDS)


def lose_the_release(device: Device) -> None:
    device.down.discard(F9)
    device.overflow()
    device.end_of_overflow(InputEvent(EV_KEY, KEY_LEFT_META, 0))


@pytest.mark.usefixtures("hotkeys")
@pytest.mark.parametrize("end", [Device.unplug, lose_the_release], ids=["unplugged", "overflow"])
def test_a_keyboard_that_goes_or_loses_events_ends_the_hold(
    end: Callable[[Device], None], device: Device, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sayso.hotkeys.evdev.LOOK_SECONDS", 1000)
    device.press(KEY_LEFT_META, F9)
    asked.wait_for(Control.HOLD)
    end(device)
    asked.wait_for(Control.RELEASE)


def test_closing_ends_the_hold(hotkeys: EvdevHotkeys, device: Device, asked: Asked) -> None:
    device.press(KEY_LEFT_META, F9)
    asked.wait_for(Control.HOLD)
    hotkeys.close()
    asked.wait_for(Control.RELEASE)


def test_a_keyboard_is_found_when_it_is_plugged_in_and_missed_when_it_is_not(
    hotkeys: EvdevHotkeys, machine: Machine, device: Device, asked: Asked
) -> None:
    assert hotkeys.describe() == {"toggle": "super+alt+d", "hold": "super+f9"}
    device.unplug()
    until(lambda: "no keyboard" in hotkeys.describe()["hold"], "the loss to be seen")
    another = machine.plug(0, "Bluetooth keyboard")
    until(lambda: hotkeys.describe()["hold"] == "super+f9", "the keyboard to be found")
    another.press(KEY_LEFT_META, F9)
    asked.wait_for(Control.HOLD)


def test_a_keyboard_that_comes_back_under_its_number_before_anybody_looked_ends_the_hold_and_is_watched(
    hotkeys: EvdevHotkeys, machine: Machine, device: Device, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a suspend: when the process runs again, all has happened."""
    may_go_on, look = threading.Event(), Keyboards.look

    def wait_and_look(keyboards: Keyboards) -> list[Keyboard]:
        assert may_go_on.wait(10)
        return look(keyboards)

    monkeypatch.setattr("sayso.hotkeys.evdev.LOOK_SECONDS", 1000)
    monkeypatch.setattr(Keyboards, "look", wait_and_look)
    device.press(KEY_LEFT_META, F9)
    asked.wait_for(Control.HOLD)
    Path(f"{machine.folder}/event1").mkdir()  # something to look at, for which it waits
    device.unplug()
    back = machine.plug()
    may_go_on.set()
    asked.wait_for(Control.RELEASE)
    until(lambda: hotkeys.describe()["hold"] == "super+f9", "the keyboard to be found")
    back.press(KEY_LEFT_META, F9)
    asked.wait_for(Control.HOLD)


def test_what_sayso_types_itself_is_no_hotkey(machine: Machine, hotkeys: EvdevHotkeys, asked: Asked) -> None:
    ours = machine.plug(1, OUR_KEYBOARD)
    other = machine.plug(2, "Another")
    until(lambda: len(list(hotkeys._keyboards)) == 2, "the other keyboard to be found")
    ours.press(KEY_LEFT_META, KEY_LEFT_ALT, D)
    other.press(KEY_LEFT_META, F9)
    asked.wait_for(Control.HOLD)


def test_without_a_keyboard_the_keys_wait_for_one(machine: Machine, asked: Asked) -> None:
    hotkeys = EvdevHotkeys(CHORDS, asked.ask, f"{machine.folder}/nowhere", machine.ioctl)
    assert hotkeys.describe()["toggle"] == "super+alt+d (no keyboard to watch it on)"
    hotkeys.close()
    hotkeys.close()
