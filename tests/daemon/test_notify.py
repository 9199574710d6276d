from __future__ import annotations

import os
import socket
import tempfile
import threading
import time
from collections.abc import Iterator

import pytest

from sayso.notify import SEND_SECONDS, Notifier


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """What systemd is to the service."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as one:
        one.settimeout(10)
        yield one


@pytest.fixture
def address(listener: socket.socket) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:  # short: the path of a socket must be below 108 bytes
        listener.bind(f"{folder}/notify")
        yield f"{folder}/notify"


def heard(listener: socket.socket) -> list[str]:
    return listener.recv(4096).decode().split("\n")


def test_readiness_the_watchdog_and_leaving_arrive_in_systemds_words(
    listener: socket.socket, address: str
) -> None:
    notifier = Notifier({"NOTIFY_SOCKET": address})
    notifier.ready()
    notifier.alive()
    notifier.stopping()
    assert [heard(listener) for _ in range(3)] == [["READY=1"], ["WATCHDOG=1"], ["STOPPING=1"]]


def test_reloading_says_when_it_began_by_the_monotonic_clock(listener: socket.socket, address: str) -> None:
    before = time.monotonic_ns() // 1000
    Notifier({"NOTIFY_SOCKET": address}).reloading()
    word, clock = heard(listener)
    assert word == "RELOADING=1"
    name, _, microseconds = clock.partition("=")
    assert name == "MONOTONIC_USEC"
    assert before <= int(microseconds) <= time.monotonic_ns() // 1000


def test_a_socket_without_a_file_is_reached(listener: socket.socket) -> None:
    name = f"sayso-test-{os.getpid()}"
    listener.bind(f"\0{name}")
    Notifier({"NOTIFY_SOCKET": f"@{name}"}).ready()
    assert heard(listener) == ["READY=1"]


@pytest.mark.parametrize("address", ["", "/nonexistent/notify", "vsock:2:1234", "relative", "/" + "long" * 50])
def test_without_a_socket_that_can_be_reached_nothing_happens(address: str) -> None:
    notifier = Notifier({"NOTIFY_SOCKET": address})
    notifier.ready()
    notifier.alive()


def test_a_socket_that_goes_away_breaks_nothing(listener: socket.socket, address: str) -> None:
    notifier = Notifier({"NOTIFY_SOCKET": address})
    listener.close()
    notifier.ready()
    notifier.alive()


def test_a_listener_that_does_not_read_holds_nobody_up(listener: socket.socket, address: str) -> None:
    notifier = Notifier({"NOTIFY_SOCKET": address})
    flood = threading.Thread(target=lambda: [notifier.alive() for _ in range(12)])
    # The queue of a datagram socket is 10 long by default; some systems have more, and then nothing waits at all.
    flood.start()
    flood.join(12 * SEND_SECONDS + 10)
    assert not flood.is_alive()
    assert heard(listener) == ["WATCHDOG=1"]


def test_children_inherit_nothing_to_speak_with(address: str) -> None:
    environment = {
        "NOTIFY_SOCKET": address,
        "WATCHDOG_USEC": "30000000",
        "WATCHDOG_PID": str(os.getpid()),
        "HOME": "/",
    }
    notifier = Notifier(environment)
    assert environment == {"HOME": "/"}
    assert notifier.watchdog_seconds == 30.0


@pytest.mark.parametrize(
    ("variables", "seconds"),
    [
        ({}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "often"}, None),
        ({"WATCHDOG_USEC": "1500000"}, 1.5),
        ({"WATCHDOG_USEC": "1500000", "WATCHDOG_PID": "1"}, None),
    ],
)
def test_only_a_watchdog_that_is_set_for_this_process_counts(
    variables: dict[str, str], seconds: float | None
) -> None:
    assert Notifier(variables).watchdog_seconds == seconds
