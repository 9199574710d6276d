"""Commands that overtake each other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.bus.order import PIDS_BETWEEN, Birth, Lineage, Order, is_before
from sayso.control import Control

PID_MAX = 2 * PIDS_BETWEEN  # the least there is, and what small machines have
DESKTOP = Birth(1_000, 700)


def born(ticks: int, pid: int = 5_000) -> Lineage:
    return (Birth(ticks, pid),)


def obey(arriving: list[tuple[Control, Lineage]]) -> bool:
    """Whether the service listens after these have arrived."""
    order, listens = Order(), False
    for control, caller in arriving:
        if order.admits(control, caller):
            listens = control is Control.START
    return listens


@st.composite
def keys(draw: st.DrawFn) -> list[tuple[Control, Lineage]]:
    """Presses and releases of one key in their order, each a process of its own; the key may stay down."""
    ticks, pid, is_desktop_young = DESKTOP.ticks, draw(st.integers(301, PID_MAX - 1)), draw(st.booleans())
    given_out = []
    for number in range(draw(st.integers(1, 8))):
        ticks += draw(st.integers(0, 3))
        lineage: tuple[Birth, ...] = (DESKTOP,) if is_desktop_young else ()
        for later in range(draw(st.integers(1, 3))):  # a shell, a script, the command, each a little later
            pid = pid + draw(st.integers(1, 5))
            pid = pid - PID_MAX + 300 if pid >= PID_MAX else pid
            lineage += (Birth(ticks + later * draw(st.integers(0, 9)), pid),)
        given_out.append((Control.STOP if number % 2 else Control.START, lineage))
    return given_out


@given(st.data())
def test_however_the_commands_of_presses_and_releases_arrive_it_ends_as_the_keys_did(data: st.DataObject) -> None:
    given_out = data.draw(keys())
    arriving = data.draw(st.permutations(given_out))
    assert obey(arriving) is (given_out[-1][0] is Control.START)


@given(keys())
def test_what_arrives_in_its_order_is_obeyed(given_out: list[tuple[Control, Lineage]]) -> None:
    order = Order()
    assert all(order.admits(control, caller) for control, caller in given_out)


@given(st.data())
def test_whoever_is_older_or_unknown_is_always_obeyed(data: st.DataObject) -> None:
    order = Order()
    arriving = data.draw(st.permutations([*data.draw(keys()), (Control.START, ()), (Control.STOP, ())]))
    for control, caller in arriving:
        assert order.admits(control, caller) or caller


def test_a_start_that_its_stop_has_overtaken_is_not_obeyed_and_the_next_one_is() -> None:
    order = Order()
    assert order.admits(Control.STOP, born(20))
    assert not order.admits(Control.START, born(10))
    assert order.admits(Control.START, born(30))
    assert not order.admits(Control.STOP, born(25))
    assert order.admits(Control.STOP, born(40))


def test_a_cancel_is_always_obeyed_and_ends_what_was_to_be_started_before_it() -> None:
    order = Order()
    assert order.admits(Control.START, born(30))
    assert order.admits(Control.CANCEL, born(20))
    assert order.admits(Control.CANCEL, born(50))
    assert not order.admits(Control.START, born(40))


@pytest.mark.parametrize("control", [Control.TOGGLE, Control.UNDO, Control.RELOAD])
def test_other_commands_are_obeyed_whatever_came_before(control: Control) -> None:
    order = Order()
    assert order.admits(Control.START, born(30))
    assert order.admits(Control.STOP, born(40))
    assert order.admits(control, born(10))


def test_one_process_that_starts_and_stops_is_obeyed_and_so_is_one_whose_child_does() -> None:
    order, script = Order(), born(10)
    child = (*script, Birth(12, 5_002))
    for caller in (script, child, script):
        assert order.admits(Control.START, caller)
        assert order.admits(Control.STOP, caller)


def test_scripts_are_as_old_as_they_are_and_not_as_the_commands_in_them() -> None:
    press, release = (Birth(10, 5_000), Birth(17, 5_003)), (Birth(11, 5_001), Birth(12, 5_002))
    assert is_before(press, release)
    assert not is_before(release, press)


def test_within_ten_milliseconds_the_numbers_tell_also_where_they_began_anew() -> None:
    assert is_before(born(10, 5_000), born(10, 5_001))
    assert is_before(born(10, PID_MAX - 1), born(10, 301))
    assert not is_before(born(10, 301), born(10, PID_MAX - 1))
