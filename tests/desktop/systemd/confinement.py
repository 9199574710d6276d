"""Run inside the unit, before the service: tries what the unit forbids, and prints what was possible after all."""

from __future__ import annotations

import ctypes
import os
import resource
import socket
import sys
from collections.abc import Callable
from pathlib import Path

IO_URING_SETUP, UNSHARE, KEYCTL = 425, 272, 250  # x86-64's numbers
CLONE_NEWUSER = 0x10000000


def system_call(number: int, *arguments: int) -> None:
    """Make a system call."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(number, *arguments) == -1:
        raise OSError(ctypes.get_errno(), "")


FORBIDDEN: dict[str, Callable[[], object]] = {
    "internet socket": lambda: socket.socket(socket.AF_INET),
    "internet socket, version 6": lambda: socket.socket(socket.AF_INET6),
    "netlink socket": lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW),
    "io_uring": lambda: system_call(IO_URING_SETUP, 1, 0),
    "namespace": lambda: system_call(UNSHARE, CLONE_NEWUSER),
    "kernel's keys": lambda: system_call(KEYCTL, 0, -3 & 0xFFFFFFFF, 0),
    "another user": lambda: os.setuid(os.getuid()),
    "real-time priority": lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1)),
    "set-uid bit": lambda: Path(sys.argv[1]).with_suffix(".suid").touch(mode=0o4700),
}


def main() -> None:
    """Write a line for each thing that was possible, then one that says it was all."""
    possible = []
    for what, attempt in FORBIDDEN.items():
        try:
            attempt()
        except OSError:
            continue
        possible.append(what)
    with socket.socket(socket.AF_UNIX):  # X11, sound and the bus
        pass
    core = resource.getrlimit(resource.RLIMIT_CORE)
    Path(sys.argv[1]).write_text(f"possible: {possible}\ncore: {core}\numask: {os.umask(0):o}\n")


if __name__ == "__main__":
    main()
