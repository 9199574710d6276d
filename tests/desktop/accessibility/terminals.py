"""A program that serves terminals, as terminal emulators do: one for each command, a line of them each in JSON.

`terminals.py '["bash", "--norc"]' …` prints what comes out of them, until it is ended.
"""

from __future__ import annotations

import json
import os
import pty
import select
import sys


def main(*commands: str) -> None:
    """Run the commands, and end them when it is told to end."""
    terminals = []
    for command in commands:
        pid, terminal = pty.fork()
        if pid == 0:
            arguments = json.loads(command)
            os.execvp(arguments[0], arguments)
        terminals.append(terminal)
    while terminals:
        for terminal in select.select(terminals, [], [])[0]:
            try:
                os.write(1, os.read(terminal, 4096))
            except OSError:  # the program in it has ended
                terminals.remove(terminal)


if __name__ == "__main__":
    main(*sys.argv[1:])
