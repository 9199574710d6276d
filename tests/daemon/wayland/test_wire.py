"""Wayland on the wire, against a compositor of the test's own at the other end of a socket."""

from __future__ import annotations

import contextlib
import os
import socket
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.errors import DisplayError
from sayso.wayland.interfaces import WL_COMPOSITOR, WL_SEAT, Interface, Message
from sayso.wayland.marshalling import marshalled, unmarshalled
from sayso.wayland.wire import Connection, RequestRefused

HEADER = struct.Struct("=IHH")
DISPLAY, REGISTRY = 1, 2
THING = Interface("thing", 1, events=(Message("given", "hs"), Message("told", "s")))


class Compositor:
    """Answers syncs, and offers a compositor and a thing; what else it is asked is kept."""

    def __init__(self, path: Path) -> None:
        self.asked: list[tuple[int, int, bytes]] = []
        self.path = path
        self.is_silent = False
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen(1)
        self.connection: socket.socket
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def send(self, number: int, opcode: int, body: bytes = b"", descriptors: tuple[int, ...] = ()) -> None:
        data = HEADER.pack(number, opcode, HEADER.size + len(body)) + body
        socket.send_fds(self.connection, [data], list(descriptors))

    def _run(self) -> None:
        self.connection, _ = self._listener.accept()
        for name, interface in enumerate(("wl_compositor", "thing"), 1):
            offer = marshalled("u", name) + marshalled("s", interface) + marshalled("u", 4)
            self.send(REGISTRY, 0, offer)
        with contextlib.suppress(OSError):  # the client has left
            self._serve()

    def _serve(self) -> None:
        data = b""
        while more := self.connection.recv(4096):
            data += more
            while len(data) >= HEADER.size and len(data) >= HEADER.unpack_from(data)[2]:
                number, opcode, size = HEADER.unpack_from(data)
                body, data = data[HEADER.size : size], data[size:]
                self._take(number, opcode, body)

    def _take(self, number: int, opcode: int, body: bytes) -> None:
        if (number, opcode) != (DISPLAY, 0):
            self.asked.append((number, opcode, body))
        elif not self.is_silent:
            (callback,) = struct.unpack("=I", body)
            self.send(callback, 0, marshalled("u", 0))
            self.send(DISPLAY, 1, marshalled("u", callback))

    def end(self) -> None:
        with contextlib.suppress(OSError):  # the other end was quicker
            self.connection.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self.connection.close()
        self._listener.close()


@pytest.fixture
def compositor(tmp_path: Path) -> Iterator[Compositor]:
    compositor = Compositor(tmp_path / "wayland-9")
    yield compositor
    compositor.end()


@pytest.fixture
def connection(compositor: Compositor) -> Iterator[Connection]:
    connection = Connection(str(compositor.path))
    yield connection
    connection.close()


@given(st.integers(-(2**31), 2**31 - 1))
def test_an_int_comes_back_as_it_went(value: int) -> None:
    assert unmarshalled("i", marshalled("i", value), 0) == (value, 4)


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_a_string_comes_back_as_it_went_and_ends_at_a_word(text: str) -> None:
    data = marshalled("s", text)
    assert len(data) % 4 == 0
    assert unmarshalled("s", data, 0) == (text, len(data))


@given(st.binary())
def test_an_array_comes_back_as_it_went_and_ends_at_a_word(array: bytes) -> None:
    data = marshalled("a", array)
    assert unmarshalled("a", data, 0) == (array, len(data))


def test_no_string_is_none_and_a_fixed_has_256_steps() -> None:
    assert unmarshalled("s", marshalled("s", None), 0) == (None, 4)
    assert marshalled("f", 1.5) == struct.pack("=i", 384)
    assert unmarshalled("f", marshalled("f", -0.5), 0)[0] == -0.5


def test_requests_carry_the_numbers_of_the_objects_they_make(
    compositor: Compositor, connection: Connection
) -> None:
    surface = connection.bind(WL_COMPOSITOR).make("create_surface")
    surface.send("damage", 1, -2, 3, 4)
    connection.roundtrip()
    made, damaged = compositor.asked[-2:]
    assert made[1:] == (0, struct.pack("=I", surface.number))
    assert damaged == (surface.number, 2, struct.pack("=iiii", 1, -2, 3, 4))


