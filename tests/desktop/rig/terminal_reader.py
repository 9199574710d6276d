"""Runs in a terminal in raw mode: sends every byte that arrives to a socket, and shows it.

`terminal_reader.py SOCKET [bracketed]`; the first line sent is the terminal's window id.
"""

from __future__ import annotations

import os
import socket
import sys
import tty


def shown(data: bytes) -> bytes:
    """What a line editor would echo for these bytes."""
    for typed, echo in ((b"\x1b[200~", b""), (b"\x1b[201~", b""), (b"\r", b"\r\n"), (b"\x7f", b"\b \b")):
        data = data.replace(typed, echo)
    return data


def main(path: str, *options: str) -> None:
    """Read until the terminal is closed."""
    with socket.socket(socket.AF_UNIX) as out:
        out.connect(path)
        tty.setraw(0)
        if "bracketed" in options:
            os.write(1, b"\x1b[?2004h")
        out.sendall(os.environ["WINDOWID"].encode() + b"\n")
        while data := os.read(0, 65_536):
            out.sendall(data)
            os.write(1, shown(data))


if __name__ == "__main__":
    main(*sys.argv[1:])
