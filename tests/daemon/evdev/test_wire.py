"""The bytes and numbers of Linux's input devices, against what a C compiler makes of its headers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sayso.evdev import wire
from sayso.evdev.wire import InputEvent, ones, pack, unpack

# sizeof(long) apart, these are the same on every processor that counts as asm-generic/ioctl.h does.
NUMBERS = {
    wire.get_name(256): 0x81004506,
    wire.get_bits(wire.EV_KEY, 96): 0x80604521,
    wire.get_keys(96): 0x80604518,
    wire.get_leds(2): 0x80024519,
    wire.UI_SET_EVBIT: 0x40045564,
    wire.UI_SET_KEYBIT: 0x40045565,
    wire.UI_SET_LEDBIT: 0x40045569,
    wire.UI_DEV_SETUP: 0x405C5503,
    wire.UI_DEV_CREATE: 0x5501,
    wire.UI_DEV_DESTROY: 0x5502,
}


def test_the_requests_have_the_numbers_of_the_kernel_s_headers() -> None:
    assert all(ours == theirs for ours, theirs in NUMBERS.items())
    assert wire.SETUP.size == 92


def test_an_event_is_a_time_a_type_a_code_and_a_value() -> None:
    event = pack([InputEvent(1, 30, 1)])
    assert event[-8:] == bytes([1, 0, 30, 0, 1, 0, 0, 0])
    assert len(event) == wire.EVENT.size


@given(st.lists(st.builds(InputEvent, st.integers(0, 31), st.integers(0, 767), st.integers(-(2**31), 2**31 - 1))))
def test_what_is_packed_is_unpacked_the_same(events: list[InputEvent]) -> None:
    assert list(unpack(pack(events))) == events


@given(st.binary(max_size=200))
def test_bytes_that_are_no_whole_event_are_left_out(data: bytes) -> None:
    assert len(list(unpack(data))) == len(data) // wire.EVENT.size


@given(st.frozensets(st.integers(0, 767)))
def test_bits_are_counted_from_the_lowest_of_the_first_byte(numbers: frozenset[int]) -> None:
    assert ones(sum(1 << number for number in numbers).to_bytes(96, "little")) == numbers
