"""The gate: what is doubtful waits, what is found good follows in order."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sayso.audio import Pcm
from sayso.capture.gate import Gate
from sayso.ring import Ring


def block(value: int) -> Pcm:
    """Four samples of one value."""
    return np.full(4, value, dtype=np.int16)


def heard(ring: Ring) -> list[int]:
    """One sample of each block in the ring."""
    return [int(value) for value in ring.read(0, ring.written)[::4]]


def test_a_gate_that_must_be_verified_holds_everything_until_it_is() -> None:
    ring = Ring(capacity_seconds=1)
    gate = Gate(ring, ring, lambda: None, is_open=False)
    gate.write(block(1), overflowed=False)
    assert ring.written == 0
    gate.trust(0)
    gate.write(block(2), overflowed=False)
    assert heard(ring) == [1, 2]


def test_trust_in_an_older_event_does_not_open_the_gate() -> None:
    ring = Ring(capacity_seconds=1)
    gate = Gate(ring, ring, lambda: None, is_open=True)
    gate.doubt(2)
    gate.trust(1)
    gate.write(block(1), overflowed=False)
    assert ring.written == 0


def test_the_first_block_is_told_once() -> None:
    ring, told = Ring(capacity_seconds=1), []
    gate = Gate(ring, ring, lambda: told.append(gate.blocks), is_open=True)
    for value in range(3):
        gate.write(block(value), overflowed=False)
    assert told == [1]


def test_a_held_block_is_a_copy_because_portaudio_reuses_its_buffer() -> None:
    ring = Ring(capacity_seconds=1)
    gate = Gate(ring, ring, lambda: None, is_open=False)
    reused = block(1)
    gate.write(reused, overflowed=False)
    reused[:] = 9
    gate.trust_blindly()
    gate.write(block(2), overflowed=False)
    assert heard(ring) == [1, 2]


def test_a_gate_that_was_shut_lets_nothing_pass_whatever_the_callback_does() -> None:
    ring = Ring(capacity_seconds=1)
    gate = Gate(ring, ring, lambda: None, is_open=True)
    gate.write(block(1), overflowed=False)
    gate.shut()
    gate.trust_blindly()
    gate.write(block(2), overflowed=True)
    assert heard(ring) == [1]
    assert ring.overflows == 0


@given(st.lists(st.sampled_from(["write", "doubt", "trust"])))
def test_whatever_the_order_of_doubt_and_trust_no_block_is_lost_or_moved(actions: list[str]) -> None:
    ring = Ring(capacity_seconds=1)
    gate = Gate(ring, ring, lambda: None, is_open=True)
    serial = written = 0
    for action in actions:
        if action == "write":
            gate.write(block(written), overflowed=False)
            written += 1
        elif action == "doubt":
            serial += 1
            gate.doubt(serial)
        else:
            gate.trust(serial)
    gate.trust(serial)
    gate.write(block(written), overflowed=False)
    assert heard(ring) == list(range(written + 1))
