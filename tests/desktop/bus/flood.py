"""A client that floods: so many calls a second, none of them waiting for the one before.

Run beside a service, on the session bus that the environment names:

    python -m tests.desktop.bus.flood --rate 10000 --seconds 10

prints one JSON object: calls sent, the rate reached, and how long another client waited for its answers meanwhile.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
from dbus_fast import Message, MessageFlag

from sayso.bus import NAME, PATH

SLICE_SECONDS = 0.002
BATCH = 400  # calls in one write
SERIAL_OFFSET = 8  # of a message's serial number, four bytes
POLL_SECONDS = 0.1
ROOT = Path(__file__).parents[3]


def connect(address: str) -> socket.socket:
    """Connect to a bus by hand: a library would be the bottleneck."""
    path = dict(part.split("=", 1) for part in address.removeprefix("unix:").split(","))["path"]
    bus = socket.socket(socket.AF_UNIX)
    bus.connect(path)
    bus.sendall(b"\0AUTH EXTERNAL " + str(os.getuid()).encode().hex().encode() + b"\r\n")
    bus.recv(1024)
    hello = Message("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "Hello", serial=1)
    bus.sendall(b"BEGIN\r\n" + bytes(hello._marshall(False)))
    bus.recv(4096)
    return bus


def call(member: str, reply: bool, serial: int = 2) -> bytearray:
    """A call as it goes over the wire."""
    flags = MessageFlag.NONE if reply else MessageFlag.NO_REPLY_EXPECTED
    return bytearray(Message(NAME, PATH, NAME, member, serial=serial, flags=flags)._marshall(False))


def pour(address: str, rate: float, seconds: float, member: str, reply: bool) -> int:
    """Send calls at a rate; how many were sent."""
    bus = connect(address)
    threading.Thread(target=_swallow, args=(bus,), daemon=True).start()
    one = call(member, reply)
    pause = threading.Event()
    sent, began = 0, time.monotonic()
    while (passed := time.monotonic() - began) < seconds:
        due = min(int(passed * rate) - sent, BATCH)
        if due <= 0:
            pause.wait(SLICE_SECONDS)
            continue
        batch = bytearray()
        for serial in range(sent + 3, sent + 3 + due):
            struct.pack_into("<I", one, SERIAL_OFFSET, serial)
            batch += one
        bus.sendall(batch)
        sent += due
    bus.shutdown(socket.SHUT_WR)
    return sent


def _swallow(bus: socket.socket) -> None:
    while bus.recv(1 << 20):
        pass


def ask(bus: socket.socket, serial: int) -> float:
    """Ask for the status once; how long the answer took, in seconds."""
    began = time.monotonic()
    bus.sendall(call("GetStatus", True, serial))
    if not bus.recv(65_536):
        raise EOFError("the bus is gone")
    return time.monotonic() - began


def flood(address: str, rate: float, seconds: float, member: str, reply: bool, pourers: int = 1) -> dict[str, Any]:
    """Flood from processes of their own, and ask from here all the while and once more afterwards."""
    command = [sys.executable, "-m", "tests.desktop.bus.flood", "--pour", f"--rate={rate / pourers}"]
    command += [f"--seconds={seconds}", f"--member={member}", *([] if reply else ["--no-reply"])]
    env = {**os.environ, "DBUS_SESSION_BUS_ADDRESS": address}
    bus = connect(address)
    waits = []
    processes = [
        subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True) for _ in range(pourers)
    ]
    pause, serial = threading.Event(), 2
    while any(process.poll() is None for process in processes):
        waits.append(ask(bus, serial := serial + 1))
        pause.wait(POLL_SECONDS)
    after = ask(bus, serial + 1)
    bus.close()
    sent = sum(int(process.communicate()[0]) for process in processes)
    return {
        "sent": sent,
        "rate": round(sent / seconds),
        "answer_p50_ms": round(float(np.median(waits)) * 1e3, 2),
        "answer_p95_ms": round(float(np.percentile(waits, 95)) * 1e3, 2),
        "answer_max_ms": round(max(waits) * 1e3, 2),
        "answer_after_ms": round(after * 1e3, 2),
    }


def main() -> None:
    """Flood the session bus of the environment."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=10_000, help="calls a second")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--member", default="GetStatus")
    parser.add_argument("--no-reply", action="store_true", help="ask for no answers")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--pour", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    address = os.environ["DBUS_SESSION_BUS_ADDRESS"]
    what = (address, options.rate, options.seconds, options.member, not options.no_reply)
    told = pour(*what) if options.pour else json.dumps(flood(*what, options.processes))
    sys.stdout.write(f"{told}\n")


if __name__ == "__main__":
    main()