def test_numbers_are_used_again_and_nothing_is_asked_of_what_is_destroyed(connection: Connection) -> None:
    compositor = connection.bind(WL_COMPOSITOR)
    for _ in range(100):
        connection.roundtrip()
    surface = compositor.make("create_surface")
    assert surface.number < 10
    surface.send("destroy")
    with pytest.raises(AssertionError):
        surface.send("commit")


def test_an_interface_that_is_not_offered_is_named(connection: Connection) -> None:
    with pytest.raises(DisplayError, match="wl_seat"):
        connection.bind(WL_SEAT)


def test_a_descriptor_comes_with_its_event_and_one_that_nobody_takes_is_closed(
    compositor: Compositor, connection: Connection
) -> None:
    thing = connection.bind(THING)
    connection.roundtrip()
    ours, theirs = os.pipe()
    compositor.send(thing.number, 0, marshalled("s", "unheard"), (theirs,))
    connection.roundtrip()
    heard: list[tuple[int, str]] = []
    thing.on("given", lambda descriptor, text: heard.append((descriptor, text)))
    compositor.send(thing.number, 0, marshalled("s", "heard"), (theirs,))
    os.close(theirs)
    connection.roundtrip()
    ((descriptor, text),) = heard
    assert text == "heard"
    os.write(descriptor, b"through")
    os.close(descriptor)
    assert os.read(ours, 100) == b"through"
    assert os.read(ours, 100) == b""  # every copy is closed
    os.close(ours)


def test_an_event_in_two_parts_is_told_once_it_is_whole(compositor: Compositor, connection: Connection) -> None:
    thing = connection.bind(THING)
    told: list[str] = []
    thing.on("told", told.append)
    connection.roundtrip()
    body = marshalled("s", "whole")
    data = HEADER.pack(thing.number, 1, HEADER.size + len(body)) + body
    compositor.connection.sendall(data[:5])
    connection.dispatch(1.0)
    assert told == []
    compositor.connection.sendall(data[5:])
    assert connection.wait(lambda: told == ["whole"], 1.0)


def test_what_is_packed_goes_off_whole_and_what_is_dropped_never_does(
    compositor: Compositor, connection: Connection
) -> None:
    surface = connection.bind(WL_COMPOSITOR).make("create_surface")
    connection.roundtrip()
    before = len(compositor.asked)
    dropped = connection.pack(lambda: surface.send("commit"), lambda: None)
    connection.roundtrip()
    connection.drop(dropped)
    done: list[bool] = []
    packed = connection.pack(lambda: surface.send("damage", 0, 0, 1, 1), lambda: done.append(True))
    connection.roundtrip()
    assert len(compositor.asked) == before
    connection.post(packed)
    assert done == [True]
    assert [opcode for _, opcode, _ in compositor.asked[before:]] == [2]


def test_a_request_that_no_compositor_could_read_is_refused_here(connection: Connection) -> None:
    thing = connection.bind(Interface("thing", 1, requests=(Message("say", "s"),)))
    with pytest.raises(ValueError, match="4096"):
        thing.send("say", "x" * 5000)


def test_a_refusal_says_what_was_refused_and_why(compositor: Compositor, connection: Connection) -> None:
    thing = connection.bind(THING)
    connection.roundtrip()
    compositor.send(
        DISPLAY, 0, marshalled("u", thing.number) + marshalled("u", 7) + marshalled("s", "not for you")
    )
    with pytest.raises(RequestRefused, match="thing: not for you"):
        connection.dispatch(1.0)


def test_a_compositor_that_hangs_and_one_that_ends_are_display_errors(
    compositor: Compositor, connection: Connection
) -> None:
    compositor.is_silent = True
    with pytest.raises(DisplayError, match="does not answer"):
        connection.roundtrip(0.05)
    compositor.connection.shutdown(socket.SHUT_WR)
    with pytest.raises(DisplayError, match="went away"):
        connection.roundtrip()


def test_where_nobody_listens_the_error_says_where(tmp_path: Path) -> None:
    with pytest.raises(DisplayError, match="wayland-0"):
        Connection(str(tmp_path / "wayland-0"))
